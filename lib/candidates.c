// Makes candidates and chooses among them.
//
// There are one or two bases: the module after the prepare and iterate phases, and Binaryen's version of it.
// The size passes turn a base into an output under a set of tunings. For raw bytes, one output for each base
// is enough. For compressed bytes, whole outputs are compressed, in parallel: first one for each base, then,
// from the better base, one change of tuning at a time, then all changes that helped together (a greedy
// search).
//
// What the default objective makes of the input is a candidate too, so the output is not worse than that.
//
// The effort decides how many changes are tried and how they are weighed. At 1 none is tried. At 2 one is,
// and a fast setting of the compressor ranks the outputs, the default's included: it misjudged none of those
// measured by more than a few tenths of a percent (docs/EXPERIMENTS.md). The best and the input are
// compressed at full strength where the input may be smaller. So effort 2 takes about three times as long as
// plain optimization, plus two compressions or, as a rule, none. At 3 the compressor itself weighs as many
// changes as passes and compressor can handle in about a minute and a half.
//
// A candidate is made in a pool of its own, so that its memory is freed and only its bytes stay. Only a few
// wait at a time, because a compressor takes some 16 times the bytes in memory as well (brotli, up to its
// window of 16 MB).
#include "candidates.h"

#include "debug_outputs.h"

#include "apart.h"
#include "ir/encode/layout.h"
#include "support/codec.h"
#include "transit.h"

#define MAX_TRIED 16
#define SMALL (64u << 10)
#define MOST_HELD (32u << 20) // bytes of candidates that wait for the compressor; two may always wait

// What the fast settings may see in an output beyond what the slow ones do: in units of 1/4096 of the input,
// and as a part of what the file shrank by, since slow settings had found in it what sharing takes out.
enum { DOUBT = 64, LESS_THAN_FAST = 8 };

typedef struct candidate {
    wr_slice base, bytes; // `bytes` are in the main env's perm arena, or the job's input
    wr_tuning tuning;
    bool is_plain; // what the default objective makes of the input
    uint64_t cost;
} candidate;

typedef struct choice {
    const wr_run *run;
    const wr_module *m; // the module before the size passes
    wr_env *env;
    wr_codec codec;
    bool quickly;     // costs are from the compressor's fast setting
    wr_slice counted; // the base whose functions have these calls, read from a profile
    const uint64_t *calls;
    uint32_t ncalls;
    candidate best;
    candidate tried[MAX_TRIED]; // the candidates of this round
    unsigned n, first;          // `first`: the first of those being weighed
} choice;

// --- Making a candidate ---

typedef struct making {
    const choice *ch;
    const candidate *what;
} making;

// Copies the call counts, since passes add to them and each candidate needs its own.
static void take_calls(wr_env *env, const choice *ch, wr_pass_state *state) {
    state->ncalls = ch->ncalls;
    state->calls = WR_NEW(&env->perm, uint64_t, ch->ncalls);
    memcpy(state->calls, ch->calls, ch->ncalls * sizeof *state->calls);
}

static wr_slice make_from_base(const wr_run *run, void *arg) {
    const making *mk = arg;
    wr_module m;
    run->state->hints = mk->ch->run->state->hints;
    wr_stage_decode(run, mk->what->base, &m, true, 0);
    if (mk->ch->calls && mk->what->base.p == mk->ch->counted.p)
        take_calls(wr_main_env(run->pool), mk->ch, run->state);
    return wr_debug_run(run, &m, WR_PASSES_FINISH);
}

static void make(choice *ch, candidate *what, wr_code_map *map) {
    wr_config config = *ch->run->config;
    config.tuning = what->tuning;
    if (!what->is_plain) {
        what->bytes = wr_apart_make(ch->run, &config, make_from_base, &(making){ch, what}, map);
        return;
    }
    config.objective = WR_FOR_BOTH;
    config.tuning = wr_config_tuning(WR_FOR_BOTH);
    what->bytes = wr_apart_make(ch->run, &config, wr_transit_make, NULL, map);
}

// --- Weighing ---

static void weigh_one(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    choice *ch = arg;
    candidate *c = &ch->tried[ch->first + item];
    if (c->cost) return;
    c->cost = ch->quickly ? wr_codec_weigh_quickly(env, ch->codec, c->bytes)
                          : wr_codec_weigh(env, ch->codec, c->bytes);
}

static bool is_better(const candidate *a, const candidate *b) {
    return a->cost != b->cost ? a->cost < b->cost : a->bytes.n < b->bytes.n;
}

// Tunings often make no difference, so equal bytes are weighed only once. A candidate that was left out, or
// that takes more raw bytes than the input, is worse than any other, however well it compresses.
static uint64_t known_cost(const choice *ch, unsigned index) {
    const candidate *c = &ch->tried[index];
    if (!c->bytes.p || c->bytes.n > ch->run->job->input.n) return UINT64_MAX;
    if (ch->best.bytes.p && wr_slice_eq(ch->best.bytes, c->bytes)) return ch->best.cost;
    return 0;
}

static void forget(choice *ch, candidate *c) {
    if (c->bytes.p && c->bytes.p != ch->run->job->input.p)
        wr_arena_give_back(&ch->env->perm, (void *)c->bytes.p);
    c->bytes = (wr_slice){0};
}

// Makes some candidates, weighs them together, and keeps the best of them and of the earlier ones.
static void finish_some(choice *ch, unsigned first, unsigned end) {
    for (unsigned i = first; i < end; i++)
        if (!ch->tried[i].bytes.p) make(ch, &ch->tried[i], NULL);
    for (unsigned i = first; i < end; i++) ch->tried[i].cost = known_cost(ch, i);
    ch->first = first;
    wr_parallel(ch->run->pool, end - first, weigh_one, ch);
    for (unsigned i = first; i < end; i++) {
        candidate *c = &ch->tried[i];
        if (!ch->best.bytes.p || is_better(c, &ch->best)) {
            candidate old = ch->best;
            ch->best = *c;
            *c = (candidate){.cost = c->cost, .bytes = old.bytes};
        }
        forget(ch, c);
    }
}

// Makes the candidates of a round. Their costs are valid until the next round.
static void finish_round(choice *ch, const char *name, double fraction) {
    wr_stage s = wr_stage_begin(ch->run, name, fraction);
    size_t hold = MOST_HELD / (ch->run->job->input.n + 1);
    unsigned some = hold < 2 ? 2 : hold < MAX_TRIED ? (unsigned)hold : MAX_TRIED;
    for (unsigned i = 0; i < ch->n; i += some) finish_some(ch, i, ch->n - i < some ? ch->n : i + some);
    wr_stage_end(&s);
}

static void try(choice *ch, wr_slice base, wr_tuning tuning) {
    ch->tried[ch->n++] = (candidate){.base = base, .tuning = tuning};
}

// --- Choosing ---

// Changes to the objective's tuning, to be tried on the best candidate so far, the most promising first.
enum { SHARE_MORE, SHARE_SOME_MORE = 4 };
static const struct {
    enum { SHARING, ORDER, CONSTANTS, KINDS } kind;
    wr_tuning to;
} changes[] = {
    {SHARING, {.min_saving = 60, .min_site = 6}},
    {SHARING, {.min_saving = WR_NO_SHARING}},
    {SHARING, {.min_saving = 150}},
    {ORDER, {.order = WR_ORDER_TYPE_SIZE}},
    {SHARING, {.min_saving = 150, .min_site = 6}},
    {CONSTANTS, {.constants = true}},
    {SHARING, {.min_saving = 600}},
    {SHARING, {.min_saving = 600, .min_site = 6}},
};

static wr_tuning changed(wr_tuning tuning, size_t change) {
    const wr_tuning *to = &changes[change].to;
    switch (changes[change].kind) {
    case SHARING: tuning.min_saving = to->min_saving, tuning.min_site = to->min_site; break;
    case ORDER: tuning.order = to->order; break;
    default: tuning.constants = to->constants;
    }
    return tuning;
}

// How many changes can be made and compressed in about a minute and a half on one core.
static size_t affordable(const choice *ch) {
    static const uint64_t bytes[WR_CODEC_COUNT] = {[WR_CODEC_RAW] = 0,
                                                   [WR_CODEC_GZIP] = 80u << 20,
                                                   [WR_CODEC_BROTLI] = 24u << 20,
                                                   [WR_CODEC_ZSTD] = 50u << 20};
    return (size_t)(bytes[ch->codec] / (ch->run->job->input.n + 1));
}

// Tries one change at a time, then the best of each kind that helped, together.
static void try_changes(choice *ch) {
    size_t n = affordable(ch) < WR_COUNT(changes) ? affordable(ch) : WR_COUNT(changes);
    candidate start = ch->best;
    uint64_t least[KINDS] = {start.cost, start.cost, start.cost};
    wr_tuning together = start.tuning;
    unsigned helped = 0;
    ch->n = 0;
    for (size_t i = 0; i < n; i++) try(ch, start.base, changed(start.tuning, i));
    finish_round(ch, "tuning", 0.5);
    for (size_t i = 0; i < n; i++) {
        uint64_t *best = &least[changes[i].kind];
        if (ch->tried[i].cost >= *best) continue;
        helped += *best == start.cost;
        *best = ch->tried[i].cost;
        together = changed(together, i);
    }
    if (helped < 2) return;
    ch->n = 0;
    try(ch, start.base, together);
    finish_round(ch, "tuning", 0.7);
}

// Tries the one change that effort 2 has time for: what gains most where the fast setting chooses
// (docs/EXPERIMENTS.md).
static void try_one_change(choice *ch) {
    unsigned change = ch->codec == WR_CODEC_BROTLI ? SHARE_SOME_MORE : SHARE_MORE;
    ch->n = 0;
    try(ch, ch->best.base, changed(ch->best.tuning, change));
    finish_round(ch, "tuning", 0.5);
}

// Keeps a profile's counts for the functions of the encoded base. The numbering of Binaryen's output is
// unknown, so there the static estimate is used.
static void renumber_calls(choice *ch, wr_slice base) {
    ch->counted = base;
    ch->calls = wr_job_renumber_calls(ch->env, ch->m, ch->run->state, &ch->ncalls);
}

// Frees the bodies of the module: candidates need only the base.
static void free_code(wr_pool *pool) {
    for (unsigned i = 0; i < pool->jobs; i++) {
        wr_arena_free(&pool->envs[i].code);
        wr_arena_free(&pool->envs[i].pass);
        wr_arena_free(&pool->envs[i].temp);
    }
}

bool wr_candidates_input_may_win(wr_weighed input, wr_weighed output) {
    if (output.cost == UINT64_MAX) return true;
    int64_t gain = ((int64_t)input.cost - (int64_t)output.cost) * 4096 / (int64_t)(input.cost + 1),
            shrunk = ((int64_t)input.bytes - (int64_t)output.bytes) * 4096 / (int64_t)(input.bytes + 1);
    return gain <= DOUBT + shrunk / LESS_THAN_FAST;
}

// Weighs at full strength what was listed.
static void weigh_fully(choice *ch) {
    ch->quickly = false;
    ch->best = (candidate){0};
    finish_round(ch, "compressing", 0.75);
}

// Among the outputs, the default's included, the fast setting decides; the real one between the best of them
// and the input, if that may win. All of a small module are weighed at full strength.
static void settle(choice *ch) {
    candidate input = {.bytes = ch->run->job->input}, plain = {.is_plain = true};
    bool is_small = input.bytes.n <= SMALL;
    ch->n = 0;
    ch->tried[ch->n++] = plain;
    if (!is_small) {
        finish_round(ch, "default", 0.7);
        wr_weighed before = {wr_codec_weigh_quickly(ch->env, ch->codec, input.bytes), input.bytes.n},
                   after = {ch->best.cost, ch->best.bytes.n};
        if (!wr_candidates_input_may_win(before, after)) return;
        ch->n = 0;
    }
    ch->tried[ch->n++] = ch->best;
    ch->tried[ch->n++] = input;
    weigh_fully(ch);
}

// Makes the best candidate once more with origins tracked, since it was made without.
static void find_code_map(choice *ch, const wr_code_map *base, wr_code_map *map) {
    candidate again = {.base = ch->best.base, .tuning = ch->best.tuning, .is_plain = ch->best.is_plain};
    make(ch, &again, map);
    if (!wr_slice_eq(again.bytes, ch->best.bytes))
        wr_throw(ch->env, WR_INTERNAL, WR_NO_OFFSET, "tracking debug information changed the code");
    forget(ch, &again);
    if (!again.is_plain) wr_code_map_compose(ch->env, base, map);
    wr_arena_reset(&ch->env->temp);
}

wr_slice wr_candidates_choose(const wr_run *run, wr_module *m, uint32_t ninput, wr_code_map *map) {
    choice ch = {.run = run,
                 .m = m,
                 .env = wr_main_env(run->pool),
                 .codec = wr_objective_codec(run->config->objective)};
    wr_tuning tuning = run->config->tuning;
    ch.quickly = ch.codec != WR_CODEC_RAW && run->config->effort < WR_MOST_EFFORT;
    wr_slice base = wr_stage_encode(run, m), other = {0};
    wr_code_map of_base;
    if (map) wr_code_map_make(ch.env, run->origins, ninput, &of_base);
    if (run->state->calls) renumber_calls(&ch, base);
    free_code(run->pool);
    if (run->config->with_binaryen) other = wr_binaryen_run_stage(run, base);
    if (!ch.quickly) {
        ch.tried[ch.n++] = (candidate){.base = base, .bytes = run->job->input, .tuning = tuning};
        if (ch.codec != WR_CODEC_RAW)
            ch.tried[ch.n++] = (candidate){.base = base, .tuning = tuning, .is_plain = true};
    }
    try(&ch, base, tuning);
    if (other.p) try(&ch, other, tuning);
    finish_round(&ch, "candidates", 0.4);
    if (ch.codec != WR_CODEC_RAW && ch.best.bytes.p && run->config->effort > 1)
        ch.quickly ? try_one_change(&ch) : try_changes(&ch);
    if (ch.quickly && ch.best.bytes.p) settle(&ch);
    bool is_input = !ch.best.bytes.p || ch.best.bytes.p == run->job->input.p;
    if (map && !is_input) find_code_map(&ch, &of_base, map);
    return is_input ? wr_slice_copy(&ch.env->perm, run->job->input) : ch.best.bytes;
}
