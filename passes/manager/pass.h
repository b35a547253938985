// Passes: the types, the context that they work in, and the registry.
#ifndef WR_PASSES_MANAGER_PASS_H
#define WR_PASSES_MANAGER_PASS_H

#include "config.h"
#include "ir/body.h"
#include "ir/module.h"
#include "ir/refs.h"
#include "state.h"
#include "support/pool.h"

// A difference that a pass makes to the program's memory on purpose. Whoever compares the behaviour of input
// and output takes any other difference for a bug, so declarations must be complete, and as narrow as
// possible.
typedef struct wr_memory_change {
    enum {
        WR_CHANGED_BYTES, // `size` bytes at `at` differ after instantiation
        // In the table of `limit` bytes at `table`, `size` bytes moved from offset `at` to `to`. So addresses
        // and offsets that point there differ, and lengths of what was left behind them.
        WR_MOVED_ITEM,
        WR_DEAD_WORD, // the eight-byte word with the value `at` is no longer written where nothing reads it
        WR_CRASHES,   // the program prints less when it crashes
    } kind;
    uint32_t memory;
    uint64_t at, size, to, table, limit;
} wr_memory_change;

// What passes work on, and where memory comes from. Results are allocated in env->perm, bodies in env->code;
// what a pass needs until it ends in env->pass, of any worker. env->temp is a pass's own scratch memory until
// it ends or calls wr_parallel.
typedef struct wr_context {
    wr_pool *pool;
    wr_env *env; // the environment of the calling thread
    wr_module *m;
    const wr_config *config;
    wr_pass_state *state; // side tables, see state.h
    // The current iteration of the passes on one body, of which there are WR_ITERATIONS in each round.
    unsigned iteration;
    void (*note)(void *user, const char *text); // reports something that the user may want to know
    void *note_user;
    void (*changed)(void *user, const wr_memory_change *change); // see wr_pass_declare_changed
    void *changed_user;
    const struct wr_body_store
        *body_store; // of results of passes on one body, see body_results.h; NULL: none
} wr_context;

// Records that the body changed enough to be looked at again.
static inline void wr_pass_mark_edited(const wr_context *c, uint32_t func, unsigned iteration) {
    c->state->funcs[func].edited = (uint8_t)(iteration + 1);
}
// For interprocedural passes: whether the body has changed since the start of the previous round; in the
// first round all are new.
static inline bool wr_pass_is_new(const wr_context *c, uint32_t func) {
    return c->state->funcs[func].edited + (unsigned)WR_ITERATIONS > c->iteration;
}

// Whether the output may use these features: the module uses them already, or the user permits it.
static inline bool wr_pass_may_use(const wr_context *c, uint64_t features) {
    return (features & ~(c->m->features | c->config->allow)) == 0;
}

// The effects (WR_E_*) of an instruction, without what the user says never happens.
static inline uint32_t wr_pass_effects(const wr_config *config, unsigned op) {
    uint32_t effects = wr_opinfos[op].effects;
    bool ignored = config->ignore_implicit_traps && !(effects & WR_E_CONTROL);
    return ignored ? effects & ~(uint32_t)WR_E_TRAP : effects;
}

// The job's tuning, limited by what runtime passes ask for.
wr_tuning wr_pass_tuning(const wr_context *c);

void wr_pass_note(wr_context *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

void wr_pass_declare_changed(wr_context *c, const wr_memory_change *change);

typedef void wr_pass_fn(wr_context *c);
// A pass on one body: edits it in env->temp, where it was decoded or left by earlier passes; env->func is the
// function's index. Only reads the module, since workers edit different functions at once. Returns whether
// something changed. If not, the body is either unchanged and in the same place, or has named labels and is
// discarded. Never called for bodies with more than WR_MAX_LOCALS locals.
typedef bool wr_edit_fn(wr_env *env, const wr_context *c, wr_body *body);

#define WR_DECLARE_module(function) wr_pass_fn function;
#define WR_DECLARE_ipo(function) wr_pass_fn function;
#define WR_DECLARE_size(function) wr_pass_fn function;
#define WR_DECLARE_runtime(function) wr_pass_fn function;
#define WR_DECLARE_function(function) wr_edit_fn function;
#define WR_DECLARE_control(function) wr_edit_fn function;
#define WR_DECLARE_stepwise(function) wr_edit_fn function;
#define PASS(name, function, scope, summary) WR_DECLARE_##scope(function)
#include "passes.def"
#undef PASS

typedef enum wr_scope {
    WR_SCOPE_module,
    WR_SCOPE_ipo,
    WR_SCOPE_function,
    WR_SCOPE_control,
    WR_SCOPE_stepwise,
    WR_SCOPE_size,
    WR_SCOPE_runtime,
} wr_scope;

typedef struct wr_pass {
    const char *name;
    wr_pass_fn *run;  // NULL for passes on one body
    wr_edit_fn *edit; // the edit function of a pass on one body
    wr_scope scope;
    const char *scope_text;
    const char *summary;
} wr_pass;

extern const wr_pass wr_passes[];
extern const size_t wr_pass_count;

// Whether a custom section of that name stays in the output, of a module or of a component.
bool wr_strip_keeps(const wr_config *config, wr_slice name);

// The pass of that name, which may be a former one (renamed_passes.def), or NULL.
const wr_pass *wr_pass_find(const char *name);

typedef enum wr_phase { WR_PHASE_prepare, WR_PHASE_iterate, WR_PHASE_finish } wr_phase;

// One run of a pass in the pipeline.
typedef struct wr_step {
    const wr_pass *pass;
    wr_phase phase;
    unsigned levels; // WR_L* bits
} wr_step;

extern const wr_step wr_pass_pipeline[];
extern const size_t wr_pass_pipeline_count;

// The levels at which the pass runs somewhere in the pipeline.
unsigned wr_pass_levels(const wr_pass *pass);
// The same as text, as in "1 2 3 s z".
const char *wr_pass_level_text(const wr_pass *pass);

// Whether the configuration runs the pass, which belongs to these levels: by its level, unless the user lists
// passes; never if the pass is to be skipped.
bool wr_pass_enabled(const wr_config *config, const wr_pass *pass, unsigned levels);

// Whether the pass may run on this module. Where code switches stacks, only two kinds of passes may: those
// that look at one body at a time (and leave bodies alone that switch stacks), and those that remove whole
// entities. The others do not know that a function may be left, and entered again, in the middle.
bool wr_pass_applies(const wr_module *m, const wr_pass *pass);

#endif
