(component
  (core module (;0;)
    (type (;0;) (func (result i32)))
    (global (;0;) (mut i32) i32.const 1)
    (export "next" (func 0))
    (func (;0;) (type 0) (result i32)
      global.get 0
      i32.const 1
      i32.add
      global.set 0
      global.get 0
    )
  )
  (core module (;1;)
    (type (;0;) (func (result i32)))
    (export "seven" (func 0))
    (func (;0;) (type 0) (result i32)
      i32.const 7
    )
  )
  (core instance (;0;) (instantiate 0))
  (core instance (;1;) (instantiate 0))
  (core instance (;2;) (instantiate 1))
  (type (;0;) (func (result u32)))
  (alias core export 0 "next" (core func (;0;)))
  (func (;0;) (type 0) (canon lift (core func 0)))
  (type (;1;) (func (result u32)))
  (alias core export 1 "next" (core func (;1;)))
  (func (;1;) (type 1) (canon lift (core func 1)))
  (type (;2;) (func (result u32)))
  (alias core export 2 "seven" (core func (;2;)))
  (func (;2;) (type 2) (canon lift (core func 2)))
  (export (;3;) "first" (func 0))
  (export (;4;) "second" (func 1))
  (export (;5;) "third" (func 2))
)
