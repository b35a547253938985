// Adaptors that let JavaScript call wasm, and wasm call JavaScript, without losing bits.
// JavaScript can't hold a v128 or an exnref and may change a NaN's payload, so a small module stands
// between: f32 and f64 travel as their bits in i32 and i64, v128 as two i64, an exnref as "is null",
// and a reference below `any` brings its class along. The module starts with a copy of the type
// section of the module under test, so that types declared in recursive groups stay the same types.
// Limits: no cont references; a non-null exnref can't be handed in.

import { HEADER, Reader, Writer, concat } from './wasm.mjs';

const GC_HEAPS = new Set(['any', 'eq', 'i31', 'struct', 'array', 'none']);
const EXN_HEAPS = new Set(['exn', 'noexn']);
export const CLASS = { i31: 1, struct: 2, array: 4 };

/** Which of the three hierarchies, or number type, a value type belongs to: what decides its lowering. */
export function family(m, type) {
  if (type.t !== 'ref') return type.t;
  if (typeof type.heap === 'number') return m.types[type.heap].kind === 'func' ? 'plain' : 'gc';
  if (GC_HEAPS.has(type.heap)) return 'gc';
  return EXN_HEAPS.has(type.heap) ? 'exn' : 'plain';
}

const LOWERED = { i32: [0x7f], i64: [0x7e], f32: [0x7f], f64: [0x7e], v128: [0x7e, 0x7e], exn: [0x7f] };

/** Raw types of one value on its way into wasm. */
function entering(m, type) {
  const form = LOWERED[family(m, type)];
  return form ? form.map(byte => [byte]) : [type.raw];
}

/** Raw types of one value on its way out of wasm: gc references bring their class. */
const leaving = (m, type) => [...entering(m, type), ...(family(m, type) === 'gc' ? [[0x7f]] : [])];

const get = (w, i) => w.u8(0x20).u32(i);

/** Pushes the lowered form of the exact value in local i. */
const LOWER = {
  i32: get, i64: get, plain: get,
  f32: (w, i) => get(w, i).u8(0xbc),
  f64: (w, i) => get(w, i).u8(0xbd),
  v128: (w, i) => { for (const lane of [0, 1]) get(w, i).u8(0xfd, 0x1d, lane); },
  exn: (w, i) => get(w, i).u8(0xd1),
  gc: (w, i) => {
    get(w, i);
    get(w, i).u8(0xfb, 0x14, 0x6c);
    get(w, i).u8(0xfb, 0x14, 0x6b, 0x41, 1, 0x74, 0x72);
    get(w, i).u8(0xfb, 0x14, 0x6a, 0x41, 2, 0x74, 0x72);
  },
};

/** Pushes the exact value whose lowered form starts at local i. */
const RAISE = {
  i32: get, i64: get, plain: get, gc: get,
  f32: (w, i) => get(w, i).u8(0xbe),
  f64: (w, i) => get(w, i).u8(0xbf),
  v128: (w, i) => get(get(w, i).u8(0xfd, 0x12), i + 1).u8(0xfd, 0x1e, 1),
  exn: (w, i, type) => (type.null ? w.u8(0xd0, type.heap === 'exn' ? 0x69 : 0x74) : w.u8(0x00)),
};

const sum = list => list.reduce((a, b) => a + b, 0);

/** Applies `convert` to each value of `types`, which lie in locals from `base` on, `form(type)` locals each. */
function convertLocals(w, m, types, form, convert, base) {
  for (const type of types) {
    convert[family(m, type)](w, base, type);
    base += form(m, type).length;
  }
}

/** Body of one adaptor: parameters converted, function `index` called, results converted. */
function adaptorBody(m, index, { params, results }, inward) {
  const exact = (_, type) => [type.raw];
  const [paramForm, resultForm] = inward ? [entering, exact] : [exact, entering];
  const [first, last] = inward ? [RAISE, LOWER] : [LOWER, RAISE];
  const w = new Writer(), locals = results.flatMap(type => resultForm(m, type));
  const base = sum(params.map(type => paramForm(m, type).length));
  w.vec(locals, raw => w.u32(1).bytes(raw));
  convertLocals(w, m, params, paramForm, first, 0);
  w.u8(0x10).u32(index);
  for (let i = base + locals.length - 1; i >= base; i--) w.u8(0x21).u32(i);
  convertLocals(w, m, results, resultForm, last, base);
  return w.u8(0x0b);
}

/** The type section: the module's own types, then one lowered function type for each of `types`. */
export function typeSection(m, types, inward) {
  const own = m.sections.find(s => s.id === 1), w = new Writer();
  const [paramForm, resultForm] = inward ? [entering, leaving] : [leaving, entering];
  const r = new Reader(m.bytes, own ? own.body : 0, own ? own.end : 0);
  w.u32((own ? r.u32() : 0) + types.length);
  if (own) w.bytes(m.bytes.subarray(r.pos, own.end));
  for (const { params, results } of types) {
    w.u8(0x60);
    w.vec(params.flatMap(type => paramForm(m, type)), raw => w.bytes(raw));
    w.vec(results.flatMap(type => resultForm(m, type)), raw => w.bytes(raw));
  }
  return w;
}

/** Bytes of an adaptor module for the function types numbered `indices`: imports f.0…, exports 0…. */
function adaptorModule(m, indices, inward) {
  const types = indices.map(i => m.types[i]), n = m.types.length, w = new Writer();
  w.section(1, typeSection(m, types, inward));
  w.section(2, new Writer().vec([...indices.entries()], ([i, index], out) =>
    out.name('f').name(`${i}`).u8(0).u32(inward ? index : n + i)));
  w.section(3, new Writer().vec(indices.map((index, i) => (inward ? n + i : index)), (t, out) => out.u32(t)));
  w.section(7, new Writer().vec(indices.map((_, i) => i), (i, out) => out.name(`${i}`).u8(0).u32(indices.length + i)));
  w.section(10, new Writer().vec(types.map((type, i) => adaptorBody(m, i, type, inward)), (body, out) => out.sized(body)));
  return concat([HEADER, w.finish()]);
}

function adapt(m, indices, functions, inward) {
  const imports = Object.fromEntries(functions.map((f, i) => [i, f]));
  const module = compileOnce(m, `${inward} ${indices}`, () => adaptorModule(m, indices, inward));
  const { exports } = new WebAssembly.Instance(module, { f: imports });
  return indices.map((_, i) => exports[i]);
}

/** Adaptors of the same functions of the same parsed module are compiled once. */
function compileOnce(m, key, make) {
  m.compiled ??= new Map();
  if (!m.compiled.has(key)) m.compiled.set(key, new WebAssembly.Module(make()));
  return m.compiled.get(key);
}

/** What a lowered JavaScript argument list means: one {t, bits | value, cls} for each of `types`. */
export function fromLowered(m, types, raw) {
  let at = 0;
  return types.map(type => {
    const fam = family(m, type);
    switch (fam) {
      case 'i32': case 'f32': return { t: fam, bits: raw[at++] >>> 0 };
      case 'i64': case 'f64': return { t: fam, bits: BigInt.asUintN(64, raw[at++]) };
      case 'v128': return { t: fam, bits: [raw[at++], raw[at++]].map(x => BigInt.asUintN(64, x)) };
      case 'exn': return { t: 'exn', value: raw[at++] ? null : undefined };
      case 'gc': return { t: 'gc', value: raw[at++], cls: raw[at++] };
      default: return { t: 'ref', value: raw[at++] };
    }
  });
}

/** The lowered JavaScript values of bits (numbers) and values (references), as `entering` wants them. */
export function toLowered(m, types, values) {
  return types.flatMap((type, i) => {
    switch (family(m, type)) {
      case 'v128': return values[i].bits;
      case 'exn': return [0];
      case 'i32': case 'f32': case 'i64': case 'f64': return [values[i].bits];
      default: return [values[i].value];
    }
  });
}

const asList = (count, value) => (count === 0 ? [] : count === 1 ? [value] : [...value]);

/** For wasm functions of the types numbered `indices`: callables that take and give lists of values. */
export function adaptExports(m, indices, functions) {
  return adapt(m, indices, functions, true).map((f, i) => {
    const { params, results } = m.types[indices[i]];
    const count = sum(results.map(type => leaving(m, type).length));
    return values => fromLowered(m, results, asList(count, f(...toLowered(m, params, values))));
  });
}

/** For JavaScript functions over lists of values: wasm functions of exactly the types numbered `indices`. */
export function adaptImports(m, indices, functions) {
  return adapt(m, indices, functions.map((f, i) => {
    const { params, results } = m.types[indices[i]];
    return (...raw) => {
      const out = toLowered(m, results, f(fromLowered(m, params, raw)));
      return out.length > 1 ? out : out[0];
    };
  }), false);
}

/** Bytes of a module that imports the globals numbered `indices` and exports a reader of each. */
function globalsModule(m, indices) {
  const list = indices.map(i => m.globals[i]), keys = [...list.keys()], w = new Writer();
  w.section(1, typeSection(m, list.map(g => ({ params: [], results: [g.type] })), true));
  w.section(2, new Writer().vec(keys, (i, out) =>
    out.name('g').name(`${i}`).u8(3).bytes(list[i].type.raw).u8(list[i].mutable ? 1 : 0)));
  w.section(3, new Writer().vec(keys, (i, out) => out.u32(m.types.length + i)));
  w.section(7, new Writer().vec(keys, (i, out) => out.name(`${i}`).u8(0).u32(i)));
  w.section(10, new Writer().vec(list.map((g, i) => globalBody(m, g.type, i)), (body, out) => out.sized(body)));
  return concat([HEADER, w.finish()]);
}

function globalBody(m, type, i) {
  const w = new Writer();
  w.u32(1).u32(1).bytes(type.raw).u8(0x23).u32(i).u8(0x21).u32(0);
  LOWER[family(m, type)](w, 0);
  return w.u8(0x0b);
}

/** Readers of the exported globals numbered `indices` (values as fromLowered gives them). */
export function adaptGlobals(m, indices, globals) {
  const module = compileOnce(m, `globals ${indices}`, () => globalsModule(m, indices));
  const { exports } = new WebAssembly.Instance(module, { g: Object.fromEntries(globals.map((g, i) => [i, g])) });
  return indices.map((index, i) => () => {
    const { type } = m.globals[index];
    return fromLowered(m, [type], asList(leaving(m, type).length, exports[i]()))[0];
  });
}
