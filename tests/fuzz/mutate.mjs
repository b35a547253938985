// Small changes to a function body that often keep the module valid: other constants, another operator
// of the same signature, other locals, offsets and labels, instructions removed, copied or put in.
// What comes out is only kept if the engine still validates it.

import { Writer, concat, instructions, parse } from '../../verify/wasm.mjs';
import { codeSection, rawBodies, withSections } from '../lib/edit.mjs';
import { randomBits } from '../../verify/values.mjs';

const range = (a, b) => Array.from({ length: b - a + 1 }, (_, i) => a + i);
const SWAPS = [
  range(0x6a, 0x78), range(0x46, 0x4f), range(0x7c, 0x8a), range(0x51, 0x5a), range(0x5b, 0x60), range(0x61, 0x66),
  range(0x92, 0x98), range(0xa0, 0xa6), range(0x8b, 0x91), range(0x99, 0x9f), [0x67, 0x68, 0x69, 0xc0, 0xc1, 0x45],
  [0x79, 0x7a, 0x7b, 0xc2, 0xc3, 0xc4], [0x28, 0x2c, 0x2d, 0x2e, 0x2f], [0x29, ...range(0x30, 0x35)],
  [0x36, 0x3a, 0x3b], [0x37, 0x3c, 0x3d, 0x3e], [0xa8, 0xa9], [0xaa, 0xab], [0xac, 0xad], [0xb0, 0xb1], [0xae, 0xaf],
  [0xb2, 0xb3], [0xb4, 0xb5], [0xb7, 0xb8], [0xb9, 0xba],
];
const SIMD_SWAPS = [range(0x23, 0x4c), range(0x6e, 0x79), range(0x8e, 0x99), range(0xae, 0xba), range(0xce, 0xde), range(0xe4, 0xeb),
  range(0xf0, 0xf7), range(0x4e, 0x51)];
const CONST_OP = { i32: 0x41, i64: 0x42, f32: 0x43, f64: 0x44 };

/** Bytes of a random constant instruction of type t. */
function constant(t, rng) {
  const bits = randomBits(t, rng), w = new Writer().u8(CONST_OP[t]);
  if (t === 'i32' || t === 'i64') return w.s64(bits).finish();
  return w.bytes(new Uint8Array((t === 'f32' ? Int32Array.of(bits) : BigInt64Array.of(bits)).buffer)).finish();
}

const ALIGN_KEEP = 0x3f;

function swapOpcode(m, i, rng) {
  const simd = i.op === 0xfd, list = (simd ? SIMD_SWAPS : SWAPS).find(s => s.includes(simd ? i.sub : i.op));
  if (!list) return null;
  const head = simd ? new Writer().u8(0xfd).u32(rng.pick(list)) : new Writer().u8(rng.pick(list));
  const rest = m.bytes.slice(i.imm, i.end);
  if (!simd && i.op >= 0x28 && i.op <= 0x3e && !(rest[0] & ~ALIGN_KEEP)) rest[0] = 0;
  return concat([head.finish(), rest]);
}

/** A changed form of one instruction, or null where nothing fits. */
function changeOne(m, i, rng) {
  switch (i.op) {
    case 0x41: return constant('i32', rng);
    case 0x42: return constant('i64', rng);
    case 0x43: return constant('f32', rng);
    case 0x44: return constant('f64', rng);
    case 0x20: case 0x21: case 0x22: return new Writer().u8(rng.pick([0x20, i.op, i.op])).u32(Math.max(0, i.args[0] + rng.below(5) - 2)).finish();
    case 0x0c: case 0x0d: return new Writer().u8(i.op).u32(Math.max(0, i.args[0] + rng.below(3) - 1)).finish();
    default:
  }
  if (i.op >= 0x28 && i.op <= 0x3e && rng.chance(2)) {
    return new Writer().u8(i.op).u8(0).u32(rng.pick([0, 1, 4, 8, 1024, 65535, 65536, 0x7fffffff, 0xffffffff])).finish();
  }
  return swapOpcode(m, i, rng);
}

const insertions = rng => rng.pick([
  () => [...constant('i32', rng), 0x1a], () => [0x01], () => [0x00], () => [0x0f], () => [0x41, 0, 0x04, 0x40, 0x0b],
  () => [0x02, 0x40, 0x0b], () => [0x20, rng.below(4), 0x1a], () => [...constant('i32', rng), 0x21, rng.below(4)],
  () => [...constant('i64', rng), 0x21, rng.below(4)], () => [0x20, rng.below(4), 0x21, rng.below(4)],
  () => [0x20, rng.below(4), 0x0d, rng.below(2)], () => [...constant('i32', rng), 0x0d, rng.below(2)],
])();

/** One mutated body (locals and code) of body number n. */
function mutateBody(m, n, rng) {
  const body = m.bodies[n], list = instructions(m.bytes, body), pieces = list.map(i => m.bytes.subarray(i.pos, i.end));
  const at = rng.below(list.length), span = 1 + rng.below(4);
  switch (rng.below(8)) {
    case 0: pieces.splice(at, span); break;
    case 1: pieces.splice(at, 0, insertions(rng)); break;
    case 2: pieces.splice(at, 0, ...pieces.slice(rng.below(list.length)).slice(0, span)); break;
    case 3: pieces.splice(at, span, [0x00]); break;
    default: pieces[at] = changeOne(m, list[at], rng) ?? pieces[at];
  }
  return concat([m.bytes.subarray(body.body, body.code), ...pieces]);
}

/** The module with up to `count` valid mutations. */
export function mutateModule(bytes, rng, count) {
  let now = bytes, done = 0;
  for (let tries = 0; tries < count * 12 && done < count; tries++) {
    const m = parse(now), candidates = m.bodies.length;
    if (!candidates) return now;
    const bodies = rawBodies(m), n = rng.below(candidates);
    bodies[n] = mutateBody(m, n, rng);
    const next = withSections(m, { 10: codeSection(bodies) });
    if (!WebAssembly.validate(next)) continue;
    now = next;
    done++;
  }
  return now;
}
