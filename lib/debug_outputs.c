// Makes the source map, the symbol file and the sections that describe the output's code, and completes the
// name section. See debug_outputs.h. The passes have changed the tables of the input by then, so the input is
// decoded once more.
#include "debug_outputs.h"

#include "debuginfo/dwarf_write.h"
#include "debuginfo/local_names.h"
#include "debuginfo/moved_rows.h"
#include "debuginfo/source_map.h"
#include "debuginfo/symbol_file.h"
#include "ir/decode/decode.h"
#include "ir/edit.h"
#include "ir/names.h"

typedef struct finishing {
    wr_env *env;
    wring_job *job;
    const wr_config *config;
    const wr_code_map *map;
    wr_module input;
    wr_slice json; // the input's source map; empty if there is none
    wr_sources sources;
    wr_source_rows moved;
    bool has_moved;
    bool has_noted_dwarf;
    wr_slice out;
} finishing;

bool wr_debug_is_tracked(const wr_config *config) {
    return config->source_map_out || config->symbols_out || config->dwarf;
}

static bool follows_names(wr_env *env, const wr_config *config, const wr_module *m) {
    return wr_strip_keeps(config, wr_slice_str("name")) && !config->with_binaryen &&
           wr_local_names_exist(env, m);
}

bool wr_debug_tracks(wr_env *env, const wr_config *config, const wr_module *m) {
    return wr_debug_is_tracked(config) || follows_names(env, config, m);
}

wr_slice wr_debug_run(const wr_run *run, wr_module *m, wr_pass_part part) {
    wr_run tracked = *run;
    wr_code_origins origins;
    uint32_t ninput = m->nfuncs;
    if (run->code_map) {
        wr_module_track_origins(wr_main_env(run->pool), m);
        tracked.origins = &origins;
    }
    wr_stage_passes(&tracked, m, part);
    wr_slice out = wr_stage_encode(&tracked, m);
    if (run->code_map) wr_code_map_make(wr_main_env(run->pool), &origins, ninput, run->code_map);
    return out;
}

// --- Debug information of the input ---

static wr_slice find_source_map(finishing *f) {
    wring_job *job = f->job;
    if (!job->find_map) return (wr_slice){0};
    wr_slice url = wr_source_map_link(&f->input);
    char *text = wr_alloc(&f->env->temp, url.n + 1);
    if (url.n) memcpy(text, url.p, url.n);
    text[url.n] = 0;
    size_t size = 0;
    const void *bytes = job->find_map(job->find_map_user, text, &size);
    return bytes ? wr_slice_of(bytes, size) : (wr_slice){0};
}

// Says why the module's DWARF has no part in the output.
static void note_bad_dwarf(finishing *f, const wr_diag *why) {
    if (f->has_noted_dwarf) return;
    f->has_noted_dwarf = true;
    char text[sizeof why->message + 64];
    snprintf(text, sizeof text, "the module's DWARF was left out: %s", why->message);
    wr_stage_note(f->job, text);
}

static void read_sources(finishing *f) {
    wr_diag bad = {0};
    f->json = find_source_map(f);
    if (f->json.n)
        wr_source_map_read(f->env, f->json, &f->sources);
    else
        wr_dwarf_read_sources(f->env, &f->input, &f->sources, &bad);
    if (bad.status) note_bad_dwarf(f, &bad);
    wr_arena_reset(&f->env->temp);
}

// --- Outputs ---

// Makes the rows of the output on first use.
static const wr_source_rows *moved_rows(finishing *f) {
    if (!f->has_moved)
        wr_moved_rows_make(f->env, &f->input, wr_names_of(f->env, &f->input, WR_FUNC), f->map, &f->sources,
                           &f->moved);
    f->has_moved = true;
    wr_arena_reset(&f->env->temp);
    return &f->moved;
}

static void make_source_map(finishing *f) {
    if (!f->sources.rows.n) {
        wr_stage_note(f->job, "the source map is empty: the module comes with no source map and no DWARF");
        f->json = (wr_slice){0};
    }
    const wr_source_rows *rows = moved_rows(f);
    f->job->source_map = wr_source_map_write(f->env, f->json, &f->sources, rows->v, rows->n);
    wr_arena_reset(&f->env->temp);
}

static bool wants_text(const char *path) {
    size_t n = strlen(path), end = strlen(".symbols");
    return n >= end && strcmp(path + n - end, ".symbols") == 0;
}

static void make_symbols(finishing *f) {
    wr_symbol_file file;
    wr_symbol_source from = {.m = &f->input, .map = f->map, .sources = &f->sources, .output = f->out};
    wr_symbol_file_make(f->env, &from, &file);
    wr_arena_reset(&f->env->temp);
    f->job->symbols = wants_text(f->config->symbols_out) ? wr_symbol_file_text(f->env, &file)
                                                         : wr_symbol_file_write(f->env, &file);
    wr_arena_reset(&f->env->temp);
}

// Appends custom sections to the output.
static void add_sections(finishing *f, const wr_dwarf_section *sections, uint32_t n) {
    wr_buf out = wr_buf_in(&f->env->perm);
    size_t size = f->out.n;
    for (uint32_t i = 0; i < n; i++) size += sections[i].bytes.n + strlen(sections[i].name) + 16;
    wr_buf_room(&out, size);
    wr_put_slice(&out, f->out);
    for (uint32_t i = 0; i < n; i++) {
        wr_slice name = wr_slice_str(sections[i].name);
        wr_put_u8(&out, WR_SEC_CUSTOM);
        wr_put_uleb(&out, wr_uleb_size(name.n) + name.n + sections[i].bytes.n);
        wr_put_sized(&out, name);
        wr_put_slice(&out, sections[i].bytes);
    }
    f->out = wr_buf_slice(&out);
}

// Where the name section is in a module, if it stands behind the code; a new one may stand at the end.
static bool find_name_section(const wr_module *m, size_t *at, size_t *end) {
    uint64_t code = wr_dwarf_code_start(m);
    *at = *end = (size_t)m->input.n;
    for (uint32_t i = 0; i < m->ncustoms; i++) {
        if (!wr_slice_is(m->customs[i].name, "name")) continue;
        for (uint32_t k = 0; k < m->nsections; k++) {
            const wr_section *s = &m->sections[k];
            if (m->customs[i].offset < s->offset || m->customs[i].offset > s->offset + s->size) continue;
            *at = (size_t)s->offset, *end = (size_t)(s->offset + s->size);
        }
        if (m->customs[i].offset < code) return false;
    }
    return true;
}

// Adds names of locals and labels to the name section, unless that makes the output larger than the input.
static void add_local_names(finishing *f) {
    wr_module output;
    size_t at, end;
    wr_decode_module(f->env, f->out, &output);
    if (!find_name_section(&output, &at, &end)) return;
    wr_slice names = wr_local_names_add(f->env, &f->input, &output, f->map);
    wr_arena_reset(&f->env->temp);
    wr_slice name = wr_slice_str("name");
    size_t payload = 1 + name.n + names.n, size = f->out.n - (end - at) + 1 + wr_uleb_size(payload) + payload;
    if (!names.n || size > f->job->input.n) return;
    wr_buf out = wr_buf_in(&f->env->perm);
    wr_buf_room(&out, size);
    wr_put_bytes(&out, f->out.p, at);
    wr_put_u8(&out, WR_SEC_CUSTOM);
    wr_put_uleb(&out, payload);
    wr_put_sized(&out, name);
    wr_put_slice(&out, names);
    wr_put_bytes(&out, f->out.p + end, f->out.n - end);
    f->out = wr_buf_slice(&out);
}

static void add_source_map_url(finishing *f, const char *url) {
    wr_buf contents = wr_buf_in(&f->env->temp);
    wr_put_sized(&contents, wr_slice_str(url));
    add_sections(f, &(wr_dwarf_section){"sourceMappingURL", wr_buf_slice(&contents)}, 1);
    wr_arena_reset(&f->env->temp);
}

static bool has_dwarf(const wr_module *m) {
    for (uint32_t i = 0; i < m->ncustoms; i++)
        if (wr_slice_is(m->customs[i].name, ".debug_info")) return true;
    return false;
}

// Lines come from DWARF here, even if there is a source map.
static void add_dwarf(finishing *f) {
    wr_dwarf_output dwarf;
    wr_sources of_map = f->sources;
    wr_source_rows rows = {0};
    wr_diag bad = {0};
    wr_module output;
    wr_decode_module(f->env, f->out, &output);
    wr_module_track_origins(f->env, &f->input);
    wr_module_track_origins(f->env, &output);
    if (f->json.n) wr_dwarf_read_sources(f->env, &f->input, &f->sources, &bad);
    wr_arena_reset(&f->env->temp);
    wr_moved_rows_make(f->env, &f->input, wr_names_of(f->env, &f->input, WR_FUNC), f->map, &f->sources,
                       &rows);
    wr_arena_reset(&f->env->temp);
    wr_dwarf_source from = {&f->input, &output, f->map, wr_dwarf_code_start(&output), &f->sources, &rows};
    if (bad.status || !wr_dwarf_write(f->env, &from, &dwarf, &bad)) {
        note_bad_dwarf(f, &bad);
        dwarf.n = 0;
    }
    wr_arena_reset(&f->env->temp);
    if (dwarf.n) add_sections(f, dwarf.sections, dwarf.n);
    f->sources = of_map;
}

wr_slice wr_debug_finish(const wr_run *run, const wr_code_map *map, wr_slice out) {
    wr_env *env = wr_main_env(run->pool);
    finishing f = {.env = env, .job = run->job, .config = run->config, .map = map, .out = out};
    wr_stage s = wr_stage_begin(run, "debug information", 0.95);
    wr_decode_module(env, run->job->original, &f.input);
    if (follows_names(env, f.config, &f.input)) add_local_names(&f);
    if (wr_debug_is_tracked(f.config)) read_sources(&f);
    wr_arena_reset(&env->temp);
    if (f.config->source_map_out) make_source_map(&f);
    if (f.config->source_map_url) add_source_map_url(&f, f.config->source_map_url);
    if (f.config->dwarf && has_dwarf(&f.input) && !wr_slice_eq(out, run->job->original)) add_dwarf(&f);
    if (f.config->symbols_out) make_symbols(&f);
    wr_stage_end(&s);
    return f.out;
}
