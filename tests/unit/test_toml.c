// The TOML reader: what it makes of documents, as JSON, and what it says of mistakes.
#include <stdlib.h>

#include "report/readers/toml.h"
#include "suite.h"

typedef struct reading {
    wr_slice text;
    json_t *root;
} reading;

static void read_text(wr_env *env, void *arg) {
    reading *r = arg;
    wr_toml_read(env, r->text, r->root);
}

// The document as compact JSON, or the message about its mistake.
static void check(const char *toml, const char *wanted) {
    wr_shared shared = {0};
    wr_env env;
    wr_env_init(&env, &shared);
    reading r = {wr_slice_str(toml), json_object()};
    wr_status status = wr_try(&env, read_text, &r);
    char *json = json_dumps(r.root, JSON_COMPACT);
    ck_assert_msg(status == WR_OK || status == WR_USAGE, "status %d", (int)status);
    ck_assert_str_eq(status == WR_OK ? json : env.diag.message, wanted);
    free(json);
    json_decref(r.root);
    wr_env_free(&env);
}

START_TEST(values) {
    check("", "{}");
    check("# only this", "{}");
    check("a = 1 # one\r\nb=\"x#y\"\n\n c = true\nd = false",
          "{\"a\":1,\"b\":\"x#y\",\"c\":true,\"d\":false}");
    check("a = -12_345\nb = +0\nc = 9223372036854775807\nd = -9223372036854775808",
          "{\"a\":-12345,\"b\":0,\"c\":9223372036854775807,\"d\":-9223372036854775808}");
    check("a = 'C:\\x'\nb = \"\\t\\\"\\\\\\u00e9\\U0001F600\\u20ac\"",
          "{\"a\":\"C:\\\\x\",\"b\":\"\\t\\\"\\\\é😀€\"}");
    check("a = [ 1, [\"x\"], # c\n  { b = 2 }, ]\ne = []\nf = {}",
          "{\"a\":[1,[\"x\"],{\"b\":2}],\"e\":[],\"f\":{}}");
    check("a = [{b.c = 1}, {b.c = 2}]", "{\"a\":[{\"b\":{\"c\":1}},{\"b\":{\"c\":2}}]}");
}
END_TEST

START_TEST(tables) {
    check("[a]\nx = 1\n[b.c]\ny = 2\n[b]\nz = 3", "{\"a\":{\"x\":1},\"b\":{\"c\":{\"y\":2},\"z\":3}}");
    check("a.b.c = 1\na . \"b\" . d = 2\n\"e.f\" = 3\n1 = 4",
          "{\"a\":{\"b\":{\"c\":1,\"d\":2}},\"e.f\":3,\"1\":4}");
    check("[[m]]\nf = 1\n[m.l]\nx = 1\n[[m]]\nf = 2\n[m.l]\nx = 2\n[[m.n]]\n[[m.n]]\ny = 3",
          "{\"m\":[{\"f\":1,\"l\":{\"x\":1}},{\"f\":2,\"l\":{\"x\":2},\"n\":[{},{\"y\":3}]}]}");
    check("[a]\nb.c = 1\n[a.d]\ne = 2", "{\"a\":{\"b\":{\"c\":1},\"d\":{\"e\":2}}}");
    check("[ a . b ]\nc = 1", "{\"a\":{\"b\":{\"c\":1}}}");
}
END_TEST

START_TEST(syntax) {
    check("a = 1\nb = \n",
          "line 2, column 5: expected a value: a string, a whole number, true, false, [ or {");
    check("a", "line 1, column 2: expected = after the key");
    check("= 1", "line 1, column 1: expected a key (letters, digits, - and _, or quoted)");
    check("a = 1 b = 2", "line 1, column 7: expected the end of the line");
    check("\n\na = \"x", "line 3, column 7: expected \" at the end of the string");
    check("a = \"\\x\"", "line 1, column 7: expected one of b t n f r \" \\ u U after \\");
    check("a = \"\\ud800\"", "line 1, column 12: expected the number of a character");
    check("a = \"\\u12\"", "line 1, column 10: expected a hexadecimal digit");
    check("a = \"\"\"x\"\"\"", "line 1, column 5: strings of several lines are not understood; write \\n");
    check("a = [1 2]", "line 1, column 8: expected a comma or ] in the array");
    check("a = [1,\n\n", "line 3, column 1: expected a value: a string, a whole number, true, false, [ or {");
    check("a = {b = 1", "line 1, column 11: expected } or a comma in the table");
    check("[a\n", "line 1, column 3: expected ] after the key");
    check("[[a]\n", "line 1, column 5: expected ] after the key");
    check("a = 1\x01", "line 1, column 6: found a control character");
    check("a = 1\rb = 2", "line 1, column 6: found a control character");
    check("a = '\xff'", "line 1, column 1: expected text in UTF-8");
    check("a = [[[[[[[[[[[[[[[[[[", "line 1, column 21: nested too deeply");
    check("a = trueish", "line 1, column 5: expected a value: a string, a whole number, true, false, [ or {");
}
END_TEST

START_TEST(numbers) {
    static const char other[] = "expected a whole decimal number; dates and other numbers are not understood";
    static const struct {
        const char *text;
        unsigned column;
    } cases[] = {{"a = 1.5", 6},        {"a = 1e3", 6},   {"a = 012", 8}, {"a = 0x10", 6},
                 {"a = 1979-05-27", 9}, {"a = 07:32", 7}, {"a = 1_", 7},  {"a = 1__0", 7}};
    for (size_t i = 0; i < WR_COUNT(cases); i++) {
        char wanted[160];
        snprintf(wanted, sizeof wanted, "line 1, column %u: %s", cases[i].column, other);
        check(cases[i].text, wanted);
    }
    check("a = 9223372036854775808", "line 1, column 23: the number is too large");
    check("a = -9223372036854775809", "line 1, column 24: the number is too large");
    check("a = inf", "line 1, column 5: expected a value: a string, a whole number, true, false, [ or {");
}
END_TEST

START_TEST(twice) {
    check("a = 1\na = 2", "line 2, column 3: \"a\" is defined already");
    check("[a]\n[a]", "line 2, column 3: \"a\" is defined already");
    check("a = 1\n[a]", "line 2, column 3: \"a\" is defined already");
    check("a.b = 1\n[a]", "line 2, column 3: \"a\" is defined already");
    check("[a]\nb.c = 1\n[a.b]", "line 3, column 5: \"b\" is defined already");
    check("a = {}\n[a.b]", "line 2, column 4: \"a\" is defined already, and nothing can be added to it");
    check("a = {b = 1}\na.c = 2",
          "line 2, column 3: \"a\" is defined already, and nothing can be added to it");
    check("a = []\n[[a]]", "line 2, column 4: \"a\" is defined already");
    check("[[a]]\n[a]", "line 2, column 3: \"a\" is defined already");
    check("[a]\n[[a]]", "line 2, column 4: \"a\" is defined already");
    check("[a.b.c]\n[a]\nb.x = 1",
          "line 3, column 3: \"b\" is defined already, and nothing can be added to it here");
    check("a = {b = 1, b = 2}", "line 1, column 15: \"b\" is defined already");
    check("a = 1\na.b = 2", "line 2, column 3: \"a\" is defined already, and nothing can be added to it");
}
END_TEST

void add_tests(TCase *tests) {
    tcase_add_test(tests, values);
    tcase_add_test(tests, tables);
    tcase_add_test(tests, syntax);
    tcase_add_test(tests, numbers);
    tcase_add_test(tests, twice);
}
