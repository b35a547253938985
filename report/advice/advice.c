// Collects the steps, measures those that wring itself can do, and keeps the five that save most. A step that
// adds an option to another one must save noticeably more than that one, else it isn't listed.
#include "advice.h"

#include <stdarg.h>
#include <stdlib.h>

#include "report/audit/savings.h"
#include "support/format.h"

// What is tried without --estimate depends on the size alone, so that a report doesn't depend on the machine.
enum { LARGEST_FOR_BROTLI = 128 << 10, NOTICEABLE = 200, MOST_NAMED = 4, LEAST_UNOPTIMIZED = 16 << 10 };

wr_slice wr_advice_text(wr_adviser *v, const char *format, ...) {
    wr_buf b = wr_buf_in(&v->env->perm);
    va_list args;
    va_start(args, format);
    wr_put_format_v(&b, format, args);
    va_end(args);
    wr_put_u8(&b, 0);
    return wr_slice_of(b.p, b.n - 1);
}

// --- Commands ---

static bool is_plain_path(const char *path) {
    for (const char *c = path; *c; c++) {
        bool plain =
            (*c >= '0' && *c <= '9') || ((*c | 32) >= 'a' && (*c | 32) <= 'z') || strchr("._-/@+", *c);
        if (!plain) return false;
    }
    return *path;
}

wr_slice wr_advice_file(wr_adviser *v) {
    const char *path = v->options->file;
    if (!strcmp(path, "-")) return wr_slice_str("app.wasm");
    return is_plain_path(path) ? wr_slice_str(path) : wr_advice_text(v, "'%s'", path);
}

wr_slice wr_advice_shrink(wr_adviser *v, const char *options) {
    wr_slice in = wr_advice_file(v);
    const char *slash = strrchr(v->options->file, '/'), *name = slash ? slash + 1 : v->options->file;
    size_t n = strlen(name);
    if (n > 5 && !strcmp(name + n - 5, ".wasm")) n -= 5;
    bool plain = is_plain_path(name);
    return wr_advice_text(v, "wring %.*s -o %.*s.min.wasm %s", (int)in.n, (const char *)in.p,
                          plain ? (int)n : 3, plain ? name : "app", options);
}

// --- Measured rows ---

static void add_trial(wr_adviser *v, const wr_trial_sizes *sizes, wr_slice command, wr_slice reason,
                      const char *risk) {
    const wr_advice *whole = v->advice;
    if (sizes->bytes >= whole->bytes) return;
    wr_advice_row row = {.command = command, .reason = reason, .risk = risk, .measured = true};
    row.bytes = whole->bytes - sizes->bytes;
    row.brotli = sizes->brotli < whole->brotli ? whole->brotli - sizes->brotli : 0;
    WR_PUSH(&v->env->perm, v->rows, row);
}

static bool is_noticeably_less(uint64_t bytes, uint64_t than) { return bytes + than / NOTICEABLE < than; }

static uint64_t debug_bytes(const wr_audit *a) {
    return a->findings[WR_FOUND_DEBUG].bytes + a->findings[WR_FOUND_NAMES].bytes;
}

static wr_slice smallest_reason(wr_adviser *v) {
    uint64_t debug = debug_bytes(v->a);
    if (!debug) return wr_slice_str("the smallest that behaves the same");
    return wr_advice_text(v, "the smallest that behaves the same; %s of it are names and debug information",
                          wr_format_thousands(debug).s);
}

static bool try_with(wr_adviser *v, const wr_trial_setting *more, size_t nmore, wr_trial_sizes *sizes) {
    wr_trial_setting settings[6] = {{"O", "z"}};
    for (size_t i = 0; i < nmore; i++) settings[i + 1] = more[i];
    return wr_trial_run(v->pool, v->a->m.input, v->options->base, v->options->user, settings, nmore + 1,
                        sizes);
}

static void try_lean_go(wr_adviser *v, const wr_trial_sizes *smallest) {
    wr_trial_sizes sizes;
    wr_trial_setting lean = {"go-lean", NULL};
    if (!*v->a->go_version || !try_with(v, &lean, 1, &sizes) ||
        !is_noticeably_less(sizes.bytes, smallest->bytes))
        return;
    add_trial(v, &sizes, wr_advice_shrink(v, "-Oz --go-lean"),
              wr_advice_text(v, "also drops what only stack traces show: %s more than -Oz alone",
                             wr_format_thousands(smallest->bytes - sizes.bytes).s),
              "stack traces and runtime.Caller lose names and lines");
}

// For a small module the compressor's own objective is quick to try.
static void try_for_brotli(wr_adviser *v, const wr_trial_sizes *smallest) {
    wr_trial_sizes sizes;
    wr_trial_setting brotli[] = {{"for", "brotli"}, {"effort", "1"}};
    bool quick = v->a->m.input.n <= LARGEST_FOR_BROTLI || v->options->thorough;
    if (!quick || !try_with(v, brotli, 2, &sizes) || !is_noticeably_less(sizes.brotli, smallest->brotli))
        return;
    add_trial(
        v, &sizes, wr_advice_shrink(v, "-Oz --for=brotli"),
        wr_advice_text(v,
                       "if you ship it with brotli: %s fewer bytes on the wire than -Oz alone (measured with "
                       "--effort=1, which is faster)",
                       wr_format_thousands(smallest->brotli - sizes.brotli).s),
        "none; the file itself is larger than with -Oz alone");
}

// --- Exports ---

static wr_slice name_list(wr_adviser *v, const wr_unused_exports *unused) {
    wr_buf b = wr_buf_in(&v->env->perm);
    for (uint32_t i = 0; i < unused->n; i++)
        wr_put_format(&b, "%s%.*s", i ? "," : "", (int)unused->names[i].n, (const char *)unused->names[i].p);
    wr_put_u8(&b, 0);
    return wr_buf_slice(&b);
}

// Names that --remove-exports would read as a list, a pattern or a file.
static bool can_be_listed(const wr_unused_exports *unused) {
    for (uint32_t i = 0; i < unused->n; i++) {
        wr_slice name = unused->names[i];
        if (!name.n || memchr(name.p, ',', name.n) || memchr(name.p, '*', name.n) || name.p[0] == '@')
            return false;
    }
    return unused->n > 0;
}

static wr_slice removal_command(wr_adviser *v, const wr_unused_exports *unused, wr_slice list) {
    wr_slice file = wr_advice_file(v), options;
    if (unused->n <= MOST_NAMED)
        options = wr_advice_text(v, "-Oz --remove-exports=%s", (const char *)list.p);
    else
        options = wr_advice_text(v, "-Oz --remove-exports=@<(wring audit unused %.*s)", (int)file.n,
                                 (const char *)file.p);
    return wr_advice_shrink(v, (const char *)options.p);
}

static void try_unused_exports(wr_adviser *v, const wr_trial_sizes *smallest) {
    if (!v->options->glue.n) return;
    wr_unused_exports unused = wr_glue_find_unused(v->env, &v->a->m, &v->options->glue);
    if (!can_be_listed(&unused)) return;
    wr_slice list = name_list(v, &unused);
    wr_trial_sizes sizes;
    wr_trial_setting removal = {"remove-exports", (const char *)list.p};
    if (!try_with(v, &removal, 1, &sizes) || !is_noticeably_less(sizes.bytes, smallest->bytes)) return;
    add_trial(v, &sizes, removal_command(v, &unused, list),
              wr_advice_text(v, "%u of %u exports are never named in %s: %s more than -Oz alone", unused.n,
                             v->a->m.nexports, v->options->glue_file,
                             wr_format_thousands(smallest->bytes - sizes.bytes).s),
              "breaks programs that reach those exports in another way");
}

static void measure(wr_adviser *v) {
    wr_trial_sizes smallest;
    v->advice->brotli = wr_codec_weigh_quickly(v->env, WR_CODEC_BROTLI, v->a->m.input);
    v->advice->measured = true;
    if (!try_with(v, NULL, 0, &smallest)) return;
    add_trial(v, &smallest, wr_advice_shrink(v, "-Oz"), smallest_reason(v), "none");
    uint64_t bytes = v->advice->bytes - debug_bytes(v->a);
    if (smallest.bytes * 10 < bytes * 6 && !*v->a->go_version && bytes > LEAST_UNOPTIMIZED)
        WR_PUSH(&v->env->perm, v->rebuild,
                wr_slice_str("-Oz or -O2 (clang, emcc), --release (cargo): it looks as if no optimizer ran"));
    try_lean_go(v, &smallest);
    try_unused_exports(v, &smallest);
    try_for_brotli(v, &smallest);
}

// --- Proven rows of wring's own work ---

static void add_debug(wr_adviser *v) {
    uint64_t debug = debug_bytes(v->a);
    if (v->advice->measured || debug * 50 < v->advice->bytes) return;
    wr_advice_row row = {.command = wr_advice_shrink(v, "-Oz"), .bytes = debug};
    row.reason =
        wr_slice_str("names and debug information alone; the passes take more (--estimate says how much)");
    row.risk = "none; --symbols-out=FILE keeps stack traces readable";
    WR_PUSH(&v->env->perm, v->rows, row);
}

static int by_bytes(const void *a, const void *b) {
    const wr_advice_row *x = a, *y = b;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? 1 : -1;
    return wr_slice_order(x->command, y->command);
}

void wr_advice_make(wr_pool *pool, const wr_audit *a, const wr_advice_options *options, wr_advice *advice) {
    *advice = (wr_advice){.bytes = a->m.input.n};
    wr_adviser v = {.pool = pool, .env = wr_main_env(pool), .a = a, .options = options, .advice = advice};
    if (options->measure) measure(&v);
    add_debug(&v);
    wr_advice_on_users(&v);
    wr_advice_on_export_families(&v);
    wr_advice_on_data(&v);
    wr_advice_on_toolchain(&v);
    if (v.rows.n) qsort(v.rows.v, v.rows.n, sizeof *v.rows.v, by_bytes);
    for (uint32_t i = 0; i < v.rows.n && i < WR_MOST_ADVICE; i++) advice->rows[advice->n++] = v.rows.v[i];
    advice->rebuild = v.rebuild.v, advice->nrebuild = v.rebuild.n;
}
