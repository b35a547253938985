// Spellings that compilers give to characters which their symbols can't have.
#ifndef WR_REPORT_READERS_ESCAPES_H
#define WR_REPORT_READERS_ESCAPES_H

#include "support/env.h"

// Rust's older scheme: "_$LT$impl$u20$a..B$GT$::f" is "<impl a::B>::f". In arena, or the text itself if it
// has no escapes.
wr_slice wr_escapes_decode_rust(wr_arena *arena, wr_slice text);

// Go's import paths: "gopkg.in/yaml%2ev3.Node" is "gopkg.in/yaml.v3.Node". Likewise.
wr_slice wr_escapes_decode_go(wr_arena *arena, wr_slice text);

// Without what LLVM appends to make a name unique: "f.llvm.123" is "f".
wr_slice wr_escapes_without_llvm_suffix(wr_slice name);

#endif
