// Random programs in the shape of compilers' output, as text for `wasm-tools parse`: locals that carry values around nested
// control flow, arms and cases that end alike, sequences that repeat with other locals and constants, functions that are
// copies of each other but for a constant or a callee, small helpers to inline, switches, loops with counters,
// blocks with results, and by module: GC casts, one of the two kinds of exceptions, tail calls, several memories, 64-bit ones.
// Other generators rarely have two equal sequences, or a value that matters many instructions later. Each statement changes
// something that can be seen: a memory, a global, or what an import is told.

const NUMBERS = ['i32', 'i64', 'f64'];
const CONSTANTS = [0, 1, 2, 3, 4, 7, 8, 15, 31, 32, 63, 64, 127, 128, 255, 256, 1000, 65535, 65536, 0x7fffffff, -1, -2, -128, -0x80000000];
const BINARY = ['add', 'sub', 'mul', 'and', 'or', 'xor', 'shl', 'shr_s', 'shr_u', 'rotl', 'rotr'];
const COMPARE = ['eq', 'ne', 'lt_s', 'lt_u', 'gt_s', 'gt_u', 'le_s', 'le_u', 'ge_s', 'ge_u'];
const FLOATS = ['add', 'sub', 'mul', 'div', 'min', 'max', 'copysign'];
const LOADS = { i32: ['load', 'load8_u', 'load8_s', 'load16_u', 'load16_s'], i64: ['load', 'load8_u', 'load16_s', 'load32_u', 'load32_s'], f64: ['load'] };
const STORES = { i32: ['store', 'store8', 'store16'], i64: ['store', 'store8', 'store32'], f64: ['store'] };
const BASE = '(ref null $base)', DERIVED = '(ref null $derived)', ARRAY = '(ref null $array)', ANY = 'anyref';

const isRef = t => t.startsWith('(ref') || t.endsWith('ref');

class Program {
  constructor(rng) {
    this.rng = rng;
    this.handling = rng.pick(['none', 'legacy', 'new', 'new']);
    this.gc = this.handling !== 'legacy' && rng.chance(2);
    this.tails = rng.chance(2);
    this.memories = Array.from({ length: 1 + (rng.chance(3) ? rng.below(3) : 0) }, () => (rng.chance(4) ? 'i64' : 'i32'));
    this.serial = 0;
    this.templates = Array.from({ length: 1 + rng.below(4) }, () => this.template());
    this.functions = Array.from({ length: 3 + rng.below(6) }, (_, i) => ({ name: `$f${i}`, params: this.types(rng.below(5)), results: rng.chance(5) ? [] : [this.type()] }));
    this.type64 = rng.pick(NUMBERS);
  }

  fresh(kind) { return `$${kind}${this.serial++}`; }
  type() { return this.gc && this.rng.chance(6) ? this.rng.pick([BASE, DERIVED, ARRAY, ANY]) : this.rng.pick(['i32', 'i32', ...NUMBERS]); }
  types(n) { return Array.from({ length: n }, () => this.type()); }

  // ---- repeated sequences: $A $B $C stand for locals of type i32, #K for a constant

  template() {
    const { rng } = this, lines = [];
    const leaf = () => rng.pick(['(local.get $A)', '(local.get $B)', '(local.get $C)', '(i32.const #K)', `(i32.const ${rng.pick(CONSTANTS)})`]);
    const tree = d => (d && !rng.chance(4) ? `(i32.${rng.pick([...BINARY, ...COMPARE])} ${tree(d - 1)} ${tree(d - 1)})` : leaf());
    for (let i = 2 + rng.below(7); i > 0; i--) {
      lines.push(rng.pick([
        () => `(local.set ${rng.pick(['$A', '$B', '$C'])} ${tree(3)})`,
        () => `(call $log ${tree(2)})`,
        () => `(global.set $g0 ${tree(2)})`,
        () => `(if ${tree(1)} (then (local.set ${rng.pick(['$A', '$B'])} ${tree(2)})) (else (call $log ${tree(1)})))`,
        () => `(if ${tree(2)} (then (local.set $C ${tree(2)})))`,
        () => `(local.set $A (select ${tree(1)} ${tree(1)} ${tree(1)}))`,
        () => `(global.set $g0 (i32.add (local.tee $B ${tree(2)}) (global.get $g0)))`,
      ])());
    }
    return lines.join(' ');
  }

  /** A sequence that other places have too, on three locals of this function. */
  repeated() {
    const locals = this.f.locals.filter(l => l.type === 'i32'), [a, b, c] = [0, 1, 2].map(() => this.rng.pick(locals).name), k = this.rng.pick(CONSTANTS);
    return this.rng.pick(this.templates).replaceAll('$A', a).replaceAll('$B', b).replaceAll('$C', c).replaceAll('#K', k);
  }

  // ---- expressions

  constant(t) {
    const n = this.rng.pick(CONSTANTS);
    if (t === 'f64') return `(f64.const ${this.rng.pick([n, n + 0.5, '-0', 'inf', 'nan'])})`;
    return `(${t}.const ${t === 'i32' ? n | 0 : n})`;
  }

  local(t) {
    const found = this.f.locals.filter(l => l.type === t);
    return found.length ? this.rng.pick(found).name : null;
  }

  leaf(t) {
    const name = this.local(t);
    if (name && !this.rng.chance(4)) return `(local.get ${name})`;
    if (!isRef(t)) return this.rng.chance(4) ? `(global.get $${t}${this.rng.below(2)})`.replace('$i321', '$g0').replace('$i320', '$g0') : this.constant(t);
    if (t === DERIVED) return '(global.get $object)';
    return this.rng.chance(2) && t !== ARRAY ? '(global.get $object)' : `(ref.null ${t === ARRAY ? '$array' : t === ANY ? 'any' : '$base'})`;
  }

  address(m) {
    const masked = `(i32.and ${this.expr('i32', 1)} (i32.const 255))`, a = this.rng.chance(3) ? `(i32.const ${this.rng.pick([0, 4, 8, 12, 16, 64])})` : masked;
    return this.memories[m] === 'i64' ? `(i64.extend_i32_u ${a})` : a;
  }

  access(t, list, value = '') {
    const m = this.rng.below(this.memories.length), offset = this.rng.chance(2) ? ` offset=${this.rng.pick([1, 4, 8, 16])}` : '';
    return `(${t}.${this.rng.pick(list)} $m${m}${offset} ${this.address(m)}${value && ` ${value}`})`;
  }

  /** A block whose value comes from its end or from branches to it. */
  blockValue(t, d) {
    const label = this.fresh('b');
    return this.within({ name: label, types: [t] }, () => `(block ${label} (result ${t}) ${this.statements(1 + this.rng.below(2), d - 1)} ${this.expr(t, d - 1)})`);
  }

  ifValue(t, d) {
    const label = this.fresh('i');
    return this.within({ name: label, types: [t] }, () => {
      const arm = () => `${this.rng.chance(2) ? this.statements(1, d - 1) : ''} ${this.expr(t, d - 1)}`;
      return `(if ${label} (result ${t}) ${this.condition(d - 1)} (then ${arm()}) (else ${arm()}))`;
    });
  }

  callOf(t, d) {
    const found = this.functions.filter(f => f.results[0] === t);
    if (!found.length) return this.leaf(t);
    const f = this.rng.pick(found), args = f.params.map(p => this.expr(p, d - 1)).join(' ');
    if (this.rng.chance(5)) return `(call_indirect $t (type ${f.type ??= `$type${f.name.slice(1)}`}) ${args} (i32.const ${this.functions.indexOf(f)}))`;
    return `(call ${f.name} ${args})`;
  }

  structured(t, d) {
    return this.rng.pick([() => this.blockValue(t, d), () => this.ifValue(t, d), () => this.callOf(t, d), () => this.tee(t, d), () => this.caught(t, d), () => this.selected(t, d)])();
  }

  selected(t, d) {
    return `(select${isRef(t) ? ` (result ${t})` : ''} ${this.expr(t, d - 1)} ${this.expr(t, d - 1)} ${this.condition(d - 1)})`;
  }

  tee(t, d) {
    const name = this.local(t);
    return name ? `(local.tee ${name} ${this.expr(t, d - 1)})` : this.leaf(t);
  }

  condition(d) {
    const { rng } = this;
    if (d <= 0) return this.leaf('i32');
    return rng.pick([
      () => `(i32.eqz ${this.condition(d - 1)})`,
      () => `(i32.${rng.pick(['and', 'or'])} ${this.condition(d - 1)} ${this.condition(d - 1)})`,
      () => `(i32.${rng.pick(COMPARE)} ${this.expr('i32', d - 1)} ${this.expr('i32', d - 1)})`,
      () => `(i64.${rng.pick(COMPARE)} ${this.expr('i64', d - 1)} ${this.expr('i64', d - 1)})`,
      () => `(f64.${rng.pick(['eq', 'ne', 'lt', 'gt', 'le', 'ge'])} ${this.expr('f64', d - 1)} ${this.expr('f64', d - 1)})`,
      () => `(if (result i32) ${this.condition(d - 1)} (then ${this.condition(d - 1)}) (else (i32.const ${rng.pick([0, 1])})))`,
      () => this.expr('i32', d - 1),
      () => (this.gc ? rng.pick([() => `(ref.is_null ${this.expr(BASE, d - 1)})`, () => `(ref.test (ref $derived) ${this.expr(BASE, d - 1)})`, () => `(ref.eq ${this.expr(BASE, d - 1)} ${this.expr(DERIVED, d - 1)})`])() : this.leaf('i32')),
    ])();
  }

  expr(t, d) {
    const { rng } = this;
    if (d <= 0 || rng.chance(5)) return this.leaf(t);
    if (rng.chance(4)) return this.structured(t, d);
    if (isRef(t)) return this.reference(t, d);
    if (rng.chance(6)) return this.access(t, LOADS[t]);
    if (t === 'f64') return rng.pick([() => `(f64.${rng.pick(FLOATS)} ${this.expr(t, d - 1)} ${this.expr(t, d - 1)})`, () => `(f64.convert_i32_s ${this.expr('i32', d - 1)})`])();
    return rng.pick([
      () => `(${t}.${rng.pick(BINARY)} ${this.expr(t, d - 1)} ${this.expr(t, d - 1)})`,
      () => `(${t}.${rng.pick(BINARY)} ${this.expr(t, d - 1)} ${this.constant(t)})`,
      () => `(${t}.${rng.pick(['div_s', 'div_u', 'rem_s', 'rem_u'])} ${this.expr(t, d - 1)} ${rng.chance(4) ? this.expr(t, d - 1) : `(${t}.or ${this.expr(t, d - 1)} (${t}.const 1))`})`,
      () => `(${t}.${rng.pick(['clz', 'ctz', 'popcnt', 'extend8_s', 'extend16_s'])} ${this.expr(t, d - 1)})`,
      () => (t === 'i32' ? this.condition(d) : `(i64.extend_i32_${rng.pick('su')} ${this.expr('i32', d - 1)})`),
      () => (t === 'i32' ? `(i32.wrap_i64 ${this.expr('i64', d - 1)})` : `(i64.extend32_s ${this.expr(t, d - 1)})`),
      () => `(${t}.trunc_sat_f64_${rng.pick('su')} ${this.expr('f64', d - 1)})`,
      () => (this.gc ? this.field(t, d) : this.leaf(t)),
    ])();
  }

  field(t, d) {
    if (t === 'i64') return `(struct.get $derived 1 ${this.expr(DERIVED, d - 1)})`;
    return this.rng.pick([() => `(struct.get $base 0 ${this.expr(BASE, d - 1)})`, () => `(struct.get $base 0 ${this.made(BASE, d)})`,
      () => `(array.get $array ${this.expr(ARRAY, d - 1)} (i32.and ${this.expr('i32', d - 1)} (i32.const 3)))`])();
  }

  made(t, d) {
    if (t === ARRAY) return `(array.new_fixed $array 3 ${this.expr('i32', d - 1)} ${this.expr('i32', d - 1)} ${this.expr('i32', d - 1)})`;
    if (t === BASE && this.rng.chance(2)) return `(struct.new $base ${this.expr('i32', d - 1)})`;
    return `(struct.new $derived ${this.expr('i32', d - 1)} ${this.expr('i64', d - 1)})`;
  }

  reference(t, d) {
    const { rng } = this;
    if (t === ANY) return rng.pick([() => this.expr(rng.pick([BASE, ARRAY, DERIVED]), d - 1), () => `(ref.i31 ${this.expr('i32', d - 1)})`, () => this.leaf(t)])();
    if (t !== DERIVED || rng.chance(2)) return this.made(t, d);
    if (rng.chance(3)) return `(ref.cast (ref null $derived) ${this.expr(BASE, d - 1)})`;
    const label = this.fresh('c'), fails = rng.chance(3), from = rng.pick([BASE, ANY]);
    const code = this.within({ name: label, types: [] }, () => `${this.statements(1, d - 1)} ${this.made(DERIVED, d)}`).replaceAll(`(br ${label})`, '');
    if (fails) {
      return `(block ${label}o (result ${t}) (drop (block ${label} (result ${from}) (br ${label}o (br_on_cast_fail ${label} ${from} (ref $derived) ${this.expr(from, d - 1)})))) ${this.statementsOutside(d)} ${this.made(DERIVED, d)})`;
    }
    return `(block ${label} (result (ref $derived)) (drop (br_on_cast ${label} ${from} (ref $derived) ${this.expr(from, d - 1)})) ${code.includes(label) ? this.made(DERIVED, d) : code})`;
  }

  statementsOutside(d) { return this.statements(1, d - 1); }

  // ---- exceptions

  /** A value that may come from an exception. */
  caught(t, d) {
    if (this.handling === 'none' || isRef(t)) return this.leaf(t);
    return this.handling === 'legacy' ? this.caughtOld(t, d) : this.caughtNew(t, d);
  }

  caughtOld(t, d) {
    const { rng } = this, label = this.fresh('t'), keep = this.local('i32');
    const body = this.within({ name: label, types: [t] }, () => `${this.statements(1 + rng.below(2), d - 1)} ${this.thrower(d)} ${this.expr(t, d - 1)}`);
    const handler = `(catch $e (local.set ${keep}) ${this.statements(1, d - 1)} ${this.expr(t, d - 1)})`;
    const all = rng.chance(2) ? `(catch_all ${this.statements(1, d - 1)} ${rng.chance(4) ? `(rethrow ${label})` : ''} ${this.expr(t, d - 1)})` : '';
    if (rng.chance(5)) return `(try (result ${t}) (do (try ${label} (result ${t}) (do ${body}) (delegate 0))) ${handler})`;
    return `(try ${label} (result ${t}) (do ${body}) ${handler} ${all})`;
  }

  caughtNew(t, d) {
    const { rng } = this, label = this.fresh('t'), out = this.fresh('o'), keep = this.local('i32');
    const all = rng.chance(2), inner = this.fresh('a');
    return this.within({ name: out, types: [t] }, () => {
      const clauses = rng.pick([`(catch $e ${label})`, `(catch $e ${label})${all ? ` (catch_all ${inner})` : ''}`]);
      const body = this.within({ name: out, types: [t] }, () => `${this.statements(1 + rng.below(2), d - 1)} ${this.thrower(d)} ${this.expr(t, d - 1)}`);
      const tried = `(br ${out} (try_table (result ${t}) ${clauses} ${body}))`;
      const guarded = `(block ${inner} ${tried}) ${this.statements(1, d - 1)} (br ${out} ${this.expr(t, d - 1)})`;
      return `(block ${out} (result ${t}) (local.set ${keep} (block ${label} (result i32) ${guarded})) ${this.statements(1, d - 1)} ${this.expr(t, d - 1)})`;
    });
  }

  thrower(d) {
    if (!this.rng.chance(2)) return '';
    return `(if ${this.condition(d - 1)} (then ${this.rng.chance(2) ? this.statements(1, 0) : ''} (throw $e ${this.expr('i32', d - 1)})))`;
  }

  // ---- statements

  within(label, make) {
    this.labels.push(label);
    const text = make();
    this.labels.pop();
    return text;
  }

  statements(n, d) { return Array.from({ length: n }, () => this.statement(d)).join('\n'); }

  simple(d) {
    const { rng } = this;
    return rng.pick([
      () => { const l = rng.pick(this.f.locals); return l.counter ? `(call $log (local.get ${l.name}))` : `(local.set ${l.name} ${this.expr(l.type, d)})`; },
      () => { const l = rng.pick(this.f.locals); return l.counter ? '(nop)' : `(local.set ${l.name} ${this.expr(l.type, d)})`; },
      () => { const t = rng.pick(NUMBERS); return this.access(t, STORES[t], this.expr(t, d)); },
      () => `(call $log ${this.expr('i32', d)})`,
      () => `(global.set $g0 ${this.expr('i32', d)})`,
      () => `(global.set $f641 ${this.expr('f64', d)})`,
      () => `(drop ${this.expr(this.type(), d)})`,
      () => this.repeated(),
      () => this.repeated(),
      () => (this.gc ? `(struct.set $base 0 ${this.expr(BASE, d)} ${this.expr('i32', d)})` : this.repeated()),
      () => (this.gc ? `(global.set $object ${this.made(DERIVED, d)})` : this.repeated()),
      () => { const m = rng.below(this.memories.length); return `(memory.fill $m${m} ${this.address(m)} (i32.const ${rng.below(256)}) (${this.memories[m]}.const ${rng.below(20)}))`; },
    ])();
  }

  /** Leaves for a label around, or for the caller. */
  leave(d) {
    const { rng } = this, { results } = this.f;
    if (this.labels.length && !rng.chance(4)) {
      const label = rng.pick(this.labels);
      return `(br ${label.name} ${label.types.map(t => this.expr(t, d)).join(' ')})`;
    }
    const others = this.functions.filter(f => f.results[0] === results[0] && f.results.length === results.length);
    if (!this.tails || !rng.chance(2) || !others.length) return `(return ${results.map(t => this.expr(t, d)).join(' ')})`;
    const f = rng.pick(others), args = f.params.map(p => this.expr(p, d)).join(' '), type = f.type ??= `$type${f.name.slice(1)}`;
    return rng.pick([`(return_call ${f.name} ${args})`, `(return_call_indirect $t (type ${type}) ${args} (i32.const ${this.functions.indexOf(f)}))`,
      ...(this.handling === 'legacy' ? [] : [`(return_call_ref ${type} ${args} (ref.func ${f.name}))`])]);
  }

  statement(d) {
    const { rng } = this;
    if (d <= 0 || this.size++ > 120) return this.simple(Math.max(d, 1));
    return rng.pick([
      () => this.simple(d), () => this.simple(d), () => this.conditional(d), () => this.conditional(d), () => this.guarded(d), () => this.block(d),
      () => this.loop(d), () => this.switched(d), () => this.joined(d), () => `(if ${this.condition(2)} (then ${this.leave(1)}))`,
    ])();
  }

  /** Two arms that may end alike. */
  conditional(d) {
    const { rng } = this, label = this.fresh('i');
    return this.within({ name: label, types: [] }, () => {
      const tail = rng.chance(2) ? this.repeated() : '', leave = rng.chance(4) ? this.leave(1) : '';
      const arm = () => `${this.statements(rng.below(3), d - 1)} ${tail} ${leave || (rng.chance(5) ? this.leave(1) : '')}`;
      return `(if ${label} ${this.condition(2)} (then ${arm()}) ${rng.chance(3) ? '' : `(else ${arm()})`})`;
    });
  }

  /** Conditions one after the other that lead to one place. */
  guarded(d) {
    const { rng } = this, label = this.fresh('g');
    return this.within({ name: label, types: [] }, () => {
      const tests = Array.from({ length: 1 + rng.below(3) }, () => `(br_if ${label} ${this.condition(2)})${rng.chance(3) ? this.simple(1) : ''}`);
      return `(block ${label} ${tests.join(' ')} ${this.statements(1 + rng.below(2), d - 1)})`;
    });
  }

  block(d) {
    const label = this.fresh('b');
    return this.within({ name: label, types: [] }, () => `(block ${label} ${this.statements(1 + this.rng.below(3), d - 1)} ${this.rng.chance(2) ? `(br_if ${label} ${this.condition(2)}) ${this.simple(1)}` : ''})`);
  }

  loop(d) {
    const { rng } = this, label = this.fresh('l'), i = this.fresh('n');
    this.f.locals.push({ name: i, type: 'i32', counter: true });
    const body = this.within({ name: label, types: [] }, () => this.statements(1 + rng.below(3), d - 1));
    const next = `(br_if ${label} (i32.lt_u (local.tee ${i} (i32.add (local.get ${i}) (i32.const 1))) (i32.const ${1 + rng.below(5)})))`;
    return `(local.set ${i} (i32.const 0)) (loop ${label} ${body} ${next})`;
  }

  switched(d) {
    const { rng } = this, n = 2 + rng.below(4), end = this.fresh('s'), labels = Array.from({ length: n }, () => this.fresh('k')), tail = this.repeated();
    const targets = Array.from({ length: n + rng.below(3) }, () => rng.pick([...labels, end]));
    return this.within({ name: end, types: [] }, () => {
      let code = `(br_table ${targets.join(' ')} ${rng.pick([...labels, end])} ${this.expr('i32', 2)})`;
      labels.forEach((label, k) => {
        const after = `${this.statements(1, d - 1)} ${rng.chance(2) ? tail : ''} ${k < n - 1 && !rng.chance(4) ? `(br ${end})` : ''}`;
        code = `(block ${label} ${code}) ${after}`;
      });
      return `(block ${end} ${code})`;
    });
  }

  /** A local that each arm sets, and that is read behind them. */
  joined(d) {
    const { rng } = this, free = this.f.locals.filter(l => !l.counter), l = rng.pick(free), label = this.fresh('j');
    return this.within({ name: label, types: [] }, () => {
      const set = () => `(local.set ${l.name} ${this.expr(l.type, 2)})`, some = () => (rng.chance(2) ? this.statements(1, d - 1) : '');
      const arms = rng.chance(2)
        ? `(if ${this.condition(2)} (then ${some()} ${set()}) (else ${some()} ${set()} ${some()}))`
        : `${set()} (br_if ${label} ${this.condition(2)}) ${some()} ${set()}`;
      return `(block ${label} ${arms})`;
    }) + (isRef(l.type) ? '' : ` ${this.told(l)}`);
  }

  told(l) {
    if (l.type === 'i32') return `(call $log (local.get ${l.name}))`;
    return l.type === 'i64' ? `(call $log (i32.wrap_i64 (local.get ${l.name})))` : `(global.set $f641 (local.get ${l.name}))`;
  }

  // ---- the module

  function(f) {
    const { rng } = this, params = f.params.map((type, i) => ({ name: `$p${i}`, type }));
    f.locals = [...params, ...['i32', 'i32', 'i32', ...this.types(rng.below(5))].map((type, i) => ({ name: `$x${i}`, type }))];
    Object.assign(this, { f, labels: [], size: 0 });
    const small = rng.chance(3), body = `${this.statements(small ? rng.below(2) : 2 + rng.below(5), small ? 1 : 3)}\n${f.results.map(t => this.expr(t, 3)).join(' ')}`;
    const declare = f.locals.slice(params.length).map(l => `(local ${l.name} ${l.type})`).join(' ');
    return { head: this.head(f), rest: `${declare}\n${body})` };
  }

  head(f) { return f.params.map((t, i) => `(param $p${i} ${t})`).join(' ') + f.results.map(t => ` (result ${t})`).join(''); }

  /** A copy of a function that differs in a constant, or not. */
  copy({ head, rest }, name) {
    const all = [...rest.matchAll(/i32\.const -?\d+/g)];
    if (all.length && !this.rng.chance(4)) {
      const { index, 0: old } = this.rng.pick(all);
      rest = `${rest.slice(0, index)}i32.const ${this.rng.pick(CONSTANTS) | 0}${rest.slice(index + old.length)}`;
    }
    return `(func ${name} ${this.exported(name, head)} ${head} ${rest}`;
  }

  exported(name, head) { return /\(ref/.test(head) ? '' : `(export "${name.slice(1)}")`; }

  text() {
    const { rng, functions } = this, made = functions.map(f => this.function(f)), out = [];
    if (this.gc) out.push('(rec (type $base (sub (struct (field (mut i32))))) (type $derived (sub $base (struct (field (mut i32)) (field (mut i64))))))', '(type $array (array (mut i32)))');
    for (const [i, f] of functions.entries()) out.push(`(type $type${f.name.slice(1)} (func ${made[i].head}))`);
    out.push('(import "m" "log" (func $log (param i32)))');
    for (const [i, at] of this.memories.entries()) out.push(`(memory $m${i} (export "m${i}") ${at === 'i64' ? 'i64 ' : ''}1 2)`);
    if (this.handling !== 'none') out.push('(tag $e (export "e") (param i32))');
    out.push('(global $g0 (export "g0") (mut i32) (i32.const 7))');
    for (const t of ['i64', 'f64']) for (const k of [0, 1]) out.push(`(global $${t}${k} ${k ? `(export "${t}") (mut ${t})` : t} (${t}.const ${rng.below(100)}))`);
    if (this.gc) out.push(`(global $object (mut ${DERIVED}) ${rng.chance(2) ? '(struct.new $derived (i32.const 1) (i64.const 2))' : '(ref.null $derived)'})`);
    out.push(`(table $t ${functions.length} ${functions.length} funcref)`, `(elem (table $t) (i32.const 0) func ${functions.map(f => f.name).join(' ')})`);
    made.forEach((text, i) => out.push(`(func ${functions[i].name} ${this.exported(functions[i].name, text.head)} (type $type${functions[i].name.slice(1)}) ${text.head} ${text.rest}`));
    for (let i = rng.below(4); i > 0; i--) out.push(this.copy(rng.pick(made), `$copy${i}`));
    return `(module\n${out.join('\n')})`;
  }
}

/** A program's text, and whether it has legacy exceptions: those WABT reads, and nothing else of today. */
export function programText(rng) {
  const program = new Program(rng);
  return { text: program.text(), legacy: program.handling === 'legacy' };
}
