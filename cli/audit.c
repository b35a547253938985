// `wring audit`: what fills a module, and why.
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "advice.h"
#include "audit_many.h"
#include "debuginfo/symbol_file.h"
#include "inspect.h"
#include "passes/module/exports.h"
#include "report/audit/component_overview.h"
#include "report/audit/audit.h"
#include "report/summary/audit_json.h"
#include "report/audit/boundary.h"
#include "report/audit/compressed.h"
#include "report/audit/estimate.h"
#include "report/html/html.h"
#include "report/diff/function_match.h"
#include "report/audit/go_program.h"
#include "report/summary/overview.h"
#include "report/audit/package_queries.h"
#include "report/audit/queries.h"
#include "support/beside.h"
#include "support/hash.h"
#include "shrink.h"

enum { ALL_ROWS = 40, COST_ROWS = 6 }; // of an answer to a question, of compressed sizes

typedef struct session session;

typedef struct question {
    const char *word;
    uint8_t least, most; // how many names it takes
    void (*write)(wr_page *page, const session *s);
} question;

struct session {
    wr_inspect *inspect;
    const question *question; // NULL: none, the overview
    const char **about;       // names in the module
    size_t nabout;
    const char *file;
    wr_slice input;
    wr_glue_files scripts; // the JavaScript beside the module
    wr_audit audit;
    wr_codec codec;            // of --for
    wr_lz_model model;         // with it: of the module,
    uint64_t packed;           // the size of the compressed module,
    wr_compressed_costs costs; // and the shares of its parts
    wr_estimate estimate;      // with --estimate
    wr_advice advice;          // of the overview
    wr_u32s nodes;             // that `about` refers to
    const uint8_t *set;        // by node: those asked about together; NULL: none
    uint32_t top;
    wr_component_overview component; // in place of an audit
};

// --- Questions ---

static const char *package_list(const session *s) {
    return wr_args_value(s->inspect->args, WR_OPTION_PACKAGE);
}

static void write_why(wr_page *page, const session *s) {
    if (s->set)
        wr_packages_write_why(page, &s->audit, s->set, package_list(s), s->top);
    else
        wr_queries_write_why(page, &s->audit, &s->nodes, s->top);
}
static void write_calls(wr_page *page, const session *s) {
    wr_queries_write_calls(page, &s->audit, &s->nodes, s->top);
}
static void write_garbage(wr_page *page, const session *s) {
    wr_queries_write_garbage(page, &s->audit, s->top);
}
static void write_boundary(wr_page *page, const session *s) { wr_boundary_write(page, &s->audit, s->top); }

// Names of exports, for a file that --remove-exports reads.
static void write_unused(wr_page *page, const session *s) {
    const wr_glue *glue = &s->scripts.glue;
    if (!glue->n)
        wr_throw(page->env, WR_USAGE, WR_NO_OFFSET,
                 "no JavaScript beside %s names it; say with --glue=FILE,… which uses it", s->file);
    wr_unused_exports unused = wr_glue_find_unused(page->env, &s->audit.m, glue);
    for (uint32_t i = 0; i < unused.n; i++)
        wr_page_line(page, "%.*s", (int)unused.names[i].n, (const char *)unused.names[i].p);
}

static void write_retained(wr_page *page, const session *s) {
    const char *list = package_list(s);
    if (s->set)
        wr_packages_write_retained(page, &s->audit, s->set, list ? list : "all of these", s->top);
    else
        wr_queries_write_retained(page, &s->audit, s->nabout ? &s->nodes : NULL, s->top);
}

static const question questions[] = {
    {"why", 1, 1, write_why},         {"retained", 0, 64, write_retained}, {"calls", 1, 1, write_calls},
    {"garbage", 0, 0, write_garbage}, {"boundary", 0, 0, write_boundary},  {"unused", 0, 0, write_unused},
};

// A question that is mistyped, two modules, or too few words.
_Noreturn static void refuse_words(wr_env *env, const wr_args *args, bool asks) {
    const char *words[WR_COUNT(questions)], *near = NULL;
    for (size_t i = 0; i < WR_COUNT(questions); i++) words[i] = questions[i].word;
    if (!asks && args->nfiles > 1) near = wr_nearest(args->files[0], words, WR_COUNT(questions));
    if (near)
        wr_throw(env, WR_USAGE, WR_NO_OFFSET, "there is no question \"%.60s\"; did you mean %s?",
                 args->files[0], near);
    wr_throw(env, WR_USAGE, WR_NO_OFFSET,
             "expected `wring audit IN`, or `wring audit why NAME IN`; see `wring help audit`");
}

static void read_words(wr_env *env, session *s) {
    const wr_args *args = s->inspect->args;
    for (size_t i = 0; i < WR_COUNT(questions) && args->nfiles > 1; i++)
        if (!strcmp(args->files[0], questions[i].word)) s->question = &questions[i];
    size_t first = s->question ? 1 : 0, names = args->nfiles - first - 1;
    bool packages = package_list(s) && s->question && names == 0;
    if (args->nfiles <= first ||
        (s->question ? (names < s->question->least && !packages) || names > s->question->most : names))
        refuse_words(env, args, s->question != NULL);
    if (package_list(s) &&
        (!packages || (s->question->write != write_why && s->question->write != write_retained)))
        wr_throw(
            env, WR_USAGE, WR_NO_OFFSET,
            "--package goes with `wring audit why IN` and `wring audit retained IN`, in place of a name");
    s->about = args->files + first;
    s->nabout = names;
    s->file = args->files[args->nfiles - 1];
    if (s->question && (wr_args_has(args, WR_OPTION_JSON) || wr_args_has(args, WR_OPTION_HTML) ||
                        wr_args_has(args, WR_OPTION_ESTIMATE)))
        wr_throw(env, WR_USAGE, WR_NO_OFFSET,
                 "--json, --html and --estimate go with `wring audit IN`, not with a question");
    s->top = wr_inspect_number(env, s->inspect, WR_OPTION_TOP, s->question ? ALL_ROWS : 0);
}

// --- Reports ---

static wr_slice write_page(session *s, wr_env *env, wr_page_style style) {
    wr_page page = wr_page_begin(env, style);
    if (s->question)
        s->question->write(&page, s);
    else
        wr_overview_write(&page, &s->audit, &s->advice, s->file, s->top);
    if (s->estimate.rows) wr_estimate_write(&page, &s->estimate, s->audit.m.input.n);
    if (s->costs.n) wr_compressed_write(&page, &s->audit, &s->costs);
    return wr_buf_slice(&page.out);
}

static wr_slice write_text(wr_env *env, void *s) { return write_page(s, env, wr_inspect_text_style()); }
static wr_slice write_markdown(wr_env *env, void *s) { return write_page(s, env, WR_PAGE_MARKDOWN); }

static wr_slice write_json(wr_env *env, void *arg) {
    session *s = arg;
    return wr_audit_json(env, &s->audit, &s->costs, &s->estimate, &s->advice, s->file);
}

static wr_slice write_html(wr_env *env, void *arg) {
    session *s = arg;
    return wr_html_audit(env, &s->audit, &s->estimate, &s->costs, &s->advice, s->file);
}

// --- The audit ---

typedef struct estimating {
    session *s;
    wring_options *options;
    wr_slice input;
} estimating;

static void estimate_with(wr_env *env, void *arg) {
    const estimating *e = arg;
    session *s = e->s;
    char error[512];
    if (!e->options) wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    if (wr_shrink_set_options(e->options, s->inspect->args, error, sizeof error) ||
        wring_options_set(e->options, "O", "z") != WRING_OK ||
        wring_options_set(e->options, "for", "both") != WRING_OK)
        wr_throw(env, WR_USAGE, WR_NO_OFFSET, "%s", wring_options_error(e->options));
    wr_estimate_passes(&s->inspect->pool, e->input, e->options, wr_inspect_codec(s->inspect), &s->estimate);
}

// The job's options are the audit's, but for the level and what counts, which the passes are to be measured
// by.
static void estimate(wr_env *env, session *s, wr_slice input) {
    estimating e = {s, wring_options_new(), input};
    wr_status status = wr_try(env, estimate_with, &e);
    wring_options_free(e.options);
    wr_diag diag = env->diag;
    if (status != WR_OK) wr_rethrow(env, &diag);
}

// Names and files by function out of a symbol file, which must be of this very module.
static void take_symbol_file(wr_env *env, session *s, wr_slice input, wr_slice bytes,
                             wr_audit_options *options) {
    wr_symbol_file file;
    wr_symbol_file_read(env, bytes, &file);
    if (file.module_size != input.n || file.module_hash != wr_hash_bytes(input.p, input.n))
        wr_throw(env, WR_USAGE, WR_NO_OFFSET, "the symbol file is not of %s but of another build", s->file);
    wr_slice *names = WR_NEW0(&env->perm, wr_slice, file.funcs.n);
    for (uint32_t i = 0; i < file.funcs.n; i++)
        if (file.funcs.v[i].name != WR_NONE) names[i] = file.strings.v[file.funcs.v[i].name];
    options->names = names;
    options->files = wr_symbol_file_files(env, &file);
}

// Names come from the other build, through a first audit of both modules, or from a symbol file.
static void take_donor(wr_env *env, session *s, wr_slice input, const char *path, wr_audit_options *options) {
    wr_pool *pool = &s->inspect->pool;
    wr_audit donor;
    wr_slice bytes = wr_inspect_read(env, s->inspect, path);
    options->names_source = path;
    if (wr_slice_starts(bytes, "wsym")) {
        take_symbol_file(env, s, input, bytes, options);
        return;
    }
    wr_audit_make(pool, input, options, &s->audit);
    wr_audit_make(pool, bytes, &(wr_audit_options){0}, &donor);
    options->names = wr_function_match_donor_names(pool, &s->audit, &donor);
    s->inspect->reading = s->file;
}

// The contents of the file that an option names; NULL without the option.
static const wr_slice *read_option(wr_env *env, session *s, wr_option_id option, wr_slice *bytes) {
    const char *path = wr_args_value(s->inspect->args, option);
    if (!path) return NULL;
    *bytes = wr_inspect_read(env, s->inspect, path);
    return bytes;
}

// The map that a module names, if that is the name of a file beside it.
static wr_slice find_map(void *user, wr_slice url) {
    session *s = user;
    const char *slash = strrchr(s->file, '/');
    char path[1024];
    struct stat st;
    int n = snprintf(path, sizeof path, "%.*s%.*s", slash ? (int)(slash - s->file) + 1 : 0, s->file,
                     (int)url.n, (const char *)url.p);
    bool plain =
        url.n < 256 && !memchr(url.p, 0, url.n) && !memchr(url.p, '/', url.n) && !memchr(url.p, ':', url.n);
    if (!plain || n >= (int)sizeof path || stat(path, &st) != 0 || !S_ISREG(st.st_mode)) return (wr_slice){0};
    wr_slice map = wr_inspect_read(wr_main_env(&s->inspect->pool), s->inspect, path);
    s->inspect->reading = s->file;
    return map;
}

static void complain(void *user, const char *text) {
    (void)user;
    wr_message_error("%s", text);
}

static bool is_estimated(const session *s) {
    const char *value = wr_args_value(s->inspect->args, WR_OPTION_ESTIMATE);
    if (value && strcmp(value, "none") != 0)
        wr_throw(wr_main_env(&s->inspect->pool), WR_USAGE, WR_NO_OFFSET,
                 "--estimate takes no value but none");
    return wr_args_has(s->inspect->args, WR_OPTION_ESTIMATE) && !value;
}

// Data for programs have what is measured only on request.
static bool wants_advice(const session *s) {
    const wr_args *args = s->inspect->args;
    bool data = (wr_args_has(args, WR_OPTION_JSON) && !wr_args_value(args, WR_OPTION_JSON)) ||
                (wr_args_has(args, WR_OPTION_HTML) && !wr_args_value(args, WR_OPTION_HTML)) ||
                wr_args_has(args, WR_OPTION_QUIET);
    return !s->question && (!data || is_estimated(s));
}

static void make_audit(wr_env *env, void *arg) {
    session *s = arg;
    const wr_config *config = s->inspect->config;
    wr_slice map, counts, input = s->input;
    wr_audit_options options = {.keep_exports = &config->keep_exports, .find_map = find_map, .find_user = s};
    s->scripts = wr_advice_read_glue(env, s->inspect, s->file);
    options.scripts = s->scripts.loaders.texts, options.nscripts = s->scripts.loaders.n;
    const char *donor = wr_args_value(s->inspect->args, WR_OPTION_SYMBOLS);
    if (donor) take_donor(env, s, input, donor, &options);
    options.source_map = read_option(env, s, WR_OPTION_SOURCE_MAP, &map);
    options.profile = read_option(env, s, WR_OPTION_PROFILE, &counts);
    s->inspect->reading = s->file;
    wr_audit_make(&s->inspect->pool, input, &options, &s->audit);
    wr_exports_check(env, &s->audit.m, config, complain, NULL);
    if (is_estimated(s)) estimate(env, s, input);
    if (wants_advice(s)) wr_advice_for(s->inspect, &s->audit, s->file, &s->scripts, &s->advice);
}

static void weigh(wr_env *env, void *arg) {
    session *s = arg;
    s->packed = wr_compressed_share_whole(env, s->input, s->codec, s->input.n);
}

static void fill_model(wr_env *env, void *arg) {
    session *s = arg;
    wr_lz_model_fill(env, s->input, &s->model);
}

static void make_audit_and_model(wr_env *env, void *arg) {
    session *s = arg;
    s->model = wr_lz_model_room(&env->perm, s->input.n);
    wr_beside(&s->inspect->pool, make_audit, fill_model, s);
}

// Compressing the file and modeling it take as long as all the rest, and need nothing of it.
static void audit_module(wr_env *env, session *s) {
    s->input = wr_inspect_module(env, s->inspect, s->file);
    s->codec = s->question ? WR_CODEC_RAW : wr_inspect_codec(s->inspect);
    if (s->codec == WR_CODEC_RAW) {
        make_audit(env, s);
        return;
    }
    wr_beside(&s->inspect->pool, make_audit_and_model, weigh, s);
    wr_compressed_divide(env, &s->audit, s->codec, &s->model, s->packed, s->top ? s->top : COST_ROWS,
                         &s->costs);
}

// A component as a whole: its core modules and parts.
static bool audit_component(wr_env *env, session *s) {
    wr_slice input = wr_inspect_read(env, s->inspect, s->file);
    if (!wr_component_recognize(input) || wr_args_has(s->inspect->args, WR_OPTION_CORE_MODULE)) return false;
    if (s->question || wr_args_has(s->inspect->args, WR_OPTION_JSON) ||
        wr_args_has(s->inspect->args, WR_OPTION_HTML))
        wr_throw(env, WR_USAGE, WR_NO_OFFSET,
                 "a component has only the plain overview; for a core module add --core-module=N");
    wr_component_overview_make(&s->inspect->pool, input, &s->component);
    return true;
}

static wr_slice write_component(wr_env *env, wr_page_style style, session *s) {
    wr_page page = wr_page_begin(env, style);
    wr_component_overview_write(&page, &s->component, s->file);
    return wr_buf_slice(&page.out);
}

static wr_slice write_component_text(wr_env *env, void *s) {
    return write_component(env, wr_inspect_text_style(), s);
}
static wr_slice write_component_markdown(wr_env *env, void *s) {
    return write_component(env, WR_PAGE_MARKDOWN, s);
}

// Finds what the question is about. Of a Go program, what needs what is asked as Go's linker saw it.
static void find_subject(wr_env *env, session *s) {
    bool of_program =
        s->question && (s->question->write == write_why || s->question->write == write_retained);
    if (of_program && *s->audit.go_version) {
        wr_graph program;
        wr_go_program_graph(env, &s->audit, &program);
        s->audit.graph = program;
    }
    for (size_t i = 0; i < s->nabout; i++) {
        wr_u32s found = wr_queries_find_nodes(env, &s->audit, s->about[i]);
        for (uint32_t k = 0; k < found.n; k++) WR_PUSH(&env->perm, s->nodes, found.v[k]);
    }
    if (package_list(s))
        s->set = wr_packages_find(env, &s->audit, package_list(s));
    else if (s->nabout > 1)
        s->set = wr_packages_of_nodes(env, &s->audit, &s->nodes);
}

static void work(wr_env *env, wr_inspect *inspect) {
    static const wr_compare_format component_formats[] = {{WR_OPTION_MARKDOWN, write_component_markdown}};
    static const wr_compare_format formats[] = {
        {WR_OPTION_JSON, write_json}, {WR_OPTION_MARKDOWN, write_markdown}, {WR_OPTION_HTML, write_html}};
    session s = {.inspect = inspect};
    if (wr_audit_is_many(inspect->args)) {
        wr_audit_many(env, inspect);
        return;
    }
    read_words(env, &s);
    if (audit_component(env, &s)) {
        wr_inspect_write(env, inspect, component_formats, 1, write_component_text, &s);
        return;
    }
    audit_module(env, &s);
    find_subject(env, &s);
    wr_inspect_write(env, inspect, formats, WR_COUNT(formats), write_text, &s);
}

int wr_cmd_audit(const wr_args *args) { return (int)wr_inspect_run(args, work); }
