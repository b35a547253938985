// Edits of a parsed module (see wasm.mjs) for the instrumenter, the mutator and the minimizer. Each gives
// the bytes of a new module; nothing is validated here. Custom sections that hold code offsets go away.

import { HEADER, Reader, Writer, concat, instructions } from '../../verify/wasm.mjs';

const ORDER = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];
const holdsOffsets = section => section.id === 0 && (section.name.startsWith('metadata.code.') || section.name === 'sourceMappingURL');

/** A module with the sections in `changes` (id -> payload, or null to drop) replaced or inserted. */
export function withSections(m, changes, { dropCustom = false } = {}) {
  const pieces = [HEADER], left = new Map(Object.entries(changes).map(([id, payload]) => [Number(id), payload]));
  const emit = (id, payload) => { if (payload) pieces.push(new Writer().u8(id).u32(payload.length).finish(), payload); };
  const emitBefore = rank => {
    for (const id of ORDER.slice(0, rank)) {
      emit(id, left.get(id));
      left.delete(id);
    }
  };
  for (const s of m.sections) {
    if (s.id === 0) {
      if (!dropCustom && !(changes[10] && holdsOffsets(s))) pieces.push(m.bytes.subarray(s.start, s.end));
      continue;
    }
    emitBefore(ORDER.indexOf(s.id));
    emit(s.id, left.has(s.id) ? left.get(s.id) : m.bytes.subarray(s.body, s.end));
    left.delete(s.id);
  }
  emitBefore(ORDER.length);
  return concat(pieces);
}

/** Payload of a vector section from its items' bytes, or null if it would be empty. */
export const vector = items => (items.length ? concat([new Writer().u32(items.length).finish(), ...items]) : null);

export const encodeExport = ({ name, kind, index }) =>
  new Writer().name(name).u8(['func', 'table', 'memory', 'global', 'tag'].indexOf(kind)).u32(index).finish();
export const exportSection = exports => vector(exports.map(encodeExport));

const slices = (m, items) => items.map(x => m.bytes.slice(x.start, x.end));
/** Raw bytes of each defined global, import, element or data segment. */
export const rawGlobals = m => slices(m, m.globals.filter(g => !g.imported));
export const rawImports = m => slices(m, m.imports);
export const rawElems = m => slices(m, m.elems);
export const rawDatas = m => slices(m, m.datas);

/** Raw bytes of each body: locals and code, without the size. */
export const rawBodies = m => m.bodies.map(b => m.bytes.slice(b.body, b.end));

const sizedBody = raw => concat([new Writer().u32(raw.length).finish(), raw]);
/** Payload of a code section from raw bodies. */
export const codeSection = bodies => vector(bodies.map(sizedBody));

/** A body rewritten: edit(instr) gives the bytes in its place, or undefined to keep it. */
export function editBody(m, body, edit, extraLocals = []) {
  const pieces = [writeLocals([...body.locals, ...extraLocals])];
  for (const i of instructions(m.bytes, body)) pieces.push(edit(i) ?? m.bytes.subarray(i.pos, i.end));
  return concat(pieces);
}

export const writeLocals = groups => new Writer().vec(groups, (g, w) => w.u32(g.count).bytes(g.type.raw)).finish();

// ---- the function index space

const FUNC_OPS = new Set([0x10, 0x12, 0xd2]);

/** Bytes of an expression or body range with function indices mapped. */
function mapFunctionsIn(m, range, map) {
  const pieces = [];
  for (const i of instructions(m.bytes, range)) {
    if (FUNC_OPS.has(i.op)) pieces.push(new Writer().u8(i.op).u32(map(i.args[0])).finish());
    else pieces.push(m.bytes.subarray(i.pos, i.end));
  }
  return concat(pieces);
}

/** Raw body number i with function indices mapped. */
export function mapBody(m, i, map) {
  const body = m.bodies[i];
  return concat([m.bytes.subarray(body.body, body.code), mapFunctionsIn(m, body, map)]);
}

/** All function numbers that a body, or another range {code, end} of instructions, names. */
export const calledBy = (m, range) =>
  instructions(m.bytes, range).filter(i => FUNC_OPS.has(i.op)).map(i => i.args[0]);

/** The items of an element segment as a range for calledBy, where they are expressions. */
const elemExprs = (m, e) => {
  const r = new Reader(m.bytes, e.items);
  r.u32();
  return { code: r.pos, end: e.end };
};

function mapElem(m, e, map) {
  const head = m.bytes.subarray(e.start, e.items), count = new Writer().u32(e.count).finish();
  if (e.funcs) return concat([head, new Writer().vec(e.funcs, (f, w) => w.u32(map(f))).finish()]);
  return concat([head, count, mapFunctionsIn(m, elemExprs(m, e), map)]);
}

const globalExpr = g => ({ code: g.init, end: g.end });

/** All function numbers that anything but a body names. */
export function namedOutside(m) {
  return new Set([
    ...m.exports.filter(e => e.kind === 'func').map(e => e.index), ...(m.start === undefined ? [] : [m.start]),
    ...m.elems.flatMap(e => e.funcs ?? calledBy(m, elemExprs(m, e))),
    ...m.globals.filter(g => !g.imported).flatMap(g => calledBy(m, globalExpr(g))),
  ]);
}

/** The module without the functions in the set `gone`, which nothing that stays may name. */
export function withoutFunctions(m, gone) {
  const stays = m.funcs.map((_, i) => i).filter(i => !gone.has(i)), index = new Map(stays.map((f, i) => [f, i]));
  const map = f => index.get(f) ?? 0;
  let imported = -1;
  const imports = m.imports.filter(i => i.kind !== 'func' || !gone.has(++imported));
  const defined = stays.filter(f => f >= m.importedFuncs);
  return withSections(m, {
    2: vector(imports.map(i => m.bytes.slice(i.start, i.end))),
    3: functionSection(defined.map(f => m.funcs[f].type)),
    6: vector(m.globals.filter(g => !g.imported).map(g =>
      concat([m.bytes.subarray(g.start, g.init), mapFunctionsIn(m, globalExpr(g), map)]))),
    7: exportSection(m.exports.map(e => (e.kind === 'func' ? { ...e, index: map(e.index) } : e))),
    8: m.start === undefined ? null : new Writer().u32(map(m.start)).finish(),
    9: vector(m.elems.map(e => mapElem(m, e, map))),
    10: codeSection(defined.map(f => mapBody(m, f - m.importedFuncs, map))),
  }, { dropCustom: true });
}

/** Payload of the function section for type numbers. */
export const functionSection = types => vector(types.map(t => new Writer().u32(t).finish()));
