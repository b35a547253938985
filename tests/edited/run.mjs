// Optimizes real modules, then edited versions of each: with a cache that knows the bodies of the first one and two
// threads, and without a cache and one thread. The bytes must be the same, whatever the edit: another constant in one
// function, functions that trap, one more export and function, one export less, another initial value, more memory. So they
// must with entries of the cache that are damaged. With --verify-passes what is found in the cache is made again and compared.
//   run [--levels=-Os,-Oz] [MODULE…]      default: small modules of the corpus that are there

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse, instructions, Writer } from '../../verify/wasm.mjs';
import { codeSection, editBody, exportSection, functionSection, rawBodies, rawGlobals, vector, withSections } from '../lib/edit.mjs';
import { WRING } from '../lib/wring.mjs';

const corpus = path.join(process.env.WRING_CACHE ?? path.join(os.homedir(), '.cache/wring'), 'corpus');
const usual = ['built/fresh/lua-clang-O2.wasm', 'built/fresh/cxx-emcc-O2.wasm', 'npm/@wasm-fmt/gofmt@0.7.3/gofmt.wasm',
  'npm/@rollup/wasm-node@4.68.4/dist/wasm-node/bindings_wasm_bg.wasm', 'built/go/println-wasip1.wasm'];
const args = process.argv.slice(2), given = args.filter(a => !a.startsWith('--'));
const levels = (args.find(a => a.startsWith('--levels='))?.slice(9) ?? '-Os,-O2,-Oz,-O3').split(',');
const modules = (given.length ? given : usual.map(name => path.join(corpus, name))).filter(existsSync);
if (!modules.length) process.exit(77);

const dir = mkdtempSync(path.join(os.tmpdir(), 'wring-edited-')), cache = path.join(dir, 'cache');
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
const wring = (input, flags) => {
  const out = path.join(dir, 'out.wasm');
  execFileSync(WRING, ['-q', input, '-o', out, ...flags], { stdio: ['ignore', 'inherit', 'inherit'] });
  return readFileSync(out);
};

// --- Edits: each gives the bytes of a new module, or undefined if there is nothing of the kind ---

const withBody = (m, i, body) => withSections(m, { 10: codeSection(rawBodies(m).map((raw, k) => (k === i ? body : raw))) });

/** The first body from number `from` on with a small constant, which becomes another one. */
function constant(m, from) {
  const n = m.bodies.length;
  for (let k = 0; k < n; k++) {
    const i = (from + k) % n;
    const at = instructions(m.bytes, m.bodies[i]).find(x => x.op === 0x41 && m.bytes[x.pos + 1] < 0x40);
    if (at) return withBody(m, i, editBody(m, m.bodies[i], x => (x.pos === at.pos ? [0x41, m.bytes[x.pos + 1] ^ 1] : undefined)));
  }
}

const trap = (m, share) => withBody(m, Math.floor(m.bodies.length * share), Uint8Array.of(0, 0x00, 0x0b));
const exportLess = m => (m.exports.length > 2 ? withSections(m, { 7: exportSection(m.exports.slice(0, -1)) }) : undefined);

/** Another function of the first body's type and code behind all others, and an export of it. */
function functionMore(m) {
  const own = m.funcs.slice(m.importedFuncs).map(f => f.type), bodies = rawBodies(m);
  return withSections(m, {
    3: functionSection([...own, own[0]]), 10: codeSection([...bodies, bodies[0]]),
    7: exportSection([...m.exports, { name: 'one more', kind: 'func', index: m.funcs.length }]),
  });
}

/** The first global with a constant of type i32 begins with another value. */
function initial(m) {
  const raw = rawGlobals(m), i = raw.findIndex(g => g[0] === 0x7f && g[2] === 0x41 && g[3] < 0x40);
  if (i < 0) return undefined;
  raw[i] = Uint8Array.from(raw[i], (byte, k) => (k === 3 ? byte ^ 1 : byte));
  return withSections(m, { 6: vector(raw) });
}

function memoryMore(m) {
  const own = m.sections.find(s => s.id === 5);
  if (!own || m.bytes[own.body] !== 1 || m.bytes[own.body + 1] !== 0) return undefined;
  return withSections(m, { 5: new Writer().u8(1, 0).u32(4000).finish() });
}

const edits = {
  'a constant': m => constant(m, Math.floor(m.bodies.length / 3)),
  'a constant of another function': m => constant(m, Math.floor(m.bodies.length * 0.8)),
  'a function that traps': m => trap(m, 0.5),
  'one more function': functionMore,
  'one export less': exportLess,
  'an initial value': initial,
  'more memory': memoryMore,
};

// --- Comparing ---

let compared = 0, failed = 0, found = 0;

function compare(what, file, flags, more = []) {
  const without = wring(file, [...flags, '-j1']), withCache = wring(file, [...flags, '-j2', `--cache=${cache}`, ...more]);
  compared++;
  if (without.equals(withCache)) return;
  failed++;
  console.log(`FAIL ${what} ${flags.join(' ')} ${more.join(' ')}: other bytes with the cache`);
}

const entries = () => readdirSync(cache, { recursive: true }).map(f => path.join(cache, f)).filter(f => statSync(f).isFile());

/** Damages all entries at one place, or cuts them off there. */
function damage(share, cut) {
  for (const file of entries()) {
    const bytes = readFileSync(file), at = Math.floor(bytes.length * share);
    bytes[at] ^= 0x10;
    writeFileSync(file, cut ? bytes.subarray(0, at) : bytes);
  }
}

const edited = path.join(dir, 'edited.wasm');
modules.forEach((file, number) => {
  const m = parse(readFileSync(file)), name = path.basename(file);
  const make = edit => {
    const bytes = edits[edit](m);
    if (bytes) writeFileSync(edited, bytes);
    return bytes;
  };
  for (const level of m.bytes.length > 1e6 ? levels.slice(0, 1) : levels) { // less time for larger ones
    rmSync(cache, { recursive: true, force: true });
    wring(file, [level, `--cache=${cache}`]);
    found += entries().length > 1;
    for (const [i, edit] of Object.keys(edits).entries())
      if ((level === levels[0] || (i + number) % levels.length === levels.indexOf(level)) && make(edit))
        compare(`${name}, ${edit},`, edited, [level], number === 0 && level === levels[0] ? ['--verify-passes'] : []);
  }
  if (number) return;
  for (const [share, cut] of [[0, false], [0.001, false], [0.3, false], [0.999, false], [0.5, true], [0.9999, true]]) {
    damage(share, cut);
    make('a constant');
    compare(`${name}, entries damaged at ${share},`, edited, [levels[0]]);
  }
});
if (!found) { failed++; console.log('FAIL no module left an entry for its bodies'); }
console.log(`edited: ${compared} compared, ${failed} failures`);
process.exit(failed ? 1 : 0);
