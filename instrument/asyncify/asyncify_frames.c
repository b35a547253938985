// Saves locals in a frame of the asyncify stack when a function is left, and restores them when it is entered
// again.
//
//   (local.set $x (i32.load offset=4 (local.tee $frame (call $pop (i32.const 8)))))      ;; restores $x
//   (i32.store offset=4 (local.tee $frame (call $push (i32.const 8))) (local.get $x))    ;; saves it
//
// A frame begins with the number of the call, if the function can be suspended at several.
#include "asyncify_emit.h"

static wr_op load_of(wr_valtype type) {
    return type == WR_I32   ? WR_OP_I32_LOAD
           : type == WR_I64 ? WR_OP_I64_LOAD
           : type == WR_F32 ? WR_OP_F32_LOAD
           : type == WR_F64 ? WR_OP_F64_LOAD
                            : WR_OP_V128_LOAD;
}

static wr_op store_of(wr_valtype type) {
    return type == WR_I32   ? WR_OP_I32_STORE
           : type == WR_I64 ? WR_OP_I64_STORE
           : type == WR_F32 ? WR_OP_F32_STORE
           : type == WR_F64 ? WR_OP_F64_STORE
                            : WR_OP_V128_STORE;
}

static uint32_t size_of(wr_valtype type) {
    return type == WR_V128 ? 16 : type == WR_I64 || type == WR_F64 ? 8 : 4;
}

uint32_t wr_async_frame_size(const wr_async_emitter *e) {
    uint32_t size = e->numbered ? 4 : 0;
    for (uint32_t i = 0; i < e->saved->n; i++) size += size_of(e->types[e->saved->v[i]]);
    return size;
}

// Frames are aligned to four bytes, and so is what is in them.
static void put_access(wr_async_emitter *e, wr_op op, uint32_t offset) {
    wr_async_put(e, (wr_ins){.op = (uint16_t)op, .x = 2, .a = e->w->runtime->memory, .b = offset});
}

// Calls a function that makes or takes back a frame, whose address is on the stack then. Returns false if
// nothing is in the frame but its number.
static bool put_frame(wr_async_emitter *e, uint32_t func) {
    wr_async_put_const(e, wr_async_frame_size(e), e->w->runtime->is64);
    wr_async_put_index(e, WR_OP_CALL, func);
    if (!e->saved->n) wr_async_put_op(e, WR_OP_DROP);
    return e->saved->n > 0;
}

void wr_async_put_restore(wr_async_emitter *e) {
    uint32_t offset = e->numbered ? 4 : 0;
    if (!put_frame(e, e->w->runtime->pop)) return;
    for (uint32_t i = 0; i < e->saved->n; i++) {
        wr_valtype type = e->types[e->saved->v[i]];
        wr_async_put_index(e, i ? WR_OP_LOCAL_GET : WR_OP_LOCAL_TEE, e->pointer);
        put_access(e, load_of(type), offset);
        wr_async_put_index(e, WR_OP_LOCAL_SET, e->saved->v[i]);
        offset += size_of(type);
    }
}

void wr_async_put_save(wr_async_emitter *e) {
    uint32_t offset = e->numbered ? 4 : 0;
    if (!put_frame(e, e->numbered ? e->w->runtime->push_numbered : e->w->runtime->push)) return;
    for (uint32_t i = 0; i < e->saved->n; i++) {
        wr_valtype type = e->types[e->saved->v[i]];
        wr_async_put_index(e, i ? WR_OP_LOCAL_GET : WR_OP_LOCAL_TEE, e->pointer);
        wr_async_put_index(e, WR_OP_LOCAL_GET, e->saved->v[i]);
        put_access(e, store_of(type), offset);
        offset += size_of(type);
    }
}

void wr_async_put_zero(wr_async_emitter *e, wr_valtype type) {
    switch (type) {
    case WR_I32: wr_async_put_const(e, 0, false); return;
    case WR_I64: wr_async_put_const(e, 0, true); return;
    case WR_F32: wr_async_put_op(e, WR_OP_F32_CONST); return;
    case WR_F64: wr_async_put_op(e, WR_OP_F64_CONST); return;
    case WR_V128: {
        uint32_t at = e->body->ext.n;
        for (int i = 0; i < 4; i++) WR_PUSH(e->arena, e->body->ext, 0);
        wr_async_put(e, (wr_ins){.op = WR_OP_V128_CONST, .b = at});
        return;
    }
    default:
        if (!wr_is_nullable(type)) wr_async_refuse(e->w, "its result is a reference that can't be null");
        wr_async_put(e, (wr_ins){.op = WR_OP_REF_NULL, .a = wr_heap_of(type)});
    }
}
