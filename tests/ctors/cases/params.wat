;; Arguments are not known.
;; run: init
;; says: trying to eval init
;; says:   ...stopping due to params
;; says:   ...stopping
;; exports: init
(module (func (export "init") (param i32)))
