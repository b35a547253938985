// Optimizer time and memory on large modules, wring's levels beside other tools, interleaved in one run, as a Markdown
// table: speed [--runs=N] [--levels=O1,Oz] [--curve] [NAME…]   (corpus names; default: the large ones)
// --curve: modules of many sizes, one line each, to see that time grows with size and no faster.
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
  options: { runs: { type: 'string', default: '3' }, levels: { type: 'string', default: 'O1,Oz' }, curve: { type: 'boolean' } },
});

const curveNames = ['xxhash', 'blake3', 'gofmt', 'quickjs', 'sql.js', 'zxing', 'canvaskit', 'esbuild', 'lightningcss', 'duckdb-eh', 'biome', 'opencascade'];
const largeNames = ['esbuild', 'lightningcss', 'opencascade'];
const folder = mkdtempSync(path.join(os.tmpdir(), 'wring-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const out = path.join(folder, 'out.wasm');
const found = program => program && spawnSync(program, ['--version']).status === 0;

/** Commands to time: {name, command, args(file)}. */
function contestants() {
  const list = options.levels.split(',').map(level => (
    { name: `wring -${level}`, command: process.env.WRING, args: file => [file, '-o', out, `-${level}`, '-q'] }));
  if (found('wasm-strip')) list.push({ name: 'wasm-strip', command: 'wasm-strip', args: file => ['-o', out, file] });
  const rival = process.env.WASM_OPT ?? process.env.WRING_WASM_OPT;
  if (!options.curve && found(rival)) {
    list.push({ name: 'wasm-opt -O0', command: rival, args: file => ['--all-features', '-O0', file, '-o', out] });
  }
  return list;
}

async function best(contest, file) {
  const result = { seconds: Infinity, peak: 0 };
  for (let i = 0; i < Number(options.runs); i++) {
    const run = await measure(contest.command, contest.args(file), { memory: true, limit: 900 });
    if (!run.ok) return null;
    result.seconds = Math.min(result.seconds, run.seconds);
    result.peak = Math.max(result.peak, run.peak);
  }
  result.bytes = existsSync(out) ? statSync(out).size : 0;
  return result;
}

const cell = (result, size) => (result
  ? `${result.seconds.toFixed(2)} s, ${(size / 1e6 / result.seconds).toFixed(1)} MB/s, ${(result.peak / (1 << 20)).toFixed(0)} MiB`
  : 'failed');

const rows = selectRows(readManifest(), positionals.length ? positionals : options.curve ? curveNames : largeNames)
  .filter(row => existsSync(modulePath(row)));
const contests = contestants();
console.log(`| module | MB | ${contests.map(c => c.name).join(' | ')} |`);
console.log(`|---|---|${contests.map(() => '---|').join('')}`);
for (const row of rows) {
  const file = path.join(folder, 'in.wasm');
  writeFileSync(file, readFileSync(modulePath(row)));
  const size = statSync(file).size, cells = [];
  for (const contest of contests) cells.push(cell(await best(contest, file), size));
  console.log(`| ${row.name} | ${(size / 1e6).toFixed(1)} | ${cells.join(' | ')} |`);
}
