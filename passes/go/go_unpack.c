// Emits the code that rebuilds pclntab from its columns; see go_pack.h for what they hold. The code is
// written for size, as bytes with names; addresses and function indices are inserted. At the end, the memory
// past the data is cleared again.
#include "go_pack.h"
#include "ir/edit.h"
#include "passes/manager/bytecode.h"

typedef struct unpacker {
    wr_context *c;
    const wr_go *go;
    const wr_go_packed *p;
    wr_buf b;                           // the body of the current function
    uint32_t number, add, copy, offset; // indices of functions
} unpacker;

static void begin(unpacker *u) { u->b = wr_buf_in(&u->c->env->perm); }

static uint32_t finish(unpacker *u, uint32_t nparams, uint32_t nresults) {
    return wr_bytecode_add_func(u->c, &u->b, nparams, nresults);
}

// (cell) -> the next number of its column
static uint32_t add_number(unpacker *u) {
    enum { CELL, VALUE, SHIFT, AT, BYTE };
    begin(u);
    PUT(&u->b, LOCALS(4), GET(CELL), LOAD(0), SET(AT), LOOP);
    PUT(&u->b, GET(AT), LOAD8(0), TEE(BYTE), I32_127, AND, GET(SHIFT), SHL, GET(VALUE), OR, SET(VALUE));
    PUT(&u->b, GET(SHIFT), I32(7), ADD, SET(SHIFT), GET(AT), I32(1), ADD, SET(AT));
    PUT(&u->b, GET(BYTE), I32_127, GT_U, BR_IF, END, GET(CELL), GET(AT), STORE(0), GET(VALUE));
    return finish(u, 1, 1);
}

// (cell, zigzag-coded difference) -> the value after the last one
static uint32_t add_add(unpacker *u) {
    enum { CELL, CODE };
    begin(u);
    PUT(&u->b, 0, GET(CELL), GET(CELL), LOAD(4));
    PUT(&u->b, GET(CODE), I32(1), SHR_U, I32(0), GET(CODE), I32(1), AND, SUB, XOR, ADD, TEE(CODE), STORE(4),
        GET(CODE));
    return finish(u, 2, 1);
}

// (cell, to) -> the address after the varint that it copied
static uint32_t add_copy(unpacker *u) {
    enum { CELL, TO, AT, BYTE };
    begin(u);
    PUT(&u->b, LOCALS(2), GET(CELL), LOAD(0), SET(AT), LOOP);
    PUT(&u->b, GET(TO), GET(AT), LOAD8(0), TEE(BYTE), STORE8, GET(TO), I32(1), ADD, SET(TO), GET(AT), I32(1),
        ADD, SET(AT));
    PUT(&u->b, GET(BYTE), I32_127, GT_U, BR_IF, END, GET(CELL), GET(AT), STORE(0), GET(TO));
    return finish(u, 2, 1);
}

static uint32_t cell(const unpacker *u, unsigned column) { return u->p->cells + column * WR_GO_CELL; }
static uint32_t tree_cell(const unpacker *u, unsigned column) {
    return cell(u, wr_go_tree_column(u->p) + column);
}

// (cell) -> the offset of a table of pctab; a new table is written first
static uint32_t add_offset(unpacker *u) {
    enum { CELL, CODE, TO, FROM };
    uint32_t values = wr_go_word_columns(u->p) * WR_GO_CELL, next = cell(u, wr_go_pctab_cell(u->p));
    begin(u);
    PUT(&u->b, LOCALS(3), GET(CELL)), wr_bytecode_call(&u->b, u->number);
    PUT(&u->b, TEE(CODE), I32(1), NE, IF, GET(CODE), GET(CODE), I32(0), NE, SUB, RETURN, END);
    wr_bytecode_i32_const(&u->b, next);
    PUT(&u->b, LOAD(0), TEE(FROM), SET(TO), LOOP);
    PUT(&u->b, GET(CELL)), wr_bytecode_i32_const(&u->b, values);
    PUT(&u->b, ADD, TEE(CODE)), wr_bytecode_i32_const(&u->b, values);
    PUT(&u->b, ADD, GET(CODE), GET(TO)), wr_bytecode_call(&u->b, u->copy), wr_bytecode_call(&u->b, u->copy);
    PUT(&u->b, SET(TO), GET(CODE), LOAD(0), LOAD8(0), BR_IF, END);
    PUT(&u->b, GET(CODE), GET(CODE), LOAD(0), I32(1), ADD, STORE(0)), wr_bytecode_i32_const(&u->b, next);
    PUT(&u->b, GET(TO), I32(1), ADD, STORE(0), GET(FROM)), wr_bytecode_i32_const(&u->b, u->go->pctab.at);
    PUT(&u->b, SUB);
    return finish(u, 1, 1);
}

static void put_number(unpacker *u, unsigned column) {
    wr_bytecode_i32_const(&u->b, tree_cell(u, column));
    wr_bytecode_call(&u->b, u->number);
}

static void put_difference(unpacker *u, unsigned column) {
    wr_bytecode_i32_const(&u->b, tree_cell(u, column));
    put_number(u, column);
    wr_bytecode_call(&u->b, u->add);
}

enum { AT, COLUMN, LEFT, ENTRY, FROM }; // locals of the start function

// A loop over the remaining columns of a record (LEFT counts them, COLUMN is the current one), around code
// that gives a value.
static void begin_words(unpacker *u) { PUT(&u->b, IF, LOOP, GET(AT)); }
static void end_words(unpacker *u) {
    PUT(&u->b, STORE(0), GET(AT), I32(4), ADD, SET(AT), GET(COLUMN), I32(WR_GO_CELL), ADD, SET(COLUMN));
    PUT(&u->b, GET(LEFT), I32(1), SUB, TEE(LEFT), BR_IF, END, END);
}

static void put_records(unpacker *u) {
    const wr_go *go = u->go;
    wr_bytecode_i32_const(&u->b, go->ftab.at), PUT(&u->b, SET(ENTRY)),
        wr_bytecode_i32_const(&u->b, go->funcs[0].record);
    PUT(&u->b, SET(AT), LOOP, GET(AT), SET(FROM));
    wr_bytecode_i32_const(&u->b, cell(u, 0)), PUT(&u->b, SET(COLUMN)),
        wr_bytecode_i32_const(&u->b, u->p->words);
    PUT(&u->b, TEE(LEFT));
    begin_words(u);
    PUT(&u->b, GET(COLUMN)), wr_bytecode_i32_const(&u->b, cell(u, WR_GO_PCSP / 4)), PUT(&u->b, SUB);
    PUT(&u->b, I32(3 * WR_GO_CELL), LT_U, IF_I32);
    PUT(&u->b, GET(COLUMN)), wr_bytecode_call(&u->b, u->offset);
    PUT(&u->b, ELSE, GET(COLUMN), GET(COLUMN)), wr_bytecode_call(&u->b, u->number),
        wr_bytecode_call(&u->b, u->add), PUT(&u->b, END);
    end_words(u);
    PUT(&u->b, GET(FROM), LOAD(WR_GO_NPCDATA), TEE(LEFT));
    begin_words(u);
    PUT(&u->b, GET(COLUMN)), wr_bytecode_call(&u->b, u->offset);
    end_words(u);
    wr_bytecode_i32_const(&u->b, cell(u, u->p->words + u->p->npcdata)), PUT(&u->b, SET(COLUMN));
    PUT(&u->b, GET(FROM), LOAD8((uint8_t)(go->fixed - 1)), TEE(LEFT));
    begin_words(u);
    PUT(&u->b, GET(COLUMN)), wr_bytecode_call(&u->b, u->number),
        PUT(&u->b, TEE(5), IF_I32, GET(COLUMN), GET(5), I32(1), SUB);
    wr_bytecode_call(&u->b, u->add), PUT(&u->b, ELSE, I32_MINUS_1, END);
    end_words(u);
    PUT(&u->b, GET(ENTRY), GET(FROM), LOAD(0), STORE(0), GET(ENTRY), GET(FROM)),
        wr_bytecode_i32_const(&u->b, go->pclntable.at);
    PUT(&u->b, SUB, STORE(4), GET(ENTRY), I32(8), ADD, TEE(ENTRY)),
        wr_bytecode_i32_const(&u->b, go->ftab.at + 8 * go->nfuncs);
    PUT(&u->b, NE, BR_IF, END);
}

// Writes an entry at AT. ENTRY is where the next new function is recorded.
static void put_entry(unpacker *u) {
    put_number(u, WR_GO_TREE_WHICH), PUT(&u->b, TEE(FROM), IF, GET(AT)),
        wr_bytecode_i32_const(&u->b, u->p->known - 4);
    PUT(&u->b, GET(FROM), I32(2), SHL, ADD, LOAD(0), TEE(FROM), LOAD(0), STORE(0));
    PUT(&u->b, GET(AT), GET(FROM), LOAD(4), STORE(4), GET(AT), GET(FROM), LOAD(12), STORE(12), ELSE);
    PUT(&u->b, GET(ENTRY), GET(AT), STORE(0), GET(ENTRY), I32(4), ADD, SET(ENTRY));
    PUT(&u->b, GET(AT)), put_number(u, WR_GO_TREE_ID), PUT(&u->b, STORE(0), GET(AT)),
        put_difference(u, WR_GO_TREE_NAME);
    PUT(&u->b, STORE(4), GET(AT)), put_difference(u, WR_GO_TREE_LINE), PUT(&u->b, STORE(12), END);
    PUT(&u->b, GET(AT)), put_difference(u, WR_GO_TREE_PARENT),
        PUT(&u->b, STORE(8), GET(AT), I32(16), ADD, SET(AT));
}

static void put_trees(unpacker *u) {
    wr_bytecode_i32_const(&u->b, u->p->ntrees), PUT(&u->b, SET(LEFT)),
        wr_bytecode_i32_const(&u->b, u->p->known);
    PUT(&u->b, SET(ENTRY));
    wr_bytecode_i32_const(&u->b, u->go->gofunc), PUT(&u->b, SET(AT), LOOP);
    put_number(u, WR_GO_TREE_SKIP), PUT(&u->b, GET(AT), ADD, SET(AT)), put_number(u, WR_GO_TREE_COUNT);
    PUT(&u->b, SET(COLUMN));
    wr_bytecode_i32_const(&u->b, tree_cell(u, WR_GO_TREE_PARENT)), PUT(&u->b, I32(0), STORE(4), LOOP);
    put_entry(u);
    PUT(&u->b, GET(COLUMN), I32(1), SUB, TEE(COLUMN), BR_IF, END);
    PUT(&u->b, GET(LEFT), I32(1), SUB, TEE(LEFT), BR_IF, END);
}

static void put_clearing(unpacker *u) {
    wr_bytecode_i32_const(&u->b, u->p->cells), PUT(&u->b, SET(AT), LOOP, GET(AT), 0x42, 0, STORE64);
    PUT(&u->b, GET(AT), I32(8), ADD, TEE(AT)), wr_bytecode_i32_const(&u->b, u->p->end),
        PUT(&u->b, NE, BR_IF, END);
}

uint32_t wr_go_add_unpacker(wr_context *c, const wr_go *go, const wr_go_packed *p, uint32_t first) {
    unpacker u = {.c = c, .go = go, .p = p};
    u.number = add_number(&u);
    u.add = add_add(&u);
    u.copy = add_copy(&u);
    u.offset = add_offset(&u);
    begin(&u);
    PUT(&u.b, LOCALS(6));
    if (first != WR_NONE) wr_bytecode_call(&u.b, first);
    put_records(&u);
    if (p->ntrees) put_trees(&u);
    put_clearing(&u);
    return finish(&u, 0, 0);
}
