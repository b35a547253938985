// corpus/check: for each module and level runs wring in a child, then holds the output against the input: valid in
// V8, no larger, compressed sizes, the workload's digest before and after, its time. See `usage`.
// Modules run side by side; the steps of one module run one after the other.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isLocal, mapLimit, modulePath, quickNames, readManifest, selectRows, workloadPath } from './corpus.mjs';
import { complaint, measure } from './measure.mjs';
import { rivalOutput, rivals } from './rival.mjs';
import { compressions, sizesOf } from './sizes.mjs';
import { fitNames, geomean, header, moduleLines, summaryLines } from './table.mjs';

const usage = `usage: corpus/check [NAME...] [options] [-- wring flags]
NAME is a manifest name or a glob such as 'c-*'; all modules without one.
  --levels=LIST    levels to run (default O1,O2,O3,Os,Oz)
  --jobs=N         modules side by side (default: one a processor)
  --timing[=RUNS]  one module at a time, workloads RUNS times interleaved (default 5), the least of each
  --no-run         don't run workloads
  --no-compress    raw sizes only, but for compressed sizes that are known already
  --compress-limit=MB  don't compress larger modules (default 20)
  --determinism    also run with -j1 and -j2 and compare the bytes
  --rival[=LIST]   compare with Binaryen at O1, O2, O3, Os, Oz, Ozc (--converge); default O3,Os,Oz
  --rival-limit=MB don't run Binaryen on larger modules (default 3)
  --limit=SECONDS  for one optimizer run (default 600)
  --keep=DIR       keep the outputs there
  --quick          a fixed fast subset, for continuous integration
  --json           machine-readable results
The program is build/wring, or $WRING. Exit status 1 when an output differs, is larger, invalid, or a run fails.`;

const quickLevels = 'O1,O3,Oz';

function parse(argv) {
  const split = argv.indexOf('--');
  const flags = split < 0 ? [] : argv.slice(split + 1);
  const own = (split < 0 ? argv : argv.slice(0, split)).map((arg) => ({ '--timing': '--timing=5', '--rival': '--rival=O3,Os,Oz' })[arg] ?? arg);
  const text = { type: 'string' };
  const flag = { type: 'boolean' };
  const { values, positionals } = parseArgs({
    args: own,
    allowPositionals: true,
    options: {
      levels: text, jobs: text, timing: text, 'no-run': flag, 'no-compress': flag, 'compress-limit': text, determinism: flag,
      rival: text, 'rival-limit': text, limit: text, keep: text, quick: flag, json: flag, help: flag,
    },
  });
  const list = (value) => (value ? value.split(',').map((each) => each.replace(/^-/, '')) : []);
  const runs = Number(values.timing ?? 0);
  return {
    help: values.help,
    names: positionals.length || !values.quick ? positionals : quickNames,
    levels: list(values.levels ?? (values.quick ? quickLevels : 'O1,O2,O3,Os,Oz')),
    jobs: runs ? 1 : Number(values.jobs ?? availableParallelism()),
    runs,
    run: !values['no-run'],
    compressLimit: values['no-compress'] || values.quick ? 0 : Number(values['compress-limit'] ?? 20) * 1e6,
    determinism: values.determinism,
    rivals: list(values.rival),
    rivalLimit: Number(values['rival-limit'] ?? 3) * 1e6,
    limit: Number(values.limit ?? 600),
    keep: values.keep,
    json: values.json,
    flags,
  };
}

// '' when V8 takes the module, else what it says.
function invalidity(bytes) {
  if (WebAssembly.validate(bytes)) return '';
  try {
    new WebAssembly.Module(bytes);
    return 'refused by V8';
  } catch (error) {
    return error.message;
  }
}

async function runWorkload(script, module) {
  const result = await measure(process.env.WRING_NODE, ['--no-warnings', script, module], { limit: 300 });
  const said = /^wring-workload compile_ms=(\S+) run_ms=(\S+)$/m.exec(result.stderr.toString());
  if (!result.ok || !said) return { error: complaint(result) };
  return { digest: result.stdout, compileMs: [Number(said[1])], runMs: [Number(said[2])] };
}

// The first line in which two digests differ.
function difference(before, after) {
  const a = before.toString().split('\n');
  const b = after.toString().split('\n');
  const at = a.findIndex((text, i) => text !== b[i]);
  const where = at < 0 ? a.length : at;
  return `line ${where + 1}: before ${JSON.stringify((a[where] ?? 'nothing').slice(0, 80))}, after ${JSON.stringify((b[where] ?? 'nothing').slice(0, 80))}`;
}

// Of times: other work on the machine only ever adds to them.
const least = (values) => Math.min(...values);

// What a variant must fulfil whoever made it; fills sizes, problems and the counts' flags.
async function examine(variant, input, path, options) {
  const bytes = readFileSync(path);
  variant.path = path;
  variant.sizes = await sizesOf(bytes, bytes.length <= options.compressLimit);
  if (input.valid) {
    const wrong = invalidity(bytes);
    if (wrong) variant.problems.push(`invalid: ${wrong}`);
    variant.invalid = Boolean(wrong);
  }
  return variant;
}

async function wringVariant(level, module, input, folder, options) {
  const out = join(folder, `${level}.wasm`);
  const variant = { label: `-${level}`, problems: [] };
  const args = (to, ...more) => [module, '-o', to, `-${level}`, ...more, ...options.flags];
  const result = await measure(process.env.WRING, args(out), { limit: options.limit, memory: true });
  Object.assign(variant, { seconds: result.seconds, peak: result.peak });
  if (!result.ok || !existsSync(out)) {
    variant.problems.push(result.ok ? 'exit 0 but no output' : complaint(result));
    return Object.assign(variant, { failed: true, run: '-' });
  }
  await examine(variant, input, out, options);
  variant.larger = variant.sizes.raw > input.sizes.raw;
  if (variant.larger) variant.problems.push(`larger than the input by ${variant.sizes.raw - input.sizes.raw} bytes`);
  if (options.determinism) await checkDeterminism(variant, (to, jobs) => args(to, `-j${jobs}`), folder, options);
  return variant;
}

async function checkDeterminism(variant, args, folder, options) {
  for (const jobs of [1, 2]) {
    const out = join(folder, `j${jobs}.wasm`);
    const result = await measure(process.env.WRING, args(out, jobs), { limit: options.limit });
    const sha = result.ok ? (await sizesOf(readFileSync(out), false)).sha : complaint(result);
    if (sha === variant.sizes.sha) continue;
    variant.unsteady = true;
    variant.problems.push(`with -j${jobs}: ${result.ok ? 'other bytes' : sha}`);
  }
}

async function rivalVariant(name, module, bytes, input, options) {
  const variant = { label: `b-${name}`, rival: name, problems: [] };
  const outcome = await rivalOutput(name, module, bytes, options);
  if (outcome.error) return Object.assign(variant, { note: outcome.error, run: 'no output' });
  Object.assign(variant, { seconds: outcome.seconds, peak: outcome.peak });
  return examine(variant, input, outcome.path, options);
}

// Runs the workload on the input and every variant, `options.runs` times in turn; equal bytes run once.
async function runAll(script, module, input, variants, options) {
  const rounds = Math.max(1, options.runs);
  const bySha = new Map([[input.sizes.sha, { path: module }]]);
  for (const variant of variants) if (variant.sizes && !variant.invalid && !bySha.has(variant.sizes.sha)) bySha.set(variant.sizes.sha, { path: variant.path });
  for (let round = 0; round < rounds; round++) {
    for (const entry of bySha.values()) {
      if (entry.result?.error) continue;
      const result = await runWorkload(script, entry.path);
      if (!entry.result || result.error) entry.result = result;
      else entry.result.runMs.push(...result.runMs), entry.result.compileMs.push(...result.compileMs);
    }
  }
  const before = bySha.get(input.sizes.sha).result;
  input.run = before.error ? { state: 'failed', error: before.error } : { state: 'ok', runMs: least(before.runMs), compileMs: least(before.compileMs) };
  for (const variant of variants) {
    const after = bySha.get(variant.sizes?.sha)?.result;
    if (after && !variant.invalid) judge(variant, before, after);
  }
}

function judge(variant, before, after) {
  if (before.error) return void (variant.run = 'no base');
  if (after.error) {
    variant.problems.push(`the workload failed: ${after.error}`);
    return void (variant.run = 'failed');
  }
  variant.runMs = least(after.runMs);
  variant.compileMs = least(after.compileMs);
  variant.timeRatio = variant.runMs / least(before.runMs);
  variant.run = before.digest.equals(after.digest) ? 'same' : 'DIFFERENT';
  if (variant.run === 'DIFFERENT') variant.problems.push(difference(before.digest, after.digest));
}

async function checkModule(row, scratch, options) {
  const module = modulePath(row);
  const bytes = readFileSync(module);
  const report = { name: row.name, group: isLocal(row) ? row.toolchain : 'packages', problems: [], variants: [] };
  const wrong = invalidity(bytes);
  report.input = { sizes: await sizesOf(bytes, bytes.length <= options.compressLimit), valid: !wrong };
  if (wrong) report.problems.push(`V8 refuses the input, so outputs are not validated: ${wrong}`);
  const folder = options.keep ? join(options.keep, row.name) : mkdtempSync(join(scratch, `${row.name}-`));
  if (options.keep) mkdirSync(folder, { recursive: true });
  for (const level of options.levels) report.variants.push(await wringVariant(level, module, report.input, folder, options));
  if (bytes.length <= options.rivalLimit) for (const name of options.rivals) report.variants.push(await rivalVariant(name, module, bytes, report.input, options));
  const script = workloadPath(row);
  if (script && options.run) await runAll(script, module, report.input, report.variants, options);
  if (report.input.run?.error) report.problems.push(`the workload fails on the input: ${report.input.run.error}`);
  if (!options.keep) rmSync(folder, { recursive: true, force: true });
  return report;
}

function levelSummary(reports, label, group, measured) {
  const pairs = reports.flatMap((report) => report.variants.filter((v) => v.label === label && v.sizes).map((variant) => [variant, report.input]));
  const ratios = (name) => pairs.filter(([v, i]) => v.sizes[name] && i.sizes[name]).map(([v, i]) => v.sizes[name] / i.sizes[name]);
  const seconds = pairs.reduce((sum, [v]) => sum + (v.seconds ?? 0), 0);
  return {
    label,
    group,
    modules: pairs.length,
    ...Object.fromEntries(measured.map((name) => [name, geomean(ratios(name))])),
    seconds,
    megabytesPerSecond: seconds ? pairs.reduce((sum, [, i]) => sum + i.sizes.raw, 0) / 1e6 / seconds : null,
    peak: Math.max(0, ...pairs.map(([v]) => v.peak ?? 0)) || null,
    time: geomean(pairs.filter(([v]) => v.timeRatio).map(([v]) => v.timeRatio)),
  };
}

function rivalSummary(reports, level, rival) {
  const pairs = reports.map((report) => [`-${level}`, `b-${rival}`].map((label) => report.variants.find((v) => v.label === label && v.sizes && !v.invalid)?.sizes)).filter(([a, b]) => a && b);
  const mean = (name) => geomean(pairs.filter(([a, b]) => a[name] && b[name]).map(([a, b]) => a[name] / b[name]));
  return { label: `-${level}`, against: `-${rival.replace('Ozc', 'Oz --converge')}`, modules: pairs.length, ...Object.fromEntries(['raw', ...compressions].map((name) => [name, mean(name)])) };
}

function summarize(reports, options) {
  const own = reports.flatMap((report) => report.variants.filter((variant) => !variant.rival));
  const count = (test) => own.filter(test).length;
  const labels = [...options.levels.map((level) => `-${level}`), ...options.rivals.map((name) => `b-${name}`)];
  // Without compressing, only some sizes are known: no mean of those.
  const measured = options.compressLimit ? ['raw', ...compressions] : ['raw'];
  const kinds = [...new Set(reports.map((report) => report.group))];
  const groups = (kinds.length > 1 ? kinds : []).map((kind) => [kind, reports.filter((report) => report.group === kind)]);
  groups.push(['all', reports]);
  return {
    levels: groups.flatMap(([group, some]) => labels.map((label) => levelSummary(some, label, group, measured))).filter((row) => row.modules),
    rivals: options.rivals.map((rival) => [rival === 'Ozc' ? 'Oz' : rival, rival]).filter(([level]) => options.levels.includes(level)).map(([level, rival]) => rivalSummary(reports, level, rival)),
    counts: {
      outputs: own.length,
      same: count((v) => v.run === 'same'),
      different: count((v) => v.run === 'DIFFERENT'),
      failed: count((v) => v.failed || v.run === 'failed') + reports.filter((report) => report.input.run?.error).length,
      larger: count((v) => v.larger),
      invalid: count((v) => v.invalid),
      unsteady: count((v) => v.unsteady),
      notRun: count((v) => !v.failed && !v.invalid && !['same', 'DIFFERENT', 'failed'].includes(v.run)),
    },
  };
}

// Reports are printed in the manifest's order, each as soon as those before it are done.
function orderedPrinter(count) {
  const done = new Array(count);
  let next = 0;
  return (report, i) => {
    done[i] = report;
    while (next < count && done[next]) console.log(moduleLines(done[next++]));
  };
}

function presentRows(options) {
  const rows = selectRows(readManifest(), options.names);
  const missing = rows.filter((row) => !existsSync(modulePath(row)));
  if (missing.length) console.error(`check: not there, left out: ${missing.map((row) => row.name).join(' ')} (corpus/fetch brings packages, corpus/build makes local ones)`);
  const named = missing.find((row) => options.names.includes(row.name) && !isLocal(row));
  if (named) throw new Error(`${named.name} is not in the cache; run corpus/fetch ${named.name}`);
  return rows.filter((row) => !missing.includes(row));
}

async function main(argv) {
  const options = parse(argv);
  if (options.help) return void console.log(usage);
  const unknown = options.rivals.find((name) => !rivals[name]);
  if (unknown) throw new Error(`no rival called ${unknown}; there are ${Object.keys(rivals).join(', ')}`);
  if (!existsSync(process.env.WRING)) throw new Error(`no program at ${process.env.WRING}; build it, or set WRING`);
  const rows = presentRows(options);
  const scratch = mkdtempSync(join(tmpdir(), 'wring-check-'));
  const print = orderedPrinter(rows.length);
  try {
    fitNames(rows.map((row) => row.name));
    if (!options.json) console.log(header());
    const reports = await mapLimit(rows, options.jobs, async (row, i) => {
      const report = await checkModule(row, scratch, options);
      if (!options.json) print(report, i);
      return report;
    });
    const summary = summarize(reports, options);
    console.log(options.json ? JSON.stringify({ modules: reports, summary }, null, 1) : summaryLines(summary));
    const { counts } = summary;
    process.exitCode = counts.different + counts.failed + counts.larger + counts.invalid + counts.unsteady ? 1 : 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(`check: ${error.message}`);
  process.exitCode = 2;
}
