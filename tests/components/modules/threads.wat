;; wring -Oz
;; A component that starts threads: the table that functions are taken from is used by the component, so its export
;; stays; the export that nothing uses goes.
(component
  (core type $start (shared (func (param i32))))
  (core func $spawn_ref (canon thread.spawn-ref $start))
  (core module $libc
    (table (export "start") shared 1 1 (ref null (shared func)))
    (global (export "unused") (shared i32) (i32.const 1)))
  (core instance $libc (instantiate $libc))
  (core func $spawn (canon thread.spawn-indirect $start (core table $libc "start")))
  (core func $parallelism (canon thread.available_parallelism))
  (core module $m
    (type $run (func (result i32)))
    (type $body (shared (func (param i32))))
    (type $spawn_ref (shared (func (param (ref null $body) i32) (result i32))))
    (type $spawn (shared (func (param i32 i32) (result i32))))
    (type $parallelism (shared (func (result i32))))
    (import "" "spawn-ref" (func $spawn_ref (type $spawn_ref)))
    (import "" "spawn" (func $spawn (type $spawn)))
    (import "" "parallelism" (func $parallelism (type $parallelism)))
    (import "libc" "start" (table $t shared 1 1 (ref null (shared func))))
    (global $n (shared mut i32) (i32.const 0))
    (elem (table $t) (i32.const 0) (ref null (shared func)) (ref.func $body))
    (func $body (type $body) (drop (global.atomic.rmw.add seqcst $n (local.get 0))))
    (func (export "run") (type $run)
      (drop (call $spawn (i32.const 0) (i32.add (i32.const 1) (i32.const 1))))
      (i32.add (call $parallelism) (call $spawn_ref (ref.func $body) (i32.const 5)))))
  (core instance $i (instantiate $m
    (with "" (instance (export "spawn-ref" (func $spawn_ref)) (export "spawn" (func $spawn))
                       (export "parallelism" (func $parallelism))))
    (with "libc" (instance $libc))))
  (func (export "run") (result u32) (canon lift (core func $i "run"))))
