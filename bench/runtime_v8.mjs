// Times WASI commands in V8: runtime_v8.mjs RUNS SCALE MODULE.wasm …, the counterpart of runtime_wasmtime.py.
// Prints one JSON list: of each module the processor times of its runs in milliseconds, and a hash of what it printed.
// Each run is a new instance of the one module, so that V8 keeps what it compiled; the first runs, until it has, don't count.
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WASI } from 'node:wasi';

const [runs, scale, ...paths] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'wring-runtime-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const enough = 600; // milliseconds that the runs of a module shall take together
const most = 60;    // runs
const warmUps = 3;

const nothing = new Int32Array(new SharedArrayBuffer(4));

// Linux brings a running thread's time up to date at a tick, some milliseconds apart, and whenever the thread stops running:
// so it stops for a moment.
function cpuMs() {
  Atomics.wait(nothing, 0, 0, 0.1);
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

// One run: its time, and what it printed with its end.
function runOnce(module) {
  const out = openSync(join(folder, 'out'), 'w');
  mkdirSync(join(folder, 'scratch'), { recursive: true });
  const args = ['program', ...(scale === '1' ? [] : [scale])];
  const wasi = new WASI({ version: 'preview1', args, env: {}, preopens: { '/scratch': join(folder, 'scratch') }, stdout: out, stderr: out, returnOnExit: true });
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.wasiImport });
  const before = cpuMs();
  let end;
  try {
    end = `exit ${wasi.start(instance)}`;
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    end = 'trap';
  }
  const ms = cpuMs() - before;
  closeSync(out);
  const printed = readFileSync(join(folder, 'out'));
  rmSync(join(folder, 'scratch'), { recursive: true, force: true });
  return { ms, digest: createHash('sha256').update(printed).update(end).digest('hex') };
}

const modules = paths.map(path => new WebAssembly.Module(readFileSync(path)));
const results = modules.map(() => ({ times: [] }));
let rounds = Number(runs);
for (let round = -warmUps; round < rounds; round++) {
  for (const [i, module] of modules.entries()) {
    globalThis.gc?.(); // the last instance's memory, whose pages the next would otherwise have to be given anew
    await sleep(1);
    const { ms, digest } = runOnce(module);
    if (round >= 0) results[i].times.push(ms);
    results[i].digest ??= digest;
    if (results[i].digest !== digest) results[i].error = 'prints something else each time';
    if (round === -1 && !i) rounds = Math.max(rounds, Math.min(most, Math.ceil(enough / ms)));
  }
  if (round < 0) await sleep(200); // for the compilers' threads
}
console.log(JSON.stringify(results));
