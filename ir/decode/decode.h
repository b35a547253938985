// Reads a module's sections into its tables. Bodies, expressions and data stay slices of the input.
#ifndef WR_IR_DECODE_DECODE_H
#define WR_IR_DECODE_DECODE_H

#include "ir/module.h"

// Decodes a module. The input must outlive it. Throws WR_BAD_INPUT with the byte offset of the malformed
// part. Only type definitions are validated (wr_validate_types); everything else is checked just as far as
// decoding needs.
void wr_decode_module(wr_env *env, wr_slice input, wr_module *m);

// Throws if the module has sections for a linker. They refer to code by offset, so such a module can be read
// but not changed.
void wr_decode_refuse_objects(wr_env *env, const wr_module *m);

#endif
