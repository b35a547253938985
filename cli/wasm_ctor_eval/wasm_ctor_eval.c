// `wring wasm-ctor-eval …`, and wring under that name: evaluates constructors ahead of time, so that nothing
// is left to do at the start but what needs the host. emcc calls it for -sEVAL_CTORS, and reads from its
// output how many of the constructors need not be called any more.
#include <stdio.h>
#include <string.h>

#include "cli/message.h"
#include "cli/wasm_opt/stand_in.h"
#include "instrument/ctors.h"

typedef struct session {
    wr_stand_in tool;
    wr_ctors ctors;
    wr_buf said;
    bool quiet;
} session;

static void parse(session *s) {
    wr_stand_in *tool = &s->tool;
    for (size_t i = 0; i < tool->args->nfiles; i++) {
        const char *word = tool->args->files[i], *value;
        bool fits = true;
        if ((value = wr_stand_in_value(tool, &i, "--ctors", "-c")))
            fits = wr_strings_split(&s->ctors.names, value, strlen(value), ",");
        else if ((value = wr_stand_in_value(tool, &i, "--kept-exports", "-ke")))
            fits = wr_strings_split(&s->ctors.kept, value, strlen(value), ",");
        else if (!strcmp(word, "--ignore-external-input") || !strcmp(word, "-ipi"))
            s->ctors.no_input = true;
        else if (!strcmp(word, "--quiet") || !strcmp(word, "-q"))
            s->quiet = true;
        else if (!wr_stand_in_take(tool, &i))
            tool->foreign = word;
        if (!fits) wr_throw(tool->env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    }
}

static void evaluate(wr_context *c, void *ctors) { wr_ctors_evaluate(c, ctors); }

static void run(wr_env *env, void *arg) {
    session *s = arg;
    // What was evaluated is dead now, and what is left of a constructor can be simpler.
    static const wr_stand_in_option options[] = {
        {"O", "0"},
        {"passes", "strip,exports,dce,memory-packing,simplify-locals,simplify-cfg,instcombine,"
                   "coalesce-locals,reorder-locals"}};
    s->said = wr_buf_in(&env->perm);
    s->ctors.said = &s->said;
    parse(s);
    wr_stand_in_begin(&s->tool);
    wr_rewriting rewriting = {"evaluate constructors", evaluate, &s->ctors};
    wr_stand_in_optimize(&s->tool, options, WR_COUNT(options), &rewriting);
    wr_line_debug_write(env, &s->tool.debug);
    if (s->tool.out) wr_stand_in_write(env, s->tool.out, s->tool.module);
    if (!s->quiet) fwrite(s->said.p, 1, s->said.n, stdout);
}

int wr_cmd_wasm_ctor_eval(const wr_args *args) {
    session s = {.tool = {.args = args, .tool = "wasm-ctor-eval"}};
    int status = wr_stand_in_run(&s.tool, run);
    wr_strings_free(&s.ctors.names);
    wr_strings_free(&s.ctors.kept);
    return status;
}
