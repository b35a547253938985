// The registry of passes, from passes.def, and the pipeline, from pipeline.def.
#include <stdarg.h>

#include "pass.h"

// --- Passes ---

const wr_pass wr_passes[] = {
#define FUNCTIONS_module(function) function, NULL
#define FUNCTIONS_ipo(function) function, NULL
#define FUNCTIONS_size(function) function, NULL
#define FUNCTIONS_runtime(function) function, NULL
#define FUNCTIONS_function(function) NULL, function
#define FUNCTIONS_control(function) NULL, function
#define FUNCTIONS_stepwise(function) NULL, function
#define PASS(name, function, scope, summary) \
    {name, FUNCTIONS_##scope(function), WR_SCOPE_##scope, #scope, summary},
#include "passes.def"
#undef PASS
};
const size_t wr_pass_count = WR_COUNT(wr_passes);

// Former names of passes, which are understood for one release.
static const struct {
    const char *old, *name;
} renamed[] = {
#define RENAMED(old, name) {old, name},
#include "renamed_passes.def"
#undef RENAMED
};

static const char *present_name(const char *name) {
    for (size_t i = 0; i < WR_COUNT(renamed); i++)
        if (strcmp(renamed[i].old, name) == 0) return renamed[i].name;
    return name;
}

const wr_pass *wr_pass_find(const char *name) {
    name = present_name(name);
    for (size_t i = 0; i < wr_pass_count; i++)
        if (strcmp(wr_passes[i].name, name) == 0) return &wr_passes[i];
    return NULL;
}

// --- The pipeline ---

// The index of a pass in wr_passes, by the name of its function.
enum {
#define PASS(name, function, scope, summary) INDEX_##function,
#include "passes.def"
#undef PASS
};

// The sets of levels that pipeline.def names.
enum {
    LEVELS_ASKED = WR_COMPRESSING,
    LEVELS_SMALLEST = WR_LZ,
    LEVELS_SIZE = WR_LS | WR_LZ,
    LEVELS_SPEED = WR_L2 | WR_L3,
    LEVELS_FROM_2 = WR_L2 | WR_L3 | WR_LS | WR_LZ,
    LEVELS_FROM_1 = WR_L1 | LEVELS_FROM_2,
    LEVELS_ALWAYS = WR_L0 | LEVELS_FROM_1,
};

const wr_step wr_pass_pipeline[] = {
#define RUN(phase, function, levels) {&wr_passes[INDEX_##function], WR_PHASE_##phase, LEVELS_##levels},
#include "pipeline.def"
#undef RUN
};
const size_t wr_pass_pipeline_count = WR_COUNT(wr_pass_pipeline);

unsigned wr_pass_levels(const wr_pass *pass) {
    unsigned levels = 0;
    for (size_t i = 0; i < wr_pass_pipeline_count; i++)
        if (wr_pass_pipeline[i].pass == pass) levels |= wr_pass_pipeline[i].levels;
    return levels;
}

const char *wr_pass_level_text(const wr_pass *pass) {
    switch (wr_pass_levels(pass)) {
    case LEVELS_ALWAYS: return "0 1 2 3 s z";
    case LEVELS_FROM_1: return "1 2 3 s z";
    case LEVELS_FROM_2: return "2 3 s z";
    case LEVELS_SIZE: return "s z";
    case LEVELS_SPEED: return "2 3";
    case LEVELS_SMALLEST: return "z";
    default: return "";
    }
}

bool wr_pass_enabled(const wr_config *config, const wr_pass *pass, unsigned levels) {
    if (wr_config_matches(&config->skip_pass, wr_slice_str(pass->name))) return false;
    unsigned wanted = config->level | (config->compress_data ? WR_COMPRESSING : 0u);
    return config->passes.given || (levels & wanted) != 0;
}

// --- For passes ---

wr_tuning wr_pass_tuning(const wr_context *c) {
    wr_tuning tuning = c->config->tuning;
    const wr_size_hints *hints = &c->state->hints;
    if (tuning.min_saving < hints->min_saving) tuning.min_saving = hints->min_saving;
    if (tuning.min_site < hints->min_site) tuning.min_site = hints->min_site;
    return tuning;
}

void wr_pass_declare_changed(wr_context *c, const wr_memory_change *change) {
    if (c->changed) c->changed(c->changed_user, change);
}

void wr_pass_note(wr_context *c, const char *format, ...) {
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (c->note) c->note(c->note_user, text);
}

bool wr_pass_applies(const wr_module *m, const wr_pass *pass) {
    static wr_pass_fn *const simple[] = {wr_pass_strip, wr_pass_exports, wr_pass_dce, wr_pass_memory_packing};
    if (!(m->features & WR_F_KEPT) || pass->edit) return true;
    for (size_t i = 0; i < WR_COUNT(simple); i++)
        if (pass->run == simple[i]) return true;
    return false;
}
