// The generator of random valid modules: shared by its files. A seed decides everything. Which instructions
// appear is driven by opcodes.def: every instruction with a plain signature is used as soon as it is in the
// table; those with a signature of their own have an emitter in gen_code.c, gen_blocks.c or gen_refs.c.
#ifndef WR_TESTS_GEN_GEN_H
#define WR_TESTS_GEN_GEN_H

#include "ir/ins.h"
#include "ir/module.h"
#include "support/buf.h"

typedef struct rng {
    uint64_t state;
} rng;

static inline uint32_t rng_next(rng *r) {
    r->state = r->state * 6364136223846793005u + 1442695040888963407u;
    uint64_t x = r->state >> 18 ^ r->state;
    return (uint32_t)(x >> 27);
}
static inline uint32_t below(rng *r, uint32_t n) { return n ? rng_next(r) % n : 0; }
static inline bool chance(rng *r, uint32_t one_in) { return below(r, one_in) == 0; }

typedef struct signature {
    uint32_t nparams, nresults;
    wr_valtype params[4], results[3];
} signature;

typedef struct global_info {
    wr_valtype type;
    bool mutable, imported;
} global_info;

typedef struct label {
    wr_valtype types[3]; // what a branch to it takes
    uint32_t n;
    bool in_handler; // of a legacy try
} label;

#define MAX_ITEMS 40

typedef struct piece {
    wr_slice code; // empty before it is made
    wr_valtype locals[MAX_ITEMS];
    uint32_t nlocals;
} piece;

typedef struct gen {
    rng rng;
    wr_env *env;
    bool simd, refs, gc, desc, eh, tail, threads, wide, multi_memory; // what this module may use
    bool is64;                                                        // its first memory
    signature types[MAX_ITEMS]; // function types, at the first type indices
    uint32_t ntypes;
    uint32_t struct_type,
        array_type; // type indices with gc: struct (i32 mut, i64 mut, i8 mut), array of mut i32
    uint32_t bytes_type, functions_type; // with gc and rare: arrays of mut i8, of mut funcref
    uint32_t described_type;   // with desc: struct (i32); the next is its descriptor, an empty struct
    uint32_t funcs[MAX_ITEMS]; // function: type
    uint32_t nfuncs, nimports;
    global_info globals[MAX_ITEMS];
    uint32_t nglobals;
    uint32_t nmemories, ntables, ndatas, nelems,
        ntags; // tables hold funcref, tag types are types 0 .. ntags-1
    uint32_t passive_data, passive_elem;
    uint32_t sparse; // bytes of the passive segment if it has long runs of zeros and one memory.init reads it
    bool sparse_is_read;
    rng more; // see gen_rare.c
    bool rare, legacy, relaxed;
    uint32_t imported_memories, imported_tables, imported_globals, imported_tags; // the first of them
    rng again;                                                                    // see gen_repeat.c
    bool repeats;
    piece pieces[3];

    // The function in hand.
    wr_buf *code;
    wr_valtype locals[MAX_ITEMS];
    uint32_t nlocals, nparams;
    const signature *self;
    label labels[24];
    uint32_t nlabels;
    int budget;    // instructions still wanted
    bool in_piece; // the code is a piece's
    bool jumpy;    // mostly control flow around short expressions, as compilers write
} gen;

// Ops with plain signatures, by result: index 0 for none, WR_I32 … WR_V128.
typedef struct op_lists {
    uint16_t ops[6][WR_OPS];
    uint32_t n[6];
} op_lists;
extern op_lists gen_ops;

void gen_put(gen *g, wr_op op, uint32_t a, uint64_t b);
void gen_ins(gen *g, wr_ins ins, const uint32_t *ext);

// A random local of the type; -1 if there is none.
int gen_pick_local(gen *g, wr_valtype type);

// Code that leaves one value of the type, or none.
void gen_value(gen *g, wr_valtype type);
void gen_statement(gen *g);
void gen_block(gen *g, wr_valtype type);
void gen_if(gen *g, wr_valtype type);
void gen_loop(gen *g);
void gen_br_if(gen *g);
void gen_jump(gen *g); // a block around one, so that what follows is reachable
// What only some modules have: see gen_rare.c. False if nothing was put.
void gen_choose_rare(gen *g, uint64_t seed);
void gen_choose_rare_features(gen *g);
bool gen_rare_statement(gen *g);
bool gen_exceptions(gen *g);
void gen_throw(gen *g);
// Code that has been before, or will be again; false if not now.
bool gen_again(gen *g);
void gen_begin_repeats(gen *g, uint64_t seed);
void gen_const(gen *g, wr_valtype type);
// References, garbage-collected objects, exceptions: false if there is nothing to emit in this module.
bool gen_ref_statement(gen *g);
bool gen_ref_value(gen *g, wr_valtype type);
void gen_reference(gen *g, wr_valtype type);
// An address in a memory, mostly in bounds.
void gen_address(gen *g, uint32_t memory);
void gen_block_type(gen *g, wr_ins *ins, wr_valtype type);
void gen_push_label(gen *g, wr_valtype type);

wr_valtype gen_number_type(gen *g);
wr_slice gen_module(gen *g);

#endif
