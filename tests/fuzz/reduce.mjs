// Makes a failing module smaller while it keeps failing. reduce() tries, until nothing helps any more:
// custom sections, exports, segments, whole sections away; bodies emptied and functions removed; then inside
// each body spans of instructions deleted, replaced by `unreachable`, blocks unwrapped, and single
// instructions replaced by constants and drops. A candidate must be valid before it is tried at all.

import { concat, instructions, parse } from '../../verify/wasm.mjs';
import {
  calledBy, codeSection, exportSection, namedOutside, rawBodies, rawDatas, rawElems, vector, withSections, withoutFunctions,
} from '../lib/edit.mjs';

const EMPTY_BODY = Uint8Array.of(0, 0x00, 0x0b);

/** Starts and lengths of spans to try over n items: halves first, then smaller, from the end. */
function* spans(n) {
  for (let size = n; size >= 1; size = size > 8 ? size >> 1 : size - 1) {
    for (let at = Math.max(0, n - size); ; at = Math.max(0, at - size)) {
      yield [at, size];
      if (at === 0) break;
    }
  }
}

export class Reducer {
  /** fails: async (bytes) -> true while the module still shows the failure. */
  constructor(bytes, fails) {
    Object.assign(this, { bytes, fails, tried: 0 });
  }

  async accept(candidate) {
    if (candidate.length > this.bytes.length || !WebAssembly.validate(candidate)) return false;
    this.tried++;
    if (!await this.fails(candidate)) return false;
    this.bytes = candidate;
    return true;
  }

  async reduce() {
    for (let before = Infinity; this.bytes.length < before;) {
      before = this.bytes.length;
      await this.accept(withSections(parse(this.bytes), {}, { dropCustom: true }));
      await this.dropItems(m => m.exports, (m, items) => ({ 7: exportSection(items) }));
      await this.dropItems(rawElems, (m, items) => ({ 9: vector(items) }));
      await this.dropItems(rawDatas, (m, items) => ({ 11: vector(items) }));
      for (const id of [8, 6, 4, 5, 13, 12]) await this.accept(withSections(parse(this.bytes), { [id]: null }));
      await this.emptyBodies();
      await this.dropFunctions();
      for (let i = parse(this.bytes).bodies.length - 1; i >= 0; i--) await this.reduceBody(i);
    }
    return this.bytes;
  }

  /** Drops spans of the items that `list` gives. */
  async dropItems(list, change) {
    for (const [at, size] of spans(list(parse(this.bytes)).length)) {
      const m = parse(this.bytes), items = [...list(m)];
      if (at >= items.length) continue;
      items.splice(at, size);
      await this.accept(withSections(m, change(m, items)));
    }
  }

  async emptyBodies() {
    for (const [at, size] of spans(parse(this.bytes).bodies.length)) {
      const m = parse(this.bytes), bodies = rawBodies(m);
      bodies.fill(EMPTY_BODY, at, at + size);
      await this.accept(withSections(m, { 10: codeSection(bodies) }));
    }
  }

  async dropFunctions() {
    const m = parse(this.bytes), named = namedOutside(m);
    for (const body of m.bodies) for (const f of calledBy(m, body)) named.add(f);
    const unused = m.funcs.map((_, i) => i).filter(i => !named.has(i));
    if (unused.length && await this.accept(withoutFunctions(m, new Set(unused)))) return;
    for (const f of unused.reverse()) await this.accept(withoutFunctions(parse(this.bytes), new Set([f])));
  }

  // ---- one body

  /** The body's parts: its locals and one piece of bytes for each instruction. */
  parts(n) {
    const m = parse(this.bytes), body = m.bodies[n], list = instructions(m.bytes, body);
    return { m, head: m.bytes.slice(body.body, body.code), list, pieces: list.map(i => m.bytes.slice(i.pos, i.end)) };
  }

  async tryPieces(n, { m, head }, pieces) {
    const bodies = rawBodies(m);
    bodies[n] = concat([head, ...pieces]);
    return this.accept(withSections(m, { 10: codeSection(bodies) }));
  }

  async reduceBody(n) {
    await this.replaceSpans(n);
    await this.unwrapBlocks(n);
    await this.simplifyEach(n);
    const { m, pieces } = this.parts(n);
    await this.tryPieces(n, { m, head: Uint8Array.of(0) }, pieces);
  }

  async replaceSpans(n) {
    for (const [at, size] of spans(this.parts(n).pieces.length - 1)) {
      const parts = this.parts(n);
      if (at + size >= parts.pieces.length) continue;
      for (const put of [[], [Uint8Array.of(0x00)]]) {
        const pieces = [...parts.pieces];
        pieces.splice(at, size, ...put);
        if (await this.tryPieces(n, parts, pieces)) break;
      }
    }
  }

  /** A block without its opener and end; an `if` as either arm. */
  async unwrapBlocks(n) {
    for (let at = this.parts(n).pieces.length - 1; at >= 0; at--) {
      const parts = this.parts(n);
      if (!parts.list[at]?.opens) continue;
      const { middle, end } = matchBlock(parts.list, at), { pieces } = parts;
      const before = pieces.slice(0, at), after = pieces.slice(end + 1), drop = [Uint8Array.of(0x1a)];
      const bodies = parts.list[at].op === 0x04
        ? [[...drop, ...pieces.slice(at + 1, middle)], [...drop, ...pieces.slice(middle + 1, end)]]
        : [pieces.slice(at + 1, end)];
      for (const body of bodies) if (await this.tryPieces(n, parts, [...before, ...body, ...after])) break;
    }
  }

  async simplifyEach(n) {
    for (let at = this.parts(n).pieces.length - 2; at >= 0; at--) {
      for (const put of SIMPLER) {
        const parts = this.parts(n);
        if (at >= parts.pieces.length - 1 || put.length > parts.pieces[at].length + 6) continue;
        if (Buffer.compare(parts.pieces[at], put) === 0) break;
        const pieces = [...parts.pieces];
        pieces[at] = put;
        if (await this.tryPieces(n, parts, pieces)) break;
      }
    }
  }
}

const ZEROS = [[0x41, 0], [0x42, 0], [0x43, 0, 0, 0, 0], [0x44, 0, 0, 0, 0, 0, 0, 0, 0]];
const DROPS = [[], [0x1a], [0x1a, 0x1a], [0x1a, 0x1a, 0x1a]];
const SIMPLER = [...DROPS, ...DROPS.flatMap(d => ZEROS.map(z => [...d, ...z])), [0x41, 1], [0x42, 1]].map(b => Uint8Array.from(b));

/** Where the block that opens at `at` has its `else` (or its end, if none) and its end. */
function matchBlock(list, at) {
  let depth = 0, middle = -1;
  for (let i = at; i < list.length; i++) {
    if (list[i].opens) depth++;
    if (list[i].op === 0x05 && depth === 1) middle = i;
    if (list[i].op === 0x0b && --depth === 0) return { middle: middle < 0 ? i : middle, end: i };
  }
  throw new Error('a block without an end');
}
