;; with names
(module
  (import "env" "log" (func $log (param i32)))
  (import "env" "now" (func $now (result f64)))
  (memory (export "memory") 1)
  (table 2 funcref)
  (elem (i32.const 0) $app_hook $app_hook2)
  (data (i32.const 1024) "a message for somebody\00")
  (func $app_run (export "run") (param i32) (result i32)
    (local i32)
    (loop $l
      (call $log (i32.const 1024))
      (br_if $l (i32.lt_s (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0))))
    (call $app_sum (local.get 0)))
  (func $app_sum (param i32) (result i32)
    (i32.add (i32.mul (local.get 0) (i32.const 12345678)) (i32.const 87654321)))
  (func $app_hook (param i32) (call $log (local.get 0)))
  (func $app_hook2 (param i32) (call $log (local.get 0)))
  (func $lib_unused (result f64) (f64.add (call $now) (call $now))))
