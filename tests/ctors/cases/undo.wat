;; What a constructor wrote before it failed in a call is undone as far as it is not at a point to go on from.
;; run: init
;; says: trying to eval init
;; says:   ...partial evalling successful, but stopping since could not eval: trap: out of bounds of memory
;; says:   ...stopping
;; exports: m g init
(module
  (memory (export "m") 1)
  (global $g (export "g") (mut i32) (i32.const 1))
  (func $deep (param i32)
    (global.set $g (i32.const 3))
    (i32.store (i32.const 40000) (i32.const 3))
    (i32.store (i32.const 8) (i32.const 3))
    (i32.store (local.get 0) (i32.const 3)))
  (func (export "init")
    (i32.store (i32.const 8) (i32.const 2))
    (global.set $g (i32.const 2))
    (i32.add (i32.const 65533) (i32.const 0))
    (call $deep)))
