;; Growing a memory may fail, which is up to the host.
;; run: init
;; says: trying to eval init
;; says:   ...partial evalling successful, but stopping since could not eval: memory.grow
;; says:   ...stopping
;; exports: m init
(module
  (memory (export "m") 1)
  (func (export "init")
    (i32.store (i32.const 4) (memory.size))
    (drop (memory.grow (i32.const 65535)))
    (i32.store (i32.const 8) (memory.size))))
