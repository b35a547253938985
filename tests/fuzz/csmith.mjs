// Random C programs of csmith, through clang and wasi-libc at four of its levels, must print the same checksum after wring:
// csmith MINUTES, or --count=N programs from --seed=S. Each of the four modules is optimized at -O3, -Os, -Oz and one more
// level, a quarter of the time with --verify-passes. A program that takes too long is left out. A failing module is saved as OUT/NAME.wasm with .json, for `minimize`, and its
// source as OUT/NAME.c. Options: --lanes=N  --out=FOLDER

import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { LEVELS, ROOT, Runner } from '../lib/wring.mjs';
import { Rng } from '../../verify/values.mjs';
import { compileC, csmithWorks } from './generate.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string' }, count: { type: 'string' }, lanes: { type: 'string', default: '2' }, out: { type: 'string', default: path.join(ROOT, 'build/fuzz') } },
});
const execute = promisify(execFile);
const seed = Number(options.seed ?? Date.now() % 1000000007);
const deadline = Date.now() + 60000 * Number(positionals[0] ?? (options.count ? 1e6 : 1));
const limit = Number(options.count ?? Infinity);
const CLANG_LEVELS = ['-O0', '-O1', '-O2', '-Oz'];
const WRING_LEVELS = ['-O3', '-Os', '-Oz'];
const RUN_MS = 20000;
const runWasi = path.join(path.dirname(fileURLToPath(import.meta.url)), 'wasi.mjs');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wring-csmith-'));
const stats = { programs: 0, modules: 0, outputs: 0, tooLong: 0, failures: 0 };

function fail(name, module, source, flags, reason) {
  fs.mkdirSync(options.out, { recursive: true });
  const base = path.join(options.out, name);
  fs.copyFileSync(module, `${base}.wasm`);
  fs.copyFileSync(source, `${base}.c`);
  fs.writeFileSync(`${base}.json`, `${JSON.stringify({ flags, check: 'differential', reason, plan: { seed: 1, maxCalls: 60, rounds: 6 } }, null, 2)}\n`);
  console.log(`FAIL ${base}.wasm ${flags.join(' ')}: ${reason}`);
  stats.failures++;
}

/** What each module printed and how it ended, or null if that took too long. */
async function runAll(output, modules) {
  try {
    const { stdout } = await execute(process.execPath, ['--no-warnings', runWasi, output, ...modules], { timeout: RUN_MS, killSignal: 'SIGKILL', maxBuffer: 1 << 26 });
    return stdout.trim().split('\n').map(line => JSON.parse(line));
  } catch {
    return null;
  }
}

/** Optimizes one module at some levels: [{out, flags}]. */
async function optimize(runner, rng, name, module, source) {
  const outputs = [];
  for (const level of [...WRING_LEVELS, rng.pick(LEVELS)]) {
    const out = path.join(folder, `${name}-${outputs.length}.wasm`), flags = [...level.split(' '), ...(rng.chance(4) ? ['--verify-passes'] : [])];
    const { status, message } = await runner.run({ in: module, out, flags });
    if (status) fail(name, module, source, flags, `status ${status}: ${message}`);
    else outputs.push({ out, flags });
  }
  return outputs;
}

/** Compares what a module's outputs printed with what the module itself printed. */
function judge({ name, module, outputs }, [before, ...after], source) {
  after.forEach((result, i) => {
    stats.outputs++;
    if (result.printed === before.printed && result.end === before.end) return;
    fail(name, module, source, outputs[i].flags, `printed ${result.printed.trim()} (${result.end}), before: ${before.printed.trim()} (${before.end})`);
  });
}

/** One program at all of clang's levels; a single process runs what came of it. */
async function tryProgram(runner, number) {
  const rng = new Rng(seed, number), source = path.join(folder, `${number}.c`), made = [];
  const { stdout } = await execute('csmith', ['--seed', String(rng.u32()), '--max-funcs', String(2 + rng.below(12)), '--no-volatiles'], { cwd: folder, maxBuffer: 1 << 26 });
  fs.writeFileSync(source, stdout);
  stats.programs++;
  for (const compiled of CLANG_LEVELS) {
    const name = `csmith-${seed}-${number}${compiled}`, module = path.join(folder, `${name}.wasm`);
    if (!await compileC(source, module, compiled)) continue;
    stats.modules++;
    made.push({ name, module, outputs: await optimize(runner, rng, name, module, source) });
  }
  const files = made.flatMap(({ module, outputs }) => [module, ...outputs.map(o => o.out)]);
  const results = await runAll(path.join(folder, `${number}.txt`), files);
  if (!results) stats.tooLong++;
  else for (const one of made) judge(one, results.splice(0, 1 + one.outputs.length), source);
  for (const file of fs.readdirSync(folder)) if (file.startsWith(`csmith-${seed}-${number}-`) || file.startsWith(`${number}.`)) fs.rmSync(path.join(folder, file));
}

if (!csmithWorks()) {
  console.log('csmith: no csmith, clang or wasi-libc here; see scripts/setup');
  process.exit(77);
}
let next = 0;
const lanes = Array.from({ length: Number(options.lanes) }, async () => {
  const runner = new Runner();
  while (next < limit && Date.now() < deadline) await tryProgram(runner, next++);
  runner.stop();
});
await Promise.all(lanes);
fs.rmSync(folder, { recursive: true });
console.log(`csmith: seed ${seed}, ${stats.programs} programs, ${stats.modules} modules, ${stats.outputs} outputs the same or not, `
  + `${stats.tooLong} programs left out as too slow, ${stats.failures} failures`);
process.exit(stats.failures ? 1 : 0);
