;; wring -Oz
;; run 0 7
;; Two core modules use each other, through one instance of $a more. In what order ever they have their turn, one of them loses
;; an import afterwards, and the export of the other goes in another turn, with the import that only it needs.
(component
  (import "log" (func $log (param "x" u32)))
  (core func $log' (canon lower (func $log)))
  (core module $a
    (import "b" "one" (func $one (param i32)))
    (func (export "first") (param i32) (if (i32.const 0) (then (call $one (local.get 0)))))
    (func (export "second") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))
  (core module $b
    (import "a" "second" (func $second (param i32) (result i32)))
    (import "host" "log" (func $log (param i32)))
    (func (export "one") (param i32) (call $log (i32.const 1)))
    (func (export "run") (param i32) (result i32)
      (if (i32.const 0) (then (call $log (call $second (local.get 0)))))
      (i32.mul (local.get 0) (local.get 0))))
  (core module $c (func (export "one") (param i32)))
  (core module $d (func (export "second") (param i32) (result i32) (local.get 0)))
  (core instance $host (export "log" (func $log')))
  (core instance $c (instantiate $c))
  (core instance $d (instantiate $d))
  (core instance $a1 (instantiate $a (with "b" (instance $c))))
  (core instance $b1 (instantiate $b (with "a" (instance $a1)) (with "host" (instance $host))))
  (core instance $a2 (instantiate $a (with "b" (instance $b1))))
  (core module $main
    (import "a" "first" (func $first (param i32)))
    (import "b" "run" (func $run (param i32) (result i32)))
    (func (export "run") (param i32) (result i32) (call $first (local.get 0)) (call $run (local.get 0))))
  (core instance $main (instantiate $main (with "a" (instance $a2)) (with "b" (instance $b1))))
  (func (export "run") (param "x" u32) (result u32) (canon lift (core func $main "run"))))
