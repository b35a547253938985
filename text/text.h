// The text format: a module as text that wasm-tools and WABT read back to the same module.
//
// Expressions are folded: an instruction stands before its operands, in brackets with them, where the
// operands are known to be its own. Functions, locals and labels have the names of the name section, made
// unique and fit for identifiers; all else has numbers.
#ifndef WR_TEXT_TEXT_H
#define WR_TEXT_TEXT_H

#include "ir/module.h"
#include "support/buf.h"

// Appends the module. Custom sections are left out. Uses env->perm and env->temp.
void wr_text_put_module(wr_env *env, const wr_module *m, wr_buf *out);

#endif
