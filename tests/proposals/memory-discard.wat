;; wring -Oz
;; memory.discard writes: what was stored before it is not what is loaded after it.
(module
  (memory (export "memory") 1)
  (func (export "run") (result i32)
    (i32.store (i32.const 8) (i32.const 7))
    (memory.discard (i32.const 0) (i32.const 65536))
    (i32.load (i32.const 8)))
  (func $unused (memory.discard (i32.const 0) (i32.const 0))))
