// What the interpreter finds behind an entry of a table, and the imports that it knows.
#include "interp_parts.h"
#include "ir/validate/validate.h"
#include "segments.h"

enum { LARGEST_TABLE = 1 << 20 };

// --- Tables ---

static const uint32_t *read_table(wr_interp *k, uint32_t index) {
    const wr_module *m = k->m;
    const wr_table *table = &m->tables[index];
    if (k->tables[index]) return k->tables[index];
    if (table->import != WR_NONE || table->has_init || table->limits.min > LARGEST_TABLE)
        wr_interp_give_up(k, "table %u is not known", index);
    uint32_t *entries = WR_NEW(&k->env->pass, uint32_t, table->limits.min);
    memset(entries, 0xff, table->limits.min * sizeof *entries);
    for (uint32_t i = 0; i < m->nelems; i++)
        if (m->elems[i].mode == WR_ACTIVE && m->elems[i].table == index &&
            !wr_segments_fill_slots(k->env, m, &m->elems[i], entries, (uint32_t)table->limits.min))
            wr_interp_give_up(k, "table %u is not known", index);
    return k->tables[index] = entries;
}

uint32_t wr_interp_callee(wr_interp *k, uint32_t table, uint64_t index, uint32_t type) {
    const uint32_t *entries = read_table(k, table);
    if (index >= k->m->tables[table].limits.min || entries[index] == WR_NONE)
        wr_interp_give_up(k, "trap: no function at %llu in table %u", (unsigned long long)index, table);
    uint32_t func = entries[index];
    if (!wr_heaptype_is_subtype(k->m, k->m->funcs[func].type, type))
        wr_interp_give_up(k, "trap: a function of another type at %llu in table %u",
                          (unsigned long long)index, table);
    return func;
}

// --- Imports ---

static bool takes_two_addresses(const wr_type *type) {
    return type->nparams == 2 && type->nresults == 1 && type->values[0] == WR_I32 &&
           type->values[1] == WR_I32 && type->values[2] == WR_I32;
}

void wr_interp_call_import(wr_interp *k, uint32_t func) {
    const wr_import *import = &k->m->imports[k->m->funcs[func].import];
    bool is_input = k->no_input && wr_slice_is(import->module, "wasi_snapshot_preview1") &&
                    takes_two_addresses(wr_func_type(k->m, func));
    bool sizes = is_input && (wr_slice_is(import->name, "args_sizes_get") ||
                              wr_slice_is(import->name, "environ_sizes_get"));
    bool contents =
        is_input && (wr_slice_is(import->name, "args_get") || wr_slice_is(import->name, "environ_get"));
    if (!sizes && !contents)
        wr_interp_give_up(k, "call import: %.*s.%.*s", (int)import->module.n, (const char *)import->module.p,
                          (int)import->name.n, (const char *)import->name.p);
    k->sp -= 2;
    uint64_t *arguments = &k->stack[k->sp];
    if (sizes) {
        wr_interp_store(k, arguments[0], 0, 4);
        wr_interp_store(k, arguments[1], 0, 4);
    }
    k->stack[k->sp++] = 0; // success
}
