;; wring -Oz -g
;; With -g the names of definitions stay, under their new indices.
(component $top
  (core module $unused (func (export "x") (result i32) i32.const 1))
  (core module $used (func $seven (export "y") (export "z") (result i32) i32.const 7))
  (core instance $one (instantiate $unused))
  (core instance $two (instantiate $used))
  (alias core export $two "z" (core func $dead))
  (alias core export $two "y" (core func $live))
  (func $lifted (result u32) (canon lift (core func $live)))
  (export "y" (func $lifted)))
