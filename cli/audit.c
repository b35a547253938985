// `wring audit`: what fills a module, and why.
#include <string.h>

#include "inspect.h"
#include "report/audit.h"
#include "report/overview.h"

typedef struct session {
    wr_inspect *inspect;
    const char *name; // of the module
    wr_audit audit;
    uint32_t top;
} session;

static wr_slice write_overview(session *s, wr_env *env, wr_page_style style) {
    wr_page page = wr_page_begin(env, style);
    wr_write_overview(&page, &s->audit, s->name, s->top);
    return wr_buf_slice(&page.out);
}

static wr_slice write_text(wr_env *env, void *s) { return write_overview(s, env, WR_PAGE_TEXT); }
static wr_slice write_markdown(wr_env *env, void *s) { return write_overview(s, env, WR_PAGE_MARKDOWN); }

static void make_audit(wr_env *env, session *s) {
    wr_audit_options options = {.keep_exports = &s->inspect->config->keep_exports};
    wr_slice input = wr_inspect_read(env, s->inspect, s->name);
    wr_make_audit(&s->inspect->pool, input, &options, &s->audit);
}

static void work(wr_env *env, wr_inspect *inspect) {
    static const wr_format formats[] = {{WR_OPTION_MARKDOWN, write_markdown}};
    session s = {.inspect = inspect, .top = wr_inspect_number(env, inspect, WR_OPTION_TOP, 8)};
    if (inspect->args->nfiles != 1) wr_throw(env, WR_USAGE, WR_NO_OFFSET, "audit wants one module; see `wring help audit`");
    s.name = inspect->args->files[0];
    make_audit(env, &s);
    wr_inspect_write(env, inspect, formats, WR_COUNT(formats), write_text, &s);
}

int wr_cmd_audit(const wr_args *args) { return (int)wr_inspect_run(args, work); }
