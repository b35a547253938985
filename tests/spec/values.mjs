// Values of the spec scripts: arguments made for the adaptors of ../../verify/shim.mjs, results compared bit
// for bit (NaN classes as the script asks), references by null, class and host identity.

import { CLASS } from '../../verify/shim.mjs';

const hosts = new Map();

/** Host reference number n: the same object each time. */
function host(n) {
  if (!hosts.has(n)) hosts.set(n, { host: n });
  return hosts.get(n);
}

const BITS = { i8: 8n, i16: 16n, i32: 32n, i64: 64n, f32: 32n, f64: 64n };

function packLanes(laneType, lanes) {
  const width = BITS[laneType];
  let bits = 0n;
  lanes.forEach((lane, i) => { bits |= BigInt.asUintN(Number(width), BigInt(lane)) << (BigInt(i) * width); });
  return [bits & 0xffffffffffffffffn, bits >> 64n];
}

/** A script argument as {bits} or {value} for toLowered. */
export function argument(arg) {
  switch (arg.type) {
    case 'i32': case 'f32': return { bits: Number(arg.value) | 0 };
    case 'i64': case 'f64': return { bits: BigInt.asIntN(64, BigInt(arg.value)) };
    case 'v128': return { bits: packLanes(arg.lane_type, arg.value) };
    default: return { value: arg.value === 'null' ? null : host(arg.value) };
  }
}

const NAN = {
  f32: { exponent: 0x7f800000n, quiet: 0x400000n, magnitude: 0x7fffffffn },
  f64: { exponent: 0x7ff0000000000000n, quiet: 0x8000000000000n, magnitude: 0x7fffffffffffffffn },
};

function matchBits(type, want, got) {
  const nan = NAN[type], pattern = nan && nan.exponent | nan.quiet;
  if (want === 'nan:canonical') return (got & nan.magnitude) === pattern;
  if (want === 'nan:arithmetic') return (got & pattern) === pattern;
  return got === BigInt.asUintN(Number(BITS[type]), BigInt(want));
}

function matchLanes(want, got) {
  const bits = got.bits[0] | (got.bits[1] << 64n), width = BITS[want.lane_type];
  return want.value.every((lane, i) =>
    matchBits(want.lane_type, lane, BigInt.asUintN(Number(width), bits >> (BigInt(i) * width))));
}

const CLASSES = {
  i31ref: CLASS.i31, structref: CLASS.struct, arrayref: CLASS.array, eqref: CLASS.i31 | CLASS.struct | CLASS.array,
};

function matchReference(want, got) {
  if (want.value === 'null') return got.value === null;
  if (want.value !== undefined) return got.value === host(want.value);
  if (got.value === null) return false;
  if (want.type === 'funcref') return typeof got.value === 'function';
  return want.type in CLASSES ? (got.cls & CLASSES[want.type]) !== 0 : true;
}

/** True if value `got` (as fromLowered gives it) is what the script expects. */
export function matches(want, got) {
  switch (want.type) {
    case 'either': return want.values.some(value => matches(value, got));
    case 'i32': case 'i64': case 'f32': case 'f64':
      return got.t === want.type && matchBits(want.type, want.value, BigInt(got.bits));
    case 'v128': return got.t === 'v128' && matchLanes(want, got);
    default: return 'value' in got && matchReference(want, got);
  }
}

/** A short text of a value for failure messages. */
export function show(value) {
  const hex = bits => `0x${bits.toString(16)}`;
  if ('bits' in value) return `${value.t}:${Array.isArray(value.bits) ? value.bits.map(hex) : hex(value.bits)}`;
  return `${value.t}:${value.value === null ? 'null' : typeof value.value}${value.cls ? `/${value.cls}` : ''}`;
}
