// What tail-merging and cross-jumping share.
#ifndef WR_PASSES_CONTROL_TAIL_MERGING_H
#define WR_PASSES_CONTROL_TAIL_MERGING_H

#include "ir/body.h"

// Whether two instructions of a body are equal; instructions with several labels never are.
bool wr_tail_merging_same_ins(const wr_body *body, const wr_ins *a, const wr_ins *b);

#endif
