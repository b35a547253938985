// Two modules side by side in this process: same imports, same calls, everything the outside can see
// compared after each step. Steps are instantiation, some rounds over the exported functions, then the
// functions that lie in visible tables; all of that again with one object for imports of one type, where there
// are some. What may differ: stack exhaustion (ends the comparison), NaN payloads unless `strict`, names in
// error texts.

import { instructions, openNaN, parse } from './wasm.mjs';
import { adaptExports } from './shim.mjs';
import { Rng, sameBytes, sameValue, showValue } from './values.mjs';
import { World, canShare, isLinking, memoryBytes, tableEntry } from './world.mjs';
import { MemoryChanges } from './changes.mjs';

const TABLE_LIMIT = 256;          // entries of a table that are looked at
const BIG_MEMORY = 4 << 20;       // larger memories are compared every so often
const INSTANTIATION = 'instantiation';
export const PLAN = { seed: 1, rounds: 8, maxCalls: 400, strict: undefined, traps: 'kind', identities: true, hostActs: true, fuel: 20000, skip: [], changed: [], someExports: false };

class Difference extends Error {}
class Inconclusive extends Error {}

// ---- the shape of the exports

const typeName = (m, t) => {
  if (t.t !== 'ref') return t.t;
  const heap = typeof t.heap === 'number' ? `#${m.types[t.heap].kind}` : t.heap;
  return `(ref ${t.null ? 'null ' : ''}${heap})`;
};
const signature = (m, { params, results }) =>
  `(${params.map(p => typeName(m, p))})->(${results.map(r => typeName(m, r))})`;

const limits = x => `${x.min}..${x.max ?? ''}${x.is64 ? ' i64' : ''}${x.shared ? ' shared' : ''}`;
const DESCRIBE = {
  func: (m, i) => signature(m, m.types[m.funcs[i].type]),
  table: (m, i) => `${limits(m.tables[i])} ${typeName(m, m.tables[i].type)}`,
  memory: (m, i) => limits(m.memories[i]),
  global: (m, i) => `${m.globals[i].mutable ? 'mut ' : ''}${typeName(m, m.globals[i].type)}`,
  tag: (m, i) => signature(m, m.types[m.tags[i].type]),
};
const describeExport = (m, e) => `${e.kind} ${JSON.stringify(e.name)} ${DESCRIBE[e.kind](m, e.index)}`;

function compareExports(a, b) {
  const [before, after] = [a, b].map(m => m.exports.map(e => describeExport(m, e)));
  const i = before.findIndex((text, k) => text !== after[k]);
  if (i >= 0) throw new Difference(`export ${i} is ${after[i] ?? 'missing'}, was ${before[i]}`);
  if (after.length > before.length) throw new Difference(`new export ${after[before.length]}`);
}

// ---- floating point

const BIG_MODULE = 256 << 10;   // such a module computes with floats; looking is slow

/** True if a body holds an instruction whose NaN results have an open payload. */
const hasOpenNaN = m => m.bytes.length > BIG_MODULE || m.bodies.some(body => instructions(m.bytes, body).some(openNaN));

// ---- comparison

class Comparison {
  constructor(before, after, plan, progress) {
    this.plan = { ...PLAN, ...plan };
    this.plan.crashes = this.plan.changed.some(c => c[0] === 'crashes');
    this.plan.moved = this.plan.changed.some(c => c[0] === 'moved');
    this.progress = progress;
    this.notes = [];
    this.count = { steps: 0, calls: 0, returned: 0, trapped: 0, threw: 0, imports: 0 };
    this.modules = this.compile(before, after);
    this.m = parse(before);
    this.after = parse(after);
    this.plan.strict ??= !hasOpenNaN(this.m);
    if (this.plan.someExports) this.keepExports();
    compareExports(this.m, this.after);
  }

  /** Overlooks exports that the second module lacks. */
  keepExports() {
    const kept = new Set(this.after.exports.map(e => e.name));
    this.m.exports = this.m.exports.filter(e => kept.has(e.name));
  }

  compile(before, after) {
    let first;
    try { first = new WebAssembly.Module(before); } catch (error) {
      throw new Inconclusive(`this engine can't compile the first module: ${error.message}`);
    }
    try { return [first, new WebAssembly.Module(after)]; } catch (error) {
      throw new Difference(`the second module does not compile: ${error.message}`);
    }
  }

  /** Runs `act` on both worlds, then compares events and state. */
  step(label, act, deep = true) {
    this.worlds.forEach((world, side) => {
      world.refuel(this.plan.fuel);
      this.progress(label, side);
      act(world, side);
    });
    this.progress('compare', 2);
    this.count.steps++;
    this.compareEvents(label);
    if (!this.hasCrashed()) this.compareState(label, deep);
  }

  hasCrashed() { return this.worlds.some(w => w.crashed); }

  instantiate(round = 0) {
    const plan = { ...this.plan, seed: this.plan.seed + 64 * round, hostActs: this.plan.hostActs && !this.plan.moved };
    this.broken = false;
    try { this.worlds = [0, 1].map(() => new World(this.m, plan)); } catch (error) {
      throw new Inconclusive(`no imports for this module: ${error.message}`);
    }
    const failures = [null, null];
    this.step(INSTANTIATION, (world, side) => {
      try { world.instantiate(this.modules[side]); } catch (error) {
        failures[side] = error;
        world.events.push(isLinking(error) ? { what: 'linking failed', note: error.message, values: [] } : world.outcome('start', error));
      }
      if (side) this.judgeLinking(failures[0]);
    });
    return !failures[0];
  }

  /** A module that no host can link (say, one name imported as two kinds) may link once the import is dropped as unused. */
  judgeLinking(before) {
    if (!isLinking(before) || this.after.imports.length === this.m.imports.length) return;
    throw new Inconclusive(`the first module does not link: ${before.message}`);
  }

  // ---- events

  compareEvents(label) {
    let [a, b] = this.worlds.map(w => w.events.splice(0));
    if (this.hasCrashed()) { // up to what the first of them did then
      const n = Math.min(a.length, b.length) - 1;
      this.broken = true;
      [a, b] = [a, b].map(events => events.slice(0, Math.max(0, n)));
    }
    if ([...a, ...b].some(e => e.exhausted)) throw new Inconclusive(`${label}: stack exhausted`, { cause: 'call' });
    const n = Math.max(a.length, b.length);
    for (let i = 0; i < n; i++) this.compareEvent(label, a[i], b[i]);
    for (const event of a) this.countEvent(event);
  }

  compareEvent(label, a, b) {
    const differ = () => { throw new Difference(`${label}: ${showEvent(b)}, before: ${showEvent(a)}`); };
    if (!a || !b || a.what !== b.what || a.values.length !== b.values.length) differ();
    if (a.trap !== b.trap && this.plan.traps === 'kind') differ();
    if (!a.values.every((v, i) => sameValue(v, b.values[i], this.plan.strict))) differ();
    if (a.hash !== b.hash) throw new Difference(`${label}: memory differs when ${a.what} is called`);
  }

  countEvent(event) {
    this.broken ||= event.trap || / (threw|trapped)/.test(event.what);
    if (event.what.startsWith('import ')) this.count.imports++;
    else if (event.trap) this.count.trapped++;
    else if (event.what.includes(' threw ')) this.count.threw++;
    else if (event.what.endsWith(' returned')) this.count.returned++;
  }

  // ---- state

  compareState(label, deep) {
    const [a, b] = this.worlds;
    if (!a.memories || !b.memories) return;
    const strict = this.plan.strict || (label === INSTANTIATION && this.m.start === undefined);
    a.memories.forEach((x, i) => this.compareMemory(label, x, b.memories[i], deep, strict));
    a.globals.forEach((x, i) => this.compareGlobal(label, x, b.globals[i]));
    if (!deep) return;
    a.tables.forEach((x, i) => this.compareTable(label, x, b.tables[i]));
    if (this.plan.identities) this.compareIdentities(label, a, b);
  }

  /** `strict`: no NaN has been computed yet, so none excuses a difference. */
  compareMemory(label, a, b, deep, strict) {
    const [x, y] = [a, b].map(w => memoryBytes(w.value));
    if (x.length !== y.length) throw new Difference(`${label}: memory ${a.name} has ${y.length} bytes, before: ${x.length}`);
    if (x.length > BIG_MEMORY && !deep) return;
    if (sameBytes(x, y)) return;
    const at = this.changes(a.index).firstDifference(x, y, strict);
    if (at >= 0) throw new Difference(`${label}: memory ${a.name} at ${at} is ${y[at]}, before: ${x[at]}`);
  }

  changes(memory) {
    this.declared ??= new Map();
    if (!this.declared.has(memory)) this.declared.set(memory, new MemoryChanges(this.plan.changed.filter(c => c[1] === memory)));
    return this.declared.get(memory);
  }

  compareGlobal(label, a, b) {
    const [x, y] = [a, b].map(g => g.read());
    if ('bits' in x ? sameValue(x, y, this.plan.strict) : (x.value === null) === (y.value === null)) return;
    throw new Difference(`${label}: global ${a.name} is ${show(y)}, before: ${show(x)}`);
  }

  compareTable(label, a, b) {
    const [x, y] = [a.value, b.value];
    if (x.length !== y.length) throw new Difference(`${label}: table ${a.name} has ${y.length} entries, before: ${x.length}`);
    const wide = typeof x.length === 'bigint', n = Math.min(Number(x.length), TABLE_LIMIT);
    for (let i = 0; i < n; i++) {
      const [p, q] = [x, y].map(t => shape(tableEntry(t, wide ? BigInt(i) : i)));
      if (p !== q) throw new Difference(`${label}: table ${a.name}[${i}] is ${q}, before: ${p}`);
    }
  }

  /** Which functions are the same one. */
  compareIdentities(label, a, b) {
    const [x, y] = [a, b].map(w => w.identities(TABLE_LIMIT)), i = x.findIndex((item, k) => item.number !== y[k]?.number);
    if (i >= 0) throw new Difference(`${label}: ${x[i].where} is no longer the function that it was, or that others are`);
  }

  // ---- the plan of calls

  /**
   * Where tables in memory moved, each round has new instances and ends with the first trap or exception, and no host gets in
   * between: a runtime that goes on after a trap, with a stack that it never left, may read such tables past their ends.
   */
  run() {
    if (!this.instantiate()) return this.callTables();
    const rng = new Rng(this.plan.seed, 4), [a] = this.worlds, apart = this.plan.moved;
    const names = a.callables.map((_, i) => i).filter(i => !this.plan.skip.includes(a.callables[i].name));
    for (let round = 0; round < this.plan.rounds; round++) {
      if (apart && round && !this.instantiate(round)) return;
      for (const i of round ? rng.shuffle(names) : names) {
        if (apart && this.broken) break;
        this.callExport(i);
      }
    }
    if (apart && this.broken) return;
    this.callTables();
    this.step('end', () => {});
  }

  callExport(i) {
    if (this.count.calls >= this.plan.maxCalls) return;
    const n = ++this.count.calls, { name } = this.worlds[0].callables[i];
    this.step(`call ${n} of ${name}`, w => w.call(w.callables[i], new Rng(this.plan.seed, 5, n)), n % 16 === 0);
  }

  callTables() {
    const [a, b] = this.worlds.map(w => w.tableFunctions(TABLE_LIMIT));
    for (let i = 0; i < a.length && this.count.calls < this.plan.maxCalls; i++) {
      if (this.plan.skip.includes(a[i].where)) continue;
      const type = this.findType(a[i].value);
      if (type < 0) continue;
      const n = ++this.count.calls, { where } = a[i];
      const calls = [a[i], b[i]].map(({ value }) => this.adaptTableFunction(where, type, value));
      this.step(`call ${n} of ${where}`, (w, side) =>
        w.call({ name: where, type, call: calls[side] }, new Rng(this.plan.seed, 5, n)), false);
    }
  }

  adaptTableFunction(where, type, value) {
    try { return adaptExports(this.m, [type], [value])[0]; } catch {
      throw new Difference(`${where} changed its type`);
    }
  }

  /** The type number of a function object, found by trying, or -1. */
  findType(value) {
    return this.m.types.findIndex((t, i) => {
      if (t.kind !== 'func' || t.params.length !== value.length) return false;
      try { adaptExports(this.m, [i], [value]); } catch { return false; }
      return true;
    });
  }
}

const shape = entry => (typeof entry === 'function' ? `a function of ${entry.length}` : entry === null ? 'null' : typeof entry);
const show = v => ('bits' in v ? showValue(v) : v.value === null ? 'null' : 'a reference');

function showEvent(event) {
  if (!event) return 'nothing';
  return `${event.what}${event.trap ? ` (${event.trap})` : ''}${event.note ? ` (${event.note})` : ''} ${event.values.map(showValue).join(', ')}`;
}

/**
 * Compares two modules; throws only by a mistake of its own. verdict: same, different or inconclusive (what
 * ran was the same); mayLeaveOut: without the call that `reason` begins with, more could be said.
 */
export function compareModules(before, after, plan = {}, progress = () => {}) {
  const report = compareOnce(before, after, plan, progress);
  if (report.verdict !== 'same' || plan.share !== undefined || !canShare(report.m)) return report;
  const shared = compareOnce(before, after, { ...plan, share: true }, progress);
  const reason = shared.reason && `${shared.reason} (one object for imports of one type)`;
  return shared.verdict === 'different' ? { ...shared, reason } : report;
}

function compareOnce(before, after, plan, progress) {
  const report = { verdict: 'same', notes: [], count: {} };
  let comparison;
  try {
    comparison = new Comparison(before, after, plan, progress);
    report.count = comparison.count;
    comparison.run();
  } catch (error) {
    if (error instanceof Inconclusive) report.verdict = 'inconclusive';
    else if (error instanceof Difference) report.verdict = 'different';
    else throw error;
    report.reason = error.message;
    report.mayLeaveOut = error.cause === 'call';
  }
  report.strict = comparison?.plan.strict;
  Object.defineProperty(report, 'm', { value: comparison?.m }); // not part of what is sent
  return report;
}
