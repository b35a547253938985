// Every number instruction on constants at the edges of its types, and random trees of two to four of them over constants,
// parameters, loads and stores, and sequences of stores and loads: each is a function, and must give in V8 what it gave before
// the passes.
// Options: --seed=N (1)  --count=N random trees (30000)  --passes=LIST (reuse,fold,reuse,load-pre)
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Rng } from '../../verify/values.mjs';
import { HEADER, Writer, concat } from '../../verify/wasm.mjs';
import { runOne } from '../lib/wring.mjs';

const { values: options } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, count: { type: 'string', default: '30000' }, passes: { type: 'string', default: 'reuse,fold,reuse,load-pre' } },
});
const rng = new Rng(Number(options.seed));
const below = (n) => rng.below(n);
const pick = (list) => rng.pick(list);

// ---- instructions: [opcode, operand types, result type]

const I32 = 0x7f, I64 = 0x7e, F32 = 0x7d, F64 = 0x7c, TYPES = [I32, I64, F32, F64];
const span = (first, last, pops, push) => Array.from({ length: last - first + 1 }, (_, i) => [first + i, pops, push]);
const OPS = [
  ...span(0x45, 0x45, [I32], I32), ...span(0x46, 0x4f, [I32, I32], I32), ...span(0x50, 0x50, [I64], I32),
  ...span(0x51, 0x5a, [I64, I64], I32), ...span(0x5b, 0x60, [F32, F32], I32), ...span(0x61, 0x66, [F64, F64], I32),
  ...span(0x67, 0x69, [I32], I32), ...span(0x6a, 0x78, [I32, I32], I32), ...span(0x79, 0x7b, [I64], I64),
  ...span(0x7c, 0x8a, [I64, I64], I64), ...span(0x8b, 0x91, [F32], F32), ...span(0x92, 0x98, [F32, F32], F32),
  ...span(0x99, 0x9f, [F64], F64), ...span(0xa0, 0xa6, [F64, F64], F64), [0xa7, [I64], I32],
  ...span(0xa8, 0xa9, [F32], I32), ...span(0xaa, 0xab, [F64], I32), ...span(0xac, 0xad, [I32], I64),
  ...span(0xae, 0xaf, [F32], I64), ...span(0xb0, 0xb1, [F64], I64), ...span(0xb2, 0xb3, [I32], F32),
  ...span(0xb4, 0xb5, [I64], F32), [0xb6, [F64], F32], ...span(0xb7, 0xb8, [I32], F64), ...span(0xb9, 0xba, [I64], F64),
  [0xbb, [F32], F64], [0xbc, [F32], I32], [0xbd, [F64], I64], [0xbe, [I32], F32], [0xbf, [I64], F64],
  ...span(0xc0, 0xc1, [I32], I32), ...span(0xc2, 0xc4, [I64], I64),
];
const LOADS = [[0x28, I32], [0x29, I64], [0x2a, F32], [0x2b, F64], ...[0x2c, 0x2d, 0x2e, 0x2f].map((op) => [op, I32]),
  ...[0x30, 0x31, 0x32, 0x33, 0x34, 0x35].map((op) => [op, I64])];
const STORES = [[0x36, I32], [0x37, I64], [0x38, F32], [0x39, F64], [0x3a, I32], [0x3b, I32], [0x3c, I64], [0x3d, I64], [0x3e, I64]];
const isFloat = (type) => type === F32 || type === F64;

// ---- values

const small = [0, 1, -1, 2, 3, 7, 8, 16, 24, 31, 32, 33, 48, 56, 63, 64, 65, -63, -64, -65, 127, 128, 255, 256, -128, -129];
const I32S = [...small, 0x7fff, 0x8000, 0xffff, 0x10000, -0x8000, 0x7ffffffe, 0x7fffffff, -0x80000000, -0x7fffffff].map(BigInt);
const I64S = [...I32S, 0x80000000n, 0xffffffffn, 0x100000000n, -0x80000001n, 0xffffffff00000000n, 2n ** 62n, 2n ** 63n - 1n, -(2n ** 63n), 1n - 2n ** 63n]
  .map((x) => BigInt.asIntN(64, x));
const FLOATS = [0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, 1e10, -1e10, 16777217, 2 ** 31, 2 ** 32, 2 ** 53 + 2, 2 ** 63, 2 ** 64,
  -(2 ** 63), 1e-45, 1.1754942e-38, 3.4028235e38, 5e-324, 1.7976931348623157e308, 0.1, Infinity, -Infinity, NaN];
const EDGES = { [I32]: I32S, [I64]: I64S, [F32]: FLOATS, [F64]: FLOATS };

function constant(w, type, value) {
  if (type === I32) return w.u8(0x41).s64(value);
  if (type === I64) return w.u8(0x42).s64(value);
  const bytes = new Uint8Array(type === F32 ? 4 : 8), view = new DataView(bytes.buffer);
  type === F32 ? view.setFloat32(0, value, true) : view.setFloat64(0, value, true);
  return w.u8(type === F32 ? 0x43 : 0x44).bytes(bytes);
}

// ---- expressions over parameters 0 to 3 (i32, i64, f32, f64) and 4 to 7 (the same), and locals 8 (i32), 9 (i64), and 10 and 11 (i32)

function leaf(w, type) {
  if (below(3)) return constant(w, type, pick(EDGES[type]));
  return w.u8(0x20).u32(TYPES.indexOf(type) + 4 * below(isFloat(type) ? 2 : 3));
}

function memarg(w) { return w.u32(0).u32(pick([0, 1, 8, 63, 64, 127, 128, 2000, 0xfffffff0])); }

function address(w, depth) { // mostly in bounds
  if (below(8) === 0) return tree(w, I32, depth);
  tree(w, I32, depth);
  constant(w, I32, 1023n).u8(0x71);
  return below(2) ? constant(w, I32, BigInt(below(70))).u8(0x6a) : w;
}

function tree(w, type, depth) {
  if (depth === 0) return leaf(w, type);
  const kind = below(20);
  if (kind === 0) {
    const [op] = pick(LOADS.filter(([, result]) => result === type));
    return memarg(address(w, depth - 1).u8(op));
  }
  if (kind === 1) return tree(tree(tree(w, type, depth - 1), type, depth - 1), I32, depth - 1).u8(0x1b);
  const [op, pops] = pick(OPS.filter(([, , push]) => push === type));
  for (const pop of pops) tree(w, pop, below(4) ? depth - 1 : 0);
  return w.u8(op);
}

// The shapes of function bodies, each with the type of its result.
function conditional(w, depth) {
  const kind = below(3);
  if (kind === 0) { tree(w, I32, depth).u8(0x04, I32); constant(w, I32, 1n).u8(0x05); constant(w, I32, 2n).u8(0x0b); }
  else if (kind === 1) { w.u8(0x02, I32); constant(w, I32, 3n); tree(w, I32, depth).u8(0x0d, 0, 0x1a); constant(w, I32, 4n).u8(0x0b); }
  else { leaf(w, I32); leaf(w, I32); tree(w, I32, depth).u8(0x1b); }
  return I32;
}

function stored(w, depth) {
  const [op, type] = pick(STORES);
  address(w, 1);
  tree(w, type, depth);
  memarg(w.u8(op));
  return mixed(w);
}

function mixed(w) { // what a store may have changed
  w.u8(0x41, 0);
  for (let i = 0; i < 8; i++) w.u8(0x41, 0, 0x20, 0).u8(0x41).s64(1023n).u8(0x71, 0x6a, 0x29, 0).u32(8 * i).u8(0xa7, 0x73);
  return I32;
}

function setLocals(w, depth) {
  for (let i = below(4); i > 0; i--) {
    const local = below(2), sometimes = !below(3);
    if (sometimes) tree(w, I32, 1).u8(0x04, 0x40);
    tree(w, TYPES[local], depth).u8(0x21, 8 + local);
    if (sometimes) w.u8(0x0b);
  }
}

// Stores and loads around two addresses that may be the same, often some of them in a loop, which local 10 counts.
function sequence(w) {
  const variable = (type) => ({ [I32]: 0, [I64]: 9, [F32]: 6, [F64]: 7 })[type];
  for (const local of [8, 4]) w.u8(0x20, local === 4 ? 0 : 8).u8(0x41).s64(pick([0n, 3n])).u8(0x71, 0x21, local);
  const n = 4 + below(12), loop = below(2 * n);
  w.u8(0x41, 3, 0x21, 10);
  for (let i = 0; i < n; i++) {
    if (i === loop) w.u8(0x03, 0x40);
    const kind = below(8), place = () => w.u8(0x20, pick([8, 8, 4]));
    if (kind === 0) tree(w, I32, 1).u8(0x41, 3, 0x71, 0x21, pick([8, 4]));
    else if (kind <= 3) {
      const [op, type] = pick(LOADS);
      place().u8(op, 0, pick([0, 4, 8, 12, 6])).u8(0x21, variable(type));
    } else {
      const [op, type] = pick(STORES);
      place();
      leaf(w, type);
      if (!below(3)) w.u8(0x22, variable(type));
      w.u8(op, 0, pick([0, 4, 8, 12, 6]));
    }
  }
  if (loop < n) w.u8(0x20, 10, 0x41, 1, 0x6b, 0x22, 10, 0x0d, 0, 0x0b);
  return mixed(w);
}

// Statements on a frame in memory, whose address is in local 8, as compilers write them without optimizing: some in arms, some in
// loops, which locals 10 and 11 count; and stores through local 4, which may hit the frame.
function statements(w, n, loops) {
  const variable = (type) => ({ [I32]: 0, [I64]: 9, [F32]: 6, [F64]: 7 })[type], at = () => pick([4, 4, 4, 8, 8, 12, 6]);
  for (; n > 0; n--) {
    const kind = below(16);
    if (kind === 0 && loops) {
      w.u8(0x41, 2, 0x21, 9 + loops, 0x03, 0x40);
      statements(w, 1 + below(4), loops - 1);
      w.u8(0x20, 9 + loops, 0x41, 1, 0x6b, 0x22, 9 + loops, 0x0d, 0, 0x0b);
    } else if (kind <= 2) {
      w.u8(0x20, 0, 0x41, pick([1, 2]), 0x71, 0x04, 0x40);
      statements(w, below(3), 0);
      w.u8(0x05);
      statements(w, below(3), 0);
      w.u8(0x0b);
    } else if (kind === 3) {
      const [op, type] = pick(STORES);
      leaf(w.u8(0x20, 4), type).u8(op, 0, at());
    } else if (kind === 4 && !below(4)) {
      w.u8(0x20, 4, 0x21, 8);
    } else if (kind <= 9) {
      const [op, type] = pick(below(4) ? STORES.slice(0, 1) : STORES);
      w.u8(0x20, 8, 0x20, variable(type), op, 0, at());
    } else {
      const [op, type] = pick(below(4) ? LOADS.slice(0, 1) : LOADS);
      w.u8(0x20, 8, op, 0, at(), 0x21, variable(type));
    }
  }
}

function framed(w) {
  w.u8(0x20, 0, 0x41, 3, 0x71, 0x21, 4);
  w.u8(0x23, 0, 0x41, pick([15, 16]), 0x6b, 0x21, 8);
  statements(w, 8 + below(16), 2);
  return mixed(w);
}

function randomBody(w) {
  setLocals(w, 2);
  const depth = 1 + below(3), kind = below(10);
  if (kind === 0) return stored(w, depth);
  if (kind === 9) return below(2) ? sequence(w) : framed(w);
  if (kind <= 2) return conditional(w, depth);
  const type = below(4) ? pick([I32, I64]) : pick(TYPES);
  tree(w, type, depth);
  return type;
}

function* edgeBodies() {
  for (const [op, pops, push] of OPS)
    for (const a of EDGES[pops[0]])
      for (const b of pops.length === 2 ? EDGES[pops[1]] : [null])
        yield (w) => {
          constant(w, pops[0], a);
          if (b !== null) constant(w, pops[1], b);
          w.u8(op);
          return push;
        };
}

function* randomBodies(n) { for (let i = 0; i < n; i++) yield randomBody; }

// ---- modules

const PARAMS = [...TYPES, ...TYPES];

function build(bodies) {
  const types = new Writer().vec(TYPES, (type, w) => w.u8(0x60).vec(PARAMS, (t) => w.u8(t)).u8(1, type));
  const funcs = new Writer().u32(bodies.length), exports = new Writer().u32(bodies.length), code = new Writer().u32(bodies.length);
  const data = Uint8Array.from({ length: 4096 }, (_, i) => (i * 2654435761) >>> 13);
  const results = bodies.map((body, i) => {
    const w = new Writer().u8(3, 1, I32, 1, I64, 2, I32), type = body(w);
    code.sized(w.u8(0x0b));
    funcs.u32(TYPES.indexOf(type));
    exports.name(`f${i}`).u8(0).u32(i);
    return type;
  });
  const memory = new Writer().u8(1, 0, 1), globals = new Writer().u8(1, I32, 1, 0x41, 18, 0x0b), datas = new Writer().u8(1, 0, 0x41, 0, 0x0b).u32(data.length).bytes(data);
  const sections = [[1, types], [3, funcs], [5, memory], [6, globals], [7, exports], [10, code], [11, datas]];
  return { results, bytes: concat([HEADER, ...sections.map(([id, inner]) => new Writer().section(id, inner).finish())]) };
}

function answer(f, args) {
  try {
    return f(...args);
  } catch (error) {
    return error.message;
  }
}

const INPUTS = Array.from({ length: 14 }, () => PARAMS.map((type) => pick(EDGES[type]))
  .map((value, i) => (PARAMS[i] === I32 ? Number(value) : value)));

const scratch = mkdtempSync(path.join(tmpdir(), 'wring-expressions-'));
let compared = 0, failed = 0, before = 0, after = 0;

function check(bodies, label) {
  const { bytes } = build(bodies), files = ['in', 'out'].map((name) => path.join(scratch, `${name}.wasm`));
  writeFileSync(files[0], bytes);
  const { status, message } = runOne({ in: files[0], out: files[1], flags: ['-q', `--passes=${options.passes}`] });
  if (status !== 0) throw new Error(`${label}: wring ended with status ${status}: ${message}`);
  const out = readFileSync(files[1]);
  const [old, now] = [bytes, out].map((code) => new WebAssembly.Instance(new WebAssembly.Module(code)).exports);
  before += bytes.length;
  after += out.length;
  for (let i = 0; i < bodies.length; i++)
    for (const args of bodies[i] === randomBody ? INPUTS : [INPUTS[0]]) {
      const [want, got] = [old, now].map((exports) => answer(exports[`f${i}`], args));
      compared++;
      if (Object.is(want, got)) continue;
      if (failed++ < 10) console.log(`${label} f${i}(${args.join(', ')}): ${want} became ${got}`);
      break;
    }
}

function* chunks(bodies, n) {
  for (let list = []; ;) {
    const { value, done } = bodies.next();
    if (!done) list.push(value);
    if (list.length === n || (done && list.length)) yield list.splice(0);
    if (done) return;
  }
}

let number = 0;
for (const bodies of chunks(edgeBodies(), 20000)) check(bodies, `edges ${number++}`);
number = 0;
for (const bodies of chunks(randomBodies(Number(options.count)), 10000)) check(bodies, `trees ${number++}`);
if (!failed) rmSync(scratch, { recursive: true });
console.log(`expressions: ${compared} values compared, ${before} bytes became ${after}, ${failed} failures`);
process.exit(failed ? 1 : 0);
