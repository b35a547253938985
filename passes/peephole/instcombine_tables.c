// Replaces a br_table whose targets are the default but for few ranges of the index by compares:
//
//   (br_table $d $d $a $a $d (local.get $x))
//     ->  (br_if $a (i32.lt_u (i32.sub (local.get $x) (i32.const 2)) (i32.const 2))) (br $d)
//
// An index below the range wraps around to a large number, so one unsigned compare suffices; the index of a
// br_table is unsigned, too. More than one range requires the index to be a local, which can be read again.
// Only where this is shorter, and at speed levels for one or two ranges: a jump through a table costs about
// as much.
#include "instcombine.h"

#define MAX_RANGES 6
#define MAX_RANGES_FOR_SPEED 2

typedef struct range {
    uint32_t first, end, label;
} range;

static bool takes_values(const wr_instcombine *f, uint32_t label) {
    return f->frames.v[f->frames.n - 1 - label].passes != 0;
}

// Finds the ranges that don't go to the default. Returns more than MAX_RANGES if there are too many.
static unsigned find_ranges(const uint32_t *labels, uint32_t n, range *ranges) {
    unsigned count = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (labels[i] == labels[n]) continue;
        if (count && ranges[count - 1].end == i && ranges[count - 1].label == labels[i]) {
            ranges[count - 1].end++;
            continue;
        }
        if (count == MAX_RANGES) return count + 1;
        ranges[count++] = (range){i, i + 1, labels[i]};
    }
    return count;
}

static size_t const_size(uint32_t value) { return 1 + wr_instcombine_const_size(value); }

// The bytes of the compare and the branch, and of reading the index again.
static size_t size_of(const range *r, const wr_ins *index, bool again) {
    size_t size = 1 + wr_uleb_size(r->label) + (again ? wr_ins_size(index, NULL) : 0);
    if (r->end - r->first == 1) return size + 1 + (r->first ? const_size(r->first) : 0);
    return size + 1 + const_size(r->end - r->first) + (r->first ? 1 + const_size(r->first) : 0);
}

static void put_constant(wr_instcombine *f, uint32_t value) {
    wr_ins ins = {.op = WR_OP_I32_CONST, .b = value};
    wr_instcombine_put(f, &ins, 0);
}

static void put_operation(wr_instcombine *f, unsigned op, uint32_t npop) {
    wr_ins ins = {.op = (uint16_t)op};
    wr_instcombine_put(f, &ins, npop);
}

static void put_compare(wr_instcombine *f, const range *r) {
    if (r->end - r->first == 1 && r->first == 0) {
        put_operation(f, WR_OP_I32_EQZ, 1);
        return;
    }
    if (r->first) put_constant(f, r->first);
    if (r->end - r->first == 1) {
        put_operation(f, WR_OP_I32_EQ, 2);
        return;
    }
    if (r->first) put_operation(f, WR_OP_I32_SUB, 2);
    put_constant(f, r->end - r->first);
    put_operation(f, WR_OP_I32_LT_U, 2);
}

bool wr_instcombine_table(wr_instcombine *f, const wr_ins *table) {
    const uint32_t *labels = f->body->ext.v + table->b, n = table->a;
    uint32_t index = f->vals.v[f->vals.n - 1];
    range ranges[MAX_RANGES];
    unsigned count = find_ranges(labels, n, ranges);
    bool for_speed = !(f->c->config->level & (WR_LS | WR_LZ));
    if (count == 0 || count > (for_speed ? MAX_RANGES_FOR_SPEED : MAX_RANGES) || index == WR_NONE)
        return false;
    if (count > 1 && wr_cell_op(f, index) != WR_OP_LOCAL_GET) return false;
    wr_ins read = wr_cell_at(f, index)->ins;
    size_t size = 1 + wr_uleb_size(labels[n]);
    for (unsigned k = 0; k < count; k++) size += size_of(&ranges[k], &read, k > 0);
    for (unsigned k = 0; k < count; k++)
        if (takes_values(f, ranges[k].label)) return false;
    if (takes_values(f, labels[n]) || size >= wr_ins_size(table, f->body->ext.v)) return false;
    for (unsigned k = 0; k < count; k++) {
        wr_ins branch = {.op = WR_OP_BR_IF, .a = ranges[k].label};
        if (k) wr_instcombine_put(f, &read, 0);
        put_compare(f, &ranges[k]);
        wr_instcombine_put(f, &branch, 1);
    }
    wr_ins branch = {.op = WR_OP_BR, .a = labels[n]};
    wr_instcombine_put(f, &branch, 0);
    return true;
}
