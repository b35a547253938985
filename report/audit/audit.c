// Runs the steps of an audit (decoding, sweep, names, graph), then sums sizes by package and by generic, and
// finds possible savings.
#include "debuginfo/source_map.h"
#include "audit.h"

#include <stdlib.h>

#include "report/readers/dwarf.h"
#include "report/readers/glue_names.h"
#include "savings.h"
#include "go_facts.h"
#include "ir/decode/decode.h"
#include "ir/names.h"
#include "ir/validate/validate.h"
#include "instrument/profile.h"
#include "analysis/segments.h"
#include "report/readers/source_map.h"
#include "support/hash.h"
#include "support/map.h"

// --- Buckets ---

typedef struct table {
    wr_arena *temp;
    WR_VEC(wr_bucket) buckets;
    wr_map map; // of the buckets, by name
} table;

// Valid until the next call.
static wr_bucket *bucket_of(table *t, wr_slice name, uint32_t func) {
    uint32_t i;
    uint64_t hash = wr_hash_bytes(name.p, name.n);
    WR_MAP_FIND(&t->map, hash, i, wr_slice_eq(t->buckets.v[i].name, name));
    if (i == WR_NONE) {
        wr_bucket bucket = {.name = name, .first = func};
        wr_map_add(&t->map, t->temp, hash, i = t->buckets.n);
        WR_PUSH(t->temp, t->buckets, bucket);
    }
    return &t->buckets.v[i];
}

static int by_bytes(const void *a, const void *b) {
    const wr_bucket *x = a, *y = b;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? 1 : -1;
    return x->first < y->first ? -1 : x->first > y->first;
}

// Sorts the buckets that have at least `least` functions into out, and renumbers of[].
static void publish(wr_env *env, table *t, uint32_t least, uint32_t nfuncs, wr_buckets *out) {
    uint32_t *new_index = WR_NEW(&env->temp, uint32_t, t->buckets.n),
             *by_first = WR_NEW(&env->temp, uint32_t, nfuncs);
    for (uint32_t i = 0; i < t->buckets.n; i++) by_first[t->buckets.v[i].first] = i;
    out->v = WR_NEW(&env->perm, wr_bucket, t->buckets.n);
    memset(new_index, 0xff, t->buckets.n * sizeof *new_index);
    for (uint32_t i = 0; i < t->buckets.n; i++)
        if (t->buckets.v[i].functions >= least) out->v[out->n++] = t->buckets.v[i];
    if (out->n) qsort(out->v, out->n, sizeof *out->v, by_bytes);
    for (uint32_t i = 0; i < out->n; i++) new_index[by_first[out->v[i].first]] = i;
    for (uint32_t f = 0; f < nfuncs; f++)
        if (out->of[f] != WR_NONE) out->of[f] = new_index[out->of[f]];
}

static uint32_t *new_map(wr_env *env, uint32_t n) {
    return memset(WR_NEW(&env->perm, uint32_t, n), 0xff, n * sizeof(uint32_t));
}

static void add_to_bucket(table *t, wr_buckets *out, wr_slice name, uint32_t func, uint32_t bytes) {
    wr_bucket *bucket = bucket_of(t, name, func);
    bucket->bytes += bytes;
    bucket->functions++;
    if (bytes > bucket->largest) bucket->largest = bytes;
    out->of[func] = (uint32_t)(bucket - t->buckets.v);
}

// A C prefix that few functions share means nothing, and neither do the two buckets for names without a
// prefix.
static void fold_small_prefixes(wr_env *env, wr_audit *a) {
    table t = {.temp = &env->temp};
    uint32_t least = 3;
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++)
        bucket_of(&t, a->symbols.funcs[f].group, f)->functions++;
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++) {
        wr_symbol *symbol = &a->symbols.funcs[f];
        if (symbol->language >= WR_LANG_RUST || a->by_file) continue; // packages are what they are
        if (a->evidence.funcs && a->evidence.funcs[f].group.n) continue;
        if (bucket_of(&t, symbol->group, f)->functions < least) symbol->group = (wr_slice){0};
    }
}

// C has no packages; source files stand in for them where debug information names files.
static void group_by_file(wr_audit *a, const wr_slice *files) {
    for (uint32_t f = a->m.nfunc_imports; files && f < a->m.nfuncs; f++)
        if (files[f].n && a->symbols.funcs[f].language == WR_LANG_C)
            a->symbols.funcs[f].group = files[f], a->by_file = true;
}

wr_slice wr_audit_group_name(const wr_audit *a, uint32_t func) {
    const wr_symbol *symbol = &a->symbols.funcs[func];
    if (symbol->group.n) return symbol->group;
    if (a->evidence.funcs) return wr_slice_str("(nothing known)");
    if (a->by_file) return wr_slice_str("(source not known)");
    return wr_slice_str(symbol->raw.n ? "(other)" : "(no name)");
}

static void group_functions(wr_env *env, wr_audit *a) {
    fold_small_prefixes(env, a);
    table t = {.temp = &env->temp};
    a->groups.of = new_map(env, a->m.nfuncs);
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++)
        add_to_bucket(&t, &a->groups, wr_audit_group_name(a, f), f, wr_func_bytes(a, f));
    publish(env, &t, 1, a->m.nfuncs, &a->groups);
}

static void group_instances(wr_env *env, wr_audit *a) {
    table t = {.temp = &env->temp};
    a->instances.of = new_map(env, a->m.nfuncs);
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++)
        if (a->symbols.funcs[f].instance)
            add_to_bucket(&t, &a->instances, a->symbols.funcs[f].family, f, wr_func_bytes(a, f));
    publish(env, &t, 2, a->m.nfuncs, &a->instances);
}

// --- Data ---

static void find_data_space(wr_env *env, const wr_module *m, const wr_places *places, const wr_go_facts *go,
                            wr_data_space *space) {
    *space = (wr_data_space){.low = UINT64_MAX, .spans = go->spans, .nspans = go->nspans};
    for (uint32_t i = 0; i < places->n; i++) {
        uint64_t at = places->v[i].address, n = places->v[i].bytes.n;
        if (at < space->low) space->low = at;
        if (at + n > space->high) space->high = at + n;
    }
    if (space->low > space->high) space->low = space->high;
    space->is_go = go->version[0];
    space->slots = places->slots;
    space->nslots = places->nslots;
    wr_embedded_find(env, m, places, &space->files);
}

static void profile_data(wr_pool *pool, const wr_data_space *space, wr_audit *a) {
    wr_env *env = wr_main_env(pool);
    a->space = *space;
    a->profiles = WR_NEW(&env->perm, wr_data_profile, a->m.ndatas);
    wr_data_kinds_profile(pool, &a->m, space, a->profiles, &a->zeros, &a->large);
    wr_large_complete(a, &a->large);
    for (uint32_t i = 0; i < a->m.ndatas; i++) {
        wr_data_profile *p = &a->profiles[i];
        p->bytes[WR_KIND_HEAD] = a->inv.size[WR_DATA][i] - a->m.datas[i].bytes.n;
        for (unsigned kind = 0; kind < WR_DATA_KINDS; kind++) a->data.bytes[kind] += p->bytes[kind];
        a->data.nstrings += p->nstrings;
    }
}

// --- Names ---

typedef struct map_trial {
    const wr_audit *a;
    wr_slice json;
    wr_source_map *map;
} map_trial;

static void try_map(wr_env *env, void *arg) {
    map_trial *t = arg;
    wr_read_source_map(env, &t->a->m, t->json, t->map);
}

// If what the module names as its source map is none, it is ignored.
static void read_map(wr_env *env, const wr_audit_options *options, const wr_audit *a, wr_source_map *map) {
    map_trial t = {.a = a, .map = map};
    *map = (wr_source_map){0};
    if (options->source_map) {
        wr_read_source_map(env, &a->m, *options->source_map, map);
        return;
    }
    wr_slice url = wr_source_map_link(&a->m);
    if (url.n && options->find_map) t.json = options->find_map(options->find_user, url);
    if (!t.json.n) return;
    wr_status status = wr_try(env, try_map, &t);
    if (status == WR_OK) return;
    wr_diag diag = env->diag;
    if (status != WR_USAGE) wr_rethrow(env, &diag);
    *map = (wr_source_map){0};
}

// Whether hardly any function has a name but for those of exports. (wasm-bindgen writes a name section for a
// few functions of its own.)
static bool lacks_names(const wr_audit *a) {
    return a->symbols.compiled <= (a->m.nfuncs - a->m.nfunc_imports) / 8;
}

// What is known of functions without names, in the place of their names.
static void find_evidence(wr_pool *pool, wr_audit *a) {
    if (!lacks_names(a)) return;
    wr_evidence_find(pool, &a->m, a->sweep.facts, &a->places, &a->evidence);
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++)
        wr_evidence_apply(&wr_main_env(pool)->perm, &a->evidence.funcs[f], f, &a->symbols.funcs[f]);
    if (a->evidence.rust) a->symbols.language = WR_LANG_RUST;
    if (a->evidence.cxx) a->symbols.language = WR_LANG_CXX;
    if (a->evidence.kotlin) a->symbols.language = WR_LANG_KOTLIN;
}

// What the JavaScript beside the module calls imports, in place of the letters that stand for them.
static void name_imports(wr_audit *a, const wr_slice *names) {
    for (uint32_t f = 0; f < a->m.nfunc_imports; f++) {
        wr_symbol *symbol = &a->symbols.funcs[f];
        bool stands_for = !wr_slice_eq(a->m.imports[a->m.funcs[f].import].name, names[f]);
        if (names[f].n && stands_for) symbol->raw = symbol->text = symbol->family = names[f];
    }
}

static void name_segments(wr_audit *a) {
    for (uint32_t i = 0; i < a->m.ndatas; i++)
        if (!a->symbols.datas[i].n) a->symbols.datas[i] = a->linking.segments[i];
}

// --- The whole ---

void wr_audit_make(wr_pool *pool, wr_slice input, const wr_audit_options *options, wr_audit *a) {
    wr_env *env = wr_main_env(pool);
    wr_data_space space;
    wr_go_facts go;
    wr_dwarf_names dwarf;
    wr_source_map map;
    *a = (wr_audit){.roots = {.keep_exports = options->keep_exports, .pieces = true}};
    wr_decode_module(env, input, &a->m);
    wr_validate_module(env, &a->m);
    wr_arena_reset(&env->temp);
    wr_size_map_make(env, &a->m, &a->inv);
    wr_go_facts_find(env, &a->m, &go);
    wr_arena_reset(&env->temp);
    wr_places_find(env, &a->m, &a->places);
    find_data_space(env, &a->m, &a->places, &go, &space);
    a->sweep.low = space.low, a->sweep.high = space.high;
    a->sweep.go_high = space.is_go ? (uint64_t)space.nslots << 16 : 0;
    wr_body_stats_sweep(pool, &a->m, &a->sweep);
    memcpy(a->go_version, go.version, sizeof a->go_version);
    a->go_places = go.places;
    wr_read_linking(env, &a->m, &a->linking);
    a->roots.linking = &a->linking;
    wr_arena_reset(&env->temp);
    wr_dwarf_names_read(env, &a->m, &dwarf);
    wr_arena_reset(&env->temp);
    read_map(env, options, a, &map);
    wr_arena_reset(&env->temp);
    const wr_slice *glue = wr_glue_names_read(env, &a->m, options->scripts, options->nscripts);
    wr_name_source sources[] = {
        {go.names, "Go's pclntab"}, // before the name section, where Go writes / and * as _
        {wr_names_of(env, &a->m, WR_FUNC), "the name section"},
        {a->linking.funcs, "the linking section"},
        {dwarf.names, "DWARF"},
        {map.names, "a source map"},
        {options->names, options->names_source},
        {glue, WR_GLUE_SOURCE}};
    wr_symbols_read(pool, &a->m, sources, WR_COUNT(sources), &a->symbols);
    if (glue) name_imports(a, glue);
    if (a->linking.segments) name_segments(a);
    find_evidence(pool, a);
    group_by_file(a, dwarf.files);
    group_by_file(a, map.files);
    group_by_file(a, options->files);
    wr_arena_reset(&env->temp);
    wr_graph_make(env, &a->m, &a->inv, &a->sweep, &a->roots, &a->graph);
    wr_arena_reset(&env->temp);
    profile_data(pool, &space, a);
    group_functions(env, a);
    group_instances(env, a);
    wr_arena_reset(&env->temp);
    wr_savings_find(env, a);
    wr_arena_reset(&env->temp);
    if (options->profile) a->calls = wr_profile_read(env, *options->profile, &a->m);
}

wr_slice wr_data_symbol_text(wr_env *env, const wr_audit *a, const wr_data_symbol *symbol) {
    wr_symbol read = {.raw = symbol->name};
    wr_read_symbol(env, a->symbols.language, &read);
    return read.text;
}

// --- Orders ---

typedef struct sized {
    uint64_t bytes;
    uint32_t index;
} sized;

static int by_size(const void *a, const void *b) {
    const sized *x = a, *y = b;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? 1 : -1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static uint32_t *sorted_indices(wr_env *env, sized *items, uint32_t n) {
    uint32_t *indices = WR_NEW(&env->temp, uint32_t, n);
    if (n) qsort(items, n, sizeof *items, by_size);
    for (uint32_t i = 0; i < n; i++) indices[i] = items[i].index;
    return indices;
}

uint32_t *wr_audit_functions_by_size(wr_env *env, const wr_audit *a) {
    uint32_t n = 0;
    sized *items = WR_NEW(&env->temp, sized, a->m.nfuncs);
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++) items[n++] = (sized){wr_func_bytes(a, f), f};
    return sorted_indices(env, items, n);
}

uint32_t *wr_audit_functions_by_calls(wr_env *env, const wr_audit *a, uint32_t *n) {
    *n = 0;
    if (!a->calls) return NULL;
    sized *items = WR_NEW(&env->temp, sized, a->m.nfuncs);
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++)
        if (a->calls[f]) items[(*n)++] = (sized){a->calls[f], f};
    return sorted_indices(env, items, *n);
}

uint32_t *wr_audit_nodes_by_retained(wr_env *env, const wr_audit *a, uint32_t *n) {
    sized *items = WR_NEW(&env->temp, sized, a->graph.norder);
    *n = 0;
    for (uint32_t i = 1; i < a->graph.norder; i++) {
        uint32_t node = a->graph.order[i];
        items[(*n)++] = (sized){a->graph.retained[node] + a->graph.retained_data[node], node};
    }
    return sorted_indices(env, items, *n);
}
