// Asyncify: lets code be suspended in the middle of its calls and be continued later, although the host only
// knows plain calls. The interface is that of Binaryen's pass of this name, so the JavaScript of emscripten
// and the runtimes of TinyGo and others work with it unchanged.
//
// A host that wants to wait, while the module calls one of its imports, calls asyncify_start_unwind and
// returns. Every function on the stack then saves what it still needs, and returns too. To go on, the host
// calls asyncify_start_rewind and then the export that it had called: every function restores what it saved,
// and jumps to the call that it was in, down to the import, which calls asyncify_stop_rewind.
//
//   (func $f (param $x i32)         (func $f (param $x i32)
//     (call $g)                       (block $unwind
//     (call $sleep)                     (block $resume
//     (call $h (local.get $x)))           (if (i32.eq (global.get $state) (i32.const 2))
//                                           (then ..restore $x.. (br $resume)))
//                                         (call $g))
//                                       (call $sleep)
//                                       (br_if $unwind (global.get $state))
//                                       (call $h (local.get $x))
//                                       (return))
//                                     ..save $x..)
//
// What is done otherwise than in Binaryen, for fewer and faster instructions: a function jumps to the call
// that it was in, rather than passing by all code before it; only loops and tries are entered step by step.
// Code between calls has no tests. Only locals that are read after some call are saved. An indirect call
// counts only if a function of its type, in a table that the host can't change, may be suspended.
//
// Memory at `data`, an address that the host gives: the current end of the saved frames, and the limit of the
// space for them, each as wide as an address.
#ifndef WR_INSTRUMENT_ASYNCIFY_H
#define WR_INSTRUMENT_ASYNCIFY_H

#include "passes/manager/pass.h"

// Rewrites the module. `args` are what Binaryen calls pass arguments, as KEY or KEY@VALUE, with or without
// asyncify- in front. The module must be encoded and decoded again before passes run on it: globals that were
// added as imports are behind the defined ones. Throws WR_USAGE if the arguments are wrong, or if a function
// that may be suspended can't be.
void wr_asyncify(wr_context *c, const wr_patterns *args);

#endif
