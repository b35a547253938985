// Passes: what one gets, and the registry that passes.def fills.
#ifndef WR_PASSES_MANAGER_PASS_H
#define WR_PASSES_MANAGER_PASS_H

#include "config.h"
#include "ir/body.h"
#include "ir/module.h"
#include "ir/refs.h"
#include "support/pool.h"

// What a pass leaves otherwise than it was in memory, on purpose. Whoever compares input and output takes any other
// difference for a bug, so it must be complete, and as narrow as it can be.
typedef struct wr_memory_change {
    enum {
        WR_CHANGED_BYTES, // `size` bytes at `at` are something else once the module is instantiated
        WR_MOVED_ITEM,    // of the table of `limit` bytes at `table`, `size` bytes from offset `at` on are now from `to` on:
                          // so are addresses and offsets that point there, and lengths of what is left behind them
        WR_DEAD_WORD,     // the word of eight bytes with the value `at` is no longer written where nothing reads it
        WR_CRASHES,       // what a program prints when it crashes is shorter
    } kind;
    uint32_t memory;
    uint64_t at, size, to, table, limit;
} wr_memory_change;

// What a module, whole or runtime pass works on. Results go to env->perm, bodies to env->code; what the pass needs until
// it ends goes to env->pass, of any worker; env->temp is its own scratch until it ends or calls wr_parallel.
typedef struct wr_context {
    wr_pool *pool;
    wr_env *env; // of the calling thread
    wr_module *m;
    const wr_config *config;
    unsigned turn; // function passes take turns on each body, WR_ITERATIONS in each round
    void (*note)(void *user, const char *text); // something that a user may want to know
    void *note_user;
    void (*changed)(void *user, const wr_memory_change *change); // see wr_pass_declare_changed
    void *changed_user;
} wr_context;

#define WR_ITERATIONS 3

// Notes that the body changed enough to be worth another look.
static inline void wr_pass_mark_edited(const wr_context *c, uint32_t func, unsigned turn) {
    c->m->funcs[func].edited = (uint8_t)(turn + 1);
}
// For passes of rounds: whether the body changed since the start of the round before; in the first round all are new.
static inline bool wr_pass_is_new(const wr_context *c, uint32_t func) {
    return c->m->funcs[func].edited + (unsigned)WR_ITERATIONS > c->turn;
}

// Whether the output may use these features: the module does already, or the user allows it.
static inline bool wr_pass_may_use(const wr_context *c, uint64_t features) {
    return (features & ~(c->m->features | c->config->allow)) == 0;
}

// The job's tuning, within what runtime passes ask for.
static inline wr_tuning wr_pass_tuning(const wr_context *c) {
    wr_tuning tuning = c->config->tuning;
    if (tuning.min_saving < c->m->least_saving) tuning.min_saving = c->m->least_saving;
    if (tuning.min_site < c->m->least_site) tuning.min_site = c->m->least_site;
    return tuning;
}

void wr_pass_note(wr_context *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

void wr_pass_declare_changed(wr_context *c, const wr_memory_change *change);

typedef void wr_pass_fn(wr_context *c);
// A function pass: edits a body in env->temp, where it was decoded or where function passes before this one left it;
// env->func is its index. Only reads the module. Returns whether something changed; if not, the body is what and where it
// was, or has named labels and is lost. Never called for bodies with more than WR_MAX_LOCALS locals.
typedef bool wr_edit_fn(wr_env *env, const wr_context *c, wr_body *body);

#define DECLARE_module(function) wr_pass_fn function;
#define DECLARE_round(function) wr_pass_fn function;
#define DECLARE_whole(function) wr_pass_fn function;
#define DECLARE_runtime(function) wr_pass_fn function;
#define DECLARE_function(function) wr_edit_fn function;
#define DECLARE_flow(function) wr_edit_fn function;
#define DECLARE_step(function) wr_edit_fn function;
#define PASS(name, function, scope, levels, summary) DECLARE_##scope(function)
#include "passes.def"
#undef PASS

typedef enum wr_scope {
    WR_SCOPE_module, WR_SCOPE_round, WR_SCOPE_function, WR_SCOPE_flow, WR_SCOPE_step, WR_SCOPE_whole, WR_SCOPE_runtime,
} wr_scope;

typedef struct wr_pass {
    const char *name;
    wr_pass_fn *run;  // NULL for function passes
    wr_edit_fn *edit; // of a function pass
    wr_scope scope;
    unsigned levels;        // WR_L* bits
    const char *level_text; // as in "1 2 3 s z"
    const char *summary;
} wr_pass;

extern const wr_pass wr_passes[];
extern const size_t wr_npasses;

// Whether a custom section of that name stays in what is written, of a module or of a component.
bool wr_strip_keeps(const wr_config *config, wr_slice name);

// The pass of that name, or one that had it before (renamed_passes.def), or NULL.
const wr_pass *wr_pass_find(const char *name);

// Whether the configuration runs this pass: by level, unless the user lists passes; never one to be skipped.
bool wr_pass_enabled(const wr_config *config, const wr_pass *pass);

#endif
