// What the passes that merge tails share.
#ifndef WR_PASSES_FUNC_TAILS_H
#define WR_PASSES_FUNC_TAILS_H

#include "ir/body.h"

// Whether two instructions of a body are the same; ones with several labels never are.
bool wr_same_ins(const wr_body *body, const wr_ins *a, const wr_ins *b);

#endif
