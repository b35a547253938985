// Threads of wring.wasm: the same bytes with any number of them, and what becomes of one that fails.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { optimize, run as runInWorker } from '../src/index.mjs';
import { load, run } from '../src/program.mjs';
import { CLI, corpusModule, inFolder, native, ROOT } from './native.mjs';

// Large enough that threads are there before the end.
const built = readFileSync(path.join(ROOT, 'build-wasi/wring.wasm'));
const module = corpusModule('re2-wasm') ?? built;
const request = { args: ['in.wasm', '-o', 'out.wasm', '-q', '-Oz', '-j2'], files: { 'in.wasm': module } };

// A module for threads whose function does what `body` says.
const threadThat = (body) => new WebAssembly.Module(inFolder((dir) => {
  const [from, to] = ['in.wat', 'out.wasm'].map((name) => path.join(dir, name));
  writeFileSync(from, `(module (func (export "wasi_thread_start") (param i32 i32) ${body}))`);
  execFileSync('wat2wasm', [from, '-o', to]);
  return readFileSync(to);
}));

// Runs the program in this thread, its threads from another module if one is given.
const compiled = await load();
function runHere(threadsOf = compiled) {
  const started = [];
  const startThread = (thread) => {
    const worker = new Worker(new URL('../src/worker.mjs', import.meta.url));
    worker.postMessage({ thread: { ...thread, module: threadsOf } });
    started.push({ thread, worker });
  };
  try {
    return { result: run(compiled, { ...request, threads: { processors: 2, startThread } }), started };
  } finally {
    for (const { worker } of started) worker.terminate();
  }
}
// Whether a thread left anything on its stack.
const used = ({ memory, record }) => {
  const [top] = new Uint32Array(memory.buffer, record + 4, 1);
  return new Uint32Array(memory.buffer, top - 4096, 1024).some((word) => word !== 0);
};

for (const level of ['s', 'z'])
  test(`any number of threads gives the native program's bytes at -O${level}`, async () => {
    const expected = native(module, [`-O${level}`]);
    for (const jobs of [1, 2, 5]) assert.ok(expected.equals(Buffer.from(await optimize(module, { level, jobs }))), `-j${jobs}`);
  });

test('a thread is started once, and works', () => {
  const { result, started } = runHere();
  assert.equal(result.status, 0, result.err);
  assert.equal(started.length, 1);
  assert.ok(used(started[0].thread));
});

test('a thread that traps ends the program, which says why', () => {
  const { result } = runHere(threadThat('unreachable'));
  assert.equal(result.status, 4);
  assert.equal(result.err, 'wring: unreachable');
  assert.equal(result.files.get('out.wasm'), undefined);
});

test('a thread that takes no work is not waited for', () => {
  const { result } = runHere(threadThat(''));
  assert.equal(result.status, 0);
  assert.ok(native(module, ['-Oz']).equals(Buffer.from(result.files.get('out.wasm'))));
});

test('what fails in a thread fails as in the program', async () => {
  const { status, err } = await runInWorker([...request.args, '--time-limit=0.6', '-j4'], { files: { 'in.wasm': built } });
  assert.equal(status, 5);
  assert.match(err, /time limit/);
});

test('a signal ends threads too', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('enough')), 600);
  await assert.rejects(optimize(built, { level: 'z', signal: controller.signal, jobs: 4 }), /enough/);
});

test('the program of npm ends with its threads', () => inFolder((dir) => {
  writeFileSync(path.join(dir, 'in.wasm'), module);
  const { status, stderr } = spawnSync(process.execPath, [CLI, 'in.wasm', '-o', 'out.wasm', '-Os', '-j3', '-q'],
    { cwd: dir, env: { ...process.env, WRING_NATIVE: '0' } });
  assert.equal(status, 0, stderr.toString());
  assert.ok(readFileSync(path.join(dir, 'out.wasm')).equals(native(module, ['-Os'])));
}));
