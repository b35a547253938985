// Traps at forty known places of traps.c, compiled with DWARF or with a source map, before and after optimization: the
// symbol file and the source map of each output name the line that is marked in the source, or that of code that it may
// have been merged with. The chain of functions around it, inlined ones among them, is the one that llvm-symbolizer
// sees in the input. The output's code is the same as without any of this.
// DWARF's locations of variables are checked by running, see locations.mjs.
//
//   run.mjs [LEVEL…]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { WASI } from 'node:wasi';
import { WRING } from '../lib/wring.mjs';
import { checkHostile } from './hostile.mjs';
import { checkLocations } from './locations.mjs';
import { codeStart, lookUp, readSourceMap } from './maps.mjs';

const SOURCE = path.join(path.dirname(fileURLToPath(import.meta.url)), 'traps.c');
const LEVELS = process.argv.length > 2 ? process.argv.slice(2) : ['-O0', '-O1', '-O2', '-O3', '-Os', '-Oz', '-Oz --for=gzip'];
const dir = mkdtempSync(path.join(tmpdir(), 'wring-debug-'));
const file = (name) => path.join(dir, name);
Error.stackTraceLimit = 100;

function run(command, words, input) {
  const r = spawnSync(command, words, { input, encoding: 'utf8', maxBuffer: 1 << 28, timeout: 300_000 });
  if (r.error?.code === 'ENOENT') return null;
  if (r.status !== 0) throw new Error(`${path.basename(command)} ${words.join(' ')}: ${r.error?.message ?? r.stderr}`);
  return r.stdout;
}

// --- The marks in the source ---

const lines = readFileSync(SOURCE, 'utf8').split('\n');
const marks = new Map(); // place -> { line, as: [places] }
lines.forEach((text, i) => {
  const m = /\/\/ at (\d+)(?: as ([\d ]+))?$/.exec(text);
  if (m) marks.set(Number(m[1]), { line: i + 1, as: (m[2] ?? '').split(' ').filter(Boolean).map(Number) });
});
const allowedLines = (place) => [place, ...marks.get(place).as].map((p) => marks.get(p).line);

// --- Modules ---

// Linked apart, since a driver that finds an old wasm-opt runs it on what it optimizes, and that loses line tables.
function clang(name, ...flags) {
  const object = file(`${name}.o`), module = file(`${name}.wasm`);
  if (run('clang', ['--target=wasm32-wasi', '-g', ...flags, '-c', SOURCE, '-o', object]) === null) return null;
  run('clang', ['--target=wasm32-wasi', '-g', object, '-o', module]);
  return { name, module, dwarf: true };
}

function emcc(name, ...flags) {
  const module = file(`${name}.wasm`);
  if (run('emcc', ['-gsource-map', '-sSTANDALONE_WASM', ...flags, SOURCE, '-o', module]) === null) return null;
  return { name, module, map: `${module}.map` };
}

/** The offsets in the trace of a trap, innermost first. */
function trap(module, place) {
  const wasi = new WASI({ version: 'preview1', args: ['traps', String(place)], env: {}, returnOnExit: true });
  const wasm = new WebAssembly.Module(readFileSync(module));
  try {
    wasi.start(new WebAssembly.Instance(wasm, { wasi_snapshot_preview1: wasi.wasiImport }));
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    const text = error.stack.split('\n').filter((line) => line.includes('wasm-function')).join('\n');
    return { text, offsets: [...text.matchAll(/:0x([0-9a-f]+)/g)].map((m) => Number.parseInt(m[1], 16)) };
  }
  throw new Error(`place ${place} does not trap`);
}

// --- What is true of the input ---

const place = (f) => (f.file ? `${path.basename(f.file)}:${f.line}` : '?');
const own = (frames) => frames.filter((f) => f.file && path.basename(f.file) === 'traps.c');

/** The frames of each place, by llvm-symbolizer. */
function symbolize(module) {
  const start = codeStart(readFileSync(module)), truth = new Map();
  const traps = [...marks.keys()].map((k) => [k, trap(module, k).offsets.map((at) => `0x${(at - start).toString(16)}`)]);
  const answers = JSON.parse(run('llvm-symbolizer', [`--obj=${module}`, '--output-style=JSON', ...traps.flatMap(([, at]) => at)]));
  for (const [k, at] of traps) {
    truth.set(k, own(answers.splice(0, at.length).flatMap(({ Symbol: frames }) =>
      frames.map((f) => ({ function: f.FunctionName.replace('__main_argc_argv', 'main'), file: f.FileName, line: f.Line })))));
  }
  return truth;
}

/** Likewise, by the compiler's source map, which has no functions. */
function truthOfMap({ module, map }) {
  const rows = readSourceMap(map), truth = new Map();
  for (const k of marks.keys()) truth.set(k, own(trap(module, k).offsets.map((at) => lookUp(rows, at)).filter(Boolean)));
  return truth;
}

// --- Checks ---

let failed = 0;
const fail = (text) => {
  console.log(`FAILED: ${text}`);
  failed++;
};

// Callers of no known line, such as the linker makes, don't count. What the input says counts as right, too: where compilers merged code themselves it has no line, and emscripten's maps
// of optimized code are off by a few. `shared` is how many frames are of code that wring made several functions share:
// then one of them, or the frame behind, is near: what is shared may be several lines.
function checkPlace(what, k, frames, wanted, shared, chain) {
  const got = own(frames.slice(shared)), lines = [...allowedLines(k), wanted[0]?.line].map((n) => n || undefined);
  const isRight = (f) => lines.includes(f?.line || undefined);
  const isNear = (f) => lines.some((line) => Math.abs(line - f?.line) <= 3);
  if (!(shared ? frames.slice(0, shared + 1).some(isNear) : isRight(got[0]))) {
    fail(`${what}: place ${k} is line ${marks.get(k).line}, found ${frames.map(place).slice(0, 4).join(' ') || 'nothing'}`);
    return;
  }
  if (!chain || shared || marks.get(k).as.length) return;
  const text = (list) => list.filter((f, i) => i === 0 || f.line).map((f) => (chain === 'functions' ? `${f.function} ${f.line}` : f.line)).join(', ');
  if (text(got) !== text(wanted)) fail(`${what}: place ${k}: expected ${text(wanted)}, found ${text(got)}`);
}

function checkLevel(build, truth, level) {
  const flags = level.split(' '), what = `${build.name} ${level}`, out = file('out.wasm'), plain = file('plain.wasm');
  run(WRING, ['opt', '-q', ...flags, build.module, '-o', plain]);
  run(WRING, ['opt', '-q', ...flags, build.module, '-o', out, `--source-map-out=${file('out.map')}`, `--symbols-out=${file('out.wsym')}`]);
  if (!readFileSync(out).equals(readFileSync(plain))) fail(`${what}: the code is another one when it is tracked`);
  const sharedFrames = new Map();
  const rows = readSourceMap(file('out.map')), traps = [...marks.keys()].map((k) => [k, trap(out, k)]);
  const answer = JSON.parse(run(WRING, ['symbolicate', file('out.wsym'), '--json'], traps.map(([, { text }]) => text).join('\n')));
  for (const [k, { offsets }] of traps) {
    const found = answer.lines.splice(0, offsets.length);
    const shared = found.findIndex((line) => !line.shared), frames = found.flatMap((line) => line.frames);
    const count = found.slice(0, shared).flatMap((line) => line.frames).length;
    sharedFrames.set(k, count);
    checkPlace(`${what}, symbols`, k, frames, truth.get(k), count, build.dwarf ? 'functions' : 'lines');
    const mapped = offsets.slice(0, shared + 1).map((at) => lookUp(rows, at) ?? {});
    checkPlace(`${what}, source map`, k, mapped, truth.get(k), shared);
    for (const row of mapped.slice(0, shared)) if (!row.name?.startsWith('code shared by ')) fail(`${what}: place ${k} does not say that it is shared`);
  }
  if (build.dwarf) checkDwarf(build, truth, level, sharedFrames);
}

// DWARF in the output: behind the same code, without a mistake that llvm-dwarfdump finds, and with the chains of the input.
function checkDwarf(build, truth, level, shared) {
  const what = `${build.name} ${level}, DWARF`, out = file('dwarf.wasm');
  run(WRING, ['opt', '-q', ...level.split(' '), build.module, '-o', out, '--dwarf']);
  const plain = readFileSync(file('plain.wasm'));
  if (!readFileSync(out).subarray(0, plain.length).equals(plain)) fail(`${what}: the code is another one`);
  const said = spawnSync('llvm-dwarfdump', ['--verify', out], { encoding: 'utf8' }).stdout;
  if (!said.includes('No errors.') || said.includes('warning:')) fail(`${what}: ${said.split('\n').filter((line) => /^(error|warning)/.test(line)).slice(0, 3).join('; ')}`);
  for (const [k, frames] of symbolize(out)) checkPlace(what, k, frames, truth.get(k), shared.get(k), 'functions');
  const runs = [0, 1, 8, 9, 20, 28, 33].map((k) => [String(k)]);
  const found = checkLocations(what, build.module, level.split(' '), runs, file, fail);
  if (found.compared < 2000) fail(`${what}: only ${found.compared} places of variables were compared`);
  if (build.name !== 'clang-O0' && found.calls < 30) fail(`${what}: only ${found.calls} call sites are left`);
}

const builds = [
  clang('clang-O0', '-O0'), clang('clang-O2', '-O2'), clang('clang-Oz', '-Oz'), clang('clang-O2-dwarf5', '-O2', '-gdwarf-5'),
  emcc('emcc-O0', '-O0'), emcc('emcc-O2', '-O2'),
];
for (const build of builds.filter(Boolean)) {
  const before = failed, truth = build.dwarf ? symbolize(build.module) : truthOfMap(build);
  for (const [k, frames] of truth) checkPlace(`${build.name}, input`, k, frames, frames, 0);
  for (const level of LEVELS) checkLevel(build, truth, level);
  console.log(`${build.name}: ${failed === before ? `ok, ${marks.size} places at ${LEVELS.length} levels` : 'FAILED'}`);
}
const ROUNDS = Number(process.env.WRING_HOSTILE ?? 60);
for (const build of builds.filter((b) => b?.name.startsWith('clang-O2'))) await checkHostile(build.module, ROUNDS, fail);
rmSync(dir, { recursive: true, force: true });
if (!builds.some(Boolean)) process.exit(77);
process.exitCode = failed ? 1 : 0;
