#!/usr/bin/env node
// The program `wring` by npm: a native binary where a platform package brings one, else wring.wasm over the machine's
// files. Options, exit codes and paths are the program's own. See `wring --help`.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, constants } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Descriptor, NodeFiles } from '../src/node_files.mjs';
import { start } from '../src/threads.mjs';

function nativeBinary() {
  if (process.env.WRING_NATIVE === '0') return undefined;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  try {
    return createRequire(import.meta.url).resolve(`@wring/${process.platform}-${process.arch}/bin/wring${suffix}`);
  } catch {
    return undefined;
  }
}

function runNative(program) {
  const { status, signal, error } = spawnSync(program, process.argv.slice(2), { stdio: 'inherit' });
  if (error) return undefined; // it cannot run here: the module can
  return signal ? 128 + (constants.signals[signal] ?? 0) : status;
}

// Threads start while this one is busy, and don't keep the process from its end.
function startThread(thread) {
  const worker = new Worker(new URL('../src/worker.mjs', import.meta.url));
  worker.on('error', () => {}); // a thread that cannot be started is none
  worker.unref();
  worker.postMessage({ thread });
}

function runModule() {
  const module = new WebAssembly.Module(readFileSync(new URL('../wring.wasm', import.meta.url)));
  const streams = Object.fromEntries([0, 1, 2].map((fd) => [fd, new Descriptor(fd)]));
  try {
    const env = { ...process.env, PWD: process.cwd() }; // where relative paths begin
    const args = ['wring', ...process.argv.slice(2)];
    return start(module, { args, env, files: new NodeFiles(), streams, startThread, processors: availableParallelism() });
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError) && !(error instanceof RangeError)) throw error;
    console.error(`wring: ${error.message}`);
    return 4;
  }
}

const native = nativeBinary();
process.exitCode = (native && runNative(native)) ?? runModule();
