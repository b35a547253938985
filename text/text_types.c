// Types in the text format: value types, heap types, definitions.
#include <stdarg.h>

#include "text_parts.h"

void wr_text_put(wr_text_writer *w, const char *format, ...) {
    va_list args;
    va_start(args, format);
    wr_put_format_v(w->out, format, args);
    va_end(args);
}

void wr_text_heaptype(wr_text_writer *w, wr_heaptype heap) {
    static const char *const names[] = {"func", "extern", "any",    "eq",       "i31",   "struct", "array",
                                        "exn",  "none",   "nofunc", "noextern", "noexn", "cont",   "nocont"};
    if (!wr_is_concrete(heap))
        wr_text_put(w, heap & WR_SHARED ? "(shared %s)" : "%s", names[wr_heap_kind(heap)]);
    else if (wr_is_exact(heap))
        wr_text_put(w, "(exact %u)", wr_type_index(heap));
    else
        wr_text_put(w, "%u", wr_type_index(heap));
}

void wr_text_valtype(wr_text_writer *w, wr_valtype type) {
    static const char *const numbers[] = {"?", "i32", "i64", "f32", "f64", "v128", "i8", "i16"};
    if (!wr_is_ref(type)) {
        wr_text_put(w, "%s", numbers[type]);
    } else if (type == WR_FUNCREF || type == WR_EXTERNREF) {
        wr_text_put(w, "%s", type == WR_FUNCREF ? "funcref" : "externref"); // all that old readers know
    } else {
        wr_text_put(w, wr_is_nullable(type) ? "(ref null " : "(ref ");
        wr_text_heaptype(w, wr_heap_of(type));
        wr_text_put(w, ")");
    }
}

void wr_text_values(wr_text_writer *w, const char *what, const wr_valtype *types, uint32_t n) {
    if (!n) return;
    wr_text_put(w, " (%s", what);
    for (uint32_t i = 0; i < n; i++) {
        wr_text_put(w, " ");
        wr_text_valtype(w, types[i]);
    }
    wr_text_put(w, ")");
}

static void put_signature(wr_text_writer *w, const wr_type *type) {
    wr_text_values(w, "param", type->values, type->nparams);
    wr_text_values(w, "result", type->values + type->nparams, type->nresults);
}

void wr_text_type_use(wr_text_writer *w, uint32_t type) {
    wr_text_put(w, " (type %u)", type);
    put_signature(w, &w->m->types[type]);
}

void wr_text_func_type(wr_text_writer *w, uint32_t type) {
    const wr_type *t = &w->m->types[type];
    if (!w->locals) {
        wr_text_type_use(w, type);
        return;
    }
    wr_text_put(w, " (type %u)", type);
    for (uint32_t i = 0; i < t->nparams; i++) wr_text_named(w, "param", i, t->values[i]);
    wr_text_values(w, "result", t->values + t->nparams, t->nresults);
}

static void put_field(wr_text_writer *w, const wr_field *field) {
    if (field->mutable) wr_text_put(w, "(mut ");
    wr_text_valtype(w, field->type);
    if (field->mutable) wr_text_put(w, ")");
}

static void put_composite(wr_text_writer *w, const wr_type *type) {
    switch (type->kind) {
    case WR_TYPE_FUNC:
        wr_text_put(w, "(func");
        put_signature(w, type);
        break;
    case WR_TYPE_STRUCT:
        wr_text_put(w, "(struct");
        for (uint32_t i = 0; i < type->nparams; i++) {
            wr_text_put(w, " (field ");
            put_field(w, &type->fields[i]);
            wr_text_put(w, ")");
        }
        break;
    case WR_TYPE_ARRAY:
        wr_text_put(w, "(array ");
        put_field(w, &type->fields[0]);
        break;
    default: wr_text_put(w, "(cont %u", wr_type_index(type->fields[0].type));
    }
    wr_text_put(w, ")");
}

static void put_type(wr_text_writer *w, uint32_t index, const char *indent) {
    const wr_type *type = &w->m->types[index];
    bool is_plain = type->is_final && type->super == WR_NONE;
    wr_text_put(w, "%s(type (;%u;) ", indent, index);
    if (!is_plain) wr_text_put(w, type->is_final ? "(sub final " : "(sub ");
    if (type->super != WR_NONE) wr_text_put(w, "%u ", type->super);
    if (type->describes != WR_NONE) wr_text_put(w, "(describes %u) ", type->describes);
    if (type->descriptor != WR_NONE) wr_text_put(w, "(descriptor %u) ", type->descriptor);
    if (type->is_shared) wr_text_put(w, "(shared ");
    put_composite(w, type);
    if (type->is_shared) wr_text_put(w, ")");
    wr_text_put(w, is_plain ? ")\n" : "))\n");
}

void wr_text_types(wr_text_writer *w) {
    for (uint32_t i = 0; i < w->m->ngroups; i++) {
        const wr_group *group = &w->m->groups[i];
        bool bracket = group->is_explicit || group->count != 1;
        if (bracket) wr_text_put(w, "  (rec\n");
        for (uint32_t k = 0; k < group->count; k++) put_type(w, group->first + k, bracket ? "    " : "  ");
        if (bracket) wr_text_put(w, "  )\n");
    }
}
