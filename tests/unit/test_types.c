// What validation finds out about a module: identity and subtyping of types, the summaries of bodies,
// features.
#include "ir/validate/validate.h"
#include "module_text.h"
#include "support/buf.h"

// --- Types ---

START_TEST(equal_definitions_share_canon) {
    // Twice a pair that refers to itself, then the pair the other way round, then equal and unequal single
    // types.
    module_text t = {.type = "4e 02 5f 01 63 01 00 5f 01 63 00 01;4e 02 5f 01 63 03 00 5f 01 63 02 01;"
                             "4e 02 5f 01 63 05 01 5f 01 63 04 00;" VOID ";" VOID
                             ";4e 01 60 00 00;50 00 60 00 00;"
                             "5f 01 63 00 00;5f 01 63 02 00"};
    static const uint32_t canon[] = {0, 1, 0, 1, 4, 5, 6, 6, 6, 9, 10, 10};
    fixture f = {0};
    run_text(&f, &t);
    ck_assert_msg(f.status == WR_OK, "%s", f.diag.message);
    ck_assert_uint_eq(f.m.ntypes, WR_COUNT(canon));
    for (uint32_t i = 0; i < f.m.ntypes; i++) ck_assert_uint_eq(f.m.types[i].canon, canon[i]);
    ck_assert(wr_valtype_is_same(&f.m, wr_ref_to(0, true), wr_ref_to(2, true)));
    ck_assert(!wr_valtype_is_same(&f.m, wr_ref_to(0, true), wr_ref_to(2, false)));
    ck_assert(!wr_valtype_is_same(&f.m, wr_ref_to(0, true), wr_ref_to(1, true)));
    close_fixture(&f);
}
END_TEST

typedef struct subtyping {
    wr_valtype sub, super;
    bool holds;
} subtyping;

#define NULLABLE(heap) (WR_REF | WR_NULLABLE | WR_ABS(WR_HEAP_##heap))
#define NONNULL(heap) (WR_REF | WR_ABS(WR_HEAP_##heap))

START_TEST(subtyping_follows_the_hierarchies) {
    module_text t = {.type = "50 00 5f 00;50 01 00 5f 01 7f 00;5e 7f 00;" VOID ";50 01 01 5f 02 7f 00 7f 00"};
    static const subtyping cases[] = {
        {WR_I32, WR_I32, true},
        {WR_I32, WR_I64, false},
        {WR_BOTTOM, WR_I64, true},
        {NONNULL(ANY), NULLABLE(ANY), true},
        {NULLABLE(ANY), NONNULL(ANY), false},
        {NULLABLE(I31), NULLABLE(EQ), true},
        {NULLABLE(EQ), NULLABLE(I31), false},
        {NULLABLE(I31), NULLABLE(STRUCT), false},
        {NULLABLE(NONE), NULLABLE(I31), true},
        {NULLABLE(NOFUNC), NULLABLE(ANY), false},
        {NULLABLE(NOEXTERN), WR_EXTERNREF, true},
        {NULLABLE(NOEXN), WR_EXNREF, true},
        {WR_FUNCREF, NULLABLE(ANY), false},
        {NONNULL(BOTTOM), NONNULL(EXN), true},
        {WR_REF | 4, WR_REF | 0, true},
        {WR_REF | 0, WR_REF | 4, false},
        {WR_REF | WR_EXACT | 4, WR_REF | 0, true},
        {WR_REF | WR_EXACT | 4, WR_REF | WR_EXACT | 0, false},
        {WR_REF | 0, WR_REF | WR_EXACT | 0, false},
        {NONNULL(NONE), WR_REF | WR_EXACT | 4, true},
        {WR_REF | 1, NULLABLE(STRUCT), true},
        {WR_REF | 1, NULLABLE(ARRAY), false},
        {WR_REF | 2, NULLABLE(EQ), true},
        {WR_REF | 3, WR_FUNCREF, true},
        {WR_REF | 3, NULLABLE(ANY), false},
        {NONNULL(NONE), WR_REF | 2, true},
        {NONNULL(NOFUNC), WR_REF | 2, false},
        {NONNULL(STRUCT), WR_REF | 0, false},
    };
    fixture f = {0};
    run_text(&f, &t);
    ck_assert_msg(f.status == WR_OK, "%s", f.diag.message);
    for (size_t i = 0; i < WR_COUNT(cases); i++)
        ck_assert_msg(wr_valtype_is_subtype(&f.m, cases[i].sub, cases[i].super) == cases[i].holds, "case %zu",
                      i);
    close_fixture(&f);
}
END_TEST

static void chain_text(char *text, unsigned types) {
    text += sprintf(text, "50 00 5f 00");
    for (unsigned i = 1; i < types; i++) text += sprintf(text, ";50 01 %02x 5f 00", i - 1);
}

START_TEST(supertypes_go_63_deep) {
    char text[2048];
    for (unsigned types = 64; types <= 65; types++) {
        chain_text(text, types);
        module_text t = {.type = text};
        fixture f = {0};
        run_text(&f, &t);
        ck_assert_int_eq(f.status, types == 64 ? WR_OK : WR_BAD_INPUT);
        close_fixture(&f);
    }
}
END_TEST

// --- Summaries and features ---

START_TEST(summaries_list_what_bodies_use) {
    module_text t = {.type = VOID ";" TO_I32,
                     .func = "00;01",
                     .memory = "00 00",
                     .global = "7f 01 41 00 0b",
                     .code = "00 23 00 28 02 00 24 00 10 01 28 02 00 1a 10 01 1a 0b;00 41 00 c0 0b"};
    static const wr_use uses[] = {
        {(uint32_t)WR_GLOBAL << WR_REF_INDEX_BITS, 2},
        {(uint32_t)WR_MEMORY << WR_REF_INDEX_BITS, 2},
        {(uint32_t)WR_FUNC << WR_REF_INDEX_BITS | 1, 2},
    };
    fixture f = {0};
    run_text(&f, &t);
    ck_assert_msg(f.status == WR_OK, "%s", f.diag.message);
    const wr_summary *s = &f.m.funcs[0].summary;
    ck_assert_uint_eq(s->ninstructions, 9);
    ck_assert_uint_eq(s->nuses, WR_COUNT(uses));
    for (uint32_t i = 0; i < s->nuses; i++) {
        ck_assert_uint_eq(s->uses[i].ref, uses[i].ref);
        ck_assert_uint_eq(s->uses[i].count, uses[i].count);
    }
    ck_assert_uint_eq(f.m.funcs[1].summary.nuses, 0);
    ck_assert(f.m.funcs[1].summary.features & WR_F(SIGN_EXT));
    ck_assert(!(s->features & WR_F(SIGN_EXT)));
    close_fixture(&f);
}
END_TEST

typedef struct feature_case {
    module_text t;
    uint64_t features; // besides the MVP
} feature_case;

static const feature_case feature_cases[] = {
    {{.type = VOID, .func = "00", .code = "00 0b"}, 0},
    {{.type = VOID, .func = "00", .table = "70 00 01", .elem = "00 41 00 0b 01 00", .code = "00 0b"}, 0},
    {{.type = "60 00 02 7f 7f"}, WR_F(MULTIVALUE)},
    {{.type = "60 01 6f 00"}, WR_F(REF_TYPES)},
    {{.type = "60 01 7b 00"}, WR_F(SIMD)},
    {{.type = "5f 00"}, WR_F(GC) | WR_F(FUNC_REFS) | WR_F(REF_TYPES)},
    {{.type = VOID ";60 01 63 00 00"}, WR_F(FUNC_REFS) | WR_F(REF_TYPES)},
    {{.table = "70 00 01;70 00 01"}, WR_F(REF_TYPES)},
    {{.memory = "00 01;00 01"}, WR_F(MULTI_MEMORY)},
    {{.memory = "04 01"}, WR_F(MEMORY64)},
    {{.memory = "03 01 01"}, WR_F(THREADS)},
    {{.memory = "08 01 00"}, WR_F(CUSTOM_PAGE_SIZES)},
    {{.memory = "00 01", .data = "01 00"}, WR_F(BULK)},
    {{.global = "7f 01 41 00 0b"}, 0},
    {{.global = "7f 01 41 00 0b", .export = "01 67 03 00"}, WR_F(MUTABLE_GLOBALS)},
    {{.global = "7f 00 41 00 41 01 6a 0b"}, WR_F(EXTENDED_CONST)},
    {{.import = "00 01 67 03 7f 01"}, WR_F(MUTABLE_GLOBALS)},
    {{.type = VOID, .tag = "00 00"}, WR_F(EH)},
    {{.type = VOID, .func = "00", .code = "00 43 00 00 00 00 fc 00 1a 0b"}, WR_F(SAT_FLOAT)},
    {{.type = VOID, .func = "00", .code = "00 02 64 69 1f 40 01 03 00 0b 00 0b 0a 0b"},
     WR_F(EXNREF) | WR_F(EH) | WR_F(REF_TYPES) | WR_F(FUNC_REFS)},
    {{.type = VOID, .func = "00", .code = "00 06 40 19 0b 0b"}, WR_F(LEGACY_EH)},
    {{.type = VOID, .func = "00", .code = "00 12 00 0b"}, WR_F(TAIL_CALL)},
};

START_TEST(features_are_those_used) {
    const feature_case *c = &feature_cases[_i];
    fixture f = {0};
    run_text(&f, &c->t);
    ck_assert_msg(f.status == WR_OK, "%s", f.diag.message);
    ck_assert_uint_eq(f.m.features & ~WR_F(MVP), c->features);
    close_fixture(&f);
}
END_TEST

void add_tests(TCase *tests) {
    tcase_add_test(tests, equal_definitions_share_canon);
    tcase_add_test(tests, subtyping_follows_the_hierarchies);
    tcase_add_test(tests, supertypes_go_63_deep);
    tcase_add_test(tests, summaries_list_what_bodies_use);
    tcase_add_loop_test(tests, features_are_those_used, 0, WR_COUNT(feature_cases));
}
