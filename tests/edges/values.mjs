// Expressions of edge programs: text that leaves one value of a type. code.mjs has the statements around them.

export const I32 = `
  0 1 -1 2 3 7 8 31 32 33 127 128 -128 255 256 0x7fff 0x8000 0xffff 65536 65535 65533 65528 65520 131072 0x7fffffff 0x80000000
  0xfffffffc 0x55555555`.trim().split(/\s+/);
export const I64 = `
  0 1 -1 2 63 64 65 127 128 -128 255 0xffff 0x7fffffff 0x80000000 0xffffffff 0x100000000 0x7fffffffffffffff 0x8000000000000000
  0x8000000000000001 0x5555555555555555 65535 0xfffffffffffffff8`.trim().split(/\s+/);
export const F32 = `
  0 -0 1 -1 0.5 inf -inf nan -nan nan:0x200000 -nan:0x1 nan:0x400001 2147483648 2147483520 4294967296 -2147483648 -2147483904
  9223372036854775808 0x1p-149 -0x1p-149 0x1p-126 16777216 16777217 0x1.fffffep127 1.5 -0.9`.trim().split(/\s+/);
export const F64 = `
  0 -0 1 -1 0.5 inf -inf nan -nan nan:0x4000000000000 -nan:0x1 2147483648 2147483647.9 4294967295.9 -2147483648.9 -2147483649
  9223372036854775808 -9223372036854775808 18446744073709551616 0x1p-1074 9007199254740993 0x1.fffffep127 0x1.ffffffp127 1.5 -0.9`.trim().split(/\s+/);

export const INT_BINARY = ['add', 'sub', 'mul', 'and', 'or', 'xor', 'shl', 'shr_s', 'shr_u', 'rotl', 'rotr', 'add', 'sub', 'and'];
export const INT_TRAPS = ['div_s', 'div_u', 'rem_s', 'rem_u'];
export const INT_COMPARE = ['eq', 'ne', 'lt_s', 'lt_u', 'gt_s', 'gt_u', 'le_s', 'le_u', 'ge_s', 'ge_u'];
export const FLOAT_BINARY = ['add', 'sub', 'mul', 'div', 'min', 'max'];
export const FLOAT_UNARY = ['ceil', 'floor', 'trunc', 'nearest', 'sqrt'];
export const FLOAT_COMPARE = ['eq', 'ne', 'lt', 'gt', 'le', 'ge'];
export const LOADS = {
  i32: ['load', 'load', 'load8_s', 'load8_u', 'load16_s', 'load16_u'],
  i64: ['load', 'load', 'load8_s', 'load8_u', 'load16_s', 'load16_u', 'load32_s', 'load32_u'],
  f32: ['load'],
  f64: ['load'],
  v128: [
    'load',
    'load8x8_s',
    'load16x4_u',
    'load32x2_s',
    'load8_splat',
    'load16_splat',
    'load32_splat',
    'load64_splat',
    'load32_zero',
    'load64_zero',
  ],
};
export const STORES = {
  i32: ['store', 'store8', 'store16'],
  i64: ['store', 'store8', 'store16', 'store32'],
  f32: ['store'],
  f64: ['store'],
  v128: ['store'],
};
export const V_BINARY = `
  i8x16.add i8x16.sub i8x16.add_sat_s i8x16.sub_sat_u i8x16.min_s i8x16.avgr_u i8x16.swizzle i8x16.narrow_i16x8_s
  i8x16.narrow_i16x8_u i16x8.add i16x8.mul i16x8.q15mulr_sat_s i16x8.extmul_low_i8x16_s i16x8.extmul_high_i8x16_u
  i16x8.narrow_i32x4_s i16x8.gt_u i32x4.add i32x4.mul i32x4.dot_i16x8_s i32x4.lt_s i32x4.max_u i32x4.extmul_low_i16x8_u i64x2.add
  i64x2.mul i64x2.eq i64x2.gt_s i64x2.extmul_high_i32x4_s v128.and v128.andnot v128.or v128.xor f32x4.pmin f32x4.pmax f64x2.pmin
  f64x2.pmax f32x4.lt f64x2.ne`.trim().split(/\s+/);
export const V_UNARY = `
  v128.not i8x16.neg i8x16.abs i8x16.popcnt i16x8.extend_low_i8x16_s i16x8.extadd_pairwise_i8x16_u i32x4.abs i32x4.neg
  i32x4.extadd_pairwise_i16x8_s i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u i32x4.trunc_sat_f64x2_u_zero f32x4.convert_i32x4_s
  f64x2.convert_low_i32x4_u f32x4.neg f64x2.abs i64x2.extend_high_i32x4_u i64x2.neg`.trim().split(/\s+/);
export const SIMD_TO_I32 = [
  'v128.any_true',
  'i8x16.all_true',
  'i16x8.all_true',
  'i64x2.all_true',
  'i8x16.bitmask',
  'i32x4.bitmask',
  'i64x2.bitmask',
  'i8x16.extract_lane_s 7',
  'i8x16.extract_lane_u 15',
  'i16x8.extract_lane_s 3',
  'i32x4.extract_lane 2',
];

// Those whose results are no NaNs; of the others see relaxed().
export const V_RELAXED = `
  i8x16.relaxed_swizzle i16x8.relaxed_q15mulr_s i16x8.relaxed_dot_i8x16_i7x16_s`.trim().split(/\s+/);
export const V_RELAXED_UNARY = `
  i32x4.relaxed_trunc_f32x4_s i32x4.relaxed_trunc_f32x4_u i32x4.relaxed_trunc_f64x2_s_zero
  i32x4.relaxed_trunc_f64x2_u_zero`.trim().split(/\s+/);
export const V_RELAXED_TERNARY = `
  i8x16.relaxed_laneselect i16x8.relaxed_laneselect i32x4.relaxed_laneselect i64x2.relaxed_laneselect
  i32x4.relaxed_dot_i8x16_i7x16_add_s`.trim().split(/\s+/);

export const TO_I64 = {
  i32: 'i64.extend_i32_s',
  i64: '',
  f32: 'i32.reinterpret_f32 i64.extend_i32_u',
  f64: 'i64.reinterpret_f64',
  v128: 'i64x2.extract_lane 1',
};

export const isNumber = t => t in LOADS;
export const zero = t => (t === 'v128' ? 'v128.const i64x2 0 0' : isNumber(t) ? `${t}.const 0` : `ref.null ${heap(t)}`);
/** The heap type of a nullable reference type, in text. */
export const heap = t =>
  /^\(ref null (.*)\)$/.exec(t)?.[1] ??
  { funcref: 'func', externref: 'extern', anyref: 'any', eqref: 'eq', i31ref: 'i31', exnref: 'exn' }[t];

let labels = 0;

/** A name for a label that nothing else has. */
export const label = () => `$x${labels++}`;

/** What a Code (code.mjs) can do with values; it brings the locals, the labels and the statements. */
export class Values {
  // Expressions: text that leaves one value of a type.

  expr(t, d = 3) {
    const { r } = this;
    this.budget--;
    if (d <= 0 || this.budget < 0 || r.chance(5)) return this.leaf(t);
    const any = [
      () => this.select(t, d),
      () => this.ifValue(t, d),
      () => this.blockValue(t, d),
      () => this.tee(t, d),
      () => this.call(t, d),
      () => this.leaf(t),
    ];
    const own =
      { i32: this.i32Makers, i64: this.i64Makers, f32: this.floatMakers, f64: this.floatMakers, v128: this.vMakers }[t] ?? this.m.refMakers;
    return r.chance(4) ? r.pick(any)() : (r.pick(own.call(this, t, d))() ?? this.leaf(t));
  }

  leaf(t) {
    const { r } = this;
    const global = r.chance(5) && this.m.globals.filter(g => g.type === t);
    if (global?.length) return `global.get ${r.pick(global).name}`;
    if (r.chance(2) || !isNumber(t)) return r.chance(9) && !isNumber(t) ? zero(t) : `local.get ${this.someLocal(t)}`;
    return this.constant(t);
  }

  constant(t) {
    const { r } = this;
    if (t === 'v128')
      return r.chance(2)
        ? `v128.const i32x4 ${r.times(4, () => r.pick(I32)).join(' ')}`
        : `v128.const f32x4 ${r.times(4, () => r.pick(F32)).join(' ')}`;
    if (t === 'i32' && r.chance(4)) return `i32.const ${r.below(64)}`;
    return `${t}.const ${r.pick({ i32: I32, i64: I64, f32: F32, f64: F64 }[t])}`;
  }

  i32Makers(t, d) {
    const { r } = this,
      e = type => this.expr(type, d - 1);
    const list = [
      ...this.intMakers('i32', d),
      () => `${e('i32')} i32.eqz`,
      () => `${e('i64')} i64.eqz`,
      () => `${e('i64')} i32.wrap_i64`,
      () => `${e('f32')} i32.reinterpret_f32`,
      () => this.compare('i32', INT_COMPARE, d),
      () => this.compare('i64', INT_COMPARE, d),
      () => this.compare(r.pick(['f32', 'f64']), FLOAT_COMPARE, d),
      () => {
        const f = r.pick(['f32', 'f64']);
        return `${e(f)} i32.trunc_${r.pick(['', 'sat_', 'sat_', 'sat_', 'sat_'])}${f}_${r.pick('su')}`;
      },
      () => this.memorySize(t, d),
    ];
    if (this.m.has('simd')) list.push(() => `${e('v128')} ${r.pick(SIMD_TO_I32)}`);
    if (this.m.has('atomics')) list.push(() => this.atomic(t, d));
    return [...list, ...this.m.i32Makers.call(this, d)];
  }

  i64Makers(t, d) {
    const { r } = this,
      e = type => this.expr(type, d - 1);
    return [
      ...this.intMakers('i64', d),
      () => `${e('i32')} i64.extend_i32_${r.pick('su')}`,
      () => `${e('f64')} i64.reinterpret_f64`,
      () => `${e('i64')} i64.extend32_s`,
      () => {
        const f = r.pick(['f32', 'f64']);
        return `${e(f)} i64.trunc_${r.pick(['', 'sat_', 'sat_', 'sat_', 'sat_'])}${f}_${r.pick('su')}`;
      },
      ...(this.m.has('simd') ? [() => `${e('v128')} i64x2.extract_lane ${r.below(2)}`] : []),
      ...(this.m.has('atomics') ? [() => this.atomic(t, d)] : []),
      ...(this.m.has('arithmetic') ? [() => this.wide(d), () => this.wide(d), () => this.wide(d)] : []),
    ];
  }

  /** One half of a result of 128 bits; the other one is dropped, kept in a local, or mixed in. */
  wide(d) {
    const { r } = this,
      op = r.pick(['add128', 'sub128', 'mul_wide_s', 'mul_wide_u']),
      operands = r.times(/128/.test(op) ? 4 : 2, () => (r.chance(3) ? this.constant('i64') : this.expr('i64', d - 1)));
    return `${operands.join(' ')} i64.${op} ${r.pick(['drop', `local.set ${this.someLocal('i64')}`, 'i64.xor', 'i64.sub'])}`;
  }

  /** Relaxed vector instructions; lanes that would be NaN become 0. */
  relaxed(d) {
    const { r } = this,
      e = () => this.expr('v128', d - 1),
      shape = r.pick(['f32x4', 'f64x2']),
      l = this.local('v128', 'n'),
      known = code => `${code} local.tee ${l} local.get ${l} local.get ${l} ${shape}.eq v128.and`;
    return r.pick([
      () => `${e()} ${e()} ${r.pick(V_RELAXED)}`,
      () => `${e()} ${r.pick(V_RELAXED_UNARY)}`,
      () => `${e()} ${e()} ${e()} ${r.pick(V_RELAXED_TERNARY)}`,
      () => known(`${e()} ${e()} ${e()} ${shape}.relaxed_${r.pick(['madd', 'nmadd'])}`),
      () => known(`${e()} ${e()} ${shape}.relaxed_${r.pick(['min', 'max'])}`),
    ])();
  }

  intMakers(t, d) {
    const { r } = this,
      e = () => this.expr(t, d - 1);
    return [
      () => `${e()} ${e()} ${t}.${r.pick(INT_BINARY)}`,
      () => `${e()} ${this.constant(t)} ${t}.${r.pick(INT_BINARY)}`,
      () => `${e()} ${r.chance(4) ? e() : r.chance(2) ? `${e()} ${t}.const 1 ${t}.or` : this.constant(t)} ${t}.${r.pick(INT_TRAPS)}`,
      () => `${e()} ${t}.${r.pick(['clz', 'ctz', 'popcnt', 'extend8_s', 'extend16_s'])}`,
      () => this.load(t, d),
      () => this.load(t, d),
      // A sum, a shift or a mask of the same with two constants is what folding is about.
      () => {
        const op = r.pick(INT_BINARY);
        return `${e()} ${this.constant(t)} ${t}.${op} ${this.constant(t)} ${t}.${r.chance(2) ? op : r.pick(INT_BINARY)}`;
      },
    ];
  }

  /** Only bits that the specification fixes get out: computed NaNs are made canonical. */
  floatMakers(t, d) {
    const { r } = this,
      e = type => this.expr(type, d - 1),
      i = t === 'f32' ? 'i32' : 'i64',
      other = t === 'f32' ? 'f64' : 'f32';
    const canon = code => {
      const l = this.local(t, 'n');
      return `${code} local.tee ${l} ${t}.const nan local.get ${l} local.get ${l} ${t}.eq select`;
    };
    return [
      () => canon(`${e(t)} ${e(t)} ${t}.${r.pick(FLOAT_BINARY)}`),
      () => canon(`${e(t)} ${this.constant(t)} ${t}.${r.pick(FLOAT_BINARY)}`),
      () => canon(`${e(t)} ${t}.${r.pick(FLOAT_UNARY)}`),
      () => `${e(t)} ${t}.${r.pick(['neg', 'abs'])}`,
      () => `${e(t)} ${e(t)} ${t}.copysign`,
      () => canon(`${e(other)} ${t === 'f32' ? 'f32.demote_f64' : 'f64.promote_f32'}`),
      () => `${e(i)} ${t}.reinterpret_${i}`,
      () => {
        const n = r.pick(['i32', 'i64']);
        return `${e(n)} ${t}.convert_${n}_${r.pick('su')}`;
      },
      () => this.load(t, d),
      ...(this.m.has('simd') ? [() => `${e('v128')} ${t}x${t === 'f32' ? 4 : 2}.extract_lane 1`] : []),
    ];
  }

  vMakers(t, d) {
    const { r } = this,
      e = type => this.expr(type, d - 1);
    return [
      () => `${e(t)} ${e(t)} ${r.pick(V_BINARY)}`,
      () => `${e(t)} ${this.constant(t)} ${r.pick(V_BINARY)}`,
      () => `${e(t)} ${r.pick(V_UNARY)}`,
      () => `${e(t)} ${e(t)} ${e(t)} v128.bitselect`,
      () => `${e(t)} ${e(t)} i8x16.shuffle ${r.times(16, () => r.below(32)).join(' ')}`,
      () => `${e(t)} ${e('i32')} ${r.pick(['i8x16.shl', 'i16x8.shr_s', 'i32x4.shr_u', 'i64x2.shl', 'i64x2.shr_s'])}`,
      () => `${e('i32')} ${r.pick(['i8x16.splat', 'i16x8.splat', 'i32x4.splat'])}`,
      () => `${e(t)} ${e('i32')} ${r.pick(['i8x16.replace_lane 9', 'i16x8.replace_lane 1', 'i32x4.replace_lane 3'])}`,
      () => `${e('f32')} f32x4.splat`,
      () => `${e(t)} ${e('f64')} f64x2.replace_lane 1`,
      () => this.load(t, d),
      ...(this.m.has('relaxed') ? [() => this.relaxed(d), () => this.relaxed(d), () => this.relaxed(d)] : []),
      () => {
        const [mem, a] = this.address(d);
        return `${a} ${e(t)} v128.load${r.pick([8, 16, 32, 64])}_lane ${mem} ${this.offset(mem)} 1`;
      },
    ];
  }

  compare(t, ops, d) {
    return `${this.expr(t, d - 1)} ${this.r.chance(2) ? this.constant(t) : this.expr(t, d - 1)} ${t}.${this.r.pick(ops)}`;
  }

  select(t, d) {
    const typed = isNumber(t) ? '' : ` (result ${t})`;
    return `${this.expr(t, d - 1)} ${this.expr(t, d - 1)} ${this.condition(d)} select${typed}`;
  }

  condition(d) {
    return this.expr('i32', Math.min(d - 1, 2));
  }

  tee(t, d) {
    return `${this.expr(t, d - 1)} local.tee ${this.someLocal(t)}`;
  }

  ifValue(t, d) {
    return `${this.condition(d)} if (result ${t}) ${this.maybeStatement(d)} ${this.expr(t, d - 1)} else ${this.maybeStatement(d)} ${this.expr(t, d - 1)} end`;
  }

  blockValue(t, d) {
    const name = label();
    this.labels.push({ name, types: [t] });
    const leave = this.r.chance(2)
      ? `${this.expr(t, d - 1)} ${this.condition(d)} br_if ${name} ${this.r.chance(2) ? 'drop' : `local.set ${this.someLocal(t)}`}`
      : '';
    const text = `block ${name} (result ${t}) ${this.maybeStatement(d)} ${leave} ${this.maybeStatement(d)} ${this.expr(t, d - 1)} end`;
    this.labels.pop();
    return text;
  }

  maybeStatement(d) {
    return this.r.chance(2) ? '' : this.statement(d - 1);
  }

  /** A call of something that has this one result, if there is any. */
  call(t, d) {
    const able = this.m.callees(this.f).filter(c => c.results.length === 1 && c.results[0] === t);
    return able.length ? this.callText(this.r.pick(able), d) : this.leaf(t);
  }

  args(params, d) {
    return params.map(p => this.expr(p, d - 1)).join(' ');
  }

  callText(c, d, tail = '') {
    const args = this.args(c.params, Math.min(d, 2)),
      table = !c.host && this.m.slotOf(c);
    if (table && this.r.chance(3)) {
      const index = this.r.chance(8) ? this.expr('i32', 1) : `i32.const ${table.index}`;
      return `${args} ${index} ${tail}call_indirect ${table.name} (type ${this.m.typeName(c, this.r)})`;
    }
    if (!c.host && this.m.has('gc') && this.r.chance(6)) return `${args} ${this.m.funcRef(c)} ${tail}call_ref ${c.type}`;
    return `${args} ${tail}call ${c.name}`;
  }

  // Memory.

  /** -> [memory, text of an address in it]. */
  address(d) {
    const { r } = this,
      mem = r.pick(this.m.memories),
      wide = mem.wide ? 'i64' : 'i32';
    const base = [
      () => `${wide}.const ${r.below(40)}`,
      () => `local.get ${this.someLocal(wide)} ${wide}.const ${r.pick(['255', '0xfff8', '0xfff0', '15'])} ${wide}.and`,
      () => `${this.expr(wide, d - 1)} ${wide}.const 31 ${wide}.and`,
      () => `local.get ${this.someLocal(wide)} ${wide}.const 63 ${wide}.and ${wide}.const ${r.pick([4, 8, 16])} ${wide}.add`,
    ];
    const edge = [
      () => `${wide}.const ${65536 * r.pick([1, 1, 1, 2]) - r.below(30)}`,
      () => `${this.expr(wide, d - 1)} ${wide}.const 0x1fff8 ${wide}.and ${wide}.const ${r.below(20)} ${wide}.add`,
      () => `${wide}.const ${r.pick(['-1', '-4', '-8', '-65536', '0x7fffffff'])}`,
      () => `local.get ${this.someLocal(wide)} ${wide}.const 63 ${wide}.and ${wide}.const ${r.pick([-1, -4, -64])} ${wide}.add`,
    ];
    if (r.chance(25)) return [mem.name, r.pick(edge)()];
    return [mem.name, r.pick(base)()];
  }

  offset() {
    const { r } = this;
    return r.chance(2) ? '' : `offset=${r.chance(80) ? r.pick([4294967295, 4294967292, 65528, 65536, 2147483648]) : r.below(24)}`;
  }

  access(op, mem) {
    return `${op} ${mem} ${this.offset()} ${this.r.chance(4) ? 'align=1' : ''}`;
  }

  load(t, d) {
    const [mem, a] = this.address(d);
    return `${a} ${this.access(`${t}.${this.r.pick(LOADS[t])}`, mem)}`;
  }

  store(d) {
    const t = this.r.pick(this.m.types.filter(isNumber)),
      [mem, a] = this.address(d);
    if (t === 'v128' && this.r.chance(3))
      return `${a} ${this.expr(t, d)} v128.store${this.r.pick([8, 16, 32, 64])}_lane ${mem} ${this.offset()} 1`;
    return `${a} ${this.expr(t, d)} ${this.access(`${t}.${this.r.pick(STORES[t])}`, mem)}`;
  }

  atomic(t, d) {
    const { r } = this,
      [op, size] = r.pick(
        t === 'i32'
          ? [
              ['', 4],
              ['8', 1],
              ['16', 2],
            ]
          : [
              ['', 8],
              ['8', 1],
              ['16', 2],
              ['32', 4],
            ],
      );
    const u = op && '_u',
      a = `i32.const ${size * r.below(8)}`,
      e = () => this.expr(t, d - 1);
    return r.pick([
      () => `${a} ${t}.atomic.load${op}${u} $m0`,
      () => `${a} ${e()} ${e()} ${t}.atomic.rmw${op}.cmpxchg${u} $m0`,
      () => `${a} ${e()} ${t}.atomic.rmw${op}.${r.pick(['add', 'sub', 'and', 'or', 'xor', 'xchg'])}${u} $m0`,
      () => `${a} ${e()} ${t}.atomic.store${op} $m0 ${e()}`,
      () => `atomic.fence ${e()}`,
      () =>
        `i32.const ${4 * r.below(4) + (r.chance(5) ? 1 : 0)} i32.const 1 memory.atomic.notify $m0 ${t === 'i64' ? 'i64.extend_i32_u' : ''}`,
    ])();
  }

  memorySize(t, d) {
    const mem = this.r.pick(this.m.memories),
      wrap = mem.wide ? ' i32.wrap_i64' : '',
      wide = mem.wide ? 'i64' : 'i32';
    return this.r.chance(2)
      ? `memory.size ${mem.name}${wrap}`
      : `${this.r.chance(4) ? this.expr(wide, 1) : `${wide}.const ${this.r.below(2)}`} memory.grow ${mem.name}${wrap}`;
  }

  /** Stores and loads around one address: what forwarding and dead store elimination must keep apart. */
  cluster() {
    const { r } = this,
      mem = r.pick(this.m.memories),
      wide = mem.wide ? 'i64' : 'i32',
      base = this.someLocal(wide),
      out = [];
    const at = () => `offset=${r.below(10)}`,
      numbers = this.m.types.filter(isNumber);
    out.push(`local.get ${base} ${wide}.const ${r.pick(['31', '0xfff8', '0x3f'])} ${wide}.and local.set ${base}`);
    for (let n = 3 + r.below(6); n--;) {
      const t = r.pick(numbers),
        op = r.pick(STORES[t]),
        first = r.chance(6) ? `local.get ${base} ${wide}.const ${r.pick([1, -1, 4])} ${wide}.add` : `local.get ${base}`;
      out.push(
        r.pick([
          () => `${first} ${this.expr(t, 1)} ${t}.${op} ${mem.name} ${at()}`,
          () => `${first} ${t}.${r.pick(LOADS[t])} ${mem.name} ${at()} ${r.chance(3) ? 'drop' : `local.set ${this.someLocal(t)}`}`,
          () =>
            `${first} ${t}.${r.pick(LOADS[t])} ${mem.name} ${at()} ${TO_I64[t]} global.get $mix i64.const 5 i64.rotl i64.xor global.set $mix`,
          () => (r.chance(3) ? this.bulk() : this.simple()),
        ])(),
      );
    }
    return out.join('\n');
  }

  bulk() {
    const { r } = this,
      dst = r.pick(this.m.memories),
      src = r.pick(this.m.memories);
    const c = mem => (mem.wide ? 'i64' : 'i32'),
      k = (t, n) => `${t}.const ${n}`,
      near = () => (r.chance(10) ? r.pick([65536 - r.below(30), 131072 - r.below(8), -1]) : r.below(30));
    const n = () => r.pick([0, 1, 2, 3, 4, 8, 8, 16, 17, 64, 64]);
    const list = [
      () => `${k(c(dst), near())} ${k(c(src), near())} ${k(dst.wide && src.wide ? 'i64' : 'i32', n())} memory.copy ${dst.name} ${src.name}`,
      () => `${k(c(dst), near())} ${this.expr('i32', 1)} ${k(c(dst), n())} memory.fill ${dst.name}`,
    ];
    for (const s of this.m.segments)
      list.push(
        () =>
          `${k(c(dst), near())} i32.const ${r.below(4)} i32.const ${r.chance(5) ? r.below(12) : r.below(2)} memory.init ${dst.name} ${s}`,
        () => (r.chance(3) ? `data.drop ${s}` : ''),
      );
    return r.pick(list)();
  }
}
