// Finds the source file of each function by a source map. The bytes from one row of the map to the next
// belong to the first row. A function is attributed to the file that most of its bytes come from.
#include "source_map.h"

#include "debuginfo/source_map.h"

typedef struct map_names {
    wr_env *env;
    const wr_module *m;
    const wr_sources *sources;
    wr_source_map *out;
    uint32_t func;   // in hand
    uint64_t *bytes; // of it, by source
    wr_u32s touched; // sources with bytes
} map_names;

static void end_func(map_names *r) {
    uint32_t best = WR_NONE;
    for (uint32_t i = 0; i < r->touched.n; i++)
        if (best == WR_NONE || r->bytes[r->touched.v[i]] > r->bytes[best]) best = r->touched.v[i];
    if (best != WR_NONE) r->out->files[r->func] = r->sources->files.v[best];
    for (uint32_t i = 0; i < r->touched.n; i++) r->bytes[r->touched.v[i]] = 0;
    r->touched.n = 0;
    r->func++;
}

static void add_row(map_names *r, const wr_source_row *row, uint64_t to) {
    while (r->func < r->m->nfuncs) {
        const wr_func *func = &r->m->funcs[r->func];
        uint64_t start = wr_func_offset(r->m, r->func), end = start + func->body.n,
                 high = to < end ? to : end;
        uint64_t low = row->at > start ? row->at : start;
        if (low < high && row->file != WR_NONE) {
            if (!r->bytes[row->file]) WR_PUSH(&r->env->temp, r->touched, row->file);
            r->bytes[row->file] += high - low;
        }
        if (low < high && row->name != WR_NONE && !r->out->names[r->func].n)
            r->out->names[r->func] = r->sources->names.v[row->name];
        if (to < end) return;
        end_func(r);
    }
}

void wr_read_source_map(wr_env *env, const wr_module *m, wr_slice json, wr_source_map *map) {
    wr_sources sources;
    wr_source_map_read(env, json, &sources);
    *map =
        (wr_source_map){WR_NEW0(&env->perm, wr_slice, m->nfuncs), WR_NEW0(&env->perm, wr_slice, m->nfuncs)};
    map_names r = {.env = env, .m = m, .sources = &sources, .out = map, .func = m->nfunc_imports};
    r.bytes = WR_NEW0(&env->temp, uint64_t, sources.files.n);
    for (uint32_t i = 0; i < sources.rows.n; i++)
        add_row(&r, &sources.rows.v[i], i + 1 < sources.rows.n ? sources.rows.v[i + 1].at : UINT64_MAX);
}
