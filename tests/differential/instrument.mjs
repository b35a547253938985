// Changes a module before it is optimized so that it can be run and compared without trouble.
//   fuel    a global that each function entry and loop turn counts down; at zero the module traps. Being
//           part of the module it runs out at the same place after optimization.
//   denan   computed NaNs become the one canonical NaN, so that results can be compared bit for bit.
//   zeros   sums, differences, products and quotients of scalars are 0 where they are -0. With that and denan, a
//           program can't tell what --fast-math assumes that it doesn't: its rules change these results alone, in
//           the sign of a zero or the bits of a NaN.
//   expose  exports memories, tables and mutable globals, so that the outside sees (and may change) them.

import { SPACE, Writer, openNaN, parse } from '../../verify/wasm.mjs';
import { codeSection, editBody, exportSection, rawGlobals, vector, withSections } from '../lib/edit.mjs';
import { FUEL } from '../../verify/world.mjs';

/** Counts fuel global `g` down, or traps. */
function burn(g) {
  const w = new Writer();
  w.u8(0x23).u32(g).u8(0x45, 0x04, 0x40, 0x00, 0x0b);
  return w.u8(0x23).u32(g).u8(0x41, 1, 0x6b, 0x24).u32(g).finish();
}

const VALTYPE = { f32: 0x7d, f64: 0x7c, f32x4: 0x7b, f64x2: 0x7b };
const NAN_CONST = {
  f32: [0x43, 0, 0, 0xc0, 0x7f], f64: [0x44, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f],
  f32x4: [0xfd, 0x0c, ...[1, 2, 3, 4].flatMap(() => [0, 0, 0xc0, 0x7f])],
  f64x2: [0xfd, 0x0c, ...[1, 2].flatMap(() => [0, 0, 0, 0, 0, 0, 0xf8, 0x7f])],
};
const CHOOSE = { f32: [0x5b, 0x1b], f64: [0x61, 0x1b], f32x4: [0xfd, 0x41, 0xfd, 0x52], f64x2: [0xfd, 0x47, 0xfd, 0x52] };

/** Leaves the value on the stack, or a canonical NaN in place of any NaN; local `t` is free to use. */
function canonical(shape, t) {
  const w = new Writer().u8(0x22).u32(t).u8(...NAN_CONST[shape]);
  return w.u8(0x20).u32(t).u8(0x20).u32(t).u8(...CHOOSE[shape]).out;
}

const ZERO = { f32: [0x43, 0, 0, 0, 0], f64: [0x44, 0, 0, 0, 0, 0, 0, 0, 0] };
const NE = { f32: 0x5c, f64: 0x62 };
const isArithmetic = ({ op }) => (op >= 0x92 && op <= 0x95) || (op >= 0xa0 && op <= 0xa3);

/** Leaves the value on the stack, or 0 in place of -0; local `t` is free to use. */
function positive(shape, t) {
  return new Writer().u8(0x22).u32(t).u8(...ZERO[shape]).u8(0x20).u32(t).u8(...ZERO[shape], NE[shape], 0x1b).out;
}

const locals = (m, i) => {
  const { params } = m.types[m.funcs[m.importedFuncs + i].type];
  return m.bodies[i].locals.reduce((n, g) => n + g.count, params.length);
};

const SHAPES = ['f32', 'f64', 'f32x4', 'f64x2'];

function instrumentBody(m, i, fuelGlobal, { fuel, denan, zeros }) {
  const base = locals(m, i), entry = fuel ? burn(fuelGlobal) : [];
  const extra = denan ? SHAPES.map(s => ({ count: 1, type: { raw: [VALTYPE[s]] } })) : [];
  let first = true;
  return editBody(m, m.bodies[i], instr => {
    const own = m.bytes.subarray(instr.pos, instr.end), out = first ? [...entry, ...own] : [...own];
    first = false;
    const shape = denan && openNaN(instr);
    if (instr.op === 0x03) out.push(...entry);
    if (shape) out.push(...canonical(shape, base + SHAPES.indexOf(shape)));
    if (zeros && isArithmetic(instr)) out.push(...positive(shape, base + SHAPES.indexOf(shape)));
    return out;
  }, extra);
}

/** Exports of everything that has none: what `expose` adds. */
function hiddenState(m) {
  const known = new Set(m.exports.map(e => `${e.kind} ${e.index}`));
  const hidden = (kind, wanted = () => true) => m[SPACE[kind]].flatMap((item, index) =>
    (item.imported || known.has(`${kind} ${index}`) || !wanted(item) ? [] : [{ name: `wring:${kind} ${index}`, kind, index }]));
  return [...hidden('memory'), ...hidden('table'), ...hidden('global', g => g.mutable)];
}

/** The instrumented module. options: {fuel: amount or 0, denan, zeros (with denan), expose}. */
export function instrument(bytes, options) {
  const m = parse(bytes), changes = {}, exports = [...m.exports], fuelGlobal = m.globals.length;
  if (options.expose) exports.push(...hiddenState(m));
  if (options.fuel) {
    const init = new Writer().u8(0x7f, 1, 0x41).s64(options.fuel).u8(0x0b).finish();
    changes[6] = vector([...rawGlobals(m), init]);
    exports.push({ name: FUEL, kind: 'global', index: fuelGlobal });
  }
  changes[7] = exportSection(exports);
  if (m.bodies.length) changes[10] = codeSection(m.bodies.map((_, i) => instrumentBody(m, i, fuelGlobal, options)));
  return withSections(m, changes);
}
