// wring.wasm: found, compiled once, and run as a program. The same file serves Node, Deno, Bun, workers and pages.
import { Collector, Lines, MemoryFiles } from './files.mjs';
import { start } from './threads.mjs';

const location = new URL('../wring.wasm', import.meta.url);
const EXIT_INTERNAL = 4;
export const PROGRESS_FD = 9;

let compiled;

async function compile() {
  if (location.protocol === 'file:') {
    const { readFile } = await import('node:fs/promises');
    return WebAssembly.compile(await readFile(location));
  }
  const response = await fetch(location);
  if (!response.ok) throw new Error(`wring.wasm cannot be loaded: ${response.status} ${response.statusText}`);
  if (response.headers.get('content-type')?.startsWith('application/wasm'))
    return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer()); // from a server that doesn't know the type
}

// The compiled module; what failed is tried again by the next call.
export function load() {
  compiled ??= compile().catch((error) => {
    compiled = undefined;
    throw error;
  });
  return compiled;
}

// Runs the program on files in memory. `progress` gets (stage, fraction) and may return false to cancel; `threads` has
// what start() needs for more than one. A trap (the stack or the memory exhausted) becomes an internal error, as a crash of
// the native program would be.
export function run(module, { args, files = {}, progress, threads }) {
  const memory = new MemoryFiles(files);
  const [out, err] = [new Collector(), new Collector()];
  const streams = { 0: new Collector(), 1: out, 2: err };
  const all = ['wring', ...args];
  if (progress) {
    streams[PROGRESS_FD] = new Lines((line) => {
      const [fraction, stage] = line.split('\t');
      return progress(stage, Number(fraction));
    });
    all.push(`--progress-fd=${PROGRESS_FD}`);
  }
  try {
    const status = start(module, { args: all, files: memory, streams, ...threads });
    return { status, out: out.text(), err: err.text(), files: memory };
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError) && !(error instanceof RangeError)) throw error;
    return { status: EXIT_INTERNAL, out: out.text(), err: `wring: ${error.message}`, files: memory };
  }
}
