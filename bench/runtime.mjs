// Run time of outputs, as a Markdown table: for each module the processor time of its workload after wring, after Binaryen at
// the same level, and of the input, in V8 and in Wasmtime.
//   bench/runtime [--levels=O3] [--engines=v8,wasmtime] [--runs=7] [--scale=1] [--no-rival] [--json=FILE] [NAME…] [-- wring flags]
// Variants take turns; a ratio is the median over the rounds of the two times in one round, since how fast the machine is changes
// when others use it, and these two were taken side by side. The clock is processor time (in V8 of the main thread, as its compilers' threads would blur it). A WASI command runs again and again in
// one process (runtime_v8.mjs, runtime_wasmtime.py), so that the time is that of V8's best code; another workload runs in a
// process of its own each time, in V8 only, and V8 may not have compiled it wholly by then: --scale multiplies its work.
// A workload that prints something else than with the input is marked, and the exit status is 1.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { modulePath, readManifest, selectRows, workloadPath } from '../corpus/lib/corpus.mjs';
import { measure } from '../corpus/lib/measure.mjs';
import { rivalOutput } from '../corpus/lib/rival.mjs';

const text = value => ({ type: 'string', default: value });
const split = process.argv.indexOf('--', 2);
const flags = split < 0 ? [] : process.argv.slice(split + 1);
const { values: options, positionals } = parseArgs({
  args: process.argv.slice(2, split < 0 ? undefined : split),
  allowPositionals: true,
  options: { levels: text('O3'), engines: text('v8,wasmtime'), runs: text('7'), scale: text('1'), 'no-rival': { type: 'boolean' }, json: { type: 'string' } },
});
const here = path.dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(path.join(os.tmpdir(), 'wring-runtime-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const levels = options.levels.split(',');
let differs = false;

/** The files to time: {label, path}. */
async function variantsOf(row) {
  const input = modulePath(row), bytes = readFileSync(input);
  const variants = [{ label: 'input', path: input }];
  for (const level of levels) {
    const out = path.join(folder, `${row.name}-${level}.wasm`);
    const made = spawnSync(process.env.WRING, [input, '-o', out, `-${level}`, '-q', ...flags]);
    if (made.status) throw new Error(`${row.name} -${level}: ${made.stderr}`);
    variants.push({ label: `wring -${level}`, path: out });
    const rival = options['no-rival'] ? { error: 'not asked for' } : await rivalOutput(level, input, bytes, { limit: 600 });
    if (!rival.error) variants.push({ label: `Binaryen -${level}`, path: rival.path });
  }
  return variants;
}

/** Times and digest of each variant of a workload that is not a WASI command. */
async function inProcesses(row, variants) {
  const results = variants.map(() => ({ times: [] }));
  const env = { ...process.env, WRING_WORKLOAD_CLOCK: 'cpu', WRING_WORKLOAD_SCALE: options.scale };
  for (let round = 0; round < Number(options.runs); round++) {
    for (const [i, variant] of variants.entries()) {
      const run = await measure(process.env.WRING_NODE, ['--no-warnings', workloadPath(row), variant.path], { limit: 300, env });
      const said = /run_ms=(\S+)/.exec(run.stderr.toString());
      if (!run.ok || !said) return results.map(() => ({ error: run.stderr.toString().split('\n')[0] || 'no time' }));
      results[i].times.push(Number(said[1]));
      results[i].digest = run.stdout.toString();
    }
  }
  return results;
}

/** The same of a WASI command, by a program that prints them. */
function byRunner(row, variants, command, ...args) {
  const env = { ...process.env, PYTHONPATH: process.env.WRING_PYTHON_PACKAGES };
  const run = spawnSync(command, [...args, options.runs, options.scale, ...variants.map(each => each.path)], { env, encoding: 'utf8', maxBuffer: 1 << 24 });
  if (run.status) throw new Error(`${row.name}: ${run.stderr}`);
  return JSON.parse(run.stdout);
}

const isCommand = row => row.workload === 'wasi.mjs'
  && WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(modulePath(row)))).some(each => each.name === '_start');
const inV8 = (row, variants) => (isCommand(row)
  ? byRunner(row, variants, process.env.WRING_NODE, '--no-warnings', '--expose-gc', path.join(here, 'runtime_v8.mjs')) : inProcesses(row, variants));
const inWasmtime = (row, variants) => byRunner(row, variants, 'python3', path.join(here, 'runtime_wasmtime.py'));

const engines = {
  v8: { name: 'V8', takes: () => true, run: inV8 },
  wasmtime: { name: 'Wasmtime', takes: isCommand, run: inWasmtime },
};

const median = list => list.toSorted((a, b) => a - b)[list.length >> 1];
const ratioOf = (a, b) => median(a.times.map((ms, i) => ms / b.times[i]));
const mean = list => Math.exp(list.reduce((sum, x) => sum + Math.log(x), 0) / list.length);
const shown = list => (list.length ? mean(list).toFixed(3) : '');

function cellsOf(variants, results, sums) {
  const at = label => results[variants.findIndex(each => each.label === label)];
  const input = at('input');
  return levels.flatMap((level) => {
    const own = at(`wring -${level}`), rival = at(`Binaryen -${level}`);
    if (own.error || input.error) return [`${own.error ?? input.error}`, ''];
    if (own.digest !== input.digest) differs = true;
    const ratios = [ratioOf(own, input), rival && !rival.error ? ratioOf(own, rival) : NaN];
    ratios.forEach((ratio, i) => Number.isNaN(ratio) || ((sums[`${level} ${i}`] ??= []).push(ratio)));
    return ratios.map(ratio => (own.digest !== input.digest ? 'DIFFERENT' : Number.isNaN(ratio) ? '' : ratio.toFixed(3)));
  });
}

async function compare(rows) {
  const record = [];
  for (const name of options.engines.split(',')) {
    const engine = engines[name], sums = {};
    console.log(`\n| ${engine.name} | input | ${levels.map(level => `-${level} / input | -${level} / Binaryen's`).join(' | ')} |`);
    console.log(`|---|---:|${levels.map(() => '---:|---:|').join('')}`);
    for (const row of rows.filter(engine.takes)) {
      const variants = await variantsOf(row);
      const results = await engine.run(row, variants);
      const cells = cellsOf(variants, results, sums);
      console.log(`| ${row.name} | ${median(results[0].times ?? [0]).toFixed(1)} ms | ${cells.join(' | ')} |`);
      record.push({ engine: name, module: row.name, variants: variants.map(({ label }, i) => ({ label, ...results[i], digest: undefined })) });
    }
    console.log(`| **geometric mean** | | ${levels.map(level => `${shown(sums[`${level} 0`] ?? [])} | ${shown(sums[`${level} 1`] ?? [])}`).join(' | ')} |`);
  }
  if (options.json) writeFileSync(options.json, JSON.stringify(record, null, 1));
}

const rows = selectRows(readManifest(), positionals.length ? positionals : ['fresh-*', 'c-*'])
  .filter(row => existsSync(modulePath(row)) && workloadPath(row));
await compare(rows);
process.exitCode = differs ? 1 : 0;
