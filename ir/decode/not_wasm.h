// Explains inputs that are not wasm modules.
#ifndef WR_IR_DECODE_NOT_WASM_H
#define WR_IR_DECODE_NOT_WASM_H

#include "support/base.h"

// Says what kind of file this is, given that it does not begin as a module does, and what to do about it;
// NULL if that is unknown.
const char *wr_not_wasm_reason(wr_slice bytes);

// Whether this is a module or component in the text format, as far as its beginning tells.
bool wr_not_wasm_is_text(wr_slice bytes);

#endif
