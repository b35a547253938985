;; Two constructors, a start function before them, and a main that is called all the same.
;; run: one,two,main main --ignore-external-input
;; says: trying to eval one
;; says:   ...success on one.
;; says: trying to eval two
;; says:   ...success on two.
;; says: trying to eval main
;; says:   ...success on main.
;; exports: m g main get
(module
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (memory (export "m") 1)
  (global $g (export "g") (mut i64) (i64.const 1))
  (data $p "passive data")
  (func $start (global.set $g (i64.const 2)))
  (start $start)
  (func (export "one")
    (global.set $g (i64.mul (global.get $g) (i64.const 21)))
    (memory.init $p (i32.const 100) (i32.const 8) (i32.const 4)))
  (func (export "two")
    (memory.copy (i32.const 200) (i32.const 98) (i32.const 6))
    (memory.fill (i32.const 300) (i32.const 7) (i32.const 3)))
  (func (export "main") (param i32 i32) (result i32) (local i32)
    (i32.store (i32.const 400) (i32.const -1))
    (drop (call $sizes (i32.const 400) (i32.const 404)))
    (block $out (result i32)
      (block $b (block $a (br_table $a $b (local.get 0))) (drop (br_if $out (i32.const 3) (i32.eqz (i32.load (i32.const 400))))))
      (i32.const 4)))
  (func (export "get") (result i32) (i32.load (i32.const 200))))
