// The frame of every workload. `node WORKLOAD.mjs path/to/module.wasm` loads a package's own JavaScript with the
// given module in the place of the package's, does its work, and prints
//   stdout  a digest of the results, the same bytes on each run: what `before` and `after` are compared by
//   stderr  one line `wring-workload compile_ms=… run_ms=…`; run_ms is the work alone
// The package finds the given module because reads of its own file are answered with the given one's bytes.
// A workload that ends without having compiled exactly those bytes is an error: it would compare nothing.
// Math.random and crypto.getRandomValues are seeded. WRING_WORKLOAD_SCALE multiplies the amount of work; with
// WRING_WORKLOAD_CLOCK=cpu run_ms is processor time of the main thread, which other work on the machine disturbs less.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { modulePath, packageDir, readManifest } from './corpus.mjs';
import { random } from './inputs.mjs';

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');

// NaNs have many encodings, and wasm leaves open which one arises; results are compared with one.
function oneNaN(view) {
  return view instanceof Float32Array || view instanceof Float64Array ? view.map((x) => (Number.isNaN(x) ? NaN : x)) : view;
}

// Short results stand as they are, long ones as length and hash.
function brief(result) {
  const value = oneNaN(result);
  const raw = ArrayBuffer.isView(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : typeof value === 'string' ? value : JSON.stringify(value);
  if (raw.length <= 120 && !Buffer.isBuffer(raw)) return raw.includes('\n') ? JSON.stringify(raw) : raw;
  return `${raw.length} ${hash(raw).slice(0, 24)}`;
}

function answerReadsOf(original, bytes) {
  const isIt = (path) => (typeof path === 'string' || path instanceof URL)
    && resolve(path instanceof URL ? fileURLToPath(path) : path.replace(/^file:\/\//, '')) === original;
  // A copy with an ArrayBuffer of its own: glue code takes `.buffer` for the whole file.
  const copy = () => {
    const own = Buffer.allocUnsafeSlow(bytes.length);
    own.set(bytes);
    return own;
  };
  const { readFileSync, readFile } = fs;
  const promised = fs.promises.readFile;
  fs.readFileSync = (path, ...rest) => (isIt(path) ? copy() : readFileSync(path, ...rest));
  fs.readFile = (path, ...rest) => (isIt(path) ? queueMicrotask(() => rest.at(-1)(null, copy())) : readFile(path, ...rest));
  fs.promises.readFile = async (path, ...rest) => (isIt(path) ? copy() : promised(path, ...rest));
  syncBuiltinESMExports();
}

// Times every compilation of `bytes`, and counts them.
function watchCompilation(bytes) {
  const seen = { count: 0, ms: 0 };
  const wanted = hash(bytes);
  const toBytes = (source) => (ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source));
  const note = (source, start) => {
    const spent = performance.now() - start;
    if (source.byteLength !== bytes.length || hash(toBytes(source)) !== wanted) return;
    seen.count++;
    seen.ms += spent;
  };
  const { Module, compile, instantiate } = WebAssembly;
  WebAssembly.compile = async (source, ...rest) => {
    const start = performance.now();
    const module = await compile(source, ...rest);
    note(source, start);
    return module;
  };
  WebAssembly.instantiate = async (source, imports, ...rest) => {
    if (source instanceof Module) return instantiate(source, imports, ...rest);
    const module = await WebAssembly.compile(source, ...rest);
    return { module, instance: await instantiate(module, imports) };
  };
  WebAssembly.Module = new Proxy(Module, {
    construct(target, args) {
      const start = performance.now();
      const module = new target(...args);
      note(args[0], start);
      return module;
    },
  });
  return seen;
}

function cpuMs() {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function seedRandom() {
  const next = random(12345);
  Math.random = () => next() / 2 ** 32;
  globalThis.crypto.getRandomValues = (array) => {
    const view = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let i = 0; i < view.length; i++) view[i] = next();
    return array;
  };
}

// `prepare(tools)` loads the package and returns the function to time; both may be async.
async function perform(name, path, prepare) {
  const bytes = fs.readFileSync(path);
  const row = name && readManifest().find((each) => each.name === name);
  const dir = row && packageDir(row);
  if (row) answerReadsOf(modulePath(row), bytes);
  seedRandom();
  const compiled = watchCompilation(bytes);
  const lines = [];
  const work = await prepare({
    bytes,
    path: resolve(path),
    dir,
    scale: Number(process.env.WRING_WORKLOAD_SCALE || 1),
    require: dir && createRequire(join(dir, 'package.json')),
    load: (file) => import(pathToFileURL(join(dir, file)).href),
    print: (label, value) => lines.push(value === undefined ? label : `${label} ${brief(value)}`),
  });
  const now = process.env.WRING_WORKLOAD_CLOCK === 'cpu' ? cpuMs : () => performance.now();
  const start = now();
  await work();
  const spent = now() - start;
  if (!compiled.count) throw new Error('the given module was never compiled');
  fs.writeSync(1, lines.map((line) => `${line}\n`).join(''));
  fs.writeSync(2, `wring-workload compile_ms=${compiled.ms.toFixed(2)} run_ms=${spent.toFixed(2)}\n`);
}

// Runs a workload for the manifest's module `name` (null: a module that comes with no package) and ends the process.
export async function workload(name, prepare) {
  const [, script, path] = process.argv;
  if (!path) {
    console.error(`usage: node ${script} MODULE.wasm`);
    process.exit(2);
  }
  try {
    await perform(name, path, prepare);
    process.exit(0);
  } catch (error) {
    fs.writeSync(2, `${error?.stack ?? error}\n`);
    process.exit(1);
  }
}
