// Shared by the files of typing.
#ifndef WR_ANALYSIS_TYPING_PARTS_H
#define WR_ANALYSIS_TYPING_PARTS_H

#include "typing.h"

// The type of the value that lies `depth` values below the top of the stack, WR_BOTTOM if it is not known.
wr_valtype wr_typing_top(const wr_typer *t, uint32_t depth);

// The signature of an instruction on references. Returns false if it is not known.
bool wr_typing_ref_sig(const wr_typer *t, const wr_ins *ins, wr_sig *sig);

#endif
