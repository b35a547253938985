// Where the fuzz loop's modules come from. Each generator is an async function of a Rng that gives the
// bytes of a module, or null. The list at the end names them with their weights; one that isn't
// available here (program not installed, no corpus) is left out and said so.

import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { parse } from '../../verify/wasm.mjs';
import { ROOT } from '../lib/wring.mjs';
import { findSuite, listModules, listScripts } from '../spec/suite.mjs';
import { goText } from './gogen.mjs';
import { mutateModule } from './mutate.mjs';
import { programText } from './programs.mjs';
import { sliceModule } from './slice.mjs';

const execute = promisify(execFile);
const CACHE = process.env.WRING_CACHE ?? path.join(os.homedir(), '.cache/wring');
const MAX_CORPUS = 24 << 20;   // bytes of one corpus module: larger ones take seconds to parse here
const MAX_WHOLE = 200 << 10;   // likewise, where all of it is run
const OLD_FEATURES = ['--enable-sign-ext', '--enable-mutable-globals', '--enable-nontrapping-float-to-int', '--enable-simd',
  '--enable-bulk-memory', '--enable-exception-handling', '--enable-tail-call',
  '--enable-multivalue', '--enable-extended-const'];
const NEW_DISABLED = ['strings', 'stack-switching', 'shared-everything', 'fp16', 'custom-descriptors', 'multibyte',
  'acquire-release-atomics', 'custom-page-sizes', 'wide-arithmetic', 'compact-imports', 'relaxed-atomics'];

const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'wring-gen-'));
process.on('exit', () => fs.rmSync(temporary, { recursive: true, force: true }));
let serial = 0;

function randomBytes(rng, n) {
  const bytes = new Uint8Array(n);
  for (let i = 0; i < n; i++) bytes[i] = rng.u32();
  return bytes;
}

/** Modules that another program makes from random bytes, whose number `size` chooses; `args` are its arguments. */
function modulesFromBytes(program, size, args) {
  return async rng => {
    const seed = path.join(temporary, `${serial++}.bin`), out = `${seed}.wasm`;
    fs.writeFileSync(seed, randomBytes(rng, size(rng)));
    try {
      await execute(program, args(seed, out, rng), { timeout: 20000, killSignal: 'SIGKILL' });
      return new Uint8Array(fs.readFileSync(out));
    } catch {
      return null;
    } finally {
      fs.rmSync(seed, { force: true });
      fs.rmSync(out, { force: true });
    }
  };
}

/** `wasm-opt -ttf`: a valid module made from random bytes. */
function translateToFuzz(program, flags) {
  return modulesFromBytes(program, rng => 200 + rng.below(rng.chance(8) ? 30000 : 4000),
    (seed, out, rng) => ['-ttf', seed, '-o', out, ...flags(rng)]);
}

// In the temporary folder, since csmith leaves a file where it runs.
const works = (program, args) => Boolean(program) && spawnSync(program, args, { cwd: os.tmpdir() }).status === 0;

function oldBinaryen() {
  const program = '/usr/bin/wasm-opt';
  const flags = rng => [...OLD_FEATURES.filter(() => !rng.chance(6)), ...(rng.chance(5) ? ['--enable-reference-types'] : []),
    ...(rng.chance(3) ? ['-O1'] : [])];
  return works(program, ['--version']) ? translateToFuzz(program, flags) : null;
}

function newBinaryen() {
  const program = process.env.WRING_WASM_OPT;
  // V8 refuses a module with both kinds of exception handling.
  const flags = rng => ['--all-features', ...NEW_DISABLED.map(f => `--disable-${f}`), '--translate-to-exnref', ...(rng.chance(3) ? ['-O1'] : [])];
  return works(program, ['--version']) ? translateToFuzz(program, flags) : null;
}

/** wring's own generator, a program that prints the module of a seed. */
function ownGenerator() {
  const program = process.env.WRING_GEN ?? path.join(ROOT, 'build/wring-gen');
  if (!works(program, ['1'])) return null;
  return async rng => {
    try {
      const { stdout } = await execute(program, [String(rng.u32())], { encoding: 'buffer', timeout: 20000, maxBuffer: 1 << 26 });
      return new Uint8Array(stdout);
    } catch {
      return null;
    }
  };
}

/** The corpus' modules of at most so many bytes. */
function corpusFiles(most) {
  const root = path.join(CACHE, 'corpus');
  if (!fs.existsSync(root)) return [];
  return fs.readdirSync(root, { recursive: true }).filter(f => f.endsWith('.wasm')).map(f => path.join(root, f))
    .filter(f => fs.statSync(f).size <= most).sort();
}

/** Functions cut out of corpus modules, and mutated. */
function corpusSlices() {
  const files = corpusFiles(MAX_CORPUS), parsed = new Map();
  const load = file => {
    if (!parsed.has(file)) {
      if (parsed.size >= 8) parsed.delete(parsed.keys().next().value);
      parsed.set(file, parse(new Uint8Array(fs.readFileSync(file))));
    }
    return parsed.get(file);
  };
  if (!files.length) return null;
  return async rng => {
    const slice = sliceModule(load(rng.pick(files)), rng);
    return slice && (rng.chance(3) ? slice : mutateModule(slice, rng, 1 + rng.below(8)));
  };
}

/** Whole small modules of the corpus, mutated: what passes do to several functions at once. */
function corpusModules() {
  const files = corpusFiles(MAX_WHOLE);
  if (!files.length) return null;
  return async rng => mutateModule(new Uint8Array(fs.readFileSync(rng.pick(files))), rng, 1 + rng.below(12));
}

/** Modules of the spec testsuite, mutated. */
function specModules() {
  const suite = findSuite();
  const files = listModules(suite, listScripts(suite)).filter(m => m.valid).map(m => path.join(suite, m.folder, m.filename))
    .filter(f => fs.statSync(f).size < 20000);
  return async rng => {
    const bytes = new Uint8Array(fs.readFileSync(rng.pick(files)));
    return WebAssembly.validate(bytes) ? mutateModule(bytes, rng, 1 + rng.below(6)) : null;
  };
}

/** The module of a text, made by a program that reads such. */
async function assemble(text, program, ...args) {
  const source = path.join(temporary, `${serial++}.wat`), out = `${source}.wasm`;
  fs.writeFileSync(source, text);
  try {
    await execute(program, [...args, source, '-o', out]);
    return new Uint8Array(fs.readFileSync(out));
  } finally {
    fs.rmSync(source, { force: true });
    fs.rmSync(out, { force: true });
  }
}

/** Modules that pass for Go's. They end by themselves, and their shape must stay as it is: they are not instrumented. */
function goModules() {
  if (!works('wat2wasm', ['--version'])) return null;
  return Object.assign(rng => assemble(goText(rng), 'wat2wasm'), { asItIs: true });
}

/** Programs that look like compiled ones. */
function programModules() {
  const tools = process.env.WRING_WASM_TOOLS;
  if (!works(tools, ['--version']) || !works('wat2wasm', ['--version'])) return null;
  return rng => {
    const { text, legacy } = programText(rng);
    return legacy ? assemble(text, 'wat2wasm', '--enable-all') : assemble(text, tools, 'parse');
  };
}

/** The proposals that a module of `wasm-tools smith` may use, each chosen anew; what V8 lacks is off. */
const SMITH_VARIES = ['gc', 'exceptions', 'tail-call', 'memory64', 'simd', 'threads', 'custom-descriptors',
  'multi-value', 'bulk-memory', 'reference-types', 'extended-const'];
const SMITH_OFF = ['relaxed-simd', 'compact-imports', 'custom-page-sizes', 'wide-arithmetic', 'shared-everything-threads'];

function smithFlags(rng) {
  const on = (name, value) => [`--${name}`, String(value)];
  const varied = SMITH_VARIES.flatMap(name => on(`${name}-enabled`, !rng.chance(3)));
  const most = 1 + rng.below(3);
  return [...varied, ...SMITH_OFF.flatMap(name => on(`${name}-enabled`, false)),
    ...on('max-memories', most), ...on('max-tables', most), ...on('max-memory32-bytes', 1 << 20), ...on('max-memory64-bytes', 1 << 20),
    ...on('max-table-elements', 1000), ...on('limit-arrays-in-const-exprs', true), ...on('min-funcs', 2),
    ...on('max-imports', rng.pick([3, 10, 30])), ...on('max-types', rng.pick([8, 20, 60])),
    ...on('export-everything', rng.chance(2)), ...on('disallow-traps', !rng.chance(3)), ...on('allow-floats', !rng.chance(3)),
    ...on('max-instructions', rng.pick([20, 100, 400]))];
}

/** `wasm-tools smith`: random valid modules of the makers of Wasmtime. */
function smithModules() {
  const program = process.env.WRING_WASM_TOOLS;
  if (!works(program, ['--version'])) return null;
  return modulesFromBytes(program, rng => 200 + rng.below(rng.chance(6) ? 20000 : 3000),
    (seed, out, rng) => ['smith', seed, '-o', out, ...smithFlags(rng)]);
}

/** Where csmith's headers are. */
const CSMITH_HEADERS = '/usr/include/csmith';

export const csmithWorks = () => fs.existsSync(path.join(CSMITH_HEADERS, 'csmith.h')) && works('csmith', ['--version']) && works('clang', ['--version'])
  && fs.existsSync('/usr/include/wasm32-wasi');

/** Compiles a C program for WASI with clang's flags; whether that worked. */
export async function compileC(source, out, ...flags) {
  try {
    await execute('clang', ['--target=wasm32-wasi', '-w', `-I${CSMITH_HEADERS}`, ...flags, source, '-o', out], { timeout: 60000 });
    return true;
  } catch {
    return false;
  }
}

/** Random C programs through clang; csmith.mjs runs such, here they are called as any module is. */
function csmithPrograms() {
  if (!csmithWorks()) return null;
  return async rng => {
    const source = path.join(temporary, `${serial++}.c`), out = `${source}.wasm`;
    const { stdout } = await execute('csmith', ['--seed', String(rng.u32()), '--max-funcs', '4'], { cwd: temporary, maxBuffer: 1 << 26 });
    fs.writeFileSync(source, stdout);
    const made = await compileC(source, out, rng.pick(['-O0', '-O1', '-O2', '-Os', '-Oz']), '-Wl,--export-all');
    const bytes = made ? new Uint8Array(fs.readFileSync(out)) : null;
    for (const file of [source, out]) fs.rmSync(file, { force: true });
    return bytes;
  };
}

const GENERATORS = [
  ['wring-gen', 8, ownGenerator], ['wasm-opt -ttf (Debian)', 6, oldBinaryen], ['wasm-opt -ttf (npm)', 1, newBinaryen],
  ['corpus functions', 6, corpusSlices], ['corpus modules', 1, corpusModules], ['spec modules', 4, specModules],
  ['shaped programs', 4, programModules], ['Go modules', 3, goModules], ['wasm-tools smith', 8, smithModules], ['csmith programs', 1, csmithPrograms],
];

/** The generators that work here: [{name, weight, make}]. */
export function generators(only) {
  const found = [];
  for (const [name, weight, open] of GENERATORS) {
    if (only && !name.includes(only)) continue;
    const make = open();
    if (make) found.push({ name, weight, make });
    else console.log(`no ${name} here`);
  }
  return found;
}
