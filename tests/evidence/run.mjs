// What `wring audit` finds out about functions without names, against the truth: run [-v]. Corpus modules that have
// names lose them; what an audit then says of each function is compared with what it said before.
//   right    the crate, namespace or class is that of the name
//   alike    for what is named by source files: the share of functions whose name's group is the most frequent one of their
//            file (names don't say files, but a file rarely holds two namespaces)
//   names    names that are found are those of the function
//   stated   what is attributed by the functions around, in each module: as often right as its confidence says
// Exit status 1 when a kind of evidence is less often right than the least of these that docs/AUDIT.md states.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { modulePath, readManifest, selectRows } from '../../corpus/lib/corpus.mjs';
import { withSections } from '../lib/edit.mjs';
import { parse } from '../../verify/wasm.mjs';
import { WRING } from '../lib/wring.mjs';

// By module and kind: the least percent that must be right (or alike), and the least number of functions.
const LEAST = {
  circom2: { crate: [94, 1000], shared: [88, 600] },
  biome: { crate: [60, 2000], shared: [58, 9000] },
  z3: { vtable: [97, 10000], type: [97, 80], source: [93, 700] },
  canvaskit: {},
};
// The build of the same package that has names.
const NAMED = { canvaskit: 'bin/profiling/canvaskit.wasm' };
// By how many points stated confidence may exceed what is right, in each module with so many functions of the kind.
const MOST_OVERSTATED = 5, LEAST_SPREAD = 50;
// The least percent of names from bodies of libraries that are right (emscripten's and Rust's names begin with underscores
// or not).
const LEAST_NAMES = 85;
const ALIKE = new Set(['source', 'header', 'assertion']);
const SPREAD = new Set(['callers', 'neighbours']);
const verbose = process.argv.includes('-v');
const dir = mkdtempSync(path.join(tmpdir(), 'wring-evidence-'));
let failed = 0, tested = 0;

function audit(module) {
  const json = path.join(dir, 'audit.json');
  const r = spawnSync(WRING, ['audit', module, `--json=${json}`], { encoding: 'utf8' });
  if (r.status !== 0) throw new Error(r.stderr);
  return JSON.parse(readFileSync(json, 'utf8')).functions;
}

// The last part of a name, without what marks variants of it.
const squeeze = (name) => name.replace(/::\(virtual.*/, '').replace(/<[^<>]*>/g, '').replace(/\(.*/, '').split('::').at(-1).replace(/^_+/, '');
const percent = (part, whole) => (100 * part) / whole;

function kindsOf(truth, found) {
  const kinds = new Map();
  found.forEach((f, i) => {
    if (!f.evidence) return;
    const kind = f.evidence.kind;
    if (!kinds.has(kind)) kinds.set(kind, { n: 0, right: 0, stated: 0, names: 0, namesRight: 0, clusters: new Map() });
    const k = kinds.get(kind), group = truth[i].group;
    k.n++;
    k.right += f.group === group;
    k.stated += f.evidence.confidence;
    const cluster = k.clusters.get(f.group) ?? k.clusters.set(f.group, new Map()).get(f.group);
    cluster.set(group, (cluster.get(group) ?? 0) + 1);
    if (!f.evidence.name) return;
    k.names++;
    k.namesRight += truth[i].name.includes(squeeze(f.evidence.name));
  });
  return kinds;
}

function checkStated(name, kind, k) {
  const right = percent(k.right, k.n), stated = k.stated / k.n;
  if (verbose) console.log(`${name} ${kind}: stated ${stated.toFixed(0)} %`);
  if (k.n < LEAST_SPREAD || stated <= right + MOST_OVERSTATED) return;
  console.log(`${name} ${kind}: ${right.toFixed(1)} % are right, not ${stated.toFixed(1)} as stated`);
  failed++;
}

function check(name, module) {
  const stripped = path.join(dir, 'stripped.wasm');
  writeFileSync(stripped, withSections(parse(readFileSync(module)), {}, { dropCustom: true }));
  const truth = audit(module), found = audit(stripped), kinds = kindsOf(truth, found);
  for (const [kind, k] of kinds) {
    if (SPREAD.has(kind)) checkStated(name, kind, k);
    const alike = [...k.clusters.values()].reduce((n, c) => n + Math.max(...c.values()), 0);
    const share = percent(ALIKE.has(kind) ? alike : k.right, k.n), [least] = LEAST[name][kind] ?? [0];
    if (verbose) console.log(`${name} ${kind}: ${k.n} functions, ${share.toFixed(1)} % right; names ${k.namesRight} of ${k.names}`);
    if (kind === 'body' && percent(k.namesRight, k.names) < LEAST_NAMES) {
      console.log(`${name}: ${k.namesRight} of ${k.names} names of library functions are right`);
      failed++;
    }
    if (share >= least) continue;
    console.log(`${name}: ${kind} is right of ${share.toFixed(1)} % of its functions, not ${least}`);
    failed++;
  }
  for (const [kind, [, most]] of Object.entries(LEAST[name])) {
    if ((kinds.get(kind)?.n ?? 0) >= most) continue;
    console.log(`${name}: ${kind} attributes ${kinds.get(kind)?.n ?? 0} functions, not ${most}`);
    failed++;
  }
}

for (const row of selectRows(readManifest(), Object.keys(LEAST))) {
  const module = NAMED[row.name] ? modulePath(row).replace('bin/canvaskit.wasm', NAMED[row.name]) : modulePath(row);
  if (!existsSync(module)) continue;
  check(row.name, module);
  tested++;
}
rmSync(dir, { recursive: true });
if (!tested) process.exit(77);
if (!failed) console.log(`${tested} modules`);
process.exit(failed ? 1 : 0);
