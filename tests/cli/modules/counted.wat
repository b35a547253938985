;; with names
(module
  (import "env" "tick" (func $tick (param i32)))
  (import "env" "by_table" (func $by_table (param i32)))
  (type $one (func (param i32)))
  (table 2 funcref)
  (elem (i32.const 0) $twice $by_table)
  (global $sum (export "sum") (mut i64) (i64.const 7))
  (func $twice (param i32) (call $tick (local.get 0)) (call $tick (i32.const -1)))
  (func $loop (export "loop") (param i32) (local i32)
    (loop $l
      (call_indirect (type $one) (local.get 1) (i32.and (local.get 1) (i32.const 1)))
      (br_if $l (i32.lt_s (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0)))))
  (func $again (export "again") (param i32)
    (if (local.get 0) (then (call $again (i32.sub (local.get 0) (i32.const 1))))))
  (func $never (export "never") (call $tick (i32.const 1)))
  (func $start (global.set $sum (i64.const 8)))
  (start $start))
