// A small module around a few functions of a large one: their bodies as they are, every function that
// they call turned into an import, tables that hold the chosen functions, a little data. So the shapes
// that real compilers emit get run with fuel, random arguments and recording imports.

import { HEADER, Writer, concat, instructions } from '../../verify/wasm.mjs';
import { calledBy, codeSection, exportSection, functionSection, mapBody, rawGlobals, vector } from '../lib/edit.mjs';

const MAX_PAGES = 4;
const COUNT = 4;
const DATA_AT = 1024;

const bodySize = b => b.end - b.body;

function usesSegments(m, body) {
  return instructions(m.bytes, body).some(i => (i.op === 0xfc && (i.sub === 12 || i.sub === 13))
    || (i.op === 0xfb && (i.sub === 10 || i.sub === 19)));
}

function chooseBodies(m, rng) {
  const chosen = new Set();
  for (let tries = 0; tries < 60 && chosen.size < COUNT; tries++) {
    const i = rng.below(m.bodies.length), size = bodySize(m.bodies[i]);
    if (size >= 16 && size <= 2000 && !usesSegments(m, m.bodies[i])) chosen.add(i);
  }
  return [...chosen];
}

function writeLimits(w, x) {
  const min = x.min > MAX_PAGES ? MAX_PAGES : x.min;
  w.u8((x.max === undefined ? 0 : 1) | (x.shared ? 2 : 0) | (x.is64 ? 4 : 0)).u32(min);
  if (x.max !== undefined) w.u32(x.max);
}

function encodeImport(m, item) {
  if (item.kind !== 'memory') return m.bytes.slice(item.start, item.end);
  const w = new Writer().name(item.module).name(item.name).u8(2);
  writeLimits(w, item);
  return w.finish();
}

const rawSection = (m, id) => {
  const s = m.sections.find(x => x.id === id);
  return s ? m.bytes.slice(s.body, s.end) : null;
};

/** Constant address in the width of a memory or table. */
const address = (x, n) => new Writer().u8(x.is64 ? 0x42 : 0x41).s64(n).u8(0x0b).out;

const randomRun = rng => Array.from({ length: rng.below(30) }, () => (rng.chance(3) ? rng.u32() & 0xff : rng.below(4) * 64));

function dataSegments(m, rng, needed) {
  const items = Array.from({ length: needed ? m.datas.length : 0 }, () => Uint8Array.of(1, 0));
  if (m.memories.length && m.memories[0].min > 0) {
    const bytes = Array.from({ length: 12 }, () => (rng.chance(3) ? Array(rng.below(80)).fill(0) : randomRun(rng))).flat();
    items.push(new Writer().u8(0).bytes(address(m.memories[0], DATA_AT)).u32(bytes.length).bytes(bytes).finish());
  }
  return items;
}

function elemSegments(m, funcs, declared) {
  const [table] = m.tables, items = [];
  if (table && table.type.heap === 'func' && Number(table.min) > funcs.length) {
    items.push(new Writer().u8(0).bytes(address(table, 1)).vec(funcs, (f, w) => w.u32(f)).finish());
  }
  if (declared.length) items.push(new Writer().u8(3, 0).vec(declared, (f, w) => w.u32(f)).finish());
  return items;
}

const refersToFunctions = (m, globals) =>
  globals.some(g => !g.imported && instructions(m.bytes, { code: g.init, end: g.end }).some(i => i.op === 0xd2));

/** A slice of the parsed module m, or null where this module doesn't lend itself to it. */
export function sliceModule(m, rng) {
  if (m.imports.some(i => i.start === undefined) || refersToFunctions(m, m.globals)) return null;
  const chosen = chooseBodies(m, rng);
  if (!chosen.length) return null;
  const own = new Set(chosen.map(i => i + m.importedFuncs));
  const outside = [...new Set(chosen.flatMap(i => calledBy(m, m.bodies[i])))].filter(f => !own.has(f));
  const index = new Map([...outside, ...own].map((f, i) => [f, i]));
  const others = m.imports.filter(i => i.kind !== 'func').map(i => encodeImport(m, i));
  const imports = outside.map((f, i) => new Writer().name('env').name(`f${i}`).u8(0).u32(m.funcs[f].type).finish());
  const local = [...own].map(f => index.get(f));
  const exports = local.map((f, i) => ({ name: `s${i}`, kind: 'func', index: f }));
  if (m.memories.length) exports.push({ name: 'memory', kind: 'memory', index: 0 });
  const memories = m.memories.filter(x => !x.imported).map(x => { const w = new Writer(); writeLimits(w, x); return w.finish(); });
  const needData = chosen.some(i => instructions(m.bytes, m.bodies[i])
    .some(x => (x.op === 0xfc && (x.sub === 8 || x.sub === 9)) || (x.op === 0xfb && (x.sub === 9 || x.sub === 18))));
  const datas = dataSegments(m, rng, needData);
  const sections = [
    [1, rawSection(m, 1)], [2, vector([...imports, ...others])],
    [3, functionSection(chosen.map(i => m.funcs[i + m.importedFuncs].type))], [4, rawSection(m, 4)],
    [5, vector(memories)], [13, rawSection(m, 13)], [6, vector(rawGlobals(m))], [7, exportSection(exports)],
    [9, vector(elemSegments(m, local, outside.map(f => index.get(f))))],
    [12, needData ? new Writer().u32(datas.length).finish() : null],
    [10, codeSection(chosen.map(i => mapBody(m, i, f => index.get(f))))], [11, vector(datas)],
  ];
  return concat([HEADER, ...sections.filter(([, p]) => p).flatMap(([id, p]) => [new Writer().u8(id).u32(p.length).finish(), p])]);
}
