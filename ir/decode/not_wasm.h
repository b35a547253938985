// What is given for a module and is none.
#ifndef WR_IR_DECODE_NOT_WASM_H
#define WR_IR_DECODE_NOT_WASM_H

#include "support/base.h"

// What a file that doesn't begin as a module does is, and what to do about it; NULL if nothing is known.
const char *wr_not_wasm_reason(wr_slice bytes);

#endif
