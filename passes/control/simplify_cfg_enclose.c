// Encloses a body that is one expression in a block if branches lead to the function's label, in modules that
// keep annotations of their code (metadata.code.*, binaryen.*).
//
//   (func (if (local.get 0) (then (br_if 1 ...) ...)))
//   ->  (func (block (if (local.get 0) (then (br_if 1 ...) ...))))
//
// Binaryen up to version 132 aborts while it reads such a body in such a module, since it loses the place in
// the binary where the expression ends (WebAssembly/binaryen#8944). The block is a branch's target as the
// function's end was, so nothing else changes. It costs three bytes, in very few functions.
#include "simplify_cfg.h"

#include "ir/encode/code_metadata.h"

static bool has_annotations(const wr_module *m) {
    for (uint32_t i = 0; i < m->ncustoms; i++)
        if (m->customs[i].live && wr_code_metadata_is(m->customs[i].name)) return true;
    return false;
}

// Whether at most one expression starts on an empty stack, outside of all blocks. The unreachable behind a
// block that is never left does not count, since it may be dropped.
static bool is_one_expression(const wr_simplify_cfg *b) {
    uint32_t inside = 0, next = 0, n = 0;
    for (uint32_t at = 0; at + 1 < b->ncontrol; at++) {
        uint32_t i = b->control[at];
        for (uint32_t k = next; !inside && k <= i; k++)
            n += b->height[k] == 0 && !(b->body->ins[k].op == WR_OP_UNREACHABLE && b->body->ins[k].y);
        if (n > 1) return false;
        inside = wr_simplify_cfg_inside_after(b, i, inside);
        next = i + 1;
    }
    for (uint32_t k = next; k + 1 < b->body->n; k++) n += b->height[k] == 0;
    return n <= 1;
}

bool wr_simplify_cfg_must_enclose(const wr_simplify_cfg *b, wr_ins *block) {
    *block = (wr_ins){.op = WR_OP_BLOCK};
    wr_ins type;
    if (!b->blocks[0].uses || !is_one_expression(b) || !has_annotations(b->c->m)) return false;
    if (!wr_simplify_cfg_result(b, 0, &type)) return false;
    block->x = type.x;
    block->a = type.a;
    return true;
}

// A delegate to the function's label means the caller, so it stays.
static void move_branches(wr_body *body, uint32_t name) {
    uint32_t *label;
    for (uint32_t i = 0; i < body->n; i++) {
        wr_ins *ins = &body->ins[i];
        if (!wr_is_control(ins->op) || ins->op == WR_OP_DELEGATE) continue;
        for (uint32_t k = 0; (label = wr_label_at(body, ins, k)); k++)
            if (*label == 0) *label = name;
    }
}

void wr_simplify_cfg_enclose(wr_simplify_cfg *b, wr_ins block) {
    wr_body *body = b->body;
    wr_ins *out = WR_NEW(&b->env->temp, wr_ins, body->n + 2), end = {.op = WR_OP_END};
    uint32_t name = b->names++;
    move_branches(body, name);
    wr_set_block_name(&block, name);
    wr_set_block_name(&end, name);
    out[0] = block;
    memcpy(out + 1, body->ins, (body->n - 1) * sizeof *out);
    out[body->n] = end;
    out[body->n + 1] = body->ins[body->n - 1];
    body->ins = out;
    body->n += 2;
}
