// What the parts of the pass `branches` share: a body whose labels are names (ir/labels.h), what is known of
// each block, and where flow goes on from each place.
//
// In this form a WR_OP_NOP is a place where nothing is. `y` of an if, br_if or unreachable has WR_Y_ bits,
// which become code when the body is written. Each part looks at the body as it was tidied last, changes
// instructions in place, and leaves moves to the next tidying.
#ifndef WR_PASSES_CONTROL_SIMPLIFY_CFG_H
#define WR_PASSES_CONTROL_SIMPLIFY_CFG_H

#include "ir/labels.h"
#include "passes/manager/pass.h"

enum { // of conditions
    WR_Y_NEGATED = 1,
    WR_Y_OR = 2, // there are two, which are to be joined before that
    WR_Y_AND = 4,
    WR_Y_NEGATED_OPERAND = 8, // the second one is negated before they are
};
enum {                   // of an unreachable
    WR_Y_NEVER_LEFT = 1, // it is there since the block before it is never left
    WR_Y_IMPLIED = 2,    // and could as well not be there
};

#define WR_MAX_IDLE 24 // instructions that may be run in vain

// A block, by name. Name 0 is the body.
typedef struct wr_simplify_cfg_block {
    uint32_t start, other,
        end; // places; other: of the first else or catch, WR_NONE without one; start of name 0: WR_NONE
    uint32_t outer;  // name of the block around it
    uint32_t depth;  // blocks around it
    uint32_t height; // of the stack below its parameters
    uint32_t nparams, nresults;
    wr_ins ins;           // the instruction that starts it
    bool plain_results;   // none is a reference
    uint8_t swap;         // how the next tidying writes its two arms, see wr_simplify_cfg_swap
    uint32_t uses;        // labels that name it
    uint32_t first_user;  // the place of the first one
    uint32_t user_inside; // name of the block around that
    uint32_t user_start;  // where the statement of this block starts that holds it, WR_NONE if not known
    uint32_t statement;   // while walking: where the statement in hand starts
} wr_simplify_cfg_block;

enum { WR_EXIT = 0xfffffffe, WR_TRAP = 0xfffffffd }; // where flow may end besides places

typedef enum wr_simplify_cfg_swap {
    WR_NO_SWAP,
    WR_SWAP_ARMS,   // the second arm comes first
    WR_SWAP_BEHIND, // likewise, and the first one comes behind the if
    WR_SWAPPING,    // added to one of these: while the first arm is written
} wr_simplify_cfg_swap;

// Where flow comes to with k values on top of the stack that are wanted there.
typedef struct wr_jump_target {
    uint32_t place; // the first instruction that does something, WR_EXIT or WR_TRAP
    uint32_t label; // the outermost one that comes to the same, WR_NONE if there is none
} wr_jump_target;

#define WR_JUMP_TARGET_VALUES 2 // ways are known for fewer values

// Whether two ways of k values come to the same. Traps may be met with values of different types.
static inline bool wr_jump_target_same(wr_jump_target a, wr_jump_target b, uint32_t k) {
    return a.place == b.place && (k == 0 || a.place != WR_TRAP);
}

typedef struct wr_simplify_cfg {
    wr_env *env;
    const wr_context *c;
    wr_body *body;
    uint32_t names;
    wr_simplify_cfg_block *blocks; // by name
    uint32_t *chain;               // by name: the next one that starts, or ends, at the same place
    uint32_t cap;                  // places in the arrays below
    uint32_t room;                 // for instructions that are yet to be added
    wr_ins *spare;                 // where the next tidying writes; ways are there until then
    uint32_t *control;             // the places of control instructions, as they were tidied last
    uint32_t ncontrol;
    uint32_t *height; // of the stack before each instruction
    uint32_t *moved;  // by place: blocks that are to start before it, or to end; WR_NONE if there are none
    bool moves_ends;  // they are to end
    wr_jump_target *ways[WR_JUMP_TARGET_VALUES]; // from control instructions and from what is behind them
    bool has_ways;
    bool any; // something changed
} wr_simplify_cfg;

// Turns the body into its named form, and tidies it. False if there is something in it that is not
// understood.
bool wr_simplify_cfg_begin(wr_simplify_cfg *b);
// Tidies a named body that was written anew, with b->names now.
bool wr_simplify_cfg_restart(wr_simplify_cfg *b);
// Leaves out what is gone and what is never reached, carries out moves, and finds blocks and heights anew.
// False if there is something in the body that is not understood.
bool wr_simplify_cfg_rebuild(wr_simplify_cfg *b);
// Writes the body in its final form.
void wr_simplify_cfg_finish(wr_simplify_cfg *b);
// Finds where flow goes on, unless that is known already, until the next tidying.
void wr_simplify_cfg_find_targets(wr_simplify_cfg *b);
// The results as block instructions have it; false for several results.
bool wr_simplify_cfg_result(const wr_simplify_cfg *b, uint32_t name, wr_ins *type);
// Has block `name` start before the place, around those that were to start there already. Between two
// tidyings blocks either start or end elsewhere.
void wr_simplify_cfg_open_before(wr_simplify_cfg *b, uint32_t name, uint32_t place);
// Likewise, to end there.
void wr_simplify_cfg_close_before(wr_simplify_cfg *b, uint32_t name, uint32_t place);

// What negating the condition of the instruction at i adds to the size of code: -1, 0 or 1.
int wr_simplify_cfg_negation_cost(const wr_simplify_cfg *b, uint32_t i);
// The next places where something is, or a place near by if there is nothing for long.
uint32_t wr_simplify_cfg_place_before(const wr_simplify_cfg *b, uint32_t i);
uint32_t wr_simplify_cfg_place_after(const wr_simplify_cfg *b, uint32_t i);

// Values that branches to the block take along.
static inline uint32_t wr_simplify_cfg_label_arity(const wr_simplify_cfg *b, uint32_t name) {
    return b->blocks[name].ins.op == WR_OP_LOOP ? b->blocks[name].nparams : b->blocks[name].nresults;
}
static inline bool wr_simplify_cfg_is_implied(const wr_simplify_cfg *b, uint32_t i) {
    return b->body->ins[i].op == WR_OP_UNREACHABLE && (b->body->ins[i].y & WR_Y_IMPLIED);
}

static inline void wr_simplify_cfg_remove_place(wr_simplify_cfg *b, uint32_t i) {
    b->body->ins[i] = (wr_ins){.op = WR_OP_NOP};
    b->any = true;
}
// Name of the block around what comes behind instruction i, that around it being `inside`.
static inline uint32_t wr_simplify_cfg_inside_after(const wr_simplify_cfg *b, uint32_t i, uint32_t inside) {
    const wr_ins *ins = &b->body->ins[i];
    if (wr_opens_block(ins->op)) return wr_block_name(ins);
    return wr_closes_block(ins->op) ? b->blocks[inside].outer : inside;
}

// The parts.
void wr_simplify_cfg_thread_jumps(wr_simplify_cfg *b);
void wr_simplify_cfg_merge_blocks(wr_simplify_cfg *b);
void wr_simplify_cfg_shorten_ifs(wr_simplify_cfg *b);
// At the br_table at i.
void wr_simplify_cfg_shorten_table(wr_simplify_cfg *b, uint32_t i);
// Whether the places from start to before end may run in vain, and at another time: what they do is push
// values that depend on locals and globals only. Adds up what that costs.
bool wr_simplify_cfg_is_idle(const wr_simplify_cfg *b, uint32_t start, uint32_t end, unsigned *cost);
// Whether the level allows for running something of that cost in vain.
bool wr_simplify_cfg_is_cheap(const wr_simplify_cfg *b, unsigned cost);
// At the if at i: one value or the other by a select. Returns whether it was done.
bool wr_simplify_cfg_if_conversion(wr_simplify_cfg *b, uint32_t i);
// At the if or br_if at i: joins its condition with that of the next one.
bool wr_simplify_cfg_merge_conditions(wr_simplify_cfg *b, uint32_t i);

#endif
