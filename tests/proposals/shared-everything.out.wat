(module
  (type (;0;) (struct (field (mut i32))))
  (type (;1;) (shared (struct (field (mut i32)))))
  (type (;2;) (shared (array (mut i8))))
  (type (;3;) (func (param i32) (result i32)))
  (type (;4;) (func (result i32)))
  (global (;0;) (mut i32) i32.const 40)
  (export "count" (func 2))
  (export "swap" (func 3))
  (export "tell" (func 4))
  (export "byte" (func 5))
  (export "plain" (func 6))
  (func (;0;) (type 3) (param i32) (result i32)
    global.get 0
    local.get 0
    i32.add
    global.set 0
    global.get 0
  )
  (func (;1;) (type 3) (param i32) (result i32)
    local.get 0
    i32.const 2
    i32.mul
  )
  (func (;2;) (type 4) (result i32)
    i32.const 3
    call 0
    i32.const 0
    call 1
    i32.sub
  )
  (func (;3;) (type 4) (result i32)
    (local (ref null 1))
    i32.const 5
    struct.new 1
    local.set 0
    local.get 0
    i32.const 7
    struct.atomic.rmw.xchg seqcst 1 0
    drop
    local.get 0
    i32.const 9
    i32.const 1
    struct.atomic.rmw.cmpxchg seqcst 1 0
    drop
    local.get 0
    struct.atomic.get acqrel 1 0
  )
  (func (;4;) (type 4) (result i32)
    (local (ref (shared any)))
    i32.const 1
    struct.new 1
    local.set 0
    local.get 0
    ref.test (ref 1)
  )
  (func (;5;) (type 4) (result i32)
    (local (ref null 2))
    i32.const 200
    i32.const 3
    array.new 2
    local.set 0
    local.get 0
    i32.const 1
    i32.const 255
    array.atomic.set seqcst 2
    local.get 0
    i32.const 1
    array.atomic.get_s seqcst 2
    local.get 0
    i32.const 0
    array.atomic.get_u seqcst 2
    i32.add
  )
  (func (;6;) (type 4) (result i32)
    i32.const 20
    struct.new 0
    struct.get 0 0
    i32.const 11
    call 1
    i32.add
  )
)
