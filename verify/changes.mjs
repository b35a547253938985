// What an optimizer declared to have changed in a memory: differences that are no mistakes. A change is
// [kind, memory, at, size, to, table, limit], as include/wring.h explains:
//   bytes  `size` bytes at `at` differ from the start on
//   moved  what lay `at` bytes into a table lies `to` bytes into it: addresses, offsets and lengths of the rest follow
//   crashes  (of no memory) what a program prints when it crashes differs: a run is compared up to there
//   dead   a word of this value is no longer written where nothing reads it

import { firstDifference, sameBytes } from './values.mjs';

const byStart = (a, b) => a[0] - b[0];

/** Ranges [start, end], sorted and joined where they meet. */
function joinRanges(ranges) {
  const joined = [];
  for (const [start, end] of ranges.sort(byStart)) {
    const last = joined.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined;
}

/** A table whose items moved. */
class Table {
  constructor(at, size) { Object.assign(this, { at, size, items: [] }); }

  /** By how much the item at an offset moved; what is one behind its end counts, since readers stop there. */
  moves(offset, by) {
    let low = 0, high = this.items.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (this.items[mid].at <= offset) low = mid + 1;
      else high = mid;
    }
    return [low - 1, low - 2].some(i => i >= 0 && offset <= this.items[i].at + this.items[i].size && this.items[i].by === by);
  }

  /** Whether y is where x pointed, as an address or an offset, or what is left behind it. */
  follows(x, y) {
    return this.moves(x - this.at, y - x) || this.moves(x, y - x) || this.moves(this.size - x, x - y);
  }
}

export class MemoryChanges {
  constructor(changes) {
    const of = kind => changes.filter(c => c[0] === kind);
    this.ranges = joinRanges(of('bytes').map(([, , at, size]) => [at, at + size]));
    this.dead = new Set(of('dead').map(([, , value]) => BigInt(value)));
    const tables = new Map();
    for (const [, , at, size, to, table, limit] of of('moved')) {
      if (!tables.has(table)) tables.set(table, new Table(table, limit));
      tables.get(table).items.push({ at, size, by: to - at });
    }
    this.tables = [...tables.values()];
    for (const { items } of this.tables) items.sort((a, b) => a.at - b.at);
  }

  /** Whether the aligned words of eight bytes at `at` may differ. */
  excuses(x, y, at) {
    const [p, q] = [x, y].map(bytes => new DataView(bytes.buffer, bytes.byteOffset + at, 8));
    if (this.dead.has(p.getBigUint64(0, true))) return true;
    return [0, 4].every(half => {
      const [a, b] = [p, q].map(view => view.getUint32(half, true));
      return a === b || this.tables.some(table => table.follows(a, b));
    });
  }

  /** The first difference from `start` to `end` that is not excused, or -1. */
  differenceWithin(x, y, start, end, strict) {
    for (let from = start; from < end;) {
      const [p, q] = [x, y].map(bytes => bytes.subarray(from, end));
      const offset = sameBytes(p, q) ? -1 : firstDifference(p, q, strict);
      if (offset < 0) return -1;
      const at = from + offset, word = at - at % 8;
      if (word + 8 > x.length || !this.excuses(x, y, word)) return at;
      from = word + 8;
    }
    return -1;
  }

  /** The first difference of two memories that was not declared, or -1. */
  firstDifference(x, y, strict) {
    let from = 0;
    for (const [start, end] of [...this.ranges, [x.length, x.length]]) {
      const at = this.differenceWithin(x, y, from, start, strict);
      if (at >= 0) return at;
      from = end;
    }
    return -1;
  }
}
