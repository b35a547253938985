// Random modules in the shape of Go's: functions of segments behind a dispatch, jumps forward and backward, calls with
// return addresses, functions that suspend (they unwind to the driver, which resumes them by the address on the stack), cold
// and leaf functions, calls by PC, pclntab with inline trees. The outside sees what a program of Go sees: the memory that
// it works on (`peek`), not the stack below the stack pointer, and what pclntab says of functions that are there (`look`).
//
// Each call of `run` ends: a cell of memory is fuel, which jumps back and calls use up.
import { bytesOf, goCall, goModule, goReturn, pcOf } from '../lib/goshape.mjs';

const FUEL = 512, NAPS = 520, FLAG = 528, ARGUMENTS = 544, SEEN = 552, WORK = 576, VALUES = 2048; // addresses of cells; WORK has 64; VALUES
// holds PCs of functions that are called by their value
const SLOT = 8; // bytes of a place in the frame

const bump = (cell) => `i32.const ${cell} i32.const ${cell} i32.load i32.const 1 i32.sub i32.store`;
const PC = (slot) => `i64.const ${pcOf(slot)}`;

// Notes that the function of a slot runs: pclntab must have it whole.
const note = (slot) => `i32.const ${SEEN} i32.const ${SEEN} i64.load i64.const ${1 << slot} i64.or i64.store`;

// What every module has, by name.
const FIXED = {
  // Suspends every third time: the driver goes on behind the call.
  'runtime.gosched': `    (local i32) global.get $sp local.set 1
    local.get 1 i32.const 8 i32.add local.tee 1 global.set $sp
    ${bump(NAPS)}
    i32.const ${NAPS} i32.load i32.const 3 i32.rem_u i32.eqz`,
  'runtime.goexit': '    i32.const 1 global.set $pause i32.const 1',
  'runtime.throw': `    (local i32) global.get $sp local.set 1
    i32.const ${WORK} local.get 1 i64.load offset=8 i64.store
    i32.const 1 global.set $pause i32.const 1`,
  'runtime.sigpanic': `    i32.const ${WORK} i64.const -99 i64.store i32.const 1 global.set $pause i32.const 1`,
  'runtime.growslice': `    (local i32) global.get $sp local.set 1
    local.get 1 local.get 1 i64.load offset=8 i64.const 3 i64.mul i64.store offset=16
    i32.const ${WORK + 8} i32.const ${WORK + 8} i64.load i64.const 1 i64.add i64.store
${goReturn()}`,
  'runtime.memclr': `    (local i32) global.get $sp local.set 1
    local.get 1 i64.extend_i32_u i64.const 16 i64.add i32.wrap_i64 i64.const 7 local.get 1 i64.load offset=8 i64.sub i64.store
${goReturn()} unreachable`,
  'runtime.memmix': `    (local i32 i64) global.get $sp local.set 1
    local.get 1 i64.load offset=8 local.set 2
    local.get 1 local.get 2 i64.const 13 i64.rotl local.get 1 i64.load offset=16 i64.xor i64.store offset=16
    i32.const ${WORK + 16} i32.const 3 local.get 2 i32.wrap_i64 i32.const 7 i32.and memory.fill
${goReturn()} unreachable`,
  'runtime.traceReader': `    i32.const ${WORK} i64.const 5 i64.store i32.const 0`,
};
const CALLEES = ['runtime.gosched', 'runtime.gosched', 'runtime.growslice', 'runtime.memclr', 'runtime.memmix'];

// --- Functions ---

class Maker {
  constructor(rng, slot, names, values) {
    Object.assign(this, { rng, slot, names, values, frame: SLOT * (2 + rng.below(6)), count: 2 + rng.below(9) });
  }
  place() { return SLOT * this.rng.below(this.frame / SLOT); }
  value() {
    const { rng } = this;
    const choices = [() => `i64.const ${rng.below(100) - 50}`, () => `local.get ${2 + rng.below(2)}`, () => `local.get 1 i64.load offset=${this.place()}`,
      () => `local.get 1 i64.load offset=${this.frame + 8 + SLOT * rng.below(2)}`, () => `i32.const ${WORK} i64.load offset=${8 * rng.below(64)}`,
      () => `${this.value()} ${this.value()} i64.${rng.pick(['add', 'sub', 'mul', 'xor', 'and'])}`];
    return rng.pick(choices)();
  }
  statement() {
    const { rng } = this;
    const choices = [() => `local.get 1 ${this.value()} i64.store offset=${this.place()}`,
      () => `local.get 1 i64.extend_i32_u i64.const ${this.place()} i64.add i32.wrap_i64 ${this.value()} i64.store`,
      () => `local.get 1 i64.extend_i32_u i64.const ${this.place()} i64.add i32.wrap_i64 i32.const ${rng.below(256)} i32.const ${SLOT} memory.fill`,
      () => `${this.value()} local.set ${2 + rng.below(2)}`, () => `i32.const ${WORK} ${this.value()} i64.store offset=${8 * rng.below(64)}`,
      () => `local.get 1 ${this.value()} i64.store offset=${this.frame + 16}`,
      () => `global.get $g i64.eqz if\n${goCall(this.slot, 1, 'runtime.sigpanic')} end`, () => 'nop',
      () => `i32.const ${FLAG} i32.load if\n i32.const 0 call $runtime.traceReader drop end`];
    return `    ${rng.pick(choices)()}`;
  }
  // PC_B 0 and 1 are the first segment, k the one before the k-th.
  jump(segment) { return `i32.const ${segment ? segment + 1 : this.rng.below(2)} local.set 0 br $again`; }
  condition() { return `${this.value()} ${this.value()} i64.${this.rng.pick(['lt_s', 'eq', 'ge_u'])}`; }
  // A jump forward, or one back that uses fuel; never to segment 0, which makes the frame.
  branch(at) {
    const { rng, count } = this;
    const to = 1 + rng.below(count - 1);
    if (to > at) return `    ${this.condition()} if ${this.jump(to)} end`;
    return `    ${bump(FUEL)} i32.const ${FUEL} i32.load i32.const 0 i32.gt_s if ${this.jump(to)} end`;
  }
  call(at) {
    const { rng, slot, names } = this, later = names.slice(slot + 1).filter((name) => name.startsWith('main.'));
    const callee = later.length && rng.chance(2) ? rng.pick(later) : rng.pick(CALLEES), back = at + 2;
    const set = `    local.get 1 ${this.value()} i64.store\n`;
    if (!rng.chance(5)) return set + goCall(slot, back, callee);
    return `${set}    local.get 1 i32.const 8 i32.sub local.tee 1 global.set $sp
    local.get 1 i64.const ${pcOf(slot, back)} i64.store
    i32.const ${this.valueOf(callee)} i64.load i32.wrap_i64 i32.const 16 i32.shr_u local.set 0 i32.const 0 local.get 0 call_indirect (type $code)
    global.get $sp local.set 1 br_if $unwind`;
  }
  valueOf(callee) {
    const slot = this.names.indexOf(callee);
    this.values.set(slot, VALUES + 8 * slot);
    return this.values.get(slot);
  }
  leave() { return goReturn(this.frame); }
  panic() { return `    ${this.condition()} ${this.value()} i64.const 3 i64.and i64.eqz i32.and if\n${goCall(this.slot, this.rng.below(this.count) + 1, 'runtime.throw')} unreachable end`; }
  segment(at) {
    const { rng, count } = this, out = at ? [] : [`    ${note(this.slot)}`,
      ...(rng.chance(4) ? [`    local.get 1 i64.load offset=8 i64.const ${rng.below(9)} i64.eq if\n${goReturn()} end`] : []), `    local.get 1 i32.const ${this.frame} i32.sub local.tee 1 global.set $sp`,
      `    ${bump(FUEL)} i32.const ${FUEL} i32.load i32.const 0 i32.le_s if\n${this.leave()} end`];
    for (let i = rng.below(4); i > 0; i--) out.push(this.statement());
    if (rng.chance(2)) out.push(this.branch(at));
    if (rng.chance(6)) out.push(this.panic());
    if (at === count - 1) return [...out, this.leave()];
    if (rng.chance(2)) return [...out, this.call(at)];
    if (rng.chance(5)) return [...out, this.leave()];
    if (rng.chance(4)) return [...out, `    ${this.jump(at + 1 + rng.below(count - at - 1))}`];
    return out;
  }
  body() {
    const segments = Array.from({ length: this.count }, (_, i) => this.segment(i)), labels = segments.map((_, i) => `$s${i}`);
    return `    (local i32 i64 i64) global.get $sp local.set 1
    block $unwind loop $again
    ${[...labels].reverse().map((label) => `block ${label}`).join(' ')}
    local.get 0 br_table $s0 ${labels.join(' ')}
    end
${segments.map((lines) => lines.join('\n')).join('\n    end\n')}
    end ${this.rng.chance(4) ? '' : 'unreachable '}end
    i32.const 1`;
  }
}

// A function without calls, which Go gives no dispatch.
const leaf = (rng, slot) => `    (local i32 i64) global.get $sp local.set 1
    ${note(slot)}
    local.get 1 local.get 1 i64.load offset=8 i64.const ${rng.below(1000)} i64.add i64.store offset=${8 + SLOT * rng.below(2)}
${goReturn()}${rng.chance(2) ? ' unreachable' : ''}`;

// --- pclntab ---

const table = (rng, values) => Array.from({ length: 1 + rng.below(4) }, () => [rng.below(values) - (rng.chance(4) ? 1 : 0), 1 + rng.below(rng.chance(5) ? 300 : 20)])
  .filter(([value], i, all) => value !== (i ? all[i - 1][0] : -1));

// A count, a number of bits, and as many bitmaps.
const pointerMap = (rng) => {
  const n = 1 + rng.below(3);
  return [n, 0, 0, 0, 8, 0, 0, 0, ...Array.from({ length: n }, () => rng.below(4))];
};

function tablesOf(rng, names) {
  const entries = rng.chance(2) ? 0 : 1 + rng.below(4), made = { args: 8 * rng.below(5), id: rng.below(4), startLine: rng.below(500) };
  for (const name of ['pcsp', 'pcfile', 'pcline']) if (!rng.chance(5)) made[name] = table(rng, 90);
  made.pcdata = Array.from({ length: 2 + rng.below(3) }, (_, i) => (i === 2 || rng.chance(3) ? [] : table(rng, 6)));
  made.funcdata = Array.from({ length: rng.below(3) }, () => (rng.chance(4) ? null : pointerMap(rng)));
  if (!entries) return made;
  made.pcdata = [made.pcdata[0], made.pcdata[1], Array.from({ length: entries }, (_, i) => [i, 1 + rng.below(9)])];
  made.tree = Array.from({ length: entries }, () => [rng.below(3), rng.pick(names), rng.below(40), rng.below(900)]);
  return made;
}

// Reads what the runtime reads of a function that ran, as one number: findfunctab, its record, name, tables, inline tree.
const look = ({ ftab, find, nameAt, pctabAt, gofunc, fixed }, count) => `
  (func $mix (param i64 i32) (result i64) (i64.mul (i64.xor (local.get 0) (i64.extend_i32_u (local.get 1))) (i64.const 0x100000001b3)))
  (func $hash (param i64 i32) (result i64) ;; of bytes up to a zero that is not the first
    (loop $next
      (local.set 0 (call $mix (local.get 0) (i32.load8_u (local.get 1))))
      (local.set 1 (i32.add (local.get 1) (i32.const 1)))
      (br_if $next (i32.load8_u (local.get 1)))) (local.get 0))
  (func $table (param i64 i32) (result i64)
    (if (result i64) (local.get 1) (then (call $hash (local.get 0) (i32.add (local.get 1) (i32.const ${pctabAt})))) (else (call $mix (local.get 0) (i32.const 77)))))
  (func $data (param i64 i32 i32) (result i64) ;; the beginning of a function's funcdata; trees name functions
    (if (i32.eq (local.get 1) (i32.const -1)) (then (return (local.get 0))))
    (local.set 1 (i32.add (local.get 1) (i32.const ${gofunc})))
    (local.set 0 (call $mix (call $mix (local.get 0) (i32.load (local.get 1))) (i32.load8_u offset=8 (local.get 1))))
    (if (i32.eqz (local.get 2)) (then (return (call $mix (local.get 0) (i32.load offset=4 (local.get 1))))))
    (local.set 0 (call $mix (local.get 0) (i32.load offset=12 (local.get 1))))
    (call $hash (local.get 0) (i32.add (i32.load offset=4 (local.get 1)) (i32.const ${nameAt}))))
  (func $look (export "look") (param i32) (result i64) (local $r i32) (local $h i64) (local $i i32)
    (local.set 0 (i32.rem_u (local.get 0) (i32.const ${count})))
    (if (i64.eqz (i64.and (i64.shr_u (i64.load (i32.const ${SEEN})) (i64.extend_i32_u (local.get 0))) (i64.const 1))) (then (return (i64.const 0))))
    (local.set $r (i32.add (i32.load offset=4 (i32.add (i32.mul (local.get 0) (i32.const 8)) (i32.const ${ftab}))) (i32.const ${ftab})))
    (local.set $i (i32.add (i32.const ${find}) (i32.mul (local.get 0) (i32.const 320)))) ;; 16 buckets of 20 bytes
    (local.set $h (call $mix (call $mix (i64.const 3) (i32.load (local.get $i))) (i32.load offset=304 (local.get $i))))
    (local.set $i (i32.const 0))
    (local.set $h (call $mix (call $mix (local.get $h) (i32.load (local.get $r))) (i32.load offset=8 (local.get $r))))
    (local.set $h (call $hash (local.get $h) (i32.add (i32.load offset=4 (local.get $r)) (i32.const ${nameAt}))))
    (local.set $h (call $mix (local.get $h) (i32.load offset=12 (local.get $r))))
    (local.set $h (call $table (call $table (call $table (local.get $h) (i32.load offset=16 (local.get $r))) (i32.load offset=20 (local.get $r))) (i32.load offset=24 (local.get $r))))
    (local.set $h (call $mix (local.get $h) (i32.load8_u offset=${fixed - 4} (local.get $r))))
    (loop $each ;; entries that say "none" need not be there
      (local.set $h (call $table (local.get $h) (if (result i32) (i32.lt_u (local.get $i) (i32.load offset=28 (local.get $r)))
        (then (i32.load offset=${fixed} (i32.add (local.get $r) (i32.shl (local.get $i) (i32.const 2))))) (else (i32.const 0)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $each (i32.lt_u (local.get $i) (i32.const 5))))
    (local.set 0 (i32.add (local.get $r) (i32.shl (i32.load offset=28 (local.get $r)) (i32.const 2))))
    (if (i32.load8_u offset=${fixed - 1} (local.get $r)) (then (local.set $h (call $data (local.get $h) (i32.load offset=${fixed} (local.get 0)) (i32.const 0)))))
    (if (i32.gt_u (i32.load8_u offset=${fixed - 1} (local.get $r)) (i32.const 3)) (then (local.set $h
      (call $data (local.get $h) (i32.load offset=${fixed + 12} (local.get 0)) (i32.const 1)))))
    (local.get $h))`;

// --- The module ---

const OTHERS = ['drive', 'run', 'resume', 'getsp', 'peek', 'look', 'mix', 'hash', 'table', 'data'];

const driver = (names) => `
  (func $drive (local i32)
    loop
      global.get $sp i32.const 8 i32.sub local.tee 0 i32.load16_u
      local.get 0 i32.load16_u offset=2 call_indirect (type $code) drop
      global.get $pause i32.eqz br_if 0
    end)
  (func $run (export "run") (param i32 i32)
    i64.const 4096 global.set $g i32.const 0 global.set $pause
    i32.const ${FUEL} i32.const 60 i32.store
    i32.const ${ARGUMENTS} local.get 0 i32.store i32.const ${NAPS} local.get 1 i32.store
    i32.const 196600 ${PC(names.indexOf('runtime.goexit'))} i64.store
    i32.const 196592 ${PC(names.indexOf('main.f0'))} i64.store
    i32.const 196608 local.get 0 i64.extend_i32_s i64.store i32.const 196616 local.get 1 i64.extend_i32_s i64.store
    i32.const 196600 global.set $sp
    call $drive)
  (func $resume (export "resume"))
  (func $getsp (export "getsp") (result i32) global.get $sp)
  (func $peek (export "peek") (param i32) (result i64) local.get 0 i32.const 63 i32.and i32.const 3 i32.shl i64.load offset=${WORK})`;

/** The text of a random module. */
export function goText(rng) {
  const mains = Array.from({ length: 2 + rng.below(6) }, (_, i) => `main.f${i}`), leaves = ['main.leaf0', 'main.leaf1'];
  const dead = Array.from({ length: rng.below(3) }, (_, i) => `main.dead${i}`);
  const names = [...mains, ...leaves, ...Object.keys(FIXED), ...dead];
  const values = new Map(); // slot -> address
  const bodyOf = (name, slot) => FIXED[name]?.replace('global.get $sp local.set 1\n', `$&    ${note(slot)}\n`) ?? (leaves.includes(name) ? leaf(rng, slot) : new Maker(rng, slot, names.filter((each) => !dead.includes(each) || each === name), values).body());
  const functions = names.map((name, slot) => ({ name, body: bodyOf(name, slot), ...tablesOf(rng, names) }));
  const minor = 19 + rng.below(9);
  if (minor < 20) for (const f of functions) delete f.tree;
  const data = [...values].map(([slot, at]) => [at, bytesOf(8, pcOf(slot))]);
  return goModule({ minor, functions, data, others: OTHERS, text: (layout) => driver(names) + look(layout, names.length) });
}
