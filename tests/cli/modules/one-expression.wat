;; A body of one expression that it leaves early, for simplify-cfg.
(module
  (import "m" "test" (func $test (param i32) (result i32)))
  (func (export "one") (param i32)
    (block $l
      (if (call $test (i32.const 1))
        (then
          (br_if $l (call $test (i32.const 2)))
          (drop (call $test (i32.const 3)))
          (br_if $l (call $test (i32.const 4)))
          (drop (call $test (i32.const 5))))))))
