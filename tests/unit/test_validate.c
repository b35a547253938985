// The validator: rules by small modules given as hexadecimal sections, type identity and subtyping,
// summaries, features, and bounds on hostile input.
#include <stdlib.h>

#include "ir/decode/decode.h"
#include "ir/validate/validate.h"
#include "support/buf.h"
#include "suite.h"

// --- Modules from text ---

// The sections of a case: entries in hexadecimal, separated by semicolons. Counts and sizes are worked out;
// sections whose text begins with = are taken as they are.
typedef struct module_text {
    const char *type, *import, *func, *table, *memory, *tag, *global, *export, *start, *elem, *data_count,
        *code, *data;
} module_text;

typedef struct fixture {
    wr_shared shared;
    wr_pool pool;
    wr_module m;
    wr_slice bytes;
    wr_status status;
    wr_diag diag;
} fixture;

static void put_hex(wr_buf *b, const char *text, size_t n) {
    for (size_t i = 0; i < n;) {
        if (text[i] == ' ') {
            i++;
            continue;
        }
        char byte[3] = {text[i], text[i + 1], 0};
        wr_put_u8(b, (uint8_t)strtoul(byte, NULL, 16));
        i += 2;
    }
}

static void put_entries(wr_arena *arena, wr_buf *out, const char *text, bool sized) {
    wr_buf entries = wr_buf_in(arena);
    uint32_t count = 0;
    while (*text) {
        size_t n = strcspn(text, ";");
        wr_buf entry = wr_buf_in(arena);
        put_hex(&entry, text, n);
        if (sized)
            wr_put_sized(&entries, wr_buf_slice(&entry));
        else
            wr_put_slice(&entries, wr_buf_slice(&entry));
        count++;
        text += n + (text[n] == ';');
    }
    wr_put_uleb(out, count);
    wr_put_slice(out, wr_buf_slice(&entries));
}

static void put_section(wr_arena *arena, wr_buf *out, uint8_t id, const char *text) {
    if (!text) return;
    wr_buf body = wr_buf_in(arena);
    if (*text == '=')
        put_hex(&body, text + 1, strlen(text + 1));
    else
        put_entries(arena, &body, text, id == WR_SEC_CODE);
    wr_put_u8(out, id);
    wr_put_sized(out, wr_buf_slice(&body));
}

static void put_module(wr_arena *arena, wr_buf *out, const module_text *t) {
    wr_put_bytes(out, "\0asm\1\0\0\0", 8);
    put_section(arena, out, WR_SEC_TYPE, t->type);
    put_section(arena, out, WR_SEC_IMPORT, t->import);
    put_section(arena, out, WR_SEC_FUNCTION, t->func);
    put_section(arena, out, WR_SEC_TABLE, t->table);
    put_section(arena, out, WR_SEC_MEMORY, t->memory);
    put_section(arena, out, WR_SEC_TAG, t->tag);
    put_section(arena, out, WR_SEC_GLOBAL, t->global);
    put_section(arena, out, WR_SEC_EXPORT, t->export);
    put_section(arena, out, WR_SEC_START, t->start);
    put_section(arena, out, WR_SEC_ELEMENT, t->elem);
    put_section(arena, out, WR_SEC_DATA_COUNT, t->data_count);
    put_section(arena, out, WR_SEC_CODE, t->code);
    put_section(arena, out, WR_SEC_DATA, t->data);
}

static void decode_and_validate(wr_env *env, void *arg) {
    fixture *f = arg;
    wr_decode_module(env, f->bytes, &f->m);
    wr_validate(&f->pool, &f->m, true);
}

static void open_bytes(fixture *f, unsigned jobs) {
    ck_assert_int_eq(wr_pool_init(&f->pool, &f->shared, jobs), WR_OK);
}

static void run_bytes(fixture *f) {
    f->status = wr_try(wr_main_env(&f->pool), decode_and_validate, f);
    f->diag = wr_main_env(&f->pool)->diag;
}

typedef struct assembly {
    const module_text *text;
    wr_buf out;
} assembly;

static void assemble(wr_env *env, void *arg) {
    assembly *a = arg;
    a->out = wr_buf_in(&env->perm);
    put_module(&env->perm, &a->out, a->text);
}

static void run_text(fixture *f, const module_text *text) {
    open_bytes(f, 2);
    assembly a = {.text = text};
    ck_assert_int_eq(wr_try(wr_main_env(&f->pool), assemble, &a), WR_OK);
    f->bytes = wr_buf_slice(&a.out);
    run_bytes(f);
}

static void close_fixture(fixture *f) {
    wr_pool_free(&f->pool);
    ck_assert_uint_eq(atomic_load(&f->shared.mem_used), 0);
}

// --- Rules ---

typedef struct rule {
    const char *name;
    module_text t;
    const char *error; // part of the message, NULL if the module is valid
} rule;

#define VOID "60 00 00"
#define TO_I32 "60 00 01 7f"
#define OF_I32 "60 01 7f 00"
#define PAIR "4e 02 4d 01 5f 00 4c 00 5f 00" // an empty struct and its descriptor
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
    ck_assert(wr_same_type(&f.m, wr_ref_to(0, true), wr_ref_to(2, true)));
    ck_assert(!wr_same_type(&f.m, wr_ref_to(0, true), wr_ref_to(2, false)));
    ck_assert(!wr_same_type(&f.m, wr_ref_to(0, true), wr_ref_to(1, true)));
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
        ck_assert_msg(wr_is_subtype(&f.m, cases[i].sub, cases[i].super) == cases[i].holds, "case %zu", i);
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
    tcase_add_test(tests, equal_definitions_share_canon);
    tcase_add_test(tests, subtyping_follows_the_hierarchies);
    tcase_add_test(tests, supertypes_go_63_deep);
    tcase_add_test(tests, summaries_list_what_bodies_use);
    tcase_add_loop_test(tests, features_are_those_used, 0, WR_COUNT(feature_cases));
    tcase_add_test(tests, billions_of_locals_cost_nothing);
    tcase_add_test(tests, far_locals_are_tracked);
    tcase_add_test(tests, the_operand_stack_is_bounded);
    tcase_add_test(tests, long_bodies_are_linear);
    tcase_add_test(tests, the_first_failure_is_reported);
}
