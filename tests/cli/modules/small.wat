(module
  (memory (export "memory") 1)
  (func $dead (result i32) (i32.const 7))
  (func $answer (export "answer") (param $x i32) (result i32) (i32.add (local.get $x) (i32.const 42)))
  (func (export "other") (result i32) (call $twice (i32.const 3)))
  (func $twice (param i32) (result i32) (i32.mul (local.get 0) (call $answer (local.get 0)))))
