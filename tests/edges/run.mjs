// Edge programs: modules made by module.mjs, optimized in several ways, run in this process beside what they were.
//   tests/edges/run [--seed=N] [--count=N] [--minutes=N] [--flags='-Oz --for=raw'] [--peer] [--keep=DIR] [--save=FILE]
// It shares no code with the fuzz loop: neither its generators nor its differential runner. --peer gives wring
// what Debian's wasm-opt made of the module in half of the runs. --save writes the module of a seed and does nothing else.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { StackExhausted, record } from './host.mjs';
import { edgeModule } from './module.mjs';
import { Rng } from './rng.mjs';

const WAYS = [
  '-O1',
  '-O2',
  '-O3',
  '-Os',
  '-Oz',
  '-Oz --for=raw',
  '-Oz --for=raw --compress-data',
  '-O2 --keep-imports',
  '-Os --for=gzip',
  '-Oz --for=brotli --effort=1',
  '-O3 --for=raw',
  '-Oz --verify-passes',
];
const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '300' },
    minutes: { type: 'string', default: 'Infinity' },
    flags: { type: 'string' },
    peer: { type: 'boolean' },
    keep: { type: 'string', default: 'build/edges' },
    save: { type: 'string' },
    ways: { type: 'string', default: '4' },
  },
});

if (!process.env.WRING_WASM_TOOLS) {
  console.log('no wasm-tools here: run scripts/setup');
  process.exit(77);
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wring-edges-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
const file = name => path.join(folder, name);

function run(program, args) {
  const result = spawnSync(program, args, { encoding: 'utf8', timeout: 60000, killSignal: 'SIGKILL' });
  return result.status === 0
    ? null
    : `${path.basename(program)} ends with ${result.status ?? result.signal}: ${result.stderr.trim().slice(0, 300)}`;
}

/** The bytes of a module's text, or what is wrong with it. */
function assemble(text) {
  fs.writeFileSync(file('in.wat'), text);
  const wrong = run(process.env.WRING_WASM_TOOLS, ['parse', file('in.wat'), '-o', file('in.wasm')]);
  return wrong ? { wrong } : { bytes: fs.readFileSync(file('in.wasm')) };
}

/** The first line in which two records differ, or null. */
function difference(before, after) {
  const i = before.findIndex((line, n) => line !== after[n]);
  if (i < 0 && before.length === after.length) return null;
  return `line ${i}: was ${before[i]}\n      is ${after[i]}\n      behind ${before.slice(Math.max(0, i - 3), i).join(' | ')}`;
}

/** null, or what is wrong with the output for these flags. peer: Binaryen goes first, and what it does is not wring's fault. */
function check(bytes, flags, before, facts, peer) {
  const input = file(peer ? 'peer.wasm' : 'in.wasm');
  if (peer && run('/usr/bin/wasm-opt', ['--all-features', '-q', '-Os', file('in.wasm'), '-o', input])) return null;
  const wrong = run(process.env.WRING, [input, '-o', file('out.wasm'), '-q', ...flags.split(' ')]);
  if (wrong) return wrong;
  const size = fs.statSync(input).size, output = fs.readFileSync(file('out.wasm'));
  if (output.length > size) return `grew from ${size} to ${output.length}`;
  try {
    return difference(peer ? record(fs.readFileSync(input), facts) : before, record(output, facts));
  } catch (error) {
    if (error instanceof StackExhausted) return null;
    return error.message;
  }
}

/** Names of exported functions with their parameters, and the imported memories, as the text has them. */
function factsOf(text, seed) {
  const signatures = {},
    imports = {};
  for (const [, , name, params] of text.matchAll(/\(func (\$f\d+) \(export "(f\d+)"\)(.*)/g))
    signatures[name] = [...params.matchAll(/\(param \$p\d+ ((?:\(ref null [^)]*\))|\w+)\)/g)].map(m => m[1]);
  for (const [, name, wide, min, max, shared] of text.matchAll(/\(import "h" "(m\d)" \(memory \$m\d (i64)? *(\d+) (\d+) (shared)?/g))
    imports[name] = wide
      ? { initial: BigInt(min), maximum: BigInt(max), address: 'i64' }
      : { initial: Number(min), maximum: Number(max), shared: Boolean(shared) };
  return { signatures, imports, seed };
}

const counts = { modules: 0, refused: 0, compared: 0, exhausted: 0, found: 0, calls: 0, ended: 0 },
  problems = {};
const stop = Date.now() + Number(options.minutes) * 60000,
  first = Number(options.seed);
for (let seed = first; seed < first + Number(options.count) && Date.now() < stop; seed++) {
  const r = new Rng(seed + 1e6),
    { text } = edgeModule(seed);
  if (options.save) {
    fs.writeFileSync(options.save, text);
    break;
  }
  const { bytes, wrong } = assemble(text),
    facts = factsOf(text, seed);
  let before;
  try {
    if (wrong) throw new Error(wrong);
    before = record(bytes, facts);
  } catch (error) {
    if (error instanceof StackExhausted) counts.exhausted++;
    else {
      counts.refused++;
      problems[error.message.replace(/\d+/g, 'N').slice(0, 150)] = seed;
    }
    continue;
  }
  counts.modules++;
  counts.calls += before.filter(l => l.startsWith('call')).length;
  counts.ended += before.filter(l => / gives /.test(l)).length;
  const ways = options.flags ? [options.flags] : r.some(WAYS, Number(options.ways));
  for (const flags of ways) {
    const peer = Boolean(options.peer) && r.chance(2);
    const why = check(bytes, flags, before, facts, peer);
    counts.compared++;
    if (!why) continue;
    counts.found++;
    fs.mkdirSync(options.keep, { recursive: true });
    fs.copyFileSync(file('in.wasm'), path.join(options.keep, `${seed}.wasm`));
    console.log(`FOUND seed ${seed} ${flags}${peer ? ` (behind wasm-opt)` : ''}: ${why}`);
  }
}
for (const [why, seed] of Object.entries(problems)) console.log(`seed ${seed} is no module: ${why}`);
console.log(`edges: ${JSON.stringify(counts)}`);
process.exit(counts.found ? 1 : 0);
