(component
  (type (;0;) (func (param "x" u32)))
  (import "log" (func (;0;) (type 0)))
  (core func (;0;) (canon lower (func 0)))
  (core module (;0;)
    (type (;0;) (func (param i32)))
    (type (;1;) (func (param i32) (result i32)))
    (import "host" "log" (func (;0;) (type 0) (param i32)))
    (global (;0;) i32 i32.const 1024)
    (global (;1;) i32 i32.const 77)
    (global (;2;) (mut i32) i32.const 5)
    (export "base" (global 0))
    (export "other" (global 1))
    (export "size" (global 2))
    (export "abort" (func 1))
    (export "twice" (func 2))
    (func (;1;) (type 0) (param i32)
      local.get 0
      call 0
      unreachable
    )
    (func (;2;) (type 1) (param i32) (result i32)
      local.get 0
      call 0
      local.get 0
      i32.const 9
      call 0
      i32.const 9
      i32.add
    )
  )
  (core module (;1;)
    (type (;0;) (func (param i32)))
    (type (;1;) (func (result i32)))
    (import "env" "base" (global (;0;) i32))
    (import "host" "log" (func (;0;) (type 0) (param i32)))
    (export "where" (func 1))
    (func (;1;) (type 1) (result i32)
      global.get 0
      call 0
      global.get 0
    )
  )
  (core module (;2;)
    (type (;0;) (func (param i32)))
    (type (;1;) (func (param i32) (result i32)))
    (type (;2;) (func (result i32)))
    (import "libc" "size" (global (;0;) (mut i32)))
    (import "libc" "abort" (func (;0;) (type 0) (param i32)))
    (import "libc" "twice" (func (;1;) (type 1) (param i32) (result i32)))
    (import "a" "where" (func (;2;) (type 2) (result i32)))
    (import "b" "where" (func (;3;) (type 2) (result i32)))
    (memory (;0;) 1)
    (export "run" (func 4))
    (func (;4;) (type 1) (param i32) (result i32)
      local.get 0
      i32.eqz
      if ;; label = @1
        i32.const 3
        call 0
        unreachable
      end
      local.get 0
      call 1
      drop
      global.get 0
      call 2
      call 3
      i32.add
      i32.add
      i32.const 1024
      i32.add
      i32.load8_u
    )
    (data (;0;) (i32.const 1024) "abc")
  )
  (core instance (;0;)
    (export "log" (func 0))
  )
  (core instance (;1;) (instantiate 0
      (with "host" (instance 0))
    )
  )
  (alias core export 1 "base" (core global (;0;)))
  (alias core export 1 "other" (core global (;1;)))
  (core instance (;2;)
    (export "base" (global 0))
  )
  (core instance (;3;)
    (export "base" (global 1))
  )
  (core instance (;4;) (instantiate 1
      (with "env" (instance 2))
      (with "host" (instance 0))
    )
  )
  (core instance (;5;) (instantiate 1
      (with "env" (instance 3))
      (with "host" (instance 0))
    )
  )
  (core module (;3;)
    (type (;0;) (func (result i32)))
    (import "env" "base" (global (;0;) i32))
    (export "get" (func 0))
    (func (;0;) (type 0) (result i32)
      global.get 0
    )
  )
  (core instance (;6;) (instantiate 3
      (with "env" (instance 2))
    )
  )
  (alias core export 6 "get" (core func (;1;)))
  (core instance (;7;) (instantiate 2
      (with "libc" (instance 1))
      (with "a" (instance 4))
      (with "b" (instance 5))
    )
  )
  (type (;1;) (func (result u32)))
  (func (;1;) (type 1) (canon lift (core func 1)))
  (export (;4;) "shown" (core module 3))
  (type (;2;) (func (param "x" u32) (result u32)))
  (alias core export 7 "run" (core func (;2;)))
  (func (;2;) (type 2) (canon lift (core func 2)))
  (export (;3;) "get" (func 1))
  (export (;4;) "run" (func 2))
)
