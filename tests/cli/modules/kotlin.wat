;; with names
;; Names as Kotlin writes them.
(module
  (func $kotlin.collections.joinToString (export "join") (result i32) i32.const 1)
  (func $demo.shapes.Circle.area (export "area") (param f64) (result f64) local.get 0)
  (func $demo.shapes.main (export "main"))
  (func $_initialize (export "_initialize") call $demo.shapes.main)
)
