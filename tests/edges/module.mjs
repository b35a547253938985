// A random module of edge cases as text: what it declares. code.mjs writes the code of its functions, host.mjs runs it.
// Everything that runs ends: functions and loops count a fuel down that the host fills before each call, or are
// bounded by their shape (quiet functions: no fuel, so that they have no effect but those they were written for).

import { Code } from './code.mjs';
import { gcMakers, gcStatement, gcTests, legacyTry, tableTry } from './proposals.mjs';
import { Rng } from './rng.mjs';
import { INT_BINARY, heap, isNumber } from './values.mjs';

const FEATURES = { simd: 3, gc: 2, legacy: 3, exnref: 2, tail: 2, memories: 3, wide: 4, atomics: 4, refs: 2 };
// Where Wasmtime runs the module: what V8 lacks, or gives other results for. It has no legacy exceptions, and its
// host sees no shared memory.
const WASMTIME_FEATURES = { ...FEATURES, simd: 2, legacy: Infinity, atomics: Infinity, arithmetic: 2, relaxed: 2, deep: 3 };

class Module {
  constructor(r, engine) {
    const features = engine === 'wasmtime' ? WASMTIME_FEATURES : FEATURES;
    this.r = r;
    this.engine = engine;
    this.features = Object.keys(features).filter(f => r.chance(features[f]));
    if (!this.has('simd')) this.features = this.features.filter(f => f !== 'relaxed');
    if (this.has('exnref')) this.features = this.features.filter(f => f !== 'legacy');
    if (this.has('gc')) this.features.push('refs');
    this.types = ['i32', 'i64', 'f32', 'f64', 'i32', ...(this.has('simd') ? ['v128'] : [])];
    this.parts = [];
    this.declared = new Set();
    this.makeTypes();
    this.makeMemories();
    this.makeGlobals();
    this.makeFunctions();
  }

  has(f) {
    return this.features.includes(f);
  }
  say(text) {
    this.parts.push(text);
  }
  /** Exported, imported, or neither. */
  open(name, kind) {
    return this.r.chance(2) ? `(export "${kind}${name.slice(1)}")` : '';
  }

  // Types. Structs and arrays of one small hierarchy; a second one of the same shape apart in its own group.

  makeTypes() {
    const { r } = this;
    this.refs = this.has('refs') ? ['funcref', 'externref'] : [];
    this.structs = [];
    this.arrays = [];
    this.i32Makers = () => [];
    this.refMakers = t => [() => `ref.null ${heap(t)}`];
    this.refStatement = () => null;
    if (!this.has('gc')) return;
    const field = () => {
      const type = r.pick(['i8', 'i16', 'i32', 'i32', 'i64', 'f32', 'f64', 'anyref', '(ref null $S0)']);
      return { type, mutable: !r.chance(3) };
    };
    const text = fields => `(struct ${fields.map(f => `(field ${f.mutable ? `(mut ${f.type})` : f.type})`).join(' ')})`;
    const s0 = r.times(1 + r.below(3), field),
      s1 = [...s0, ...r.times(1 + r.below(2), field)],
      s2 = [...s1, ...r.times(r.below(2), field)],
      s3 = [...s0, ...r.times(r.below(2), field)];
    this.say(
      `(rec (type $S0 (sub ${text(s0)})) (type $S1 (sub $S0 ${text(s1)})) (type $S2 (sub ${r.chance(2) ? 'final' : ''} $S1 ${text(s2)})) (type $S3 (sub $S0 ${text(s3)})))`,
    );
    const twin = r.chance(2)
      ? `(rec (type $T0 (sub ${text([{ type: 'i32', mutable: true }])})) (type $T1 (sub $T0 ${text([{ type: 'i32', mutable: true }])})))`
      : '';
    const t0 = [{ type: 'i32', mutable: true }];
    if (twin) this.say(twin);
    if (r.chance(2)) this.say(`(rec (type $U0 (sub ${text(t0)})) (type $U1 (sub $U0 ${text(t0)})) (type $U2 (struct)))`);
    this.structs = [
      ['$S0', s0],
      ['$S1', s1, '$S0'],
      ['$S2', s2, '$S1', '$S0'],
      ['$S3', s3, '$S0'],
      ...(twin
        ? [
            ['$T0', t0],
            ['$T1', t0, '$T0'],
          ]
        : []),
      ...(this.parts.some(p => p.includes('$U0'))
        ? [
            ['$U0', t0],
            ['$U1', t0, '$U0'],
          ]
        : []),
    ].map(([name, fields, ...up]) => ({ name, fields, up }));
    this.arrays = [
      ['$A8', 'i8', true],
      ['$A16', 'i16', !r.chance(3)],
      ['$A32', 'i32', true],
      ['$A64', 'i64', !r.chance(3)],
      ['$AR', '(ref null $S0)', true],
    ].map(([name, type, mutable]) => ({ name, type, mutable }));
    for (const a of this.arrays) this.say(`(type ${a.name} (array ${a.mutable ? `(mut ${a.type})` : a.type}))`);
    this.refs.push(
      'anyref',
      'eqref',
      'i31ref',
      '(ref null $S0)',
      '(ref null $S1)',
      '(ref null $S3)',
      '(ref null $A8)',
      '(ref null $A32)',
      '(ref null $AR)',
    );
    if (twin) this.refs.push('(ref null $T0)');
    this.types.push('anyref', 'eqref', '(ref null $S0)', r.pick(this.refs));
    this.i32Makers = gcTests;
    this.refMakers = gcMakers;
    this.refStatement = gcStatement;
  }

  /** Concrete types below a reference type: structs and arrays. */
  below(t) {
    const all = [...this.structs, ...this.arrays];
    if (['anyref', 'eqref'].includes(t)) return all;
    return all.filter(s => heap(t) === s.name || s.up?.includes(heap(t)));
  }

  makeMemories() {
    const { r } = this,
      shared = this.has('atomics');
    const memory = (i, wide) => ({ name: `$m${i}`, wide, min: 1 + r.below(2) });
    this.memories = [memory(0, this.has('wide') && !shared && r.chance(2)), ...(this.has('memories') ? [memory(1, this.has('wide'))] : [])];
    this.imports = [];
    const [one, two] = this.memories;
    if (two && one.wide === two.wide && !shared && r.chance(3)) {
      // One memory under two names.
      two.min = one.min;
      const type = `${one.wide ? 'i64' : ''} ${one.min} ${one.min + 2} `;
      for (const m of this.memories) this.imports.push(`(import "h" "m0" (memory ${m.name} ${type}))`);
    }
    for (const m of this.imports.length ? [] : this.memories) {
      const type = `${m.wide ? 'i64' : ''} ${m.min} ${m.min + 2} ${shared && m.name === '$m0' ? 'shared' : ''}`;
      if (r.chance(4)) this.imports.push(`(import "h" "${m.name.slice(1)}" (memory ${m.name} ${type}))`);
      else this.say(`(memory ${m.name} ${this.open(m.name, 'mem ')} ${type})`);
    }
    this.segments = [];
    const string = () =>
      r.chance(4)
        ? 'abc\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\ff'.repeat(1 + r.below(3))
        : r.times(r.below(20), () => `\\${r.below(256).toString(16).padStart(2, '0')}`).join('');
    for (let i = 0; i < 1 + r.below(5); i++) {
      const passive = r.chance(2),
        m = r.pick(this.memories),
        c = m.wide ? 'i64' : 'i32',
        at = r.chance(6) ? 65536 * m.min - r.below(25) : r.below(40);
      this.say(`(data $d${i} ${passive ? '' : `(memory ${m.name}) (offset ${c}.const ${at})`} "${string()}")`);
      if (passive || r.chance(3)) this.segments.push(`$d${i}`);
    }
    if (r.chance(8))
      this.say(
        `(data (memory $m0) (offset ${this.memories[0].wide ? 'i64' : 'i32'}.const 1000) "${'the same words over and over, '.repeat(40 + r.below(100))}")`,
      );
  }

  makeGlobals() {
    const { r } = this;
    this.globals = [{ name: '$mix', type: 'i64', mutable: true }];
    this.say(
      `(global $fuel (export "fuel") (mut i32) (i32.const 60)) (global $mix ${r.chance(2) ? '(export "mix")' : ''} (mut i64) (i64.const 0))`,
    );
    this.burn = 'global.get $fuel i32.const -1 i32.add global.set $fuel global.get $fuel i32.const 0x0 i32.lt_s if unreachable end';
    this.imports.push('(import "h" "base" (global $base i32))');
    if (r.chance(2)) {
      this.imports.push('(import "h" "shared" (global $shared (mut i32)))');
      this.globals.push({ name: '$shared', type: 'i32', mutable: true });
      if (r.chance(2)) {
        this.imports.push('(import "h" "shared" (global $shared2 (mut i32)))');
        this.globals.push({ name: '$shared2', type: 'i32', mutable: true });
      }
    }
    const base = ['i32.const 7', 'global.get $base', 'global.get $base i32.const 3 i32.mul i32.const 1 i32.add'];
    const values = { i32: r.pick(base), i64: 'i64.const -9', f32: 'f32.const -0', f64: 'f64.const nan', v128: 'v128.const i64x2 1 2' };
    for (let i = 0; i < 3 + r.below(5); i++) {
      const type = r.pick([...this.types, ...this.refs, ...(this.has('gc') ? ['(ref null $S0)'] : [])]),
        mutable = !r.chance(3),
        name = `$g${i}`;
      this.globals.push({ name, type, mutable });
      this.say(
        `(global ${name} ${this.engine === 'wasmtime' && (!isNumber(type) || type === 'v128') ? '' : this.open(name, 'global ')} ${mutable ? `(mut ${type})` : type} ${values[type] ?? this.constantRef(type)})`,
      );
    }
    this.globals.push({ name: '$base', type: 'i32', mutable: false });
  }

  constantRef(t) {
    const { r } = this,
      s = this.below(t).find(c => c.fields),
      nothing = `ref.null ${heap(t)}`;
    if (['i31ref', 'anyref', 'eqref'].includes(t) && r.chance(2)) return 'i32.const 77 ref.i31';
    if (s && r.below(4)) return `struct.new_default ${s.name}`;
    const array = this.arrays.find(a => heap(t) === a.name);
    if (array && r.below(4)) return `i32.const 3 array.new_default ${array.name}`;
    return nothing;
  }

  // Functions. Quiet ones first, which call only earlier ones, so that they end.

  makeFunctions() {
    const { r } = this,
      types = [...this.types, ...this.refs.slice(0, 3)];
    const n = 4 + r.below(8);
    this.host = [
      { name: '$say', params: ['i32'], results: [], host: true },
      { name: '$say2', params: ['i32'], results: [], host: true },
      { name: '$ask', params: ['i32', 'i64'], results: ['i32'], host: true },
      { name: '$ask64', params: ['i64'], results: ['i64'], host: true },
    ];
    this.funcs = r.times(n, i => {
      const quiet = i < n / 3,
        able = quiet || r.chance(6) ? types : types.filter(t => t !== 'v128'); // v128 can't be passed to the host
      const f = { name: `$f${i}`, index: i, quiet, params: r.some(able, r.below(4)), results: r.some(able, r.pick([0, 1, 1, 1, 2])) };
      f.type = `$t${i}`;
      return f;
    });
    // Some of the same type, so that tables hold several that a call can mean.
    for (const f of this.funcs)
      if (f.index && r.chance(2)) {
        const o = this.funcs[r.below(f.index)];
        Object.assign(f, { params: o.params, results: o.results, type: o.type });
      }
    for (const f of this.funcs) if (f.type === `$t${f.index}`) this.say(this.funcType(f));
    this.imports.push(
      '(import "h" "say" (func $say (param i32)))',
      '(import "h" "say" (func $say2 (param i32)))',
      '(import "h" "ask" (func $ask (param i32 i64) (result i32)))',
      '(import "h" "ask64" (func $ask64 (param i64) (result i64)))',
    );
    this.makeTables();
    this.makeTags();
    const bodies = [];
    for (const f of this.funcs) {
      const before =
        f.index &&
        r.chance(4) &&
        this.funcs
          .slice(0, f.index)
          .reverse()
          .find(o => o.type === f.type && o.quiet === f.quiet);
      const text = before ? this.alike(bodies[before.index]) : new Code(this, f).body(1 + r.below(4));
      bodies.push(text);
      let named = r.chance(3) && f.quiet ? '' : `(export "f${f.index}")${r.chance(8) ? `(export "again ${f.index}")` : ''}`;
      if (named && this.engine === 'wasmtime' && ![...f.params, ...f.results].every(t => /^[if]\d/.test(t))) {
        this.say(this.wrapper(f, named));
        named = '';
      }
      this.say(
        `(func ${f.name} ${named} (type ${f.type}) ${f.params.map((t, i) => `(param $p${i} ${t})`).join(' ')} ${f.results.map(t => `(result ${t})`).join(' ')}\n${text})`,
      );
    }
    if (this.has('deep')) this.say(this.deep());
    if (r.chance(3)) this.say(`(func $start ${this.startCode()}) (start $start)`);
    if (this.declared.size) this.say(`(elem declare func ${[...this.declared].join(' ')})`);
  }

  /** A function in front of f that takes and returns numbers: a vector is one number repeated, a reference a constant. */
  wrapper(f, named) {
    const params = f.params.filter(isNumber).map(t => (t === 'v128' ? 'i64' : t)),
      results = f.results.map(t => (t === 'v128' ? 'i64' : isNumber(t) ? t : 'i32'));
    let n = 0;
    const given = f.params.map(t =>
      !isNumber(t) ? this.constantRef(t) : `local.get ${n++}${t === 'v128' ? ' i64x2.splat' : ''}`,
    );
    const taken = f.results.map((t, i) =>
      t === 'v128'
        ? `local.get $r${i} i64x2.extract_lane 0 local.get $r${i} i64x2.extract_lane 1 i64.const 7 i64.rotl i64.xor`
        : `local.get $r${i}${isNumber(t) ? '' : ' ref.is_null'}`,
    );
    const sets = f.results.map((t, i) => `local.set $r${i}`).reverse();
    return `(func ${named} ${params.map(t => `(param ${t})`).join(' ')} ${results.map(t => `(result ${t})`).join(' ')}
      ${f.results.map((t, i) => `(local $r${i} ${t})`).join(' ')} ${[...given, `call ${f.name}`, ...sets, ...taken].join(' ')})`;
  }

  /** A function that calls itself up to a thousand times. */
  deep() {
    const { r } = this,
      code = new Code(this, { name: '$deep', params: ['i32', 'i64'], results: ['i64'], quiet: true, index: 0 }),
      left = code.local('i32', 'n');
    code.budget = 20;
    const text = `local.get $p0 i32.const 0x3ff i32.and local.tee ${left} if (result i64) ${code.statements(1, 2)}
      local.get ${left} i32.const 1 i32.sub ${code.expr('i64', 2)} call $deep ${code.expr('i64', 2)} i64.${r.pick(INT_BINARY)}
      else ${code.expr('i64', 3)} end`;
    const locals = code.own.map(l => `(local ${l.name} ${l.type})`).join(' ');
    return `(func $deep (export "f${this.funcs.length}") (param $p0 i32) (param $p1 i64) (result i64) ${locals} ${text})`;
  }

  startCode() {
    const code = new Code(this, { name: '$start', params: [], results: [] });
    code.budget = 20;
    const text = code.body(2);
    const at = text.indexOf('\n');
    return `${text.slice(0, at)} i32.const 60 global.set $fuel ${text.slice(at)}`;
  }

  funcType(f) {
    const body = `(func ${f.params.map(t => `(param ${t})`).join(' ')} ${f.results.map(t => `(result ${t})`).join(' ')})`;
    if (!this.has('gc') || !this.r.chance(2)) return `(type ${f.type} ${body})`;
    f.open = true;
    return `(type ${f.type}s (sub ${body})) (type ${f.type} (sub ${this.r.chance(2) ? 'final' : ''} ${f.type}s ${body}))`;
  }

  typeName(f, r) {
    return this.funcs.find(o => o.type === f.type && o.open) && r.chance(2) ? `${f.type}s` : f.type;
  }

  /** The same code but for a constant. */
  alike(text) {
    let i = 0;
    const n = this.r.below(8);
    return text.replace(/(i32|i64)\.const (\d+)\b/g, (all, t) => (i++ === n ? `${t}.const ${this.r.below(100)}` : all));
  }

  makeTables() {
    const { r } = this;
    this.tables = r.times(1 + r.below(2), i => ({
      name: `$tab${i}`,
      slots: r.times(3 + r.below(6), () => (r.chance(4) ? null : r.pick(this.funcs))),
    }));
    for (const t of this.tables) {
      if (t.name === '$tab0' && this.engine === 'v8' && r.chance(5)) {
        this.importTable(t);
        continue;
      }
      const given = this.has('gc') && r.chance(3) ? ` (ref.func ${r.pick(this.funcs).name})` : '';
      this.say(`(table ${t.name} ${this.open(t.name, 'table ')} ${t.slots.length} ${t.slots.length + 6} funcref${given})`);
      t.slots.forEach((f, i) => {
        if (f) this.say(`(elem (table ${t.name}) (i32.const ${i}) func ${f.name})`);
      });
    }
    this.say(
      `(elem $e0 func ${r
        .some(this.funcs, 4)
        .map(f => f.name)
        .join(' ')})`,
    );
  }

  /** A table of the host. What segments write there stays if a later one traps; then functions of it can be called, and take
   *  what is in segments that were not written. */
  importTable(t) {
    const { r } = this,
      size = t.slots.length;
    this.imports.push(`(import "h" "t0" (table ${t.name} ${size} ${size + 6} funcref))`);
    t.slots.forEach((f, i) => {
      if (f) this.say(`(elem (table ${t.name}) (i32.const ${i}) func ${f.name})`);
    });
    // No call names the type of $only.
    this.say(`(func $only (result i32 i32 i32) i32.const ${r.below(9)} call $say i32.const 1 i32.const 2 i32.const 3)`);
    this.say(`(table $own 2 funcref)`);
    this.say(`(type $take (func))`);
    this.say(`(elem (table ${t.name}) (i32.const ${r.below(size)}) func $take)`);
    if (r.below(9) > 3) this.say(`(elem (table ${t.name}) (i32.const ${size}) func $take)`);
    this.say(`(elem $late (table $own) (i32.const 0) func $only ${r.pick(this.funcs).name})`);
    this.say(
      `(func $take (type $take) i32.const ${r.below(size)} i32.const ${r.below(2)} i32.const 1 table.init ${t.name} $late)`,
    );
  }

  slotOf(c) {
    const found = this.tables.flatMap(t => t.slots.map((f, index) => ({ name: t.name, index, f }))).filter(s => s.f && s.f.type === c.type);
    return found.length ? this.r.pick(found) : null;
  }

  makeTags() {
    this.tryText = null;
    if (!this.has('legacy') && !this.has('exnref')) return;
    this.imports.push('(import "h" "tag" (tag $e0 (type $tag)))');
    this.say('(type $tag (func (param i32)))');
    this.say('(tag $e1 (param i32 i64)) (tag $e2)');
    this.thrown = this.r.chance(2) ? '$e0' : '$e0b'; // another name of the same tag
    if (this.thrown === '$e0b') this.imports.push('(import "h" "tag" (tag $e0b (type $tag)))');
    this.tryText = this.has('legacy') ? legacyTry : tableTry;
  }

  callees(f) {
    if (f.quiet) return this.funcs.filter(c => c.quiet && c.index < f.index && f.index - c.index < 3);
    return [...this.funcs, ...(f.quiet ? [] : this.host)];
  }

  funcRef(f) {
    this.declared.add(f.name);
    return `ref.func ${f.name}`;
  }

  text() {
    const isType = p => /^\((type|rec)/.test(p),
      types = this.parts.filter(isType),
      rest = this.parts.filter(p => !isType(p));
    return `(module\n${[...types, ...this.imports, ...rest].join('\n')})\n`;
  }
}

/** The module of a seed, for one of the engines: { text, features }. */
export function edgeModule(seed, engine = 'v8') {
  const m = new Module(new Rng(seed), engine);
  return { text: m.text(), features: m.features };
}
