;; wring -Oz
;; A component inside: its own core module loses what it does not lift. The core module that is handed to it by an outer alias and
;; the one that is exported keep all exports: others may instantiate them.
(component $outer
  (core module $shared (func (export "a") (result i32) i32.const 1) (func (export "b") (result i32) i32.const 2))
  (core module $shown (func (export "c") (result i32) i32.const 4) (func (export "d") (result i32) i32.const 5))
  (component $inner
    (alias outer $outer $shared (core module $s))
    (core module $m (func (export "e") (result i32) i32.const 6) (func (export "f") (result i32) i32.const 7))
    (core instance $s (instantiate $s))
    (core instance $m (instantiate $m))
    (func (export "a") (result u32) (canon lift (core func $s "a")))
    (func (export "e") (result u32) (canon lift (core func $m "e"))))
  (instance $i (instantiate $inner))
  (export "shown" (core module $shown))
  (export "a" (func $i "a"))
  (export "e" (func $i "e")))
