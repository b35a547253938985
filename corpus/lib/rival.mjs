// Binaryen's wasm-opt on the same modules, for comparison. The pinned one is Binaryen compiled to JavaScript: right
// for sizes, several times slower than the native program, so its results are kept in the cache by input and
// arguments. Its features are given as a list: what current engines accept, not `-all`, which emits what they refuse.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheDir } from './corpus.mjs';
import { complaint, measure } from './measure.mjs';
import { sha256 } from './sizes.mjs';

export const rivals = {
  O1: ['-O1'], O2: ['-O2'], O3: ['-O3'], Os: ['-Os'], Oz: ['-Oz'], Ozc: ['-Oz', '--converge'],
};

const features = [
  'sign-ext', 'mutable-globals', 'nontrapping-float-to-int', 'multivalue', 'bulk-memory', 'bulk-memory-opt', 'call-indirect-overlong',
  'reference-types', 'simd', 'relaxed-simd', 'threads', 'tail-call', 'extended-const', 'exception-handling', 'gc', 'memory64', 'multimemory',
].map((name) => `--enable-${name}`);

const argsOf = (name) => [...rivals[name], '--mvp-features', ...features];

// Where a result is kept, or would be.
function placeOf(name, bytes) {
  const key = sha256(`${sha256(bytes)} 132 ${argsOf(name).join(' ')}`).slice(0, 32);
  const base = join(cacheDir, 'rival', key);
  return { path: `${base}.wasm`, record: `${base}.json` };
}

// What is in the cache: { path, seconds, peak } or { error }; else undefined.
export function knownRival(name, bytes) {
  const { path, record } = placeOf(name, bytes);
  return existsSync(record) ? { path, ...JSON.parse(readFileSync(record, 'utf8')) } : undefined;
}

// The same, made if need be.
export async function rivalOutput(name, input, bytes, { limit }) {
  const wasmOpt = process.env.WRING_WASM_OPT;
  if (!wasmOpt) return { error: 'no wasm-opt; run scripts/setup' };
  const known = knownRival(name, bytes);
  if (known) return known;
  const { path, record } = placeOf(name, bytes);
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  const result = await measure(process.env.WRING_NODE, ['--stack-size=4000', wasmOpt, input, '-o', draft, ...argsOf(name)], { limit, memory: true });
  const outcome = result.ok ? { seconds: result.seconds, peak: result.peak } : { error: complaint(result) };
  if (result.ok) renameSync(draft, path);
  else rmSync(draft, { force: true });
  writeFileSync(record, JSON.stringify(outcome));
  return { path, ...outcome };
}
