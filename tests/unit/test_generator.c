// The generator of random modules: all of them are valid, and among them is every instruction that there is.
#include "ir/body.h"
#include "ir/decode/decode.h"
#include "ir/validate/validate.h"
#include "suite.h"
#include "tests/gen/generate.h"

#define MODULES 1500

typedef struct counting {
    wr_shared shared;
    wr_pool pool;
    uint64_t seed;
    wr_slice bytes;
    uint32_t times[WR_OPS];
    uint32_t nimports[WR_SPACES];
} counting;

static void count_code(counting *k, wr_env *env, wr_slice body) {
    wr_reader r = wr_ins_reader(env, body, 0);
    wr_u32s ext = {0};
    wr_ins ins;
    while (!wr_at_end(&r)) {
        ext.n = 0;
        wr_ins_read(&r, &env->temp, &ext, &ins);
        k->times[ins.op]++;
    }
}

static void count_module(wr_env *env, void *arg) {
    counting *k = arg;
    wr_module m;
    wr_decode_module(env, k->bytes, &m);
    wr_validate(&k->pool, &m, false);
    for (uint32_t i = m.nfunc_imports; i < m.nfuncs; i++) count_code(k, env, m.funcs[i].body);
    for (uint32_t i = 0; i < m.nimports; i++) k->nimports[m.imports[i].space]++;
}

static void take(void *user, wr_slice module) {
    counting *k = user;
    k->bytes = module;
    ck_assert_int_eq(wr_pool_init(&k->pool, &k->shared, 1), WR_OK);
    wr_status status = wr_try(wr_main_env(&k->pool), count_module, k);
    ck_assert_msg(status == WR_OK, "module of seed %u: %s", (unsigned)k->seed,
                  wr_main_env(&k->pool)->diag.message);
    wr_pool_free(&k->pool);
}

START_TEST(every_instruction) {
    counting k = {0};
    unsigned missing = 0;
    for (k.seed = 1; k.seed <= MODULES; k.seed++) ck_assert(wr_generate(k.seed, take, &k));
    for (unsigned op = 0; op < WR_OPS; op++) {
        // Functions that switch stacks or use what threads share stay as they are, so only their surroundings
        // need programs: see docs/PROPOSALS.md.
        if ((uint64_t)1 << wr_opinfos[op].feature & WR_F_KEPT) continue;
        if (!k.times[op])
            printf("no %s (0x%02x 0x%02x)\n", wr_opinfos[op].text, wr_opinfos[op].prefix,
                   wr_opinfos[op].code);
        missing += !k.times[op];
    }
    ck_assert_msg(!missing, "%u instructions are never generated", missing);
    for (unsigned space = WR_FUNC; space <= WR_TAG; space++)
        ck_assert_msg(k.nimports[space], "nothing of index space %u is ever imported", space);
}
END_TEST

void add_tests(TCase *tests) { tcase_add_test(tests, every_instruction); }
