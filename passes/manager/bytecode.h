// Names for the bytes of code that passes write by hand, to be used as lists of bytes in PUT. Numbers that
// must fit one byte have to be less than 64.
#ifndef WR_PASSES_MANAGER_BYTECODE_H
#define WR_PASSES_MANAGER_BYTECODE_H

#include "pass.h"
#include "support/buf.h"

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
#define EQ 0x46
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

// Appends bytes of code to the buffer.
#define PUT(buf, ...) wr_put_bytes(buf, (const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]){__VA_ARGS__})

static inline void wr_bytecode_i32_const(wr_buf *b, uint32_t value) {
    wr_put_u8(b, 0x41);
    wr_put_sleb(b, (int32_t)value);
}

// Ends the code and adds it to the module as a function with i32 parameters and results, at most two each.
// The code is not copied: the buffer must be in an arena that outlives the module. Returns the function's
// index.
uint32_t wr_bytecode_add_func(wr_context *c, wr_buf *code, uint32_t nparams, uint32_t nresults);

static inline void wr_bytecode_call(wr_buf *b, uint32_t func) {
    wr_put_u8(b, 0x10);
    wr_put_uleb(b, func);
}

#endif
