// The validator: its rules, bounds on hostile input, and failures in threads.
#include <stdlib.h>

#include "ir/validate/validate.h"
#include "module_text.h"
#include "support/buf.h"

// --- Rules ---

typedef struct rule {
    const char *name;
    module_text t;
    const char *error; // part of the message, NULL if the module is valid
} rule;

#define BODY(signature, bytes) \
    { .type = signature, .func = "00", .code = bytes }

static const rule rules[] = {
    {"empty body", BODY(VOID, "00 0b"), NULL},
    {"a result", BODY(TO_I32, "00 41 00 0b"), NULL},
    {"missing result", BODY(TO_I32, "00 0b"), "expected i32, found nothing on the stack at operand 1 of end"},
    {"wrong result", BODY(TO_I32, "00 42 00 0b"), "expected i32, found i64 at operand 1 of end"},
    {"wrong operand", BODY(TO_I32, "00 41 00 42 00 6a 0b"),
     "expected i32, found i64 at operand 2 of i32.add"},
    {"value left over", BODY(VOID, "00 41 00 0b"), "found 1 more"},
    {"missing end", BODY(VOID, "00 02 40 0b"), "unexpected end"},
    {"code after the end", BODY(VOID, "00 0b 01 0b"),
     "expected nothing after the last end, found 2 more bytes"},
    {"unknown opcode", BODY(VOID, "00 ff 0b"), "unknown opcode 0xff"},
    {"long constants", BODY(TO_I32, "00 42 ff ff ff ff ff ff ff ff ff 00 a7 41 ff ff ff ff 07 6a 0b"), NULL},
    {"constant of 33 bits", BODY(TO_I32, "00 41 ff ff ff ff 0f 0b"), "LEB128"},
    {"constant of 6 bytes", BODY(TO_I32, "00 41 80 80 80 80 80 00 0b 00 00 00 00 00 00 00"), "LEB128"},

    {"unreachable operands", BODY(TO_I32, "00 00 6a 0b"), NULL},
    {"unreachable but wrong", BODY(TO_I32, "00 00 42 00 6a 0b"),
     "expected i32, found i64 at operand 2 of i32.add"},
    {"unreachable select", BODY(TO_I32, "00 00 1b 0b"), NULL},
    {"bottom reference is no number", BODY(VOID, "00 00 d4 45 1a 0b"), "expected i32, found (ref bottom)"},
    {"else without if", BODY(VOID, "00 05 0b"), "expected an if around this else"},
    {"if without else", BODY(VOID, "00 41 00 04 7f 41 00 0b 1a 0b"), "expected an else"},
    {"if with else", BODY(VOID, "00 41 00 04 7f 41 00 05 41 01 0b 1a 0b"), NULL},
    {"block parameters",
     {.type = VOID ";"
                   "60 01 7f 02 7f 7e",
      .func = "00",
      .code = "00 41 00 02 01 42 00 0b 1a 1a 0b"},
     NULL},
    {"block type out of range", BODY(VOID, "00 02 01 0b 0b"), "type 1 is out of range: there are 1"},
    {"loop label takes parameters", BODY(VOID, "00 03 7f 0c 00 0b 1a 0b"), NULL},
    {"br_if keeps the label's type", BODY(TO_I32, "00 41 00 41 01 0d 00 0b"), NULL},
    {"label out of range", BODY(VOID, "00 0c 01 0b"), "label 1 is out of range: there are 1 blocks around"},
    {"br_table arity", BODY(TO_I32, "00 02 40 41 00 41 00 0e 01 00 01 0b 41 00 0b"),
     "expected targets of br_table with 1 operands, found one with 0"},
    {"br_table types", BODY(TO_I32, "00 02 7e 42 00 41 00 0e 01 00 01 0b 1a 41 00 0b"),
     "expected i32, found i64"},
    {"select of different types", BODY(VOID, "00 41 00 42 00 41 00 1b 1a 0b"),
     "expected i32, found i64 at operand 2 of select"},
    {"select of references", BODY(VOID, "00 d0 70 d0 70 41 00 1b 1a 0b"), "need a select with a type"},
    {"select with a type", BODY(VOID, "00 d0 70 d0 70 41 00 1c 01 70 1a 0b"), NULL},

    {"call", {.type = VOID ";" OF_I32, .func = "00;01", .code = "00 41 00 10 01 0b;00 0b"}, NULL},
    {"call without argument",
     {.type = VOID ";" OF_I32, .func = "00;01", .code = "00 10 01 0b;00 0b"},
     "expected i32, found nothing on the stack at operand 1 of call"},
    {"call out of range", BODY(VOID, "00 10 01 0b"), "function 1 is out of range: there are 1"},
    {"tail call with other results",
     {.type = TO_I32 ";" VOID, .func = "00;01", .code = "00 12 01 0b;00 0b"},
     "expected a callee with 1 results, found 0"},
    {"call_indirect without table", BODY(VOID, "00 41 00 11 00 00 0b"),
     "table 0 is out of range: there are 0"},
    {"call_indirect on externref",
     {.type = VOID, .func = "00", .table = "6f 00 00", .code = "00 41 00 11 00 00 0b"},
     "expected a table of functions"},

    {"local out of range", BODY(OF_I32, "01 01 7f 20 02 1a 0b"),
     "local index 2 is out of range: there are 2"},
    {"local of the wrong type", BODY(OF_I32, "01 01 7e 20 00 21 01 0b"),
     "expected i64, found i32 at operand 1 of local.set"},
    {"unset local", BODY(VOID, "01 01 64 70 20 00 1a 0b"), "local 0 is read before it is set"},
    {"local set in a block",
     {.type = VOID,
      .func = "00",
      .export = "01 66 00 00",
      .code = "01 01 64 70 02 40 d2 00 21 00 20 00 1a 0b 20 00 1a 0b"},
     "local 0 is read before it is set"},
    {"local set around a block",
     {.type = VOID,
      .func = "00",
      .export = "01 66 00 00",
      .code = "01 01 64 70 d2 00 21 00 02 40 20 00 1a 0b 20 00 1a 0b"},
     NULL},
    {"undeclared ref.func", BODY(VOID, "00 d2 00 1a 0b"), "function 0 is not declared"},
    {"ref.func declared by elements",
     {.type = VOID, .func = "00", .elem = "03 00 01 00", .code = "00 d2 00 1a 0b"},
     NULL},
    {"assigning a constant",
     {.type = VOID, .func = "00", .global = "7f 00 41 00 0b", .code = "00 41 00 24 00 0b"},
     "expected a mutable global, found global 0"},

    {"load without memory", BODY(VOID, "00 41 00 28 02 00 1a 0b 00 00 00 00 00 00 00 00"),
     "memory 0 is out of range: there are 0"},
    {"load", {.type = VOID, .func = "00", .memory = "00 00", .code = "00 41 00 28 02 00 1a 0b"}, NULL},
    {"alignment above natural",
     {.type = VOID, .func = "00", .memory = "00 00", .code = "00 41 00 28 03 00 1a 0b"},
     "expected an alignment of at most 2^2 at i32.load, found 2^3"},
    {"atomic alignment below natural",
     {.type = VOID, .func = "00", .memory = "03 00 01", .code = "00 41 00 fe 10 00 00 1a 0b"},
     "expected an alignment of 2^2 at i32.atomic.load, found 2^0"},
    {"offset of 33 bits",
     {.type = VOID, .func = "00", .memory = "00 00", .code = "00 41 00 28 02 80 80 80 80 10 1a 0b"},
     "expected an offset of 32 bits"},
    {"offset of 33 bits, memory64",
     {.type = VOID, .func = "00", .memory = "04 00", .code = "00 42 00 28 02 80 80 80 80 10 1a 0b"},
     NULL},
    {"address of memory64",
     {.type = VOID,
      .func = "00",
      .memory = "04 00",
      .code = "00 41 00 28 02 00 1a 0b 00 00 00 00 00 00 00 00"},
     "expected i64, found i32 at operand 1 of i32.load"},
    {"lane out of range", BODY(VOID, "00 41 00 fd 0f fd 15 10 1a 0b"), "expected a lane below 16"},
    {"shuffle out of range",
     BODY(VOID, "00 41 00 fd 0f 41 00 fd 0f fd 0d 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 20 1a 0b"),
     "expected lanes below 32"},
    {"wide arithmetic", BODY(VOID, "00 42 00 42 00 fc 15 fc 16 1a 1a 0b"), NULL},
    {"memory.init without data count",
     {.type = VOID,
      .func = "00",
      .memory = "00 00",
      .code = "00 41 00 41 00 41 00 fc 08 00 00 0b",
      .data = "01 00"},
     "expected a data count section"},
    {"memory.init",
     {.type = VOID,
      .func = "00",
      .memory = "00 00",
      .data_count = "=01",
      .code = "00 41 00 41 00 41 00 fc 08 00 00 0b",
      .data = "01 00"},
     NULL},
    {"copy to memory64",
     {.type = VOID, .func = "00", .memory = "04 00;00 00", .code = "00 42 00 41 00 41 00 fc 0a 00 01 0b"},
     NULL},
    {"copy to memory64, long",
     {.type = VOID, .func = "00", .memory = "04 00;00 00", .code = "00 42 00 41 00 42 00 fc 0a 00 01 0b"},
     "expected i32, found i64 at operand 3 of memory.copy"},

    {"legacy try",
     {.type = VOID ";" OF_I32,
      .func = "00",
      .tag = "00 01",
      .code = "00 06 40 41 00 08 00 07 00 1a 19 09 00 0b 0b"},
     NULL},
    {"rethrow outside a catch",
     {.type = VOID, .func = "00", .code = "00 06 40 09 00 19 0b 0b"},
     "expected label 0 of rethrow to be a catch"},
    {"catch without try",
     {.type = VOID, .func = "00", .tag = "00 00", .code = "00 02 40 07 00 0b 0b"},
     "expected a try around this catch"},
    {"delegate", BODY(VOID, "00 06 40 06 40 18 00 19 0b 0b"), NULL},
    {"delegate too far", BODY(VOID, "00 06 40 18 01 0b"), "label 1 is out of range"},
    {"try_table",
     {.type = VOID ";" OF_I32,
      .func = "00",
      .tag = "00 01",
      .code = "00 02 7f 1f 40 01 00 00 00 0b 41 00 0b 1a 0b"},
     NULL},
    {"try_table with exnref",
     {.type = VOID, .func = "00", .code = "00 02 64 69 1f 40 01 03 00 0b 00 0b 0a 0b"},
     NULL},
    {"try_table to the wrong label",
     {.type = VOID, .func = "00", .code = "00 02 7f 1f 40 01 02 00 0b 41 00 0b 1a 0b"},
     "label 0 takes 1 values, but the catch gives 0"},
    {"tag with results",
     {.type = TO_I32, .tag = "00 00"},
     NULL}, // of stack switching; jobs refuse it where that is not used

    {"struct",
     {.type = "5f 02 7f 00 78 01;" VOID, .func = "01", .code = "00 41 00 41 00 fb 00 00 fb 03 00 01 1a 0b"},
     NULL},
    {"packed field without sign",
     {.type = "5f 01 78 01;" VOID, .func = "01", .code = "00 fb 01 00 fb 02 00 00 1a 0b"},
     "expected a get with _s or _u"},
    {"immutable field",
     {.type = "5f 01 7f 00;" VOID, .func = "01", .code = "00 fb 01 00 41 00 fb 05 00 00 0b"},
     "expected a mutable field, found field 0 of type 0"},
    {"struct without defaults",
     {.type = "5f 01 64 6e 00;" VOID, .func = "01", .code = "00 fb 01 00 1a 0b"},
     "expected a type with default values"},
    {"array of references from data",
     {.type = "5e 6e 01;" VOID,
      .func = "01",
      .data_count = "=01",
      .code = "00 41 00 41 00 fb 09 00 00 1a 0b",
      .data = "01 00"},
     "expected an array of numbers or vectors"},
    {"cast", {.type = VOID, .func = "00", .code = "00 d0 6e fb 17 6c 1a 0b"}, NULL},
    {"cast across hierarchies",
     {.type = VOID, .func = "00", .code = "00 d0 70 fb 17 6c 1a 0b"},
     "expected (ref null any), found (ref null func)"},
    {"br_on_cast",
     {.type = VOID, .func = "00", .code = "00 02 64 6c d0 6e fb 18 01 00 6e 6c 1a 00 0b 1a 0b"},
     NULL},
    {"br_on_cast upwards",
     {.type = VOID, .func = "00", .code = "00 02 64 6c d0 6c fb 18 01 00 6c 6e 1a 00 0b 1a 0b"},
     "type mismatch"},
    {"br_on_non_null without label operand",
     {.type = VOID, .func = "00", .code = "00 d0 6e d6 00 0b"},
     "expected a label that takes a reference"},
    {"call_ref", {.type = VOID, .func = "00", .export = "01 66 00 00", .code = "00 d2 00 14 00 0b"}, NULL},

    {"descriptor", {.type = PAIR}, NULL},
    {"descriptor after what it describes",
     {.type = "4e 02 4c 01 5f 00 4d 00 5f 00"},
     "which must come before it"},
    {"descriptor of another group", {.type = "4d 01 5f 00;4c 00 5f 00"}, "are not of one group"},
    {"descriptor that describes nothing", {.type = "4e 02 4d 01 5f 00 5f 00"}, "which does not describe it"},
    {"descriptor of an array", {.type = "4e 02 4d 01 5e 7f 00 4c 00 5f 00"}, "must be a struct"},
    {"subtype without the descriptor",
     {.type = "4e 02 50 00 4d 01 5f 00 50 00 4c 00 5f 00;50 01 00 5f 00"},
     "does not match its supertype 0"},
    {"allocation with a descriptor",
     {.type = PAIR ";" VOID, .func = "02", .code = "00 fb 01 01 fb 20 00 fb 22 00 1a 0b"},
     NULL},
    {"allocation without its descriptor",
     {.type = PAIR ";" VOID, .func = "02", .code = "00 fb 01 00 1a 0b"},
     "expected a struct type without a descriptor"},
    {"descriptor of a supertype",
     {.type = PAIR ";" VOID, .func = "02", .code = "01 01 63 01 20 00 fb 20 00 1a 0b"},
     "expected (ref null (exact 1)), found (ref null 1)"},
    {"exact import", {.type = VOID, .import = "00 00 20 00", .global = "64 62 00 00 d2 00 0b"}, NULL},
    {"inexact import",
     {.type = VOID, .import = "00 00 00 00", .global = "64 62 00 00 d2 00 0b"},
     "expected (ref (exact 0)), found (ref 0)"},

    {"supertype", {.type = "50 00 5f 00;50 01 00 5f 01 7f 00"}, NULL},
    {"final supertype", {.type = "5f 00;50 01 00 5f 01 7f 00"}, "supertype 0, which is final"},
    {"supertype of another kind",
     {.type = "50 00 5f 00;50 01 00 5e 7f 00"},
     "does not match its supertype 0"},
    {"supertype after", {.type = "4e 02 50 01 01 5f 00 50 00 5f 00"}, "a supertype must come before"},
    {"supertype with a mutable field",
     {.type = "50 00 5f 01 6e 01;50 01 00 5f 01 6d 01"},
     "does not match its supertype 0"},
    {"reference beyond the group",
     {.type = "5f 01 63 01 00;5f 00"},
     "type 0 refers to type 1, but only types below 1"},
    {"function type with a struct's index",
     {.type = "5f 00", .func = "00", .code = "00 0b"},
     "expected a function type for function 0, found type 0"},

    {"duplicate export",
     {.type = VOID, .func = "00", .export = "01 66 00 00;01 66 00 00", .code = "00 0b"},
     "duplicate export name \"f\""},
    {"export out of range", {.export = "01 66 03 00"}, "export \"f\" has index 0, which is out of range"},
    {"start with a parameter",
     {.type = OF_I32, .func = "00", .start = "=00", .code = "00 0b"},
     "start function 0 has parameters or results"},
    {"memory too large", {.memory = "00 81 80 04"}, "memory 0 is larger than the 65536"},
    {"memory at most", {.memory = "01 80 80 04 80 80 04"}, NULL},
    {"minimum above maximum", {.memory = "01 02 01"}, "memory 0 has minimum 2 above its maximum 1"},
    {"shared without maximum", {.memory = "02 00"}, "memory 0 is shared, so it needs a maximum"},
    {"small pages", {.memory = "08 ff ff ff ff 0f 00"}, NULL},
    {"pages of two bytes", {.memory = "08 00 01"}, "expected pages of 1 or 65536 bytes"},
    {"table without value", {.table = "64 70 00 00"}, "table 0 of (ref func) needs an initial value"},
    {"global from a later one",
     {.global = "7f 00 23 01 0b;7f 00 41 00 0b"},
     "global 1 is out of range: there are 0"},
    {"global from a mutable one",
     {.global = "7f 01 41 00 0b;7f 00 23 00 0b"},
     "expected an immutable global"},
    {"global from an earlier one", {.global = "7f 00 41 00 0b;7f 00 23 00 41 01 6a 0b"}, NULL},
    {"global that is computed", {.global = "7f 00 41 00 45 0b"}, "found i32.eqz in it"},
    {"global of another type", {.global = "7f 00 42 00 0b"}, "expected i32, found i64"},
    {"elements of another type",
     {.type = VOID, .func = "00", .table = "6f 00 00", .elem = "00 41 00 0b 01 00", .code = "00 0b"},
     "expected elements of (ref null extern)"},
    {"elements of an unknown type",
     {.table = "70 00 00", .elem = "06 00 41 00 0b 63 05 00"},
     "type 5 is out of range"},
    {"data without memory",
     {.data = "00 41 00 0b 00"},
     "data segment 0 is for memory 0, which is out of range"},
};

START_TEST(rules_hold) {
    const rule *r = &rules[_i];
    fixture f = {0};
    run_text(&f, &r->t);
    if (r->error) {
        ck_assert_msg(f.status == WR_BAD_INPUT, "%s: accepted", r->name);
        ck_assert_msg(strstr(f.diag.message, r->error) != NULL, "%s: \"%s\"", r->name, f.diag.message);
        ck_assert_msg(f.diag.offset <= f.bytes.n, "%s: no offset", r->name);
    } else {
        ck_assert_msg(f.status == WR_OK, "%s: %s at %llu", r->name, f.diag.message,
                      (unsigned long long)f.diag.offset);
    }
    close_fixture(&f);
}
END_TEST

START_TEST(failures_name_place_and_function) {
    module_text t = {.type = VOID, .func = "00;00", .code = "00 0b;00 01 41 00 0b"};
    fixture f = {0};
    run_text(&f, &t);
    ck_assert_int_eq(f.status, WR_BAD_INPUT);
    ck_assert_uint_eq(f.diag.func, 1);
    ck_assert_uint_eq(f.diag.offset, f.bytes.n - 1); // the end that finds a value left over
    close_fixture(&f);
}
END_TEST

// --- Hostile input ---

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
    tcase_add_loop_test(tests, rules_hold, 0, WR_COUNT(rules));
    tcase_add_test(tests, failures_name_place_and_function);
    tcase_add_test(tests, billions_of_locals_cost_nothing);
    tcase_add_test(tests, far_locals_are_tracked);
    tcase_add_test(tests, the_operand_stack_is_bounded);
    tcase_add_test(tests, long_bodies_are_linear);
    tcase_add_test(tests, the_first_failure_is_reported);
}
