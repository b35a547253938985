;; wring -Oz
;; node --experimental-wasm-wasmfx
;; A generator and its consumer: functions that switch stacks are kept as they are but for indices, others are optimized,
;; what nothing needs goes. "sum" is 0 + 1 + … + 9, "bound" 42.
(module
  (type $void (func))
  (type $k (cont $void))
  (type $unary (func (param i32) (result i32)))
  (type $ku (cont $unary))
  (type $nullary (func (result i32)))
  (type $kn (cont $nullary))
  (tag $unused (param i64))
  (tag $yield (param i32))
  (global $count (mut i32) (i32.const 0))
  (func $never (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $generate
    (local $i i32)
    (loop $more
      (suspend $yield (local.get $i))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $i) (i32.const 10)))))
  (func $consume (param $k (ref null $k)) (result i32)
    (local $sum i32)
    (loop $more
      (block $on (result i32 (ref $k))
        (resume $k (on $yield $on) (local.get $k))
        (return (local.get $sum)))
      (local.set $k)
      (local.set $sum (i32.add (local.get $sum)))
      (br $more))
    unreachable)
  (func $plain (param i32) (result i32)
    (local $copy i32)
    (local.set $copy (local.get 0))
    (global.set $count (i32.add (global.get $count) (i32.const 0)))
    (i32.mul (local.get $copy) (i32.const 2)))
  (func (export "sum") (result i32) (call $consume (cont.new $k (ref.func $generate))))
  (func (export "bound") (result i32)
    (resume $kn (cont.bind $ku $kn (i32.const 21) (cont.new $ku (ref.func $plain)))))
  (elem declare func $generate $plain))
