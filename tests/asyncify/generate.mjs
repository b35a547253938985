// Random programs that call imports in the midst of everything: under operands, in loops, arms, tries and arguments,
// through tables, in tail calls. They end: loops use up a global, and a function calls only later ones.
import { Rng } from '../../verify/values.mjs';
import { HEADER, Writer, concat } from '../../verify/wasm.mjs';

const I32 = 0x7f, I64 = 0x7e, F32 = 0x7d, F64 = 0x7c, VOID = 0x40;
const TYPES = [I32, I32, I32, I64, F32, F64];
const CONST = { [I32]: 0x41, [I64]: 0x42, [F32]: 0x43, [F64]: 0x44 };
const BINARY = { [I32]: [0x6a, 0x6b, 0x6c, 0x71, 0x72, 0x73, 0x46, 0x48], [I64]: [0x7c, 0x7d, 0x7e, 0x83, 0x85], [F32]: [0x92, 0x93, 0x94], [F64]: [0xa0, 0xa1, 0xa2] };
const LOAD = { [I32]: 0x28, [I64]: 0x29, [F32]: 0x2a, [F64]: 0x2b }, STORE = { [I32]: 0x36, [I64]: 0x37, [F32]: 0x38, [F64]: 0x39 };
// From a type to i32, and from i32.
const TO = { [I32]: [], [I64]: [0xa7], [F32]: [0xbc], [F64]: [0xbd, 0xa7] }, FROM = { [I32]: [], [I64]: [0xac], [F32]: [0xb2], [F64]: [0xb7] };

// The imports: some suspend, some do not.
export const IMPORTS = [
  { name: 'pause', params: [I32], results: [I32], suspends: true },
  { name: 'wide', params: [I64, F64], results: [F64], suspends: true },
  { name: 'tick', params: [], results: [], suspends: true },
  { name: 'log', params: [I32], results: [], suspends: false },
];
const FUEL = 0, GLOBAL = 1;

class Body {
  constructor(rng, program, index) {
    Object.assign(this, { rng, program, index, w: new Writer(), labels: [], budget: 20 + rng.below(70), quiet: 0 });
    this.type = program.funcs[index];
    this.locals = [...this.type.params, ...Array.from({ length: 2 + rng.below(4) }, () => rng.pick(TYPES)), I32];
  }

  op(...bytes) { this.w.u8(...bytes); return this; }
  localOf(type) {
    const found = this.locals.flatMap((t, i) => (t === type ? [i] : []));
    return found.length ? this.rng.pick(found) : -1;
  }

  constant(type) {
    this.op(CONST[type]);
    if (type === I32 || type === I64) this.w.s64(this.rng.below(300) - 40);
    else this.w.bytes(new Uint8Array((type === F32 ? Float32Array : Float64Array).of(this.rng.below(99) / 4).buffer));
  }

  address() {
    this.expression(I32, 1);
    this.op(0x41).w.s64(0xff8);
    this.op(0x71);
  }

  open(op, type, write) {
    this.op(op, type);
    this.labels.push({ type: op === 3 ? VOID : type, loop: op === 3 });
    write();
    this.labels.pop();
    this.op(0x0b);
  }

  // A call of something with this result, which may be suspended; false if there is none.
  call(type, depth) {
    if (this.quiet) return false;
    const wanted = type === VOID ? [] : [type];
    const same = f => JSON.stringify(f.results) === JSON.stringify(wanted);
    const funcs = this.program.funcs.flatMap((f, i) => (i > this.index && same(f) ? [i] : []));
    const imports = IMPORTS.flatMap((f, i) => (same(f) ? [i] : []));
    const choices = [...imports.map(i => ['import', i]), ...funcs.map(i => ['func', i]), ...funcs.map(i => ['table', i])];
    if (!choices.length) return false;
    const [kind, i] = this.rng.pick(choices), callee = kind === 'import' ? IMPORTS[i] : this.program.funcs[i];
    for (const p of callee.params) this.expression(p, depth - 1);
    if (kind === 'table') {
      this.op(0x41).w.s64(i);
      this.op(0x11).w.u32(callee.typeIndex).u8(0);
    } else {
      this.op(0x10).w.u32(kind === 'import' ? i : IMPORTS.length + i);
    }
    return true;
  }

  expression(type, depth = 3) {
    const local = this.localOf(type), rng = this.rng;
    if (this.budget-- < 0 || depth <= 0) {
      if (local >= 0 && rng.below(3)) this.op(0x20).w.u32(local);
      else this.constant(type);
      return;
    }
    switch (rng.below(13)) {
      case 0: this.constant(type); return;
      case 1: case 2: if (local < 0) break; this.op(0x20).w.u32(local); return;
      case 3: this.expression(type, depth - 1); this.expression(type, depth - 1); this.binary(type); return;
      case 4: case 5: case 6: if (this.call(type, depth)) return; break;
      case 7: this.address(); this.op(LOAD[type], 0).w.u32(rng.below(16)); return;
      case 8: this.open(2, type, () => { this.statements(2); this.exits(type); this.expression(type, depth - 1); }); return;
      case 9:
        this.expression(I32, depth - 1);
        this.open(4, type, () => { this.statements(1); this.expression(type, depth - 1); this.op(5); this.statements(1); this.expression(type, depth - 1); });
        return;
      case 10: for (let i = 0; i < 2; i++) this.expression(type, depth - 1); this.expression(I32, depth - 1); this.op(0x1b); return;
      case 11: if (local < 0) break; this.expression(type, depth - 1); this.op(0x22).w.u32(local); return;
      default: break;
    }
    this.expression(I32, depth - 1);
    this.op(...FROM[type]);
  }

  binary(type) {
    const op = this.rng.pick(BINARY[type]);
    this.op(op);
  }

  // Perhaps leaves the innermost block, with its value.
  exits(type) {
    if (this.rng.below(2)) return;
    this.expression(type, 1);
    this.expression(I32, 2);
    this.op(0x0d, 0, 0x1a);
  }

  loop() {
    this.open(2, VOID, () => this.open(3, VOID, () => {
      this.op(0x23, FUEL, 0x41, 1, 0x6b, 0x24, FUEL, 0x23, FUEL, 0x41, 0, 0x48, 0x0d, 1);
      this.statements(1 + this.rng.below(3));
      this.expression(I32, 2);
      this.op(0x0d, 0);
    }));
  }

  branch() {
    const at = this.labels.flatMap((l, i) => (l.type === VOID && !l.loop ? [this.labels.length - 1 - i] : []));
    if (!at.length) return;
    this.expression(I32, 2);
    if (this.rng.below(3)) {
      this.op(0x0d).w.u32(this.rng.pick(at));
      return;
    }
    const targets = Array.from({ length: 1 + this.rng.below(3) }, () => this.rng.pick(at));
    this.open(2, VOID, () => {}); // so that code behind br_table is not always dead
    this.op(0x0e).w.vec(targets, (t, w) => w.u32(t)).u32(this.rng.pick(at));
  }

  tryBlock() {
    this.open(6, VOID, () => {
      this.statements(2);
      if (this.rng.below(2)) {
        this.expression(I32, 2);
        this.open(4, VOID, () => { this.expression(I32, 1); this.op(8, 0); });
      }
      this.quiet++;
      if (this.rng.below(2)) this.op(7, 0).op(0x21).w.u32(this.locals.length - 1);
      else this.op(0x19);
      this.statements(1);
      this.quiet--;
    });
  }

  // A block, loop or if that takes values from the stack and gives some back; a loop goes round with others.
  withParams() {
    const { rng, program } = this, which = rng.below(program.shapes.length), shape = program.shapes[which], kind = rng.pick([2, 3, 4]);
    for (const p of shape.params) this.expression(p, 2);
    if (kind === 4) this.expression(I32, 2);
    this.op(kind).w.u32(program.shapeType + which);
    this.labels.push({ type: -1, loop: kind === 3 }); // others don't branch here
    const taken = () => {
      for (const p of [...shape.params].reverse()) {
        const local = this.localOf(p);
        if (local >= 0 && rng.below(2)) this.op(0x21).w.u32(local);
        else this.op(0x1a);
      }
    };
    const arm = () => {
      if (rng.below(2)) this.call(VOID, 3);
      if (kind === 3) {
        taken();
        for (const p of shape.params) this.expression(p, 2);
        this.op(0x23, FUEL, 0x41, 1, 0x6b, 0x24, FUEL);
        this.op(0x23, FUEL, 0x41, 0, 0x4a); // while there is fuel
        this.op(0x0d, 0);
      }
      this.statements(1);
      taken();
      this.statements(1);
      for (const r of shape.results) this.expression(r, 2);
    };
    arm();
    const same = JSON.stringify(shape.params) === JSON.stringify(shape.results);
    if (kind === 4 && !(same && rng.below(2))) this.op(5), arm();
    this.labels.pop();
    this.op(0x0b);
    for (const r of [...shape.results].reverse()) {
      const local = this.localOf(r);
      if (local >= 0) this.op(0x21).w.u32(local);
      else this.op(0x1a);
    }
  }

  tailCall() {
    const later = this.program.funcs.flatMap((f, i) => (i > this.index && JSON.stringify(f.results) === JSON.stringify(this.type.results) ? [i] : []));
    if (!later.length || this.quiet) return;
    const i = this.rng.pick(later);
    this.expression(I32, 1);
    this.open(4, VOID, () => {
      for (const p of this.program.funcs[i].params) this.expression(p, 2);
      this.op(0x12).w.u32(IMPORTS.length + i);
    });
  }

  statement() {
    const rng = this.rng, type = rng.pick(TYPES), local = this.localOf(type);
    switch (rng.below(16)) {
      case 14: if (this.program.shapes.length) this.withParams(); return;
      case 0: case 1: case 2: if (local >= 0) { this.expression(type); this.op(0x21).w.u32(local); } return;
      case 3: this.call(VOID, 3); return;
      case 4: this.address(); this.expression(type, 2); this.op(STORE[type], 0).w.u32(rng.below(16)); return;
      case 5: this.expression(I32); this.op(0x10, 3); return;
      case 6: this.expression(type); this.op(0x1a); return;
      case 7: this.expression(I32); this.op(0x24, GLOBAL); return;
      case 8: case 9: this.loop(); return;
      case 10: this.open(2, VOID, () => { this.statements(2); this.branch(); this.statements(1); }); return;
      case 11: this.expression(I32); this.open(4, VOID, () => { this.statements(2); if (rng.below(2)) { this.op(5); this.statements(2); } }); return;
      case 12: if (this.program.tries) this.tryBlock(); return;
      case 13: if (this.program.tails) this.tailCall(); return;
      default:
        this.expression(I32, 1);
        this.open(4, VOID, () => { for (const r of this.type.results) this.expression(r, 2); this.op(rng.below(3) ? 0x0f : 0x00); });
    }
  }

  statements(n) { for (let i = this.rng.below(n + 1); i >= 0 && this.budget > 0; i--) this.statement(); }

  finish() {
    while (this.budget > 0) this.statement();
    for (const t of this.type.params.filter(() => this.rng.below(2))) { // what is used in the end must be kept till then
      this.op(0x20).w.u32(this.type.params.indexOf(t));
      this.op(...TO[t], 0x10, 3);
    }
    for (const r of this.type.results) this.expression(r, 2);
    this.op(0x0b);
    const declared = this.locals.slice(this.type.params.length);
    return new Writer().vec(declared, (t, w) => w.u32(1).u8(t)).bytes(this.w.out);
  }
}

/** A program: {bytes, exports: [{name, params}]}. */
export function generate(seed) {
  const rng = new Rng(seed);
  const n = 2 + rng.below(7);
  const program = { tries: rng.below(3) === 0, tails: rng.below(3) === 0 };
  program.funcs = Array.from({ length: n }, () => ({ params: Array.from({ length: rng.below(4) }, () => rng.pick(TYPES)), results: rng.below(3) ? [rng.pick(TYPES)] : [] }));
  const signatures = [...IMPORTS, ...program.funcs];
  signatures.forEach((f, i) => { f.typeIndex = i; });
  const some = n => Array.from({ length: n }, () => rng.pick(TYPES));
  program.shapeType = signatures.length + 1;
  program.shapes = rng.below(2) ? [] : Array.from({ length: 3 }, (_, i) => {
    const params = some(1 + rng.below(3));
    return { params, results: i ? some(rng.below(4)) : params };
  });
  const bodies = program.funcs.map((_, i) => new Body(rng, program, i).finish());
  const section = (id, w) => new Writer().section(id, w).finish();
  const types = new Writer().vec(signatures, (f, w) => w.u8(0x60).vec(f.params, (t, v) => v.u8(t)).vec(f.results, (t, v) => v.u8(t)));
  types.out[0] += 1 + program.shapes.length; // and that of the tag
  types.u8(0x60, 1, I32, 0);
  for (const f of program.shapes) types.u8(0x60).vec(f.params, (t, v) => v.u8(t)).vec(f.results, (t, v) => v.u8(t));
  const exports = program.funcs.map((f, i) => ({ name: `f${i}`, params: f.params })).filter((_, i) => i === 0 || rng.below(4) === 0);
  const names = [['memory', 2, 0], ['fuel', 3, FUEL], ['global', 3, GLOBAL], ...exports.map(e => [e.name, 0, IMPORTS.length + Number(e.name.slice(1))]),
    ...(rng.below(2) ? [['table', 1, 0]] : [])];
  const bytes = concat([
    HEADER,
    section(1, types),
    section(2, new Writer().vec(IMPORTS, (f, w) => w.name('env').name(f.name).u8(0).u32(f.typeIndex))),
    section(3, new Writer().vec(program.funcs, (f, w) => w.u32(f.typeIndex))),
    section(4, new Writer().u8(1, 0x70, 1).u32(n).u32(n)),
    section(5, new Writer().u8(1, 0).u32(3)),
    ...(program.tries ? [section(13, new Writer().u8(1, 0).u32(signatures.length))] : []),
    section(6, new Writer().u8(2, I32, 1, 0x41).s64(60).u8(0x0b, I32, 1, 0x41, 0, 0x0b)),
    section(7, new Writer().vec(names, ([name, kind, index], w) => w.name(name).u8(kind).u32(index))),
    section(9, new Writer().u8(1, 0, 0x41, 0, 0x0b).vec(program.funcs, (_, w) => w.u32(IMPORTS.length + program.funcs.indexOf(_)))),
    section(10, new Writer().vec(bodies, (b, w) => w.sized(b))),
  ]);
  return { bytes, exports };
}
