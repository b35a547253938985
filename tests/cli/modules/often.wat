;; Functions with a sequence in common, the first with it in a loop.
(module
  (memory (export "m") 1)
  (func (export "loops") (param i32) (result i32)
    (loop $x
      (local.set 0 (i32.xor (i32.mul (i32.load offset=1000 (local.get 0)) (i32.const 123456)) (i32.const 654321)))
      (br_if $x (i32.gt_u (local.get 0) (i32.const 65000))))
    (local.get 0))
  (func (export "plain") (param i32) (result i32)
    (i32.add (i32.xor (i32.mul (i32.load offset=1000 (local.get 0)) (i32.const 123456)) (i32.const 654321)) (i32.const 7)))
  (func (export "other") (param i32) (result i32)
    (i32.sub (i32.xor (i32.mul (i32.load offset=1000 (local.get 0)) (i32.const 123456)) (i32.const 654321)) (i32.const 9)))
  (func (export "third") (param i32) (result i32)
    (i32.or (i32.xor (i32.mul (i32.load offset=1000 (local.get 0)) (i32.const 123456)) (i32.const 654321)) (i32.const 11)))
)
