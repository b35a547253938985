// Traps at forty known places each of traps.c, traps.cpp and traps.rs, and at some of exceptions.cpp and iterators.rs,
// compiled with DWARF or with a source map, before and after optimization: the symbol file, the source map and the DWARF of each output name the line that is marked in
// the source, or that of code that it may have been merged with. The chain of functions around it, inlined ones among
// them, is the one that llvm-symbolizer sees in the input. Wasmtime, which reads DWARF, names the line in its own
// traces. The output's code is the same as without any of this. DWARF's locations of variables are checked by running,
// see locations.mjs. Published modules with DWARF come last, see dwarf_corpus.mjs.
//
//   run.mjs [--only=TEXT] [--part=K/N --rows=FILE] [LEVEL…]
//     --only   the builds whose names have TEXT in them; with levels, all builds at these
//     --part   every N-th build, from the K-th on; the counts of rows go to FILE.K, for who adds them up
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { WASI } from 'node:wasi';
import { WRING } from '../lib/wring.mjs';
import { checkArgument } from './argument.mjs';
import { compareCoverage } from './coverage.mjs';
import { checkDwarfCorpus } from './dwarf_corpus.mjs';
import { checkFrames } from './frames.mjs';
import { checkHostile } from './hostile.mjs';
import { checkLocations } from './locations.mjs';
import { codeStart, lookUp, readSourceMap } from './maps.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
const option = (name) => words.find((w) => w.startsWith(`--${name}=`))?.slice(name.length + 3);
const [part, parts] = (option('part') ?? '1/1').split('/').map(Number);
const only = option('only') ?? '';
const chosen = words.filter((w) => !w.startsWith('--'));
const LEVELS = chosen.length ? chosen : ['-O0', '-O1', '-O2', '-O3', '-Os', '-Oz', '-Oz --for=gzip'];
const ALL_LEVELS = ['clang-O2', 'emcc-O2']; // builds that run at all of them, the others at FEW
const FEW = LEVELS.filter((level) => chosen.length || level === '-O2' || level === '-Oz');
// Zig's clang, where scripts/setup-cross has installed it.
const CACHE = process.env.WRING_CACHE ?? '';
const ZIG = existsSync(CACHE) && readdirSync(CACHE).filter((name) => name.startsWith('zig-')).map((name) => path.join(CACHE, name, 'bin')).find(existsSync);
const dir = mkdtempSync(path.join(tmpdir(), 'wring-debug-'));
const file = (name) => path.join(dir, name);
Error.stackTraceLimit = 100;

function run(command, words, input) {
  const r = spawnSync(command, words, { input, env: { ...process.env, WASMTIME_BACKTRACE_DETAILS: '1' }, encoding: 'utf8', maxBuffer: 1 << 28, timeout: 300_000 });
  if (r.error?.code === 'ENOENT') return null;
  if (r.status !== 0) throw new Error(`${path.basename(command)} ${words.join(' ')}: ${r.error?.message ?? r.stderr}`);
  return r.stdout;
}

// --- The marks in the source ---

function readProgram(name) {
  const source = path.join(HERE, name), marks = new Map(); // place -> { line, as: [places] }
  readFileSync(source, 'utf8').split('\n').forEach((text, i) => {
    const m = /\/\/ at (\d+)(?: as ([\d ]+))?$/.exec(text);
    if (m) marks.set(Number(m[1]), { line: i + 1, as: (m[2] ?? '').split(' ').filter(Boolean).map(Number) });
  });
  return { name, source, marks };
}

const C = readProgram('traps.c'), CPP = readProgram('traps.cpp'), RUST = readProgram('traps.rs');
const EXCEPTIONS = readProgram('exceptions.cpp'), ITERATORS = readProgram('iterators.rs');
const isRust = ({ name }) => name.endsWith('.rs'), isCpp = ({ name }) => name.endsWith('.cpp');
const allowedLines = ({ marks }, place) => [place, ...marks.get(place).as].map((p) => marks.get(p).line);

// --- Modules ---

// With big integers emcc has nothing to change in what the linker made.
const FLAGS = new Map([[CPP, ['-std=c++17', '-fno-exceptions', '-fno-rtti']], [EXCEPTIONS, ['-std=c++17', '-fwasm-exceptions', '-sWASM_BIGINT']]]);
const languageFlags = (program) => FLAGS.get(program) ?? [];

// Linked apart, since a driver that finds an old wasm-opt runs it on what it optimizes, and that loses line tables.
function clang(name, program, ...flags) {
  if (!name.includes(only)) return null;
  const object = file(`${name}.o`), module = file(`${name}.wasm`);
  if (run('clang', ['--target=wasm32-wasi', '-g', ...languageFlags(program), ...flags, '-c', program.source, '-o', object]) === null) return null;
  run('clang', ['--target=wasm32-wasi', '-g', object, '-o', module]);
  // Functions and variables of split units are in .dwo files: nothing but lines is in the module.
  return { name, program, module, dwarf: true, split: flags.includes('-gsplit-dwarf'), levels: ALL_LEVELS.includes(name) ? LEVELS : FEW };
}

/** Optimized, but with a local for each value, as wring's own inlining and sharing of locals needs to be tried. */
function clangLocals(name, program, ...flags) {
  if (!name.includes(only)) return null;
  const code = file(`${name}.bc`), object = file(`${name}.o`), module = file(`${name}.wasm`);
  if (run('clang', ['--target=wasm32-wasi', '-g', ...languageFlags(program), ...flags, '-emit-llvm', '-c', program.source, '-o', code]) === null) return null;
  run('clang', ['--target=wasm32-wasi', '-O0', '-Xclang', '-disable-llvm-passes', '-c', code, '-o', object]);
  run('clang', ['--target=wasm32-wasi', '-g', object, '-o', module]);
  return { name, program, module, dwarf: true, levels: LEVELS.filter((level) => chosen.length || level === '-Oz') };
}

/** A recent clang, that of Zig. */
function zig(name, program, ...flags) {
  if (!name.includes(only) || !ZIG) return null;
  const module = file(`${name}.wasm`), driver = path.join(ZIG, isCpp(program) ? 'zig-c++' : 'zig-cc');
  run(driver, ['-target', 'wasm32-wasi', '-g', '-fno-sanitize=all', ...languageFlags(program), ...flags, program.source, '-o', module]);
  return { name, program, module, dwarf: true, levels: FEW };
}

// With DWARF, optimized by the compiler alone: the wasm-opt of emcc 3.1.6 makes DWARF in which llvm-dwarfdump finds mistakes.
function emcc(name, program, dwarf, ...flags) {
  if (!name.includes(only)) return null;
  const module = file(`${name}.wasm`), object = file(`${name}.o`), driver = isCpp(program) ? 'em++' : 'emcc';
  const words = [dwarf ? '-g' : '-gsource-map', ...languageFlags(program)];
  try {
    if (dwarf && run(driver, [...words, ...flags, '-c', program.source, '-o', object]) === null) return null;
    const link = dwarf ? [object] : [...flags, program.source];
    if (run(driver, [...words, '-sSTANDALONE_WASM', ...link, '-o', module]) === null) return null;
  } catch (error) {
    if (!error.message.includes("No such file or directory: 'wasm-opt'")) throw error;
    console.log(`${name}: left out, emcc finds no wasm-opt`);
    return null;
  }
  return { name, program, module, dwarf, map: `${module}.map`, levels: ALL_LEVELS.includes(name) ? LEVELS : FEW };
}

function rustc(name, program, ...flags) {
  const module = file(`${name}.wasm`);
  const has = name.includes(only) && spawnSync('rustc', ['--target', 'wasm32-unknown-unknown', '--print', 'target-libdir'], { encoding: 'utf8' });
  if (!has || has.status !== 0 || !existsSync(has.stdout.trim())) return null;
  run('rustc', ['--edition', '2021', '--target', 'wasm32-unknown-unknown', '--crate-type', 'cdylib', '-g', '-C', 'panic=abort',
    '-C', 'overflow-checks=on', ...flags, '-o', module, program.source]);
  return { name, program, module, dwarf: true, levels: FEW };
}

/** Runs a program up to the end, or to the place. */
function start(wasm, place, program) {
  if (isRust(program)) {
    new WebAssembly.Instance(wasm, {}).exports.run(place);
    return;
  }
  const wasi = new WASI({ version: 'preview1', args: ['traps', String(place)], env: {}, returnOnExit: true });
  wasi.start(new WebAssembly.Instance(wasm, { wasi_snapshot_preview1: wasi.wasiImport }));
}

/** The offsets in the trace of a trap, innermost first. */
function trap(module, place, program) {
  const wasm = new WebAssembly.Module(readFileSync(module));
  try {
    start(wasm, place, program);
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    const text = error.stack.split('\n').filter((line) => line.includes('wasm-function')).join('\n');
    return { text, message: error.message, offsets: [...text.matchAll(/:0x([0-9a-f]+)/g)].map((m) => Number.parseInt(m[1], 16)) };
  }
  throw new Error(`${program.name}: place ${place} does not trap`);
}

// --- What is true of the input ---

const place = (f) => (f.file ? `${path.basename(f.file)}:${f.line}` : '?');
const own = (program, frames) => frames.filter((f) => f.file && path.basename(f.file) === program.name);

/**
 * The frames of each place, by llvm-symbolizer. `direct`: places whose trap is in the program's own code. If that is
 * an instruction that always traps, wring may have merged it with any other such one, and the place says nothing;
 * traps.c has the others of its own in between.
 */
function symbolize(module, program) {
  const begin = codeStart(readFileSync(module)), truth = new Map();
  const traps = [...program.marks.keys()].map((k) => [k, trap(module, k, program).offsets.map((at) => `0x${(at - begin).toString(16)}`)]);
  if (program !== C) truth.direct = new Set();
  const answers = JSON.parse(run('llvm-symbolizer', [`--obj=${module}`, '--output-style=JSON', ...traps.flatMap(([, at]) => at)]));
  for (const [k, at] of traps) {
    if (own(program, answers[0].Symbol.map((f) => ({ file: f.FileName }))).length) truth.direct?.add(k);
    truth.set(k, own(program, answers.splice(0, at.length).flatMap(({ Symbol: frames }) =>
      frames.map((f) => ({ function: f.FunctionName.replace('__main_argc_argv', 'main'), file: f.FileName, line: f.Line })))));
  }
  return truth;
}

/** Likewise, by the compiler's source map, which has no functions. */
function truthOfMap({ module, map, program }) {
  const rows = readSourceMap(map), truth = new Map();
  for (const k of program.marks.keys()) truth.set(k, own(program, trap(module, k, program).offsets.map((at) => lookUp(rows, at)).filter(Boolean)));
  return truth;
}

/** The first line of the program in Wasmtime's own trace of each place; undefined without Wasmtime. */
function wasmtimeLines(module, program) {
  const packages = process.env.WRING_PYTHON_PACKAGES ?? '';
  if (!existsSync(path.join(packages, 'wasmtime'))) return undefined;
  const traces = JSON.parse(run('python3', [path.join(HERE, 'wasmtime_traces.py'), packages, module, isRust(program) ? 'run' : '', ...program.marks.keys()]));
  const line = new RegExp(`/${program.name.replace('.', '\\.')}:(\\d+)`);
  return new Map(Object.entries(traces).map(([k, text]) => [Number(k), Number(line.exec(text)?.[1] ?? 0)]));
}

// --- Checks ---

let failed = 0;
const total = { rows: 0, right: 0 };
const fail = (text) => {
  console.log(`FAILED: ${text}`);
  failed++;
};

/** A function's own name, without what tools write around it in different ways. */
const bare = (name) => name.replaceAll('$u7b$', '{').replaceAll('$u7d$', '}').replaceAll('_{{', '{{').replace(/\(.*$/, '').replace(/<.*>/, '').replace(/::h[0-9a-f]{16}$/, '').split(/::|\s/).pop();

// Callers of no known line, such as the linker makes, don't count. What the input says counts as right, too: where compilers merged code themselves it has no line, and emscripten's maps
// of optimized code are off by a few. `shared` is how many frames are of code that wring made several functions share:
// then one of them, or the frame behind, is near: what is shared may be several lines.
function checkPlace(what, program, k, frames, wanted, shared, chain) {
  const got = own(program, frames.slice(shared)), lines = [...allowedLines(program, k), wanted[0]?.line].map((n) => n || undefined);
  const { marks } = program;
  const isRight = (f) => lines.includes(f?.line || undefined);
  const isNear = (f) => lines.some((line) => Math.abs(line - f?.line) <= 3);
  if (!(shared ? frames.slice(0, shared + 1).some(isNear) : isRight(got[0]))) {
    fail(`${what}: place ${k} is line ${marks.get(k).line}, found ${frames.map(place).slice(0, 4).join(' ') || 'nothing'}`);
    return;
  }
  if (!chain || shared || marks.get(k).as.length) return;
  const text = (list) => list.filter((f, i) => i === 0 || f.line).map((f) => (chain === 'functions' ? `${bare(f.function)} ${f.line ?? 0}` : (f.line ?? 0))).join(', ');
  if (text(got) !== text(wanted)) fail(`${what}: place ${k}: expected ${text(wanted)}, found ${text(got)}`);
}

const chainOf = (build) => (build.split ? undefined : build.dwarf ? 'functions' : 'lines');

function checkLevel(build, truth, level) {
  const { program } = build, { marks } = program;
  const flags = level.split(' '), what = `${build.name} ${level}`, out = file('out.wasm'), plain = file('plain.wasm');
  run(WRING, ['opt', '-q', ...flags, build.module, '-o', plain]);
  run(WRING, ['opt', '-q', ...flags, build.module, '-o', out, `--source-map-out=${file('out.map')}`, `--symbols-out=${file('out.wsym')}`]);
  if (!readFileSync(out).equals(readFileSync(plain))) fail(`${what}: the code is another one when it is tracked`);
  const sharedFrames = new Map();
  const rows = readSourceMap(file('out.map')), traps = [...marks.keys()].map((k) => [k, trap(out, k, program)]);
  const answer = JSON.parse(run(WRING, ['symbolicate', file('out.wsym'), '--json'], traps.map(([, { text }]) => text).join('\n')));
  for (const [k, { offsets, message }] of traps) {
    const found = answer.lines.splice(0, offsets.length);
    const shared = found.findIndex((line) => !line.shared), frames = found.flatMap((line) => line.frames);
    const count = found.slice(0, shared).flatMap((line) => line.frames).length;
    if (message === 'unreachable' && truth.direct?.has(k)) continue;
    sharedFrames.set(k, count);
    checkPlace(`${what}, symbols`, program, k, frames, truth.get(k), count, chainOf(build));
    if (isRust(program)) continue; // most panics are inside of code of the library that is inlined, and a map has no chain
    const mapped = offsets.slice(0, shared + 1).map((at) => lookUp(rows, at) ?? {});
    checkPlace(`${what}, source map`, program, k, mapped, truth.get(k), shared);
    for (const row of mapped.slice(0, shared)) if (!row.name?.startsWith('code shared by ')) fail(`${what}: place ${k} does not say that it is shared`);
  }
  if (build.dwarf) checkDwarf(build, truth, level, sharedFrames);
}

const inlines = (level) => !['-O0', '-O1'].includes(level);

// DWARF in the output: behind the same code, without a mistake that llvm-dwarfdump finds, and with the chains of the input.
function checkDwarf(build, truth, level, shared) {
  const { program } = build, what = `${build.name} ${level}, DWARF`, out = file('dwarf.wasm');
  run(WRING, ['opt', '-q', ...level.split(' '), build.module, '-o', out, '--dwarf']);
  const plain = readFileSync(file('plain.wasm'));
  if (!readFileSync(out).subarray(0, plain.length).equals(plain)) fail(`${what}: the code is another one`);
  const said = spawnSync('llvm-dwarfdump', ['--verify', out], { encoding: 'utf8' }).stdout;
  if (!said.includes('No errors.') || said.includes('warning:')) fail(`${what}: ${said.split('\n').filter((line) => /^(error|warning)/.test(line)).slice(0, 3).join('; ')}`);
  const chains = symbolize(out, program);
  for (const [k, frames] of chains) if (shared.has(k)) checkPlace(what, program, k, frames, truth.get(k), shared.get(k), chainOf(build));
  if (build.split) return;
  checkWasmtime(what, build, out, shared, chains);
  if (build.name.includes('zig') || isRust(program)) return; // too large to instrument all of it
  const runs = [0, 1, 8, 9, 20, 28, 33].map((k) => [String(k)]);
  const found = checkLocations(what, build.module, level.split(' '), runs, file, fail);
  if (found.compared < 500) fail(`${what}: only ${found.compared} places of variables were compared`);
  checkCoverage(what, build, out, found.survivors);
  if (build.name === 'clang-O2' && found.calls < 20) fail(`${what}: only ${found.calls} call sites are left`);
  if (build.name === 'clang-O2' && inlines(level) && found.inlined < 100) fail(`${what}: only ${found.inlined} places are of variables of functions that wring inlined`);
}

/** Nearly all of the rows of the output's line table agree with the input's about what is run: 96 % of each build, 99 % of all (run). */
function checkCoverage(what, build, out, survivors) {
  const stdout = openSync('/dev/null', 'w');
  const runs = [0, ...build.program.marks.keys()];
  const found = compareCoverage(build.module, out, survivors, runs, (wasm, k) => {
    const wasi = new WASI({ version: 'preview1', args: ['traps', String(k)], env: {}, returnOnExit: true, stdout });
    const instance = new WebAssembly.Instance(wasm, { wasi_snapshot_preview1: wasi.wasiImport });
    try {
      wasi.start(instance);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    }
    return instance;
  });
  closeSync(stdout);
  total.rows += found.rows, total.right += found.right;
  if (found.right < found.rows * 0.96) fail(`${what}: ${found.rows - found.right} of ${found.rows} rows are wrong: ${found.wrong.slice(0, 20).join(' ')}`);
}

/**
 * The line of each place in Wasmtime's traces is the one of the input's, or one that is allowed: that of the call, too, where
 * code was inlined, since Wasmtime makes one instruction of a load and the addition behind it, which is the caller's.
 */
function checkWasmtime(what, build, out, shared, chains) {
  if (build.program === EXCEPTIONS) return; // Wasmtime knows only the newer instructions for exceptions
  build.wasmtime ??= wasmtimeLines(build.module, build.program) ?? 'none';
  if (build.wasmtime === 'none') return;
  for (const [k, line] of wasmtimeLines(out, build.program)) {
    if (!shared.has(k)) continue;
    const near = shared.get(k) ? 3 : 0, lines = [...allowedLines(build.program, k), build.wasmtime.get(k), ...chains.get(k).slice(0, 2).map((frame) => frame.line)];
    if (!lines.some((n) => Math.abs(n - line) <= near)) fail(`${what}: Wasmtime says that place ${k} is line ${line}, not ${build.wasmtime.get(k)}`);
  }
}

const MAKERS = [
  () => clang('clang-O0', C, '-O0'), () => clang('clang-O2', C, '-O2'), () => clang('clang-Oz', C, '-Oz'), () => clang('clang-O2-dwarf5', C, '-O2', '-gdwarf-5'),
  () => clangLocals('clang-locals-O2', C, '-O2'),
  () => clang('clang-split-O2', C, '-O2', '-gsplit-dwarf'), () => clang('clang-split-O2-dwarf5', C, '-O2', '-gsplit-dwarf', '-gdwarf-5'),
  () => clang('clang++-O0', CPP, '-O0'), () => clang('clang++-O2', CPP, '-O2'), () => clang('clang++-Oz', CPP, '-Oz'),
  () => zig('zig-O0', C, '-O0'), () => zig('zig-O2', C, '-O2'), () => zig('zig-Oz', C, '-Oz'), () => zig('zig++-O2', CPP, '-O2'),
  () => emcc('emcc-O0', C, false, '-O0'), () => emcc('emcc-O2', C, false, '-O2'), () => emcc('emcc-g-O0', C, true, '-O0'), () => emcc('em++-g-O2', CPP, true, '-O2'),
  () => rustc('rust-O0', RUST, '-C', 'opt-level=0'), () => rustc('rust-O2', RUST, '-C', 'opt-level=2'), () => rustc('rust-Oz', RUST, '-C', 'opt-level=z'),
  () => emcc('em++-throws-O2', EXCEPTIONS, true, '-O2'), () => rustc('rust-chains-O2', ITERATORS, '-C', 'opt-level=2'),
];
const builds = MAKERS.filter((_, k) => k % parts === part - 1).map((make) => make());
for (const build of builds.filter(Boolean)) {
  const { program } = build, before = failed, truth = build.dwarf ? symbolize(build.module, program) : truthOfMap(build);
  for (const [k, frames] of truth) checkPlace(`${build.name}, input`, program, k, frames, frames, 0);
  for (const level of build.levels) checkLevel(build, truth, level);
  console.log(`${build.name}: ${failed === before ? `ok, ${program.marks.size} places at ${build.levels.length} levels` : 'FAILED'}`);
}
if (option('rows')) writeFileSync(`${option('rows')}.${part}`, `${total.right} ${total.rows}\n`);
if (total.rows) console.log(`line tables: ${((100 * total.right) / total.rows).toFixed(2)} % of ${total.rows} rows agree`);
const ROUNDS = Number(process.env.WRING_HOSTILE ?? 60);
for (const build of builds.filter((b) => b?.name.startsWith('clang-O2') && !only)) await checkHostile(build.module, ROUNDS, fail);
if (builds.some(Boolean) && part === parts) {
  checkFrames(file, fail);
  checkArgument(file, fail);
}
if (!only && part === parts) checkDwarfCorpus(chosen.length ? chosen : ['-Oz'], file, fail);
rmSync(dir, { recursive: true, force: true });
if (!builds.some(Boolean)) process.exit(77);
process.exitCode = failed ? 1 : 0;
