// Published programs with DWARF (dwarf_corpus.tsv) and all of the installed wasi-libc, with every debug output: the code is that
// of the same run without them, llvm-dwarfdump finds no fault of a kind that the input has not at least as often, the symbol file and the source map can be read, and the first place of the last function has a name.
//   node dwarf_corpus.mjs --fetch    brings the packages into the cache; without them they are left out
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from '../../verify/wasm.mjs';
import { WRING } from '../lib/wring.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const STORE = path.join(process.env.WRING_CACHE ?? path.join(process.env.HOME, '.cache/wring'), 'dwarf');
const run = (command, args) => spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 29 });

const rows = readFileSync(path.join(HERE, 'dwarf_corpus.tsv'), 'utf8').split('\n').filter((line) => line && !line.startsWith('#'))
  .map((line) => line.split('\t')).map(([name, pack, version, file, sha256]) => ({ name, pack, version, file, sha256 }));
const place = (row) => path.join(STORE, `${row.name}-${row.version}.wasm`);

function moduleIn(file) {
  const bytes = readFileSync(file);
  if (!file.endsWith('.js')) return bytes;
  const text = /AGFzbQEAAAA[A-Za-z0-9+/=]+/.exec(bytes.toString('latin1'));
  return Buffer.from(text?.[0] ?? '', 'base64');
}

function fetchRow(row) {
  const work = mkdtempSync(path.join(STORE, '.fetch-'));
  try {
    const r = run('npm', ['pack', '--loglevel=error', '--fetch-retries=1', '--pack-destination', work, `${row.pack}@${row.version}`]);
    if (r.status !== 0) throw new Error(r.stderr.trim());
    run('tar', ['-xzf', path.join(work, readdirSync(work).find((name) => name.endsWith('.tgz'))), '-C', work]);
    const bytes = moduleIn(path.join(work, 'package', row.file)), sum = createHash('sha256').update(bytes).digest('hex');
    if (sum !== row.sha256) throw new Error(`SHA-256 is ${sum}`);
    writeFileSync(path.join(work, 'module.wasm'), bytes);
    renameSync(path.join(work, 'module.wasm'), place(row));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** All of wasi-libc in one module; undefined where it or wasm-ld is missing. */
function linkLibrary(file) {
  const library = '/usr/lib/wasm32-wasi/libc.a';
  if (!existsSync(library)) return undefined;
  const symbols = new Set(run('llvm-nm', ['--defined-only', '--extern-only', library]).stdout?.split('\n')
    .map((line) => /^[0-9a-f]+ [TW] (\S+)$/.exec(line)?.[1]).filter(Boolean));
  const builtins = run('clang', ['--target=wasm32-wasi', '-print-libgcc-file-name']).stdout?.trim();
  const out = file('wasi-libc.wasm'), wanted = [...symbols].flatMap((name) => [`--export-if-defined=${name}`, `-u${name}`]);
  const r = run('wasm-ld', ['--no-entry', '--allow-undefined', ...wanted, library, ...(existsSync(builtins) ? [builtins] : []), '-o', out]);
  return r.status === 0 ? out : undefined;
}

/** By kind of fault, how often llvm-dwarfdump finds it. */
function faults(module) {
  const kinds = new Map(), r = run('llvm-dwarfdump', ['--verify', module]);
  for (const line of `${r.stdout}\n${r.stderr}`.split('\n').filter((text) => /^error/.test(text))) {
    const kind = line.replace(/0x[0-9a-f]+|\[.*/g, '').replaceAll(module, 'module').slice(0, 80);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return kinds;
}

function checkOutput(what, module, level, before, file, fail) {
  const plain = file('plain.wasm'), out = file('out.wasm'), symbols = file('out.wsym'), map = file('out.map');
  // LLVM 14 reads no v128.const in a global, which constant-pooling makes at -Oz.
  const flags = ['-q', level, '--skip-pass=constant-pooling', module];
  for (const args of [['-o', plain], ['-o', out, '--dwarf', `--symbols-out=${symbols}`, `--source-map-out=${map}`]]) {
    const r = run(WRING, ['opt', ...flags, ...args]);
    if (r.status !== 0) return fail(`${what}: ${r.stderr}`);
  }
  const code = readFileSync(plain), bytes = readFileSync(out);
  if (!code.equals(bytes.subarray(0, code.length))) fail(`${what}: the code is not the same`);
  for (const [kind, n] of faults(out)) if (n > (before.get(kind) ?? 0)) fail(`${what}: ${n} times "${kind}", ${before.get(kind) ?? 0} in the input`);
  JSON.parse(readFileSync(map, 'utf8'));
  const last = parse(bytes).bodies.at(-1), trace = file('trace');
  writeFileSync(trace, `at wasm://wasm/0:wasm-function[0]:0x${(last.end - 1).toString(16)}\n`);
  const r = run(WRING, ['symbolicate', '--json', symbols, trace]);
  if (r.status !== 0 || JSON.parse(r.stdout).lines[0].frames === undefined) fail(`${what}: no place for the last instruction: ${r.stderr}`);
  return undefined;
}

export function checkDwarfCorpus(levels, file, fail) {
  const modules = rows.filter((row) => existsSync(place(row))).map((row) => ({ name: `${row.name} ${row.version}`, path: place(row) }));
  const library = linkLibrary(file);
  if (library) modules.push({ name: 'wasi-libc', path: library });
  for (const { name, path: module } of modules) {
    const before = faults(module);
    for (const level of levels) checkOutput(`${name} ${level}`, module, level, before, file, fail);
  }
  console.log(`published DWARF: ${modules.map((m) => m.name).join(', ') || 'none is here'} at ${levels.join(', ')}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv[2] === '--fetch') {
  mkdirSync(STORE, { recursive: true });
  for (const row of rows.filter((r) => !existsSync(place(r)))) fetchRow(row);
}
