// Writes single instructions and measures them: each field of immediates.def.
#include "ins.h"

// --- Writing ---

static void write_block(wr_buf *b, const wr_ins *ins) {
    if (ins->x == WR_BLOCK_EMPTY)
        wr_put_u8(b, 0x40);
    else if (ins->x == WR_BLOCK_VALUE)
        wr_valtype_write(b, ins->a);
    else
        wr_put_sleb(b, ins->a);
}

static void write_memarg(wr_buf *b, const wr_ins *ins) {
    wr_put_u8(b, (uint8_t)(ins->x | (ins->a ? 0x40 : 0)));
    if (ins->a) wr_put_uleb(b, ins->a);
    wr_put_uleb(b, ins->b);
}

static void write_labels(wr_buf *b, const wr_ins *ins, const uint32_t *labels) {
    wr_put_uleb(b, ins->a);
    for (uint32_t i = 0; i <= ins->a; i++) wr_put_uleb(b, labels[i]);
}

static void write_types(wr_buf *b, const wr_ins *ins, const wr_valtype *types) {
    wr_put_uleb(b, ins->a);
    for (uint32_t i = 0; i < ins->a; i++) wr_valtype_write(b, types[i]);
}

static void write_heap_pair(wr_buf *b, const wr_ins *ins) {
    wr_heaptype_write(b, (uint32_t)ins->b);
    wr_heaptype_write(b, (uint32_t)(ins->b >> 32));
}

static void write_catches(wr_buf *b, const uint32_t *words) {
    uint32_t count = *words++;
    wr_put_uleb(b, count);
    for (uint32_t i = 0; i < count; i++, words += 3) {
        wr_put_u8(b, (uint8_t)words[0]);
        if (words[0] <= WR_CATCH_REF) wr_put_uleb(b, words[1]);
        wr_put_uleb(b, words[2]);
    }
}

static void write_handlers(wr_buf *b, const wr_ins *ins, const uint32_t *words) {
    uint32_t count = *words++;
    if (ins->op == WR_OP_RESUME_THROW) wr_put_uleb(b, words[3 * count]);
    wr_put_uleb(b, count);
    for (uint32_t i = 0; i < count; i++, words += 3) {
        wr_put_u8(b, (uint8_t)words[0]);
        wr_put_uleb(b, words[1]);
        if (words[0] == WR_ON_LABEL) wr_put_uleb(b, words[2]);
    }
}

static void write_words(wr_buf *b, const uint32_t *words) {
    for (int i = 0; i < 4; i++) wr_put_le32(b, words[i]);
}

#define WRITE_index_a wr_put_uleb(b, ins->a)
#define WRITE_index_b wr_put_uleb(b, ins->b)
#define WRITE_block_type write_block(b, ins)
#define WRITE_labels write_labels(b, ins, ext + ins->b)
#define WRITE_types write_types(b, ins, ext + ins->b)
#define WRITE_i32 wr_put_sleb(b, (int64_t)ins->b)
#define WRITE_i64 wr_put_sleb(b, (int64_t)ins->b)
#define WRITE_f32 wr_put_le32(b, (uint32_t)ins->b)
#define WRITE_f64 wr_put_le64(b, ins->b)
#define WRITE_v128 write_words(b, ext + ins->b)
#define WRITE_heap wr_heaptype_write(b, ins->a)
#define WRITE_cast_flags wr_put_u8(b, ins->x)
#define WRITE_heap_pair write_heap_pair(b, ins)
#define WRITE_catches write_catches(b, ext + ins->b)
#define WRITE_handlers write_handlers(b, ins, ext + ins->b)
#define WRITE_ordering wr_put_u8(b, ins->x)
#define WRITE_reserved wr_put_u8(b, ins->x)
#define WRITE_memarg write_memarg(b, ins)
#define WRITE_lane wr_put_u8(b, ins->y)

static void write_immediates(wr_buf *b, const wr_ins *ins, const uint32_t *ext, unsigned imm) {
    switch ((wr_imm)imm) {
#define FIELD(name) WRITE_##name;
#define IMM(kind, a, b, labels, words, types, fields) \
    case WR_IMM_##kind: \
        fields break;
#include "immediates.def"
#undef IMM
#undef FIELD
    }
}

// Writes a load or store of memory 0 whose offset takes one byte or two.
static bool write_access(wr_buf *b, const wr_ins *ins, const wr_opinfo *info, const wr_short_form *form) {
    if (form->size != WR_ACCESS_SIZE || ins->a || ins->b >= 0x4000) return false;
    uint8_t *out = b->p + b->n;
    bool two = ins->b >= 0x80;
    out[0] = (uint8_t)info->code;
    out[1] = ins->x;
    out[2] = (uint8_t)((ins->b & 0x7f) | (two ? 0x80 : 0));
    out[3] = (uint8_t)(ins->b >> 7);
    b->n += two ? 4 : 3;
    return true;
}

// Writes an instruction whose index or number takes two bytes.
static bool write_two_bytes(wr_buf *b, const wr_ins *ins, const wr_opinfo *info, const wr_short_form *form) {
    uint32_t bits;
    if (form->index && ins->a - 0x80 < 0x4000 - 0x80)
        bits = ins->a;
    else if (form->number && ins->b + 0x2000 < 0x4000 && ins->b + 64 >= 128)
        bits = (uint32_t)ins->b & 0x3fff;
    else
        return false;
    uint8_t *out = b->p + b->n;
    out[0] = (uint8_t)info->code;
    out[1] = (uint8_t)(bits | 0x80);
    out[2] = (uint8_t)(bits >> 7);
    b->n += 3;
    return true;
}

static __attribute__((noinline)) void write_any(wr_buf *b, const wr_ins *ins, const uint32_t *ext) {
    const wr_opinfo *info = &wr_opinfos[ins->op];
    if (info->prefix) {
        wr_put_u8(b, info->prefix);
        wr_put_uleb(b, info->code);
    } else {
        wr_put_u8(b, (uint8_t)info->code);
    }
    if (info->imm != WR_IMM_NONE) write_immediates(b, ins, ext, info->imm);
}

void wr_ins_write_long(wr_buf *b, const wr_ins *ins, const uint32_t *ext) {
    const wr_opinfo *info = &wr_opinfos[ins->op];
    const wr_short_form *form = &wr_op_short_forms[(uint8_t)info->code];
    wr_buf_room(b, 4);
    if (!info->prefix && (write_access(b, ins, info, form) || write_two_bytes(b, ins, info, form))) return;
    write_any(b, ins, ext);
}

// --- Sizes ---

static size_t block_size(const wr_ins *ins) {
    if (ins->x == WR_BLOCK_EMPTY) return 1;
    return ins->x == WR_BLOCK_VALUE ? wr_valtype_size(ins->a) : wr_sleb_size(ins->a);
}

static size_t memarg_size(const wr_ins *ins) {
    return 1 + (ins->a ? wr_uleb_size(ins->a) : 0) + wr_uleb_size(ins->b);
}

static size_t catches_size(const uint32_t *words) {
    uint32_t count = *words++;
    size_t n = wr_uleb_size(count);
    for (uint32_t i = 0; i < count; i++, words += 3)
        n += 1 + (words[0] <= WR_CATCH_REF ? wr_uleb_size(words[1]) : 0) + wr_uleb_size(words[2]);
    return n;
}

static size_t handlers_size(const wr_ins *ins, const uint32_t *words) {
    uint32_t count = *words++;
    size_t n = wr_uleb_size(count);
    if (ins->op == WR_OP_RESUME_THROW) n += wr_uleb_size(words[3 * count]);
    for (uint32_t i = 0; i < count; i++, words += 3)
        n += 1 + wr_uleb_size(words[1]) + (words[0] == WR_ON_LABEL ? wr_uleb_size(words[2]) : 0);
    return n;
}

static size_t labels_size(const wr_ins *ins, const uint32_t *labels) {
    size_t n = wr_uleb_size(ins->a);
    for (uint32_t i = 0; i <= ins->a; i++) n += wr_uleb_size(labels[i]);
    return n;
}

static size_t types_size(const wr_ins *ins, const wr_valtype *types) {
    size_t n = wr_uleb_size(ins->a);
    for (uint32_t i = 0; i < ins->a; i++) n += wr_valtype_size(types[i]);
    return n;
}

static size_t heap_pair_size(const wr_ins *ins) {
    return wr_heaptype_size((uint32_t)ins->b) + wr_heaptype_size((uint32_t)(ins->b >> 32));
}

#define SIZE_index_a wr_uleb_size(ins->a)
#define SIZE_index_b wr_uleb_size(ins->b)
#define SIZE_block_type block_size(ins)
#define SIZE_labels labels_size(ins, ext + ins->b)
#define SIZE_types types_size(ins, ext + ins->b)
#define SIZE_i32 wr_sleb_size((int64_t)ins->b)
#define SIZE_i64 wr_sleb_size((int64_t)ins->b)
#define SIZE_f32 4
#define SIZE_f64 8
#define SIZE_v128 16
#define SIZE_heap wr_heaptype_size(ins->a)
#define SIZE_cast_flags 1
#define SIZE_heap_pair heap_pair_size(ins)
#define SIZE_catches catches_size(ext + ins->b)
#define SIZE_handlers handlers_size(ins, ext + ins->b)
#define SIZE_ordering 1
#define SIZE_reserved 1
#define SIZE_memarg memarg_size(ins)
#define SIZE_lane 1

static size_t immediates_size(const wr_ins *ins, const uint32_t *ext, unsigned imm) {
    switch ((wr_imm)imm) {
#define FIELD(name) +SIZE_##name
#define IMM(kind, a, b, labels, words, types, fields) \
    case WR_IMM_##kind: \
        return 0 fields;
#include "immediates.def"
#undef IMM
#undef FIELD
    }
    return 0;
}

size_t wr_ins_size(const wr_ins *ins, const uint32_t *ext) {
    const wr_opinfo *info = &wr_opinfos[ins->op];
    uint8_t bytes[2];
    const uint8_t *end = wr_put_short_ins(bytes, ins);
    if (end) return (size_t)(end - bytes);
    size_t n = info->prefix ? 1 + wr_uleb_size(info->code) : 1;
    return n + immediates_size(ins, ext, info->imm);
}
