(component $top
  (core module $used (;0;)
    (type (;0;) (func (result i32)))
    (export "y" (func $seven))
    (func $seven (;0;) (type 0) (result i32)
      i32.const 7
    )
  )
  (core instance $two (;0;) (instantiate $used))
  (alias core export $two "y" (core func $live (;0;)))
  (type (;0;) (func (result u32)))
  (func $lifted (;0;) (type 0) (canon lift (core func $live)))
  (export (;1;) "y" (func $lifted))
)
