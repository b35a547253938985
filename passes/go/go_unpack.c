// Emits the code that rebuilds pclntab from its columns; see go_pack.h for what they hold. The code is
// written for size (ir/asm.h); addresses and function indices are inserted. At the end, the memory
// past the data is cleared again.
#include "go_pack.h"
#include "ir/asm.h"

typedef struct unpacker {
    wr_context *c;
    const wr_go *go;
    const wr_go_packed *p;
    wr_buf b;                           // the body of the current function
    uint32_t number, add, copy, offset; // indices of functions
} unpacker;

static void begin(unpacker *u) { u->b = wr_buf_in(&u->c->env->perm); }

static uint32_t finish(unpacker *u, uint32_t nparams, uint32_t nresults) {
    static const wr_valtype params[] = {WR_I32, WR_I32};
    return wr_asm_add_func(u->c->env, u->c->m, &u->b, params, nparams, nresults);
}

// (cell) -> the next number of its column
static uint32_t add_number(unpacker *u) {
    enum { CELL, VALUE, SHIFT, AT, BYTE };
    begin(u);
    wr_asm_locals(&u->b, 4);
    WR_ASM(&u->b, GET(CELL), LOAD(0), SET(AT), LOOP);
    WR_ASM(&u->b, GET(AT), LOAD8(0), TEE(BYTE), I32(127), AND, GET(SHIFT), SHL, GET(VALUE), OR, SET(VALUE));
    WR_ASM(&u->b, GET(SHIFT), I32(7), ADD, SET(SHIFT), GET(AT), I32(1), ADD, SET(AT));
    WR_ASM(&u->b, GET(BYTE), I32(127), GT_U, BR_IF, END, GET(CELL), GET(AT), STORE(0), GET(VALUE));
    return finish(u, 1, 1);
}

// (cell, zigzag-coded difference) -> the value after the last one
static uint32_t add_add(unpacker *u) {
    enum { CELL, CODE };
    begin(u);
    wr_asm_locals(&u->b, 0);
    WR_ASM(&u->b, GET(CELL), GET(CELL), LOAD(4), GET(CODE), I32(1), SHR_U, I32(0), GET(CODE), I32(1), AND,
           SUB, XOR, ADD, TEE(CODE), STORE(4));
    WR_ASM(&u->b, GET(CODE));
    return finish(u, 2, 1);
}

// (cell, to) -> the address after the varint that it copied
static uint32_t add_copy(unpacker *u) {
    enum { CELL, TO, AT, BYTE };
    begin(u);
    wr_asm_locals(&u->b, 2);
    WR_ASM(&u->b, GET(CELL), LOAD(0), SET(AT), LOOP, GET(TO), GET(AT), LOAD8(0), TEE(BYTE), STORE8);
    WR_ASM(&u->b, GET(TO), I32(1), ADD, SET(TO), GET(AT), I32(1), ADD, SET(AT));
    WR_ASM(&u->b, GET(BYTE), I32(127), GT_U, BR_IF, END, GET(CELL), GET(AT), STORE(0), GET(TO));
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
    wr_asm_locals(&u->b, 3);
    WR_ASM(&u->b, GET(CELL), CALL(u->number), TEE(CODE), I32(1), NE, IF);
    WR_ASM(&u->b, GET(CODE), GET(CODE), I32(0), NE, SUB, RETURN, END);
    WR_ASM(&u->b, I32(next), LOAD(0), TEE(FROM), SET(TO), LOOP);
    WR_ASM(&u->b, GET(CELL), I32(values), ADD, TEE(CODE), I32(values), ADD, GET(CODE), GET(TO), CALL(u->copy),
           CALL(u->copy), SET(TO));
    WR_ASM(&u->b, GET(CODE), LOAD(0), LOAD8(0), BR_IF, END);
    WR_ASM(&u->b, GET(CODE), GET(CODE), LOAD(0), I32(1), ADD, STORE(0));
    WR_ASM(&u->b, I32(next), GET(TO), I32(1), ADD, STORE(0), GET(FROM), I32(u->go->pctab.at), SUB);
    return finish(u, 1, 1);
}

static void put_number(unpacker *u, unsigned column) {
    WR_ASM(&u->b, I32(tree_cell(u, column)), CALL(u->number));
}

static void put_difference(unpacker *u, unsigned column) {
    WR_ASM(&u->b, I32(tree_cell(u, column)));
    put_number(u, column);
    WR_ASM(&u->b, CALL(u->add));
}

enum { AT, COLUMN, LEFT, ENTRY, FROM }; // locals of the start function

// A loop over the remaining columns of a record (LEFT counts them, COLUMN is the current one), around code
// that gives a value.
static void begin_words(unpacker *u) { WR_ASM(&u->b, IF, LOOP, GET(AT)); }
static void end_words(unpacker *u) {
    WR_ASM(&u->b, STORE(0), GET(AT), I32(4), ADD, SET(AT), GET(COLUMN), I32(WR_GO_CELL), ADD, SET(COLUMN));
    WR_ASM(&u->b, GET(LEFT), I32(1), SUB, TEE(LEFT), BR_IF, END, END);
}

static void put_records(unpacker *u) {
    const wr_go *go = u->go;
    WR_ASM(&u->b, I32(go->ftab.at), SET(ENTRY), I32(go->funcs[0].record), SET(AT), LOOP);
    WR_ASM(&u->b, GET(AT), SET(FROM), I32(cell(u, 0)), SET(COLUMN), I32(u->p->words), TEE(LEFT));
    begin_words(u);
    WR_ASM(&u->b, GET(COLUMN), I32(cell(u, WR_GO_PCSP / 4)), SUB, I32(3 * WR_GO_CELL), LT_U, IF_I32);
    WR_ASM(&u->b, GET(COLUMN), CALL(u->offset), ELSE);
    WR_ASM(&u->b, GET(COLUMN), GET(COLUMN), CALL(u->number), CALL(u->add), END);
    end_words(u);
    WR_ASM(&u->b, GET(FROM), LOAD(WR_GO_NPCDATA), TEE(LEFT));
    begin_words(u);
    WR_ASM(&u->b, GET(COLUMN), CALL(u->offset));
    end_words(u);
    WR_ASM(&u->b, I32(cell(u, u->p->words + u->p->npcdata)), SET(COLUMN));
    WR_ASM(&u->b, GET(FROM), LOAD8(go->fixed - 1), TEE(LEFT));
    begin_words(u);
    WR_ASM(&u->b, GET(COLUMN), CALL(u->number), TEE(5), IF_I32);
    WR_ASM(&u->b, GET(COLUMN), GET(5), I32(1), SUB, CALL(u->add), ELSE, I32(-1), END);
    end_words(u);
    WR_ASM(&u->b, GET(ENTRY), GET(FROM), LOAD(0), STORE(0));
    WR_ASM(&u->b, GET(ENTRY), GET(FROM), I32(go->pclntable.at), SUB, STORE(4));
    WR_ASM(&u->b, GET(ENTRY), I32(8), ADD, TEE(ENTRY), I32(go->ftab.at + 8 * go->nfuncs), NE, BR_IF, END);
}

// Writes an entry at AT. ENTRY is where the next new function is recorded.
static void put_entry(unpacker *u) {
    put_number(u, WR_GO_TREE_WHICH);
    WR_ASM(&u->b, TEE(FROM), IF);
    WR_ASM(&u->b, GET(AT), I32(u->p->known - 4), GET(FROM), I32(2), SHL, ADD, LOAD(0), TEE(FROM), LOAD(0),
           STORE(0));
    WR_ASM(&u->b, GET(AT), GET(FROM), LOAD(4), STORE(4), GET(AT), GET(FROM), LOAD(12), STORE(12), ELSE);
    WR_ASM(&u->b, GET(ENTRY), GET(AT), STORE(0), GET(ENTRY), I32(4), ADD, SET(ENTRY), GET(AT));
    put_number(u, WR_GO_TREE_ID);
    WR_ASM(&u->b, STORE(0), GET(AT));
    put_difference(u, WR_GO_TREE_NAME);
    WR_ASM(&u->b, STORE(4), GET(AT));
    put_difference(u, WR_GO_TREE_LINE);
    WR_ASM(&u->b, STORE(12), END, GET(AT));
    put_difference(u, WR_GO_TREE_PARENT);
    WR_ASM(&u->b, STORE(8), GET(AT), I32(16), ADD, SET(AT));
}

static void put_trees(unpacker *u) {
    WR_ASM(&u->b, I32(u->p->ntrees), SET(LEFT), I32(u->p->known), SET(ENTRY), I32(u->go->gofunc), SET(AT));
    WR_ASM(&u->b, LOOP);
    put_number(u, WR_GO_TREE_SKIP);
    WR_ASM(&u->b, GET(AT), ADD, SET(AT));
    put_number(u, WR_GO_TREE_COUNT);
    WR_ASM(&u->b, SET(COLUMN), I32(tree_cell(u, WR_GO_TREE_PARENT)), I32(0), STORE(4), LOOP);
    put_entry(u);
    WR_ASM(&u->b, GET(COLUMN), I32(1), SUB, TEE(COLUMN), BR_IF, END);
    WR_ASM(&u->b, GET(LEFT), I32(1), SUB, TEE(LEFT), BR_IF, END);
}

static void put_clearing(unpacker *u) {
    WR_ASM(&u->b, I32(u->p->cells), SET(AT), LOOP, GET(AT), I64(0), STORE64);
    WR_ASM(&u->b, GET(AT), I32(8), ADD, TEE(AT), I32(u->p->end), NE, BR_IF, END);
}

uint32_t wr_go_add_unpacker(wr_context *c, const wr_go *go, const wr_go_packed *p, uint32_t first) {
    unpacker u = {.c = c, .go = go, .p = p};
    u.number = add_number(&u);
    u.add = add_add(&u);
    u.copy = add_copy(&u);
    u.offset = add_offset(&u);
    begin(&u);
    wr_asm_locals(&u.b, 6);
    if (first != WR_NONE) WR_ASM(&u.b, CALL(first));
    put_records(&u);
    if (p->ntrees) put_trees(&u);
    put_clearing(&u);
    return finish(&u, 0, 0);
}
