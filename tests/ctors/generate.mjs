// Random modules whose constructors compute for a while before they call an import, if they do: text, since there is only
// one of each thing. A function calls only later ones, and loops count.
import { Rng } from '../../verify/values.mjs';

const TYPES = ['i32', 'i64', 'f32', 'f64'];
const BINARY = {
  i32: ['add', 'sub', 'mul', 'and', 'or', 'xor', 'shl', 'shr_s', 'shr_u', 'rotl', 'rotr', 'div_s', 'rem_u', 'lt_s', 'gt_u', 'eq'],
  i64: ['add', 'sub', 'mul', 'and', 'or', 'xor', 'shl', 'shr_s', 'shr_u', 'rotl', 'div_u', 'rem_s'],
  f32: ['add', 'sub', 'mul', 'div', 'min', 'max', 'copysign'],
  f64: ['add', 'sub', 'mul', 'div', 'min', 'max', 'copysign'],
};
const UNARY = {
  i32: [['i32', 'clz'], ['i32', 'ctz'], ['i32', 'popcnt'], ['i32', 'extend8_s'], ['i64', 'wrap_i64'], ['i32', 'eqz'], ['f64', 'trunc_sat_f64_s'], ['f32', 'reinterpret_f32']],
  i64: [['i64', 'clz'], ['i32', 'extend_i32_s'], ['i32', 'extend_i32_u'], ['i64', 'extend32_s'], ['f64', 'reinterpret_f64'], ['f32', 'trunc_sat_f32_u']],
  f32: [['f32', 'abs'], ['f32', 'neg'], ['i32', 'convert_i32_s'], ['f64', 'demote_f64'], ['f32', 'floor']],
  f64: [['f64', 'abs'], ['f64', 'nearest'], ['i64', 'convert_i64_u'], ['f32', 'promote_f32'], ['i32', 'convert_i32_u']],
};
const LOADS = { i32: ['load', 'load8_s', 'load8_u', 'load16_s', 'load16_u'], i64: ['load', 'load8_s', 'load16_u', 'load32_s', 'load32_u'], f32: ['load'], f64: ['load'] };
const STORES = { i32: ['store', 'store8', 'store16'], i64: ['store', 'store32'], f32: ['store'], f64: ['store'] };
const FUNCS = 6;

class Body {
  constructor(rng, index) {
    Object.assign(this, { rng, index, depth: 0, loops: 0 });
  }
  constant(t) {
    return `(${t}.const ${t[0] === 'f' ? this.rng.pick(['0.5', '-3', '1e9', '-0', '7.25']) : this.rng.pick(['0', '1', '-1', '77', '-123456', '2147483647'])})`;
  }
  address() { return `(i32.and ${this.expr('i32', 2)} (i32.const ${this.rng.pick(['0xff8', '0xfff', '0xfff8'])}))`; }
  expr(t, depth = 0) {
    const { rng } = this;
    if (depth > 3 || rng.chance(4)) return rng.chance(2) ? this.constant(t) : `(local.get $${t}${rng.below(2)})`;
    switch (rng.below(8)) {
      case 0: return `(global.get $${t})`;
      case 1: return `(${t}.${rng.pick(LOADS[t])} ${this.address()})`;
      case 2: { const [from, op] = rng.pick(UNARY[t]); return `(${t}.${op} ${this.expr(from, depth + 1)})`; }
      case 3: return `(select ${this.expr(t, depth + 1)} ${this.expr(t, depth + 1)} ${this.expr('i32', depth + 1)})`;
      case 4: return `(if (result ${t}) ${this.expr('i32', depth + 1)} (then ${this.expr(t, depth + 1)}) (else ${this.expr(t, depth + 1)}))`;
      default: return `(${t}.${rng.pick(BINARY[t])} ${this.expr(t, depth + 1)} ${this.expr(t, depth + 1)})`;
    }
  }
  call() {
    const later = this.index + 1 + this.rng.below(FUNCS - this.index);
    if (later >= FUNCS) return this.rng.chance(4) ? `(call $import ${this.expr('i32', 2)})` : '(nop)';
    return this.rng.chance(2) ? `(local.set $i640 (call $f${later} ${this.expr('i32', 2)}))`
      : `(drop (call_indirect (type $f) ${this.expr('i32', 2)} (i32.const ${later})))`;
  }
  statements(n) { return Array.from({ length: n }, () => this.statement()).join('\n  '); }
  nested(write) {
    if (this.depth > 2) return this.call();
    this.depth++;
    const text = write();
    this.depth--;
    return text;
  }
  statement() {
    const { rng } = this, t = rng.pick(TYPES);
    switch (rng.below(12)) {
      case 0: return `(global.set $${t} ${this.expr(t)})`;
      case 1: case 2: case 3: return `(${t}.${rng.pick(STORES[t])} ${this.address()} ${this.expr(t)})`;
      case 4: return `(local.set $${t}${rng.below(2)} ${this.expr(t)})`;
      case 5: return this.nested(() => `(if ${this.expr('i32')} (then ${this.statements(2)}) (else ${this.statements(1)}))`);
      case 6: return this.nested(() => {
        const counter = `$loop${this.loops++ % 8}`;
        return `(local.set ${counter} (i32.const ${1 + rng.below(5)})) (loop $l ${this.statements(2)} (br_if $l (local.tee ${counter} (i32.sub (local.get ${counter}) (i32.const 1)))))`;
      });
      case 7: return this.nested(() => `(block $a (block $b (br_table $b $a $b ${this.expr('i32')})) ${this.statements(1)} (br_if $a ${this.expr('i32')}) ${this.statements(1)})`);
      case 8: return `(memory.fill ${this.address()} ${this.expr('i32', 2)} (i32.const ${rng.below(40)}))`;
      case 9: return `(memory.copy ${this.address()} ${this.address()} (i32.const ${rng.below(40)}))`;
      default: return this.call();
    }
  }
}

const locals = `${TYPES.map(t => `(local $${t}0 ${t}) (local $${t}1 ${t})`).join(' ')} ${Array.from({ length: 8 }, (_, i) => `(local $loop${i} i32)`).join(' ')}`;

/** The text of a module with constructors one and two, and more exports. */
export function generate(seed) {
  const rng = new Rng(seed, 77);
  const funcs = Array.from({ length: FUNCS }, (_, i) => `(func $f${i} (type $f) ${locals}\n  ${new Body(rng, i).statements(2 + rng.below(8))}\n  ${new Body(rng, i).expr('i64')})`);
  const ctor = name => `(func (export "${name}") ${locals}\n  ${new Body(rng, -1 + rng.below(3)).statements(3 + rng.below(20))})`;
  return `(module (type $f (func (param i32) (result i64))) (import "env" "f" (func $import (param i32)))
(memory (export "memory") 1) (table (export "table") funcref (elem ${Array.from({ length: FUNCS }, (_, i) => `$f${i}`).join(' ')}))
${TYPES.map(t => `(global $${t} (export "${t}") (mut ${t}) (${t}.const ${rng.below(9)}))`).join('\n')}
(data (i32.const ${rng.below(4000)}) "some data and more") (data (i32.const ${rng.below(4000)}) "\\01\\02\\03")
${funcs.join('\n')}
${ctor('one')}
${ctor('two')}
(func (export "again") (param i32) (result i64) (call $f0 (local.get 0))))`;
}
