;; A global whose value the host gives.
;; run: init
;; says: trying to eval init
;; says:   ...stopping (in block) since could not eval: global 0 is not known
;; says:   ...stopping
;; exports: g init
(module
  (global $g (import "env" "g") i32)
  (global $k (export "g") (mut i32) (global.get $g))
  (func (export "init") (global.set $k (i32.add (global.get $g) (i32.const 1)))))
