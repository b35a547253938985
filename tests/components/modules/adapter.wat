;; wring -Oz
;; The consumer's only call of the adapter is in code that is never reached. So the adapter's instance goes, and the adapter with
;; it: instantiating it does nothing. The module with a start function stays, although nobody asks it for anything.
(component
  (import "tick" (func $tick))
  (core func $tick' (canon lower (func $tick)))
  (core module $adapter
    (memory 1)
    (data (i32.const 8) "never read")
    (func (export "open") (param i32) (result i32) (i32.load (local.get 0))))
  (core module $starts (import "host" "tick" (func $tick)) (start $tick))
  (core module $main
    (import "adapter" "open" (func $open (param i32) (result i32)))
    (func (export "run") (result i32) (if (i32.const 0) (then (drop (call $open (i32.const 8))))) (i32.const 3)))
  (core instance $adapter (instantiate $adapter))
  (core instance $host (export "tick" (func $tick')))
  (core instance $starts (instantiate $starts (with "host" (instance $host))))
  (core instance $main (instantiate $main (with "adapter" (instance $adapter))))
  (func (export "run") (result u32) (canon lift (core func $main "run"))))
