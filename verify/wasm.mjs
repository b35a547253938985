// A small reader and writer of the WebAssembly binary format for the test tools.
// parse() gives the module's tables with byte offsets into the input; instructions() gives the
// boundaries and immediates of one body. It is written apart from the C decoder on purpose, so that
// a mistake there isn't repeated here. It expects valid input: it throws on what it doesn't know,
// it doesn't validate. All proposals that the spec testsuite holds are understood.

const NUMERIC = { 0x7f: 'i32', 0x7e: 'i64', 0x7d: 'f32', 0x7c: 'f64', 0x7b: 'v128', 0x78: 'i8', 0x77: 'i16' };
const HEAP = {
  0x75: 'nocont', 0x74: 'noexn', 0x73: 'nofunc', 0x72: 'noextern', 0x71: 'none', 0x70: 'func', 0x6f: 'extern',
  0x6e: 'any', 0x6d: 'eq', 0x6c: 'i31', 0x6b: 'struct', 0x6a: 'array', 0x69: 'exn', 0x68: 'cont',
};
/** Abstract heap type name -> its byte. */
export const HEAP_BYTE = Object.fromEntries(Object.entries(HEAP).map(([byte, name]) => [name, Number(byte)]));
export const KINDS = ['func', 'table', 'memory', 'global', 'tag'];
/** The module field that holds the index space of a kind. */
export const SPACE = { func: 'funcs', table: 'tables', memory: 'memories', global: 'globals', tag: 'tags' };
const EXACT = -0x1e;
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

export class Reader {
  constructor(bytes, pos = 0, end = bytes.length) {
    this.bytes = bytes;
    this.pos = pos;
    this.end = end;
  }
  get done() { return this.pos >= this.end; }
  u8() {
    if (this.pos >= this.end) throw new Error(`unexpected end at offset ${this.pos}`);
    return this.bytes[this.pos++];
  }
  peek() { return this.bytes[this.pos]; }
  /** Unsigned LEB128 of up to 53 bits, as a number. */
  u32() {
    let value = 0, scale = 1, byte;
    do {
      byte = this.u8();
      value += (byte & 0x7f) * scale;
      scale *= 128;
    } while (byte & 0x80);
    return value;
  }
  /** Unsigned LEB128 as a BigInt. */
  u64() {
    let value = 0n, shift = 0n, byte;
    do {
      byte = this.u8();
      value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
    } while (byte & 0x80);
    return value;
  }
  /** Signed LEB128 as a BigInt. */
  s64() {
    let value = 0n, shift = 0n, byte;
    do {
      byte = this.u8();
      value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
    } while (byte & 0x80);
    return byte & 0x40 ? value - (1n << shift) : value;
  }
  s33() { return Number(this.s64()); }
  skip(n) {
    if (n > this.end - this.pos) throw new Error(`unexpected end at offset ${this.pos}`);
    this.pos += n;
  }
  name() {
    const n = this.u32(), at = this.pos;
    this.skip(n);
    return UTF8.decode(this.bytes.subarray(at, this.pos));
  }
  vec(read) { return Array.from({ length: this.u32() }, () => read()); }

  heapType() {
    const code = this.s33();
    if (code >= 0) return { heap: code, exact: false };
    if (code === EXACT) return { heap: this.u32(), exact: true };
    const heap = HEAP[code & 0x7f];
    if (!heap) throw new Error(`unknown heap type ${code} at offset ${this.pos}`);
    return { heap, exact: false };
  }
  /** A value or storage type: {t:'i32', raw} or {t:'ref', null, heap, exact, raw}; raw are its bytes. */
  valType() {
    const at = this.pos, type = this.bareValType();
    type.raw = this.bytes.slice(at, this.pos);
    return type;
  }
  bareValType() {
    const code = this.u8();
    if (code in NUMERIC) return { t: NUMERIC[code] };
    if (code in HEAP) return { t: 'ref', null: true, heap: HEAP[code], exact: false };
    if (code === 0x63 || code === 0x64) return { t: 'ref', null: code === 0x63, ...this.heapType() };
    throw new Error(`unknown value type 0x${code.toString(16)} at offset ${this.pos - 1}`);
  }
  limits() {
    const flags = this.u8(), is64 = !!(flags & 4);
    const min = is64 ? this.u64() : this.u32();
    const max = flags & 1 ? (is64 ? this.u64() : this.u32()) : undefined;
    const pageLog = flags & 8 ? this.u32() : 16;
    return { min, max, is64, shared: !!(flags & 2), pageLog };
  }
  tableType() { return { type: this.valType(), ...this.limits() }; }
  globalType() {
    const type = this.valType(), flags = this.u8();
    return { type, mutable: !!(flags & 1) };
  }
  tagType() {
    this.u8();
    return { type: this.u32() };
  }
}

function readComposite(r) {
  const type = {};
  for (;;) {
    const form = r.u8();
    if (form === 0x65) type.shared = true;
    else if (form === 0x4c) type.describes = r.u32();
    else if (form === 0x4d) type.descriptor = r.u32();
    else if (form === 0x60) return { ...type, kind: 'func', params: r.vec(() => r.valType()), results: r.vec(() => r.valType()) };
    else if (form === 0x5f) return { ...type, kind: 'struct', fields: r.vec(() => r.globalType()) };
    else if (form === 0x5e) return { ...type, kind: 'array', fields: [r.globalType()] };
    else if (form === 0x5d) return { ...type, kind: 'cont', func: r.s33() };
    else throw new Error(`unknown type form 0x${form.toString(16)} at offset ${r.pos - 1}`);
  }
}

function readSubType(r) {
  const form = r.peek();
  let supers = [], final = true;
  if (form === 0x50 || form === 0x4f) {
    r.u8();
    final = form === 0x4f;
    supers = r.vec(() => r.u32());
  }
  return { ...readComposite(r), supers, final };
}

function readTypes(r, types) {
  for (let n = r.u32(); n > 0; n--) {
    if (r.peek() !== 0x4e) {
      types.push(readSubType(r));
      continue;
    }
    r.u8();
    for (let k = r.u32(); k > 0; k--) types.push(readSubType(r));
  }
}

function readImportType(r, kind) {
  switch (kind) {
    case 0x00: return { kind: 'func', type: r.u32() };
    case 0x20: return { kind: 'func', type: r.u32(), exact: true };
    case 0x01: return { kind: 'table', ...r.tableType() };
    case 0x02: return { kind: 'memory', ...r.limits() };
    case 0x03: return { kind: 'global', ...r.globalType() };
    case 0x04: return { kind: 'tag', ...r.tagType() };
    default: throw new Error(`unknown import kind ${kind} at offset ${r.pos - 1}`);
  }
}

function readImports(r, add) {
  for (let n = r.u32(); n > 0; n--) {
    const start = r.pos, module = r.name(), name = r.name(), kind = r.u8();
    if (name === '' && kind === 0x7f) {          // compact: one module name, many items
      for (let k = r.u32(); k > 0; k--) add({ module, name: r.name(), ...readImportType(r, r.u8()) });
    } else if (name === '' && kind === 0x7e) {   // compact: one type as well
      const type = readImportType(r, r.u8());
      for (let k = r.u32(); k > 0; k--) add({ module, name: r.name(), ...type });
    } else {
      const type = readImportType(r, kind);
      add({ module, name, ...type, start, end: r.pos });
    }
  }
}

/** Moves r past the constant expression that starts at r.pos, its end included. */
function skipExpr(r) {
  let depth = 0;
  for (;;) {
    const i = readInstr(r);
    if (i.opens) depth++;
    if (i.op === 0x0b && depth-- === 0) return;
  }
}

function readElem(r) {
  const start = r.pos, flags = r.u32(), elem = { start, flags, funcs: null, count: 0 };
  if (!(flags & 1)) {
    elem.table = flags & 2 ? r.u32() : 0;
    elem.offset = r.pos;
    skipExpr(r);
  }
  const exprs = !!(flags & 4);
  if (flags & 3) { if (exprs) r.valType(); else r.u8(); }
  elem.items = r.pos;   // the vector: its count first
  elem.count = r.u32();
  if (!exprs) elem.funcs = [];
  for (let k = elem.count; k > 0; k--) { if (exprs) skipExpr(r); else elem.funcs.push(r.u32()); }
  elem.end = r.pos;
  return elem;
}

function readData(r) {
  const start = r.pos, flags = r.u32(), data = { start, flags };
  if (!(flags & 1)) {
    data.memory = flags & 2 ? r.u32() : 0;
    skipExpr(r);
  }
  data.length = r.u32();
  r.skip(data.length);
  data.end = r.pos;
  return data;
}

/** One body: start is the offset of its size field, body of its locals, code of its first instruction. */
function readBody(r) {
  const start = r.pos, size = r.u32(), body = r.pos, locals = [];
  for (let n = r.u32(); n > 0; n--) locals.push({ count: r.u32(), type: r.valType() });
  const code = r.pos;
  r.pos = body + size;
  return { start, body, locals, code, end: r.pos };
}

const SECTION = {
  1: (r, m) => readTypes(r, m.types),
  2: (r, m) => readImports(r, item => {
    m.imports.push(item);
    m[SPACE[item.kind]].push({ ...item, imported: true });
  }),
  3: (r, m) => r.vec(() => m.funcs.push({ kind: 'func', type: r.u32() })),
  4: (r, m) => r.vec(() => {
    const init = r.peek() === 0x40;
    if (init) r.skip(2);
    m.tables.push({ kind: 'table', ...r.tableType() });
    if (init) skipExpr(r);
  }),
  5: (r, m) => r.vec(() => m.memories.push({ kind: 'memory', ...r.limits() })),
  6: (r, m) => r.vec(() => {
    const start = r.pos, type = r.globalType(), init = r.pos;
    skipExpr(r);
    m.globals.push({ kind: 'global', ...type, start, init, end: r.pos });
  }),
  7: (r, m) => { m.exports = r.vec(() => ({ name: r.name(), kind: KINDS[r.u8() & 0x1f], index: r.u32() })); },
  8: (r, m) => { m.start = r.u32(); },
  9: (r, m) => { m.elems = r.vec(() => readElem(r)); },
  10: (r, m) => { m.bodies = r.vec(() => readBody(r)); },
  11: (r, m) => { m.datas = r.vec(() => readData(r)); },
  12: (r, m) => { m.dataCount = r.u32(); },
  13: (r, m) => r.vec(() => m.tags.push({ kind: 'tag', ...r.tagType() })),
};

/** Parses a module. Index spaces hold imports first; a func's type is an index into types. */
export function parse(bytes) {
  const m = {
    bytes, sections: [], types: [], imports: [], funcs: [], tables: [], memories: [], globals: [], tags: [],
    exports: [], elems: [], bodies: [], datas: [], start: undefined, dataCount: undefined,
  };
  const r = new Reader(bytes, 8);
  while (!r.done) {
    const start = r.pos, id = r.u8(), size = r.u32(), body = r.pos, end = body + size;
    const section = { id, start, body, end };
    const inner = new Reader(bytes, body, end);
    if (id === 0) section.name = inner.name();
    else if (SECTION[id]) SECTION[id](inner, m);
    m.sections.push(section);
    r.pos = end;
  }
  m.importedFuncs = m.funcs.filter(f => f.imported).length;
  return m;
}

/** The function type of function number i. */
export const funcType = (m, i) => m.types[m.funcs[i].type];

// Immediates of each opcode, one letter each: u index, m memory argument, b block type, S/L signed
// LEB, 4/8/x bytes, l lane byte, h heap type, T branch table, t types, y catches, v resume table.
const PLAIN = {
  0x02: 'b', 0x03: 'b', 0x04: 'b', 0x06: 'b', 0x07: 'u', 0x08: 'u', 0x09: 'u', 0x0c: 'u', 0x0d: 'u', 0x0e: 'T',
  0x10: 'u', 0x11: 'uu', 0x12: 'u', 0x13: 'uu', 0x14: 'u', 0x15: 'u', 0x18: 'u', 0x1c: 't', 0x1f: 'by',
  0x3f: 'u', 0x40: 'u', 0x41: 'S', 0x42: 'L', 0x43: '4', 0x44: '8', 0xd0: 'h', 0xd2: 'u', 0xd5: 'u', 0xd6: 'u',
  0xe0: 'u', 0xe1: 'uu', 0xe2: 'u', 0xe3: 'uv', 0xe4: 'uuv', 0xe5: 'uv', 0xe6: 'uu',
};
for (let op = 0x20; op <= 0x26; op++) PLAIN[op] = 'u';
for (let op = 0x28; op <= 0x3e; op++) PLAIN[op] = 'm';
const KNOWN_BARE = op => op <= 0x01 || op === 0x05 || op === 0x0a || op === 0x0b || op === 0x0f || op === 0x19
  || op === 0x1a || op === 0x1b || (op >= 0x45 && op <= 0xc4) || op === 0xd1 || op === 0xd3 || op === 0xd4;

const GC = ['u', 'u', 'uu', 'uu', 'uu', 'uu', 'u', 'u', 'uu', 'uu', 'uu', 'u', 'u', 'u', 'u', '', 'u', 'uu', 'uu', 'uu',
  'h', 'h', 'h', 'h', 'luhh', 'luhh', '', '', '', '', '', undefined,
  'u', 'u', 'u', 'h', 'h', 'luhh', 'luhh'];
const MISC = ['', '', '', '', '', '', '', '', 'uu', 'u', 'uu', 'u', 'uu', 'u', 'uu', 'u', 'u', 'u', undefined, '', '', '', ''];

function simdImmediates(sub) {
  if (sub <= 0x0b || sub === 0x5c || sub === 0x5d) return 'm';
  if (sub <= 0x0d) return 'x';
  if (sub >= 0x15 && sub <= 0x22) return 'l';
  if (sub >= 0x54 && sub <= 0x5b) return 'ml';
  return '';
}

function atomicImmediates(sub) {
  if (sub === 0x03) return 'l';
  return sub <= 0x02 || (sub >= 0x10 && sub <= 0x4e) ? 'm' : undefined;
}

function immediates(op, sub) {
  switch (op) {
    case 0xfb: return GC[sub];
    case 0xfc: return MISC[sub];
    case 0xfd: return simdImmediates(sub);
    case 0xfe: return atomicImmediates(sub);
    default: return PLAIN[op] ?? (KNOWN_BARE(op) ? '' : undefined);
  }
}

function readMemArg(r) {
  const align = r.u32();
  const memory = align & 0x40 ? r.u32() : 0;
  return { align: align & 0x3f, memory, offset: r.u64() };
}

function readCatch(r) {
  const kind = r.u8();
  return { kind, tag: kind < 2 ? r.u32() : undefined, label: r.u32() };
}

function readHandler(r) {
  const kind = r.u8();
  return { kind, tag: r.u32(), label: kind === 0 ? r.u32() : undefined };
}

function readBlockType(r) {
  const code = r.peek();
  if (code === 0x40) { r.u8(); return { empty: true }; }
  if ((code & 0xc0) === 0x40) return { type: r.valType() };
  return { index: r.s33() };
}

const IMMEDIATE = {
  u: r => r.u32(), m: readMemArg, b: readBlockType, S: r => Number(BigInt.asIntN(32, r.s64())), L: r => r.s64(),
  4: r => r.skip(4), 8: r => r.skip(8), x: r => r.skip(16), l: r => r.u8(), h: r => r.heapType(),
  T: r => r.vec(() => r.u32()).concat(r.u32()), t: r => r.vec(() => r.valType()), y: r => r.vec(() => readCatch(r)),
  v: r => r.vec(() => readHandler(r)),
};

const OPENS = new Set([0x02, 0x03, 0x04, 0x06, 0x1f]);

/** Reads one instruction: {op, sub, pos, imm: offset of immediates, end, args, opens}. */
export function readInstr(r) {
  const pos = r.pos, op = r.u8();
  const sub = op >= 0xfb && op <= 0xfe ? r.u32() : undefined;
  const letters = immediates(op, sub);
  if (letters === undefined) throw new Error(`unknown opcode 0x${op.toString(16)} ${sub ?? ''} at offset ${pos}`);
  const imm = r.pos, args = [];
  for (const c of letters) args.push(IMMEDIATE[c](r));
  return { op, sub, pos, imm, end: r.pos, args, opens: OPENS.has(op) };
}

/** All instructions of a body (its final end included). */
export function instructions(bytes, body) {
  const r = new Reader(bytes, body.code, body.end), out = [];
  while (!r.done) out.push(readInstr(r));
  return out;
}

const within = (x, ranges) => ranges.some(([low, high]) => x >= low && x <= high);
const NAN_OPS = {
  f32: [[0x8d, 0x97], [0xb6, 0xb6]], f64: [[0x9b, 0xa5], [0xbb, 0xbb]],
  f32x4: [[0x5e, 0x5e], [0x67, 0x6a], [0xe3, 0xe9], [0x105, 0x106], [0x10d, 0x10e]],
  f64x2: [[0x5f, 0x5f], [0x74, 0x75], [0x7a, 0x7a], [0x94, 0x94], [0xef, 0xf5], [0x107, 0x108], [0x10f, 0x110]],
};

/** The shape of an instruction's result if the payload of a NaN in it is open: f32 f64 f32x4 f64x2, else null. */
export function openNaN({ op, sub }) {
  const shapes = op === 0xfd ? ['f32x4', 'f64x2'] : ['f32', 'f64'];
  return shapes.find(shape => within(op === 0xfd ? sub : op, NAN_OPS[shape])) ?? null;
}

// ---- writing

export class Writer {
  constructor() { this.out = []; }
  u8(...bytes) { for (const b of bytes) this.out.push(b); return this; }
  u32(n) {
    let v = BigInt(n);
    do {
      const byte = Number(v & 0x7fn);
      v >>= 7n;
      this.out.push(v ? byte | 0x80 : byte);
    } while (v);
    return this;
  }
  s64(n) {
    let v = BigInt(n);
    for (;;) {
      const byte = Number(v & 0x7fn);
      v >>= 7n;
      if ((v === 0n && !(byte & 0x40)) || (v === -1n && byte & 0x40)) { this.out.push(byte); return this; }
      this.out.push(byte | 0x80);
    }
  }
  bytes(b) { for (let i = 0; i < b.length; i++) this.out.push(b[i]); return this; }
  name(s) {
    const b = new TextEncoder().encode(s);
    return this.u32(b.length).bytes(b);
  }
  sized(inner) { return this.u32(inner.out.length).bytes(inner.out); }
  section(id, inner) { return this.u8(id).sized(inner); }
  vec(items, write) {
    this.u32(items.length);
    for (const item of items) write(item, this);
    return this;
  }
  finish() { return Uint8Array.from(this.out); }
}

export const HEADER = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** Joins pieces (Uint8Array or arrays) into one Uint8Array. */
export function concat(pieces) {
  let n = 0;
  for (const p of pieces) n += p.length;
  const out = new Uint8Array(n);
  n = 0;
  for (const p of pieces) { out.set(p, n); n += p.length; }
  return out;
}
