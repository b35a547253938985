;; What an imported memory holds is not known.
;; run: init
;; says:   ...stopping since could not create module instance: an imported memory
;; exports: init
(module
  (memory (import "env" "m") 1)
  (func (export "init") (i32.store (i32.const 0) (i32.const 1))))
