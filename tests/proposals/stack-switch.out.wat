(module
  (rec
    (type (;0;) (func (param (ref null 1)) (result i32)))
    (type (;1;) (cont 0))
  )
  (type (;2;) (func (result i32)))
  (type (;3;) (func (param (ref null 1) exnref) (result i32)))
  (type (;4;) (func (param i32 i64)))
  (type (;5;) (func (param (ref null 1)) (result i32)))
  (tag (;0;) (type 2) (result i32))
  (tag (;1;) (type 4) (param i32 i64))
  (export "switched" (func 2))
  (export "thrown" (func 3))
  (export "failed" (func 4))
  (elem (;0;) declare func 0 1)
  (func (;0;) (type 0) (param (ref null 1)) (result i32)
    i32.const 7
  )
  (func (;1;) (type 0) (param (ref null 1)) (result i32)
    ref.func 0
    cont.new 1
    switch 1 0
    drop
    i32.const 1
  )
  (func (;2;) (type 2) (result i32)
    ref.null 1
    ref.func 1
    cont.new 1
    resume 1 (on 0 switch)
  )
  (func (;3;) (type 3) (param (ref null 1) exnref) (result i32)
    local.get 1
    local.get 0
    resume_throw_ref 1
  )
  (func (;4;) (type 5) (param (ref null 1)) (result i32)
    i32.const 1
    i64.const 2
    local.get 0
    resume_throw 1 1 (on 0 switch)
  )
)
