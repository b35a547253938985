;; A WASI program that prints a line; its second line depends on a function that an optimizer might break.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\0f\00\00\00")
  (data (i32.const 16) "hello\nsecond: A\n")
  (func $letter (result i32) (i32.const 66))
  (func (export "_start")
    (i32.store8 (i32.const 30) (call $letter))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 60)))))
