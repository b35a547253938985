// Reading a module's sections into its tables. Bodies, expressions and data stay slices of the input.
#ifndef WR_IR_DECODE_H
#define WR_IR_DECODE_H

#include "module.h"

// The input must outlive the module. Throws WR_BAD_INPUT with the byte offset of what is malformed. Does not validate
// beyond what decoding needs, except type definitions (see wr_validate_types).
void wr_decode_module(wr_env *env, wr_slice input, wr_module *m);

#endif
