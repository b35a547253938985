// The working form of one function body: an array of its decoded instructions, with the ends and arms of
// blocks matched. A pass edits a copy of the array and encodes it again. Indices are in the module's own
// numbering.
#ifndef WR_IR_BODY_H
#define WR_IR_BODY_H

#include "ins.h"
#include "module.h"
#include "support/buf.h"

// Engines refuse functions with more locals than this, so passes need not optimize them. The limit bounds
// their tables indexed by local: a few bytes of declarations can declare billions of locals.
#define WR_MAX_LOCALS 50000

// An inlined call: the origin of the call instruction, and the site that it was itself inlined at (0 for
// none).
typedef struct wr_inline_site {
    uint32_t call, outer;
} wr_inline_site;
typedef WR_VEC(wr_inline_site) wr_inline_sites;

// The origin of an instruction: an offset in the input file, and the inline site that it stands at (0 for
// none).
typedef struct wr_origin {
    uint32_t at, site;
    bool is_made; // a pass made it, with the place of the instruction before it: only for writes of locals
} wr_origin;
typedef WR_VEC(wr_origin) wr_origins;

typedef struct wr_body {
    uint32_t func;
    bool named; // labels are names rather than depths, see labels.h
    uint32_t nparams;
    uint32_t nlocals;   // parameters included
    wr_local_runs runs; // runs of declared locals
    wr_ins *ins;
    uint32_t n;            // the last instruction is the function's `end`
    wr_u32s ext;           // extra words that instructions refer to
    wr_origins origins;    // referred to by instructions, counted from 1
    wr_inline_sites sites; // referred to by origins, counted from 1
    uint32_t *match; // filled by wr_body_match_blocks. For block, loop, if, try and try_table: the block's
                     // end. For else, catch, catch_all, end and delegate: the block's start. WR_NONE for the
                     // function's end; undefined for all other instructions.
    uint32_t *arm; // filled likewise. For if and try: the first else, catch or catch_all, or the end if there
                   // is none. For these arms: the next arm or the end. Undefined for others.
} wr_body;

// Decodes a function's body into the arena. The body must be valid.
void wr_body_decode(wr_env *env, wr_arena *arena, const wr_module *m, uint32_t func, wr_body *body);
// Fills `match` and `arm`; both are allocated in the arena.
void wr_body_match_blocks(wr_arena *arena, wr_body *body);
// Returns the type of a local, parameters included. Linear in the number of runs.
wr_valtype wr_body_local_type(const wr_module *m, const wr_body *body, uint32_t local);
// Whether two instructions of a body are equal; instructions with several labels never are.
bool wr_body_same_ins(const wr_body *body, const wr_ins *a, const wr_ins *b);
// Appends the local declarations and the instructions. A buffer with room for their bytes and WR_BODY_SLACK
// more is not grown.
enum { WR_BODY_SLACK = 16 };
void wr_body_encode(const wr_body *body, wr_buf *out);

#endif
