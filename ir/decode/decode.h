// Reading a module's sections into its tables. Bodies, expressions and data stay slices of the input.
#ifndef WR_IR_DECODE_DECODE_H
#define WR_IR_DECODE_DECODE_H

#include "ir/module.h"

// The input must outlive the module. Throws WR_BAD_INPUT with the byte offset of what is malformed. Does not
// validate beyond what decoding needs, except type definitions (see wr_validate_types).
void wr_decode_module(wr_env *env, wr_slice input, wr_module *m);

// Throws for modules with sections for a linker: these tie offsets, so such a module can be read but not
// changed.
void wr_refuse_objects(wr_env *env, const wr_module *m);

#endif
