// `wring wasm-emscripten-finalize …`, and wring under that name: the first of Binaryen's tools that emcc runs
// on what the linker wrote. Up to version 109 it also prints what emcc wants to know of the module.
#include <stdio.h>
#include <string.h>

#include "cli/message.h"
#include "cli/real_tool.h"
#include "cli/wasm_opt/sections.h"
#include "cli/wasm_opt/stand_in.h"
#include "instrument/emscripten/emscripten.h"
#include "metadata.h"

enum { NO_METADATA_SINCE = 110 }; // version of Binaryen

typedef struct session {
    wr_stand_in tool;
    wr_emscripten_options options;
    bool standalone, bigint, minimal, silent;
    bool no_dyncalls, i64_dyncalls;
    wr_em_metadata metadata;
} session;

// Words that change nothing here: what they ask for is so anyway.
static bool is_nothing(const char *word) {
    return !strcmp(word, "--minimize-wasm-changes") || !strcmp(word, "--side-module");
}

static void take_pass_arg(session *s, const char *arg) {
    if (!strncmp(arg, "legalize-js-interface-export-originals",
                 strlen("legalize-js-interface-export-originals")))
        s->options.export_originals = true;
    else
        s->tool.foreign = arg;
}

static void parse(session *s) {
    wr_stand_in *tool = &s->tool;
    for (size_t i = 0; i < tool->args->nfiles; i++) {
        const char *word = tool->args->files[i], *value;
        if ((value = wr_stand_in_value(tool, &i, "--pass-arg", "-pa")))
            take_pass_arg(s, value);
        else if (wr_stand_in_value(tool, &i, "--global-base", ""))
            continue; // only counts where segments are written apart
        else if (!strcmp(word, "--no-dyncalls"))
            s->no_dyncalls = true;
        else if (!strcmp(word, "--dyncalls-i64"))
            s->i64_dyncalls = true;
        else if (!strcmp(word, "--bigint") || !strcmp(word, "-bi"))
            s->bigint = true;
        else if (!strcmp(word, "--no-legalize-javascript-ffi") || !strcmp(word, "-nj"))
            s->minimal = true;
        else if (!strcmp(word, "--standalone-wasm"))
            s->standalone = true;
        else if (!strcmp(word, "--check-stack-overflow"))
            s->options.check_stack = true;
        else if (!strcmp(word, "--no-emit-metadata") || !strcmp(word, "-n"))
            s->silent = true;
        else if (!strcmp(word, "--dwarf"))
            tool->debug.dwarf = true;
        else if (!strcmp(word, "-g") || !strcmp(word, "--debuginfo"))
            tool->names = true;
        else if (!is_nothing(word) && !wr_stand_in_take(tool, &i))
            tool->foreign = word;
    }
}

static void choose(session *s) {
    wr_emscripten_options *o = &s->options;
    if (!s->standalone && !s->no_dyncalls) o->dyncalls = s->i64_dyncalls ? WR_DYNCALLS_I64 : WR_DYNCALLS_ALL;
    if (!s->bigint) o->legalize = s->minimal ? WR_LEGALIZE_DYNCALLS : WR_LEGALIZE_ALL;
    if (!s->standalone) o->on_overflow = "__handle_stack_overflow";
    if (wr_real_tool_wasm_opt_version(true) >= NO_METADATA_SINCE) s->silent = true;
    o->drop_js = !s->silent;
    o->rename_main = !s->silent && !s->standalone;
}

static void finalize(wr_context *c, void *options) { wr_emscripten_finalize(c, options); }

// The passes that run. Zeros are left where texts were. Locals of one type are declared together, as Binaryen
// does, but keep their numbers where a debugger may show them.
static const char *passes_of(const session *s) {
    bool cleared = s->metadata.asm_consts.n || s->metadata.js_funcs.n;
    if (s->tool.names) return cleared ? "strip,exports,memory-packing" : "strip,exports";
    return cleared ? "strip,exports,memory-packing,reorder-locals" : "strip,exports,reorder-locals";
}

static void run(wr_env *env, void *arg) {
    session *s = arg;
    wr_stand_in *tool = &s->tool;
    wr_buf said = wr_buf_in(&env->perm);
    parse(s);
    wr_stand_in_begin(tool);
    choose(s);
    wr_rewriting rewriting = {"finalize", finalize, &s->options};
    if (!s->silent) {
        wr_em_metadata_read(env, tool->module, &s->metadata);
        tool->module = wr_em_metadata_clear(env, tool->module, &s->metadata);
        tool->module = wr_sections_without(env, tool->module, "target_features");
    }
    const wr_stand_in_option options[] = {{"O", "0"}, {"passes", passes_of(s)}, {"keep-imports", NULL}};
    wr_stand_in_optimize(tool, options, WR_COUNT(options), &rewriting);
    if (!s->silent) wr_em_metadata_put(env, tool->module, &s->metadata, s->standalone, &said);
    if (tool->out) {
        wr_line_debug_write(env, &tool->debug);
        wr_stand_in_write(env, tool->out, tool->module);
    }
    fwrite(said.p, 1, said.n, stdout);
}

int wr_cmd_wasm_emscripten_finalize(const wr_args *args) {
    session s = {.tool = {.args = args, .tool = "wasm-emscripten-finalize"}};
    return wr_stand_in_run(&s.tool, run);
}
