// exports: removes exports that, according to the user, the host does not use. These are the largest source
// of dead code, and one that no analysis of the module alone can find; the options name the assumption. For a
// core module in a component, the component tells which exports are used.
#include "exports.h"

#include "passes/manager/pass.h"
#include "support/nearest.h"

// --- Checking ---

static bool is_pattern(const char *item) { return *item && item[strlen(item) - 1] == '*'; }

static bool is_kept(const wr_config *config, wr_slice name) {
    if (config->keep_exports.given && !wr_config_matches(&config->keep_exports, name)) return false;
    return !wr_config_matches(&config->remove_exports, name);
}

static bool names_any(const wr_module *m, const wr_patterns *patterns, size_t i) {
    wr_patterns one = {.items = &patterns->items[i], .n = 1};
    for (uint32_t k = 0; k < m->nexports; k++)
        if (wr_config_matches(&one, m->exports[k].name)) return true;
    return false;
}

static char *copy_name(wr_arena *arena, wr_slice name) {
    char *copy = wr_alloc0(arena, name.n + 1);
    if (name.n) memcpy(copy, name.p, name.n);
    return copy;
}

_Noreturn static void refuse_name(wr_env *env, const wr_module *m, const char *option, const char *name) {
    const char **names = WR_NEW(&env->temp, const char *, m->nexports);
    for (uint32_t k = 0; k < m->nexports; k++) names[k] = copy_name(&env->temp, m->exports[k].name);
    const char *near = wr_nearest(name, names, m->nexports);
    wr_throw(env, WR_USAGE, WR_NO_OFFSET,
             "--%s: no export is named \"%.60s\"%s%.60s%s (--allow-missing-exports: no mistake)", option,
             name, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

typedef struct checking {
    const wr_module *m;
    const wr_config *config;
    void (*note)(void *user, const char *text);
    void *user;
} checking;

static void check_names(wr_env *env, const checking *c, const char *option, const wr_patterns *patterns) {
    for (size_t i = 0; i < patterns->n; i++) {
        const char *item = patterns->items[i];
        if (c->config->allow_missing_exports || names_any(c->m, patterns, i)) continue;
        if (!is_pattern(item)) refuse_name(env, c->m, option, item);
        char text[160];
        snprintf(text, sizeof text, "--%s: no export matches \"%.80s\"", option, item);
        if (c->note) c->note(c->user, text);
    }
}

void wr_exports_check(wr_env *env, const wr_module *m, const wr_config *config,
                      void (*note)(void *user, const char *text), void *user) {
    checking c = {m, config, note, user};
    check_names(env, &c, "keep-exports", &config->keep_exports);
    check_names(env, &c, "remove-exports", &config->remove_exports);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < m->nexports; i++) kept += is_kept(config, m->exports[i].name);
    if (!kept && m->nexports && !config->allow_no_exports)
        wr_throw(env, WR_USAGE, WR_NO_OFFSET,
                 "no export would be left of %u, and nearly nothing else (--allow-no-exports: no mistake)",
                 m->nexports);
}

// --- The pass ---

void wr_pass_exports(wr_context *c) {
    const wr_config *config = c->config;
    for (uint32_t i = 0; i < c->m->nexports; i++) {
        wr_export *export = &c->m->exports[i];
        if (!is_kept(config, export->name) || (config->used_exports && !config->used_exports[i]))
            export->live = false;
    }
}
