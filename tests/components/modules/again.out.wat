(component
  (type (;0;) (func (param "x" u32)))
  (import "log" (func (;0;) (type 0)))
  (core module (;0;)
    (type (;0;) (func (param i32)))
    (export "first" (func 0))
    (func (;0;) (type 0) (param i32))
  )
  (core module (;1;)
    (type (;0;) (func (param i32) (result i32)))
    (export "run" (func 0))
    (func (;0;) (type 0) (param i32) (result i32)
      local.get 0
      local.get 0
      i32.mul
    )
  )
  (core instance (;0;) (instantiate 1))
  (core instance (;1;) (instantiate 0))
  (core module (;2;)
    (type (;0;) (func (param i32)))
    (type (;1;) (func (param i32) (result i32)))
    (import "a" "first" (func (;0;) (type 0) (param i32)))
    (import "b" "run" (func (;1;) (type 1) (param i32) (result i32)))
    (export "run" (func 2))
    (func (;2;) (type 1) (param i32) (result i32)
      local.get 0
      call 0
      local.get 0
      call 1
    )
  )
  (core instance (;2;) (instantiate 2
      (with "a" (instance 1))
      (with "b" (instance 0))
    )
  )
  (type (;1;) (func (param "x" u32) (result u32)))
  (alias core export 2 "run" (core func (;0;)))
  (func (;1;) (type 1) (canon lift (core func 0)))
  (export (;2;) "run" (func 1))
)
