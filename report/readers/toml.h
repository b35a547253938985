// TOML for files that people write by hand, as jansson values, so that whoever reads JSON reads it too.
//
// Understood: comments; tables, arrays of tables, dotted and quoted keys; strings of one line ("…" with
// escapes, '…' without), whole decimal numbers of 64 bits, true and false, arrays, inline tables. Refused
// with a message: strings of several lines, other numbers, dates; and what TOML itself forbids, as keys and
// tables that are defined twice.
#ifndef WR_REPORT_READERS_TOML_H
#define WR_REPORT_READERS_TOML_H

#include <jansson.h>

#include "support/env.h"

// Fills an empty object of the caller. Throws WR_USAGE with line and column, or WR_NOMEM; then what is in it
// is of no use.
void wr_toml_read(wr_env *env, wr_slice text, json_t *root);

#endif
