// Suspends random programs at each of their calls of imports that may be suspended, and goes on; all that can be seen must
// be as in the plain run. Options: --seed=N --count=N --minutes=N; --peer: of Binaryen's pass too, to test the test.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from './generate.mjs';
import { Plain, Suspending } from './host.mjs';
import { callsOfOthers } from './tables.mjs';
import { tasksLog } from './tasks.mjs';

const { WRING, WRING_ROOT, WRING_WASM_OPT } = process.env;
const option = (name, value) => Number(process.argv.find(a => a.startsWith(`--${name}=`))?.split('=')[1] ?? value);
const work = join(WRING_ROOT, 'build/asyncify');
const peer = process.argv.includes('--peer');

const LISTED = '--asyncify=imports@env.pause,env.wide,env.tick';
const WAYS = [
  ['-O0', LISTED], ['-O1', LISTED], ['-O2', LISTED], ['-O3', LISTED], ['-Os', LISTED], ['-Oz', LISTED],
  ['-O0', '--asyncify'], ['-Oz', LISTED, '--asyncify=asserts'], ['-O2', '--for=brotli', LISTED],
  ['-O0', LISTED, '--asyncify=export-globals', '--source-map-out=/dev/null'], ['-O1', LISTED, '--asyncify=import-globals'],
];

function make(input, flags) {
  const output = join(work, 'out.wasm');
  rmSync(output, { force: true });
  const got = peer
    ? spawnSync(WRING_WASM_OPT, ['--enable-exception-handling', '--enable-tail-call', '--enable-bulk-memory', '--asyncify', '--pass-arg=asyncify-imports@env.pause,env.wide,env.tick', input, '-o', output], { encoding: 'utf8' })
    : spawnSync(WRING, ['opt', '-q', '--verify-passes', ...flags, input, '-o', output], { encoding: 'utf8' });
  if (got.status !== 0) throw new Error(`exit status ${got.status}: ${got.stderr.slice(0, 400)}`);
  return readFileSync(output);
}

function difference(plain, suspended) {
  const i = plain.findIndex((line, k) => line !== suspended[k]);
  return i < 0 && plain.length === suspended.length ? null : `step ${i}: ${plain[i]} became ${suspended[i]}`;
}

let suspensions = 0;
// What a way through wring does to a program. Binaryen's pass refuses tail calls.
function check(bytes, exports, flags, every) {
  const input = join(work, 'in.wasm');
  writeFileSync(input, bytes);
  const plain = new Plain(bytes).run(exports);
  const host = new Suspending(make(input, flags), every);
  const why = difference(plain, host.run(exports));
  suspensions += host.suspended;
  if (why) throw new Error(why);
}

mkdirSync(work, { recursive: true });
let failed = 0, n = 0;
function attempt(name, bytes, exports, flags, every) {
  try {
    check(bytes, exports, flags, every);
  } catch (error) {
    failed++;
    const kept = join(work, `${name}.wasm`);
    writeFileSync(kept, bytes);
    console.error(`FAILED ${kept} ${flags.join(' ')}, suspended at each ${every}: ${error.message}`);
  }
  n++;
}

const seed = option('seed', 1), count = option('count', 300), until = Date.now() + option('minutes', 1e6) * 60e3;
for (let i = seed; i < seed + count && Date.now() < until; i++) {
  const { bytes, exports } = generate(i);
  attempt(`seed${i}`, bytes, exports, WAYS[i % WAYS.length], 1 + (i % 3));
}
function report(what, why) {
  n++;
  if (!why) return;
  failed++;
  console.error(`FAILED ${what}: ${why}`);
}

function makeBytes(bytes, flags) {
  const input = join(work, 'in.wasm');
  writeFileSync(input, bytes);
  return make(input, flags);
}

function makeTasks(flags) {
  const binary = join(work, 'tasks.wasm');
  const got = spawnSync('wat2wasm', [join(WRING_ROOT, 'tests/asyncify/tasks.wat'), '-o', binary], { encoding: 'utf8' });
  if (got.status !== 0) throw new Error(`wat2wasm: ${got.error ?? got.stderr}`);
  return makeBytes(readFileSync(binary), [...flags, '--asyncify=ignore-imports']);
}

if (!peer) {
  report('the function of another module in a table', callsOfOthers(makeBytes));
  for (const level of ['-O0', '-O2', '-Oz']) report(`tasks that take turns, ${level}`, tasksLog(makeTasks([level])));
}
console.log(`asyncify: ${n - failed} programs are suspended ${suspensions} times and do the same, ${failed} don't`);
process.exit(failed ? 1 : 0);
