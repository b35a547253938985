// The validator on hostile input, whose memory and time are bounded, and failures in threads.
#include "ir/validate/validate.h"
#include "module_text.h"
#include "support/buf.h"

START_TEST(billions_of_locals_cost_nothing) {
    // Two runs of 2^31 - 1 locals; one in the second run and one in the first are used.
    module_text t = {
        .type = VOID,
        .func = "00",
        .code =
            "02 ff ff ff ff 07 7f ff ff ff ff 07 7e 20 fe ff ff ff 0f 21 ff ff ff ff 07 20 ff ff ff ff 07 1a "
            "20 fe ff ff ff 07 1a 0b"};
    fixture f = {0};
    run_text(&f, &t);
    ck_assert_msg(f.status != WR_OK, "local 2^32 - 2 is out of range");
    ck_assert_ptr_nonnull(
        strstr(f.diag.message, "local index 4294967294 is out of range: there are 4294967294"));
    ck_assert_uint_lt(atomic_load(&f.shared.mem_peak), 4 << 20);
    close_fixture(&f);
    t.code = "02 ff ff ff ff 07 7f ff ff ff ff 07 7e 20 fd ff ff ff 0f 21 ff ff ff ff 07 20 ff ff ff ff 07 "
             "50 21 fe ff ff ff 07 0b";
    f = (fixture){0};
    run_text(&f, &t);
    ck_assert_msg(f.status == WR_OK, "%s", f.diag.message);
    ck_assert_uint_lt(atomic_load(&f.shared.mem_peak), 4 << 20);
    close_fixture(&f);
}
END_TEST

START_TEST(far_locals_are_tracked) {
    // The last of a million non-null references, unset and then set.
    static const char *const codes[] = {"01 c0 84 3d 64 70 20 bf 84 3d 1a 0b",
                                        "01 c0 84 3d 64 70 d2 00 21 bf 84 3d 20 bf 84 3d 1a 0b"};
    for (int i = 0; i < 2; i++) {
        module_text t = {.type = VOID, .func = "00", .export = "01 66 00 00", .code = codes[i]};
        fixture f = {0};
        run_text(&f, &t);
        ck_assert_int_eq(f.status, i ? WR_OK : WR_BAD_INPUT);
        close_fixture(&f);
    }
}
END_TEST

// A module whose only function has this body, repeated: head, n times unit, tail.
static wr_slice repeat_body(wr_env *env, const char *types, const char *unit, size_t n) {
    wr_buf body = wr_buf_in(&env->perm), section = wr_buf_in(&env->perm), out = wr_buf_in(&env->perm);
    put_hex(&body, "00", 2);
    for (size_t i = 0; i < n; i++) put_hex(&body, unit, strlen(unit));
    put_hex(&body, "00 0b", 5);
    wr_put_uleb(&section, 1);
    wr_put_sized(&section, wr_buf_slice(&body));
    module_text head = {.type = types, .func = "00"};
    put_module(&env->perm, &out, &head);
    wr_put_u8(&out, WR_SEC_CODE);
    wr_put_sized(&out, wr_buf_slice(&section));
    return wr_buf_slice(&out);
}

typedef struct repetition {
    fixture *f;
    const char *types, *unit;
    size_t n;
} repetition;

static void build_repetition(wr_env *env, void *arg) {
    repetition *r = arg;
    r->f->bytes = repeat_body(env, r->types, r->unit, r->n);
}

static void run_repetition(fixture *f, const char *types, const char *unit, size_t n) {
    open_bytes(f, 1);
    repetition r = {f, types, unit, n};
    ck_assert_int_eq(wr_try(wr_main_env(&f->pool), build_repetition, &r), WR_OK);
    run_bytes(f);
}

static void many_results(char *text) {
    text += sprintf(text, "60 00 e8 07");
    for (int i = 0; i < 1000; i++) text += sprintf(text, " 7f");
}

START_TEST(the_operand_stack_is_bounded) {
    char type[4096];
    many_results(type);
    fixture f = {0};
    run_repetition(&f, type, "10 00", 100000); // 10^8 values wanted
    ck_assert_int_eq(f.status, WR_BAD_INPUT);
    ck_assert_ptr_nonnull(strstr(f.diag.message, "values on the stack"));
    ck_assert_uint_lt(atomic_load(&f.shared.mem_peak), 32 << 20);
    close_fixture(&f);
}
END_TEST

START_TEST(long_bodies_are_linear) {
    static const char *const units[] = {"41 00",    "02 40 0b", "02 40 00 0b",
                                        "41 00 1a", "00 0c 00", "41 00 04 40 05 0b"};
    for (size_t i = 0; i < WR_COUNT(units); i++) {
        fixture f = {0};
        run_repetition(&f, VOID, units[i], 300000);
        ck_assert_msg(f.status == WR_OK, "%s: %s", units[i], f.diag.message);
        close_fixture(&f);
    }
}
END_TEST

// --- Threads ---

static void two_bad_functions(char *types, char *code) {
    for (int i = 0; i < 500; i++) {
        types += sprintf(types, i ? ";00" : "00");
        code += sprintf(code, "%s00 %s 0b", i ? ";" : "", i == 123 || i == 400 ? "41 00" : "01");
    }
}

START_TEST(the_first_failure_is_reported) {
    static char types[4096], code[8192];
    two_bad_functions(types, code);
    module_text t = {.type = VOID, .func = types, .code = code};
    for (int i = 0; i < 20; i++) {
        fixture f = {0};
        run_text(&f, &t);
        ck_assert_int_eq(f.status, WR_BAD_INPUT);
        ck_assert_uint_eq(f.diag.func, 123);
        close_fixture(&f);
    }
}
END_TEST

void add_tests(TCase *tests) {
    tcase_add_test(tests, billions_of_locals_cost_nothing);
    tcase_add_test(tests, far_locals_are_tracked);
    tcase_add_test(tests, the_operand_stack_is_bounded);
    tcase_add_test(tests, long_bodies_are_linear);
    tcase_add_test(tests, the_first_failure_is_reported);
}
