// Random numbers for edge programs: xorshift, so that a seed means the same everywhere.

/** Random numbers from a seed, and choices made with them. */
export class Rng {
  constructor(seed) {
    this.s = (seed * 2654435761 + 88675123) >>> 0 || 1;
    for (let i = 0; i < 8; i++) this.u32();
  }
  u32() {
    let s = this.s;
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    return (this.s = s >>> 0);
  }
  below(n) {
    return Math.floor((this.u32() / 4294967296) * n);
  }
  chance(n) {
    return this.below(n) === 0;
  }
  pick(list) {
    return list[this.below(list.length)];
  }
  times(n, make) {
    return Array.from({ length: n }, (_, i) => make(i));
  }
  some(list, n) {
    return this.times(n, () => this.pick(list));
  }
}
