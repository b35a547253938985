// Lists imports by how often they are called: counts call sites, and with a profile also calls. Without a
// profile, call sites inside loops are listed first, since each crossing between WebAssembly and
// JavaScript costs more than a call.
#include "boundary.h"

#include <stdlib.h>

#include "support/format.h"

enum { NAME_WIDTH = 64 };

// --- Signatures ---

static const char *type_word(wr_valtype type) {
    switch (type) {
    case WR_I32: return "i32";
    case WR_I64: return "i64";
    case WR_F32: return "f32";
    case WR_F64: return "f64";
    case WR_V128: return "v128";
    default: return type == WR_EXTERNREF ? "externref" : type == WR_FUNCREF ? "funcref" : "ref";
    }
}

wr_slice wr_boundary_signature(wr_arena *arena, const wr_type *type) {
    wr_buf b = wr_buf_in(arena);
    wr_put_format(&b, "(");
    for (uint32_t i = 0; i < type->nparams; i++)
        wr_put_format(&b, "%s%s", i ? ", " : "", type_word(type->values[i]));
    wr_put_format(&b, ")%s", type->nresults ? " -> " : "");
    for (uint32_t i = 0; i < type->nresults; i++)
        wr_put_format(&b, "%s%s", i ? ", " : "", type_word(type->values[type->nparams + i]));
    return wr_buf_slice(&b);
}

static uint32_t traffic_of(const wr_type *type) {
    uint32_t bytes = 0;
    for (uint32_t i = 0; i < type->nparams + type->nresults; i++) {
        wr_valtype value = type->values[i];
        bytes += value == WR_I32 || value == WR_F32 ? 4 : value == WR_V128 ? 16 : 8;
    }
    return bytes;
}

// --- Imports ---

static int by_use(const void *a, const void *b) {
    const wr_import_use *x = a, *y = b;
    if (x->calls != y->calls) return x->calls < y->calls ? 1 : -1;
    if (x->loop_sites != y->loop_sites) return x->loop_sites < y->loop_sites ? 1 : -1;
    if (x->sites != y->sites) return x->sites < y->sites ? 1 : -1;
    return x->func < y->func ? -1 : x->func > y->func;
}

wr_import_use *wr_import_uses(wr_env *env, const wr_audit *a) {
    wr_import_use *uses = WR_NEW0(&env->perm, wr_import_use, a->m.nfunc_imports);
    for (uint32_t i = 0; i < a->m.nfunc_imports; i++)
        uses[i] = (wr_import_use){
            .func = i, .traffic = traffic_of(wr_func_type(&a->m, i)), .calls = a->calls ? a->calls[i] : 0};
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++) {
        const wr_body_stats *facts = &a->sweep.facts[f];
        for (uint32_t i = 0; i < facts->nimport_calls; i++) {
            wr_import_use *use = &uses[facts->import_calls[i].import];
            use->sites += facts->import_calls[i].sites;
            use->loop_sites += facts->import_calls[i].loop_sites;
            use->callers++;
        }
    }
    if (a->m.nfunc_imports) qsort(uses, a->m.nfunc_imports, sizeof *uses, by_use);
    return uses;
}

// With a profile, what ran; else the places in the code.
static void write_imports_heading(wr_page *page, const wr_audit *a, const wr_import_use *uses) {
    uint64_t sites = 0, loop_sites = 0, calls = 0;
    for (uint32_t i = 0; i < a->m.nfunc_imports; i++)
        sites += uses[i].sites, loop_sites += uses[i].loop_sites, calls += uses[i].calls;
    if (a->calls)
        wr_page_heading(page, "Imported functions: %u, called %s times, from %s places", a->m.nfunc_imports,
                        wr_format_thousands(calls).s, wr_format_thousands(sites).s);
    else
        wr_page_heading(page, "Imported functions: %u, called at %s places, %s of them in loops",
                        a->m.nfunc_imports, wr_format_thousands(sites).s, wr_format_thousands(loop_sites).s);
}

static void write_imports(wr_page *page, const wr_audit *a, uint32_t top) {
    wr_import_use *uses = wr_import_uses(page->env, a);
    uint32_t n = a->m.nfunc_imports;
    write_imports_heading(page, a, uses);
    const char *heads = ">calls|>places|>in loops|>callers|>bytes a call|import|signature";
    wr_sheet sheet = wr_sheet_begin(page, a->calls ? heads : strchr(heads, '|') + 1);
    for (uint32_t i = 0; i < n && i < top; i++) {
        if (a->calls) wr_sheet_number(&sheet, uses[i].calls);
        wr_sheet_number(&sheet, uses[i].sites);
        wr_sheet_number(&sheet, uses[i].loop_sites);
        wr_sheet_number(&sheet, uses[i].callers);
        wr_sheet_number(&sheet, uses[i].traffic);
        wr_sheet_name(&sheet, a->symbols.funcs[uses[i].func].text, NAME_WIDTH);
        wr_sheet_name(&sheet, wr_boundary_signature(&page->env->temp, wr_func_type(&a->m, uses[i].func)),
                      NAME_WIDTH);
    }
    wr_sheet_end(&sheet);
    if (n > top)
        wr_page_line(page, "  … and %s (--top=N shows more)", wr_format_count(n - top, "more import").s);
}

// Functions that call imports inside loops.
static void write_crossers(wr_page *page, const wr_audit *a, uint32_t top) {
    wr_import_use *rows = WR_NEW0(&page->env->temp, wr_import_use, a->m.nfuncs);
    uint32_t n = 0;
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++) {
        const wr_body_stats *facts = &a->sweep.facts[f];
        rows[n] = (wr_import_use){.func = f, .calls = a->calls ? a->calls[f] : 0};
        for (uint32_t i = 0; i < facts->nimport_calls; i++) {
            rows[n].sites += facts->import_calls[i].sites;
            rows[n].loop_sites += facts->import_calls[i].loop_sites;
        }
        n += rows[n].loop_sites > 0;
    }
    if (!n) return;
    qsort(rows, n, sizeof *rows, by_use);
    wr_page_heading(page, "Functions that call the host inside loops: %u", n);
    const char *heads = ">called|>in loops|>in all|function";
    wr_sheet sheet = wr_sheet_begin(page, a->calls ? heads : strchr(heads, '|') + 1);
    for (uint32_t i = 0; i < n && i < top; i++) {
        if (a->calls) wr_sheet_number(&sheet, rows[i].calls);
        wr_sheet_number(&sheet, rows[i].loop_sites);
        wr_sheet_number(&sheet, rows[i].sites);
        wr_sheet_name(&sheet, a->symbols.funcs[rows[i].func].text, NAME_WIDTH);
    }
    wr_sheet_end(&sheet);
}

// --- Exports ---

typedef struct export_row {
    uint32_t export, node;
    uint64_t retained;
} export_row;

static int by_retained(const void *a, const void *b) {
    const export_row *x = a, *y = b;
    if (x->retained != y->retained) return x->retained < y->retained ? 1 : -1;
    return x->export < y->export ? -1 : x->export > y->export;
}

static void write_exports(wr_page *page, const wr_audit *a, uint32_t top) {
    static const char *const kinds[] = {"function", "table", "memory", "global", "tag"};
    export_row *rows = WR_NEW(&page->env->temp, export_row, a->m.nexports);
    for (uint32_t i = 0; i < a->m.nexports; i++) {
        uint32_t node = a->graph.base[a->m.exports[i].space] + a->m.exports[i].index;
        rows[i] = (export_row){i, node, a->graph.retained[node]};
    }
    if (!a->m.nexports) return;
    qsort(rows, a->m.nexports, sizeof *rows, by_retained);
    wr_page_heading(page, "Exports: %u, by what only they keep", a->m.nexports);
    wr_sheet sheet = wr_sheet_begin(page, ">retained|>~data|kind|export|signature");
    for (uint32_t i = 0; i < a->m.nexports && i < top; i++) {
        const wr_export *export = &a->m.exports[rows[i].export];
        wr_sheet_number(&sheet, rows[i].retained);
        wr_sheet_number(&sheet, a->graph.retained_data[rows[i].node]);
        wr_sheet_cell(&sheet, "%s", kinds[export->space]);
        wr_sheet_name(&sheet, export->name, NAME_WIDTH);
        if (export->space == WR_FUNC)
            wr_sheet_name(&sheet, wr_boundary_signature(&page->env->temp, wr_func_type(&a->m, export->index)),
                          NAME_WIDTH);
        else
            wr_sheet_cell(&sheet, "%s", "");
    }
    wr_sheet_end(&sheet);
    if (a->m.nexports > top)
        wr_page_line(page, "  … and %s (--top=N shows more)",
                     wr_format_count(a->m.nexports - top, "more export").s);
}

void wr_boundary_write(wr_page *page, const wr_audit *a, uint32_t top) {
    write_imports(page, a, top);
    write_crossers(page, a, top);
    write_exports(page, a, top);
}
