(component
  (core type (;0;) (shared (func (param i32))))
  (core func (;0;) (canon thread.spawn-ref 0))
  (core module (;0;)
    (table (;0;) shared 1 1 (ref null (shared func)))
    (export "start" (table 0))
  )
  (core instance (;0;) (instantiate 0))
  (alias core export 0 "start" (core table (;0;)))
  (core func (;1;) (canon thread.spawn-indirect 0 0))
  (core func (;2;) (canon thread.available_parallelism))
  (core module (;1;)
    (type (;0;) (func (result i32)))
    (type (;1;) (shared (func (param i32))))
    (type (;2;) (shared (func (param (ref null 1) i32) (result i32))))
    (type (;3;) (shared (func (param i32 i32) (result i32))))
    (type (;4;) (shared (func (result i32))))
    (import "" "spawn-ref" (func (;0;) (type 2)))
    (import "" "spawn" (func (;1;) (type 3)))
    (import "" "parallelism" (func (;2;) (type 4)))
    (import "libc" "start" (table (;0;) shared 1 1 (ref null (shared func))))
    (global (;0;) (shared mut i32) i32.const 0)
    (export "run" (func 4))
    (elem (;0;) (table 0) (i32.const 0) (ref null (shared func)) (ref.func 3))
    (func (;3;) (type 1)
      local.get 0
      global.atomic.rmw.add seqcst 0
      drop
    )
    (func (;4;) (type 0) (result i32)
      i32.const 0
      i32.const 1
      i32.const 1
      i32.add
      call 1
      drop
      call 2
      ref.func 3
      i32.const 5
      call 0
      i32.add
    )
  )
  (core instance (;1;)
    (export "spawn-ref" (func 0))
    (export "spawn" (func 1))
    (export "parallelism" (func 2))
  )
  (core instance (;2;) (instantiate 1
      (with "" (instance 1))
      (with "libc" (instance 0))
    )
  )
  (type (;0;) (func (result u32)))
  (alias core export 2 "run" (core func (;3;)))
  (func (;0;) (type 0) (canon lift (core func 3)))
  (export (;1;) "run" (func 0))
)
