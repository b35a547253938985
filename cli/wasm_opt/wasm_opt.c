// `wring wasm-opt …`, which is also what wring does under the name of wasm-opt: takes the command line of
// Binaryen's program and does what it asks.
#include <stdio.h>
#include <string.h>

#include "cli/options.h"
#include "cli/real_tool.h"
#include "session.h"
#include "wring.h"

typedef struct help_group {
    wr_wasm_opt_kind kinds[7];
    size_t n;
    const char *title;
} help_group;

static const help_group groups[] = {
    {{WR_WASM_OPT_LEVEL, WR_WASM_OPT_STRIP, WR_WASM_OPT_REMOVE_EXPORTS, WR_WASM_OPT_MINIFY,
      WR_WASM_OPT_FUNCTION_MAP, WR_WASM_OPT_POST_EMSCRIPTEN, WR_WASM_OPT_ASYNCIFY},
     7,
     "Done here:"},
    {{WR_WASM_OPT_PASS},
     1,
     "Part of a level here; without one, done by passes of wring that do the same, or handed on:"},
    {{WR_WASM_OPT_FORWARD, WR_WASM_OPT_FORWARD_CODE, WR_WASM_OPT_WHOLE},
     3,
     "Handed on to Binaryen's wasm-opt:"},
};

static bool in_group(const help_group *group, wr_wasm_opt_kind kind) {
    for (size_t i = 0; i < group->n; i++)
        if (group->kinds[i] == kind) return true;
    return false;
}

static void print_group(const help_group *group) {
    printf("\n%s\n", group->title);
    int column = 0;
    for (size_t i = 0; i < wr_wasm_opt_nflags; i++) {
        const wr_wasm_opt_flag *flag = &wr_wasm_opt_flags[i];
        if (!in_group(group, flag->kind)) continue;
        int width = (int)strlen(flag->name) + 3;
        if (column + width > 100) column = 0, putchar('\n');
        column +=
            printf(column ? " %s%s" : "  %s%s", flag->kind == WR_WASM_OPT_LEVEL ? "-" : "--", flag->name);
    }
    putchar('\n');
}

static void print_help(void) {
    puts("wring in the place of Binaryen's wasm-opt: wasm-opt IN -o OUT [flags of wasm-opt]\n"
         "See docs/DROP-IN.md. Feature flags bound the output; no input is refused for want of them.");
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) print_group(&groups[i]);
    puts("\nUnderstood, and without effect here:");
    for (size_t i = 0; i < wr_wasm_opt_nflags; i++) {
        const wr_wasm_opt_flag *flag = &wr_wasm_opt_flags[i];
        if (*flag->why) printf("  --%-38s %s\n", flag->name, flag->why);
    }
}

static wr_exit run_line(wr_wasm_opt_session *s) {
    const wr_wasm_opt_line *line = s->line;
    if (line->help) {
        print_help();
        return WR_EXIT_OK;
    }
    if (line->version) {
        printf("wasm-opt version %d (wring %s)\n", wr_real_tool_wasm_opt_version(false), wring_version());
        return WR_EXIT_OK;
    }
    wr_wasm_opt_plan plan;
    if (!wr_wasm_opt_make_plan(line, &plan)) {
        wr_message_error("out of memory");
        return WR_EXIT_LIMIT;
    }
    s->plan = &plan;
    wr_exit status = wr_wasm_opt_run(s);
    wr_wasm_opt_plan_free(&plan);
    return status;
}

int wr_cmd_wasm_opt(const wr_args *args) {
    wr_wasm_opt_line line;
    wr_exit status = WR_EXIT_USAGE;
    if (!wr_wasm_opt_parse(&line, args->nfiles, args->files)) {
        wr_message_error("%s", line.error);
    } else {
        wr_wasm_opt_session s = {.line = &line, .words = args->files, .nwords = args->nfiles};
        status = run_line(&s);
    }
    wr_wasm_opt_line_free(&line);
    return status;
}
