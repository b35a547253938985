;; Does what slow-start.wat does, at once.
(module
  (func $start)
  (memory (export "memory") 1)
  (start $start))
