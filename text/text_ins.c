// One instruction in the text format.
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "support/floats.h"
#include "text_parts.h"

// --- Numbers ---

// A library can't know the program's locale, which may want a comma in numbers.
static void put_decimal(wr_text_writer *w, char *text) {
    for (char *p = text; *p; p++)
        if (*p == ',') *p = '.';
    wr_text_put(w, "%s", text);
}

// The shortest decimal that reads back to the same value; NaNs by their payload.
static void put_f32(wr_text_writer *w, uint32_t bits) {
    float x = wr_f32_of(bits);
    if (isnan(x)) {
        wr_text_put(w, "%snan:0x%x", bits >> 31 ? "-" : "", bits & 0x7fffff);
        return;
    }
    char text[40];
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, (double)x);
        if (wr_f32_bits(strtof(text, NULL)) == bits) break;
    }
    put_decimal(w, text);
}

static void put_f64(wr_text_writer *w, uint64_t bits) {
    double x = wr_f64_of(bits);
    if (isnan(x)) {
        wr_text_put(w, "%snan:0x%" PRIx64, bits >> 63 ? "-" : "", bits & 0xfffffffffffff);
        return;
    }
    char text[40];
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x);
        if (wr_f64_bits(strtod(text, NULL)) == bits) break;
    }
    put_decimal(w, text);
}

// --- Immediates ---

static void put_block(wr_text_writer *w, const wr_ins *ins) {
    if (ins->x == WR_BLOCK_VALUE) wr_text_values(w, "result", &ins->a, 1);
    if (ins->x == WR_BLOCK_TYPE) wr_text_type_use(w, ins->a);
}

static void put_memarg(wr_text_writer *w, const wr_ins *ins) {
    unsigned imm = wr_opinfos[ins->op].imm;
    if (ins->a) wr_text_put(w, " %u", ins->a);
    if (ins->b) wr_text_put(w, " offset=%" PRIu64, ins->b);
    if (ins->x != wr_natural_align(imm)) wr_text_put(w, " align=%" PRIu64, (uint64_t)1 << ins->x);
}

static void put_index(wr_text_writer *w, void (*put)(wr_text_writer *w, uint32_t index), uint32_t index) {
    wr_text_put(w, " ");
    put(w, index);
}

static void put_catches(wr_text_writer *w, const uint32_t *words) {
    static const char *const kinds[] = {"catch", "catch_ref", "catch_all", "catch_all_ref"};
    uint32_t count = *words++;
    for (uint32_t i = 0; i < count; i++, words += 3) {
        wr_text_put(w, " (%s", kinds[words[0]]);
        if (words[0] <= WR_CATCH_REF) wr_text_put(w, " %u", words[1]);
        put_index(w, wr_text_label, words[2]);
        wr_text_put(w, ")");
    }
}

static void put_handlers(wr_text_writer *w, const wr_ins *ins, const uint32_t *words) {
    uint32_t count = *words++;
    if (ins->op == WR_OP_RESUME_THROW) wr_text_put(w, " %u", words[3 * count]);
    for (uint32_t i = 0; i < count; i++, words += 3) {
        wr_text_put(w, " (on %u ", words[1]);
        if (words[0] == WR_ON_LABEL)
            wr_text_label(w, words[2]);
        else
            wr_text_put(w, "switch");
        wr_text_put(w, ")");
    }
}

static void put_shuffle(wr_text_writer *w, const uint32_t *words) {
    for (unsigned i = 0; i < 16; i++) wr_text_put(w, " %u", words[i / 4] >> (8 * (i % 4)) & 0xff);
}

static void put_reftype(wr_text_writer *w, wr_heaptype heap, bool nullable) {
    wr_text_put(w, nullable ? " (ref null " : " (ref ");
    wr_text_heaptype(w, heap);
    wr_text_put(w, ")");
}

static void put_heap(wr_text_writer *w, const wr_ins *ins) {
    if (ins->op == WR_OP_REF_NULL) {
        wr_text_put(w, " ");
        wr_text_heaptype(w, ins->a);
    } else {
        bool nullable = ins->op == WR_OP_REF_TEST_NULL || ins->op == WR_OP_REF_CAST_NULL ||
                        ins->op == WR_OP_REF_CAST_DESC_EQ_NULL;
        put_reftype(w, ins->a, nullable);
    }
}

static void put_heap_pair(wr_text_writer *w, const wr_ins *ins) {
    put_reftype(w, (uint32_t)ins->b, ins->x & WR_CAST_FROM_NULL);
    put_reftype(w, (uint32_t)(ins->b >> 32), ins->x & WR_CAST_TO_NULL);
}

static void put_labels(wr_text_writer *w, const wr_ins *ins, const uint32_t *labels) {
    for (uint32_t i = 0; i <= ins->a; i++) put_index(w, wr_text_label, labels[i]);
}

static void put_float(wr_text_writer *w, const wr_ins *ins, bool is_double) {
    wr_text_put(w, " ");
    if (is_double)
        put_f64(w, ins->b);
    else
        put_f32(w, (uint32_t)ins->b);
}

static void put_v128(wr_text_writer *w, const uint32_t *words) {
    wr_text_put(w, " i32x4 0x%08x 0x%08x 0x%08x 0x%08x", words[0], words[1], words[2], words[3]);
}

#define PUT_index_a wr_text_put(w, " %u", ins->a)
#define PUT_index_b wr_text_put(w, " %u", (uint32_t)ins->b)
#define PUT_block_type put_block(w, ins)
#define PUT_labels put_labels(w, ins, ext + ins->b)
#define PUT_types wr_text_values(w, "result", ext + ins->b, ins->a)
#define PUT_i32 wr_text_put(w, " %" PRId32, (int32_t)ins->b)
#define PUT_i64 wr_text_put(w, " %" PRId64, (int64_t)ins->b)
#define PUT_f32 put_float(w, ins, false)
#define PUT_f64 put_float(w, ins, true)
#define PUT_v128 put_v128(w, ext + ins->b)
#define PUT_heap put_heap(w, ins)
#define PUT_cast_flags (void)ins
#define PUT_heap_pair put_heap_pair(w, ins)
#define PUT_catches put_catches(w, ext + ins->b)
#define PUT_handlers put_handlers(w, ins, ext + ins->b)
#define PUT_ordering wr_text_put(w, ins->x ? " acqrel" : " seqcst")
#define PUT_reserved (void)ins
#define PUT_memarg put_memarg(w, ins)
#define PUT_lane wr_text_put(w, " %u", ins->y)

static void put_fields(wr_text_writer *w, const wr_ins *ins, const uint32_t *ext, unsigned imm) {
    switch ((wr_imm)imm) {
#define FIELD(name) PUT_##name;
#define IMM(kind, a, b, labels, words, types, fields) \
    case WR_IMM_##kind: \
        fields break;
#include "ir/immediates.def"
#undef IMM
#undef FIELD
    }
}

// Tables and memories are left out where they are the first: old readers know only that.
static void put_two(wr_text_writer *w, uint32_t a, uint32_t b) {
    if (a || b) wr_text_put(w, " %u %u", a, b);
}

// Most immediates stand in text as they are encoded; here are those that don't.
static void put_immediates(wr_text_writer *w, const wr_ins *ins, const uint32_t *ext, unsigned imm) {
    uint32_t b = (uint32_t)ins->b;
    switch (imm) {
    case WR_IMM_MEMORY: // WABT wants the index of a table also where it is 0
        if (ins->a) wr_text_put(w, " %u", ins->a);
        break;
    case WR_IMM_FUNC:
    case WR_IMM_FUNCREF: put_index(w, wr_text_func, ins->a); break;
    case WR_IMM_LOCAL: put_index(w, wr_text_local, ins->a); break;
    case WR_IMM_LABEL: put_index(w, wr_text_label, ins->a); break;
    case WR_IMM_CAST:
        put_index(w, wr_text_label, ins->a);
        put_heap_pair(w, ins);
        break;
    case WR_IMM_TYPE_TABLE:
        if (b) wr_text_put(w, " %u", b);
        wr_text_type_use(w, ins->a);
        break;
    case WR_IMM_SHUFFLE: put_shuffle(w, ext + b); break;
    case WR_IMM_MEMORY_MEMORY:
    case WR_IMM_TABLE_TABLE: put_two(w, ins->a, b); break;
    case WR_IMM_DATA_MEMORY:
    case WR_IMM_ELEM_TABLE: // the memory or table comes first in text
        if (b) wr_text_put(w, " %u", b);
        wr_text_put(w, " %u", ins->a);
        break;
    default: put_fields(w, ins, ext, imm);
    }
}

void wr_text_ins(wr_text_writer *w, const wr_ins *ins, const uint32_t *ext, wr_slice label) {
    const wr_opinfo *info = &wr_opinfos[ins->op];
    size_t n = strcspn(info->text, " "); // some have a second word, which the immediates say in text
    wr_put_bytes(w->out, info->text, n);
    if (label.n) wr_text_put(w, " "), wr_put_slice(w->out, label);
    put_immediates(w, ins, ext, info->imm);
}

void wr_text_constant(wr_text_writer *w, wr_slice code) {
    wr_reader r = wr_reader_of(w->env, code, 0);
    wr_u32s ext = {0};
    wr_ins ins;
    for (bool first = true;; first = false) {
        ext.n = 0;
        wr_ins_read(&r, &w->env->temp, &ext, &ins);
        if (ins.op == WR_OP_END) return;
        wr_text_put(w, first ? "(" : " (");
        wr_text_ins(w, &ins, ext.v, (wr_slice){0});
        wr_text_put(w, ")");
    }
}
