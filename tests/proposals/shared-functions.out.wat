(module
  (type (;0;) (shared (func (param i32) (result i32))))
  (type (;1;) (func (param i32) (result i32)))
  (type (;2;) (func (param (ref null (shared any))) (result i32)))
  (type (;3;) (func (result (ref (shared func)))))
  (import "m" "log" (func (;0;) (type 0)))
  (table (;0;) shared 2 2 (ref null (shared any)))
  (global (;0;) (shared mut i32) i32.const 0)
  (export "a" (func 4))
  (export "b" (func 5))
  (export "d" (func 6))
  (export "c" (func 7))
  (elem (;0;) declare func 1)
  (func (;1;) (type 0)
    (local i32)
    local.get 0
    local.set 1
    global.get 0
    i32.const 0
    i32.add
    global.atomic.rmw.add acqrel 0
    drop
    local.get 1
    i32.const 3
    i32.mul
    call 0
  )
  (func (;2;) (type 1) (param i32) (result i32)
    local.get 0
    i32.const 3
    i32.mul
  )
  (func (;3;) (type 0)
    (local i32)
    local.get 0
    local.set 1
    local.get 1
    i32.const 3
    i32.mul
  )
  (func (;4;) (type 0)
    local.get 0
    call 3
    call 1
  )
  (func (;5;) (type 1) (param i32) (result i32)
    local.get 0
    call 3
    call 2
  )
  (func (;6;) (type 2) (param (ref null (shared any))) (result i32)
    i32.const 1
    local.get 0
    table.atomic.set seqcst 0
    i32.const 1
    ref.i31_shared
    i32.const 0
    local.get 0
    table.atomic.rmw.xchg acqrel 0
    ref.cast (ref null (shared eq))
    ref.eq
  )
  (func (;7;) (type 3) (result (ref (shared func)))
    ref.func 1
  )
)
