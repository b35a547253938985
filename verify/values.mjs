// Deterministic values for the differential runner, and how two values compare.
// Both sides draw the same numbers; references are drawn by position, so that each side hands in its
// own object of the same role. NaNs: WebAssembly leaves the payload of a computed NaN open, so unless
// `strict` two NaNs are the same value, and integers that are both NaN patterns are as well.

import { family } from './shim.mjs';

/** xorshift32 over a mixed seed. */
export class Rng {
  constructor(...seeds) {
    this.state = 0x9e3779b9;
    for (const seed of seeds) this.state = Math.imul(this.state ^ seed, 0x85ebca6b) ^ (this.state >>> 13);
    this.state = this.state || 1;
    for (let i = 0; i < 4; i++) this.u32();
  }
  u32() {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return x >>> 0;
  }
  below(n) { return this.u32() % n; }
  chance(n) { return this.below(n) === 0; }
  pick(list) { return list[this.below(list.length)]; }
  u64() { return (BigInt(this.u32()) << 32n) | BigInt(this.u32()); }
  shuffle(list) {
    const out = [...list];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [out[i], out[j]] = [out[j], out[i]];
    }
    return out;
  }
}

const I32_EDGES = [0, 1, 2, -1, -2, 7, 8, 31, 32, 33, 127, 128, 255, 256, -128, 1024, 32767, 32768, 65535, 65536,
  0x7fffffff, -0x80000000, 0x40000000, 0x55555555, -0x55555556, 0x1000, 0xfff8, 0xffff0];
const I64_EDGES = [0n, 1n, -1n, 2n, 63n, 64n, 0x7fffffffn, 0x80000000n, 0xffffffffn, 0x100000000n, -0x80000000n,
  0x7fffffffffffffffn, -0x8000000000000000n, 255n, 1024n, 65536n];
const F32_EDGES = [0, 0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7fa00000,
  0x00000001, 0x007fffff, 0x00800000, 0x7f7fffff, 0x4effffff, 0x4f000000, 0x4f800000, 0xcf000000, 0xcf000001,
  0x5effffff, 0x5f000000, 0x3effffff, 0x3f000000, 0x3f7fffff, 0x40490fdb].map(x => x | 0);
const F64_EDGES = [0n, 0x8000000000000000n, 0x3ff0000000000000n, 0xbff0000000000000n, 0x7ff0000000000000n,
  0xfff0000000000000n, 0x7ff8000000000000n, 0xfff8000000000000n, 0x7ff4000000000000n, 1n, 0x000fffffffffffffn,
  0x0010000000000000n, 0x7fefffffffffffffn, 0x41dfffffffc00000n, 0x41e0000000000000n, 0x41f0000000000000n,
  0xc1e0000000000000n, 0xc1e0000000200000n, 0x43e0000000000000n, 0x43f0000000000000n, 0xc3e0000000000000n,
  0x3fe0000000000000n, 0x3fdfffffffffffffn, 0x400921fb54442d18n].map(x => BigInt.asIntN(64, x));

const NUMBER = {
  i32: rng => (rng.chance(2) ? rng.pick(I32_EDGES) : rng.chance(2) ? rng.below(256) : rng.u32() | 0),
  i64: rng => (rng.chance(2) ? rng.pick(I64_EDGES) : BigInt.asIntN(64, rng.u64())),
  f32: rng => (rng.chance(3) ? rng.u32() | 0 : rng.pick(F32_EDGES)),
  f64: rng => (rng.chance(3) ? BigInt.asIntN(64, rng.u64()) : rng.pick(F64_EDGES)),
  v128: rng => [0, 1].map(() => (rng.chance(2) ? rng.pick(I64_EDGES) : BigInt.asIntN(64, rng.u64()))),
};

/** Bits of a random number of type t. */
export const randomBits = (t, rng) => NUMBER[t](rng);

/** Host references that both sides share: identity is their number. */
export const HOSTS = Array.from({ length: 4 }, (_, i) => ({ host: i }));

const i31 = rng => rng.pick([0, 1, -1, 5, 0x3fffffff, -0x40000000]);

const REFERENCE = {
  extern: rng => rng.pick([...HOSTS, 42, 'text']),
  any: rng => (rng.chance(2) ? i31(rng) : rng.pick(HOSTS)),
  eq: i31,
  i31,
};

/** Candidates of a concrete, struct, array or func type: what the side has to offer. */
function candidates(m, type, side) {
  if (type.heap === 'func') return side.functions.map(f => f.value);
  if (typeof type.heap === 'number' && m.types[type.heap].kind === 'func') {
    return side.functions.filter(f => f.type === type.heap).map(f => f.value);
  }
  return side.seen.filter(s => s.heap === type.heap || typeof type.heap !== 'number').map(s => s.value);
}

/** A value of `type` for `side`, or undefined where none can be made. */
export function randomValue(m, type, rng, side) {
  if (type.t !== 'ref') return { bits: randomBits(type.t, rng) };
  const asNull = rng.chance(4);
  if (type.null && (asNull || family(m, type) === 'exn')) return { value: null };
  if (REFERENCE[type.heap]) return { value: REFERENCE[type.heap](rng) };
  const list = candidates(m, type, side), draw = rng.u32();
  if (list.length) return { value: list[draw % list.length] };
  return type.null ? { value: null } : undefined;
}

/** Values for all of `types`, or undefined. */
export function randomValues(m, types, rng, side) {
  const values = types.map(type => randomValue(m, type, rng, side));
  return values.includes(undefined) ? undefined : values;
}

/** A reference as both sides can compare it: null, kind, host number, or when this side first saw it. */
function nameReference(value, side) {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'function') return 'function';
  if (typeof value !== 'object') return `${typeof value} ${String(value)}`;
  const host = HOSTS.indexOf(value);
  if (host >= 0) return `host ${host}`;
  if (!side.ids.has(value)) side.ids.set(value, side.ids.size);
  return `object ${side.ids.get(value)}`;
}

/** A value from fromLowered, made comparable; gc references are kept for later arguments. */
export function observe(value, type, side) {
  if ('bits' in value) return value;
  if (value.t === 'gc' && value.value !== null && side.seen.length < 256) side.seen.push({ value: value.value, heap: type.heap });
  return { t: value.t, name: nameReference(value.value, side), cls: value.cls };
}

const isNaN32 = bits => (bits & 0x7fffffffn) > 0x7f800000n;
const isNaN64 = bits => (bits & 0x7fffffffffffffffn) > 0x7ff0000000000000n;

/** True if both 64-bit patterns hold NaNs wherever they differ: as one f64, or as two f32. */
function sameButNaN64(a, b) {
  if (a === b || (isNaN64(a) && isNaN64(b))) return true;
  return [0n, 32n].every(shift => {
    const x = (a >> shift) & 0xffffffffn, y = (b >> shift) & 0xffffffffn;
    return x === y || (isNaN32(x) && isNaN32(y));
  });
}

function sameBits(a, b, strict) {
  if (a.t === 'v128') return a.bits.every((x, i) => x === b.bits[i] || (!strict && sameButNaN64(x, b.bits[i])));
  if (a.bits === b.bits) return true;
  return !strict && sameButNaN64(BigInt(a.bits), BigInt(b.bits));
}

/** True if two observed values are the same. */
export function sameValue(a, b, strict) {
  if (a.t !== b.t) return false;
  return 'bits' in a ? sameBits(a, b, strict) : a.name === b.name && a.cls === b.cls;
}

/** Index of the first byte that differs beyond NaN payloads, or -1. Slow: call it when memcmp says no. */
export function firstDifference(a, b, strict) {
  const n = Math.min(a.length, b.length);
  const word = (bytes, at, size) => {
    let x = 0n;
    for (let i = size - 1; i >= 0; i--) x = (x << 8n) | BigInt(bytes[at + i] ?? 0);
    return x;
  };
  const nanAt = (at, size, isNaN) => at >= 0 && at + size <= n && isNaN(word(a, at, size)) && isNaN(word(b, at, size));
  for (let i = 0; i < n; i++) {
    if (a[i] === b[i]) continue;
    let excused = false;
    for (let back = 0; back < 8 && !excused && !strict; back++) {
      excused = nanAt(i - back, 8, isNaN64) || (back < 4 && nanAt(i - back, 4, isNaN32));
    }
    if (!excused) return i;
  }
  return a.length === b.length ? -1 : n;
}

export function showValue(v) {
  if (!('bits' in v)) return `${v.t} ${v.name}`;
  return `${v.t} ${[v.bits].flat().map(x => `0x${x.toString(16)}`).join(' ')}`;
}

export const sameBytes = (x, y) => (typeof Buffer === 'undefined' ? firstDifference(x, y, true) < 0 : Buffer.compare(x, y) === 0);
