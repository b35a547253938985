// The registry of passes, from passes.def.
#include <stdarg.h>

#include "pass.h"

// The sets of levels that passes.def names.
#define LEVELS_ALWAYS (WR_L0 | WR_L1 | WR_L2 | WR_L3 | WR_LS | WR_LZ)
#define LEVEL_TEXT_ALWAYS "0 1 2 3 s z"
#define LEVELS_FROM_1 (WR_L1 | WR_L2 | WR_L3 | WR_LS | WR_LZ)
#define LEVEL_TEXT_FROM_1 "1 2 3 s z"
#define LEVELS_FROM_2 (WR_L2 | WR_L3 | WR_LS | WR_LZ)
#define LEVEL_TEXT_FROM_2 "2 3 s z"
#define LEVELS_SIZE (WR_LS | WR_LZ)
#define LEVEL_TEXT_SIZE "s z"
#define LEVELS_SMALLEST WR_LZ
#define LEVEL_TEXT_SMALLEST "z"
#define LEVELS_ASKED WR_COMPRESSING
#define LEVEL_TEXT_ASKED ""

const wr_pass wr_passes[] = {
#define RUN_module(function) function, NULL
#define RUN_round(function) function, NULL
#define RUN_whole(function) function, NULL
#define RUN_runtime(function) function, NULL
#define RUN_function(function) NULL, function
#define RUN_flow(function) NULL, function
#define RUN_step(function) NULL, function
#define PASS(name, function, scope, levels, summary) \
    {name, RUN_##scope(function), WR_SCOPE_##scope, LEVELS_##levels, LEVEL_TEXT_##levels, summary},
#include "passes.def"
#undef PASS
};
const size_t wr_npasses = WR_COUNT(wr_passes);

// Names that passes had before they got the field's; understood for one release.
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
    for (size_t i = 0; i < wr_npasses; i++)
        if (strcmp(wr_passes[i].name, name) == 0) return &wr_passes[i];
    return NULL;
}

bool wr_pass_enabled(const wr_config *config, const wr_pass *pass) {
    if (wr_patterns_match(&config->skip_pass, wr_slice_str(pass->name))) return false;
    if (config->passes.given) return true;
    return (pass->levels & (config->level | (config->compress_data ? WR_COMPRESSING : 0u))) != 0;
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
