;; Data as compilers lay it out: a C++ typeinfo with its name and a vtable, a Rust vtable, a table of names and functions.
(module
  (memory 1)
  (table 4 funcref)
  (elem (i32.const 1) $f $g $h)
  (func $f (export "f")) (func $g (export "g")) (func $h (export "h") (drop (i32.const 1024)))
  (data (i32.const 1024)
    "\24\04\00\00\10\04\00\00" "\ff\fe\fd\fc\ff\fe\fd\fc" ;; typeinfo: vtable, name
    "4Base\00\00\00"                                      ;; 1040
    "\ff\fe\fd\fc\ff\fe\fd\fc"
    "\00\00\00\00\00\04\00\00\01\00\00\00\02\00\00\00"    ;; 1056: vtable
    "\ff\fe\fd\fc"
    "\01\00\00\00\08\00\00\00\04\00\00\00\02\00\00\00\03\00\00\00" ;; Rust's
    "\ff\fe\fd\fc"
    "\10\04\00\00\03\00\00\00" "\ff\fe\fd\fc\02\00\00\00"))
