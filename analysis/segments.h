// What is known about active segments before the module runs: constant offsets, bounds, and which of them
// code names.
#ifndef WR_ANALYSIS_SEGMENTS_H
#define WR_ANALYSIS_SEGMENTS_H

#include "ir/module.h"

// The value of an expression that is one i32.const or i64.const (as unsigned), else false.
bool wr_segments_const_offset(wr_env *env, wr_expr expr, uint64_t *value);
// Whether instantiation writes this segment without a trap whatever the imports are.
bool wr_segments_data_in_bounds(wr_env *env, const wr_module *m, const wr_data *data);
bool wr_segments_elem_in_bounds(wr_env *env, const wr_module *m, const wr_elem *elem);
// Whether no active segment can trap, so that their order among memories and tables can't be seen.
bool wr_segments_cannot_trap(wr_env *env, const wr_module *m);
// Marks the memories with active segments that code names (memory.init, data.drop).
void wr_segments_named_memories(const wr_module *m, uint8_t *named);

#endif
