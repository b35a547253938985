// What a module under test sees of the outside, made from its import section alone: memories, tables,
// globals and tags from a provider module with exactly the declared types, functions that record each
// call and answer with deterministic values. An imported function may also do what a host may do:
// write exported state, call an export, throw. Both sides of a comparison get a World made from the
// *first* module's types; a second module whose imports or exports changed type then fails to link.

import { HEADER, HEAP_BYTE, Writer, concat } from './wasm.mjs';
import { adaptExports, adaptGlobals, adaptImports, typeSection } from './shim.mjs';
import { answerGo, isCrashing, isExit, isGoImport } from './gohost.mjs';
import { HOSTS, Rng, observe, randomBits, randomValues } from './values.mjs';

export const FUEL = 'wring:fuel';
const MAX_IMPORT_CALLS = 2000;
const MAX_HASHED = 64;

// ---- the provider module

const SMALL = [0, 8, 16, 1024, 4096, 65536];

const NUMBER_CONST = {
  i32: rng => new Writer().u8(0x41).s64(rng.pick(SMALL)),
  i64: rng => new Writer().u8(0x42).s64(rng.pick(SMALL)),
  f32: rng => new Writer().u8(0x43).bytes(new Uint8Array(Int32Array.of(randomBits('f32', rng)).buffer)),
  f64: rng => new Writer().u8(0x44).bytes(new Uint8Array(BigInt64Array.of(randomBits('f64', rng)).buffer)),
  v128: rng => new Writer().u8(0xfd, 0x0c).bytes(new Uint8Array(BigInt64Array.from(randomBits('v128', rng)).buffer)),
};

const isDefaultable = type => type.t !== 'ref' || type.null;

/** Type number of a struct or array that can be made with default fields and is of the heap type, or -1. */
function findAggregate(m, heap) {
  if (typeof heap === 'number') return m.types[heap].fields?.every(f => isDefaultable(f.type)) ? heap : -1;
  return m.types.findIndex(t => t.kind === heap && t.fields.every(f => isDefaultable(f.type)));
}

function nonNullConst(m, type, w, stubs) {
  const { heap } = type;
  if (heap === 'any' || heap === 'eq' || heap === 'i31') return w.u8(0x41, 7, 0xfb, 0x1c);
  if (heap === 'extern') return w.u8(0x41, 7, 0xfb, 0x1c, 0xfb, 0x1b);
  if (heap === 'func' || m.types[heap]?.kind === 'func') {
    const of = heap === 'func' ? m.types.findIndex(t => t.kind === 'func') : heap;
    return of < 0 ? null : w.u8(0xd2).u32(stubs.push(of) - 1);
  }
  const index = findAggregate(m, heap);
  if (index < 0) return null;
  if (m.types[index].kind === 'array') w.u8(0x41, 3);
  return w.u8(0xfb, m.types[index].kind === 'array' ? 7 : 1).u32(index);
}

/** A constant expression of `type`, or null where none is known. `stubs` collects functions for ref.func. */
function constant(m, type, rng, stubs) {
  if (type.t !== 'ref') return NUMBER_CONST[type.t](rng).u8(0x0b);
  if (!type.null) return nonNullConst(m, type, new Writer(), stubs)?.u8(0x0b) ?? null;
  const w = new Writer().u8(0xd0);
  return (typeof type.heap === 'number' ? w.s64(type.heap) : w.u8(HEAP_BYTE[type.heap])).u8(0x0b);
}

function writeLimits(w, { min, max, is64, shared, pageLog }) {
  w.u8((max === undefined ? 0 : 1) | (shared ? 2 : 0) | (is64 ? 4 : 0) | (pageLog === 16 || pageLog === undefined ? 0 : 8));
  w.u32(min);
  if (max !== undefined) w.u32(max);
  if (pageLog !== 16 && pageLog !== undefined) w.u32(pageLog);
}

/** Bytes of a module that exports 0, 1, … for the given non-function imports. Throws where one can't be made. */
function providerModule(m, imports, rng) {
  const stubs = [], of = kind => imports.filter(i => i.kind === kind), order = [];
  const need = (type, what) => {
    const expr = constant(m, type, rng, stubs);
    if (!expr) throw new Error(`can't make a value for import ${what.module}.${what.name}`);
    return expr.out;
  };
  const tables = new Writer().vec(of('table'), (t, w) => {
    const init = !isDefaultable(t.type);
    if (init) w.u8(0x40, 0);
    w.bytes(t.type.raw);
    writeLimits(w, t);
    if (init) w.bytes(need(t.type, t));
  });
  const memories = new Writer().vec(of('memory'), (x, w) => writeLimits(w, x));
  const tags = new Writer().vec(of('tag'), (x, w) => w.u8(0).u32(x.type));
  const globals = new Writer().vec(of('global'), (g, w) => w.bytes(g.type.raw).u8(g.mutable ? 1 : 0).bytes(need(g.type, g)));
  for (const [code, kind] of ['func', 'table', 'memory', 'global', 'tag'].entries()) {
    of(kind).forEach((item, i) => order.push([imports.indexOf(item), code, i]));
  }
  const w = new Writer();
  w.section(1, typeSection(m, [], true));
  w.section(3, new Writer().vec(stubs, (type, out) => out.u32(type)));
  w.section(4, tables).section(5, memories).section(13, tags).section(6, globals);
  w.section(7, new Writer().vec(order, ([name, code, i], out) => out.name(`${name}`).u8(code).u32(i)));
  w.section(10, new Writer().vec(stubs, (_, out) => out.u8(3, 0, 0, 0x0b)));
  return concat([HEADER, w.finish()]);
}

/** For each import the first that the same memory, table, global or tag can be handed in for. */
function firstAlike(m, imports) {
  const first = new Map();
  return imports.map((item, i) => {
    const { kind, min, max, is64, shared, pageLog, type, mutable } = item, of = kind === 'tag' ? m.types[type] : type;
    const key = JSON.stringify([kind, `${min} ${max}`, is64, shared, pageLog, of, mutable]);
    if (!first.has(key)) first.set(key, i);
    return first.get(key);
  });
}

/** Whether one object can be handed in for two of the imports, and changing it by one name may show by the other. */
export function canShare(m) {
  const changeable = m.imports.filter(i => i.kind !== 'func' && (i.kind !== 'global' || i.mutable));
  return firstAlike(m, changeable).some((first, i) => first < i);
}

// ---- one side

const isSimple = (m, type) => type.t !== 'ref' || typeof type.heap !== 'number';
const simpleTypes = m => m.types.flatMap((t, i) =>
  (t.kind === 'func' && [...t.params, ...t.results].every(type => isSimple(m, type)) && t.final !== false
    && !t.supers.length ? [i] : [])).slice(0, 16);

/** A memory's bytes, as they are now: growing detaches the buffer. */
export const memoryBytes = memory => new Uint8Array(memory.buffer);

function hashMemory(memory) {
  const words = new Int32Array(memory.buffer, 0, Math.min(memory.buffer.byteLength, 1 << 20) >> 2);
  let hash = words.length;
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i], 0x01000193) + (hash >>> 15);
  return hash >>> 0;
}

export class World {
  /** m: the parsed first module. plan: {seed, strict, hostActs}. */
  constructor(m, plan) {
    Object.assign(this, { m, plan, ids: new Map(), seen: [], functions: [], callables: [], tables: [], events: [], importCalls: 0, depth: 0 });
    this.imports = this.makeImports();
  }

  makeImports() {
    const { m } = this, others = m.imports.filter(i => i.kind !== 'func'), imports = Object.create(null);
    const provided = this.provide(others);
    const funcs = m.imports.filter(i => i.kind === 'func');
    const made = adaptImports(m, funcs.map(f => f.type), funcs.map(f => this.recorder(`${f.module}.${f.name}`, m.types[f.type], f)));
    const put = (item, value) => { (imports[item.module] ??= Object.create(null))[item.name] = value; };
    others.forEach((item, i) => put(item, provided[i]));
    funcs.forEach((item, i) => put(item, made[i]));
    return imports;
  }

  provide(others) {
    if (!others.length) return [];
    const { m, plan } = this;
    m.provider ??= new WebAssembly.Module(providerModule(m, others, new Rng(plan.seed, 1)));
    const { exports } = new WebAssembly.Instance(m.provider);
    const alike = plan.share && firstAlike(m, others);
    const made = others.map((_, i) => exports[plan.share ? alike[i] : i]);
    others.forEach((item, i) => {
      if (item.kind === 'memory' && plan.seed & 1) this.fillMemory(made[i]);
      if (item.kind === 'table' && item.type.heap === 'func') this.fillTable(made[i]);
    });
    return made;
  }

  /** What an imported memory holds is not the module's business: not zero, half of the time. */
  fillMemory(memory) {
    const bytes = memoryBytes(memory), rng = new Rng(this.plan.seed, 2);
    for (let i = 0; i < Math.min(bytes.length, 65536); i++) bytes[i] = rng.below(4) ? 0 : rng.u32();
  }

  fillTable(table) {
    const { m } = this, types = simpleTypes(m);
    const made = adaptImports(m, types, types.map((t, i) => this.recorder(`table entry ${i}`, m.types[t])));
    const bigTable = typeof table.length === 'bigint';
    made.slice(0, Number(table.length)).forEach((f, i) => table.set(bigTable ? BigInt(i) : i, f));
  }

  /**
   * Instantiates; throws what the module throws. What was written to the host's memories and tables before stays, and functions
   * that lie in these tables can be called.
   */
  instantiate(module) {
    const { m } = this;
    try { this.instance = new WebAssembly.Instance(module, this.imports); } catch (error) {
      if (!isLinking(error)) this.findState([]);
      throw error;
    }
    this.exports = this.instance.exports;
    const exported = m.exports.filter(e => e.kind === 'func');
    this.functions = exported.map(e => ({ value: this.exports[e.name], type: m.funcs[e.index].type }));
    const calls = adaptExports(m, exported.map(e => m.funcs[e.index].type), this.functions.map(f => f.value));
    this.callables = exported.map((e, i) => ({ name: e.name, type: m.funcs[e.index].type, call: calls[i] }));
    this.findState(m.exports);
  }

  /** Everything the outside can see: memories, tables, globals, tags, each {name, value}. */
  findState(exports) {
    const { m } = this;
    const visible = kind => {
      const imported = m.imports.filter(i => i.kind === kind)
        .map((item, index) => ({ name: `${item.module}.${item.name}`, value: this.imports[item.module][item.name], index }));
      const exported = exports.filter(e => e.kind === kind && e.index >= imported.length)
        .map(e => ({ name: e.name, value: this.exports[e.name], index: e.index }));
      return [...imported, ...exported];
    };
    this.memories = visible('memory');
    this.tables = visible('table');
    this.tags = visible('tag');
    const globals = visible('global').filter(g => m.globals[g.index].mutable || !m.globals[g.index].imported);
    const reads = adaptGlobals(m, globals.map(g => g.index), globals.map(g => g.value));
    this.globals = globals.map((g, i) => ({ ...g, ...m.globals[g.index], read: reads[i] }));
    this.fuel = this.exports?.[FUEL];
  }

  // ---- imported functions

  recorder(name, type, item) {
    const isForGo = this.plan.moved && item && isGoImport(item);
    return values => this.onImport(name, type, values, isForGo ? item : null);
  }

  onImport(name, type, values, goItem) {
    const { m, plan } = this, n = ++this.importCalls, rng = new Rng(plan.seed, 3, n);
    const goMemory = goItem && this.memories?.length ? memoryBytes(this.memories[0].value) : null;
    const goArgs = goMemory && values.map(v => Number(BigInt.asUintN(32, BigInt(v.bits))));
    if (goMemory && plan.crashes && isCrashing(goItem, goMemory, goArgs)) {
      this.crashed = true;
      throw HOSTS[0];
    }
    const event = { what: `import ${name}`, values: values.map((v, i) => observe(v, type.params[i], this)) };
    if (plan.strict && !plan.changed.length && this.memories && n <= MAX_HASHED) event.hash = this.memories.map(x => hashMemory(x.value)).join();
    this.events.push(event);
    if (n > MAX_IMPORT_CALLS) throw HOSTS[0];
    if (plan.hostActs && this.memories) this.act(rng);
    if (goItem && isExit(goItem)) throw HOSTS[0];
    if (goMemory) return answerGo(goItem, type, goMemory, goArgs, rng);
    const results = randomValues(m, type.results, rng, this);
    if (!results) throw HOSTS[1];
    return results;
  }

  /** What a host may do while it is called. */
  act(rng) {
    switch (rng.below(24)) {
      case 0: return this.writeMemory(rng);
      case 1: return this.writeGlobal(rng);
      case 2: return this.reenter(rng);
      case 3: throw this.exception(rng);
      default:
    }
  }
  writeMemory(rng) {
    if (!this.memories.length) return;
    const bytes = memoryBytes(rng.pick(this.memories).value);
    const at = rng.chance(2) ? 0 : rng.below(4096);
    bytes.subarray(at, at + 128).fill(rng.u32());
  }
  writeGlobal(rng) {
    const list = this.globals.filter(g => g.mutable && (g.type.t === 'i32' || g.type.t === 'i64') && g.name !== FUEL);
    if (!list.length) return;
    const g = rng.pick(list);
    g.value.value = randomBits(g.type.t, rng);
  }
  reenter(rng) {
    if (this.depth >= 2 || !this.callables.length) return;
    const callable = rng.pick(this.callables);
    this.events.push({ what: `reenter ${callable.name}`, values: [] });
    this.call(callable, rng);
  }
  exception(rng) {
    const { m } = this;
    const tags = this.tags.filter(t => m.types[m.tags[t.index].type].params.every(p => p.t !== 'v128' && p.t !== 'ref'));
    if (!tags.length || rng.chance(2)) return HOSTS[2];
    const tag = rng.pick(tags), { params } = m.types[m.tags[tag.index].type];
    return new WebAssembly.Exception(tag.value, params.map(p => (p.t === 'i64' ? BigInt(rng.below(100)) : rng.below(100))));
  }

  // ---- calls

  /** Calls an export with generated arguments; records the outcome as an event and returns it. */
  call({ name, type, call }, rng) {
    const { params, results } = this.m.types[type];
    const args = randomValues(this.m, params, rng, this);
    if (!args) return null;
    this.depth++;
    let event;
    try {
      event = { what: `${name} returned`, values: call(args).map((v, i) => observe(v, results[i], this)) };
    } catch (error) {
      event = this.outcome(name, error);
    }
    this.depth--;
    this.events.push(event);
    return event;
  }

  outcome(name, error) {
    if (error instanceof WebAssembly.RuntimeError) return { what: `${name} trapped`, trap: trapKind(error.message), values: [] };
    if (error instanceof RangeError) return { what: `${name} exhausted the stack`, exhausted: true, values: [] };
    if (error instanceof WebAssembly.Exception) return { what: `${name} threw ${this.describeException(error)}`, values: [] };
    const host = HOSTS.indexOf(error);
    return { what: `${name} threw ${host >= 0 ? `host ${host}` : `${error?.name}`}`, values: [] };
  }

  describeException(error) {
    const tag = this.tags?.find(t => error.is(t.value));
    if (!tag) return 'an exception';
    const { params } = this.m.types[this.m.tags[tag.index].type];
    const payload = params.map((p, i) => {
      if (p.t === 'v128' || p.t === 'ref') return p.t;
      const value = error.getArg(tag.value, i);
      return Number.isNaN(value) ? 'nan' : Object.is(value, -0) ? '-0' : `${value}`;
    });
    return `${tag.name}(${payload})`;
  }

  /** Number of each visible function, by order of appearance: exports first, then entries of tables. */
  identities(limit) {
    const numbers = new Map(), number = f => (numbers.has(f) || numbers.set(f, numbers.size), numbers.get(f));
    return [...this.functions.map(f => ({ value: f.value, where: 'an export' })), ...this.tableFunctions(limit)]
      .map(({ value, where }) => ({ number: number(value), where }));
  }

  /** Functions that lie in visible tables: {where, value}. */
  tableFunctions(limit) {
    return this.tables.flatMap(({ name, value }) => {
      const wide = typeof value.length === 'bigint';
      return Array.from({ length: Math.min(Number(value.length), limit) }, (_, i) => {
        const entry = tableEntry(value, wide ? BigInt(i) : i);
        return typeof entry === 'function' ? { where: `${name}[${i}]`, value: entry } : null;
      }).filter(Boolean);
    });
  }

  refuel(amount) { if (this.fuel) this.fuel.value = amount; }
}

export const isLinking = error => error instanceof WebAssembly.LinkError || error instanceof TypeError;

/** A table's entry; tables of types that JavaScript can't hold give undefined. */
export function tableEntry(table, i) {
  try { return table.get(i); } catch { return undefined; }
}

const TRAP_KINDS = [
  ['unreachable', /unreachable/], ['out of bounds memory', /memory access out of bounds|data segment/],
  ['out of bounds table', /table (index|access)|element segment/], ['bad indirect call', /null function|signature mismatch/],
  ['divide by zero', /(divide|remainder) by zero/], ['integer overflow', /unrepresentable$/],
  ['bad conversion', /float unrepresentable/], ['bad cast', /illegal cast/], ['null reference', /dereferencing a null/],
  ['out of bounds array', /array .*out of bounds/], ['array too large', /array is too large/], ['unaligned', /unaligned/],
];

/** The kind of trap behind one of V8's messages. */
export function trapKind(message) {
  return TRAP_KINDS.find(([, pattern]) => pattern.test(message))?.[0] ?? message;
}
