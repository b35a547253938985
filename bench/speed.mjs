// Optimizer time and memory on large modules, wring's levels beside other tools, interleaved in one run, as a Markdown
// table: speed [--runs=N] [--levels=O1,Oz] [NAME…]   (corpus names; default: the large ones)
// speed --curve: modules from 1 to 64 MB and one level, -Oz unless --levels says otherwise, to see that time grows with
// size and no faster, and memory stays below the file's six times and 128 MB more.
// A tool that isn't installed is left out. Times are the best of N; what matters is the ratio within one run.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { modulePath, readManifest, selectRows } from '../corpus/lib/corpus.mjs';
import { measure } from '../corpus/lib/measure.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '3' }, levels: { type: 'string' }, curve: { type: 'boolean' } },
});

const curveNames = ['zxing', 'libheif', 'resvg', 'mediainfo', 'go-cpu-js', 'canvaskit', 'pyodide', 'go-json-js', 'esbuild', 'onnxruntime',
  'lightningcss', 'duckdb-eh', 'biome', 'opencascade'];
const largeNames = ['esbuild', 'lightningcss', 'opencascade'];
const folder = mkdtempSync(path.join(os.tmpdir(), 'wring-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const out = path.join(folder, 'out.wasm');
const found = program => program && spawnSync(program, ['--version']).status === 0;

const wring = level => ({ name: `wring -${level}`, command: process.env.WRING, args: file => [file, '-o', out, `-${level}`, '-q'] });

/** Commands to time: {name, command, args(file)}. */
function contestants() {
  const list = (options.levels ?? 'O1,Oz').split(',').map(wring);
  if (found('wasm-strip')) list.push({ name: 'wasm-strip', command: 'wasm-strip', args: file => ['-o', out, file] });
  const rival = process.env.WASM_OPT ?? process.env.WRING_WASM_OPT;
  if (found(rival)) {
    list.push({ name: 'wasm-opt -O0', command: rival, args: file => ['--all-features', '-O0', file, '-o', out] });
  }
  return list;
}

async function best(contest, file) {
  const result = { seconds: Infinity, cpu: Infinity, peak: 0 };
  for (let i = 0; i < Number(options.runs); i++) {
    const run = await measure(contest.command, contest.args(file), { memory: true, limit: 900 });
    if (!run.ok) return null;
    result.seconds = Math.min(result.seconds, run.seconds);
    result.cpu = Math.min(result.cpu, run.cpu);
    result.peak = Math.max(result.peak, run.peak);
  }
  return result;
}

const cell = (result, size) => (result
  ? `${result.seconds.toFixed(2)} s, ${(size / 1e6 / result.seconds).toFixed(1)} MB/s, ${(result.peak / (1 << 20)).toFixed(0)} MiB`
  : 'failed');

/** The smallest first. */
function* modules(names) {
  const size = row => statSync(modulePath(row)).size;
  const rows = selectRows(readManifest(), names).filter(row => existsSync(modulePath(row)));
  for (const row of rows.sort((a, b) => size(a) - size(b))) {
    const file = path.join(folder, 'in.wasm');
    writeFileSync(file, readFileSync(modulePath(row)));
    yield { name: row.name, file, size: size(row) };
  }
}

async function compare(names) {
  const contests = contestants();
  console.log(`| module | MB | ${contests.map(c => c.name).join(' | ')} |`);
  console.log(`|---|---|${contests.map(() => '---|').join('')}`);
  for (const { name, file, size } of modules(names)) {
    const cells = [];
    for (const contest of contests) cells.push(cell(await best(contest, file), size));
    console.log(`| ${name} | ${(size / 1e6).toFixed(1)} | ${cells.join(' | ')} |`);
  }
}

/** One line a module. Memory is in MB of 1,000,000, as its limit is. */
async function curve(names) {
  const contest = wring(options.levels ?? 'Oz');
  console.log(`| module | MB | ${contest.name} | MB/s | CPU time | MB/s of CPU time | cores | memory | limit |`);
  console.log('|---|---:|---:|---:|---:|---:|---:|---:|---:|');
  for (const { name, file, size } of modules(names)) {
    const result = await best(contest, file), mb = size / 1e6;
    const cells = result ? [`${result.seconds.toFixed(2)} s`, (mb / result.seconds).toFixed(1), `${result.cpu.toFixed(2)} s`,
      (mb / result.cpu).toFixed(1), (result.cpu / result.seconds).toFixed(2), `${(result.peak / 1e6).toFixed(0)} MB`] : ['failed', '', '', '', '', ''];
    console.log(`| ${name} | ${mb.toFixed(1)} | ${cells.join(' | ')} | ${(6 * mb + 128).toFixed(0)} MB |`);
  }
}

if (options.curve) await curve(positionals.length ? positionals : curveNames);
else await compare(positionals.length ? positionals : largeNames);
