;; What the sample projects for browsers load: one export that they use, one that they don't, and what only that one needs.
(module
  (memory (export "memory") 1)
  (data (i32.const 0) "a text that only the other export reads")
  (func $two (result i32) (i32.add (i32.const 1) (i32.const 1)))
  (func $sum (param i32) (result i32) (local i32 i32)
    (loop
      (local.set 1 (i32.add (local.get 1) (i32.load8_u (local.get 2))))
      (br_if 0 (i32.lt_u (local.tee 2 (i32.add (local.get 2) (i32.const 1))) (local.get 0))))
    (local.get 1))
  (func (export "answer") (param i32) (result i32) (i32.add (local.get 0) (call $two)))
  (func (export "other") (param i32) (result i32) (i32.mul (call $sum (local.get 0)) (call $sum (i32.const 7)))))
