// A Go function's body in a form for editing: blocks are named by labels instead of depths, so that code can
// move in and out of blocks, and the dispatch at the body's start is recognized.
#ifndef WR_PASSES_GO_GO_CODE_H
#define WR_PASSES_GO_GO_CODE_H

#include "go.h"
#include "ir/body.h"

// An instruction, with the label of the block that it opens, ends or branches to. Label 0 is the function.
// The targets of a br_table are labels in ext.
typedef struct wr_go_ins {
    wr_ins ins;
    uint32_t label;
} wr_go_ins;

typedef WR_VEC(wr_go_ins) wr_go_list;

typedef struct wr_go_code {
    wr_arena *arena;
    wr_body body; // its runs and ext are used for writing
    wr_go_list list;
    uint32_t nlabels; // all labels are below this number
    // The dispatch: block* loop? block* local.get 0 br_table, where the blocks end in the order of the
    // segments.
    bool has_dispatch;
    uint32_t dispatch; // position of the br_table in list
    uint32_t loop;     // label of the loop around it, or 0
    uint32_t *targets; // targets of the br_table by PC_B; the last one is the default
    uint32_t ntargets;
} wr_go_code;

// Decodes a function and finds its dispatch.
void wr_go_open(wr_env *env, wr_arena *arena, const wr_module *m, uint32_t func, wr_go_code *code);
// Encodes the list. Branches must name open blocks.
void wr_go_write(wr_go_code *code, wr_buf *out);

static inline bool wr_go_is(const wr_go_list *list, uint32_t i, unsigned op) {
    return i < list->n && list->v[i].ins.op == op;
}
static inline bool wr_go_is_a(const wr_go_list *list, uint32_t i, unsigned op, uint32_t a) {
    return wr_go_is(list, i, op) && list->v[i].ins.a == a;
}
static inline bool wr_go_is_const(const wr_go_list *list, uint32_t i, unsigned op, int64_t value) {
    return wr_go_is(list, i, op) && (int64_t)list->v[i].ins.b == value;
}

// Whether list[i ..] is "i32.const k, local.set 0, br loop": a jump to segment k through the dispatch.
bool wr_go_is_jump(const wr_go_code *code, uint32_t i);
// The label of the block at whose end PC_B k continues.
uint32_t wr_go_target(const wr_go_code *code, uint64_t pc_b);
// Whether local 0 is used only by the dispatch and indirect calls, and every read immediately follows a
// write.
bool wr_go_owns_local0(const wr_go_code *code);

#endif
