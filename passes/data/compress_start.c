// Emits the code that decompresses data; see compress.h for the stream. The code is written for size, as
// bytes with names (passes/manager/bytecode.h).
#include "ir/edit.h"
#include "compress.h"
#include "passes/manager/bytecode.h"

typedef struct unpacker {
    wr_context *c;
    wr_buf b;
    uint32_t source; // global: the address to read from next
    uint32_t number; // function: add_number
} unpacker;

static void put_source(unpacker *u, uint8_t op) {
    wr_put_u8(&u->b, op);
    wr_put_uleb(&u->b, u->source);
}

#define SOURCE_GET(u) put_source(u, 0x23)
#define SOURCE_SET(u) put_source(u, 0x24)

// Reads the byte at the source into the local, and advances the source.
static void put_next_byte(unpacker *u, uint8_t local) {
    SOURCE_GET(u), PUT(&u->b, LOAD8(0), SET(local)), SOURCE_GET(u), PUT(&u->b, I32(1), ADD), SOURCE_SET(u);
}

// (half of a step's first byte) -> the number that it stands for
static uint32_t add_number(unpacker *u) {
    enum { VALUE, SHIFT, BYTE };
    u->b = wr_buf_in(&u->c->env->perm);
    PUT(&u->b, LOCALS(2), GET(VALUE), I32(WR_COMPRESS_HALF), EQ, IF, LOOP);
    put_next_byte(u, BYTE);
    PUT(&u->b, GET(BYTE), I32_127, AND, GET(SHIFT), SHL, GET(VALUE), ADD, SET(VALUE), GET(SHIFT), I32(7), ADD,
        SET(SHIFT));
    PUT(&u->b, GET(BYTE), I32_127, GT_U, BR_IF, END, END, GET(VALUE));
    return wr_bytecode_add_func(u->c, &u->b, 1, 1);
}

enum { TO, COUNT, CODE, DISTANCE }; // locals of the start function

// Copies COUNT bytes, of which there must be one at least: the code between begin and end pushes each byte,
// above the address TO.
static void begin_copy(unpacker *u) { PUT(&u->b, LOOP, GET(TO)); }
static void end_copy(unpacker *u) {
    PUT(&u->b, STORE8, GET(TO), I32(1), ADD, SET(TO), GET(COUNT), I32(1), SUB, TEE(COUNT), BR_IF, END);
}

static void put_steps(unpacker *u, const wr_compressed_data *p) {
    PUT(&u->b, LOOP);
    put_next_byte(u, CODE);
    PUT(&u->b, GET(CODE), I32(4), SHR_U), wr_bytecode_call(&u->b, u->number), PUT(&u->b, TEE(COUNT), IF);
    begin_copy(u);
    SOURCE_GET(u), PUT(&u->b, LOAD8(0)), SOURCE_GET(u), PUT(&u->b, I32(1), ADD), SOURCE_SET(u);
    end_copy(u);
    PUT(&u->b, END, GET(CODE), I32(15), AND), wr_bytecode_call(&u->b, u->number),
        PUT(&u->b, I32(WR_COMPRESS_LEAST), ADD, SET(COUNT));
    PUT(&u->b, I32(WR_COMPRESS_HALF)), wr_bytecode_call(&u->b, u->number),
        PUT(&u->b, I32(WR_COMPRESS_HALF), SUB, TEE(CODE), IF);
    PUT(&u->b, GET(CODE), I32(WR_COMPRESS_AGAIN), NE, IF, GET(CODE), I32(1), SUB, SET(DISTANCE), END);
    begin_copy(u);
    PUT(&u->b, GET(TO), GET(DISTANCE), SUB, LOAD8(0));
    end_copy(u);
    PUT(&u->b, ELSE, GET(TO), GET(COUNT), ADD, SET(TO), END);
    PUT(&u->b, GET(TO)), wr_bytecode_i32_const(&u->b, (uint32_t)p->end), PUT(&u->b, NE, BR_IF, END);
}

static void put_clearing(unpacker *u, const wr_compressed_data *p) {
    wr_bytecode_i32_const(&u->b, (uint32_t)p->at), PUT(&u->b, SET(TO), LOOP, GET(TO), 0x42, 0, STORE64);
    PUT(&u->b, GET(TO), I32(8), ADD, TEE(TO)), wr_bytecode_i32_const(&u->b, (uint32_t)p->at + p->size),
        PUT(&u->b, NE, BR_IF, END);
}

static uint32_t add_source(wr_context *c, const wr_compressed_data *p) {
    wr_buf init = wr_buf_in(&c->env->perm);
    wr_bytecode_i32_const(&init, (uint32_t)p->at);
    wr_put_u8(&init, END);
    return wr_add_global(c->env, c->m, WR_I32, true, wr_buf_slice(&init));
}

uint32_t wr_compress_add_unpacker(wr_context *c, const wr_compressed_data *p, uint32_t next) {
    unpacker u = {.c = c, .source = add_source(c, p)};
    u.number = add_number(&u);
    u.b = wr_buf_in(&c->env->perm);
    PUT(&u.b, LOCALS(4)), wr_bytecode_i32_const(&u.b, (uint32_t)p->first), PUT(&u.b, SET(TO));
    put_steps(&u, p);
    put_clearing(&u, p);
    if (next != WR_NONE) wr_bytecode_call(&u.b, next);
    return wr_bytecode_add_func(c, &u.b, 0, 0);
}
