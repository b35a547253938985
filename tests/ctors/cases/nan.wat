;; The bits of a NaN are the engine's.
;; run: init
;; says: trying to eval init
;; says:   ...stopping (in block) since could not eval: f64.div
;; says:   ...stopping
;; exports: m init
(module
  (memory (export "m") 1)
  (func (export "init") (f64.store (i32.const 0) (f64.div (f64.const 0) (f64.const 0)))))
