// Emits the code that decompresses data; see compress.h for the stream. The code is written for size.
#include "ir/edit.h"
#include "compress.h"
#include "ir/asm.h"

typedef struct unpacker {
    wr_context *c;
    wr_buf b;
    uint32_t source; // global: the address to read from next
    uint32_t number; // function: add_number
} unpacker;

// Reads the byte at the source into the local, and advances the source.
static void put_next_byte(unpacker *u, uint32_t local) {
    WR_ASM(&u->b, GLOBAL_GET(u->source), LOAD8(0), SET(local));
    WR_ASM(&u->b, GLOBAL_GET(u->source), I32(1), ADD, GLOBAL_SET(u->source));
}

// (half of a step's first byte) -> the number that it stands for
static uint32_t add_number(unpacker *u) {
    enum { VALUE, SHIFT, BYTE };
    u->b = wr_buf_in(&u->c->env->perm);
    wr_asm_locals(&u->b, 2);
    WR_ASM(&u->b, GET(VALUE), I32(WR_COMPRESS_HALF), EQ, IF, LOOP);
    put_next_byte(u, BYTE);
    WR_ASM(&u->b, GET(BYTE), I32(127), AND, GET(SHIFT), SHL, GET(VALUE), ADD, SET(VALUE));
    WR_ASM(&u->b, GET(SHIFT), I32(7), ADD, SET(SHIFT), GET(BYTE), I32(127), GT_U, BR_IF, END, END);
    WR_ASM(&u->b, GET(VALUE));
    static const wr_valtype params[] = {WR_I32};
    return wr_asm_add_func(u->c->env, u->c->m, &u->b, params, 1, 1);
}

enum { TO, COUNT, CODE, DISTANCE }; // locals of the start function

// Copies COUNT bytes, of which there must be one at least: the code between begin and end pushes each byte,
// above the address TO.
static void begin_copy(unpacker *u) { WR_ASM(&u->b, LOOP, GET(TO)); }
static void end_copy(unpacker *u) {
    WR_ASM(&u->b, STORE8, GET(TO), I32(1), ADD, SET(TO), GET(COUNT), I32(1), SUB, TEE(COUNT), BR_IF, END);
}

static void put_steps(unpacker *u, const wr_compressed_data *p) {
    WR_ASM(&u->b, LOOP);
    put_next_byte(u, CODE);
    WR_ASM(&u->b, GET(CODE), I32(4), SHR_U, CALL(u->number), TEE(COUNT), IF);
    begin_copy(u);
    WR_ASM(&u->b, GLOBAL_GET(u->source), LOAD8(0), GLOBAL_GET(u->source), I32(1), ADD, GLOBAL_SET(u->source));
    end_copy(u);
    WR_ASM(&u->b, END, GET(CODE), I32(15), AND, CALL(u->number), I32(WR_COMPRESS_LEAST), ADD, SET(COUNT));
    WR_ASM(&u->b, I32(WR_COMPRESS_HALF), CALL(u->number), I32(WR_COMPRESS_HALF), SUB, TEE(CODE), IF);
    WR_ASM(&u->b, GET(CODE), I32(WR_COMPRESS_AGAIN), NE, IF, GET(CODE), I32(1), SUB, SET(DISTANCE), END);
    begin_copy(u);
    WR_ASM(&u->b, GET(TO), GET(DISTANCE), SUB, LOAD8(0));
    end_copy(u);
    WR_ASM(&u->b, ELSE, GET(TO), GET(COUNT), ADD, SET(TO), END, GET(TO), I32((uint32_t)p->end), NE, BR_IF);
    WR_ASM(&u->b, END);
}

static void put_clearing(unpacker *u, const wr_compressed_data *p) {
    WR_ASM(&u->b, I32((uint32_t)p->at), SET(TO), LOOP, GET(TO), I64(0), STORE64);
    WR_ASM(&u->b, GET(TO), I32(8), ADD, TEE(TO), I32((uint32_t)p->at + p->size), NE, BR_IF, END);
}

static uint32_t add_source(wr_context *c, const wr_compressed_data *p) {
    return wr_module_add_global(c->env, c->m, WR_I32, true, wr_asm_const(&c->env->perm, I32(p->at)).code);
}

uint32_t wr_compress_add_unpacker(wr_context *c, const wr_compressed_data *p, uint32_t next) {
    unpacker u = {.c = c, .source = add_source(c, p)};
    u.number = add_number(&u);
    u.b = wr_buf_in(&c->env->perm);
    wr_asm_locals(&u.b, 4), WR_ASM(&u.b, I32((uint32_t)p->first), SET(TO));
    put_steps(&u, p);
    put_clearing(&u, p);
    if (next != WR_NONE) WR_ASM(&u.b, CALL(next));
    return wr_asm_add_func(c->env, c->m, &u.b, NULL, 0, 0);
}
