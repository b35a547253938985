// Reports against the facts: every byte of a file in exactly one item, dominators against removing nodes one
// by one, retained sizes against dead code removal after a function was emptied. On random modules, and on
// the corpus where it is in the cache.
#include <ftw.h>
#include <stdlib.h>

#include "ir/decode/decode.h"
#include "passes/manager/pass.h"
#include "report/audit/audit.h"
#include "report/diff/diff.h"
#include "report/audit/dominators.h"
#include "report/audit/savings.h"
#include "support/file.h"
#include "tests/gen/generate.h"
#include "suite.h"
#include "wring.h"

// --- Modules to test on ---

typedef void check_fn(wr_env *env, wr_pool *pool, wr_slice module);

typedef struct trial {
    wr_pool pool;
    wr_slice module;
    check_fn *check;
} trial;

static void try_module(wr_env *env, void *arg) {
    trial *t = arg;
    t->check(env, &t->pool, t->module);
}

static void run_check(check_fn *check, wr_slice module) {
    wr_shared shared = {0};
    trial t = {.module = module, .check = check};
    ck_assert_int_eq(wr_pool_init(&t.pool, &shared, 2), WR_OK);
    wr_status status = wr_try(wr_main_env(&t.pool), try_module, &t);
    ck_assert_msg(status == WR_OK, "%s", wr_main_env(&t.pool)->diag.message);
    wr_pool_free(&t.pool);
}

static void run_generated(void *user, wr_slice module) { run_check(*(check_fn **)user, module); }

static void check_generated(check_fn *check, uint64_t seeds) {
    for (uint64_t seed = 1; seed <= seeds; seed++) ck_assert(wr_generate(seed, run_generated, &check));
}

static check_fn *corpus_check; // nftw passes no argument
static off_t corpus_limit;

static int visit(const char *path, const struct stat *stat, int type, struct FTW *ftw) {
    (void)ftw;
    size_t n = strlen(path);
    if (type != FTW_F || n < 5 || strcmp(path + n - 5, ".wasm") || stat->st_size > corpus_limit) return 0;
    wr_file file;
    ck_assert_int_eq(wr_file_read(&file, path), 0);
    run_check(corpus_check, file.bytes);
    wr_file_free(&file);
    return 0;
}

// Checks the modules of the corpus up to a size; up to an eighth of it in builds with sanitizers, which are
// ten times slower.
static void check_corpus(check_fn *check, off_t limit) {
    char path[4096];
    const char *cache = getenv("WRING_CACHE"), *home = getenv("HOME");
    snprintf(path, sizeof path, "%s%s/corpus/npm",
             cache  ? cache
             : home ? home
                    : "",
             cache ? "" : "/.cache/wring");
    corpus_check = check;
#ifdef WR_CHECKED
    limit /= 8;
#endif
    corpus_limit = limit;
    nftw(path, visit, 16, FTW_PHYS);
}

// --- Attribution ---

static void check_tiling(wr_env *env, wr_pool *pool, wr_slice module) {
    wr_module m;
    wr_size_map inv;
    uint64_t at = 0, sum = 0;
    (void)pool;
    wr_decode_module(env, module, &m);
    wr_size_map_make(env, &m, &inv);
    for (uint32_t i = 0; i < inv.items.n; i++) {
        ck_assert_uint_eq(inv.items.v[i].offset, at);
        at += inv.items.v[i].size;
    }
    ck_assert_uint_eq(at, module.n);
    for (unsigned part = 0; part < WR_PARTS; part++) sum += inv.bytes[part];
    ck_assert_uint_eq(sum, module.n);
    for (uint32_t i = 0; i < m.ndatas; i++) ck_assert_uint_gt(inv.size[WR_DATA][i], m.datas[i].bytes.n);
    for (uint32_t i = m.nfunc_imports; i < m.nfuncs; i++)
        ck_assert_uint_gt(inv.size[WR_FUNC][i], m.funcs[i].body.n);
}

START_TEST(items_tile_the_file) {
    check_generated(check_tiling, 300);
    check_corpus(check_tiling, (off_t)64 << 20);
}
END_TEST

// The bytes behind a finding are as many as it says, in order and inside the file.
static void check_findings(wr_env *env, const wr_audit *a) {
    for (unsigned id = 0; id < WR_FINDING_COUNT; id++) {
        wr_ranges ranges = wr_savings_ranges(env, a, (wr_saving_id)id);
        uint64_t at = 0, sum = 0;
        for (uint32_t i = 0; i < ranges.n; i++) {
            ck_assert_uint_ge(ranges.v[i].at, at);
            at = ranges.v[i].at + ranges.v[i].n;
            sum += ranges.v[i].n;
        }
        ck_assert_uint_le(at, a->m.input.n);
        if (id == WR_FOUND_PADDING) // that of local declarations has no place
            ck_assert_uint_le(sum, a->findings[id].bytes);
        else
            ck_assert_msg(sum == a->findings[id].bytes, "%s: %u bytes, found %u", wr_saving_labels[id],
                          (unsigned)a->findings[id].bytes, (unsigned)sum);
    }
}

static void check_sums(wr_env *env, wr_pool *pool, wr_slice module) {
    wr_audit a;
    uint64_t groups = 0, data = 0;
    wr_audit_make(pool, module, &(wr_audit_options){0}, &a);
    for (uint32_t i = 0; i < a.groups.n; i++) groups += a.groups.v[i].bytes;
    ck_assert_uint_eq(groups, a.inv.bytes[WR_PART_CODE] + a.inv.bytes[WR_PART_DECLARATION]);
    for (unsigned kind = 0; kind < WR_DATA_KINDS; kind++) data += a.data.bytes[kind];
    ck_assert_uint_eq(data, a.inv.bytes[WR_PART_DATA]);
    check_findings(env, &a);
}

START_TEST(groups_and_kinds_add_up) {
    check_generated(check_sums, 100);
    check_corpus(check_sums, (off_t)3 << 20);
}
END_TEST

// --- Dominators ---

enum { NODES = 24, EDGES = 60 };

typedef struct random_graph {
    uint32_t start[NODES + 1], edges[EDGES];
} random_graph;

static void make_graph(random_graph *g, unsigned seed) {
    uint32_t from[EDGES], to[EDGES], n = 0;
    srand(seed);
    uint32_t edges = NODES / 2 + (uint32_t)rand() % (EDGES - NODES / 2);
    for (uint32_t i = 0; i < edges; i++) from[i] = (uint32_t)rand() % NODES, to[i] = (uint32_t)rand() % NODES;
    for (uint32_t v = 0; v < NODES; v++) {
        g->start[v] = n;
        for (uint32_t i = 0; i < edges; i++)
            if (from[i] == v) g->edges[n++] = to[i];
    }
    g->start[NODES] = n;
}

static void reach(const random_graph *g, uint32_t v, uint32_t without, bool *seen) {
    if (v == without || seen[v]) return;
    seen[v] = true;
    for (uint32_t e = g->start[v]; e < g->start[v + 1]; e++) reach(g, g->edges[e], without, seen);
}

static bool dominates(const uint32_t *idom, uint32_t a, uint32_t b) {
    while (b != a && b != WR_NONE) b = idom[b];
    return b == a;
}

static void check_dominators(wr_env *env, wr_pool *pool, wr_slice unused) {
    (void)pool, (void)unused;
    for (unsigned seed = 1; seed <= 2000; seed++) {
        random_graph g;
        uint32_t idom[NODES], order[NODES];
        bool all[NODES] = {false};
        make_graph(&g, seed);
        reach(&g, 0, WR_NONE, all);
        wr_dominators(env, NODES, g.start, g.edges, idom, order);
        for (uint32_t v = 1; v < NODES; v++) {
            bool seen[NODES] = {false};
            if (!all[v]) continue;
            reach(&g, 0, v, seen);
            for (uint32_t w = 1; w < NODES; w++)
                if (all[w]) ck_assert_int_eq(dominates(idom, v, w), !seen[w]);
        }
        wr_arena_reset(&env->temp);
    }
}

START_TEST(dominators_agree_with_removal) { run_check(check_dominators, (wr_slice){0}); }
END_TEST

// --- Retained sizes ---

// All as it was read, but for one function that names nothing.
static void revive(wr_module *m, const wr_func *funcs, uint32_t empty) {
    memcpy(m->funcs, funcs, m->nfuncs * sizeof *funcs);
    if (empty != WR_NONE) m->funcs[empty].summary.nuses = 0;
    for (uint32_t i = 0; i < m->ntables; i++) m->tables[i].live = true;
    for (uint32_t i = 0; i < m->nmemories; i++) m->memories[i].live = true;
    for (uint32_t i = 0; i < m->nglobals; i++) m->globals[i].live = true;
    for (uint32_t i = 0; i < m->ntags; i++) m->tags[i].live = true;
    for (uint32_t i = 0; i < m->ndatas; i++) m->datas[i].live = true;
    for (uint32_t i = 0; i < m->nelems; i++) m->elems[i].live = true;
}

// Bytes of what dead code removal leaves.
static uint64_t live_bytes(const wr_audit *a, const wr_func *funcs) {
    const wr_module *m = &a->m;
    uint64_t n = 0;
    for (uint32_t i = 0; i < m->nfuncs; i++)
        n += m->funcs[i].live * (a->inv.size[WR_FUNC][i] - (funcs[i].body.n - m->funcs[i].body.n));
    for (uint32_t i = 0; i < m->ntables; i++) n += m->tables[i].live * a->inv.size[WR_TABLE][i];
    for (uint32_t i = 0; i < m->nmemories; i++) n += m->memories[i].live * a->inv.size[WR_MEMORY][i];
    for (uint32_t i = 0; i < m->nglobals; i++) n += m->globals[i].live * a->inv.size[WR_GLOBAL][i];
    for (uint32_t i = 0; i < m->ntags; i++) n += m->tags[i].live * a->inv.size[WR_TAG][i];
    for (uint32_t i = 0; i < m->ndatas; i++) n += m->datas[i].live * a->inv.size[WR_DATA][i];
    for (uint32_t i = 0; i < m->nelems; i++) n += m->elems[i].live * a->inv.size[WR_ELEM][i];
    return n;
}

static uint64_t bytes_after_dce(wr_pool *pool, wr_audit *a, const wr_func *funcs, uint32_t empty) {
    wr_config config = {.level = WR_LS};
    wr_context c = {.pool = pool, .env = wr_main_env(pool), .m = &a->m, .config = &config};
    revive(&a->m, funcs, empty);
    wr_pass_dce(&c);
    wr_arena_reset(&c.env->temp);
    return live_bytes(a, funcs);
}

static void check_retained(wr_env *env, wr_pool *pool, wr_slice module) {
    wr_audit a;
    wr_graph graph; // without pieces: what linear memory holds is known to be needed only as a whole
    wr_audit_make(pool, module, &(wr_audit_options){0}, &a);
    wr_graph_make(env, &a.m, &a.inv, &a.sweep, &(wr_graph_options){0}, &graph);
    wr_arena_reset(&env->temp);
    const wr_func *funcs =
        memcpy(WR_NEW(&env->perm, wr_func, a.m.nfuncs), a.m.funcs, a.m.nfuncs * sizeof *funcs);
    uint64_t all = bytes_after_dce(pool, &a, funcs, WR_NONE);
    ck_assert_uint_eq(all, graph.retained[0]);
    uint32_t defined = a.m.nfuncs - a.m.nfunc_imports, step = defined / 300 + 1;
    for (uint32_t f = a.m.nfunc_imports; f < a.m.nfuncs; f += step) {
        uint32_t node = graph.base[WR_FUNC] + f;
        uint64_t left = bytes_after_dce(pool, &a, funcs, f);
        uint64_t said = graph.parent[node] == WR_NONE ? 0 : graph.retained[node] - graph.size[node];
        ck_assert_uint_eq(all - left, said);
    }
}

START_TEST(retained_sizes_agree_with_removal) {
    check_generated(check_retained, 200);
    check_corpus(check_retained, (off_t)3 << 20);
}
END_TEST

// --- Diffs ---

static int64_t sum_groups(const wr_diff_group *groups, uint32_t n) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < n; i++) sum += wr_delta(groups[i].old_bytes, groups[i].new_bytes);
    return sum;
}

static int64_t code_bytes(const wr_audit *a) {
    return (int64_t)(a->inv.bytes[WR_PART_CODE] + a->inv.bytes[WR_PART_DECLARATION]);
}

static int64_t data_bytes(const wr_audit *a) { return (int64_t)a->inv.bytes[WR_PART_DATA]; }

// What is in both is as much on either side, so the differences are those of all contents but runs of zeros.
static void check_contents(const wr_diff *d, const wr_audit *a, const wr_audit *b) {
    uint64_t before = 0, after = 0;
    for (uint32_t i = 0; i < a->m.ndatas; i++) before += a->m.datas[i].bytes.n;
    for (uint32_t i = 0; i < b->m.ndatas; i++) after += b->m.datas[i].bytes.n;
    ck_assert_uint_le(d->data.kept + d->data.removed, before);
    ck_assert_uint_le(d->data.kept + d->data.added, after);
}

// Each function has one partner at most, and partners agree.
static void check_matching(const wr_diff *d) {
    for (uint32_t f = 0; f < d->before->m.nfuncs; f++)
        if (d->matching.after[f] != WR_NONE) ck_assert_uint_eq(d->matching.before[d->matching.after[f]], f);
    for (uint32_t f = 0; f < d->after->m.nfuncs; f++)
        if (d->matching.before[f] != WR_NONE) ck_assert_uint_eq(d->matching.after[d->matching.before[f]], f);
}

static void check_changes(wr_pool *pool, wr_slice before, wr_slice after) {
    wr_audit a, b;
    wr_diff d;
    int64_t rows = 0;
    wr_audit_make(pool, before, &(wr_audit_options){0}, &a);
    wr_audit_make(pool, after, &(wr_audit_options){0}, &b);
    wr_diff_make(pool, &a, &b, &d);
    check_matching(&d);
    for (uint32_t i = 0; i < d.nrows; i++) rows += wr_delta(d.rows[i].old_bytes, d.rows[i].new_bytes);
    ck_assert_int_eq(sum_groups(d.parts, d.nparts), wr_delta(before.n, after.n));
    ck_assert_int_eq(sum_groups(d.groups, d.ngroups), code_bytes(&b) - code_bytes(&a));
    ck_assert_int_eq(rows, code_bytes(&b) - code_bytes(&a));
    ck_assert_int_eq(sum_groups(d.states, WR_DIFF_STATES), rows);
    ck_assert_int_eq(sum_groups(d.kinds, d.nkinds), data_bytes(&b) - data_bytes(&a));
    ck_assert_int_eq(sum_groups(d.segments, d.nsegments), data_bytes(&b) - data_bytes(&a));
    check_contents(&d, &a, &b);
    if (before.p == after.p)
        ck_assert_uint_eq(d.nrows + d.nparts + d.ngroups + d.nkinds + d.nsegments + d.data.removed, 0);
}

static void check_diffs(wr_env *env, wr_pool *pool, wr_slice module) {
    size_t n;
    wring_options *options = wring_options_new();
    wring_job *job = wring_job_new(options);
    (void)env;
    ck_assert_int_eq(wring_options_set(options, "O", "z"), WRING_OK);
    ck_assert_int_eq(wring_optimize(job, module.p, module.n), WRING_OK);
    const void *p = wring_output(job, &n);
    check_changes(pool, module, module);
    check_changes(pool, module, wr_slice_of(p, n));
    wring_job_free(job);
    wring_options_free(options);
}

START_TEST(diffs_account_for_every_byte) {
    check_generated(check_diffs, 60);
    check_corpus(check_diffs, (off_t)1 << 20);
}
END_TEST

// The library's audit: the same for one module whatever came before in the job, and what it refuses.
static void audit_twice(void *user, wr_slice module) {
    wring_job *job = user;
    size_t n, again;
    ck_assert_int_eq(wring_audit(job, module.p, module.n), WRING_OK);
    const char *json = wring_output(job, &n);
    ck_assert(n > 2 && json[0] == '{' && strstr(json, "\"schema\": \"wring-audit\""));
    char *first = strndup(json, n);
    ck_assert_int_eq(wring_audit(job, module.p, module.n - 1), WRING_BAD_INPUT);
    ck_assert(*wring_last_diagnostic(job).message);
    ck_assert_ptr_null(wring_output(job, &again));
    ck_assert_int_eq(wring_optimize(job, module.p, module.n), WRING_OK);
    ck_assert_int_eq(wring_audit(job, module.p, module.n), WRING_OK);
    json = wring_output(job, &again);
    ck_assert(n == again && !memcmp(first, json, n));
    free(first);
}

START_TEST(the_library_audits) {
    static const uint8_t component[] = {0, 'a', 's', 'm', 13, 0, 1, 0};
    wring_options *options = wring_options_new();
    wring_job *job = wring_job_new(options);
    for (uint64_t seed = 1; seed <= 10; seed++) ck_assert(wr_generate(seed, audit_twice, job));
    ck_assert_int_eq(wring_audit(job, component, sizeof component), WRING_USAGE);
    wring_options_set(options, "memory-limit", "1K");
    ck_assert_int_eq(wring_audit(job, "\0asm\1\0\0", 8), WRING_NOMEM);
    wring_job_free(job);
    wring_options_free(options);
}
END_TEST

void add_tests(TCase *tests) {
    tcase_add_test(tests, items_tile_the_file);
    tcase_add_test(tests, groups_and_kinds_add_up);
    tcase_add_test(tests, dominators_agree_with_removal);
    tcase_add_test(tests, retained_sizes_agree_with_removal);
    tcase_add_test(tests, diffs_account_for_every_byte);
    tcase_add_test(tests, the_library_audits);
}
