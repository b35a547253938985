;; Takes some four seconds to instantiate.
(module
  (func $start (local i64)
    (loop
      (local.set 0 (i64.add (local.get 0) (i64.const 1)))
      (br_if 0 (i64.lt_u (local.get 0) (i64.const 10000000000)))))
  (memory (export "memory") 1)
  (start $start))
