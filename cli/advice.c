// Finds the JavaScript for the advice of `wring audit`. What lies beside a module belongs to it if one of
// the files names the module's file; then all of them are taken, since bundlers and wasm-bindgen spread
// glue over several. More glue only makes more exports count as used.
#include "advice.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "shrink.h"

// Modules below this size are measured without being asked, which takes up to some seconds.
enum { MEASURED_UNASKED = 5000000, LARGEST_GLUE = 16 << 20, LONGEST_PATH = 4096 };

typedef struct glue_reader {
    wr_env *env;
    wr_inspect *inspect;
    WR_VEC(wr_slice) texts;
    const char *first;
    WR_VEC(wr_slice) loaders; // those that name the module
} glue_reader;

static void add_glue(glue_reader *r, const char *path) {
    wr_slice text = wr_inspect_read(r->env, r->inspect, path);
    if (!r->first) r->first = path;
    WR_PUSH(&r->env->perm, r->texts, text);
}

static const char *copy_path(wr_env *env, const char *path, size_t n) {
    char *copy = wr_alloc(&env->perm, n + 1);
    memcpy(copy, path, n);
    copy[n] = 0;
    return copy;
}

static void add_listed(glue_reader *r, const char *list) {
    while (*list) {
        size_t n = strcspn(list, ",");
        if (n) add_glue(r, copy_path(r->env, list, n));
        if (n) WR_PUSH(&r->env->perm, r->loaders, r->texts.v[r->texts.n - 1]);
        list += n + (list[n] == ',');
    }
}

static bool is_script(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot && (!strcmp(dot, ".js") || !strcmp(dot, ".mjs") || !strcmp(dot, ".cjs"));
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

// Paths of the scripts in the module's folder, in the order of their names.
static const char **list_scripts(wr_env *env, const char *module, uint32_t *n) {
    WR_VEC(const char *) list = {0};
    const char *slash = strrchr(module, '/');
    int folder = slash ? (int)(slash - module) + 1 : 0;
    DIR *dir = opendir(folder ? copy_path(env, module, (size_t)folder) : ".");
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        char path[LONGEST_PATH];
        int length = snprintf(path, sizeof path, "%.*s%s", folder, module, entry->d_name);
        struct stat st;
        bool fits = is_script(entry->d_name) && length < (int)sizeof path && stat(path, &st) == 0 &&
                    S_ISREG(st.st_mode) && st.st_size < LARGEST_GLUE;
        if (fits) WR_PUSH(&env->perm, list, copy_path(env, path, (size_t)length));
    }
    if (dir) closedir(dir);
    if (list.n) qsort(list.v, list.n, sizeof *list.v, by_name);
    *n = list.n;
    return list.v;
}

static void add_neighbours(glue_reader *r, const char *module) {
    const char *slash = strrchr(module, '/'), *name = slash ? slash + 1 : module;
    uint32_t n;
    const char **paths = list_scripts(r->env, module, &n);
    for (uint32_t i = 0; i < n; i++) {
        add_glue(r, paths[i]);
        wr_slice text = r->texts.v[r->texts.n - 1];
        bool names = memmem(text.p, text.n, name, strlen(name));
        if (names && !r->loaders.n) r->first = paths[i];
        if (names) WR_PUSH(&r->env->perm, r->loaders, text);
    }
    if (!r->loaders.n) r->texts.n = 0, r->first = NULL;
}

wr_glue_files wr_advice_read_glue(wr_env *env, wr_inspect *inspect, const char *module) {
    glue_reader r = {.env = env, .inspect = inspect};
    const char *list = wr_args_value(inspect->args, WR_OPTION_GLUE);
    if (list)
        add_listed(&r, list);
    else if (strcmp(module, "-") != 0)
        add_neighbours(&r, module);
    inspect->reading = module;
    return (wr_glue_files){{r.texts.v, r.texts.n}, {r.loaders.v, r.loaders.n}, r.first};
}

// --- Advice ---

// The options of the audit are those of the trials, but for what counts.
static wring_options *trial_options(void *user) {
    const wr_inspect *inspect = user;
    wring_options *options = wring_options_new();
    char error[512];
    if (!options) return NULL;
    if (wr_shrink_set_options(options, inspect->args, error, sizeof error) == WR_EXIT_OK &&
        wring_options_set(options, "for", "both") == WRING_OK)
        return options;
    wring_options_free(options);
    return NULL;
}

void wr_advice_for(wr_inspect *inspect, const wr_audit *audit, const char *file, const wr_glue_files *scripts,
                   wr_advice *advice) {
    const char *estimate = wr_args_value(inspect->args, WR_OPTION_ESTIMATE);
    bool asked = wr_args_has(inspect->args, WR_OPTION_ESTIMATE) && !estimate;
    wr_advice_options options = {.file = file, .base = trial_options, .user = inspect, .thorough = asked};
    options.measure = asked || (!estimate && audit->m.input.n < MEASURED_UNASKED);
    const char *slash = scripts->first ? strrchr(scripts->first, '/') : NULL;
    options.glue = scripts->glue;
    options.glue_file = slash ? slash + 1 : scripts->first;
    wr_advice_make(&inspect->pool, audit, &options, advice);
}
