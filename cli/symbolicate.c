// `wring symbolicate`: stack traces of a shipped module, with names and source lines.
#include "inspect.h"
#include "report/symbolicate/symbolicate.h"

typedef struct session {
    wr_symbol_file file;
    wr_slice trace;
} session;

static wr_slice write_text(wr_env *env, void *arg) {
    session *s = arg;
    return wr_symbolicate_text(env, &s->file, s->trace);
}

static wr_slice write_json(wr_env *env, void *arg) {
    session *s = arg;
    return wr_symbolicate_json(env, &s->file, s->trace);
}

static void work(wr_env *env, wr_inspect *inspect) {
    static const wr_compare_format formats[] = {{WR_OPTION_JSON, write_json}};
    const wr_args *args = inspect->args;
    session s;
    if (args->nfiles < 1 || args->nfiles > 2)
        wr_throw(env, WR_USAGE, WR_NO_OFFSET,
                 "expected a symbol file, and maybe a trace; see `wring help symbolicate`");
    wr_symbol_file_read(env, wr_inspect_read(env, inspect, args->files[0]), &s.file);
    s.trace = wr_inspect_read(env, inspect, args->nfiles > 1 ? args->files[1] : "-");
    inspect->reading = NULL;
    wr_inspect_write(env, inspect, formats, WR_COUNT(formats), write_text, &s);
}

int wr_cmd_symbolicate(const wr_args *args) { return (int)wr_inspect_run(args, work); }
