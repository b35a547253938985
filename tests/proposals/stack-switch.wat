;; wring -Oz
;; One continuation switches to another: V8 does not run this yet. A handler for switches has no label.
(module
  (rec (type $swap (func (param (ref null $ks)) (result i32))) (type $ks (cont $swap)))
  (tag $back (result i32))
  (func $second (type $swap) (i32.const 7))
  (func $first (type $swap)
    (drop (switch $ks $back (cont.new $ks (ref.func $second))))
    (i32.const 1))
  (func (export "switched") (result i32)
    (resume $ks (on $back switch) (ref.null $ks) (cont.new $ks (ref.func $first))))
  (func (export "thrown") (param (ref null $ks) exnref) (result i32)
    (resume_throw_ref $ks (local.get 1) (local.get 0)))
  (tag $failed (param i32 i64))
  (func (export "failed") (param (ref null $ks)) (result i32)
    (resume_throw $ks $failed (on $back switch) (i32.const 1) (i64.const 2) (local.get 0)))
  (elem declare func $first $second))
