// The differential runner must see what it is there to see: pairs of modules that differ in one thing.
// Each case: name, expected verdict, before, after (module fields in text, assembled by wat2wasm), changes that were declared.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Comparer } from '../../verify/diff.mjs';

const CASES = [
  ['equal', 'same', '(func (export "f") (param i32) (result i32) local.get 0)', '(func (export "f") (param i32) (result i32) local.get 0)'],
  ['wrong result on one edge', 'different', '(func (export "f") (param i32) (result i32) local.get 0 i32.const 31 i32.and)',
    '(func (export "f") (param i32) (result i32) local.get 0 i32.const 32 i32.rem_s)'],
  ['v128 lane', 'different', '(func (export "f") (param v128) (result v128) local.get 0)',
    '(func (export "f") (param v128) (result v128) local.get 0 i32.const 1 i32x4.replace_lane 3)'],
  ['trap dropped', 'different', '(func (export "f") (param i32 i32) local.get 0 local.get 1 i32.div_s drop)', '(func (export "f") (param i32 i32))'],
  ['kind of trap', 'different', '(func (export "f") unreachable)', '(func (export "f") i32.const 0 i32.const 0 i32.div_s drop)'],
  ['minus zero', 'different', '(func (export "f") (param f64) (result f64) local.get 0)',
    '(func (export "f") (param f64) (result f64) local.get 0 f64.const 0 f64.add)'],
  ['NaN payload', 'same', '(func (export "f") (result f32) f32.const nan f32.const 1 f32.add)', '(func (export "f") (result f32) f32.const -nan f32.const 1 f32.add)'],
  ['NaN payload in memory', 'same', '(memory (export "m") 1) (func (export "f") i32.const 0 f32.const nan f32.const 1 f32.add f32.store)',
    '(memory (export "m") 1) (func (export "f") i32.const 0 f32.const -nan:0x200001 f32.store)'],
  ['NaN bits without arithmetic', 'different', '(func (export "f") (result i32) f32.const nan i32.reinterpret_f32)', '(func (export "f") (result i32) f32.const -nan i32.reinterpret_f32)'],
  ['order of imports', 'different', '(import "e" "a" (func $a)) (import "e" "b" (func $b)) (func (export "f") call $a call $b)',
    '(import "e" "a" (func $a)) (import "e" "b" (func $b)) (func (export "f") call $b call $a)'],
  ['argument of an import', 'different', '(import "e" "a" (func $a (param i64))) (func (export "f") i64.const 1 call $a)', '(import "e" "a" (func $a (param i64))) (func (export "f") i64.const 2 call $a)'],
  ['store moved over a call', 'different', '(import "e" "a" (func $a)) (memory (export "m") 1) (func (export "f") (param i32) i32.const 4 local.get 0 i32.store call $a)',
    '(import "e" "a" (func $a)) (memory (export "m") 1) (func (export "f") (param i32) call $a i32.const 4 local.get 0 i32.store)'],
  ['store dropped', 'different', '(memory (export "m") 1) (func (export "f") (param i32) i32.const 4 local.get 0 i32.store)', '(memory (export "m") 1) (func (export "f") (param i32))'],
  ['store to a hidden memory', 'same', '(memory 1) (func (export "f") (param i32) i32.const 4 local.get 0 i32.store)', '(memory 1) (func (export "f") (param i32))'],
  ['data segment', 'different', '(memory (export "m") 1) (data (i32.const 9) "a")', '(memory (export "m") 1) (data (i32.const 9) "b")'],
  ['table entry', 'different', '(table (export "t") 2 funcref) (elem (i32.const 1) $f) (func $f)', '(table (export "t") 2 funcref) (elem (i32.const 0) $f) (func $f)'],
  ['function in a table', 'different', '(table (export "t") 2 funcref) (elem (i32.const 1) $f) (func $f (result i32) i32.const 1)',
    '(table (export "t") 2 funcref) (elem (i32.const 1) $f) (func $f (result i32) i32.const 2)'],
  ['functions that become one', 'different', '(func (export "f")) (func (export "g"))', '(func $f (export "f") (export "g"))'],
  ['functions in a table that become one', 'different', '(table (export "t") 2 funcref) (elem (i32.const 0) $f $g) (func $f) (func $g)', '(table (export "t") 2 funcref) (elem (i32.const 0) $f $f) (func $f)'],
  ['global', 'different', '(global (export "g") (mut f64) (f64.const 1)) (func (export "f") f64.const 2 global.set 0)', '(global (export "g") (mut f64) (f64.const 1)) (func (export "f") f64.const 3 global.set 0)'],
  ['export lost', 'different', '(func (export "f")) (func (export "g"))', '(func (export "f"))'],
  ['export of another type', 'different', '(func (export "f") (param i32))', '(func (export "f") (param i64))'],
  ['start dropped', 'different', '(import "e" "a" (func $a)) (start $a)', '(import "e" "a" (func $a))'],
  ['a host may write the memory', 'different',
    '(import "e" "a" (func $a)) (memory (export "m") 1) (func (export "f") (result i64) call $a i32.const 0 i64.load)',
    '(import "e" "a" (func $a)) (memory (export "m") 1) (func (export "f") (result i64) (local i64) i32.const 0 i64.load local.set 0 call $a local.get 0)'],
  ['payload of an exception', 'different', '(tag $t (export "t") (param i32)) (func (export "f") i32.const 1 throw $t)', '(tag $t (export "t") (param i32)) (func (export "f") i32.const 2 throw $t)'],
  ['endless loop after', 'different', '(func (export "f"))', '(func (export "f") loop br 0 end)'],
  ['endless loop before', 'same', '(func (export "f") loop br 0 end) (func (export "g"))', '(func (export "f") loop br 0 end) (func (export "g"))'],
  ['stack exhaustion', 'same', '(func $f (export "f") call $f) (func (export "g"))', '(func $f (export "f") call $f) (func (export "g"))'],
  ['after a call that exhausts the stack', 'different', '(func $f (export "f") call $f) (func (export "g"))', '(func $f (export "f") call $f) (func (export "g") unreachable)'],
  ['stack exhaustion at the start', 'inconclusive', '(func $f call $f) (start $f)', '(func $f call $f) (start $f)'],
  ['what instantiation wrote before it failed', 'different', '(import "e" "m" (memory 1)) (data (i32.const 0) "a") (data (i32.const 65536) "b")',
    '(import "e" "m" (memory 1)) (data (i32.const 65536) "b") (data (i32.const 0) "a")'],
  ['a function in a table behind a failed instantiation', 'different',
    '(import "e" "t" (table 1 funcref)) (memory 1) (elem (i32.const 0) func $f) (data (i32.const 65536) "b") (func $f (result i32) i32.const 1)',
    '(import "e" "t" (table 1 funcref)) (memory 1) (elem (i32.const 0) func $f) (data (i32.const 65536) "b") (func $f (result i32) i32.const 2)'],
  ['unused import dropped', 'same', '(import "e" "a" (func)) (func (export "f"))', '(func (export "f"))'],
  ['no host can link the first', 'inconclusive', '(import "e" "a" (func)) (import "e" "a" (memory 1)) (func (export "f"))', '(import "e" "a" (func)) (func (export "f"))'],
  ['no host can link the first, and the second calls an import before it fails', 'inconclusive',
    '(import "e" "a" (func $a)) (import "e" "a" (global (mut i32))) (import "e" "b" (func)) (start $a) (func (export "f"))',
    '(import "e" "a" (func $a)) (start $a) (func (export "f"))'],
  ['no host can link either', 'same', '(import "e" "a" (func)) (import "e" "a" (memory 1))', '(import "e" "a" (func)) (import "e" "a" (memory 1))'],
  ['links without dropping an import', 'different', '(import "e" "a" (func)) (import "e" "a" (memory 1))', '(import "e" "a" (func)) (import "e" "a" (func))'],
  ['one memory for two imports', 'different', '(import "a" "m" (memory 1)) (import "b" "m" (memory 1)) (data (memory 0) (i32.const 0) "A") (data (memory 1) (i32.const 0) "B")',
    '(import "a" "m" (memory 1)) (import "b" "m" (memory 1)) (data (memory 1) (i32.const 0) "B") (data (memory 0) (i32.const 0) "A")'],
  ['one global for two imports', 'different', '(import "a" "g" (global (mut i32))) (import "b" "g" (global (mut i32))) (func (export "f") (param i32) (result i32) local.get 0 global.set 0 i32.const 7 global.set 1 global.get 0)',
    '(import "a" "g" (global (mut i32))) (import "b" "g" (global (mut i32))) (func (export "f") (param i32) (result i32) local.get 0 global.set 0 i32.const 7 global.set 1 local.get 0)'],
  ['one table for two imports', 'different', '(import "a" "t" (table 1 funcref)) (import "b" "t" (table 1 funcref)) (elem (table 0) (i32.const 0) func $f) (elem (table 1) (i32.const 0) func $g) (func $f (result i32) i32.const 1) (func $g (result i32) i32.const 2)',
    '(import "a" "t" (table 1 funcref)) (import "b" "t" (table 1 funcref)) (elem (table 1) (i32.const 0) func $g) (elem (table 0) (i32.const 0) func $f) (func $f (result i32) i32.const 1) (func $g (result i32) i32.const 2)'],
  ['one tag for two imports', 'different', '(import "a" "t" (tag $a)) (import "b" "t" (tag $b)) (func (export "f") (result i32) try (result i32) throw $b catch $a i32.const 1 catch $b i32.const 2 end)',
    '(import "a" "t" (tag $a)) (import "b" "t" (tag $b)) (func (export "f") (result i32) i32.const 2)'],
  ['data that looks like a NaN', 'different', '(memory (export "m") 1) (data (i32.const 3) "abcdef\\ff\\ff") (func (export "f") (result f64) f64.const 1 f64.const 2 f64.add)',
    '(memory (export "m") 1) (data (i32.const 3) "abXdef\\ff\\ff") (func (export "f") (result f64) f64.const 1 f64.const 2 f64.add)'],
  ['type of an import', 'different', '(import "e" "a" (global i32)) (func (export "f") (result i32) global.get 0)', '(import "e" "a" (global i64)) (func (export "f") (result i32) i32.const 0)'],
];

// A table of 64 bytes at 1000 whose item at 16, of 8 bytes, moved to 8; bytes 8 to 15 changed; a return address is not pushed.
const DECLARED = [['bytes', 0, 8, 8, 0, 0, 0], ['moved', 0, 16, 8, 8, 1000, 64], ['dead', 0, 0x12d6001b, 0, 0, 0, 0]];
const stores = (...values) => `(memory (export "m") 1) (func (export "f")
  ${values.map((value, i) => `i32.const ${64 + 8 * i} i64.const ${value} i64.store`).join(' ')})`;
const data = (at, text) => `(memory (export "m") 1) (data (i32.const ${at}) "${text}")`;
CASES.push(
  ['declared bytes', 'same', data(8, 'aaaaaaaa'), data(8, 'bbbbbbbb'), DECLARED],
  ['a byte before those declared', 'different', data(7, 'aaaaaaaaa'), data(7, 'xbbbbbbbb'), DECLARED],
  ['a byte behind those declared', 'different', data(8, 'aaaaaaaaa'), data(8, 'bbbbbbbbx'), DECLARED],
  ['an address, an offset and a length that moved', 'same', stores(1018, 18, 46), stores(1010, 10, 54), DECLARED],
  ['both halves of a word moved', 'same', stores('0x1200000010'), stores('0xa00000008'), DECLARED],
  ['an offset that moved by another distance', 'different', stores(18), stores(11), DECLARED],
  ['an offset outside of what moved', 'different', stores(26), stores(18), DECLARED],
  ['a dead word', 'same', stores('0x12d6001b'), stores('0x7777777777'), DECLARED],
  ['a word that is not dead', 'different', stores('0x12d6001c'), stores(0), DECLARED],
  ['a dead word that appears', 'different', stores(0), stores('0x12d6001b'), DECLARED],
);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wring-diff-'));
function assemble(text) {
  const wat = path.join(folder, 'a.wat'), wasm = path.join(folder, 'a.wasm');
  fs.writeFileSync(wat, `(module ${text})`);
  execFileSync('wat2wasm', ['--enable-all', wat, '-o', wasm]);
  return new Uint8Array(fs.readFileSync(wasm));
}

const comparer = new Comparer({ callMs: 1000 });
let failures = 0;
for (const [name, want, before, after, changed = []] of CASES) {
  const report = await comparer.compare(assemble(before), assemble(after), { rounds: 200, changed });
  if (report.verdict === want) continue;
  failures++;
  console.log(`FAIL ${name}: ${report.verdict} (${report.reason ?? ''}), want ${want}`);
}
comparer.stop();
fs.rmSync(folder, { recursive: true });
console.log(`differential: ${CASES.length - failures} of ${CASES.length} cases`);
process.exit(failures ? 1 : 0);
