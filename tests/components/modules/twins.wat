;; wring -Oz
;; Two core modules with the same bytes become one with two instances, and the index of the one behind them changes.
(component
  (core module $a (global $g (mut i32) (i32.const 1))
    (func (export "next") (result i32) (global.set $g (i32.add (global.get $g) (i32.const 1))) (global.get $g)))
  (core module $b (global $g (mut i32) (i32.const 1))
    (func (export "next") (result i32) (global.set $g (i32.add (global.get $g) (i32.const 1))) (global.get $g)))
  (core module $c (func (export "seven") (result i32) i32.const 7))
  (core instance $a (instantiate $a))
  (core instance $b (instantiate $b))
  (core instance $c (instantiate $c))
  (func (export "first") (result u32) (canon lift (core func $a "next")))
  (func (export "second") (result u32) (canon lift (core func $b "next")))
  (func (export "third") (result u32) (canon lift (core func $c "seven"))))
