// Reads single instructions. The opcode says which kind of immediates follows (opcodes.def), the kind which
// fields (immediates.def), and here each field is read.
#include "ins.h"

static wr_op read_prefixed(wr_reader *r, const uint8_t *at, uint8_t prefix) {
    uint32_t code = wr_read_u32(r);
    unsigned op = wr_op_prefixed(prefix, code);
    if (!op)
        wr_reader_fail_at(r, at, "expected an instruction, found unknown opcode 0x%02x 0x%02x", prefix, code);
    return (wr_op)(op - 1);
}

static wr_op read_op(wr_reader *r) {
    const uint8_t *at = r->p;
    uint8_t byte = wr_read_u8(r);
    unsigned op = wr_op_plain[byte];
    if (WR_LIKELY(op != 0)) return (wr_op)(op - 1);
    if (byte < 0xfb || byte == 0xff)
        wr_reader_fail_at(r, at, "expected an instruction, found unknown opcode 0x%02x", byte);
    return read_prefixed(r, at, byte);
}

static void read_block(wr_reader *r, wr_ins *ins) {
    if (WR_UNLIKELY(wr_at_end(r))) wr_reader_fail_eof(r);
    uint8_t byte = *r->p;
    if (WR_LIKELY(byte == 0x40)) {
        r->p++;
        ins->x = WR_BLOCK_EMPTY;
    } else if (byte >= 0x40 && byte < 0x80) {
        ins->x = WR_BLOCK_VALUE;
        ins->a = wr_valtype_read(r);
    } else {
        const uint8_t *at = r->p;
        int64_t index = wr_read_s33(r);
        if (index < 0 || index > WR_INDEX_MASK)
            wr_reader_fail_at(r, at, "expected a block type, found %lld", (long long)index);
        ins->x = WR_BLOCK_TYPE;
        ins->a = (uint32_t)index;
    }
}

static void read_labels(wr_reader *r, wr_arena *arena, wr_u32s *ext, wr_ins *ins) {
    uint32_t count = wr_read_count(r, 1, "branch targets");
    ins->a = count;
    ins->b = ext->n;
    WR_RESERVE(arena, *ext, (size_t)count + 1);
    for (uint32_t i = 0; i <= count; i++) ext->v[ext->n++] = wr_read_u32(r);
}

static void read_types(wr_reader *r, wr_arena *arena, wr_u32s *ext, wr_ins *ins) {
    uint32_t count = wr_read_count(r, 1, "result types");
    ins->a = count;
    ins->b = ext->n;
    for (uint32_t i = 0; i < count; i++) {
        wr_valtype type = wr_valtype_read(r);
        WR_PUSH(arena, *ext, type);
    }
}

static void read_memarg(wr_reader *r, wr_ins *ins) {
    const uint8_t *at = r->p;
    uint32_t flags = wr_read_u32(r);
    if (WR_UNLIKELY(flags >= 0x80))
        wr_reader_fail_at(r, at, "expected the flags of a memory access, found 0x%x", flags);
    ins->x = flags & 0x3f;
    ins->a = flags & 0x40 ? wr_read_u32(r) : 0;
    ins->b = wr_read_u64(r);
}

static void read_v128(wr_reader *r, wr_arena *arena, wr_u32s *ext, wr_ins *ins) {
    ins->b = ext->n;
    for (int i = 0; i < 4; i++) {
        uint32_t word = wr_read_le32(r);
        WR_PUSH(arena, *ext, word);
    }
}

static void read_cast_flags(wr_reader *r, wr_ins *ins) {
    const uint8_t *at = r->p;
    ins->x = wr_read_u8(r);
    if (ins->x > 3) wr_reader_fail_at(r, at, "expected cast flags 0 to 3, found 0x%02x", ins->x);
}

static void read_heap_pair(wr_reader *r, wr_ins *ins) {
    ins->b = wr_heaptype_read(r);
    ins->b |= (uint64_t)wr_heaptype_read(r) << 32;
}

static void read_catches(wr_reader *r, wr_arena *arena, wr_u32s *ext, wr_ins *ins) {
    uint32_t count = wr_read_count(r, 2, "catches");
    ins->b = ext->n;
    WR_PUSH(arena, *ext, count);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *at = r->p;
        uint32_t kind = wr_read_u8(r);
        if (kind > WR_CATCH_ALL_REF)
            wr_reader_fail_at(r, at, "expected a kind of catch 0 to 3, found 0x%02x", kind);
        WR_RESERVE(arena, *ext, 3);
        ext->v[ext->n++] = kind;
        ext->v[ext->n++] = kind <= WR_CATCH_REF ? wr_read_u32(r) : 0;
        ext->v[ext->n++] = wr_read_u32(r);
    }
}

static void read_handlers(wr_reader *r, wr_arena *arena, wr_u32s *ext, wr_ins *ins) {
    uint32_t tag = ins->op == WR_OP_RESUME_THROW ? wr_read_u32(r) : 0;
    uint32_t count = wr_read_count(r, 2, "handlers");
    ins->b = ext->n;
    WR_PUSH(arena, *ext, count);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *at = r->p;
        uint32_t kind = wr_read_u8(r);
        if (kind > WR_ON_SWITCH)
            wr_reader_fail_at(r, at, "expected a kind of handler 0 or 1, found 0x%02x", kind);
        WR_RESERVE(arena, *ext, 3);
        ext->v[ext->n++] = kind;
        ext->v[ext->n++] = wr_read_u32(r);
        ext->v[ext->n++] = kind == WR_ON_LABEL ? wr_read_u32(r) : 0;
    }
    WR_PUSH(arena, *ext, tag);
}

// The fast ways take numbers in their shortest form only: r->padded tells of others.

// Reads a load or store of memory 0 whose offset takes one byte or two.
static bool read_access(wr_reader *r, wr_ins *ins, const wr_short_form *form) {
    uint8_t flags = r->p[1], low = r->p[2], high = r->p[3];
    if (form->size != WR_ACCESS_SIZE || flags >= 0x40) return false;
    if (low >= 0x80 && (high >= 0x80 || !high)) return false;
    *ins = (wr_ins){.op = form->op, .x = flags, .b = low < 0x80 ? low : (low & 0x7fu) | (uint32_t)high << 7};
    r->p += low < 0x80 ? 3 : 4;
    return true;
}

// Reads an instruction whose index or number takes two bytes.
static bool read_two_bytes(wr_reader *r, wr_ins *ins, const wr_short_form *form) {
    uint32_t low = r->p[1], high = r->p[2], bits = (low & 0x7f) | high << 7;
    if (low < 0x80 || high >= 0x80) return false;
    if (form->index && high) {
        *ins = (wr_ins){.op = form->op, .a = bits};
    } else if (form->number && bits - 64 < 0x4000 - 128) {
        *ins = (wr_ins){.op = form->op, .b = (uint64_t)((int64_t)(bits ^ 0x2000) - 0x2000)};
    } else {
        return false;
    }
    r->p += 3;
    return true;
}

#define READ_index_a ins->a = wr_read_u32(r)
#define READ_index_b ins->b = wr_read_u32(r)
#define READ_block_type read_block(r, ins)
#define READ_labels read_labels(r, arena, ext, ins)
#define READ_types read_types(r, arena, ext, ins)
#define READ_i32 ins->b = (uint64_t)(int64_t)wr_read_s32(r)
#define READ_i64 ins->b = (uint64_t)wr_read_s64(r)
#define READ_f32 ins->b = wr_read_le32(r)
#define READ_f64 ins->b = wr_read_le64(r)
#define READ_v128 read_v128(r, arena, ext, ins)
#define READ_heap ins->a = wr_heaptype_read(r)
#define READ_cast_flags read_cast_flags(r, ins)
#define READ_heap_pair read_heap_pair(r, ins)
#define READ_catches read_catches(r, arena, ext, ins)
#define READ_handlers read_handlers(r, arena, ext, ins)
#define READ_ordering ins->x = wr_read_u8(r)
#define READ_reserved ins->x = wr_read_u8(r)
#define READ_memarg read_memarg(r, ins)
#define READ_lane ins->y = wr_read_u8(r)

static __attribute__((noinline)) void read_any(wr_reader *r, wr_arena *arena, wr_u32s *ext, wr_ins *ins) {
    wr_op op = read_op(r);
    *ins = (wr_ins){.op = (uint16_t)op};
    switch ((wr_imm)wr_opinfos[op].imm) {
#define FIELD(name) READ_##name;
#define IMM(kind, a, b, labels, words, types, fields) \
    case WR_IMM_##kind: \
        fields break;
#include "immediates.def"
#undef IMM
#undef FIELD
    }
}

void wr_ins_read_long(wr_reader *r, wr_arena *arena, wr_u32s *ext, wr_ins *ins) {
    if (WR_LIKELY(wr_left(r) >= 4)) {
        const wr_short_form *form = &wr_op_short_forms[r->p[0]];
        if (read_access(r, ins, form) || read_two_bytes(r, ins, form)) return;
    }
    read_any(r, arena, ext, ins);
}

uint32_t wr_ins_read_locals(wr_reader *r, wr_arena *arena, wr_local_runs *runs) {
    runs->n = 0;
    uint64_t total = 0;
    uint32_t count = wr_read_count(r, 2, "local declarations");
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *at = r->p;
        wr_local_run run = {.n = wr_read_u32(r)};
        run.type = wr_valtype_read(r);
        total += run.n;
        if (total > UINT32_MAX) wr_reader_fail_at(r, at, "too many locals: %llu", (unsigned long long)total);
        WR_PUSH(arena, *runs, run);
    }
    return (uint32_t)total;
}

wr_reader wr_ins_reader(wr_env *env, wr_slice body, uint64_t offset) {
    wr_reader r = wr_reader_of(env, body, offset);
    wr_local_runs runs = {0};
    wr_ins_read_locals(&r, &env->temp, &runs);
    return r;
}
