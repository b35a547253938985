// Runs an edge program and writes down all that can be seen of it: results, kinds of traps, calls of the host in their
// order with what they passed, and after each call the memories, globals and tables that are exported or imported.
// The host does what hosts do: it calls back, writes to memories, globals and tables, throws, and asks for more memory.
// All by what it was called with, so that two modules that behave the same see the same host.

import zlib from 'node:zlib';
import { Rng } from './rng.mjs';

const FUEL = 250,
  DEPTH = 2;

/** What stands for a value in the record. */
function show(value, names) {
  if (typeof value === 'function') return names.get(value) ?? 'a function';
  if (value === null) return 'null';
  if (typeof value === 'object') return Array.isArray(value) ? `[${value.map(v => show(v, names))}]` : 'an object';
  return Object.is(value, -0) ? '-0' : `${value}${typeof value === 'bigint' ? 'n' : ''}`;
}

/** An exception of a tag that is not the host's has no name outside. */
function complaint(error, tag) {
  if (error instanceof WebAssembly.Exception) return error.is(tag) ? `throws e0 ${error.getArg(tag, 0)}` : 'throws another tag';
  return `${error.constructor.name}: ${error.message.replace(/\d+/g, '#')}`;
}

export class StackExhausted extends Error {}

class World {
  constructor(imports, seed) {
    this.lines = [];
    this.depth = 0;
    this.tag = new WebAssembly.Tag({ parameters: ['i32'] });
    this.base = [5, 0, 65530, -1][seed % 4];
    this.shared = new WebAssembly.Global({ value: 'i32', mutable: true }, 3);
    const memory = limits => new WebAssembly.Memory(limits);
    this.h = {
      say: v => {
        this.note(`say ${v}`);
      },
      ask: (a, b) => this.ask(a, b),
      ask64: v => {
        this.note(`ask64 ${v}`);
        return v * 3n;
      },
      base: this.base,
      shared: this.shared,
      tag: this.tag,
    };
    for (const name of ['m0', 'm1']) if (imports[name]) this.h[name] = memory(imports[name]);
    if (imports.t0) this.h.t0 = new WebAssembly.Table(imports.t0);
    this.names = new Map();
  }

  note(text) {
    if (this.lines.length < 5000) this.lines.push(text);
  }

  open(instance) {
    this.exports = instance.exports;
    for (const [name, value] of Object.entries(instance.exports))
      if (typeof value === 'function') this.names.set(value, `${this.names.get(value) ?? ''}/${name}`);
    this.memories = [...['m0', 'm1'].map(n => this.h[n]), ...Object.values(instance.exports)].filter(m => m instanceof WebAssembly.Memory);
    this.tables = [this.h.t0, ...Object.values(instance.exports)].filter(t => t instanceof WebAssembly.Table);
    this.functions = Object.keys(instance.exports).filter(n => /^f\d/.test(n));
  }

  ask(a, b) {
    this.note(`ask ${a} ${b}`);
    if (!this.exports) return a;
    const what = ((a ^ Number(b & 0xffffn)) >>> 0) % 11;
    if (what === 1 && this.memories.length) new Uint8Array(this.memories[0].buffer)[a & 63] = a;
    if (what === 2) this.shared.value = a;
    if (what === 3 && this.tables.length) {
      const t = this.tables[0],
        from = t.get(0);
      t.set(0, t.get(1));
      t.set(1, from);
    }
    if (what === 4) throw new WebAssembly.Exception(this.tag, [a]);
    if (what === 5) throw new Error('host');
    if (what >= 6 && this.functions.length && this.depth < DEPTH) {
      this.depth++;
      try {
        this.invoke(this.functions[(a >>> 3) % this.functions.length], a);
      } finally {
        this.depth--;
      }
    }
    return (a * 7 + 1) | 0;
  }

  invoke(name, seed) {
    const r = new Rng(seed),
      f = this.exports[name],
      args = [];
    for (const type of this.signatures[name] ?? []) args.push(argument(type, r));
    const shown = args.map(a => show(a, this.names)).join();
    this.note(`call ${name}(${shown})`);
    try {
      this.note(`${name} gives ${show(f(...args), this.names)}`);
    } catch (error) {
      if (error instanceof RangeError && /stack/.test(error.message)) throw new StackExhausted();
      this.note(`${name} ${complaint(error, this.tag)}`);
      if (this.depth && seed & 1) throw error;
    }
  }

  /** Calls what a module whose instantiation failed left in the host's table, twice: the first calls may write to it. */
  callLeft() {
    for (let i = 0; this.h.t0 && i < 2 * this.h.t0.length; i++) {
      const f = this.h.t0.get(i % this.h.t0.length);
      for (const value of f ? [1, 1n] : []) {
        try {
          this.note(`left ${i} gives ${show(f(...Array(f.length).fill(value)), this.names)}`);
        } catch (error) {
          if (error instanceof RangeError && /stack/.test(error.message)) throw new StackExhausted();
          this.note(`left ${i} ${complaint(error, this.tag)}`);
        }
      }
      this.look();
    }
  }

  look() {
    this.memories.forEach((m, i) => this.note(`memory ${i} ${m.buffer.byteLength} ${zlib.crc32(new Uint8Array(m.buffer.slice(0)))}`));
    for (const [name, value] of Object.entries(this.exports))
      if (value instanceof WebAssembly.Global) this.note(`${name} ${globalValue(value, this.names)}`);
    this.note(`shared ${this.shared.value}`);
    this.tables.forEach(t => this.note(`table ${Array.from({ length: Number(t.length) }, (_, i) => show(t.get(i), this.names))}`));
  }
}

function globalValue(global, names) {
  try {
    return show(global.value, names);
  } catch {
    return 'hidden';
  }
}

function argument(type, r) {
  if (type === 'i32') return r.pick([0, 1, -1, 7, 31, 65535, 65536, 0x7fffffff, -0x80000000, r.u32() | 0]);
  if (type === 'i64') return r.pick([0n, 1n, -1n, 63n, 65533n, 0x7fffffffffffffffn, -0x8000000000000000n, BigInt(r.u32()) << 17n]);
  if (type === 'f32' || type === 'f64') return r.pick([0, -0, 1, -1.5, Infinity, -Infinity, 2147483648, -2147483649, 1e-40, 65535.7]);
  return null;
}

/** The record of a run: lines. signatures: for each function's export name its parameter types. */
export function record(bytes, { signatures, imports, seed }) {
  const world = new World(imports, seed),
    r = new Rng(seed);
  world.signatures = signatures;
  let instance;
  try {
    instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { h: world.h });
  } catch (error) {
    if (error instanceof RangeError && /stack/.test(error.message)) throw new StackExhausted();
    if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError) throw error;
    world.note(`start: ${complaint(error, world.tag)}`);
    world.memories = [world.h.m0, world.h.m1].filter(Boolean);
    Object.assign(world, { exports: {}, tables: [world.h.t0].filter(Boolean) });
    world.look();
    world.callLeft();
    return world.lines;
  }
  world.open(instance);
  world.look();
  for (let i = 0; i < 24 && world.functions.length; i++) {
    if (world.exports.fuel) world.exports.fuel.value = FUEL;
    world.invoke(r.pick(world.functions), r.u32());
    world.look();
  }
  return world.lines;
}
