// Bodies of Go functions with labels in place of depths. See go_code.h.
#include "go_code.h"

#include "ir/labels.h"

static bool opens(unsigned op) { return op == WR_OP_BLOCK || op == WR_OP_LOOP || op == WR_OP_IF; }

// --- Reading ---

// The label of an instruction whose labels are names.
static uint32_t label_of(const wr_ins *ins) {
    if (ins->op == WR_OP_BR || ins->op == WR_OP_BR_IF) return wr_ins_label(ins);
    return opens(ins->op) || ins->op == WR_OP_ELSE || ins->op == WR_OP_END ? wr_block_name(ins) : 0;
}

static void label_all(wr_go_code *code) {
    wr_body named = code->body;
    named.ins = WR_NEW(code->arena, wr_ins, named.n);
    memcpy(named.ins, code->body.ins, named.n * sizeof *named.ins);
    code->nlabels = wr_labels_name(code->arena, &named);
    WR_RESERVE(code->arena, code->list, code->body.n);
    for (uint32_t i = 0; i < code->body.n; i++) {
        wr_go_ins item = {code->body.ins[i], label_of(&named.ins[i])};
        WR_PUSH(code->arena, code->list, item);
    }
}

// Only what Go's prologue contains may come before the br_table.
static void find_dispatch(wr_go_code *code) {
    const wr_go_list *list = &code->list;
    for (uint32_t i = 0; i < list->n; i++) {
        unsigned op = list->v[i].ins.op;
        if (op == WR_OP_LOOP) {
            if (code->loop) return;
            code->loop = list->v[i].label;
        }
        if (op == WR_OP_BR_TABLE && i && wr_go_is_a(list, i - 1, WR_OP_LOCAL_GET, 0)) {
            code->has_dispatch = true;
            code->dispatch = i;
            code->targets = code->body.ext.v + list->v[i].ins.b;
            code->ntargets = list->v[i].ins.a + 1;
            return;
        }
        if (op != WR_OP_BLOCK && op != WR_OP_LOOP && op != WR_OP_LOCAL_GET && op != WR_OP_GLOBAL_GET &&
            op != WR_OP_LOCAL_SET)
            return;
    }
}

void wr_go_open(wr_env *env, wr_arena *arena, const wr_module *m, uint32_t func, wr_go_code *code) {
    *code = (wr_go_code){.arena = arena};
    wr_body_decode(env, arena, m, func, &code->body);
    label_all(code);
    find_dispatch(code);
    if (!code->has_dispatch) code->loop = 0;
}

// --- Writing ---

typedef struct writer {
    uint32_t *place; // by label: its position among the open blocks
    uint32_t depth;
} writer;

static uint32_t depth_of(const writer *w, uint32_t label) { return w->depth - 1 - w->place[label]; }

static void write_table(wr_go_code *code, const writer *w, const wr_ins *ins, wr_buf *out) {
    const uint32_t *labels = code->body.ext.v + ins->b;
    wr_ins table = {.op = WR_OP_BR_TABLE, .a = ins->a};
    wr_u32s depths = {0};
    for (uint32_t i = 0; i <= ins->a; i++) WR_PUSH(code->arena, depths, depth_of(w, labels[i]));
    wr_ins_write(out, &table, depths.v);
}

static void write_item(wr_go_code *code, writer *w, wr_go_ins *item, wr_buf *out) {
    unsigned op = item->ins.op;
    if (op == WR_OP_BR_TABLE) {
        write_table(code, w, &item->ins, out);
        return;
    }
    if (op == WR_OP_BR || op == WR_OP_BR_IF) item->ins.a = depth_of(w, item->label);
    if (opens(op)) w->place[item->label] = w->depth++;
    if (op == WR_OP_END) w->depth--;
    wr_ins_write(out, &item->ins, code->body.ext.v);
}

void wr_go_write(wr_go_code *code, wr_buf *out) {
    writer w = {.place = WR_NEW0(code->arena, uint32_t, code->nlabels), .depth = 1};
    wr_body head = code->body;
    head.n = 0;
    wr_body_encode(&head, out);
    for (uint32_t i = 0; i < code->list.n; i++) write_item(code, &w, &code->list.v[i], out);
}

// --- Shapes ---

bool wr_go_is_jump(const wr_go_code *code, uint32_t i) {
    const wr_go_list *list = &code->list;
    return code->loop && wr_go_is(list, i, WR_OP_I32_CONST) && wr_go_is_a(list, i + 1, WR_OP_LOCAL_SET, 0) &&
           wr_go_is(list, i + 2, WR_OP_BR) && list->v[i + 2].label == code->loop;
}

uint32_t wr_go_target(const wr_go_code *code, uint64_t pc_b) {
    return code->targets[pc_b < code->ntargets ? pc_b : code->ntargets - 1];
}

bool wr_go_owns_local0(const wr_go_code *code) {
    const wr_go_list *list = &code->list;
    for (uint32_t i = 0; i < list->n; i++) {
        const wr_go_ins *item = &list->v[i];
        unsigned op = item->ins.op;
        if (op == WR_OP_LOCAL_TEE && item->ins.a == 0) return false;
        if (op == WR_OP_LOCAL_GET && item->ins.a == 0 && i + 1 != code->dispatch &&
            !(wr_go_is(list, i + 1, WR_OP_CALL_INDIRECT) && i >= 2 &&
              wr_go_is_a(list, i - 2, WR_OP_LOCAL_SET, 0)))
            return false;
        if (op == WR_OP_BR_IF && item->label == code->loop) return false;
        if (op == WR_OP_BR && item->label == code->loop && !(i >= 2 && wr_go_is_jump(code, i - 2)))
            return false;
        if (op == WR_OP_BR_TABLE && i != code->dispatch) return false;
    }
    return true;
}
