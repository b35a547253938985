;; What the sample projects import: an answer, and parts that only an optimizer drops.
(module
  (memory (export "memory") 1)
  (data (i32.const 0) "answers")
  (func $unused (result i32) (i32.load (i32.const 0)))
  (func $forty (result i32) (i32.add (i32.const 36) (i32.const 4)))
  (func (export "answer") (result i32)
    (local i32)
    (local.set 0 (call $forty))
    (i32.add (local.get 0) (i32.const 2))))
