// Modules in the shape that Go's compiler gives its own, as WebAssembly text: the eight globals, one table with a slot for each
// function, pclntab, moduledata and findfunctab with all that recognition asks for. Functions come from the caller,
// written as Go writes them (passes/go/go.h has the ABI).
//
//   goModule({ minor, functions: [{ name, body, ... }], text, types, typelinks, itablinks, data })
//     minor      19 to 27: the layout follows that version's
//     functions  in the order of their slots, from FIRST_SLOT; body is what stands in `(func $name (param i32) (result i32) BODY)`.
//                Optional: code (the name of the function in the slot, when several share one; no body then), args, deferReturn, id, startLine; pcsp, pcfile, pcline: lists of [value, pcs] or nothing;
//                pcdata: a list of such tables; tree: entries [id, name, parentPc, line] of the inline tree, which
//                pcdata 2 must count; funcdata: bytes, which equal ones share, or null
//     text       the rest of the module: exports, other functions; others: their names, for all of Go's have slots
//     types      the bytes of type descriptors, or a function of their address that gives them; typelinks: offsets of types; itablinks: addresses
//     data       [address, bytes] below FREE_END
export const FIRST_SLOT = 0x1000, FREE_END = 8192;
const NONE = 0xffffffff; // funcdata that is not there
export const pcOf = (slot, pcB = 0) => ((FIRST_SLOT + slot) << 16) | pcB;

const varint = (n) => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >>> 7)]);
const zigzag = (n) => (n < 0 ? -2 * n - 1 : 2 * n);
export const bytesOf = (size, ...values) => values.flatMap((value) => Array.from({ length: size }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 255n)));
const words = (...values) => bytesOf(4, ...values), doubles = (...values) => bytesOf(8, ...values);
const ascii = (text) => [...text].map((c) => c.charCodeAt(0));
const padded = (bytes, unit) => [...bytes, ...Array((unit - (bytes.length % unit)) % unit).fill(0)];
const quoted = (bytes) => bytes.map((b) => `\\${b.toString(16).padStart(2, '0')}`).join('');

// A table of pctab: differences of values, which begin at -1, and PCs.
const encodeTable = (pairs) => {
  let last = -1;
  const out = pairs.flatMap(([value, pcs]) => {
    const step = value - last;
    last = value;
    return [...varint(zigzag(step)), ...varint(pcs)];
  });
  return [...out, 0];
};

function makeTables(functions) {
  const names = [0], pctab = [0], gofunc = [], places = new Map(), blobs = new Map();
  const place = (pairs) => {
    if (!pairs?.length) return 0;
    const bytes = encodeTable(pairs), key = bytes.join();
    if (!places.has(key)) places.set(key, pctab.length), pctab.push(...bytes);
    return places.get(key);
  };
  const placeBlob = (bytes) => {
    if (!bytes) return NONE;
    const key = bytes.join();
    if (!blobs.has(key)) blobs.set(key, gofunc.length), gofunc.push(...padded(bytes, 4));
    return blobs.get(key);
  };
  const nameAt = new Map();
  const addName = (name) => {
    if (!nameAt.has(name)) nameAt.set(name, names.length), names.push(...ascii(name), 0);
    return nameAt.get(name);
  };
  const records = functions.map((f) => {
    const made = { name: addName(f.name), pcs: [f.pcsp, f.pcfile, f.pcline].map(place), pcdata: (f.pcdata ?? []).map(place), funcdata: (f.funcdata ?? []).map(placeBlob) };
    if (!f.tree) return made;
    while (made.funcdata.length < 4) made.funcdata.push(NONE);
    made.funcdata[3] = gofunc.length;
    for (const [id, name, parent, line] of f.tree) gofunc.push(...words(id, addName(name), parent, line));
    return made;
  });
  return { names: padded(names, 8), pctab: padded(pctab, 8), gofunc, records };
}

function encodeRecords(minor, functions, records, entryOf) {
  const ftab = [], out = [], start = 8 * functions.length + 8;
  functions.forEach((f, i) => {
    const r = records[i];
    ftab.push(...words(entryOf(i), start + out.length));
    out.push(...words(entryOf(i), r.name, f.args ?? 0, f.deferReturn ?? 0, ...r.pcs, r.pcdata.length, 0));
    if (minor >= 20) out.push(...words(f.startLine ?? 0));
    out.push(f.id ?? 0, 0, 0, r.funcdata.length, ...words(...r.pcdata, ...r.funcdata));
  });
  ftab.push(...words(entryOf(functions.length), start + out.length));
  return { ftab, bytes: padded([...ftab, ...out], 8) };
}

// Bytes at addresses one behind the other.
class Image {
  constructor(at) { this.at = at; this.parts = []; }
  add(bytes) {
    const at = this.at;
    if (bytes.length) this.parts.push([at, bytes]);
    this.at += (bytes.length + 15) & ~15;
    return at;
  }
}

function layOut({ minor, functions, types = [], typelinks = [], itablinks = [] }) {
  const n = functions.length, image = new Image(FREE_END), { names, pctab, gofunc: blobs, records } = makeTables(functions);
  const entryOf = (i) => (minor >= 26 ? FIRST_SLOT + i : i << 16);
  const made = encodeRecords(minor, functions, records, entryOf);
  const offsets = [72, 72 + names.length, 72 + names.length, 72 + names.length, 72 + names.length + pctab.length];
  const head = [...words(minor === 19 ? 0xfffffff0 : 0xfffffff1), 0, 0, 1, 8, ...doubles(n, 0, 0, ...offsets)];
  const header = image.add([...head, ...names, ...pctab, ...made.bytes]);
  const [nameAt, cuAt, fileAt, pctabAt, tableAt] = offsets.map((offset) => header + offset);
  const gofunc = image.add(blobs.length ? blobs : [0]);
  const find = image.add(Array.from({ length: n * 16 }, (_, i) => [...words(i >> 4), ...Array(16).fill(0)]).flat());
  const typesAt = (image.at + 31) & ~31;
  image.at = typesAt;
  const typeBytes = typeof types === 'function' ? types(typesAt) : types;
  image.add(typeBytes);
  const linksAt = image.add(words(...typelinks)), itabsAt = image.add(doubles(...itablinks));
  const end = image.at, slice = (at, length) => [at, length, length];
  const low = pcOf(0), high = pcOf(n);
  const moduledata = doubles(header, ...slice(nameAt, names.length), ...slice(cuAt, 0), ...slice(fileAt, 0), ...slice(pctabAt, pctab.length),
    ...slice(tableAt, made.bytes.length), ...slice(tableAt, n + 1), find, low, high, low, high, ...Array(minor >= 20 ? 10 : 8).fill(end),
    0, 0, 0, ...(minor >= 27 ? [typesAt, 0, typesAt + typeBytes.length, 0, 0] : [typesAt, typesAt + typeBytes.length]), typesAt, gofunc,
    ...Array(minor >= 26 ? 4 : 3).fill(0),
    ...(minor >= 27 ? Array(6).fill(0) : [...slice(linksAt, typelinks.length), ...slice(itabsAt, itablinks.length)]), ...Array(8).fill(0));
  image.add(moduledata);
  image.add(ascii(`go1.${minor}.0        `));
  return { parts: image.parts, ftab: tableAt, find, nameAt, pctabAt, gofunc, typesAt, fixed: minor >= 20 ? 44 : 40 };
}

/** The module's text. `text` may be a function of where the tables lie. */
export function goModule(shape) {
  const layout = layOut(shape), { functions, others = [], text = '', data = [] } = shape, slots = [...functions.map((f) => f.code ?? f.name), ...others];
  const segments = [...data, ...layout.parts].map(([at, bytes]) => `  (data (i32.const ${at})\n${(quoted(bytes).match(/.{1,96}/g) ?? []).map((line) => `    "${line}"`).join('\n')})`);
  return `(module
  (global $sp (mut i32) (i32.const 196608)) (global $ctxt (mut i64) (i64.const 0)) (global $g (mut i64) (i64.const 0))
  (global $r0 (mut i64) (i64.const 0)) (global $r1 (mut i64) (i64.const 0)) (global $r2 (mut i64) (i64.const 0))
  (global $r3 (mut i64) (i64.const 0)) (global $pause (mut i32) (i32.const 0))
  (memory 4)
  (type $code (func (param i32) (result i32)))
  (table ${FIRST_SLOT + slots.length} funcref)
  (elem (i32.const ${FIRST_SLOT}) ${slots.map((name) => `$${name}`).join(' ')})
${segments.join('\n')}
${typeof text === 'function' ? text(layout) : text}
${functions.filter((f) => !f.code).map((f) => `  (func $${f.name} (param i32) (result i32)\n${f.body})`).join('\n')})
`;
}

/** A call as Go writes it: the return address is pushed; PC_B `back` of slot `own` is where to go on. */
export const goCall = (own, back, callee) => `    local.get 1 i32.const 8 i32.sub local.tee 1 global.set $sp
    local.get 1 i64.const ${pcOf(own, back)} i64.store
    i32.const 0 call $${callee} global.get $sp local.set 1 br_if $unwind`;

/** The pops of `size` bytes of frame and of the return address. */
export const goReturn = (size = 0) => `${size ? `    local.get 1 i32.const ${size} i32.add local.tee 1 global.set $sp\n` : ''}    local.get 1 i32.const 8 i32.add local.tee 1 global.set $sp i32.const 0 return`;
