// Components, and modules of proposals that only wasm-tools reads. modules/NAME.wat and ../proposals/NAME.wat say in their first
// line how they are optimized, NAME.out.wat is what comes out as wasm-tools prints it. After `;; node FLAGS` the exports of a
// module give the same before and after; after `;; run NUMBERS` the export `run` of a component does, called with each of
// them in Wasmtime, with all that it logs.
// WASI programs of the corpus, made components by `wasm-tools component new`, print the same before and after in
// Wasmtime, at every level; their core module is no larger than what wring makes of that module alone. Each output is no
// larger than its input and validates. Then what is broken: every prefix of a component, and bytes of it changed, give
// status 2 and no output, or an output that validates if the input did; of modules just those that wasm-tools refuses are.
// `wring verify` compares components core module by core module. `wring profile` makes components that do the same and count.
// --update writes the outputs of modules anew; --mutations=N breaks each module N times (default: 60); --part=K/N does
// every N-th check, from the K-th on.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LEVELS, ROOT, STATUS, WRING, runAll, runOne } from '../lib/wring.mjs';

const here = path.join(ROOT, 'tests/components');
const update = process.argv.includes('--update');
const mutations = Number(process.argv.find((arg) => arg.startsWith('--mutations='))?.slice(12) ?? 60);
const [part, parts] = (process.argv.find((arg) => arg.startsWith('--part='))?.slice(7) ?? '1/1').split('/').map(Number);
const isMine = (_, k) => k % parts === part - 1;
const wanted = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const scratch = mkdtempSync(path.join(tmpdir(), 'wring-components-'));
const at = (name) => path.join(scratch, name);
let passed = 0, failed = 0;

function verdict(name, problem) {
  if (!problem) return passed++;
  failed++;
  return console.log(`${name}: ${problem}`);
}

function attempt(name, check) {
  if (wanted.length && !wanted.some((want) => name.startsWith(want))) return;
  try {
    verdict(name, check());
  } catch (error) {
    verdict(name, error.message);
  }
}

function tool(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26, ...options });
  if (result.error) throw new Error(`${command}: ${result.error.message}`);
  if (result.status !== 0) throw new Error(`${command} ${args[0]}: ${result.stderr.trim() || result.stdout.trim()}`);
  return result.stdout;
}

const wasmTools = (...args) => tool(process.env.WRING_WASM_TOOLS, args);
const isValid = (file) => spawnSync(process.env.WRING_WASM_TOOLS, ['validate', '--features=all', file]).status === 0;

/** Optimizes; throws unless the output is valid and no larger. */
function wring(input, output, flags) {
  const { status, message } = runOne({ in: input, out: output, flags: ['-q', ...flags] });
  if (status !== 0) throw new Error(`wring ${flags.join(' ')} ended with status ${status}: ${message}`);
  if (statSync(output).size > statSync(input).size) throw new Error(`larger with ${flags.join(' ')}`);
  wasmTools('validate', '--features=all', output);
}

// --- Small ones, with what must come out ---

const callAll = `const { exports } = new WebAssembly.Instance(new WebAssembly.Module(require('fs').readFileSync(process.argv[1])));
for (const [name, f] of Object.entries(exports)) if (f instanceof Function) { let r; try { r = f(); } catch (e) { r = e; } console.log(name, String(r)); }`;

const python = { env: { ...process.env, PYTHONPATH: process.env.WRING_PYTHON_PACKAGES } };
const callRun = (file, numbers) => tool('python3', [path.join(here, 'run_exports.py'), file, ...numbers], python);

function checkModule(folder, name) {
  const source = path.join(folder, `${name}.wat`), expected = path.join(folder, `${name}.out.wat`);
  const lines = readFileSync(source, 'utf8').split('\n');
  wasmTools('parse', source, '-o', at(`${name}.wasm`));
  const node = lines[1].startsWith(';; node ') && lines[1].slice(8).split(' ');
  const numbers = lines[1].startsWith(';; run ') && lines[1].slice(7).split(' ');
  const run = (file) => (node && tool(process.execPath, [...node, '-e', callAll, file])) || (numbers && callRun(file, numbers));
  const before = run(at(`${name}.wasm`));
  for (const flags of [['-O0'], ...LEVELS.map((level) => level.split(' ')), lines[0].replace(';; wring ', '').split(' ')]) {
    wring(at(`${name}.wasm`), at('out.wasm'), flags);
    const after = run(at('out.wasm'));
    if (after !== before) return `${flags.join(' ')}: expected\n${before}found\n${after}`;
  }
  const text = wasmTools('print', at('out.wasm'));
  if (update) writeFileSync(expected, text);
  if (!existsSync(expected)) return 'there is no expected output; see --update';
  return readFileSync(expected, 'utf8') === text ? undefined : `expected ${expected}, found\n${text}`;
}

// `wring verify` finds outputs the same, and a core module that differs in a constant different.
function checkVerify() {
  const run = (...args) => spawnSync(WRING, ['verify', `--node=${process.execPath}`, ...args], { encoding: 'utf8' });
  for (const name of ['nested', 'twins', 'unused', 'adapter', 'known', 'again']) {
    wasmTools('parse', path.join(here, 'modules', `${name}.wat`), '-o', at(`${name}.wasm`));
    wring(at(`${name}.wasm`), at('out.wasm'), ['-Oz', '--verify', `--node=${process.execPath}`]);
    const { status, stdout, stderr } = run(at(`${name}.wasm`), at('out.wasm'));
    if (status !== 0) return `${name}: status ${status}: ${stdout}${stderr}`;
  }
  const text = readFileSync(path.join(here, 'modules/nested.wat'), 'utf8');
  writeFileSync(at('other.wat'), text.replace('i32.const 6', 'i32.const 66'));
  wasmTools('parse', at('other.wat'), '-o', at('other.wasm'));
  const { status, stdout } = run(at('nested.wasm'), at('other.wasm'));
  return status === 6 && /^core module 2: different/m.test(stdout) ? undefined : `a changed constant: status ${status}: ${stdout}`;
}

// `wring compare` takes components, without Binaryen.
function checkCompare() {
  const file = at('nested.wasm');
  wasmTools('parse', path.join(here, 'modules/nested.wat'), '-o', file);
  const { status, stdout } = spawnSync(WRING, ['compare', file, '--variants=wring-O1,wasm-opt-Oz,wring-Oz', '--with-binaryen=/bin/true'], { encoding: 'utf8' });
  return status === 0 && /^wring -Oz +\d+/m.test(stdout) && /wasm-opt takes no components/.test(stdout) ? undefined : `status ${status}: ${stdout}`;
}

// What calls an interface, directly (host:a) or through the shim that encoders put before it, in either of their forms.
const costly = (fill, modules) => `(component
  (import "host:a/log" (instance $log (export "put" (func (param "n" u32)))))
  (import "host:b/text" (instance $text (export "show" (func (param "s" string)))))
  (core module $shim (table (export "$imports") 1 1 funcref) (type $t (func (param i32 i32)))
    (func (export "0") (param i32 i32) local.get 0 local.get 1 i32.const 0 call_indirect (type $t)))
  (core module $main (import "host:a/log" "put" (func $put (param i32))) (import "host:b/text" "show" (func $show (param i32 i32)))
    (memory (export "memory") 1)
    (func $twice (param i32) local.get 0 call $put local.get 0 call $put)
    (func (export "run") i32.const 7 call $twice i32.const 0 i32.const 2 call $show))
  ${modules}
  (core instance $s (instantiate $shim))
  (alias export $log "put" (func $put))
  (core func $lower-put (canon lower (func $put)))
  (core instance $a (export "put" (func $lower-put)))
  (alias core export $s "0" (core func $late))
  (core instance $b (export "show" (func $late)))
  (core instance $m (instantiate $main (with "host:a/log" (instance $a)) (with "host:b/text" (instance $b))))
  (alias core export $m "memory" (core memory $memory))
  (alias export $text "show" (func $show))
  (core func $lower-show (canon lower (func $show) (memory $memory)))
  (alias core export $s "$imports" (core table $table))
  ${fill}
  (func (export "run") (canon lift (core func $m "run"))))`;
const FILLS = [
  ['(core instance $f (export "$imports" (table $table)) (export "0" (func $lower-show))) (core instance (instantiate $fix (with "" (instance $f))))',
    '(core module $fix (import "" "$imports" (table 1 1 funcref)) (import "" "0" (func (param i32 i32))) (elem (i32.const 0) func 0))'],
  ['(core instance $f (export "0" (func $lower-show))) (core instance (instantiate $fix (with "actual" (instance $f)) (with "shim" (instance $s))))',
    '(core module $fix (import "actual" "0" (func (param i32 i32))) (import "shim" "$imports" (table 1 1 funcref)) (elem (i32.const 0) func 0))']];

function checkAudit() {
  for (const [fill, modules] of FILLS) {
    writeFileSync(at('costly.wat'), costly(fill, modules));
    wasmTools('parse', at('costly.wat'), '-o', at('costly.wasm'));
    const out = tool(WRING, ['audit', at('costly.wasm')]), found = [...out.matchAll(/^ +(host:\S+) +\d+ +(\d+) +(\d+) +(\d+) +(\d+)$/gm)].map((m) => m.slice(1).join(' '));
    const expected = ['host:a/log 1 1 12 29', 'host:b/text 1 1 14 62'];
    if (String(found) !== String(expected)) return `expected ${expected}, found ${found}`;
  }
  return undefined;
}

/** Makes a component that counts its calls. */
function count(input, output) {
  tool(WRING, ['profile', '-q', input, '-o', output]);
  wasmTools('validate', '--features=all', output);
}

// Counting components do the same, and their exports give the exact counts, also those of nested components.
function checkCounts() {
  for (const name of ['counted', 'known', 'again']) {
    wasmTools('parse', path.join(here, 'modules', `${name}.wat`), '-o', at(`${name}.wasm`));
    count(at(`${name}.wasm`), at('counting.wasm'));
    const [before, after] = [`${name}.wasm`, 'counting.wasm'].map((file) => callRun(at(file), ['3', '4']));
    if (before !== after) return `${name}: counting, it gives\n${after}instead of\n${before}`;
  }
  count(at('counted.wasm'), at('counting.wasm'));
  const text = callRun(at('counting.wasm'), ['3', '4', '--profile']);
  const found = text.split('\n').filter((line) => /^\d+\t/.test(line)).map((line) => line.replaceAll('\t', ' ')).join(', ');
  const expected = '1 0 half, 1 1 g, 1 0 .half, 2 1 .again, 1 2 run, 2 0 half, 2 1 g';
  if (found !== [expected, expected].join(', ')) return `expected ${expected} twice, found ${found}`;
  writeFileSync(at('counted.profile'), text);
  wring(at('counted.wasm'), at('out.wasm'), ['-Oz', `--profile=${at('counted.profile')}`]);
  const other = spawnSync(WRING, [at('known.wasm'), '-o', at('none.wasm'), `--profile=${at('counted.profile')}`], { encoding: 'utf8' });
  if (other.status !== 1 || existsSync(at('none.wasm'))) return `another's profile: status ${other.status}: ${other.stderr}`;
  const again = spawnSync(WRING, ['profile', at('counting.wasm'), '-o', at('none.wasm')], { encoding: 'utf8' });
  return again.status === 1 && /counters already/.test(again.stderr) ? undefined : `counted twice: status ${again.status}: ${again.stderr}`;
}

// Classes as Kotlin's compiler writes them: methods and constructors of a module without names get their class' package.
function kotlinModule() {
  const names = ['app.shapes', 'Shape', 'app.shapes', 'Circle', 'app.text', 'Reader', 'app.text', 'Writer', 'app.io', 'File', 'app.io.File', 'Mode', 'kotlin', 'Any', 'kotlin', 'Int'];
  const word = (n) => [n & 255, n >> 8, 0, 0].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
  let at = 0;
  const table = names.map((name) => { const entry = word(at) + word(name.length); at += name.length; return entry; });
  const classes = names.length / 2, each = (make) => Array.from({ length: classes }, (_, i) => make(i)).join('\n');
  const parent = (i) => (i === 1 ? 'global.get $class0' : 'ref.null $rtti');
  return `(module
    (rec (type $rtti (struct (field (ref null $rtti)) (field i32) (field i32) (field i64) (field i32) (field funcref) (field funcref))))
    (type $methods (struct (field funcref) (field funcref)))
    (type $object (struct (field (ref $methods)) (field (ref $rtti))))
    ${each((i) => `(global $class${i} (ref $rtti) ${parent(i)} i32.const ${2 * i} i32.const ${2 * i + 1} i64.const ${i} i32.const 0 ref.func $load ref.func $load struct.new $rtti)
    (global $table${i} (ref $methods) ref.func $method${i} ref.func $method${i === 1 ? 0 : i} struct.new $methods)
    (func $method${i} (result i32) i32.const ${i})
    (func $make${i} (result (ref $object)) global.get $table${i} global.get $class${i} struct.new $object)
    (export "make${i}" (func $make${i}))`)}
    (func $load (result i32) i32.const 99)
    (func (export "text") (result i32) i32.const 0)
    (data "${names.join('')}") (data "${table.join('')}"))`;
}

function checkKotlin() {
  writeFileSync(at('kotlin.wat'), kotlinModule());
  wasmTools('parse', at('kotlin.wat'), '-o', at('kotlin-named.wasm'));
  wasmTools('strip', '--all', at('kotlin-named.wasm'), '-o', at('kotlin.wasm'));
  const { functions } = JSON.parse(tool(WRING, ['audit', at('kotlin.wasm'), '--estimate=none', '--json']));
  const found = functions.map(({ evidence: e, group }) => (e ? `${e.kind} ${e.from} ${group}` : '')).slice(0, 12).join(', ');
  const expected = ['Shape app.shapes', 'Circle app.shapes', 'Reader app.text', 'Writer app.text', 'File app.io', 'Mode app.io'].flatMap((what) => [`method ${what}`, `type ${what}`]).join(', ');
  return found === expected ? undefined : `expected ${expected}, found ${found}`;
}

// --- Programs ---

function runProgram(file) {
  const result = spawnSync('python3', [path.join(here, 'run_wasi.py'), file], { encoding: 'utf8', ...python, timeout: 120000, maxBuffer: 1 << 26 });
  return `${result.stdout}\n${result.stderr}\nexit ${result.status}`;
}

// Old versions of wasi-libc do not expect the adapter to grow the memory under them: it asks for memory if it can.
const realloc = `#include <stdlib.h>
__attribute__((export_name("cabi_realloc"))) void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size)
{
    (void)old_size, (void)align;
    return realloc(old, size);
}`;

function makeProgram(name) {
  const target = '--target=wasm32-wasi';
  writeFileSync(at('realloc.c'), realloc);
  tool('clang', [target, '-O2', '-w', '-c', path.join(ROOT, `corpus/src/c/${name}.c`), '-o', at(`${name}.o`)]);
  tool('clang', [target, '-O2', '-c', at('realloc.c'), '-o', at('realloc.o')]);
  tool('clang', [target, at(`${name}.o`), at('realloc.o'), '-lm', '-o', at(`${name}.core.wasm`)]);
  const adapter = path.join(here, 'wasi_snapshot_preview1.command.wasm');
  wasmTools('component', 'new', at(`${name}.core.wasm`), '--adapt', `wasi_snapshot_preview1=${adapter}`, '-o', at(`${name}.wasm`));
}

// The size of the largest core module in a component.
function largestModule(file) {
  const sizes = wasmTools('objdump', file).matchAll(/^ {2}module +\|.*?(\d+) bytes/gm);
  return Math.max(...[...sizes].map((match) => Number(match[1])));
}

function checkProgram(name) {
  makeProgram(name);
  const before = runProgram(at(`${name}.wasm`));
  if (before.split('\n').length < 4) return `does not run: ${before}`;
  for (const level of ['-O0', ...LEVELS]) {
    wring(at(`${name}.wasm`), at('after.wasm'), level.split(' '));
    const after = runProgram(at('after.wasm'));
    if (after !== before) return `${level}: printed\n${after}\ninstead of\n${before}`;
    wring(at(`${name}.core.wasm`), at('alone.wasm'), level.split(' '));
    const [inside, alone] = [largestModule(at('after.wasm')), statSync(at('alone.wasm')).size];
    if (inside > alone) return `${level}: ${inside} bytes in the component, ${alone} alone`;
  }
  return checkCounting(name, before);
}

// A command writes its profile to standard error when it ends, and the optimizer reads that.
function checkCounting(name, before) {
  count(at(`${name}.wasm`), at('counting.wasm'));
  const [out, rest] = runProgram(at('counting.wasm')).split('# wring profile 1\n');
  const [profile, end] = rest?.split('# end of the profile\n') ?? [];
  if (out + end !== before) return `counting, it printed\n${out}${end}\ninstead of\n${before}`;
  if (!/^# module \d+-[0-9a-f]{16}\n\d+\t\d+\t/m.test(profile)) return `its profile is\n${profile}`;
  writeFileSync(at('program.profile'), `its own words # wring profile 1\n${profile}`);
  wring(at(`${name}.wasm`), at('after.wasm'), ['-Oz', `--profile=${at('program.profile')}`]);
  const after = runProgram(at('after.wasm'));
  return after === before ? undefined : `with its profile: printed\n${after}\ninstead of\n${before}`;
}

// --- Broken ones ---

// A small generator of numbers; the same ones on each run.
function* numbers(seed) {
  for (let state = seed >>> 0; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state >>> 8;
  }
}

function* broken(bytes, seed) {
  for (let n = 0; n < bytes.length; n += 1 + Math.floor(bytes.length / 200)) yield bytes.subarray(0, n);
  const random = numbers(seed);
  const next = (below) => random.next().value % below;
  for (let i = 0; i < mutations; i++) {
    const copy = Uint8Array.from(bytes);
    for (let k = next(3); k >= 0; k--) copy[8 + next(copy.length - 8)] = [next(256), copy[next(copy.length)], next(8)][next(3)];
    yield copy;
  }
}

// What counts its calls is valid if the input was.
function checkBrokenCount(job) {
  const out = job.out.replace('.out.', '.counts.');
  const { status, stderr } = spawnSync(WRING, ['profile', '-q', job.in, '-o', out], { encoding: 'utf8' });
  const wrong = ![0, STATUS.badInput].includes(status) ? `profile: status ${status}: ${stderr}`
    : status === 0 && isValid(job.in) && !isValid(out) ? 'the counting output is not valid' : undefined;
  if (!wrong) rmSync(out, { force: true });
  return wrong;
}

async function checkBroken(name, seed, isModule) {
  if (wanted.length && !wanted.includes('broken')) return;
  const jobs = [...broken(new Uint8Array(readFileSync(at(`${name}.wasm`))), seed)].map((bytes, i) => {
    const job = { in: at(`${name}.${i}.wasm`), out: at(`${name}.${i}.out.wasm`), flags: ['-Oz'] };
    writeFileSync(job.in, bytes);
    return job;
  });
  await runAll(jobs);
  for (const job of jobs) {
    const written = existsSync(job.out);
    const wrong = job.status !== STATUS.badInput && job.status !== 0 ? `status ${job.status}: ${job.message}`
      : written !== (job.status === 0) ? `status ${job.status}, but ${written ? 'an' : 'no'} output`
        : job.status === 0 && isValid(job.in) && !isValid(job.out) ? 'the output is not valid'
          : isModule && job.status === 0 && !isValid(job.in) ? 'not valid, but accepted'
            : job.status !== 0 && !/the proposal/.test(job.message) && isValid(job.in) ? `valid, but refused: ${job.message}`
              : job.status === 0 && !isModule ? checkBrokenCount(job) : undefined;
    verdict(`${name} broken (${job.in})`, wrong);
    if (!wrong) [job.in, job.out].forEach((file) => rmSync(file, { force: true }));
  }
}

const folders = [path.join(here, 'modules'), path.join(ROOT, 'tests/proposals')];
const modules = folders.flatMap((folder) => readdirSync(folder).filter((file) => /^[^.]+\.wat$/.test(file)).map((file) => [folder, file.slice(0, -4)]));
const programs = ['crunch', 'words', 'lisp'].map((name) => [name, () => checkProgram(name)]);
const others = [['verify', checkVerify], ['compare', checkCompare], ['audit', checkAudit], ['counts', checkCounts], ['kotlin', checkKotlin]];
const mine = modules.filter(isMine);
for (const [folder, name] of mine) attempt(name, () => checkModule(folder, name));
for (const [name, check] of [...programs, ...others].filter(isMine)) attempt(name, check);
for (const [i, [folder, name]] of mine.entries())
  if (existsSync(at(`${name}.wasm`))) await checkBroken(name, part + i * parts, folder === folders[1]);
if (!failed) rmSync(scratch, { recursive: true });
console.log(`components: ${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
