// What each pass is worth at a level, as a Markdown table: bytes that the output grows by without it, and bytes that it
// alone takes from what `strip` and `dce` leave: passes [--level=Oz] [NAME…] [-- wring flags]
// Rows of passes that change nothing on any of the modules are left out. Sizes don't depend on the machine.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { modulePath, readManifest, selectRows } from '../corpus/lib/corpus.mjs';
import { complaint, measure } from '../corpus/lib/measure.mjs';
import { thousands } from '../corpus/lib/table.mjs';

const MODULES = ['quickjs', 'yoga', 'rollup', 're2', 'shfmt', 'c-crunch-O0', 'c-words-O2', 'go-fmt-js-stripped'];
const FIRST = ['strip', 'dce'];

const split = process.argv.indexOf('--', 2);
const flags = split < 0 ? [] : process.argv.slice(split + 1);
const { values: options, positionals } = parseArgs({
  args: process.argv.slice(2, split < 0 ? undefined : split), allowPositionals: true, options: { level: { type: 'string', default: 'Oz' } },
});

const scratch = mkdtempSync(path.join(os.tmpdir(), 'wring-passes-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const listed = spawnSync(process.env.WRING, ['--list-passes'], { encoding: 'utf8' }).stdout.trim().split('\n');
const passes = listed.map((line) => line.split(' ')[0]).filter((name) => !FIRST.includes(name));

async function sizeWith(file, ...args) {
  const out = path.join(scratch, 'out.wasm');
  const run = await measure(process.env.WRING, [file, '-o', out, '-q', `-${options.level}`, ...args, ...flags], { limit: 3600 });
  if (!run.ok) throw new Error(`${file}: ${complaint(run)}`);
  return statSync(out).size;
}

async function worthIn(file) {
  const all = await sizeWith(file), first = await sizeWith(file, `--passes=${FIRST}`);
  const rows = new Map();
  for (const pass of passes) {
    const without = (await sizeWith(file, `--skip-pass=${pass}`)) - all;
    const alone = first - (await sizeWith(file, `--passes=${[...FIRST, pass]}`));
    rows.set(pass, { without, alone });
  }
  return { all, first, rows };
}

const rows = selectRows(readManifest(), positionals.length ? positionals : MODULES);
const columns = [];
for (const row of rows) columns.push({ name: row.name, ...(await worthIn(modulePath(row))) });

const line = (cells) => console.log(`| ${cells.join(' | ')} |`);
line(['', ...columns.map((column) => column.name)]);
line(['---', ...columns.map(() => '---:')]);
line(['`strip`, `dce`', ...columns.map((column) => thousands(column.first))]);
line(['all', ...columns.map((column) => thousands(column.all))]);
for (const pass of passes) {
  const cells = columns.map((column) => column.rows.get(pass));
  if (cells.every(({ without, alone }) => !without && !alone)) continue;
  line([`\`${pass}\``, ...cells.map(({ without, alone }) => (without || alone ? `${thousands(without)} / ${thousands(alone)}` : ''))]);
}
