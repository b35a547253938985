// The state that the parts of simplify-cfg share: a body whose branches name their target (ir/labels.h), what
// is known of each block, and where control flow continues from each place.
//
// A "place" is an index into the body's instructions. In this form a WR_OP_NOP is an empty place. `y` of an
// if, br_if or unreachable holds WR_Y_ bits, which become code when the body is written. Each part reads the
// body as of the last rebuild, changes instructions in place, and leaves the moving of blocks to the next
// rebuild.
//
// Everything here belongs to one body on one thread; arrays are in the environment's scratch arena.
#ifndef WR_PASSES_CONTROL_SIMPLIFY_CFG_H
#define WR_PASSES_CONTROL_SIMPLIFY_CFG_H

#include "ir/labels.h"
#include "passes/manager/pass.h"

enum { // of the condition of an if or br_if
    WR_Y_NEGATED = 1,
    WR_Y_OR = 2, // two conditions lie on the stack, which are to be joined by OR before they are tested
    WR_Y_AND = 4,
    WR_Y_NEGATED_OPERAND = 8, // the second operand is negated before the two are joined
};
enum {                   // of an unreachable
    WR_Y_NEVER_LEFT = 1, // it was added because flow never reaches the end of the block before it
    WR_Y_IMPLIED = 2,    // and the code is valid without it
};

#define WR_MAX_SPECULATED 24 // the most instructions that may be executed speculatively

// A block, indexed by its name. Name 0 is the body.
typedef struct wr_simplify_cfg_block {
    // Places; other: of the first else or catch, WR_NONE if there is none. The start of name 0 is WR_NONE.
    uint32_t start, other, end;
    uint32_t outer;  // name of the parent block
    uint32_t depth;  // how many blocks enclose it
    uint32_t height; // of the stack below its parameters
    uint32_t nparams, nresults;
    wr_ins ins;           // the instruction that starts it
    bool plain_results;   // no result is a reference
    uint8_t swap;         // how the next rebuild writes its two arms, see wr_simplify_cfg_swap
    uint32_t uses;        // how many labels name it
    uint32_t first_user;  // the place of the first branch to it
    uint32_t user_inside; // name of the block that directly encloses this branch
    // Where the statement of this block that holds this branch starts, WR_NONE if not known.
    uint32_t user_start;
    uint32_t statement; // during the walk: where the current statement starts
} wr_simplify_cfg_block;

enum { WR_EXIT = 0xfffffffe, WR_TRAP = 0xfffffffd }; // where control flow may end, other than at a place

typedef enum wr_simplify_cfg_swap {
    WR_NO_SWAP,
    WR_SWAP_ARMS,   // the arms change places
    WR_SWAP_BEHIND, // likewise, and the first one moves behind the if
    WR_SWAPPING,    // flag on top of these: the first arm is being written
} wr_simplify_cfg_swap;

// Where control flow arrives that carries k values on top of the stack, all of which are used there.
typedef struct wr_jump_target {
    uint32_t place; // the first instruction with an effect, WR_EXIT or WR_TRAP
    uint32_t label; // the outermost label with the same target, WR_NONE if there is none
} wr_jump_target;

#define WR_JUMP_TARGET_VALUES 2 // targets are computed for 0 and 1 values

// Whether two targets of k values are equal. Traps count as equal only without values, since the values may
// differ in type.
static inline bool wr_jump_target_same(wr_jump_target a, wr_jump_target b, uint32_t k) {
    return a.place == b.place && (k == 0 || a.place != WR_TRAP);
}

typedef struct wr_simplify_cfg {
    wr_env *env;
    const wr_context *c;
    wr_body *body;
    uint32_t names;
    wr_simplify_cfg_block *blocks; // by name
    uint32_t *chain;               // by name: the next block that starts, or ends, at the same place
    uint32_t cap;                  // the capacity of the arrays below, in places
    uint32_t room;                 // how many instructions may still be added
    wr_ins *spare;                 // where the next rebuild writes; until then it holds `targets`
    uint32_t *control;             // the places of control instructions, as of the last rebuild
    uint32_t ncontrol;
    uint32_t *height; // of the stack before each instruction
    // By place: the chain of blocks that are to start before it, or to end there; WR_NONE if there is none.
    uint32_t *moved;
    bool moves_ends; // the blocks in `moved` are to end
    // Jump targets, by number of values: for control instructions and the places behind them.
    wr_jump_target *targets[WR_JUMP_TARGET_VALUES];
    bool has_targets;
    bool any; // something changed
} wr_simplify_cfg;

// Names the labels of the body, and rebuilds it. Returns false if the body holds something that the pass does
// not understand.
bool wr_simplify_cfg_begin(wr_simplify_cfg *b);
// Rebuilds a body with named labels that the caller wrote anew; b->names must be up to date.
bool wr_simplify_cfg_restart(wr_simplify_cfg *b);
// Removes empty places and unreachable code, carries out the moves of blocks, and computes blocks and stack
// heights anew. Returns false if the body holds something that the pass does not understand.
bool wr_simplify_cfg_rebuild(wr_simplify_cfg *b);
// The first half of that: writes the body; blocks and heights are out of date afterwards.
void wr_simplify_cfg_write(wr_simplify_cfg *b);
// Writes the body in its final form, with numbers for labels.
void wr_simplify_cfg_finish(wr_simplify_cfg *b);
// Whether the body, as of the last rebuild, must be enclosed in a block for the sake of Binaryen, see
// simplify_cfg_enclose.c; sets the block.
bool wr_simplify_cfg_must_enclose(const wr_simplify_cfg *b, wr_ins *block);
// Encloses the body, whose labels are still names, in that block.
void wr_simplify_cfg_enclose(wr_simplify_cfg *b, wr_ins block);
// Computes `targets`, unless they are known already. They hold until the next rebuild.
void wr_simplify_cfg_find_targets(wr_simplify_cfg *b);
// The result type of the block in the form that block instructions have; false for several results.
bool wr_simplify_cfg_result(const wr_simplify_cfg *b, uint32_t name, wr_ins *type);
// Makes block `name` start before the place, around the blocks that were to start there already. Between two
// rebuilds either starts or ends may be moved, not both.
void wr_simplify_cfg_open_before(wr_simplify_cfg *b, uint32_t name, uint32_t place);
// Makes block `name` end before the place, likewise.
void wr_simplify_cfg_close_before(wr_simplify_cfg *b, uint32_t name, uint32_t place);

// How negating the condition of the instruction at i changes the size of the code: by -1, 0 or 1 bytes.
int wr_simplify_cfg_negation_cost(const wr_simplify_cfg *b, uint32_t i);
// The nearest place before or after i that is not empty; an empty one if a long run of places is empty.
uint32_t wr_simplify_cfg_place_before(const wr_simplify_cfg *b, uint32_t i);
uint32_t wr_simplify_cfg_place_after(const wr_simplify_cfg *b, uint32_t i);

// How many values a branch to the block carries.
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
// Name of the block that encloses the place after i, if `inside` encloses i.
static inline uint32_t wr_simplify_cfg_inside_after(const wr_simplify_cfg *b, uint32_t i, uint32_t inside) {
    const wr_ins *ins = &b->body->ins[i];
    if (wr_opens_block(ins->op)) return wr_block_name(ins);
    return wr_closes_block(ins->op) ? b->blocks[inside].outer : inside;
}

// The parts; each sets `any` if it changed something. They thread jumps (simplify_cfg_jumps.c), remove and
// merge blocks (simplify_cfg_blocks.c), and shorten ifs (simplify_cfg_ifs.c).
void wr_simplify_cfg_thread_jumps(wr_simplify_cfg *b);
void wr_simplify_cfg_merge_blocks(wr_simplify_cfg *b);
void wr_simplify_cfg_shorten_ifs(wr_simplify_cfg *b);
// Shortens the br_table at i.
void wr_simplify_cfg_shorten_table(wr_simplify_cfg *b, uint32_t i);
// Whether the places in [start, end) may be executed speculatively and at another time: they only push values
// that depend on nothing but locals and globals, not on what is below them on the stack either. Adds their
// cost in cycles to *cost.
bool wr_simplify_cfg_is_speculatable(const wr_simplify_cfg *b, uint32_t start, uint32_t end, unsigned *cost);
// Whether the optimization level permits the speculative execution of code of that cost.
bool wr_simplify_cfg_is_cheap(const wr_simplify_cfg *b, unsigned cost);
// Turns the if at i into a select of two values. Returns whether it did.
bool wr_simplify_cfg_if_conversion(wr_simplify_cfg *b, uint32_t i);
// Joins the condition of the if or br_if at i with that of the next one. Returns whether it did.
bool wr_simplify_cfg_merge_conditions(wr_simplify_cfg *b, uint32_t i);

#endif
