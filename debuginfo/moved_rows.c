// Splits each stretch of the output's code at the boundaries of the rows at its origin. See moved_rows.h.
#include "moved_rows.h"

#include "support/buf.h"

typedef struct moving {
    wr_env *env;
    const wr_sources *sources;
    wr_source_rows *out;
    uint32_t name; // name of the current function if a pass made it, else WR_NONE
} moving;

static void add_row(moving *v, uint32_t at, const wr_source_row *from) {
    wr_source_row row = {.at = at, .file = WR_NONE, .name = WR_NONE};
    if (from && !from->line) from = NULL; // a source map cannot express a known file with an unknown line
    if (from) {
        row = *from;
        row.at = at;
        if (v->name != WR_NONE) row.name = v->name;
    }
    wr_source_row *last = v->out->n ? &v->out->v[v->out->n - 1] : NULL;
    if (!last && !from) return;
    if (last && last->file == row.file && last->line == row.line && last->column == row.column &&
        last->name == row.name)
        return;
    if (last && last->at == at)
        *last = row;
    else
        WR_PUSH(&v->env->perm, *v->out, row);
}

static void move_stretch(moving *v, const wr_code_row *row, uint32_t end) {
    for (uint32_t at = row->at; at < end;) {
        uint32_t origin = row->origin + (at - row->at);
        add_row(v, at, row->origin ? wr_source_row_at(v->sources, origin) : NULL);
        uint32_t next = wr_source_next(v->sources, origin);
        if (!row->origin || next - origin >= end - at) return;
        at += next - origin;
    }
}

static uint32_t add_name(wr_env *env, wr_slice of, wr_sources *sources) {
    wr_buf text = wr_buf_in(&env->perm);
    wr_put_format(&text, "code shared by ");
    wr_put_slice(&text, of);
    wr_put_format(&text, " and others");
    WR_PUSH(&env->perm, sources->names, wr_buf_slice(&text));
    return sources->names.n - 1;
}

static uint32_t name_made(wr_env *env, const wr_module *input, const wr_slice *names, const wr_code_map *map,
                          uint32_t index, wr_sources *sources) {
    if (map->funcs[index].from != WR_NONE) return WR_NONE;
    for (uint32_t i = map->funcs[index].first; i < wr_code_rows_end(map, index); i++) {
        uint32_t func = map->rows.v[i].origin ? wr_source_input_func(input, map->rows.v[i].origin) : WR_NONE;
        if (func != WR_NONE && names[func].n) return add_name(env, names[func], sources);
    }
    return WR_NONE;
}

void wr_moved_rows_make(wr_env *env, const wr_module *input, const wr_slice *names, const wr_code_map *map,
                        wr_sources *sources, wr_source_rows *out) {
    moving v = {.env = env, .sources = sources, .out = out};
    for (uint32_t i = 0; i < map->nfuncs; i++) {
        const wr_code_func *func = &map->funcs[i];
        uint32_t end = wr_code_rows_end(map, i);
        v.name = name_made(env, input, names, map, i, sources);
        add_row(&v, func->at, NULL);
        for (uint32_t k = func->first; k < end; k++)
            move_stretch(&v, &map->rows.v[k], k + 1 < end ? map->rows.v[k + 1].at : func->at + func->size);
    }
}
