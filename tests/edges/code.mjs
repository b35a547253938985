// The code of one function of an edge program (see module.mjs): random statements and typed expressions, as text.
// What it prefers is what optimizers get wrong: values at the edges of their range, accesses that overlap or end
// just outside of memory, dead code that traps, conditions that leave several blocks at once, the same sequence
// again with one constant changed.

import { LOADS, STORES, TO_I64, Values, heap, isNumber, label } from './values.mjs';

export class Code extends Values {
  /** m: the Module; f: { name, params, results, leaf }. */
  constructor(m, f) {
    super();
    Object.assign(this, { m, f, r: m.r });
    this.locals = f.params.map((type, i) => ({ name: `$p${i}`, type }));
    this.own = [];
    for (const type of [...m.types, ...this.r.some(m.types, 5)]) this.local(type);
    this.labels = []; // { name, types, loop }
    this.said = []; // statements that may be said again
    this.budget = 30 + this.r.below(90);
    this.loops = 0;
  }

  local(type, prefix = 'l') {
    const name = `$${prefix}${this.own.length}`;
    this.own.push({ name, type });
    if (prefix === 'l') this.locals.push({ name, type });
    return name;
  }

  someLocal(type) {
    const fit = this.locals.filter(l => l.type === type);
    return fit.length ? this.r.pick(fit).name : this.local(type);
  }

  // Statements: text that leaves nothing.

  simple() {
    const { r } = this,
      t = r.pick(this.m.types);
    return r.pick([
      () => `${this.expr(t, 3)} local.set ${this.someLocal(t)}`,
      () => `${this.expr(t, 3)} local.set ${this.someLocal(t)}`,
      () => `${this.expr(t, 2)} drop`,
      () => this.setGlobal(),
      () => this.say(),
      () => this.store(2),
      () => this.m.refStatement.call(this) ?? this.say(),
    ])();
  }

  setGlobal() {
    const able = this.m.globals.filter(g => g.mutable);
    if (!able.length) return '';
    const g = this.r.pick(able);
    return `${this.expr(g.type, 2)} global.set ${g.name}`;
  }

  say() {
    return this.f.quiet ? this.setGlobal() : `${this.expr('i32', 2)} call $say`;
  }

  statement(d = 3) {
    const { r } = this;
    this.budget--;
    if (d <= 0 || this.budget < 0) return this.simple();
    if (this.said.length && r.chance(7)) return this.again();
    const list = [
      () => this.simple(),
      () => this.simple(),
      () => this.cluster(),
      () => this.bulk(),
      () => this.ifStatement(d),
      () => this.ifStatement(d),
      () => this.block(d),
      () => this.loop(d),
      () => this.web(d),
      () => this.leave(),
      () => this.multi(d),
      () => this.callStatement(d),
      () => this.tryStatement(d),
      () => `${this.statement(d - 1)}\n${this.statement(d - 1)}`,
    ];
    if (r.chance(5)) return this.closed(d);
    return r.pick(list)();
  }

  statements(n, d) {
    return this.r.times(n, () => this.statement(d)).join('\n');
  }

  /** A statement without branches out of it: it can be said again, here or in another function of the same locals. */
  closed(d) {
    const outer = this.labels;
    this.labels = [];
    const text = this.statements(2, d - 1);
    this.labels = outer;
    this.said.push(text);
    return text;
  }

  again() {
    const { r } = this;
    let text = r.pick(this.said);
    if (r.chance(2)) {
      const n = r.below(6);
      let i = 0;
      text = text.replace(/i32\.const \d+\b/g, all => (i++ === n ? `i32.const ${r.below(200)}` : all));
    }
    if (r.chance(2)) {
      const a = this.someLocal('i32'),
        b = this.someLocal('i32');
      text = text.replace(/\$[lp]\d+\b/g, l => (l === a ? b : l === b ? a : l));
    }
    return text;
  }

  ifStatement(d) {
    const alike = this.r.chance(3) ? `\n${this.simple()}` : ''; // both arms end with the same
    return `${this.condition(3)} if ${this.statements(1 + this.r.below(2), d - 1)}${alike} ${this.r.chance(2) || alike ? `else ${this.statements(1, d - 1)}${alike}` : ''} end`;
  }

  block(d) {
    const name = label();
    this.labels.push({ name, types: [] });
    const text = `block ${name} ${this.statements(2, d - 1)} end`;
    this.labels.pop();
    return text;
  }

  leave() {
    const { r } = this,
      l = r.pick([...this.labels, { name: null }]);
    if (l.name === null)
      return r.chance(3)
        ? `${this.condition(2)} if ${this.args(this.f.results, 2)} return end`
        : `${this.condition(2)} if ${r.chance(4) ? 'unreachable' : this.simple()} end`;
    const values = this.args(l.types, 2),
      drop = l.types.map(() => 'drop').join(' ');
    const plain = this.labels.filter(o => o.types.join() === l.types.join());
    return r.pick([
      () => `${values} ${this.condition(2)} br_if ${l.name} ${drop}`,
      () => `${this.condition(2)} if ${values} br ${l.name} end`,
      () =>
        `${this.condition(2)} if ${values} ${this.expr('i32', 2)} br_table ${r.times(1 + r.below(4), () => r.pick(plain).name).join(' ')} ${l.name} end`,
    ])();
  }

  /** Loops end by a counter of their own, or by the fuel. */
  loop(d) {
    const { r } = this,
      name = label();
    if (this.loops > (this.f.quiet ? 0 : 3)) return this.block(d);
    this.loops++;
    const counted = this.f.quiet || r.chance(2),
      count = this.local('i32', 'n');
    const head = counted ? '' : this.m.burn,
      init = counted ? `i32.const 0x${1 + r.below(4)} local.set ${count}` : '';
    const next = counted
      ? `local.get ${count} i32.const -1 i32.add local.tee ${count} ${r.chance(2) ? 'i32.const 0x0 i32.gt_s' : ''}`
      : this.condition(2);
    if (!counted) this.labels.push({ name, types: [] });
    const body = this.statements(1 + r.below(3), d - 1);
    if (!counted) this.labels.pop();
    this.loops--;
    return `${init} loop ${name} ${head} ${body} ${next} br_if ${name} end`;
  }

  /** A state machine: cases fall through, set the next state, or go round; together flow that no loop has. */
  web(d) {
    const { r } = this,
      n = 2 + r.below(4),
      head = label(),
      out = label(),
      cases = r.times(n, () => label());
    if (this.f.quiet || this.loops > 2) return this.block(d);
    this.loops++;
    const state = r.chance(3) ? this.someLocal('i32') : this.local('i32', 'n');
    const targets = r.times(n + r.below(4), () => r.pick([...cases, out]));
    let text = `i32.const ${r.below(n)} local.set ${state} block ${out} loop ${head} ${this.m.burn} ${[...cases]
      .reverse()
      .map(c => `block ${c}`)
      .join(' ')} local.get ${state} br_table ${targets.join(' ')} ${r.pick([...cases, out])} end`;
    this.labels.push({ name: out, types: [] }, { name: head, types: [] });
    cases.forEach((c, i) => {
      for (const later of cases.slice(i + 1)) this.labels.push({ name: later, types: [] });
      text += `\n${this.statements(1, d - 1)} ${r.chance(2) ? `${r.chance(2) ? this.expr('i32', 2) : `i32.const ${r.below(n + 1)}`} local.set ${state}` : ''} ${r.pick([() => `br ${head}`, () => `${this.condition(2)} br_if ${head}`, () => '', () => `br ${out}`])()}`;
      for (let k = i + 1; k < n; k++) this.labels.pop();
      if (i + 1 < n) text += ' end';
    });
    this.labels.pop();
    this.labels.pop();
    this.loops--;
    return `${text} end end`;
  }

  /** Blocks and loops with parameters and several results. */
  multi(d) {
    const { r } = this,
      numbers = this.m.types,
      params = r.some(numbers, r.below(3)),
      results = r.some(numbers, r.below(3)),
      name = label();
    const kind = r.pick(['block', 'loop', 'if']),
      take = types =>
        [...types]
          .reverse()
          .map(t => (r.chance(4) ? 'drop' : `local.set ${this.someLocal(t)}`))
          .join(' ');
    const type = `${params.map(t => `(param ${t})`).join(' ')} ${results.map(t => `(result ${t})`).join(' ')}`,
      keep = params.join() === results.join() && r.chance(2);
    const arm = () => {
      if (kind !== 'loop') this.labels.push({ name, types: results });
      const inner = `${keep ? '' : take(params)} ${keep ? '' : this.statements(1, d - 1)} ${keep ? '' : this.args(results, 2)}`;
      if (kind !== 'loop') this.labels.pop();
      return inner;
    };
    const body =
      kind === 'if'
        ? `${this.args(params, 2)} ${this.condition(2)} if ${name} ${type} ${arm()} else ${arm()} end`
        : `${this.args(params, 2)} ${kind} ${name} ${type} ${arm()} ${kind === 'loop' && !this.f.quiet ? `${this.m.burn} ${this.args(params, 1)} ${this.condition(2)} br_if ${name} ${params.map(() => 'drop').join(' ')}` : ''} end`;
    return `${body} ${take(results)}`;
  }

  callStatement(d) {
    const able = this.m.callees(this.f);
    if (!able.length) return this.simple();
    const c = this.r.pick(able);
    if (!this.f.quiet && !c.host && c.results.join() === this.f.results.join() && this.m.has('tail') && this.r.chance(4))
      return `${this.condition(2)} if ${this.callText(c, d, 'return_')} end`;
    return `${this.callText(c, d)} ${[...c.results]
      .reverse()
      .map(t => (this.r.chance(3) ? 'drop' : `local.set ${this.someLocal(t)}`))
      .join(' ')}`;
  }

  tryStatement(d) {
    return this.m.tryText ? this.m.tryText.call(this, d) : this.ifStatement(d);
  }

  body(n) {
    const text = this.statements(n, 3),
      given = this.own
        .filter(l => !isNumber(l.type) && l.type !== 'exnref' && this.r.below(4))
        .map(l => `${this.m.constantRef(l.type)} local.set ${l.name}`);
    const inner = `${this.f.quiet ? '' : this.m.burn} ${given.join(' ')} ${text}\n${this.args(this.f.results, 3)}`;
    const locals = this.own.map(l => `(local ${l.name} ${l.type})`).join(' ');
    return `${locals}\n${inner}`;
  }
}
