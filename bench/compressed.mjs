// Compressed bytes of `wring -Oz --for=X` over the corpus, against the better of the input and Binaryen's results, as a
// Markdown table: compressed [--for=gzip,brotli,zstd] [--under=MB] [--known] [--json] [NAME…] [-- wring flags]
// Binaryen's results (-Oz and -Oz --converge) are those in the cache, see corpus/check --rival; modules that have none
// are held against the input alone and marked **, those that have one of the two *. Results of wring are kept in the cache by program, input and flags,
// so that the table can be made in slices: --known prints what is there and runs nothing. Compressed bytes are those of the
// libraries that wring weighs with (packed-size, beside wring): Node's own zlib makes others.

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { cacheDir, modulePath, readManifest, selectRows } from '../corpus/lib/corpus.mjs';
import { complaint, measure } from '../corpus/lib/measure.mjs';
import { recordsIn } from '../corpus/lib/records.mjs';
import { knownRival } from '../corpus/lib/rival.mjs';
import { compressions, sha256 } from '../corpus/lib/sizes.mjs';
import { geomean, thousands } from '../corpus/lib/table.mjs';

const split = process.argv.indexOf('--', 2);
const flags = split < 0 ? [] : process.argv.slice(split + 1);
const { values: options, positionals } = parseArgs({
  args: process.argv.slice(2, split < 0 ? undefined : split),
  allowPositionals: true,
  options: { for: { type: 'string', default: compressions.join() }, under: { type: 'string', default: 'Infinity' }, known: { type: 'boolean' }, json: { type: 'boolean' } },
});

const codecs = options.for.split(',');
const scratch = mkdtempSync(path.join(os.tmpdir(), 'wring-compressed-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const run = promisify(execFile);
const sizer = path.join(path.dirname(process.env.WRING), 'packed-size');
const remembered = recordsIn(path.join(cacheDir, 'compressed'), options.known);

const packedSize = (file, codec) =>
  remembered(`packed ${codec} ${sha256(readFileSync(file))}`, async () => Number((await run(sizer, [codec, file])).stdout));

/** -> { bytes, seconds } of the result, or null. */
function wringResult(file, input, codec) {
  const program = sha256(readFileSync(process.env.WRING)); // each time: it may be built anew meanwhile
  const args = ['-Oz', `--for=${codec}`, ...flags];
  return remembered(`${program} ${sha256(input)} ${args.join(' ')}`, async () => {
    const out = path.join(scratch, 'out.wasm');
    const run = await measure(process.env.WRING, [file, '-o', out, '-q', ...args], { limit: 3600 });
    if (run.ok) return { bytes: await packedSize(out, codec), seconds: run.seconds };
    console.error(`${file}: ${complaint(run)}`);
    return null;
  });
}

async function bestOfOthers(file, input, codec) {
  const rivals = ['Oz', 'Ozc'].map((name) => knownRival(name, input)).filter((known) => known && !known.error);
  const sizes = [];
  for (const path of [file, ...rivals.map((known) => known.path)]) sizes.push(await packedSize(path, codec));
  return sizes.includes(null) ? null : { bytes: Math.min(...sizes), rivals: rivals.length };
}

const results = [];
for (const row of selectRows(readManifest(), positionals)) {
  const file = modulePath(row);
  if (!existsSync(file)) continue;
  const input = readFileSync(file);
  if (input.length > Number(options.under) * 1e6) continue;
  for (const codec of codecs) {
    const made = await wringResult(file, input, codec);
    if (!made) continue;
    const other = await bestOfOthers(file, input, codec);
    if (!other) continue;
    results.push({ name: row.name, codec, other: other.bytes, rivals: other.rivals, bytes: made.bytes, seconds: made.seconds, ratio: made.bytes / other.bytes });
  }
}

const cell = (result) => (result ? `${thousands(result.other)}${'*'.repeat(2 - result.rivals)} → ${thousands(result.bytes)} (${result.ratio.toFixed(3)})` : '');

function summary(name, some) {
  const of = (codec, work) => {
    const ratios = some.filter((result) => result.codec === codec).map((result) => result.ratio);
    return ratios.length ? work(ratios) : '';
  };
  const line = (title, work) => `| ${title} | ${codecs.map((codec) => of(codec, work)).join(' | ')} |`;
  return [
    line(`**geometric mean, ${name}**`, (ratios) => `**${geomean(ratios).toFixed(4)}** of ${ratios.length}`),
    line('worst', (ratios) => Math.max(...ratios).toFixed(3)),
    line('above 1.000', (ratios) => ratios.filter((ratio) => ratio > 1).length),
  ].join('\n');
}

if (options.json) {
  console.log(JSON.stringify(results, null, 1));
} else {
  console.log(`| module | ${codecs.join(' | ')} |\n|---|${codecs.map(() => '---|').join('')}`);
  for (const name of new Set(results.map((result) => result.name))) {
    console.log(`| ${name} | ${codecs.map((codec) => cell(results.find((result) => result.name === name && result.codec === codec))).join(' | ')} |`);
  }
  console.log(summary('with Binaryen', results.filter((result) => result.rivals)));
  console.log(summary('all', results));
}
