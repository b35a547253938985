;; wring -Oz
;; Of the core module's exports the component lifts one. "unused" goes with all that it alone needs: its function, the import
;; "log" of the module, the entry of the core instance that gives it, the function lowered for it. Imports of the
;; component stay: they are what it promises its host.
(component
  (import "log" (func $log (param "x" u32)))
  (import "answer" (func $answer (result u32)))
  (core func $log' (canon lower (func $log)))
  (core func $answer' (canon lower (func $answer)))
  (core module $m
    (import "host" "log" (func $log (param i32)))
    (import "host" "answer" (func $answer (result i32)))
    (func (export "run") (result i32) call $answer)
    (func (export "unused") (param i32) local.get 0 call $log))
  (core instance $host (export "log" (func $log')) (export "answer" (func $answer')))
  (core instance $i (instantiate $m (with "host" (instance $host))))
  (func (export "run") (result u32) (canon lift (core func $i "run"))))
