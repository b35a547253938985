;; wring -Oz
;; run 3 4
;; A component that is instantiated twice, once by a sibling that gets the other's function: the counts of
;; each instance are exports of their own.
(component
  (component $inner
    (core module $m
      (func (export "half") (param i32) (result i32) (call $g (local.get 0)))
      (func $g (param i32) (result i32) (i32.shr_u (local.get 0) (i32.const 1))))
    (core instance $i (instantiate $m))
    (func (export "half") (param "x" u32) (result u32) (canon lift (core func $i "half"))))
  (component $outer
    (import "half" (func $half (param "x" u32) (result u32)))
    (alias outer 1 $inner (component $again))
    (instance $own (instantiate $again))
    (alias export $own "half" (func $own-half))
    (core func $lower-half (canon lower (func $half)))
    (core func $lower-own (canon lower (func $own-half)))
    (core module $m
      (import "" "half" (func $half (param i32) (result i32)))
      (import "" "again" (func $again (param i32) (result i32)))
      (func (export "run") (param i32) (result i32)
        (call $again (call $again (call $half (local.get 0))))))
    (core instance $b (export "half" (func $lower-half)) (export "again" (func $lower-own)))
    (core instance $i (instantiate $m (with "" (instance $b))))
    (func (export "run") (param "x" u32) (result u32) (canon lift (core func $i "run"))))
  (instance $one (instantiate $inner))
  (alias export $one "half" (func $half))
  (instance $two (instantiate $outer (with "half" (func $half))))
  (alias export $two "run" (func $run))
  (export "run" (func $run)))
