// `wring budget`: keeps modules below their limits.
#include "report/budget/budget.h"

#include "inspect.h"

typedef struct session {
    wr_inspect *inspect;
    wr_budget budget;
    wr_budget_rows rows;
} session;

static wr_slice write_page(session *s, wr_env *env, wr_page_style style) {
    wr_page page = wr_page_begin(env, style);
    wr_budget_write(&page, &s->rows);
    return wr_buf_slice(&page.out);
}

static wr_slice write_text(wr_env *env, void *s) { return write_page(s, env, wr_inspect_text_style()); }
static wr_slice write_markdown(wr_env *env, void *s) { return write_page(s, env, WR_PAGE_MARKDOWN); }
static wr_slice write_github(wr_env *env, void *s) { return wr_budget_github(env, &((session *)s)->rows); }
static wr_slice write_junit(wr_env *env, void *s) { return wr_budget_junit(env, &((session *)s)->rows); }

static wr_audit *audit_file(wr_env *env, session *s, const char *path) {
    wr_audit *audit = WR_NEW(&env->perm, wr_audit, 1);
    wr_slice input = wr_inspect_module(env, s->inspect, path);
    wr_audit_make(&s->inspect->pool, input, &(wr_audit_options){0}, audit);
    s->inspect->reading = NULL;
    return audit;
}

static void check_file(wr_env *env, session *s, const wr_budget_entry *entry, const char *path) {
    const wr_audit *audit = audit_file(env, s, path);
    const wr_audit *baseline = entry->baseline ? audit_file(env, s, entry->baseline) : NULL;
    wr_budget_check(env, entry, path, audit, baseline, &s->rows);
}

static void check_all(wr_env *env, session *s) {
    const wr_args *args = s->inspect->args;
    for (size_t i = 1; i < args->nfiles; i++) {
        const wr_budget_entry *entry = wr_budget_find(&s->budget, args->files[i]);
        if (!entry)
            wr_throw(env, WR_USAGE, WR_NO_OFFSET, "%s has no entry for %.200s", args->files[0],
                     args->files[i]);
        check_file(env, s, entry, args->files[i]);
    }
    for (uint32_t i = 0; args->nfiles == 1 && i < s->budget.n; i++)
        check_file(env, s, &s->budget.entries[i], s->budget.entries[i].file);
}

static void work(wr_env *env, wr_inspect *inspect) {
    static const wr_compare_format formats[] = {{WR_OPTION_MARKDOWN, write_markdown},
                                                {WR_OPTION_GITHUB, write_github},
                                                {WR_OPTION_JUNIT, write_junit}};
    session s = {.inspect = inspect};
    if (!inspect->args->nfiles)
        wr_throw(env, WR_USAGE, WR_NO_OFFSET, "budget wants a file of limits; see `wring help budget`");
    const char *path = inspect->args->files[0];
    wr_budget_read(env, path, wr_inspect_read(env, inspect, path), &s.budget);
    check_all(env, &s);
    for (uint32_t i = 0; i < s.rows.n; i++)
        if (s.rows.v[i].over) inspect->status = WR_EXIT_OVER;
    wr_inspect_write(env, inspect, formats, WR_COUNT(formats), write_text, &s);
}

int wr_cmd_budget(const wr_args *args) { return (int)wr_inspect_run(args, work); }
