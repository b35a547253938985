;; wring -Oz
;; run 0 1 20
;; What $main imports from $libc is known: "base" is a constant, "hook" does nothing, "flag" comes by way of $middle and is
;; a constant, "abort" never returns, so that nothing is read behind it. "size" is mutable, and $twice is given two different
;; constants under one name: these stay, as does the import of $shown, which anybody
;; may instantiate. $libc keeps what is left to use.
(component
  (import "log" (func $log (param "x" u32)))
  (core func $log' (canon lower (func $log)))
  (core module $libc
    (import "host" "log" (func $log (param i32)))
    (global (export "base") i32 (i32.const 1024))
    (global (export "other") i32 (i32.const 77))
    (global (export "size") (mut i32) (i32.const 5))
    (func (export "hook") (param i32))
    (func (export "flag") (result i32) i32.const 1)
    (func $abort (param i32) (call $log (local.get 0)) (unreachable))
    (func (export "abort") (param i32) (call $abort (local.get 0)))
    (func $grow (export "grow") (param i32) (result i32) (call $log (local.get 0)) (local.get 0))
    (func (export "twice") (param i32) (result i32) (i32.add (call $grow (local.get 0)) (call $grow (i32.const 9)))))
  (core module $middle
    (import "libc" "flag" (func $flag (result i32)))
    (export "flag" (func $flag)))
  (core module $twice
    (import "env" "base" (global $base i32))
    (import "host" "log" (func $log (param i32)))
    (func (export "where") (result i32) (call $log (global.get $base)) (global.get $base)))
  (core module $main
    (import "libc" "base" (global $base i32))
    (import "libc" "size" (global $size (mut i32)))
    (import "libc" "hook" (func $hook (param i32)))
    (import "libc" "abort" (func $abort (param i32)))
    (import "libc" "grow" (func $grow (param i32) (result i32)))
    (import "libc" "twice" (func $twice (param i32) (result i32)))
    (import "middle" "flag" (func $flag (result i32)))
    (import "a" "where" (func $a (result i32)))
    (import "b" "where" (func $b (result i32)))
    (memory 1)
    (data (offset (global.get $base)) "abc")
    (func (export "run") (param i32) (result i32)
      (call $hook (local.get 0))
      (if (i32.eqz (call $flag)) (then (return (call $grow (i32.const 1)))))
      (if (i32.eqz (local.get 0)) (then
        (call $abort (i32.const 3))
        (return (call $grow (i32.load8_u (local.get 0))))))
      (drop (call $twice (local.get 0)))
      (i32.load8_u (i32.add (global.get $base) (i32.add (global.get $size) (i32.add (call $a) (call $b)))))))
  (core instance $host (export "log" (func $log')))
  (core instance $libc (instantiate $libc (with "host" (instance $host))))
  (core instance $middle (instantiate $middle (with "libc" (instance $libc))))
  (alias core export $libc "base" (core global $base))
  (alias core export $libc "other" (core global $other))
  (core instance $env-a (export "base" (global $base)))
  (core instance $env-b (export "base" (global $other)))
  (core instance $a (instantiate $twice (with "env" (instance $env-a)) (with "host" (instance $host))))
  (core instance $b (instantiate $twice (with "env" (instance $env-b)) (with "host" (instance $host))))
  (core module $shown (import "env" "base" (global $base i32)) (func (export "get") (result i32) (global.get $base)))
  (core instance $s (instantiate $shown (with "env" (instance $env-a))))
  (alias core export $s "get" (core func $get))
  (core instance $main (instantiate $main (with "libc" (instance $libc)) (with "middle" (instance $middle))
    (with "a" (instance $a)) (with "b" (instance $b))))
  (func (export "get") (result u32) (canon lift (core func $get)))
  (export "shown" (core module $shown))
  (func (export "run") (param "x" u32) (result u32) (canon lift (core func $main "run"))))
