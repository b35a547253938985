// Prints one instruction a line, indented by nesting, with the names of the text format.
#include "dump.h"

#include <inttypes.h>
#include <stdarg.h>

#include "body.h"
#include "support/floats.h"

__attribute__((format(printf, 2, 3))) static void put(wr_buf *out, const char *format, ...) {
    char text[160];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n > 0) wr_put_bytes(out, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

static void put_heaptype(wr_buf *out, wr_heaptype heap) {
    static const char *const names[] = {"func",     "extern", "any",  "eq",     "i31",
                                        "struct",   "array",  "exn",  "none",   "nofunc",
                                        "noextern", "noexn",  "cont", "nocont", "bottom"};
    if (wr_is_concrete(heap))
        put(out, wr_is_exact(heap) ? "(exact %u)" : "%u", wr_type_index(heap));
    else
        put(out, heap & WR_SHARED ? "(shared %s)" : "%s", names[wr_heap_kind(heap)]);
}

static void put_valtype(wr_buf *out, wr_valtype type) {
    static const char *const names[] = {"bottom", "i32", "i64", "f32", "f64", "v128", "i8", "i16"};
    if (!wr_is_ref(type)) {
        put(out, "%s", names[type]);
        return;
    }
    put(out, wr_is_nullable(type) ? "(ref null " : "(ref ");
    put_heaptype(out, wr_heap_of(type));
    put(out, ")");
}

static void put_values(wr_buf *out, const char *what, const wr_valtype *values, uint32_t n) {
    if (!n) return;
    put(out, " (%s", what);
    for (uint32_t i = 0; i < n; i++) {
        put(out, " ");
        put_valtype(out, values[i]);
    }
    put(out, ")");
}

static void put_block(wr_buf *out, const wr_ins *ins) {
    if (ins->x == WR_BLOCK_VALUE) put_values(out, "result", &ins->a, 1);
    if (ins->x == WR_BLOCK_TYPE) put(out, " (type %u)", ins->a);
}

static void put_float(wr_buf *out, const wr_ins *ins, bool is_double) {
    put(out, " %.17g ;; bits 0x%" PRIx64, is_double ? wr_f64_of(ins->b) : (double)wr_f32_of((uint32_t)ins->b),
        ins->b);
}

static void put_memarg(wr_buf *out, const wr_ins *ins) {
    unsigned imm = wr_opinfos[ins->op].imm;
    if (ins->a) put(out, " %u", ins->a);
    if (ins->b) put(out, " offset=%" PRIu64, ins->b);
    if (ins->x != wr_natural_align(imm)) put(out, " align=%u", 1u << ins->x);
}

static void put_catches(wr_buf *out, const uint32_t *words) {
    static const char *const kinds[] = {"catch", "catch_ref", "catch_all", "catch_all_ref"};
    uint32_t count = *words++;
    for (uint32_t i = 0; i < count; i++, words += 3) {
        put(out, " (%s", kinds[words[0]]);
        if (words[0] <= WR_CATCH_REF) put(out, " %u", words[1]);
        put(out, " %u)", words[2]);
    }
}

static void put_handlers(wr_buf *out, const wr_ins *ins, const uint32_t *words) {
    uint32_t count = *words++;
    if (ins->op == WR_OP_RESUME_THROW) put(out, " %u", words[3 * count]);
    for (uint32_t i = 0; i < count; i++, words += 3)
        if (words[0] == WR_ON_LABEL)
            put(out, " (on %u %u)", words[1], words[2]);
        else
            put(out, " (on %u switch)", words[1]);
}

static void put_words(wr_buf *out, const uint32_t *words, uint32_t n, const char *format) {
    for (uint32_t i = 0; i < n; i++) put(out, format, words[i]);
}

static void put_heap(wr_buf *out, const wr_ins *ins) {
    put(out, " ");
    put_heaptype(out, ins->a);
}

static void put_heap_pair(wr_buf *out, const wr_ins *ins) {
    put(out, " ");
    put_heaptype(out, (uint32_t)ins->b);
    put(out, " ");
    put_heaptype(out, (uint32_t)(ins->b >> 32));
}

#define PUT_index_a put(out, " %u", ins->a)
#define PUT_index_b put(out, " %" PRIu64, ins->b)
#define PUT_block_type put_block(out, ins)
#define PUT_labels put_words(out, ext + ins->b, ins->a + 1, " %u")
#define PUT_types put_values(out, "result", ext + ins->b, ins->a)
#define PUT_i32 put(out, " %" PRId64, (int64_t)ins->b)
#define PUT_i64 put(out, " %" PRId64, (int64_t)ins->b)
#define PUT_f32 put_float(out, ins, false)
#define PUT_f64 put_float(out, ins, true)
#define PUT_v128 put_words(out, ext + ins->b, 4, " 0x%08x")
#define PUT_heap put_heap(out, ins)
#define PUT_cast_flags put(out, " flags=%u", ins->x)
#define PUT_heap_pair put_heap_pair(out, ins)
#define PUT_catches put_catches(out, ext + ins->b)
#define PUT_handlers put_handlers(out, ins, ext + ins->b)
#define PUT_ordering put(out, ins->x ? " acqrel" : " seqcst")
#define PUT_reserved (void)ins
#define PUT_memarg put_memarg(out, ins)
#define PUT_lane put(out, " %u", ins->y)

static void put_ins(wr_buf *out, const wr_ins *ins, const uint32_t *ext) {
    put(out, "%s", wr_opinfos[ins->op].text);
    switch ((wr_imm)wr_opinfos[ins->op].imm) {
#define FIELD(name) PUT_##name;
#define IMM(kind, a, b, labels, words, types, fields) \
    case WR_IMM_##kind: \
        fields break;
#include "immediates.def"
#undef IMM
#undef FIELD
    }
    put(out, "\n");
}

static bool closes(unsigned op) { return wr_closes_block(op) || wr_begins_arm(op); }

// Deeper nesting is printed with this indentation.
#define MAX_INDENT 60

static void put_instructions(wr_buf *out, const wr_body *body) {
    uint32_t depth = 1;
    for (uint32_t i = 0; i < body->n; i++) {
        const wr_ins *ins = &body->ins[i];
        if (closes(ins->op) && depth > 0) depth--;
        put(out, "%*s", (int)(2 * (depth < MAX_INDENT ? depth : MAX_INDENT)), "");
        put_ins(out, ins, body->ext.v);
        if (wr_opens_block(ins->op) || wr_begins_arm(ins->op)) depth++;
    }
}

void wr_dump_func(wr_env *env, const wr_module *m, uint32_t func, wr_buf *out) {
    const wr_type *type = wr_func_type(m, func);
    put(out, "(func %u (type %u)", func, m->funcs[func].type);
    put_values(out, "param", type->values, type->nparams);
    put_values(out, "result", type->values + type->nparams, type->nresults);
    if (m->funcs[func].import != WR_NONE) {
        put(out, " import)\n");
        return;
    }
    put(out, "\n");
    wr_body body;
    wr_body_decode(env, &env->temp, m, func, &body);
    for (uint32_t i = 0; i < body.runs.n; i++) {
        put(out, "  (local ");
        put_valtype(out, body.runs.v[i].type);
        put(out, " * %u)\n", body.runs.v[i].n);
    }
    put_instructions(out, &body);
    put(out, ")\n");
}

void wr_dump_module(wr_env *env, const wr_module *m, wr_buf *out) {
    for (uint32_t i = 0; i < m->nglobals; i++) {
        if (!m->globals[i].live) continue;
        put(out, "(global %u %s", i, m->globals[i].mutable ? "mut " : "");
        put_valtype(out, m->globals[i].type);
        put(out, ")\n");
    }
    for (uint32_t i = 0; i < m->nelems; i++)
        if (m->elems[i].live)
            put(out, "(elem %u mode=%u count=%u)\n", i, m->elems[i].mode, m->elems[i].count);
    for (uint32_t i = 0; i < m->ndatas; i++)
        if (m->datas[i].live)
            put(out, "(data %u mode=%u bytes=%zu)\n", i, m->datas[i].mode, m->datas[i].bytes.n);
    for (uint32_t i = 0; i < m->nfuncs; i++)
        if (m->funcs[i].live) wr_dump_func(env, m, i, out);
}
