// Parses the words that these tools have in common, and runs the library or the real tool for them. See
// stand_in.h.
#include "stand_in.h"

#include <errno.h>
#include <string.h>

#include "cli/message.h"
#include "cli/output.h"
#include "support/file.h"
#include "cli/real_tool.h"
#include "sections.h"

// --- The command line ---

static bool is_harmless(const char *word) {
    static const char *const flags[] = {
        "--mvp-features", "-mvp", "--all-features",  "-all", "--detect-features",
        "--quiet",        "-q",   "--no-validation", "-n"};
    for (size_t i = 0; i < WR_COUNT(flags); i++)
        if (!strcmp(flags[i], word)) return true;
    return !strncmp(word, "--enable-", 9) || !strncmp(word, "--disable-", 10);
}

const char *wr_stand_in_value(const wr_stand_in *s, size_t *i, const char *name, const char *letters) {
    const char *word = s->args->files[*i];
    size_t n = strcspn(word, "=");
    bool is_it = (strlen(name) == n && !strncmp(word, name, n)) ||
                 (strlen(letters) == n && !strncmp(word, letters, n));
    if (!is_it) return NULL;
    if (word[n]) return word + n + 1;
    return *i + 1 < s->args->nfiles ? s->args->files[++*i] : NULL;
}

bool wr_stand_in_take(wr_stand_in *s, size_t *i) {
    const char *word = s->args->files[*i], *value;
    if ((value = wr_stand_in_value(s, i, "--output", "-o")))
        s->out = value;
    else if ((value = wr_stand_in_value(s, i, "--input-source-map", "-ism")))
        s->debug.map_in = value;
    else if ((value = wr_stand_in_value(s, i, "--output-source-map", "-osm")))
        s->debug.map_out = value;
    else if ((value = wr_stand_in_value(s, i, "--output-source-map-url", "-osu")))
        s->debug.map_url = value;
    else if (!strcmp(word, "-g") || !strcmp(word, "--debuginfo"))
        s->names = s->debug.dwarf = true;
    else if (word[0] != '-' && !s->in)
        s->in = word;
    else if (!is_harmless(word))
        return false;
    return true;
}

// --- Files and tools ---

void wr_stand_in_become_real(const wr_stand_in *s, const char *what) {
    char real[1024];
    if (!wr_real_tool_find(s->tool, real, sizeof real))
        wr_throw(s->env, WR_USAGE, WR_NO_OFFSET, "%s needs Binaryen's %s, and none was found", what, s->tool);
    int error = wr_real_tool_become(real, s->args->nfiles, s->args->files);
    wr_throw(s->env, WR_IO, WR_NO_OFFSET, "cannot run %s: %s", real, strerror(error));
}

wr_slice wr_stand_in_read(wr_env *env, const char *path) {
    wr_file file;
    int error = wr_file_read(&file, path);
    if (error) wr_throw(env, WR_IO, WR_NO_OFFSET, "cannot read %s: %s", path, strerror(error));
    wr_slice bytes = wr_slice_copy(&env->perm, file.bytes);
    wr_file_free(&file);
    return bytes;
}

void wr_stand_in_write(wr_env *env, const char *path, wr_slice bytes) {
    int error = wr_output_write(path, bytes);
    if (error) wr_throw(env, WR_IO, WR_NO_OFFSET, "cannot write %s: %s", path, strerror(error));
}

void wr_stand_in_begin(wr_stand_in *s) {
    if (s->foreign) wr_stand_in_become_real(s, s->foreign);
    if (!s->in) wr_throw(s->env, WR_USAGE, WR_NO_OFFSET, "there is no input file");
    s->module = wr_stand_in_read(s->env, s->in);
    if (!wr_sections_is_binary(s->module)) wr_stand_in_become_real(s, "text as input");
    wr_line_debug_read(s->env, &s->debug);
}

int wr_stand_in_run(wr_stand_in *s, void (*work)(wr_env *env, void *session)) {
    wr_shared shared = {0};
    wr_env env;
    wr_env_init(&env, &shared);
    s->env = &env;
    wr_status status = wr_try(&env, work, s);
    if (status != WR_OK) {
        wring_diagnostic diagnostic = {(wring_status)env.diag.status, env.diag.offset, env.diag.func,
                                       env.diag.message};
        char text[640];
        wr_message_diagnostic(s->in ? s->in : s->tool, &diagnostic, text, sizeof text);
        wr_message_error("%s", text);
    }
    wr_env_free(&env);
    return wr_exit_of((wring_status)status);
}

// --- The library ---

typedef struct library_run {
    wr_stand_in *s;
    const wr_stand_in_option *list;
    size_t n;
    const wr_rewriting *rewriting;
    wring_options *options;
    wring_job *job;
} library_run;

static void check_set(const library_run *r, wring_status status) {
    if (status != WRING_OK)
        wr_throw(r->s->env, (wr_status)status, WR_NO_OFFSET, "%s", wring_options_error(r->options));
}

static void set(const library_run *r, const char *name, const char *value) {
    check_set(r, wring_options_set(r->options, name, value));
}

static void set_all(const library_run *r) {
    set(r, "allow-missing-exports", NULL);
    set(r, "allow-no-exports", NULL);
    set(r, "keep-section", "producers,target_features");
    if (r->s->names) set(r, "debug-names", NULL);
    for (size_t i = 0; i < r->n; i++) set(r, r->list[i].name, r->list[i].value);
}

static void run_library(wr_env *env, void *arg) {
    library_run *r = arg;
    wr_stand_in *s = r->s;
    set_all(r);
    check_set(r, wr_line_debug_set(env, &s->debug, s->module, r->options));
    r->job = wring_job_new(r->options);
    if (!r->job) wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    if (r->rewriting) r->job->rewriting = *r->rewriting;
    s->module = wr_line_debug_run(env, &s->debug, r->job, s->module);
}

void wr_stand_in_optimize(wr_stand_in *s, const wr_stand_in_option *list, size_t n,
                          const wr_rewriting *rewriting) {
    library_run r = {.s = s, .list = list, .n = n, .rewriting = rewriting, .options = wring_options_new()};
    if (!r.options) wr_throw(s->env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    wr_status status = wr_try(s->env, run_library, &r);
    wr_diag diag = s->env->diag;
    wring_job_free(r.job);
    wring_options_free(r.options);
    if (status != WR_OK) wr_rethrow(s->env, &diag);
}
