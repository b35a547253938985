// `wring diff`: what changed between two modules.
#include "inspect.h"
#include "report/diff/diff.h"
#include "report/html/html.h"

typedef struct session {
    wr_inspect *inspect;
    const char *files[2];
    wr_audit audits[2];
    wr_diff diff;
    uint32_t top;
} session;

static wr_slice write_page(session *s, wr_env *env, wr_page_style style) {
    wr_page page = wr_page_begin(env, style);
    wr_diff_write(&page, &s->diff, s->files[0], s->files[1], s->top);
    return wr_buf_slice(&page.out);
}

static wr_slice write_text(wr_env *env, void *s) { return write_page(s, env, wr_inspect_text_style()); }
static wr_slice write_markdown(wr_env *env, void *s) { return write_page(s, env, WR_PAGE_MARKDOWN); }

static wr_slice write_json(wr_env *env, void *arg) {
    session *s = arg;
    return wr_diff_json(env, &s->diff, s->files[0], s->files[1]);
}

static wr_slice write_html(wr_env *env, void *arg) {
    session *s = arg;
    return wr_html_diff(env, &s->diff, s->files[0], s->files[1]);
}

static void work(wr_env *env, wr_inspect *inspect) {
    static const wr_compare_format formats[] = {
        {WR_OPTION_JSON, write_json}, {WR_OPTION_MARKDOWN, write_markdown}, {WR_OPTION_HTML, write_html}};
    session s = {.inspect = inspect, .top = wr_inspect_number(env, inspect, WR_OPTION_TOP, 20)};
    if (inspect->args->nfiles != 2)
        wr_throw(env, WR_USAGE, WR_NO_OFFSET,
                 "diff wants two modules, before and after; see `wring help diff`");
    for (size_t i = 0; i < 2; i++) {
        s.files[i] = inspect->args->files[i];
        wr_slice input = wr_inspect_module(env, inspect, s.files[i]);
        wr_audit_make(&inspect->pool, input, &(wr_audit_options){0}, &s.audits[i]);
    }
    inspect->reading = NULL;
    wr_diff_make(&inspect->pool, &s.audits[0], &s.audits[1], &s.diff);
    wr_codec codec = wr_inspect_codec(inspect);
    if (codec != WR_CODEC_RAW) wr_diff_measure(&inspect->pool, &s.diff, codec, s.top);
    wr_inspect_write(env, inspect, formats, WR_COUNT(formats), write_text, &s);
}

int wr_cmd_diff(const wr_args *args) { return (int)wr_inspect_run(args, work); }
