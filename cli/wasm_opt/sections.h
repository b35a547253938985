// A module's sections as bytes: finds custom sections, and leaves some out while everything else stays
// unchanged.
#ifndef WR_CLI_WASM_OPT_SECTIONS_H
#define WR_CLI_WASM_OPT_SECTIONS_H

#include "support/buf.h"

// Whether the bytes begin as a binary module does, whatever the version.
bool wr_is_binary_module(wr_slice module);

// Whether there is a custom section whose name begins so. A malformed module has none.
bool wr_has_section(wr_env *env, wr_slice module, const char *prefix);

// The module without the custom sections that `pattern` names, a * at its end matching any rest; the module
// itself where there is none of these, or it is malformed. In env->perm.
wr_slice wr_without_section(wr_env *env, wr_slice module, const char *pattern);

#endif
