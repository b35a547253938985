// Edge programs: modules made by module.mjs, optimized in several ways, run beside what they were: in this process, or
// in Wasmtime (wasmtime_host.py).
//   tests/edges/run [--engine=v8|wasmtime] [--seed=N] [--count=N] [--minutes=N] [--flags='-Oz --for=raw'] [--peer]
//                   [--keep=DIR] [--save=FILE]
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
    engine: { type: 'string', default: 'v8' },
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

/** Makes in.wasm of a module's text. null, or what is wrong with it. */
function assemble(text) {
  fs.writeFileSync(file('in.wat'), text);
  return run(process.env.WRING_WASM_TOOLS, ['parse', file('in.wat'), '-o', file('in.wasm')]);
}

/** The first line in which two records differ, or null. */
function difference(before, after) {
  const i = before.findIndex((line, n) => line !== after[n]);
  if (i < 0 && before.length === after.length) return null;
  return `line ${i}: was ${before[i]}\n      is ${after[i]}\n      behind ${before.slice(Math.max(0, i - 3), i).join(' | ')}`;
}

/** What is wrong with the record of an output, or null. */
function compare(before, after) {
  if (before.exhausted || after.exhausted || before.error) return null;
  return after.error ?? difference(before.lines, after.lines);
}

/** The output for these flags, as { flags, input, output } with names of files, or also { wrong }. */
function optimize(flags, i, peer) {
  const made = { flags, peer, input: 'in.wasm', output: `out${i}.wasm` };
  if (peer) {
    made.input = `peer${i}.wasm`;
    // What Binaryen does is not wring's fault.
    if (run('/usr/bin/wasm-opt', ['--all-features', '-q', '-Os', file('in.wasm'), '-o', file(made.input)])) return null;
  }
  made.wrong = run(process.env.WRING, [file(made.input), '-o', file(made.output), '-q', ...flags.split(' ')]);
  if (made.wrong) return made;
  const before = fs.statSync(file(made.input)).size,
    after = fs.statSync(file(made.output)).size;
  if (after > before) made.wrong = `grew from ${before} to ${after}`;
  return made;
}

// Each engine gives the records of files, as { lines }, { exhausted } or { error }.

function recordInV8(name, facts) {
  try {
    return { lines: record(fs.readFileSync(file(name)), facts) };
  } catch (error) {
    return error instanceof StackExhausted ? { exhausted: true } : { error: error.message };
  }
}

function recordInWasmtime(names, seed) {
  const script = path.join(import.meta.dirname, 'wasmtime_host.py'),
    env = { ...process.env, PYTHONPATH: process.env.WRING_PYTHON_PACKAGES };
  const result = spawnSync('python3', [script, String(seed), ...names.map(file)], { env, encoding: 'utf8', maxBuffer: 1 << 30 });
  if (result.status === 0) return JSON.parse(result.stdout);
  const error = `wasmtime_host.py ends with ${result.status ?? result.signal}: ${result.stderr.trim().slice(-300)}`;
  return names.map(() => ({ error }));
}

const recordAll = (names, facts) =>
  options.engine === 'wasmtime' ? recordInWasmtime(names, facts.seed) : names.map(name => recordInV8(name, facts));

/** Names of exported functions with their parameters, and the imported memories and table, as the text has them. */
function factsOf(text, seed) {
  const signatures = {},
    imports = {};
  for (const [, , name, params] of text.matchAll(/\(func (\$f\d+) \(export "(f\d+)"\)(.*)/g))
    signatures[name] = [...params.matchAll(/\(param \$p\d+ ((?:\(ref null [^)]*\))|\w+)\)/g)].map(m => m[1]);
  for (const [, name, wide, min, max, shared] of text.matchAll(/\(import "h" "(m\d)" \(memory \$m\d (i64)? *(\d+) (\d+) (shared)?/g))
    imports[name] = wide
      ? { initial: BigInt(min), maximum: BigInt(max), address: 'i64' }
      : { initial: Number(min), maximum: Number(max), shared: Boolean(shared) };
  const table = /\(import "h" "t0" \(table \$tab0 (\d+) (\d+)/.exec(text);
  if (table) imports.t0 = { element: 'anyfunc', initial: Number(table[1]), maximum: Number(table[2]) };
  return { signatures, imports, seed };
}

const counts = { modules: 0, refused: 0, compared: 0, exhausted: 0, found: 0, calls: 0, ended: 0 },
  problems = {};
const stop = Date.now() + Number(options.minutes) * 60000,
  start = Number(options.seed);
for (let seed = start; seed < start + Number(options.count) && Date.now() < stop; seed++) {
  const r = new Rng(seed + 1e6),
    { text } = edgeModule(seed, options.engine);
  if (options.save) {
    fs.writeFileSync(options.save, text);
    break;
  }
  const wrong = assemble(text),
    ways = options.flags ? [options.flags] : r.some(WAYS, Number(options.ways));
  const made = wrong ? [] : ways.map((flags, i) => optimize(flags, i, Boolean(options.peer) && r.chance(2))).filter(Boolean);
  const names = ['in.wasm', ...new Set(made.filter(o => !o.wrong).flatMap(o => [o.input, o.output]))];
  const list = wrong ? [{ error: wrong }] : recordAll([...new Set(names)], factsOf(text, seed)),
    records = new Map([...new Set(names)].map((name, i) => [name, list[i]])),
    first = records.get('in.wasm');
  if (first.exhausted) counts.exhausted++;
  if (first.error) {
    counts.refused++;
    problems[first.error.replace(/\d+/g, 'N').slice(0, 150)] = seed;
  }
  if (!first.lines) continue;
  counts.modules++;
  counts.calls += first.lines.filter(l => l.startsWith('call')).length;
  counts.ended += first.lines.filter(l => / gives /.test(l)).length;
  for (const { flags, peer, input, output, wrong } of made) {
    const why = wrong ?? compare(records.get(input), records.get(output));
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
// That no module could be run at all is a mistake too.
process.exit(counts.found || (!counts.modules && !options.save) ? 1 : 0);
