;; Up to the call of an import, with the values of locals after it.
;; run: init,main main --ignore-external-input
;; says: trying to eval init
;; says:   ...partial evalling successful, but stopping since could not eval: call import: env.f
;; says:   ...stopping
;; exports: m h init main
(module
  (import "env" "f" (func $f))
  (type $i (func (result i32)))
  (memory (export "m") 1)
  (global $g (mut i32) (i32.const 5))
  (global $h (export "h") (mut f64) (f64.const 0))
  (table funcref (elem $two))
  (data (i32.const 16) "hello")
  (func $two (result i32) (i32.const 2))
  (func (export "init") (local $i i32) (local $d f64)
    (i32.store (i32.const 8) (i32.add (global.get $g) (call_indirect (type $i) (i32.const 0))))
    (global.set $g (i32.const 9))
    (loop $l
      (i32.store8 (i32.add (i32.const 32) (local.get $i)) (local.get $i))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 50))))
    (local.set $d (f64.div (f64.const 1) (f64.const 3)))
    (global.set $h (local.get $d))
    (call $f)
    (i32.store (i32.const 12) (i32.const 1))
    (global.set $h (f64.add (local.get $d) (f64.convert_i32_s (local.get $i)))))
  (func (export "main") (param i32 i32) (result i32) (i32.add (local.get 0) (global.get $g))))
