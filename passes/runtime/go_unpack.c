// The code that makes pclntab of its columns: see go_pack.h for what they hold. Written for size, as bytes of code with
// names; addresses and indices of functions are put in between. Memory past the data is cleared again at the end.
#include "go_pack.h"
#include "ir/edit.h"

// One byte or a few; numbers below 64.
#define GET(n) 0x20, n
#define SET(n) 0x21, n
#define TEE(n) 0x22, n
#define I32(n) 0x41, n
#define I32_127 0x41, 0xff, 0
#define I32_MINUS_1 0x41, 0x7f
#define LOAD(offset) 0x28, 2, offset
#define LOAD8(offset) 0x2d, 0, offset
#define STORE(offset) 0x36, 2, offset
#define STORE8 0x3a, 0, 0
#define STORE64 0x37, 3, 0
#define IF 0x04, 0x40
#define IF_I32 0x04, 0x7f
#define LOOP 0x03, 0x40
#define ELSE 0x05
#define END 0x0b
#define BR_IF 0x0d, 0
#define RETURN 0x0f
#define EQZ 0x45
#define NE 0x47
#define LT_U 0x49
#define GT_U 0x4b
#define ADD 0x6a
#define SUB 0x6b
#define AND 0x71
#define OR 0x72
#define XOR 0x73
#define SHL 0x74
#define SHR_U 0x76
#define LOCALS(n) 1, n, 0x7f

typedef struct unpacker {
    wr_context *c;
    const wr_go *go;
    const wr_go_packed *p;
    wr_buf b; // of the function in hand
    uint32_t number, add, copy, offset; // functions
} unpacker;

#define PUT(u, ...) put(u, (const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]){__VA_ARGS__})

static void put(unpacker *u, const uint8_t *code, size_t n) { wr_put_bytes(&u->b, code, n); }

static void put_const(unpacker *u, uint32_t value) {
    wr_put_u8(&u->b, 0x41);
    wr_put_sleb(&u->b, (int32_t)value);
}

static void put_call(unpacker *u, uint32_t func) {
    wr_put_u8(&u->b, 0x10);
    wr_put_uleb(&u->b, func);
}

static void begin(unpacker *u) { u->b = wr_buf_in(&u->c->env->perm); }

// Ends the function in hand; it has parameters and results that are all i32.
static uint32_t finish(unpacker *u, uint32_t nparams, uint32_t nresults) {
    static const wr_valtype types[] = {WR_I32, WR_I32};
    wr_put_u8(&u->b, END);
    uint32_t type = wr_find_or_add_func_type(u->c->env, u->c->m, types, nparams, types, nresults);
    uint32_t func = wr_add_func(u->c->env, u->c->m, type, wr_buf_slice(&u->b));
    wr_collector collector;
    wr_collector_init(&collector, &u->c->env->temp);
    wr_summarize(&collector, u->c->env, u->c->m, &u->c->m->funcs[func]);
    return func;
}

// (cell) -> the next number of its column
static uint32_t add_number(unpacker *u) {
    enum { CELL, VALUE, SHIFT, AT, BYTE };
    begin(u);
    PUT(u, LOCALS(4), GET(CELL), LOAD(0), SET(AT), LOOP);
    PUT(u, GET(AT), LOAD8(0), TEE(BYTE), I32_127, AND, GET(SHIFT), SHL, GET(VALUE), OR, SET(VALUE));
    PUT(u, GET(SHIFT), I32(7), ADD, SET(SHIFT), GET(AT), I32(1), ADD, SET(AT));
    PUT(u, GET(BYTE), I32_127, GT_U, BR_IF, END, GET(CELL), GET(AT), STORE(0), GET(VALUE));
    return finish(u, 1, 1);
}

// (cell, zigzag coded difference) -> the value that follows the last one
static uint32_t add_add(unpacker *u) {
    enum { CELL, CODE };
    begin(u);
    PUT(u, 0, GET(CELL), GET(CELL), LOAD(4));
    PUT(u, GET(CODE), I32(1), SHR_U, I32(0), GET(CODE), I32(1), AND, SUB, XOR, ADD, TEE(CODE), STORE(4), GET(CODE));
    return finish(u, 2, 1);
}

// (cell, to) -> behind the varint that it copied
static uint32_t add_copy(unpacker *u) {
    enum { CELL, TO, AT, BYTE };
    begin(u);
    PUT(u, LOCALS(2), GET(CELL), LOAD(0), SET(AT), LOOP);
    PUT(u, GET(TO), GET(AT), LOAD8(0), TEE(BYTE), STORE8, GET(TO), I32(1), ADD, SET(TO), GET(AT), I32(1), ADD, SET(AT));
    PUT(u, GET(BYTE), I32_127, GT_U, BR_IF, END, GET(CELL), GET(AT), STORE(0), GET(TO));
    return finish(u, 2, 1);
}

static uint32_t cell(const unpacker *u, unsigned column) { return u->p->cells + column * WR_GO_CELL; }
static uint32_t tree_cell(const unpacker *u, unsigned column) { return cell(u, wr_go_tree_column(u->p) + column); }

// (cell) -> offset of a table of pctab, which is written first if it is a new one
static uint32_t add_offset(unpacker *u) {
    enum { CELL, CODE, TO, FROM };
    uint32_t values = wr_go_word_columns(u->p) * WR_GO_CELL, next = cell(u, wr_go_pctab_cell(u->p));
    begin(u);
    PUT(u, LOCALS(3), GET(CELL)), put_call(u, u->number);
    PUT(u, TEE(CODE), I32(1), NE, IF, GET(CODE), GET(CODE), I32(0), NE, SUB, RETURN, END);
    put_const(u, next);
    PUT(u, LOAD(0), TEE(FROM), SET(TO), LOOP);
    PUT(u, GET(CELL)), put_const(u, values);
    PUT(u, ADD, TEE(CODE)), put_const(u, values);
    PUT(u, ADD, GET(CODE), GET(TO)), put_call(u, u->copy), put_call(u, u->copy);
    PUT(u, SET(TO), GET(CODE), LOAD(0), LOAD8(0), BR_IF, END);
    PUT(u, GET(CODE), GET(CODE), LOAD(0), I32(1), ADD, STORE(0)), put_const(u, next);
    PUT(u, GET(TO), I32(1), ADD, STORE(0), GET(FROM)), put_const(u, u->go->pctab.at);
    PUT(u, SUB);
    return finish(u, 1, 1);
}

static void put_number(unpacker *u, unsigned column) {
    put_const(u, tree_cell(u, column));
    put_call(u, u->number);
}

static void put_difference(unpacker *u, unsigned column) {
    put_const(u, tree_cell(u, column));
    put_number(u, column);
    put_call(u, u->add);
}

enum { AT, COLUMN, LEFT, ENTRY, FROM }; // locals of the start function

// A loop over what is LEFT of a record, COLUMN by COLUMN, around the code that gives a value.
static void begin_words(unpacker *u) { PUT(u, IF, LOOP, GET(AT)); }
static void end_words(unpacker *u) {
    PUT(u, STORE(0), GET(AT), I32(4), ADD, SET(AT), GET(COLUMN), I32(WR_GO_CELL), ADD, SET(COLUMN));
    PUT(u, GET(LEFT), I32(1), SUB, TEE(LEFT), BR_IF, END, END);
}

static void put_records(unpacker *u) {
    const wr_go *go = u->go;
    put_const(u, go->ftab.at), PUT(u, SET(ENTRY)), put_const(u, go->funcs[0].record);
    PUT(u, SET(AT), LOOP, GET(AT), SET(FROM));
    put_const(u, cell(u, 0)), PUT(u, SET(COLUMN)), put_const(u, u->p->words), PUT(u, TEE(LEFT));
    begin_words(u);
    PUT(u, GET(COLUMN)), put_const(u, cell(u, WR_GO_PCSP / 4)), PUT(u, SUB, I32(3 * WR_GO_CELL), LT_U, IF_I32);
    PUT(u, GET(COLUMN)), put_call(u, u->offset);
    PUT(u, ELSE, GET(COLUMN), GET(COLUMN)), put_call(u, u->number), put_call(u, u->add), PUT(u, END);
    end_words(u);
    PUT(u, GET(FROM), LOAD(WR_GO_NPCDATA), TEE(LEFT));
    begin_words(u);
    PUT(u, GET(COLUMN)), put_call(u, u->offset);
    end_words(u);
    put_const(u, cell(u, u->p->words + u->p->npcdata)), PUT(u, SET(COLUMN));
    PUT(u, GET(FROM), LOAD8((uint8_t)(go->fixed - 1)), TEE(LEFT));
    begin_words(u);
    PUT(u, GET(COLUMN)), put_call(u, u->number), PUT(u, TEE(5), IF_I32, GET(COLUMN), GET(5), I32(1), SUB);
    put_call(u, u->add), PUT(u, ELSE, I32_MINUS_1, END);
    end_words(u);
    PUT(u, GET(ENTRY), GET(FROM), LOAD(0), STORE(0), GET(ENTRY), GET(FROM)), put_const(u, go->pclntable.at);
    PUT(u, SUB, STORE(4), GET(ENTRY), I32(8), ADD, TEE(ENTRY)), put_const(u, go->ftab.at + 8 * go->nfuncs);
    PUT(u, NE, BR_IF, END);
}

// An entry at AT: ENTRY is where the next new function is noted down.
static void put_entry(unpacker *u) {
    put_number(u, WR_GO_TREE_WHICH), PUT(u, TEE(FROM), IF, GET(AT)), put_const(u, u->p->known - 4);
    PUT(u, GET(FROM), I32(2), SHL, ADD, LOAD(0), TEE(FROM), LOAD(0), STORE(0));
    PUT(u, GET(AT), GET(FROM), LOAD(4), STORE(4), GET(AT), GET(FROM), LOAD(12), STORE(12), ELSE);
    PUT(u, GET(ENTRY), GET(AT), STORE(0), GET(ENTRY), I32(4), ADD, SET(ENTRY));
    PUT(u, GET(AT)), put_number(u, WR_GO_TREE_ID), PUT(u, STORE(0), GET(AT)), put_difference(u, WR_GO_TREE_NAME);
    PUT(u, STORE(4), GET(AT)), put_difference(u, WR_GO_TREE_LINE), PUT(u, STORE(12), END);
    PUT(u, GET(AT)), put_difference(u, WR_GO_TREE_PARENT), PUT(u, STORE(8), GET(AT), I32(16), ADD, SET(AT));
}

static void put_trees(unpacker *u) {
    put_const(u, u->p->ntrees), PUT(u, SET(LEFT)), put_const(u, u->p->known), PUT(u, SET(ENTRY));
    put_const(u, u->go->gofunc), PUT(u, SET(AT), LOOP);
    put_number(u, WR_GO_TREE_SKIP), PUT(u, GET(AT), ADD, SET(AT)), put_number(u, WR_GO_TREE_COUNT), PUT(u, SET(COLUMN));
    put_const(u, tree_cell(u, WR_GO_TREE_PARENT)), PUT(u, I32(0), STORE(4), LOOP);
    put_entry(u);
    PUT(u, GET(COLUMN), I32(1), SUB, TEE(COLUMN), BR_IF, END);
    PUT(u, GET(LEFT), I32(1), SUB, TEE(LEFT), BR_IF, END);
}

static void put_clearing(unpacker *u) {
    put_const(u, u->p->cells), PUT(u, SET(AT), LOOP, GET(AT), 0x42, 0, STORE64);
    PUT(u, GET(AT), I32(8), ADD, TEE(AT)), put_const(u, u->p->end), PUT(u, NE, BR_IF, END);
}

uint32_t wr_go_add_unpacker(wr_context *c, const wr_go *go, const wr_go_packed *p, uint32_t first) {
    unpacker u = {.c = c, .go = go, .p = p};
    u.number = add_number(&u);
    u.add = add_add(&u);
    u.copy = add_copy(&u);
    u.offset = add_offset(&u);
    begin(&u);
    PUT(&u, LOCALS(6));
    if (first != WR_NONE) put_call(&u, first);
    put_records(&u);
    if (p->ntrees) put_trees(&u);
    put_clearing(&u);
    return finish(&u, 0, 0);
}
