// What edge programs have of exceptions, garbage collection and tables that change. Each function is called with a Code
// (code.mjs) as this, and gives text.

import { heap, label } from './values.mjs';

// Exceptions.

const throwSome = code => {
  const { r } = code;
  return r.pick([
    () => `${code.expr('i32', 2)} throw ${code.m.thrown}`,
    () => `${code.expr('i32', 2)} ${code.expr('i64', 1)} throw $e1`,
    () => 'throw $e2',
  ])();
};
const maybeThrow = code => `${code.condition(2)} if ${throwSome(code)} end`;

export function legacyTry(d) {
  const { r } = this,
    name = label(),
    body = () => this.statements(1, d - 1);
  if (this.f.quiet) return `try ${body()} ${maybeThrow(this)} catch_all ${body()} end`;
  if (r.chance(5))
    return `try ${name} try ${body()} ${maybeThrow(this)} delegate ${r.chance(3) ? 1 : 0} catch $e0 local.set ${this.someLocal('i32')} ${body()} end`;
  this.labels.push({ name, types: [] });
  const again = r.chance(4) ? `${this.condition(2)} if rethrow ${name} end` : '';
  const text = `try ${name} ${body()} ${maybeThrow(this)} ${body()} ${r.chance(2) ? `catch $e0 local.set ${this.someLocal('i32')} ${body()} ${again}` : ''}
    ${r.chance(2) ? `catch $e1 local.set ${this.someLocal('i64')} drop ${body()}` : ''} ${r.chance(2) ? `catch_all ${body()} ${again}` : 'catch $e2'} end`;
  this.labels.pop();
  return text;
}

export function tableTry(d) {
  const { r } = this,
    one = label(),
    two = label(),
    all = label(),
    out = label(),
    body = () => this.statements(1, d - 1);
  const ref = this.local('exnref', 'n'),
    withRef = r.chance(2);
  return `block ${out} block ${all} ${withRef ? '(result exnref)' : ''} block ${two} (result i32 i64) block ${one} (result i32)
    try_table (catch $e0 ${one}) (catch $e1 ${two}) ${withRef ? `(catch_all_ref ${all})` : r.chance(2) ? `(catch_all ${all})` : ''} ${body()} ${maybeThrow(this)} ${body()} end br ${out} end
    local.set ${this.someLocal('i32')} ${body()} br ${out} end local.set ${this.someLocal('i64')} local.set ${this.someLocal('i32')} ${body()} br ${out} end
    ${withRef ? `local.set ${ref} ${body()} ${this.condition(2)} if local.get ${ref} throw_ref end` : body()} end`;
}

// Garbage collection.

export function gcTests(d) {
  const { r, m } = this,
    e = t => this.expr(t, d - 1),
    ref = () => r.pick(m.refs.filter(t => !['funcref', 'externref'].includes(t)));
  const s = r.pick(m.structs),
    a = r.pick(m.arrays),
    get = (list, type) => list.filter(f => f.type === type);
  const cast = () => r.pick([...m.structs, ...m.arrays]).name;
  const objects = m.globals.filter(g => g.type.startsWith('(ref null $') || g.type === 'eqref');
  const object = () => (objects.length ? `global.get ${r.pick(objects).name}` : e('eqref'));
  const list = [
    () => `${e(ref())} ref.is_null`,
    () => `${e('eqref')} ${e('eqref')} ref.eq`,
    () => `${object()} ${object()} ref.eq`,
    () => `${e('anyref')} ref.test (ref ${r.chance(2) ? 'null ' : ''}${cast()})`,
    () => `${e('(ref null $S0)')} ref.test (ref ${r.chance(2) ? 'null ' : ''}${r.pick(['$S1', '$S2', '$S3'])})`,
    () => `${e('i31ref')} i31.get_${r.pick('su')}`,
    () => `${e(`(ref null ${a.name})`)} array.len`,
    () =>
      ['i8', 'i16'].includes(a.type)
        ? `${e(`(ref null ${a.name})`)} i32.const ${r.below(4)} array.get_${r.pick('su')} ${a.name}`
        : a.type === 'i32'
          ? `${e(`(ref null ${a.name})`)} ${r.chance(2) ? `i32.const ${r.below(3)}` : e('i32')} array.get ${a.name}`
          : null,
    () => {
      const n = s.fields.findIndex(f => ['i8', 'i16', 'i32'].includes(f.type));
      return n < 0
        ? null
        : `${e(`(ref null ${s.name})`)} struct.get${s.fields[n].type === 'i32' ? '' : r.pick(['_s', '_u'])} ${s.name} ${n}`;
    },
    () => {
      const f = r.pick(m.funcs);
      return `${m.funcRef(f)} ref.test (ref ${r.pick(m.funcs).type})`;
    },
  ];
  return [
    ...list,
    ...list,
    () => `table.size ${r.pick(m.tables).name}`,
    ...(get(s.fields, 'i64').length
      ? [() => `${e(`(ref null ${s.name})`)} struct.get ${s.name} ${s.fields.findIndex(f => f.type === 'i64')} i32.wrap_i64`]
      : []),
  ];
}

const fieldValue = (code, type, d) => code.expr(type === 'i8' || type === 'i16' ? 'i32' : type, d);

export function gcMakers(t, d) {
  const { r, m } = this,
    e = type => this.expr(type, d - 1),
    h = heap(t),
    able = m.below(t),
    target = () => r.pick(able);
  if (t === 'funcref') return [() => m.funcRef(r.pick(m.funcs)), () => `i32.const ${r.below(6)} table.get ${r.pick(m.tables).name}`];
  if (t === 'externref') return [() => `ref.null extern`, ...(m.has('gc') ? [() => `${e('anyref')} extern.convert_any`] : [])];
  if (t === 'i31ref') return [() => `${e('i32')} ref.i31`, () => `${e('anyref')} ref.cast i31ref`];
  const make = c => {
    if (c.fields)
      return r.chance(4)
        ? `struct.new_default ${c.name}`
        : `${c.fields.map(f => fieldValue(this, f.type, d - 2)).join(' ')} struct.new ${c.name}`;
    if (/^i/.test(c.type) && m.segments.length && r.chance(4))
      return `i32.const ${r.below(3)} i32.const ${r.below(3)} array.new_data ${c.name} ${r.pick(m.segments)}`;
    return r.pick([
      () => `i32.const ${r.below(5)} array.new_default ${c.name}`,
      () => `${fieldValue(this, c.type, d - 2)} ${fieldValue(this, c.type, d - 2)} array.new_fixed ${c.name} 2`,
      () => `${fieldValue(this, c.type, d - 2)} i32.const ${r.below(6)} array.new ${c.name}`,
    ])();
  };
  const list = [() => make(target()), () => make(target()), () => make(target())];
  if (['anyref', 'eqref'].includes(t))
    list.push(() => `${e('i32')} ref.i31`, ...(t === 'anyref' ? [() => `${e('externref')} any.convert_extern`] : []));
  else list.push(() => `${e('anyref')} ref.cast (ref null ${h})`);
  const holder = m.structs.filter(s => s.fields.some(f => f.type === t));
  if (holder.length)
    list.push(() => {
      const s = r.pick(holder);
      return `${e(`(ref null ${s.name})`)} struct.get ${s.name} ${s.fields.findIndex(f => f.type === t)}`;
    });
  if (t === '(ref null $S0)') list.push(() => `${e('(ref null $AR)')} i32.const ${r.below(3)} array.get $AR`);
  list.push(
    () => {
      const l = label(),
        c = target().name,
        from = m.structs.some(s => s.name === c && s.up.includes('$S0')) && r.chance(2) ? '(ref null $S0)' : 'anyref',
        fail = r.chance(3);
      const to = r.chance(2) ? `(ref null ${c})` : `(ref ${c})`;
      if (fail)
        return `block ${l} (result ${from}) ${e(from)} br_on_cast_fail ${l} ${from} ${to} drop ${e(from)} end drop ${make(target())}`;
      return `block ${l} (result ${t}) ${e(from)} br_on_cast ${l} ${from} ${to} drop ${e(t)} end`;
    },
    () => {
      const l = label();
      return `block ${l} (result ${t}) ${e(t)} br_on_non_null ${l} ${e(t)} end`;
    },
  );
  return list;
}

export function gcStatement() {
  const { r, m } = this,
    s = r.pick(m.structs),
    n = s.fields.findIndex(f => f.mutable),
    a = r.pick(m.arrays.filter(x => x.mutable)),
    tab = r.pick(m.tables).name;
  return r.pick([
    () => (n < 0 ? null : `${this.expr(`(ref null ${s.name})`, 2)} ${fieldValue(this, s.fields[n].type, 1)} struct.set ${s.name} ${n}`),
    () => `${this.expr(`(ref null ${a.name})`, 2)} i32.const ${r.below(3)} ${fieldValue(this, a.type, 1)} array.set ${a.name}`,
    () =>
      `local.get ${this.someLocal(`(ref null ${a.name})`)} i32.const ${r.below(3)} local.get ${this.someLocal(`(ref null ${a.name})`)} i32.const ${r.below(3)} i32.const ${r.below(4)} array.copy ${a.name} ${a.name}`,
    () =>
      `${this.expr(`(ref null ${a.name})`, 2)} i32.const ${r.below(3)} ${fieldValue(this, a.type, 1)} i32.const ${r.below(4)} array.fill ${a.name}`,
    () =>
      /^i/.test(a.type) && m.segments.length
        ? `${this.expr(`(ref null ${a.name})`, 2)} i32.const ${r.below(2)} i32.const ${r.below(3)} i32.const ${r.below(3)} array.init_data ${a.name} ${r.pick(m.segments)}`
        : null,
    () => `${this.expr('anyref', 2)} ${r.pick(['extern.convert_any ref.is_null call $say', 'ref.as_non_null drop', 'drop'])}`,
    () => tableStatement(this, tab),
  ])();
}

/** Changes of tables while the program runs. */
function tableStatement(code, tab) {
  const { r, m } = code,
    index = () => `i32.const ${r.below(9)}`;
  return r.pick([
    () => `${index()} ${code.expr('funcref', 1)} table.set ${tab}`,
    () => `${code.expr('funcref', 1)} i32.const ${r.below(3)} table.grow ${tab} drop`,
    () => `${index()} ${index()} i32.const ${r.below(4)} table.copy ${tab} ${r.pick(m.tables).name}`,
    () => `${index()} ${code.expr('funcref', 1)} i32.const ${r.below(3)} table.fill ${tab}`,
    () => `${index()} i32.const ${r.below(3)} i32.const ${r.below(3)} table.init ${tab} $e0`,
    () => (r.chance(4) ? 'elem.drop $e0' : ''),
  ])();
}
