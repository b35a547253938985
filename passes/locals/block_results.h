// The state that the parts of block-results share; see block_results.c.
//
// Everything here belongs to one body on one thread; arrays are in the environment's scratch arena.
#ifndef WR_PASSES_LOCALS_BLOCK_RESULTS_H
#define WR_PASSES_LOCALS_BLOCK_RESULTS_H

#include "ir/body.h"
#include "passes/manager/pass.h"

// An exit: a place from which control flow goes to the end of a block, loop or if.
typedef struct wr_block_exit {
    uint32_t at;   // the br or br_if; where flow reaches the end of an arm: the else or end
    uint32_t next; // the next exit of the same block, WR_NONE if it is the last
} wr_block_exit;

// What becomes of an instruction that sets a local.
enum { WR_RESULT_KEPT, WR_RESULT_GONE, WR_RESULT_TEE };
// What is written behind an instruction: nothing, a drop, or a set of the local with that number minus these.
enum { WR_RESULT_NOTHING, WR_RESULT_DROP, WR_RESULT_SETS };

// The changes at one instruction.
typedef struct wr_result_edit {
    uint8_t set;     // WR_RESULT_KEPT and so on
    uint8_t is_else; // an else is written before it
    wr_valtype type; // of the result that the block which starts here gets, 0 if it gets none
    uint32_t before; // the local that is read before it, plus one
    uint32_t after;  // WR_RESULT_NOTHING and so on
} wr_result_edit;

typedef struct wr_block_results {
    wr_env *env;
    const wr_module *m;
    wr_body *body;
    const wr_valtype *types; // of locals
    const uint32_t *start;   // see wr_exprs_find
    const uint8_t *dies;     // see wr_last_uses_find; NULL until it is needed
    WR_VEC(wr_block_exit) exits;
    uint32_t *first;       // by the instruction that opens a block: its first exit, WR_NONE if there is none
    uint8_t *barred;       // likewise: the block cannot have a result
    wr_result_edit *edits; // by instruction
    bool any;              // there are edits
    bool failed;           // two edits of one instruction contradict each other
} wr_block_results;

// Fills `exits`, `first` and `barred`.
void wr_block_results_find_exits(wr_block_results *r);
// Gives the block, loop or if that ends at `end` a result if that saves bytes: notes the edits.
void wr_block_results_plan(wr_block_results *r, uint32_t end);

#endif
