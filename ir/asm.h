// Writes code by hand: start functions, helpers, constant expressions. Instructions are given by name, are
// encoded from opcodes.def like all others, and take numbers of any size:
//
//     wr_asm_locals(&b, 1);
//     WR_ASM(&b, GET(0), I32(8), ADD, TEE(1), LOAD(offset), END);
//
// The names are for files that include this one; further instructions get theirs here when they are needed.
#ifndef WR_IR_ASM_H
#define WR_IR_ASM_H

#include "ins.h"

#define GET(local) WR_INS(LOCAL_GET, .a = (uint32_t)(local))
#define SET(local) WR_INS(LOCAL_SET, .a = (uint32_t)(local))
#define TEE(local) WR_INS(LOCAL_TEE, .a = (uint32_t)(local))
#define GLOBAL_GET(global) WR_INS(GLOBAL_GET, .a = (uint32_t)(global))
#define GLOBAL_SET(global) WR_INS(GLOBAL_SET, .a = (uint32_t)(global))
#define I32(value) WR_INS(I32_CONST, .b = (uint64_t)(int64_t)(int32_t)(value))
#define I64(value) WR_INS(I64_CONST, .b = (uint64_t)(value))
#define LOAD(offset) WR_INS(I32_LOAD, .x = 2, .b = (uint32_t)(offset))
#define LOAD8(offset) WR_INS(I32_LOAD8_U, .b = (uint32_t)(offset))
#define STORE(offset) WR_INS(I32_STORE, .x = 2, .b = (uint32_t)(offset))
#define STORE8 WR_INS(I32_STORE8)
#define STORE64 WR_INS(I64_STORE, .x = 3)
#define IF WR_INS(IF)
#define IF_I32 WR_INS(IF, .x = WR_BLOCK_VALUE, .a = WR_I32)
#define LOOP WR_INS(LOOP)
#define ELSE WR_INS(ELSE)
#define END WR_INS(END)
#define BR_IF WR_INS(BR_IF)
#define RETURN WR_INS(RETURN)
#define CALL(func) WR_INS(CALL, .a = (uint32_t)(func))
#define EQ WR_INS(I32_EQ)
#define NE WR_INS(I32_NE)
#define LT_U WR_INS(I32_LT_U)
#define GT_U WR_INS(I32_GT_U)
#define ADD WR_INS(I32_ADD)
#define SUB WR_INS(I32_SUB)
#define MUL WR_INS(I32_MUL)
#define AND WR_INS(I32_AND)
#define OR WR_INS(I32_OR)
#define XOR WR_INS(I32_XOR)
#define SHL WR_INS(I32_SHL)
#define SHR_U WR_INS(I32_SHR_U)
#define WRAP WR_INS(I32_WRAP_I64)
#define EXTEND_U WR_INS(I64_EXTEND_I32_U)

#define WR_INS(id, ...) ((wr_ins){.op = WR_OP_##id, __VA_ARGS__})

// Appends instructions to the buffer.
#define WR_ASM(buf, ...) \
    wr_asm((buf), (const wr_ins[]){__VA_ARGS__}, sizeof((const wr_ins[]){__VA_ARGS__}) / sizeof(wr_ins))

void wr_asm(wr_buf *b, const wr_ins *list, size_t n);
// Writes the head of a body that has n locals of type i32 besides its parameters.
void wr_asm_locals(wr_buf *b, uint32_t n);

// A constant expression of one instruction.
wr_expr wr_asm_const(wr_arena *arena, wr_ins ins);
// A body that consists of an unreachable.
wr_slice wr_asm_trap_body(void);

// Ends the code and adds it to the module as a function whose results are of type i32, at most two. The code
// is not copied: the buffer must be in an arena that outlives the module. Uses env->temp. Returns the
// function's index.
uint32_t wr_asm_add_func(wr_env *env, wr_module *m, wr_buf *code, const wr_valtype *params, uint32_t nparams,
                         uint32_t nresults);

#endif
