// What is derived from opcodes.def: the kinds of control that passes ask for.
#include "ir/ins.h"
#include "tests/unit/suite.h"

static unsigned count(bool (*is)(unsigned op)) {
    unsigned n = 0;
    for (unsigned op = 0; op < WR_OPS; op++) n += is(op);
    return n;
}

START_TEST(kinds_of_control) {
    for (unsigned op = 0; op < WR_OPS; op++) {
        unsigned shape = wr_opens_block(op) + wr_begins_arm(op) + wr_closes_block(op);
        ck_assert_msg(shape <= 1, "%s opens, parts or closes blocks at once", wr_opinfos[op].text);
        if (shape)
            ck_assert_msg(op <= WR_LAST_BLOCK_OP, "%s is behind WR_LAST_BLOCK_OP", wr_opinfos[op].text);
        if (shape || wr_never_goes_on(op) || wr_names_labels(op))
            ck_assert_msg(wr_is_control(op), "%s is not marked as control", wr_opinfos[op].text);
        if (wr_is_try(op)) ck_assert(wr_opens_block(op));
    }
    ck_assert_uint_eq(count(wr_opens_block), 5);
    ck_assert_uint_eq(count(wr_begins_arm), 3);
    ck_assert_uint_eq(count(wr_closes_block), 2);
    ck_assert_uint_eq(count(wr_is_try), 2);
    ck_assert_uint_eq(count(wr_is_tail_call), 3);
    ck_assert_uint_eq(count(wr_never_goes_on), 10);
    ck_assert_uint_eq(count(wr_is_branch), 12); // br, br_if, br_table, six on references, three that resume
}
END_TEST

void add_tests(TCase *tests) { tcase_add_test(tests, kinds_of_control); }
