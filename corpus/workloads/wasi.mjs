// Any WASI preview 1 module: a command runs its _start; a reactor is initialized and each of its exported functions
// called with small integers. The digest is what it prints, line by line with its stream, and the exit code. It sees
// an empty directory /scratch, no arguments and no environment; random bytes are seeded.
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WASI } from 'node:wasi';
import { random } from '../lib/inputs.mjs';
import { workload } from '../lib/workload.mjs';

function seededRandom(memory) {
  const next = random(4711);
  return (at, length) => {
    const view = new Uint8Array(memory().buffer, at, length);
    for (let i = 0; i < length; i++) view[i] = next();
    return 0;
  };
}

// 2, 40, 3, 41 …: JavaScript can't ask for a function's types, but a wrong one is refused before the call begins.
function callWithSmallIntegers(f) {
  const numbers = Array.from({ length: f.length }, (_, i) => (i % 2 ? 40 : 2) + (i >> 1));
  for (let mask = 0; mask < 1 << numbers.length; mask++) {
    try {
      return f(...numbers.map((n, i) => (mask >> i & 1 ? BigInt(n) : n)));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
  return 'takes what JavaScript cannot give';
}

await workload(null, async ({ bytes, print, scale }) => {
  const folder = mkdtempSync(join(tmpdir(), 'wring-workload-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'scratch'));
  const streams = ['out', 'err'].map((name) => openSync(join(folder, name), 'w'));
  const args = ['program', ...(scale === 1 ? [] : [String(scale)])];
  const wasi = new WASI({ version: 'preview1', args, env: {}, preopens: { '/scratch': join(folder, 'scratch') }, stdout: streams[0], stderr: streams[1], returnOnExit: true });
  const module = new WebAssembly.Module(bytes);
  let instance;
  wasi.wasiImport.random_get = seededRandom(() => instance.exports.memory);
  instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.wasiImport });
  const show = (label, name) => readFileSync(join(folder, name), 'utf8').split('\n').forEach((line) => line && print(`${label}: ${line}`));
  return () => {
    let end;
    try {
      if (instance.exports._start) end = `exit ${wasi.start(instance)}`;
      else {
        wasi.initialize(instance);
        const names = Object.keys(instance.exports).filter((name) => typeof instance.exports[name] === 'function' && !/^(_|malloc$|free$)/.test(name)).sort();
        end = names.map((name) => `${name} ${callWithSmallIntegers(instance.exports[name])}`).join(', ');
      }
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      end = `trap ${error.message}`;
    }
    streams.forEach(closeSync);
    show('out', 'out');
    show('err', 'err');
    print(end);
  };
});
