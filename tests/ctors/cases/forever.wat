;; An endless loop.
;; run: init
;; says: trying to eval init
;; says:   ...stopping (in block) since could not eval: it runs for too long
;; says:   ...stopping
;; exports: init
(module
  (global $g (mut i32) (i32.const 1))
  (func $spin (loop $l (global.set $g (i32.add (global.get $g) (i32.const 1))) (br $l)))
  (func (export "init") (call $spin)))
