// Where the output keeps the values of the input's locals. Nobody follows locals while passes renumber, share
// and drop them; instead the two bodies of a function are compared at the end, with the code map between
// them:
//
//     input                        output
//     local.set 5  ;; at 0x120     local.set 1  ;; origin 0x120: writes the value of local 5
//     ...                          ...
//     call $f      ;; at 0x12b     call $f      ;; origin 0x12b: here local 1 is local 5
//
// An output local holds the value of an input local at an instruction if the writes that may have given it
// its value are those that may have given the input local its value at the origin of the instruction. Only
// writes that occur once in the output count, and that stand before and behind the same branches as in the
// input; and the instruction must stand before and behind the same of these writes. So values of dead writes
// that were left out, of code that moved across a write, and of locals that are shared with others are never
// taken for the variable's. What can't be shown is not said.
//
// Locals of an inlined function are found in the same way, with the body of that function as the input and
// the code of one inline site as its output. Its parameters are where the code reads them: a parameter that
// is never written is in a local of the output as long as this has the value that it has at such a read,
// given by one write outside of the site.
#ifndef WR_DEBUGINFO_LOCAL_PLACES_H
#define WR_DEBUGINFO_LOCAL_PLACES_H

#include "analysis/cfg.h"
#include "code_map.h"

// One of the two bodies.
typedef struct wr_local_side {
    wr_body body;
    wr_cfg flow;
    uint32_t *at;  // by instruction: its offset in the file, and behind the last the end of the body
    uint8_t *code; // by instruction: for a write of the local in question, the number of its bit + 1; else 0
    uint64_t *known; // by instruction: the writes that may have given the local its value
} wr_local_side;

typedef struct wr_local_places {
    wr_env *env;
    wr_arena *arena; // reset for each function
    const wr_module *input, *output;
    const wr_code_map *map;
    uint32_t func; // the current function of the map; WR_NONE: none
    uint32_t site; // the inline site in it whose code is compared; 0: the function itself
    bool is_usable;
    wr_local_side before, after;
    uint32_t *from;   // by instruction of the output: the instruction of the input that it stands at; WR_NONE
    uint32_t *write;  // by instruction of the output: the write of the input whose value it writes; WR_NONE
    uint8_t *is_own;  // by instruction of the output: it is that instruction, not one in its place
    uint8_t *is_safe; // by instruction of the output that writes a local: it occurs once, in its place
    uint32_t *call;   // by instruction of the input: the only call of the output that stands for it; WR_NONE
    bool same_params;
    bool has_tail_calls;    // in the output
    const uint32_t **found; // by local of the input: what was found for it
    uint64_t work;          // that is left for this function
} wr_local_places;

static inline bool wr_local_places_is_write(const wr_ins *ins) {
    return ins->op == WR_OP_LOCAL_SET || ins->op == WR_OP_LOCAL_TEE;
}

// Both modules are freshly decoded, and their bodies know the offsets of their instructions
// (wr_module_track_origins).
void wr_local_places_init(wr_local_places *p, wr_env *env, const wr_module *input, const wr_module *output,
                          const wr_code_map *map);
// Turns to a function of the map. Returns false if nothing can be said of its locals.
bool wr_local_places_enter(wr_local_places *p, uint32_t func);
// Turns to an inline site in a function of the map, where the code of a function of the input is.
bool wr_local_places_enter_site(wr_local_places *p, uint32_t func, uint32_t site, uint32_t callee);
// The call of the output, if there is exactly one, that stands for the call whose instruction has this offset
// of the input in it: its offset and that of the instruction behind it. Returns false if there is none.
bool wr_local_places_find_call(const wr_local_places *p, uint64_t at, uint32_t *call, uint32_t *behind);
// By instruction of the output: the local that holds the value of the input's local before it; WR_NONE if
// none is known to. NULL if there is none anywhere.
const uint32_t *wr_local_places_find(wr_local_places *p, uint32_t local);
// Likewise for a local that is written once and holds a value that is meant for the whole function. *whole is
// set if one local of the output has this value from there on and no other, as in the input; then
// *whole_local is that local.
const uint32_t *wr_local_places_find_constant(wr_local_places *p, uint32_t local, uint32_t *whole_local);

#endif
