;; Calls without end, of a function with many locals.
;; run: init
;; says: trying to eval init
;; says:   ...stopping (in block) since could not eval: calls are nested too deeply
;; says:   ...stopping
;; exports: init
(module
  (func $f (param i32) (result i32) (i32.add (i32.const 1) (call $f (local.get 0))))
  (func (export "init") (drop (call $f (i32.const 1)))))
