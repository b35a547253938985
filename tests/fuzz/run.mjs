// The fuzz loop: run MINUTES, or --count=N modules from --seed=S (same modules each time), or --slice (a
// fixed minute or so of those, for the test command).
// Options: --only=GENERATOR  --lanes=N  --out=FOLDER  --flags="-O2 ..." (fixed, in place of random ones)
// --fail-fast (end with the first failure).
// Each module is made, instrumented (fuel; often canonical NaNs and exposed state), optimized with a level
// or a random order of passes, and checked (check.mjs). A failing one is saved as OUT/NAME.wasm + .json
// for `minimize`. Prints executions, features covered and failures; exit status 1 if there are any.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { instructions, parse } from '../../verify/wasm.mjs';
import { LEVELS, ROOT, WRING } from '../lib/wring.mjs';
import { instrument } from '../differential/instrument.mjs';
import { Rng } from '../../verify/values.mjs';
import { CHECKS, Checker } from './check.mjs';
import { generators } from './generate.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' }, count: { type: 'string' }, slice: { type: 'boolean' }, only: { type: 'string' }, lanes: { type: 'string', default: '2' },
    out: { type: 'string', default: path.join(ROOT, 'build/fuzz') }, flags: { type: 'string' },
    'fail-fast': { type: 'boolean' },
  },
});
if (options.slice) Object.assign(options, { seed: '1', count: '300' });
const seed = Number(options.seed ?? Date.now() % 1000000007);
const deadline = Date.now() + 60000 * Number(positionals[0] ?? (options.count ? 1e6 : 1));
const limit = Number(options.count ?? Infinity);
const REPORT_MS = 60000;
const FUEL = 5000;   // function entries and loop turns a call may take: fewer than exhaust the stack, mostly

// ---- what to try

const list = generators(options.only);
const wheel = list.flatMap(g => Array(g.weight).fill(g));

/** Names of all passes that the program knows. */
const passes = spawnSync(WRING, ['--list-passes'], { encoding: 'utf8' }).stdout.split('\n').map(line => line.split(' ')[0]).filter(Boolean);

const EXTRAS = ['-g', '--verify-passes', '--verify-passes', '--verify-passes', '--verify-passes', '--for=gzip', '--for=brotli', '--for=zstd', '--keep-imports', '--allow=multivalue'];

function chooseFlags(rng) {
  if (options.flags) return options.flags.split(' ');
  const flags = [...rng.pick(LEVELS).split(' '), ...EXTRAS.filter(() => rng.chance(12)), ...(rng.chance(3) ? ['--for=raw'] : [])];
  if (!passes.length || rng.chance(2)) return flags;
  const count = rng.chance(3) ? 1 : 1 + rng.below(passes.length);
  return [...flags, `--passes=${Array.from({ length: count }, () => rng.pick(passes))}`];
}

function chooseChecks(rng) {
  const checks = new Set(CHECKS);
  for (const [name, one] of [['readers', 8], ['threads', 8], ['again', 4], ['profile', 6]]) if (!rng.chance(one)) checks.delete(name);
  return checks;
}

/** With --fast-math the module must not tell apart what the flag says that it doesn't. */
function chooseInstruments(rng, fast) {
  const chosen = { fuel: FUEL, denan: !rng.chance(4), expose: rng.chance(2) };
  return fast ? { ...chosen, denan: true, zeros: true } : chosen;
}

// ---- counting

const stats = { modules: 0, unusable: 0, failures: 0, suspects: 0, by: {}, opcodes: new Map(), kinds: {} };

function countFeatures(m) {
  for (const body of m.bodies) {
    for (const { op, sub } of instructions(m.bytes, body)) {
      const key = sub === undefined ? op : op * 1000 + sub;
      stats.opcodes.set(key, (stats.opcodes.get(key) ?? 0) + 1);
    }
  }
}

function report(checkers) {
  const { modules, unusable, failures, suspects, opcodes, by, kinds } = stats;
  const compared = checkers.reduce((n, c) => n + c.compared, 0);
  const inconclusive = {};
  for (const c of checkers) for (const [why, n] of Object.entries(c.inconclusive)) inconclusive[why] = (inconclusive[why] ?? 0) + n;
  console.log(`fuzz: ${modules} modules (${unusable} unusable), ${compared} comparisons, ${opcodes.size} different opcodes, `
    + `${failures} failures${suspects ? `, ${suspects} gone with canonical NaNs` : ''}`);
  console.log(`  modules: ${Object.entries(by).map(([k, n]) => `${k} ${n}`).join(', ')}`);
  if (failures) console.log(`  failures: ${Object.entries(kinds).map(([k, n]) => `${k} ${n}`).join(', ')}`);
  const top = Object.entries(inconclusive).sort((a, b) => b[1] - a[1]).slice(0, 8);
  if (top.length) console.log(`  inconclusive: ${top.map(([why, n]) => `${n} ${why}`).join('; ')}`);
}

// ---- the loop

function save(bytes, record) {
  fs.mkdirSync(options.out, { recursive: true });
  const name = path.join(options.out, `${record.check}-${record.seed}-${record.number}`);
  fs.writeFileSync(`${name}.wasm`, bytes);
  fs.writeFileSync(`${name}.json`, `${JSON.stringify(record, null, 2)}\n`);
  console.log(`FAIL ${path.relative(process.cwd(), name)}.wasm ${record.flags.join(' ')}: ${record.check}: ${record.reason}`);
}

/** Without `denan` a NaN's payload may have steered the module: look again with canonical NaNs. */
async function isReal(checker, raw, instruments, flags, settings, failure) {
  if (failure.check !== 'differential' || instruments.denan) return true;
  const again = await checker.check(instrument(raw, { ...instruments, denan: true }), flags, settings);
  return Boolean(again);
}

function prepare(raw, rng, { asItIs, fast }) {
  const instruments = asItIs ? { denan: true } : chooseInstruments(rng, fast);
  try {
    const bytes = asItIs ? raw : instrument(raw, instruments);
    return WebAssembly.validate(bytes) ? { bytes, instruments } : null;
  } catch (error) {
    console.log(`instrument: ${error.message}`);
    return null;
  }
}

async function tryModule(checker, number) {
  const rng = new Rng(seed, number), generator = rng.pick(wheel);
  const raw = await generator.make(rng);
  const { asItIs } = generator.make, fast = options.flags ? options.flags.includes('--fast-math') : !asItIs && number % 10 === 9;
  const ready = raw && WebAssembly.validate(raw) ? prepare(raw, rng, { asItIs, fast }) : null;
  if (!ready) { stats.unusable++; return; }
  stats.modules++;
  stats.by[generator.name] = (stats.by[generator.name] ?? 0) + 1;
  countFeatures(parse(raw));
  const plan = { seed: rng.u32() & 0xffffff, maxCalls: 60, rounds: 6, fuel: FUEL };
  for (let k = 0; k < 2; k++) {
    const flags = [...chooseFlags(rng), ...(fast && !options.flags ? ['--fast-math'] : [])], settings = { checks: chooseChecks(rng), plan };
    const failure = await checker.check(ready.bytes, flags, settings);
    if (!failure) continue;
    if (!await isReal(checker, raw, ready.instruments, flags, settings, failure)) { stats.suspects++; continue; }
    stats.failures++;
    stats.kinds[failure.check] = (stats.kinds[failure.check] ?? 0) + 1;
    save(ready.bytes, { ...failure, flags, plan, seed, number, generator: generator.name });
  }
}

let next = 0;
async function lane(checker) {
  while (next < limit && Date.now() < deadline && !(stats.failures && options['fail-fast'])) await tryModule(checker, next++);
}

const checkers = Array.from({ length: Number(options.lanes) }, () => new Checker());
console.log(`fuzz: seed ${seed}, ${list.map(g => g.name).join(', ')}, ${passes.length} passes by name`);
const timer = setInterval(() => report(checkers), REPORT_MS);
await Promise.all(checkers.map(lane));
clearInterval(timer);
report(checkers);
for (const c of checkers) c.stop();
process.exit(stats.failures ? 1 : 0);
