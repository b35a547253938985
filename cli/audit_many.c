// Audits several modules in one run. A folder stands for all modules and scripts in it and below. A module
// that can't be read is listed with the reason, so that one bad file doesn't hide the rest.
#include "audit_many.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "advice.h"
#include "report/html/html.h"

enum { LONGEST_PATH = 4096, MOST_FILES = 10000, DEEPEST = 32, ALL_ROWS = 40 };

typedef struct session {
    wr_inspect *inspect;
    wr_env *env;
    WR_VEC(wr_shipped_file) files;
    uint32_t top;
    wr_shipped_file *file; // in hand
} session;

static bool is_folder(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool wr_audit_is_many(const wr_args *args) {
    for (size_t i = 0; i < args->nfiles; i++)
        if (is_folder(args->files[i])) return true;
    struct stat st;
    return args->nfiles > 1 && stat(args->files[0], &st) == 0;
}

// --- Files ---

static bool has_ending(const char *path, const char *ending) {
    size_t n = strlen(path), m = strlen(ending);
    return n > m && !strcmp(path + n - m, ending);
}

static bool is_shipped(const char *path) {
    return has_ending(path, ".wasm") || has_ending(path, ".js") || has_ending(path, ".mjs") ||
           has_ending(path, ".cjs");
}

static void add_file(session *s, const char *path) {
    if (s->files.n == MOST_FILES)
        wr_throw(s->env, WR_USAGE, WR_NO_OFFSET, "there are more than %d modules and scripts", MOST_FILES);
    wr_slice copy = wr_slice_copy(&s->env->perm, wr_slice_of(path, strlen(path) + 1));
    wr_shipped_file file = {.path = (const char *)copy.p};
    file.bytes = wr_inspect_read(s->env, s->inspect, file.path);
    WR_PUSH(&s->env->perm, s->files, file);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

// Names in a folder, sorted, without those that begin with a dot.
static const char **list_names(session *s, const char *path, uint32_t *n) {
    WR_VEC(const char *) names = {0};
    DIR *dir = opendir(path);
    if (!dir) wr_throw(s->env, WR_IO, WR_NO_OFFSET, "cannot read the folder %s", path);
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.' || !strcmp(entry->d_name, "node_modules")) continue;
        wr_slice copy = wr_slice_copy(&s->env->perm, wr_slice_of(entry->d_name, strlen(entry->d_name) + 1));
        WR_PUSH(&s->env->perm, names, (const char *)copy.p);
    }
    closedir(dir);
    if (names.n) qsort(names.v, names.n, sizeof *names.v, by_name);
    *n = names.n;
    return names.v;
}

static void add_folder(session *s, const char *path, uint32_t depth) {
    uint32_t n;
    const char **names = list_names(s, path, &n);
    bool slash = has_ending(path, "/");
    for (uint32_t i = 0; i < n && depth < DEEPEST; i++) {
        char full[LONGEST_PATH];
        struct stat st;
        int length = snprintf(full, sizeof full, "%s%s%s", path, slash ? "" : "/", names[i]);
        if (length >= (int)sizeof full || lstat(full, &st) != 0) continue;
        if (S_ISDIR(st.st_mode))
            add_folder(s, full, depth + 1);
        else if (S_ISREG(st.st_mode) && is_shipped(full))
            add_file(s, full);
    }
}

// --- Modules ---

static void audit_one(wr_env *env, void *arg) {
    session *s = arg;
    wr_audit *audit = WR_NEW0(&env->perm, wr_audit, 1);
    wr_advice *advice = WR_NEW0(&env->perm, wr_advice, 1);
    wr_glue_files scripts = wr_advice_read_glue(env, s->inspect, s->file->path);
    wr_audit_options options = {.scripts = scripts.loaders.texts, .nscripts = scripts.loaders.n};
    wr_audit_make(&s->inspect->pool, s->file->bytes, &options, audit);
    wr_advice_for(s->inspect, audit, s->file->path, &scripts, advice);
    s->file->audit = audit, s->file->advice = advice;
}

static bool is_module(wr_slice bytes) { return bytes.n >= 4 && !memcmp(bytes.p, "\0asm", 4); }

static void audit_file(session *s, wr_shipped_file *file) {
    if (!is_module(file->bytes)) return;
    s->file = file;
    wr_status status = wr_try(s->env, audit_one, s);
    if (status == WR_OK) return;
    wr_diag diag = s->env->diag;
    if (status != WR_BAD_INPUT) wr_rethrow(s->env, &diag);
    file->failure =
        (const char *)wr_slice_copy(&s->env->perm, wr_slice_of(diag.message, sizeof diag.message)).p;
}

static wr_slice write_page(session *s, wr_env *env, wr_page_style style) {
    wr_page page = wr_page_begin(env, style);
    wr_shipped_write(&page, s->files.v, s->files.n, s->top);
    return wr_buf_slice(&page.out);
}

static wr_slice write_text(wr_env *env, void *s) { return write_page(s, env, wr_inspect_text_style()); }
static wr_slice write_markdown(wr_env *env, void *s) { return write_page(s, env, WR_PAGE_MARKDOWN); }

static wr_slice write_json(wr_env *env, void *arg) {
    session *s = arg;
    return wr_shipped_json(env, s->files.v, s->files.n);
}

static wr_slice write_html(wr_env *env, void *arg) {
    session *s = arg;
    const char *name = s->inspect->args->nfiles == 1 ? s->inspect->args->files[0] : "several files";
    return wr_html_files(env, s->files.v, s->files.n, name);
}

void wr_audit_many(wr_env *env, wr_inspect *inspect) {
    static const wr_compare_format formats[] = {
        {WR_OPTION_JSON, write_json}, {WR_OPTION_MARKDOWN, write_markdown}, {WR_OPTION_HTML, write_html}};
    const wr_args *args = inspect->args;
    session s = {.inspect = inspect, .env = env};
    s.top = wr_inspect_number(env, inspect, WR_OPTION_TOP, ALL_ROWS);
    for (size_t i = 0; i < args->nfiles; i++) {
        if (is_folder(args->files[i]))
            add_folder(&s, args->files[i], 0);
        else
            add_file(&s, args->files[i]);
    }
    if (!s.files.n)
        wr_throw(env, WR_USAGE, WR_NO_OFFSET, "there are no modules and no scripts in %s", args->files[0]);
    for (uint32_t i = 0; i < s.files.n; i++) audit_file(&s, &s.files.v[i]);
    inspect->reading = NULL;
    wr_shipped_weigh(&inspect->pool, s.files.v, s.files.n);
    wr_inspect_write(env, inspect, formats, WR_COUNT(formats), write_text, &s);
}
