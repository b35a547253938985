// The spec testsuite against wring.
// 1. Acceptance: each valid binary is optimized at each level (exit 0, never larger, valid in V8 where
//    the original is); each invalid or malformed one is refused (exit 2, no output written).
// 2. Execution: each script's own assertions run in V8 on the originals and on each level's outputs;
//    a command may fail on an output only if it fails on the original too.
// 3. --wabt: the same in WABT's spectest-interp, which knows fewer proposals, by its passed counts.
// --fail-fast ends with the first of these steps that has a failure.
// Exit status 0 if nothing is worse than the original.

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { LEVELS, STATUS, WRING, runAll } from '../lib/wring.mjs';
import { commandsOf, findSuite, listModules, listScripts } from './suite.mjs';

const { values: options } = parseArgs({
  options: {
    levels: { type: 'string', default: [...LEVELS, '-Oz --keep-imports'].join() }, only: { type: 'string' }, acceptance: { type: 'boolean' },
    wabt: { type: 'boolean' }, 'fail-fast': { type: 'boolean' }, keep: { type: 'string' }, verbose: { type: 'boolean', short: 'v' },
  },
});
const SILENCE_MS = 60000;   // a script that says nothing for so long hangs
const HERE = path.dirname(fileURLToPath(import.meta.url));

const suite = findSuite();
const scripts = listScripts(suite, options.only);
const levels = options.levels.split(',');
const work = options.keep ?? fs.mkdtempSync(path.join(os.tmpdir(), 'wring-spec-'));
let failures = 0;

function fail(text) {
  failures++;
  if (failures <= 100 || options.verbose) console.log(`FAIL ${text}`);
}

// ---- acceptance

/** Where a level's outputs lie. */
const levelFolder = level => path.join(work, level.replaceAll(' ', ''));
const outputOf = (level, module) => path.join(levelFolder(level), module.folder, module.filename);

function makeJobs(modules) {
  for (const level of levels) {
    for (const folder of new Set(modules.map(m => m.folder))) fs.mkdirSync(path.join(levelFolder(level), folder), { recursive: true });
  }
  return modules.flatMap(module => (module.valid ? levels : levels.slice(0, 1)).map(level => ({
    module, level, in: path.join(suite, module.folder, module.filename), out: outputOf(level, module), flags: level.split(' '),
  })));
}

const isValid = new Map();
function validInV8(file) {
  if (!isValid.has(file)) isValid.set(file, WebAssembly.validate(fs.readFileSync(file)));
  return isValid.get(file);
}

/** What is wrong with the answer to a valid module, or null. */
function judgeAccepted(job) {
  if (job.status !== STATUS.ok) return `refused, status ${job.status}: ${job.message}`;
  if (!fs.existsSync(job.out)) return 'status 0 but no output';
  const before = fs.statSync(job.in).size, after = fs.statSync(job.out).size;
  if (after > before) return `grew from ${before} to ${after} bytes`;
  if (validInV8(job.in) && !WebAssembly.validate(fs.readFileSync(job.out))) return `output is invalid in V8: ${v8Error(job.out)}`;
  return null;
}

function v8Error(file) {
  try { new WebAssembly.Module(fs.readFileSync(file)); } catch (error) { return error.message; }
  return '';
}

function judgeRefused(job) {
  if (job.status === STATUS.ok) return `accepted, but it is wrong: ${job.module.text}`;
  if (job.status !== STATUS.badInput) return `status ${job.status} in place of 2: ${job.message}`;
  return fs.existsSync(job.out) ? 'refused but an output was written' : null;
}

async function acceptance() {
  const modules = listModules(suite, scripts), jobs = makeJobs(modules);
  const count = { accepted: 0, refused: 0 };
  await runAll(jobs);
  for (const job of jobs) {
    const wrong = job.module.valid ? judgeAccepted(job) : judgeRefused(job);
    if (wrong) fail(`${job.module.folder}/${job.module.filename} ${job.level}: ${wrong}`);
    else count[job.module.valid ? 'accepted' : 'refused']++;
  }
  const valid = modules.filter(m => m.valid).length;
  console.log(`acceptance: ${count.accepted} of ${valid * levels.length} runs on ${valid} valid modules right, `
    + `${count.refused} of ${modules.length - valid} invalid modules refused`);
}

// ---- execution

const FLAGS = { 'proposals/custom-descriptors': ['--experimental-wasm-custom-descriptors'] };
const flagsOf = script => Object.entries(FLAGS).find(([prefix]) => script.startsWith(prefix))?.[1] ?? [];

/** Runs scripts in one child; resolves to the names left over when it died or hung, the first being guilty. */
function runChild(flags, folder, names, results) {
  const left = [...names];
  const child = spawn(process.execPath, [...flags, path.join(HERE, 'exec.mjs'), suite, folder, ...names],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  let buffer = '', timer;
  const watch = () => { clearTimeout(timer); timer = setTimeout(() => child.kill('SIGKILL'), SILENCE_MS); };
  watch();
  child.stdout.setEncoding('utf8').on('data', text => {
    watch();
    const lines = (buffer + text).split('\n');
    buffer = lines.pop();
    for (const line of lines.filter(l => l.startsWith('R '))) {
      const [, name] = line.split(' ', 2);
      results.set(name, JSON.parse(line.slice(name.length + 3)));
      left.shift();
    }
  });
  return new Promise(resolve => child.on('close', () => { clearTimeout(timer); resolve(left); }));
}

/** name -> [[index, status, detail, type, line]...] for all scripts; a script that kills its process -> null. */
async function execute(folder) {
  const results = new Map();
  for (const flags of new Set(scripts.map(s => flagsOf(s).join(' ')))) {
    let names = scripts.filter(s => flagsOf(s).join(' ') === flags);
    while (names.length) {
      names = await runChild(flags.split(' ').filter(Boolean), folder, names, results);
      if (names.length) results.set(names.shift(), null);
    }
  }
  return results;
}

function tally(results) {
  const sum = { p: 0, f: 0, s: 0, reasons: {} };
  for (const [, status, detail] of [...results.values()].flatMap(r => r ?? [])) {
    sum[status]++;
    if (status === 's') sum.reasons[detail] = (sum.reasons[detail] ?? 0) + 1;
  }
  return sum;
}

const report = (label, { p, f, s, reasons }) =>
  console.log(`execution ${label}: ${p} passed, ${f} failed, ${s} skipped`
    + Object.entries(reasons).map(([why, n]) => `\n    skipped ${n}: ${why}`).join(''));

function compareScript(level, name, base, now) {
  if (!base) return;
  if (!now) return fail(`${name} ${level}: killed or hung its process`);
  const worse = now.filter(([i, status]) => status === 'f' && base[i][1] !== 'f');
  for (const [, , detail, type, line] of worse) fail(`${name}:${line} ${type} ${level}: ${detail}`);
  if (options.verbose) console.log(`  ${name} ${level}: ${now.filter(r => r[1] === 'p').length} passed, ${worse.length} worse`);
}

async function execution() {
  const base = await execute('-');
  report('original', tally(base));
  if (options.verbose) explainBase(base);
  await Promise.all([0, 1].map(async part => {
    for (const level of levels.filter((_, i) => i % 2 === part)) {
      const now = await execute(levelFolder(level));
      report(level, tally(now));
      for (const name of scripts) compareScript(level, name, base.get(name), now.get(name));
    }
  }));
}

function explainBase(base) {
  for (const [name, results] of base) {
    for (const [, status, detail, type, line] of results ?? []) {
      if (status === 'f') console.log(`  original ${name}:${line} ${type}: ${detail}`);
    }
  }
}

// ---- WABT

/** [passed, total] of a script in WABT's interpreter, or null where it can't read it. */
function spectestInterp(json) {
  const r = spawnSync('spectest-interp', ['--enable-all', json], { encoding: 'utf8', timeout: SILENCE_MS, maxBuffer: 1 << 28 });
  const found = /(\d+)\/(\d+) tests passed/.exec(r.stdout ?? '');
  return found && [Number(found[1]), Number(found[2])];
}

/**
 * A folder as spectest-interp wants it: the script and, beside it, the optimized files over the originals.
 * Modules that must not link stay as they are: without their unused imports they may.
 */
function stage(level, script) {
  const folder = path.dirname(script), target = path.join(work, 'wabt', folder);
  fs.rmSync(target, { recursive: true, force: true });
  fs.cpSync(path.join(suite, folder), target, { recursive: true });
  if (level) fs.cpSync(path.join(levelFolder(level), folder), target, { recursive: true });
  for (const c of commandsOf(suite, script).filter(x => x.type === 'assert_unlinkable')) {
    fs.copyFileSync(path.join(suite, folder, c.filename), path.join(target, c.filename));
  }
  return path.join(target, path.basename(script));
}

function wabt() {
  let passed = 0, files = 0;
  for (const script of scripts) {
    const base = spectestInterp(stage('', script));
    if (!base?.[0]) continue;
    files++;
    passed += base[0];
    for (const level of levels) {
      const now = spectestInterp(stage(level, script));
      if (!now || now[0] < base[0]) fail(`${script} ${level}: spectest-interp passes ${now?.[0]}, ${base[0]} on the original`);
    }
  }
  console.log(`spectest-interp: ${files} of ${scripts.length} scripts readable, ${passed} commands pass on the originals`);
}

console.log(`spec: ${scripts.length} scripts, levels ${levels.join(' ')}, ${path.relative(process.cwd(), WRING)}`);
const steps = [acceptance, ...(options.acceptance ? [] : [execution]), ...(options.wabt ? [wabt] : [])];
for (const step of steps) if (!failures || !options['fail-fast']) await step();
if (!options.keep) fs.rmSync(work, { recursive: true });
console.log(failures ? `spec: ${failures} FAILURES` : 'spec: ok');
process.exit(failures ? 1 : 0);
