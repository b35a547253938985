;; A memory of 4 GiB, written at its end.
;; run: init
;; says: trying to eval init
;; says:   ...partial evalling successful, but stopping since could not eval: memory at a high address
;; says:   ...stopping
;; exports: init
(module
  (memory 65536)
  (func (export "init")
    (i32.store (i32.const 4) (i32.const 1))
    (i32.store (i32.const -4) (i32.const 1))))
