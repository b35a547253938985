// What is known about active segments before the module runs: constant offsets, whether they are in bounds,
// and which memories' segments code names.
#ifndef WR_ANALYSIS_SEGMENTS_H
#define WR_ANALYSIS_SEGMENTS_H

#include "ir/module.h"

// If the expression is a single i32.const or i64.const, stores its value (as unsigned) and returns true. Uses
// env->temp.
bool wr_segments_const_offset(wr_env *env, wr_expr expr, uint64_t *value);
// Likewise, stores the address of a segment that is active in memory 0 at a constant offset.
bool wr_segments_address(wr_env *env, const wr_data *data, uint64_t *address);
// The function of an element that is a ref.func, else WR_NONE. Uses env->temp.
uint32_t wr_segments_elem_func(wr_env *env, const wr_elem *elem, uint32_t i);
// Writes the functions of an active element segment to the slots of its table, as far as there are n of them;
// WR_NONE for elements that are no ref.func. Returns whether the segment is known to be in bounds.
bool wr_segments_fill_slots(wr_env *env, const wr_module *m, const wr_elem *elem, uint32_t *slots,
                            uint32_t n);
// Whether instantiation writes this segment without a trap, whatever the imports are. True of segments that
// are not active.
bool wr_segments_data_in_bounds(wr_env *env, const wr_module *m, const wr_data *data);
bool wr_segments_elem_in_bounds(wr_env *env, const wr_module *m, const wr_elem *elem);
// Whether n bytes from an address on lie in the least size that the memory has.
bool wr_segments_range_in_memory(const wr_module *m, uint32_t memory, uint64_t at, uint64_t n);
// Whether no active segment can trap; if so, the order of segments of different memories and tables is not
// observable.
bool wr_segments_cannot_trap(wr_env *env, const wr_module *m);
// Sets named[memory] for each memory that has an active segment named by live code (memory.init, data.drop).
void wr_segments_named_memories(const wr_module *m, uint8_t *named);

#endif
