// What compilers write seldom: branches on references, casts, calls by reference, tail calls of all kinds,
// arrays and their segments, waiting for other threads. Only in some modules (g->rare); the others stay as
// they are.
#include "gen.h"

#define NULLABLE(heap) wr_ref_to((heap), true)
#define EQ WR_ABS(WR_HEAP_EQ)

void gen_choose_rare(gen *g, uint64_t seed) {
    g->more = (rng){seed ^ 0x94d049bb133111ebu};
    rng_next(&g->more);
    g->rare = chance(&g->more, 2);
}

void gen_choose_rare_features(gen *g) {
    if (!g->rare) return;
    g->legacy = !g->eh && chance(&g->more, 2);
    g->tail |= chance(&g->more, 3);
    g->relaxed = g->simd && chance(&g->more, 2);
    g->wide = chance(&g->more, 50);
}

static void open_block(gen *g, wr_valtype type) {
    wr_ins ins = {.op = WR_OP_BLOCK};
    gen_block_type(g, &ins, type);
    gen_ins(g, ins, NULL);
    gen_push_label(g, type);
}

static void close_block(gen *g) {
    gen_put(g, WR_OP_END, 0, 0);
    g->nlabels--;
}

static void drop(gen *g) { gen_put(g, WR_OP_DROP, 0, 0); }

// A reference that may be to a struct, an array, a small number or nothing.
static void any_reference(gen *g) {
    switch (below(&g->rng, 4)) {
    case 0: gen_put(g, WR_OP_REF_NULL, EQ, 0); break;
    case 1:
        gen_value(g, WR_I32);
        gen_put(g, WR_OP_REF_I31, 0, 0);
        break;
    case 2: gen_reference(g, NULLABLE(g->array_type)); break;
    default: gen_reference(g, NULLABLE(g->struct_type)); break;
    }
}

static void read_struct(gen *g) {
    gen_put(g, WR_OP_STRUCT_GET, g->struct_type, 0);
    drop(g);
}

// --- Branches ---

static bool branch_on_null(gen *g) {
    if (!g->gc) return false;
    open_block(g, 0);
    gen_reference(g, NULLABLE(g->struct_type));
    gen_put(g, WR_OP_BR_ON_NULL, 0, 0);
    read_struct(g);
    close_block(g);
    return true;
}

static bool branch_on_non_null(gen *g) {
    if (!g->gc) return false;
    open_block(g, wr_ref_to(g->struct_type, false));
    gen_reference(g, NULLABLE(g->struct_type));
    gen_put(g, WR_OP_BR_ON_NON_NULL, 0, 0);
    gen_statement(g);
    gen_put(g, WR_OP_STRUCT_NEW_DEFAULT, g->struct_type, 0);
    close_block(g);
    read_struct(g);
    return true;
}

static void put_cast(gen *g, unsigned op, uint32_t from, uint32_t to) {
    gen_ins(g,
            (wr_ins){
                .op = (uint16_t)op, .x = WR_CAST_FROM_NULL | WR_CAST_TO_NULL, .b = from | (uint64_t)to << 32},
            NULL);
}

static bool branch_on_cast(gen *g) {
    if (!g->gc) return false;
    bool fails = chance(&g->rng, 2);
    open_block(g, fails ? NULLABLE(EQ) : NULLABLE(g->struct_type));
    any_reference(g);
    put_cast(g, fails ? WR_OP_BR_ON_CAST_FAIL : WR_OP_BR_ON_CAST, EQ, g->struct_type);
    drop(g);
    gen_statement(g);
    gen_put(g, WR_OP_REF_NULL, fails ? EQ : g->struct_type, 0);
    close_block(g);
    drop(g);
    return true;
}

static bool branch_on_descriptor(gen *g) {
    if (!g->desc) return false;
    open_block(g, NULLABLE(g->described_type));
    gen_put(g, WR_OP_REF_NULL, g->described_type, 0);
    if (chance(&g->rng, 8))
        gen_put(g, WR_OP_REF_NULL, g->described_type + 1, 0);
    else
        gen_put(g, WR_OP_STRUCT_NEW, g->described_type + 1, 0);
    put_cast(g, chance(&g->rng, 2) ? WR_OP_BR_ON_CAST_DESC_EQ : WR_OP_BR_ON_CAST_DESC_EQ_FAIL,
             g->described_type, g->described_type);
    gen_statement(g);
    close_block(g);
    drop(g);
    return true;
}

// --- Casts ---

static bool cast(gen *g) {
    static const uint16_t ops[] = {WR_OP_REF_CAST, WR_OP_REF_CAST_NULL, WR_OP_REF_TEST_NULL};
    if (!g->gc) return false;
    unsigned op = ops[below(&g->rng, WR_COUNT(ops))];
    any_reference(g);
    gen_put(g, op, g->struct_type, 0);
    if (op == WR_OP_REF_TEST_NULL)
        drop(g);
    else
        read_struct(g);
    return true;
}

static bool cast_to_descriptor(gen *g) {
    if (!g->desc) return false;
    gen_put(g, WR_OP_STRUCT_NEW, g->described_type + 1, 0);
    gen_put(g, WR_OP_STRUCT_NEW_DEFAULT_DESC, g->described_type, 0);
    gen_put(g, WR_OP_STRUCT_NEW, g->described_type + 1, 0); // another one
    gen_put(g, WR_OP_REF_CAST_DESC_EQ, WR_EXACT | g->described_type, 0);
    drop(g);
    return true;
}

static bool convert(gen *g) {
    if (!g->gc) return false;
    any_reference(g);
    gen_put(g, WR_OP_EXTERN_CONVERT_ANY, 0, 0);
    gen_put(g, WR_OP_ANY_CONVERT_EXTERN, 0, 0);
    gen_put(g, WR_OP_REF_TEST, g->array_type, 0);
    drop(g);
    return true;
}

static bool as_non_null(gen *g) {
    if (!g->gc) return false;
    gen_reference(g, NULLABLE(g->struct_type));
    gen_put(g, WR_OP_REF_AS_NON_NULL, 0, 0);
    read_struct(g);
    return true;
}

// --- Calls ---

static void put_arguments(gen *g, uint32_t type) {
    for (uint32_t i = 0; i < g->types[type].nparams; i++) gen_value(g, g->types[type].params[i]);
}

// One of two functions of a type, so that whom the call calls is not always known.
static void function_reference(gen *g, uint32_t func) {
    uint32_t other = below(&g->rng, g->nfuncs), type = g->funcs[func];
    wr_valtype selected = wr_ref_to(type, false);
    gen_put(g, WR_OP_REF_FUNC, func, 0);
    if (g->funcs[other] != type) return;
    gen_put(g, WR_OP_REF_FUNC, other, 0);
    gen_value(g, WR_I32);
    gen_ins(g, (wr_ins){.op = WR_OP_SELECT_T, .a = 1}, &selected);
}

static bool call_by_reference(gen *g) {
    if (!g->gc) return false;
    uint32_t func = below(&g->rng, g->nfuncs), type = g->funcs[func];
    put_arguments(g, type);
    function_reference(g, func);
    gen_put(g, WR_OP_CALL_REF, type, 0);
    for (uint32_t i = 0; i < g->types[type].nresults; i++) drop(g);
    return true;
}

// A function that the one in hand may call last, WR_NONE if there is none.
static uint32_t successor(gen *g) {
    uint32_t func = below(&g->rng, g->nfuncs);
    for (uint32_t n = 0; n < g->nfuncs; n++, func = (func + 1) % g->nfuncs) {
        const signature *s = &g->types[g->funcs[func]];
        if (s->nresults == g->self->nresults &&
            memcmp(s->results, g->self->results, s->nresults * sizeof *s->results) == 0)
            return func;
    }
    return WR_NONE;
}

static bool tail_call(gen *g) {
    uint32_t func = g->tail ? successor(g) : WR_NONE;
    bool by_reference = g->gc && chance(&g->rng, 2);
    if (func == WR_NONE || (!by_reference && !g->ntables)) return false;
    gen_value(g, WR_I32);
    gen_ins(g, (wr_ins){.op = WR_OP_IF, .x = WR_BLOCK_EMPTY}, NULL);
    gen_push_label(g, 0);
    put_arguments(g, g->funcs[func]);
    if (by_reference) {
        function_reference(g, func);
        gen_put(g, WR_OP_RETURN_CALL_REF, g->funcs[func], 0);
    } else {
        gen_put(g, WR_OP_I32_CONST, 0, below(&g->rng, 12));
        gen_put(g, WR_OP_RETURN_CALL_INDIRECT, g->funcs[func], below(&g->rng, g->ntables));
    }
    close_block(g);
    return true;
}

// --- Arrays ---

static void small_number(gen *g, uint32_t below_this) {
    gen_put(g, WR_OP_I32_CONST, 0, below(&g->rng, below_this));
}

// An array of bytes or of functions.
static void make_array(gen *g, uint32_t type) {
    bool bytes = type == g->bytes_type,
         segment = bytes ? g->passive_data != WR_NONE : g->passive_elem != WR_NONE;
    if (segment && chance(&g->rng, 2)) {
        small_number(g, 3);
        small_number(g, 4);
        gen_put(g, bytes ? WR_OP_ARRAY_NEW_DATA : WR_OP_ARRAY_NEW_ELEM, type,
                bytes ? g->passive_data : g->passive_elem);
    } else if (chance(&g->rng, 2)) {
        small_number(g, 20);
        gen_put(g, WR_OP_ARRAY_NEW_DEFAULT, type, 0);
    } else {
        uint32_t n = below(&g->rng, 4);
        for (uint32_t i = 0; i < n; i++) bytes ? gen_value(g, WR_I32) : gen_reference(g, WR_FUNCREF);
        gen_put(g, WR_OP_ARRAY_NEW_FIXED, type, n);
    }
}

static bool read_array(gen *g) {
    if (!g->gc) return false;
    make_array(g, g->bytes_type);
    small_number(g, 8);
    gen_put(g, chance(&g->rng, 2) ? WR_OP_ARRAY_GET_S : WR_OP_ARRAY_GET_U, g->bytes_type, 0);
    drop(g);
    return true;
}

static bool fill_array(gen *g) {
    if (!g->gc) return false;
    make_array(g, g->bytes_type);
    small_number(g, 4);
    gen_value(g, WR_I32);
    small_number(g, 4);
    gen_put(g, WR_OP_ARRAY_FILL, g->bytes_type, 0);
    return true;
}

static bool copy_array(gen *g) {
    if (!g->gc) return false;
    uint32_t type = chance(&g->rng, 2) ? g->bytes_type : g->functions_type;
    make_array(g, type);
    small_number(g, 4);
    make_array(g, type);
    small_number(g, 4);
    small_number(g, 4);
    gen_put(g, WR_OP_ARRAY_COPY, type, type);
    return true;
}

static bool init_array(gen *g) {
    if (!g->gc) return false;
    bool bytes = chance(&g->rng, 2);
    uint32_t segment = bytes ? g->passive_data : g->passive_elem,
             type = bytes ? g->bytes_type : g->functions_type;
    if (segment == WR_NONE) return false;
    make_array(g, type);
    for (int i = 0; i < 3; i++) small_number(g, 3);
    gen_put(g, bytes ? WR_OP_ARRAY_INIT_DATA : WR_OP_ARRAY_INIT_ELEM, type, segment);
    return true;
}

// --- Threads ---

// For no time at all.
static bool wait(gen *g) {
    if (!g->threads || !g->nmemories) return false;
    bool wide = chance(&g->rng, 2);
    gen_address(g, 0);
    gen_value(g, wide ? WR_I64 : WR_I32);
    gen_put(g, WR_OP_I64_CONST, 0, 0);
    gen_ins(g,
            (wr_ins){.op = wide ? WR_OP_MEMORY_ATOMIC_WAIT64 : WR_OP_MEMORY_ATOMIC_WAIT32,
                     .x = wide ? 3 : 2,
                     .b = below(&g->rng, 300) & ~7u},
            NULL);
    drop(g);
    return true;
}

// --- Values below ---

// What takes a value of before from the stack, in place of which another one comes.
static void change_below(gen *g) {
    if (!chance(&g->rng, 2)) return;
    gen_put(g, WR_OP_I32_CONST, 0, 1 + below(&g->rng, 99));
    gen_put(g, chance(&g->rng, 2) ? WR_OP_I32_XOR : WR_OP_I32_ADD, 0, 0);
}

// A value that waits on the stack while branches, ifs and statements pass over it, and changes in between.
static bool values_below(gen *g) {
    open_block(g, 0);
    gen_value(g, WR_I32);
    for (uint32_t n = 1 + below(&g->rng, 3); n > 0; n--) {
        uint32_t kind = below(&g->rng, 4);
        if (kind == 3) {
            gen_statement(g);
        } else {
            gen_value(g, WR_I32);
            if (chance(&g->rng, 2)) gen_put(g, WR_OP_I32_EQZ, 0, 0);
            if (kind == 2) {
                gen_ins(g, (wr_ins){.op = WR_OP_IF, .x = WR_BLOCK_VALUE, .a = WR_I32}, NULL);
                gen_put(g, WR_OP_I32_CONST, 0, below(&g->rng, 9));
                gen_put(g, WR_OP_ELSE, 0, 0);
                gen_put(g, WR_OP_I32_CONST, 0, below(&g->rng, 9));
                gen_put(g, WR_OP_END, 0, 0);
                gen_put(g, WR_OP_I32_SUB, 0, 0);
            } else {
                gen_put(g, WR_OP_BR_IF, 0, 0);
            }
        }
        change_below(g);
    }
    int local = gen_pick_local(g, WR_I32);
    gen_put(g, local >= 0 ? WR_OP_LOCAL_SET : WR_OP_DROP, local >= 0 ? (uint32_t)local : 0, 0);
    close_block(g);
    return true;
}

bool gen_rare_statement(gen *g) {
    static bool (*const all[])(gen * g) = {
        branch_on_null,
        branch_on_non_null,
        branch_on_cast,
        branch_on_descriptor,
        cast,
        cast_to_descriptor,
        convert,
        as_non_null,
        call_by_reference,
        tail_call,
        tail_call,
        read_array,
        fill_array,
        copy_array,
        init_array,
        wait,
        gen_exceptions,
        gen_exceptions,
        values_below,
        values_below,
    };
    if (!g->rare || g->in_piece || !chance(&g->more, 3)) return false;
    return all[below(&g->more, WR_COUNT(all))](g);
}
