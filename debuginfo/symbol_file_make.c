// Makes symbol files. Each stretch of the output is split at the boundaries that source rows and functions
// have in the stretch of the input that it comes from. The resulting frames are numbered, equal ones once.
#include "ir/names.h"
#include "support/hash.h"
#include "support/map.h"
#include "symbol_file.h"

typedef struct making {
    wr_env *env;
    const wr_symbol_source *from;
    wr_symbol_file *file;
    wr_map frames;
    uint32_t *files, *func_names; // by file and function of the sources: index in strings, or WR_NONE
    uint32_t *names;              // by function of the input: likewise
    uint32_t *site_frame;         // by site: the frame of the inlined call once it is known, else WR_NONE
} making;

static uint32_t add_string(making *k, wr_slice text) {
    if (!text.n) return WR_NONE;
    WR_PUSH(&k->env->perm, k->file->strings, text);
    return k->file->strings.n - 1;
}

// --- Names ---

static uint32_t *name_all(making *k, const wr_slice *texts, uint32_t n) {
    uint32_t *strings = WR_NEW(&k->env->temp, uint32_t, n);
    for (uint32_t i = 0; i < n; i++) strings[i] = add_string(k, texts[i]);
    return strings;
}

// Takes a function's name from the name section, else from an export, else from an import.
static void name_functions(making *k) {
    const wr_module *m = k->from->m;
    wr_slice *names = wr_names_of(k->env, m, WR_FUNC);
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].space == WR_FUNC && m->exports[i].index < m->nfuncs &&
            !names[m->exports[i].index].n)
            names[m->exports[i].index] = m->exports[i].name;
    for (uint32_t i = 0; i < m->nfunc_imports; i++)
        if (!names[i].n) names[i] = m->imports[m->funcs[i].import].name;
    k->names = name_all(k, names, m->nfuncs);
}

static void name_sources(making *k) {
    const wr_sources *s = k->from->sources;
    k->files = name_all(k, s->files.v, s->files.n);
    k->func_names = WR_NEW(&k->env->temp, uint32_t, s->funcs.n);
    wr_slice last = {0};
    uint32_t string = WR_NONE;
    for (uint32_t i = 0; i < s->funcs.n; i++) { // adjacent inlined functions often have the same name
        if (!wr_slice_eq(s->funcs.v[i].name, last)) string = add_string(k, s->funcs.v[i].name);
        last = s->funcs.v[i].name;
        k->func_names[i] = last.n ? string : WR_NONE;
    }
}

// --- Frames ---

static bool same_frame(const wr_frame *a, const wr_frame *b) {
    return a->name == b->name && a->file == b->file && a->line == b->line && a->column == b->column &&
           a->outer == b->outer;
}

static uint64_t hash_frame(const wr_frame *f) {
    uint64_t hash = wr_hash_word((uint64_t)f->name << 32 | f->file, (uint64_t)f->line << 32 | f->column);
    return wr_hash_word(hash, f->outer);
}

static uint32_t find_frame(making *k, wr_frame frame) {
    uint32_t i;
    uint64_t hash = hash_frame(&frame);
    WR_MAP_FIND(&k->frames, hash, i, same_frame(&k->file->frames.v[i], &frame));
    if (i != WR_NONE) return i;
    wr_map_add(&k->frames, &k->env->temp, hash, k->file->frames.n);
    WR_PUSH(&k->env->perm, k->file->frames, frame);
    return k->file->frames.n - 1;
}

// Returns the frame of a source function at place `at`, inside the frames that the compiler inlined it into,
// all inside `outer`. `base` is the name of the module's own function there.
static uint32_t frame_in(making *k, uint32_t func, wr_frame at, uint32_t base, uint32_t outer) {
    const wr_sources *s = k->from->sources;
    const wr_source_func *f = func == WR_NONE ? NULL : &s->funcs.v[func];
    at.name = f && (f->outer != WR_NONE || base == WR_NONE) ? k->func_names[func] : base;
    at.outer = outer;
    if (f && f->outer != WR_NONE) {
        wr_frame call = {.file = f->call_file == WR_NONE ? WR_NONE : k->files[f->call_file],
                         .line = f->call_line,
                         .column = f->call_column};
        at.outer = frame_in(k, f->outer, call, base, outer);
    }
    return find_frame(k, at);
}

static uint32_t frame_at(making *k, uint32_t origin, uint32_t outer) {
    uint32_t func = wr_source_input_func(k->from->m, origin);
    const wr_source_row *row = wr_source_row_at(k->from->sources, origin);
    wr_frame at = {.file = WR_NONE};
    if (row) at = (wr_frame){.file = k->files[row->file], .line = row->line, .column = row->column};
    uint32_t base = func == WR_NONE ? WR_NONE : k->names[func];
    return frame_in(k, wr_source_func_at(k->from->sources, origin), at, base, outer);
}

// Returns the frame of the call that was replaced by the code of this site.
static uint32_t frame_of_site(making *k, uint32_t site) {
    if (!site) return WR_NONE;
    if (k->site_frame[site] != WR_NONE) return k->site_frame[site];
    const wr_inline_site *s = &k->from->map->sites.v[site - 1];
    uint32_t outer = frame_of_site(k, s->outer);
    k->site_frame[site] = s->call ? frame_at(k, s->call, outer) : outer;
    return k->site_frame[site];
}

// --- Rows ---

static void add_row(making *k, uint32_t at, uint32_t frame, uint32_t first) {
    wr_symbol_row row = {at, frame},
                  *last = k->file->rows.n > first ? &k->file->rows.v[k->file->rows.n - 1] : NULL;
    if (last && last->frame == frame) return;
    if (last && last->at == at)
        last->frame = frame;
    else
        WR_PUSH(&k->env->perm, k->file->rows, row);
}

// Adds rows for the code from `at` to `end`, which comes from the input at `origin` and after.
static void add_stretch(making *k, const wr_code_row *row, uint32_t end, uint32_t first) {
    uint32_t outer = frame_of_site(k, row->site), at = row->at;
    while (at < end) {
        uint32_t origin = row->origin + (at - row->at), next = wr_source_next(k->from->sources, origin);
        add_row(k, at, row->origin ? frame_at(k, origin, outer) : WR_NONE, first);
        if (!row->origin || next - origin >= end - at) return;
        at += next - origin;
    }
}

static uint32_t root_name(const making *k, uint32_t frame) {
    while (k->file->frames.v[frame].outer != WR_NONE) frame = k->file->frames.v[frame].outer;
    return k->file->frames.v[frame].name;
}

// Adds a function. One that a pass made is named after the function that its first instruction comes from.
static void add_func(making *k, uint32_t index) {
    const wr_code_map *map = k->from->map;
    const wr_code_func *func = &map->funcs[index];
    uint32_t first = k->file->rows.n, end = wr_code_rows_end(map, index);
    for (uint32_t i = func->first; i < end; i++)
        add_stretch(k, &map->rows.v[i], i + 1 < end ? map->rows.v[i + 1].at : func->at + func->size, first);
    wr_symbol_func out = {func->at, func->size, func->from == WR_NONE ? WR_NONE : k->names[func->from], first,
                          0};
    if (func->from == WR_NONE) out.flags = WR_SYMBOL_SHARED;
    for (uint32_t i = first; out.name == WR_NONE && i < k->file->rows.n; i++)
        if (k->file->rows.v[i].frame != WR_NONE) out.name = root_name(k, k->file->rows.v[i].frame);
    WR_PUSH(&k->env->perm, k->file->funcs, out);
}

void wr_symbol_file_make(wr_env *env, const wr_symbol_source *from, wr_symbol_file *file) {
    *file = (wr_symbol_file){.module_size = from->output.n, .nimports = from->map->nimports};
    file->module_hash = wr_hash_bytes(from->output.p, from->output.n);
    making k = {.env = env, .from = from, .file = file};
    k.site_frame = WR_NEW(&env->temp, uint32_t, (size_t)from->map->sites.n + 1);
    memset(k.site_frame, 0xff, ((size_t)from->map->sites.n + 1) * sizeof *k.site_frame);
    name_functions(&k);
    name_sources(&k);
    for (uint32_t i = 0; i < file->nimports; i++) {
        wr_symbol_func import = {.name = k.names[from->map->imports[i]]};
        WR_PUSH(&env->perm, file->funcs, import);
    }
    for (uint32_t i = 0; i < from->map->nfuncs; i++) add_func(&k, i);
}
