// Cuts a line into steps. Neighbours that the same hand does make one step:
//
//   -O2 --asyncify --strip-debug    optimize -O2 | asyncify and optimize -O2, without names
//   --safe-heap -Oz                 real --safe-heap | optimize -Oz
//   --minify-imports-and-exports    optimize | minify
//
// Two steps are ours: what a real wasm-opt made of code that was optimized before is optimized once more, and
// so is what comes to have its imports renamed, which emcc does last, after another tool has removed code.
#include "plan.h"

#include <stdlib.h>
#include <string.h>

static wr_wasm_opt_step_kind step_kind(const wr_wasm_opt_item *item, bool covered) {
    switch (item->flag->kind) {
    case WR_WASM_OPT_FORWARD:
    case WR_WASM_OPT_FORWARD_CODE: return WR_STEP_REAL;
    case WR_WASM_OPT_PASS: return !covered && !*item->flag->what ? WR_STEP_REAL : WR_STEP_OPTIMIZE;
    case WR_WASM_OPT_MINIFY: return WR_STEP_MINIFY;
    case WR_WASM_OPT_FUNCTION_MAP: return WR_STEP_FUNCTION_MAP;
    case WR_WASM_OPT_STRIP:
    case WR_WASM_OPT_KEEP: return WR_STEP_SECTIONS;
    default: return WR_STEP_OPTIMIZE;
    }
}

static bool has_level(const wr_wasm_opt_line *line) {
    for (size_t i = 0; i < line->nitems; i++)
        if (line->items[i].flag->kind == WR_WASM_OPT_LEVEL) return true;
    return false;
}

// Sections can be dropped in the step that optimizes code. Each renaming and each list is a step by itself.
static bool joins(wr_wasm_opt_step *last, wr_wasm_opt_step_kind kind) {
    bool ours = last->kind == WR_STEP_OPTIMIZE || last->kind == WR_STEP_SECTIONS;
    if (ours && (kind == WR_STEP_OPTIMIZE || kind == WR_STEP_SECTIONS)) {
        if (kind == WR_STEP_OPTIMIZE) last->kind = kind;
        return true;
    }
    return kind == WR_STEP_REAL && last->kind == kind;
}

static wr_wasm_opt_step *add_step(wr_wasm_opt_plan *plan, wr_wasm_opt_step_kind kind,
                                  const wr_wasm_opt_item *items) {
    wr_wasm_opt_step *step = &plan->steps[plan->nsteps++];
    *step = (wr_wasm_opt_step){.kind = kind, .items = items};
    return step;
}

static const char *level_by_number(const wr_wasm_opt_line *line) {
    static const char *const levels[] = {"0", "1", "2", "3", "3"};
    if (line->shrink_level) return line->shrink_level == 1 ? "s" : "z";
    return levels[line->optimize_level];
}

// The level for code that is about to get its last names: that of the line, else one that costs no speed.
static const char *last_level(const wr_wasm_opt_line *line) {
    return line->optimize_level || line->shrink_level ? level_by_number(line) : "2";
}

// Has code optimized once more before its last names, unless it was just now.
static void optimize_before_names(const wr_wasm_opt_line *line, wr_wasm_opt_plan *plan,
                                  const wr_wasm_opt_item *item) {
    wr_wasm_opt_step *last = plan->nsteps ? &plan->steps[plan->nsteps - 1] : NULL;
    if (last && last->kind == WR_STEP_OPTIMIZE) return;
    if (!last || last->kind != WR_STEP_SECTIONS) last = add_step(plan, WR_STEP_OPTIMIZE, item);
    last->kind = WR_STEP_OPTIMIZE;
    last->level = last_level(line);
}

static void cut(const wr_wasm_opt_line *line, wr_wasm_opt_plan *plan) {
    bool covered = has_level(line);
    for (size_t i = 0; i < line->nitems; i++) {
        const wr_wasm_opt_item *item = &line->items[i];
        wr_wasm_opt_step_kind kind = step_kind(item, covered);
        if (kind == WR_STEP_MINIFY && !covered) optimize_before_names(line, plan, item);
        wr_wasm_opt_step *last = plan->nsteps ? &plan->steps[plan->nsteps - 1] : NULL;
        bool asyncify = item->flag->kind == WR_WASM_OPT_ASYNCIFY;
        if (!last || asyncify || !joins(last, kind)) last = add_step(plan, kind, item);
        last->asyncify |= asyncify;
        last->nitems++;
    }
}

static bool holds(const wr_wasm_opt_step *step, wr_wasm_opt_kind kind) {
    for (size_t i = 0; i < step->nitems; i++)
        if (step->items[i].flag->kind == kind) return true;
    return false;
}

// The level in force at each step is the last one on the line so far.
static void set_levels(wr_wasm_opt_plan *plan) {
    const char *level = NULL;
    bool real = false;
    for (size_t i = 0; i < plan->nsteps; i++) {
        wr_wasm_opt_step *step = &plan->steps[i];
        for (size_t k = 0; k < step->nitems; k++) {
            if (step->items[k].flag->kind != WR_WASM_OPT_LEVEL) continue;
            level = step->items[k].flag->what;
            step->has_level = true;
        }
        if (!step->level) step->level = level;
        step->after_real = real;
        real |= step->kind == WR_STEP_REAL;
        step->for_asyncify = i + 1 < plan->nsteps && plan->steps[i + 1].asyncify;
    }
}

// At -O2 (not -O3) the last step also shares sequences of code that no loop reaches. Binaryen has nothing
// like it; what -Os and -Oz do beyond that would cost speed.
static void share_cold_code(wr_wasm_opt_plan *plan) {
    wr_wasm_opt_step *last = NULL;
    for (size_t i = 0; i < plan->nsteps; i++)
        if (plan->steps[i].kind == WR_STEP_OPTIMIZE) last = &plan->steps[i];
    if (last && last->level && !strcmp(last->level, "2")) last->share_cold = true;
}

// Optimizes once more what a real wasm-opt made last.
static void add_last_step(wr_wasm_opt_plan *plan) {
    bool again = false;
    const char *level = NULL;
    for (size_t i = 0; i < plan->nsteps; i++) {
        const wr_wasm_opt_step *step = &plan->steps[i];
        if (step->level) level = step->level;
        if (step->kind == WR_STEP_REAL) again = holds(step, WR_WASM_OPT_FORWARD_CODE);
        if (step->kind == WR_STEP_OPTIMIZE) again = false;
    }
    if (!again || !level || !strcmp(level, "0")) return;
    wr_wasm_opt_step *last = &plan->steps[plan->nsteps - 1];
    if (last->kind == WR_STEP_SECTIONS) {
        last->kind = WR_STEP_OPTIMIZE;
        return;
    }
    last = add_step(plan, WR_STEP_OPTIMIZE, NULL);
    last->level = level;
    last->after_real = true;
}

bool wr_wasm_opt_make_plan(const wr_wasm_opt_line *line, wr_wasm_opt_plan *plan) {
    *plan = (wr_wasm_opt_plan){.steps = calloc(2 * line->nitems + 2, sizeof *plan->steps)};
    if (!plan->steps) return false;
    cut(line, plan);
    set_levels(plan);
    add_last_step(plan);
    share_cold_code(plan);
    return true;
}

void wr_wasm_opt_plan_free(wr_wasm_opt_plan *plan) {
    free(plan->steps);
    *plan = (wr_wasm_opt_plan){0};
}
