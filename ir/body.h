// The working form of one function body: its instructions, decoded, in an array, with blocks matched. Passes
// edit a copy of the array and encode it again; indices are in the module's own numbering.
#ifndef WR_IR_BODY_H
#define WR_IR_BODY_H

#include "ins.h"
#include "module.h"
#include "support/buf.h"

// Engines refuse functions with more locals than this, so passes need not work on them: what they keep by
// local stays small, whatever a few bytes of declarations say.
#define WR_MAX_LOCALS 50000

// A call in whose place the callee's code stands: its origin, and the site that it was in itself, 0 for none.
typedef struct wr_inline_site {
    uint32_t call, outer;
} wr_inline_site;
typedef WR_VEC(wr_inline_site) wr_inline_sites;

// Where an instruction is from: an offset in the input file, and the site that it stands at, 0 for none.
typedef struct wr_origin {
    uint32_t at, site;
} wr_origin;
typedef WR_VEC(wr_origin) wr_origins;

typedef struct wr_body {
    uint32_t func;
    bool named; // labels are names, see labels.h
    uint32_t nparams;
    uint32_t nlocals;   // parameters included
    wr_local_runs runs; // declared locals
    wr_ins *ins;
    uint32_t n;            // the last instruction is the function's end
    wr_u32s ext;           // words that instructions refer to
    wr_origins origins;    // that instructions name, from 1 on
    wr_inline_sites sites; // that origins name, from 1 on
    uint32_t *match; // filled by wr_match_blocks: for block, loop, if, try, try_table: its end; for else,
                     // catch, catch_all: the start of their block; for end, delegate: the start; WR_NONE for
                     // the function's end and for all others
    uint32_t *arm; // likewise: for if and try: the first else, catch or catch_all, else the end; for those:
                   // the next one
} wr_body;

// Decodes a function's body into arena. The body must be valid.
void wr_decode_body(wr_env *env, wr_arena *arena, const wr_module *m, uint32_t func, wr_body *body);
// Fills match and arm, in arena.
void wr_match_blocks(wr_arena *arena, wr_body *body);
// The type of a local, parameters included. Near-constant time for few runs.
wr_valtype wr_local_type(const wr_module *m, const wr_body *body, uint32_t local);
// Appends the declared locals and the instructions.
void wr_encode_body(const wr_body *body, wr_buf *out);

#endif
