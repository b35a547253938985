;; Two tasks that take turns, suspended and continued from inside the module, as TinyGo's scheduler does: $pause is at the
;; top of a task's stack, $resume at its bottom. A task's record: the end of its frames, their limit, whether it is being
;; rewound, whether it was begun, whether it has ended.
(module
  (import "asyncify" "start_unwind" (func $start_unwind (param i32)))
  (import "asyncify" "stop_unwind" (func $stop_unwind))
  (import "asyncify" "start_rewind" (func $start_rewind (param i32)))
  (import "asyncify" "stop_rewind" (func $stop_rewind))
  (import "env" "log" (func $log (param i32)))
  (memory (export "memory") 1)
  (table 2 funcref)
  (elem (i32.const 0) func $counting $nested)
  (global $current (mut i32) (i32.const 0))

  (func $pause
    (if (i32.load offset=8 (global.get $current))
      (then
        (call $stop_rewind)
        (i32.store offset=8 (global.get $current) (i32.const 0)))
      (else (call $start_unwind (global.get $current)))))

  (func $resume (param $task i32) (param $function i32)
    (if (i32.load offset=16 (local.get $task)) (then (return)))
    (global.set $current (local.get $task))
    (if (i32.load offset=12 (local.get $task))
      (then
        (i32.store offset=8 (local.get $task) (i32.const 1))
        (call $start_rewind (local.get $task))))
    (i32.store offset=12 (local.get $task) (i32.const 1))
    (call_indirect (local.get $function))
    (call $stop_unwind))

  (func $counting (local $i i32)
    (loop $again
      (call $log (i32.add (i32.const 100) (local.get $i)))
      (call $pause)
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3))))
    (i32.store offset=16 (global.get $current) (i32.const 1)))

  (func $sum (param $n i32) (result i32)
    (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
    (call $pause)
    (i32.add (local.get $n) (call $sum (i32.sub (local.get $n) (i32.const 1)))))

  (func $nested
    (call $log (i32.const 200))
    (call $log (i32.add (i32.const 200) (call $sum (i32.const 4))))
    (i32.store offset=16 (global.get $current) (i32.const 1)))

  (func $prepare (param $task i32)
    (i32.store (local.get $task) (i32.add (local.get $task) (i32.const 32)))
    (i32.store offset=4 (local.get $task) (i32.add (local.get $task) (i32.const 1000))))

  (func (export "run") (local $turn i32)
    (call $prepare (i32.const 1024))
    (call $prepare (i32.const 4096))
    (loop $again
      (call $resume (i32.const 1024) (i32.const 0))
      (call $resume (i32.const 4096) (i32.const 1))
      (br_if $again (i32.lt_u (local.tee $turn (i32.add (local.get $turn) (i32.const 1))) (i32.const 8))))))
