// `wring ci`: the comment on a pull request that changes a module.
#include <string.h>

#include "advice.h"
#include "inspect.h"
#include "report/audit/go_program.h"
#include "report/ci/comment.h"

typedef struct session {
    wr_inspect *inspect;
    const char *files[2];
    wr_audit audits[2], program;
    wr_diff diff;
    wr_sizes sizes[2];
    wr_budget_rows budget;
    wr_advice advice;
} session;

static wr_slice write_comment(wr_env *env, void *arg) {
    session *s = arg;
    const char *slash = strrchr(s->files[1], '/');
    wr_ci_report report = {.file = slash ? slash + 1 : s->files[1],
                           .diff = &s->diff,
                           .program = &s->program,
                           .before = s->sizes[0],
                           .after = s->sizes[1],
                           .budget = &s->budget,
                           .advice = &s->advice};
    wr_page page = wr_page_begin(env, WR_PAGE_MARKDOWN);
    wr_ci_write(&page, &report);
    return wr_buf_slice(&page.out);
}

static void read_modules(wr_env *env, session *s) {
    wr_inspect *inspect = s->inspect;
    if (inspect->args->nfiles != 2)
        wr_throw(env, WR_USAGE, WR_NO_OFFSET, "ci wants two modules, before and after; see `wring help ci`");
    for (size_t i = 0; i < 2; i++) {
        s->files[i] = inspect->args->files[i];
        wr_audit_make(&inspect->pool, wr_inspect_module(env, inspect, s->files[i]), &(wr_audit_options){0},
                      &s->audits[i]);
    }
    inspect->reading = NULL;
    s->program = s->audits[1];
    if (*s->program.go_version) wr_go_program_graph(env, &s->audits[1], &s->program.graph);
}

static void check_budget(wr_env *env, session *s) {
    const char *path = wr_args_value(s->inspect->args, WR_OPTION_BUDGET);
    wr_budget budget;
    if (!path) return;
    wr_budget_read(env, path, wr_inspect_read(env, s->inspect, path), &budget);
    const wr_budget_entry *entry = wr_budget_find(&budget, s->files[1]);
    if (!entry) wr_throw(env, WR_USAGE, WR_NO_OFFSET, "%s has no entry for %.200s", path, s->files[1]);
    wr_budget_check(env, entry, s->files[1], &s->audits[1], &s->audits[0], &s->budget);
    for (uint32_t i = 0; i < s->budget.n; i++)
        if (s->budget.v[i].over) s->inspect->status = WR_EXIT_OVER;
    s->inspect->reading = NULL;
}

static void work(wr_env *env, wr_inspect *inspect) {
    static const wr_compare_format formats[] = {{WR_OPTION_MARKDOWN, write_comment}};
    session s = {.inspect = inspect};
    read_modules(env, &s);
    check_budget(env, &s);
    wr_diff_make(&inspect->pool, &s.audits[0], &s.audits[1], &s.diff);
    wr_slice modules[] = {s.audits[0].m.input, s.audits[1].m.input};
    wr_sizes_measure(&inspect->pool, modules, 2, s.sizes, NULL, NULL);
    wr_glue_files scripts = wr_advice_read_glue(env, inspect, s.files[1]);
    wr_advice_for(inspect, &s.audits[1], s.files[1], &scripts, &s.advice);
    wr_inspect_write(env, inspect, formats, WR_COUNT(formats), write_comment, &s);
}

int wr_cmd_ci(const wr_args *args) { return (int)wr_inspect_run(args, work); }
