// A module's sections as bytes: finds custom sections, and leaves some out while everything else stays
// unchanged.
#ifndef WR_CLI_WASM_OPT_SECTIONS_H
#define WR_CLI_WASM_OPT_SECTIONS_H

#include "support/buf.h"

// Whether the bytes begin like a binary module, of whatever version.
bool wr_sections_is_binary(wr_slice module);

// Whether there is a custom section whose name has this prefix. False for a malformed module.
bool wr_sections_have(wr_env *env, wr_slice module, const char *prefix);

// Returns the file offset of the code section's contents; 0 if there is no such section or the module is
// malformed.
uint32_t wr_sections_code_offset(wr_env *env, wr_slice module);

// Returns the module without the custom sections that `pattern` names, in env->perm. A * at the end of the
// pattern matches any rest. Returns the module itself if it has no such section or is malformed.
wr_slice wr_sections_without(wr_env *env, wr_slice module, const char *pattern);

#endif
