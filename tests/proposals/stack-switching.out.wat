(module
  (type (;0;) (func))
  (type (;1;) (cont 0))
  (type (;2;) (func (param i32) (result i32)))
  (type (;3;) (cont 2))
  (type (;4;) (func (result i32)))
  (type (;5;) (cont 4))
  (type (;6;) (func (param i32)))
  (type (;7;) (func (param (ref null 1)) (result i32)))
  (type (;8;) (func (result i32 (ref 1))))
  (tag (;0;) (type 6) (param i32))
  (global (;0;) (mut i32) i32.const 0)
  (export "sum" (func 3))
  (export "bound" (func 4))
  (elem (;0;) declare func 0 2)
  (func (;0;) (type 0)
    (local i32)
    loop ;; label = @1
      local.get 0
      suspend 0
      local.get 0
      i32.const 1
      i32.add
      local.set 0
      local.get 0
      i32.const 10
      i32.lt_u
      br_if 0 (;@1;)
    end
  )
  (func (;1;) (type 7) (param (ref null 1)) (result i32)
    (local i32)
    loop ;; label = @1
      block (type 8) (result i32 (ref 1)) ;; label = @2
        local.get 0
        resume 1 (on 0 0 (;@2;))
        local.get 1
        return
      end
      local.set 0
      local.get 1
      i32.add
      local.set 1
      br 0 (;@1;)
    end
    unreachable
  )
  (func (;2;) (type 2) (param i32) (result i32)
    global.get 0
    global.set 0
    local.get 0
    i32.const 2
    i32.mul
  )
  (func (;3;) (type 4) (result i32)
    ref.func 0
    cont.new 1
    call 1
  )
  (func (;4;) (type 4) (result i32)
    i32.const 21
    ref.func 2
    cont.new 3
    cont.bind 3 5
    resume 5
  )
)
