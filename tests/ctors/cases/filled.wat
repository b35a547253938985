;; Data that would be far larger than the module.
;; run: init
;; says:   ...stopping since the data would be too large
;; exports: init
(module
  (memory 200)
  (func (export "init") (memory.fill (i32.const 0) (i32.const 1) (i32.const 12000000))))
