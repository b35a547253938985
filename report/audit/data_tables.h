// Guesses what kind of numbers a run of bytes holds that is neither text nor pointers.
#ifndef WR_REPORT_AUDIT_DATA_TABLES_H
#define WR_REPORT_AUDIT_DATA_TABLES_H

#include "data_kinds.h"

// Shorter runs are not guessed at.
enum { WR_SHORTEST_TABLE = 32 };

// A kind of table, WR_KIND_DENSE, or WR_KIND_OTHER. `aligned` says whether the run begins at a multiple of
// eight.
wr_data_kind wr_data_tables_guess(wr_slice bytes, bool aligned);

#endif
