// Components that count the calls of their core modules. Only a component sees what its core modules export,
// so the counters must reach the host another way:
//
//   (core module $memory …) (core module $counters …)     one of each for each component that needs them
//   (core instance $c (instantiate $counters …))
//   (core instance $main (instantiate $main (with "env" …) (with "wring counters" (instance $c))))
//   …
//   (func (export "wring-profile") (result string) (canon lift (core func $c "wring profile") …))
//
// A host calls that export. A component that is nested has it too, and those around it export it again under
// another name. A command whose host knows nothing of it (`wasmtime run`) writes its profile to standard
// error when it ends: the core function behind the run of wasi:cli, and the lowered exit, go through
// functions that do so. For this it must import the standard error of wasi:cli and know how to write there,
// as all do that wit-component made with its adapter. A core module that others may instantiate is not
// counted.
#include "component/component_add.h"
#include "component/component_write.h"
#include "component_host.h"
#include "component_job.h"
#include "component_run.h"
#include "instrument/counter_module.h"
#include "instrument/counters.h"
#include "ir/decode/decode.h"
#include "stages.h"

enum { MOST_EXPORTS = 100 }; // of nested components

static const char profile_export[] = "wring-profile";

typedef struct counting {
    wr_component_work *cj;
    wr_env *env;
    wr_counted_module *modules; // by core module; without number of functions: it has no counters
    uint32_t *profiles;         // by component: how many of its exports give a profile
    bool any_dump;
} counting;

// --- Core modules ---

static void count_module(counting *k, uint32_t number) {
    wr_env *env = k->env;
    wr_module m;
    wr_buf text = wr_buf_in(&env->perm);
    wr_component_run_module(k->cj, number, k->cj->job->config, NULL, wr_job_instrument);
    wr_decode_module(env, k->cj->file.modules.v[number].bytes, &m);
    const uint32_t *sizes = wr_counters_describe(env, &m, &text);
    k->modules[number] = (wr_counted_module){
        .number = number, .nfuncs = m.nfuncs, .text = wr_buf_slice(&text), .sizes = sizes};
    wr_arena_reset(&env->temp);
}

static void count_modules(counting *k) {
    uint32_t n = k->cj->file.modules.n;
    k->modules = WR_NEW0(&k->env->perm, wr_counted_module, n);
    for (uint32_t i = 0; i < n; i++) {
        if (!k->cj->uses.faces[i].open)
            count_module(k, i);
        else
            wr_component_run_module(k->cj, i, k->cj->job->config, NULL, wr_job_validate);
        if (k->cj->uses.faces[i].open)
            wr_stage_note(k->cj->job, "a core module that others may instantiate is not counted");
    }
}

static const wr_counted_module *module_of(const counting *k, wr_component *c, const wr_def *instantiate) {
    uint32_t module = wr_component_module_at(c, wr_component_refs(c, instantiate)->index);
    return module != WR_NONE && k->modules[module].nfuncs ? &k->modules[module] : NULL;
}

static void collect_counted(counting *k, wr_component *c, wr_counted_modules *counted) {
    bool *met = WR_NEW0(&k->env->temp, bool, k->cj->file.modules.n);
    for (uint32_t i = 0; i < c->defs.n; i++) {
        const wr_def *def = &c->defs.v[i];
        const wr_counted_module *module = def->kind == WR_DEF_CORE_INSTANTIATE ? module_of(k, c, def) : NULL;
        if (!module || met[module->number]) continue;
        met[module->number] = true;
        WR_PUSH(&k->env->perm, counted->list, *module);
    }
    wr_arena_reset(&k->env->temp);
}

// --- The instance that counts ---

static uint32_t lower_from(wr_component_adder *a, uint32_t instance, const char *name, uint32_t memory) {
    uint32_t now = wr_component_index_now(a->c, WR_SORT_INSTANCE, instance);
    return wr_component_add_lower(a, wr_component_add_alias(a, now, name), memory);
}

// All lowered functions that leave the program go through the counters' module.
static void redirect_exits(wr_env *env, wr_component *c, const wr_component_host *h, unsigned exit,
                           uint32_t to) {
    for (uint32_t i = 0; i < c->spaces[WR_SORT_CORE_FUNC].n; i++)
        if (wr_component_lowers_exit(c, h, exit, i))
            WR_PUSH(&env->perm, c->redirected, ((wr_component_redirect){i, to}));
}

typedef struct counters {
    uint32_t instance, memory;
    bool dumps;
    unsigned exits[WR_COMPONENT_EXITS], nexits; // the ways to leave the program that write the profile first
    wr_component_entry entries[3 + WR_COMPONENT_EXITS]; // what the counters' module imports
    size_t nentries;
} counters;

static const char *const exit_names[WR_COMPONENT_EXITS] = {"exit 0", "exit 1"};

static void add_entry(counters *made, const char *name, wr_sort sort, uint32_t index) {
    made->entries[made->nentries++] = (wr_component_entry){name, (uint8_t)sort, index};
}

// Lowers what the counters' module imports.
static void add_entries(wr_component_adder *a, const wr_component_host *h, counters *made) {
    add_entry(made, "memory", WR_SORT_CORE_MEMORY, made->memory);
    if (!made->dumps) return;
    add_entry(made, "stderr", WR_SORT_CORE_FUNC, lower_from(a, h->out, wr_component_get_stderr, WR_NONE));
    add_entry(made, "write", WR_SORT_CORE_FUNC,
              lower_from(a, h->streams, wr_component_stream_write, made->memory));
    for (unsigned e = 0; e < WR_COMPONENT_EXITS; e++) {
        if (!h->takes_exit[e]) continue;
        add_entry(made, exit_names[made->nexits], WR_SORT_CORE_FUNC,
                  lower_from(a, h->exits, wr_component_exits[e], WR_NONE));
        made->exits[made->nexits++] = e;
    }
}

// Adds the instance of the counters, and gives it to the core instances whose modules are counted.
static counters add_counters(counting *k, wr_component *c, const wr_counted_modules *counted) {
    wr_component_adder a;
    wr_component_host h = wr_component_find_host(c);
    counters made = {.dumps = h.can_write};
    wr_component_add_begin(&a, k->env, c, h.before);
    uint32_t module = wr_component_add_module(&a, wr_counter_memory(k->env, counted));
    uint32_t memory = wr_component_add_instantiate(&a, module, NULL, 0);
    made.memory = wr_component_add_core_alias(&a, WR_SORT_CORE_MEMORY, memory, "memory");
    add_entries(&a, &h, &made);
    module = wr_component_add_module(&a, wr_counter_module(k->env, counted, made.dumps, made.nexits));
    made.instance = wr_component_add_instantiate(&a, module, made.entries, made.nentries);
    for (unsigned e = 0; e < made.nexits; e++)
        redirect_exits(k->env, c, &h, made.exits[e],
                       wr_component_add_core_alias(&a, WR_SORT_CORE_FUNC, made.instance, exit_names[e]));
    wr_component_add_end(&a);
    for (uint32_t i = 0; i < c->defs.n; i++)
        if (c->defs.v[i].kind == WR_DEF_CORE_INSTANTIATE && module_of(k, c, &c->defs.v[i]))
            wr_component_add_argument(k->env, &c->defs.v[i], WR_COUNTERS_INSTANCE, made.instance);
    return made;
}

// --- Commands ---

// Whether a core function has the name by which encoders find the run of wasi:cli.
static bool is_run(const wr_component *c, const wr_def *func) {
    static const char start[] = "wasi:cli/run@", end[] = "#run";
    if (func->kind != WR_DEF_ALIAS_CORE) return false;
    wr_slice name = wr_component_refs(c, func)->name;
    if (!wr_slice_starts(name, start) || name.n < sizeof end - 1) return false;
    return wr_slice_is(wr_slice_of(name.p + name.n - (sizeof end - 1), sizeof end - 1), end);
}

// The first such function.
static uint32_t find_run(const wr_component *c) {
    for (uint32_t i = 0; i < c->spaces[WR_SORT_CORE_FUNC].n; i++)
        if (is_run(c, &c->defs.v[c->spaces[WR_SORT_CORE_FUNC].v[i]])) return i;
    return WR_NONE;
}

// Whether the function is of the type that run has.
static bool is_of_runs_type(const counting *k, wr_component *c, const wr_def *func) {
    const wr_def_ref *ref = wr_component_refs(c, func);
    const wr_def *instance = &c->defs.v[c->spaces[WR_SORT_CORE_INSTANCE].v[ref->index]];
    const wr_counted_module *module =
        instance->kind == WR_DEF_CORE_INSTANTIATE ? module_of(k, c, instance) : NULL;
    if (!module) return false;
    wr_module m;
    wr_decode_module(k->env, k->cj->file.modules.v[module->number].bytes, &m);
    const wr_type *type = NULL;
    for (uint32_t i = 0; i < m.nexports; i++)
        if (wr_slice_eq(m.exports[i].name, ref->name) && m.exports[i].space == WR_FUNC)
            type = wr_func_type(&m, m.exports[i].index);
    wr_arena_reset(&k->env->temp);
    return type && type->nparams == 0 && type->nresults == 1 && type->values[0] == WR_I32;
}

// The only reference to a core function, if it is the function of a lift.
static const wr_def *find_lift(const wr_component *c, uint32_t core_func) {
    const wr_def *lift = NULL;
    for (uint32_t i = 0; i < c->defs.n; i++) {
        const wr_def *def = &c->defs.v[i];
        const wr_def_ref *refs = wr_component_refs(c, def);
        for (uint32_t r = 0; r < def->nrefs; r++) {
            if (refs[r].space != WR_SORT_CORE_FUNC || refs[r].index != core_func || refs[r].up) continue;
            if (lift || r || def->kind != WR_DEF_CANON || def->space != WR_SORT_FUNC) return NULL;
            lift = def;
        }
    }
    return lift;
}

// Puts a function around the one that is lifted, which writes the profile when that returns.
static bool wrap_run(const counting *k, wr_component *c, const counters *made) {
    uint32_t inner = find_run(c);
    const wr_def *lift = inner == WR_NONE ? NULL : find_lift(c, inner);
    if (!lift || !is_of_runs_type(k, c, &c->defs.v[c->spaces[WR_SORT_CORE_FUNC].v[inner]])) return false;
    wr_component_adder a;
    wr_component_add_begin(&a, k->env, c, wr_component_section_of(c, WR_SORT_FUNC, lift->index));
    uint32_t dump = wr_component_add_core_alias(&a, WR_SORT_CORE_FUNC, made->instance, "dump");
    wr_component_entry entries[] = {
        {"run", WR_SORT_CORE_FUNC, wr_component_index_now(c, WR_SORT_CORE_FUNC, inner)},
        {"dump", WR_SORT_CORE_FUNC, dump}};
    uint32_t module = wr_component_add_module(&a, wr_counter_runner(k->env));
    uint32_t instance = wr_component_add_instantiate(&a, module, entries, WR_COUNT(entries));
    uint32_t run = wr_component_add_core_alias(&a, WR_SORT_CORE_FUNC, instance, "run");
    wr_component_add_end(&a);
    WR_PUSH(&k->env->perm, c->redirected, ((wr_component_redirect){inner, run}));
    return true;
}

// --- Exports ---

static void export_name(char *name, size_t size, uint32_t number) {
    if (number)
        snprintf(name, size, "%s-n%u", profile_export, number + 1);
    else
        snprintf(name, size, "%s", profile_export);
}

static uint32_t component_of(wr_component *c, const wr_def *instantiate) {
    const wr_def *def = wr_component_resolve(&c, WR_SORT_COMPONENT, wr_component_refs(c, instantiate)->index);
    return def->kind == WR_DEF_COMPONENT ? def->child : WR_NONE;
}

// Exports again what a nested component's instance exports.
static void export_nested(counting *k, wr_component_adder *a, const wr_def *def, uint32_t *number) {
    char name[40], inner[40];
    uint32_t child = component_of(a->c, def);
    if (child == WR_NONE) return;
    for (uint32_t i = 0; i < k->profiles[child] && *number < MOST_EXPORTS; i++) {
        export_name(inner, sizeof inner, i);
        export_name(name, sizeof name, (*number)++);
        uint32_t instance = wr_component_index_now(a->c, WR_SORT_INSTANCE, def->index);
        wr_component_add_export(a, name, wr_component_add_alias(a, instance, inner));
    }
}

static void refuse_counted(counting *k, const wr_component *c) {
    for (uint32_t i = 0; i < c->defs.n; i++) {
        const wr_def *def = &c->defs.v[i];
        if (def->kind == WR_DEF_EXPORT && wr_slice_starts(wr_component_refs(c, def)->name, profile_export))
            wr_throw(k->env, WR_USAGE, WR_NO_OFFSET, "the component has counters already: it exports %s",
                     profile_export);
    }
}

// Nested components come first, and each before those that refer to it.
static void count_component(counting *k, uint32_t number) {
    wr_component *c = k->cj->file.components.v[number];
    wr_counted_modules counted = {0};
    counters made = {0};
    uint32_t exported = 0;
    refuse_counted(k, c);
    for (uint32_t i = 0; i < c->defs.n; i++)
        if (c->defs.v[i].kind == WR_DEF_COMPONENT) count_component(k, c->defs.v[i].child);
    collect_counted(k, c, &counted);
    if (counted.list.n) {
        made = add_counters(k, c, &counted);
        if (made.dumps) k->any_dump |= wrap_run(k, c, &made);
    }
    wr_component_adder a;
    wr_component_add_begin(&a, k->env, c, c->sections.n);
    if (counted.list.n) {
        char name[40];
        export_name(name, sizeof name, exported++);
        uint32_t profile =
            wr_component_add_core_alias(&a, WR_SORT_CORE_FUNC, made.instance, WR_PROFILE_FUNCTION);
        wr_component_add_text_export(&a, name, profile, made.memory);
    }
    for (uint32_t i = 0; i < c->defs.n; i++)
        if (c->defs.v[i].kind == WR_DEF_INSTANTIATE) export_nested(k, &a, &c->defs.v[i], &exported);
    wr_component_add_end(&a);
    k->profiles[number] = exported;
}

static bool keeps_section(const void *user, wr_slice name) { return wr_strip_keeps(user, name); }

void wr_component_job_instrument(wr_env *env, wring_job *job) {
    wr_component_work cj;
    wr_config config = *job->config;
    config.debug_names = true;
    wr_component_open(&cj, env, job, job->input, false);
    wr_component_mark(env, &cj.uses, false);
    counting k = {.cj = &cj, .env = env};
    count_modules(&k);
    k.profiles = WR_NEW0(&env->perm, uint32_t, cj.file.components.n);
    count_component(&k, 0);
    wr_component_output output = {
        .uses = &cj.uses, .modules = cj.made, .keeps_section = keeps_section, .user = &config};
    job->output = wr_component_write(env, &output);
    wr_component_require_sound(env, job);
    wr_stage_note(job, k.any_dump ? "it writes its profile to standard error when it ends; the export "
                                    "wring-profile gives it, too"
                                  : "its export wring-profile gives its profile");
}
