// Shared by the files of the interpreter.
#ifndef WR_ANALYSIS_INTERP_PARTS_H
#define WR_ANALYSIS_INTERP_PARTS_H

#include "interp.h"
#include "ir/body.h"

enum { WR_INTERP_PAGE = 4096 };

typedef struct wr_interp_label {
    uint32_t at, sp; // the instruction that opens the block; the stack height below its parameters
} wr_interp_label;

typedef struct wr_interp_change {
    uint32_t global;
    bool known;
    uint64_t value;
} wr_interp_change;

// What must be restored to return to the last checkpoint.
typedef struct wr_interp_undo {
    uint32_t epoch;         // counts checkpoints
    uint32_t *global_epoch; // by global, likewise
    uint32_t *page_epoch;   // by page: the last epoch that wrote to it; NULL: nothing is recorded
    wr_u32s pages;          // written since
    uint8_t *bytes;         // their contents before
    uint32_t room;          // the number of pages that fit there
    WR_VEC(wr_interp_change) globals;
} wr_interp_undo;

struct wr_interp {
    wr_env *env;
    wr_arena *arena; // holds the image
    const wr_module *m;
    const wr_body **code; // by function; NULL before its first call
    uint64_t *globals;
    bool *known; // by global: whether its value is
    uint64_t *stack;
    uint32_t sp;
    wr_interp_label *labels, *labels_end; // the labels that are free
    uint32_t **tables;                    // by table: the functions in it; NULL before its first use
    wr_memory_image *image;
    uint64_t room, limit, largest; // bytes allocated for the image; bytes of the memory; the largest image
    uint64_t steps, next_check, decoded;
    unsigned depth;
    bool no_input, written;
    wr_interp_undo undo;
    wr_interp_checkpoint checkpoint;
};

// Ends the evaluation, saying what could not be evaluated.
_Noreturn void wr_interp_give_up(const wr_interp *k, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
// Counts work; gives up if there was too much.
void wr_interp_check(wr_interp *k);
static inline void wr_interp_spend(wr_interp *k, uint64_t steps) {
    k->steps += steps;
    if (WR_UNLIKELY(k->steps > k->next_check)) wr_interp_check(k);
}
static inline bool wr_interp_is_number(wr_valtype type) { return type >= WR_I32 && type <= WR_F64; }

// interp_step.c: executes an instruction that uses only the stack, locals, globals and memory. Returns false
// for all others.
bool wr_interp_step(wr_interp *k, const wr_ins *ins, uint64_t *locals);

// interp_memory.c
uint64_t wr_interp_load(const wr_interp *k, uint64_t at, unsigned size);
void wr_interp_store(wr_interp *k, uint64_t at, uint64_t value, unsigned size);
void wr_interp_fill(wr_interp *k, uint64_t at, uint8_t byte, uint64_t n);
void wr_interp_copy(wr_interp *k, uint64_t to, uint64_t from, uint64_t n);
// Makes the image reach to `end`.
void wr_interp_reach(wr_interp *k, uint64_t end);
// Copies out of a passive segment.
void wr_interp_init(wr_interp *k, uint64_t at, wr_slice segment, uint64_t from, uint64_t n);
// Forgets what was recorded: the present state is the new checkpoint; or returns to the last one.
void wr_interp_forget(wr_interp *k);
void wr_interp_restore(wr_interp *k);

// interp_calls.c: what an entry of a table holds; an import. The import's arguments are on the stack, where
// its result takes their place.
uint32_t wr_interp_callee(wr_interp *k, uint32_t table, uint64_t index, uint32_t type);
void wr_interp_call_import(wr_interp *k, uint32_t func);

#endif
