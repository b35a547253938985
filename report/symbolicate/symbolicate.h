// Turns stack traces of a shipped module into function names and source lines, using the module's symbol
// file.
#ifndef WR_REPORT_SYMBOLICATE_SYMBOLICATE_H
#define WR_REPORT_SYMBOLICATE_SYMBOLICATE_H

#include "debuginfo/symbol_file.h"

// The trace with each line that names a place replaced by the frames there, innermost first. In env->perm.
wr_slice wr_symbolicate_text(wr_env *env, const wr_symbol_file *file, wr_slice trace);
// The same as JSON: docs/DEBUG.md has its shape.
wr_slice wr_symbolicate_json(wr_env *env, const wr_symbol_file *file, wr_slice trace);

#endif
