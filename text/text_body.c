// A function body, folded. One walk over the instructions: analysis/exprs.h says where the expression of each
// starts; there the instruction's name is written and a bracket opened, which closes where the instruction
// stands in the binary.
//
//   local.get 0          (i32.add
//   i32.const 1            (local.get 0)
//   i32.add                (i32.const 1))
//
// What is not known to be an operand stands before the instruction, in brackets of its own, which means the
// same.
#include "analysis/exprs.h"
#include "ir/body.h"
#include "text_parts.h"

#define MAX_INDENT 40 // nesting deeper than this is not shown by more spaces

typedef struct folder {
    wr_text_writer *w;
    wr_body body;
    const uint32_t *start;
    uint32_t *first; // by place: the outermost instruction whose expression starts there, + 1
    uint32_t *next;  // by instruction: the next one further in with the same start, + 1
    uint32_t *label; // by instruction that opens a block: the number of its label
    uint32_t depth;
} folder;

static void put_line(folder *f) {
    uint32_t n = 2 + f->depth;
    wr_text_put(f->w, "\n%*s", (int)(2 * (n < MAX_INDENT ? n : MAX_INDENT)), "");
}

static void put_instruction(folder *f, uint32_t i) {
    const wr_text_writer *w = f->w;
    const wr_slice *name = w->labels && f->label[i] < w->nlabels ? &w->labels[f->label[i]] : NULL;
    bool is_named = name && name->n && wr_opens_block(f->body.ins[i].op);
    wr_text_ins(f->w, &f->body.ins[i], f->body.ext.v, is_named ? *name : (wr_slice){0});
}

static void open_bracket(folder *f, uint32_t i) {
    put_line(f);
    wr_text_put(f->w, "(");
    put_instruction(f, i);
    f->depth++;
}

static uint32_t number_labels(folder *f) {
    uint32_t n = 0;
    f->label = WR_NEW0(&f->w->env->temp, uint32_t, f->body.n);
    for (uint32_t i = 0; i < f->body.n; i++)
        if (wr_opens_block(f->body.ins[i].op)) f->label[i] = n++;
    return n;
}

// Both keep the list of labels around an instruction: the end of a block is outside of it, and so is its
// start.
static void reach_instruction(folder *f, uint32_t i) {
    if (wr_closes_block(f->body.ins[i].op) && f->w->open.n) f->w->open.n--;
}

static void pass_instruction(folder *f, uint32_t i) {
    if (wr_opens_block(f->body.ins[i].op)) WR_PUSH(&f->w->env->temp, f->w->open, f->label[i]);
}

static void close_bracket(folder *f) {
    wr_text_put(f->w, ")");
    f->depth--;
}

static void open_word(folder *f, const char *word) {
    put_line(f);
    wr_text_put(f->w, "(%s", word);
    f->depth++;
}

// WABT reads one expression between an if and its then, so all that comes before the last one stands in
// front.
static uint32_t head_of_condition(const folder *f, const uint32_t *heads, uint32_t i) {
    uint32_t last = i - 1;
    if (wr_closes_block(f->body.ins[last].op)) last = f->body.match[last];
    return heads[last] == WR_NONE || heads[last] < f->start[i] ? f->start[i] : heads[last];
}

// Where the instruction's name is written: where its first operand starts, or that of the if that it opens.
// `heads` has those of the instructions before.
static uint32_t head_of(const folder *f, const uint32_t *heads, uint32_t i) {
    const wr_ins *ins = &f->body.ins[i];
    if (wr_closes_block(ins->op) || wr_begins_arm(ins->op)) return WR_NONE;
    if (wr_opens_block(ins->op) && ins->op != WR_OP_IF) return i;
    if (f->start[i] == WR_NONE || f->start[i] == i) return i;
    return ins->op == WR_OP_IF ? head_of_condition(f, heads, i) : f->start[i];
}

static void find_heads(folder *f) {
    uint32_t n = f->body.n;
    f->first = WR_NEW0(&f->w->env->temp, uint32_t, n);
    f->next = WR_NEW0(&f->w->env->temp, uint32_t, n);
    uint32_t *heads = WR_NEW(&f->w->env->temp, uint32_t, n);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t head = heads[i] = head_of(f, heads, i);
        if (head == WR_NONE) continue;
        f->next[i] = f->first[head]; // later instructions are further out
        f->first[head] = i + 1;
    }
}

static void put_end(folder *f, uint32_t i) {
    if (f->body.ins[f->body.match[i]].op == WR_OP_IF) close_bracket(f); // the last arm
    close_bracket(f);
}

// The instruction itself: what comes before it is written.
static void put_place(folder *f, uint32_t i) {
    unsigned op = f->body.ins[i].op;
    if (wr_begins_arm(op)) {
        close_bracket(f); // the arm before
        open_word(f, "else");
    } else if (wr_closes_block(op)) {
        put_end(f, i);
    } else if (op == WR_OP_IF) {
        open_word(f, "then");
    } else if (!wr_opens_block(op)) {
        close_bracket(f);
    }
}

// --- Unfolded ---

// wasm-tools does not read legacy exceptions when they are folded.
static bool must_not_fold(const wr_body *body) {
    for (uint32_t i = 0; i < body->n; i++)
        if (wr_opinfos[body->ins[i].op].feature == WR_FEATURE_LEGACY_EH) return true;
    return false;
}

static void put_plain(folder *f) {
    for (uint32_t i = 0; i + 1 < f->body.n; i++) {
        unsigned op = f->body.ins[i].op;
        uint32_t arm = wr_begins_arm(op); // stands where the block that it is in does
        f->depth -= wr_closes_block(op) + arm;
        reach_instruction(f, i);
        put_line(f);
        put_instruction(f, i);
        pass_instruction(f, i);
        f->depth += wr_opens_block(op) + arm;
    }
}

static void put_folded(folder *f) {
    f->start = wr_exprs_find(&f->w->env->temp, f->w->m, &f->body);
    find_heads(f);
    for (uint32_t i = 0; i + 1 < f->body.n; i++) {
        reach_instruction(f, i);
        for (uint32_t k = f->first[i]; k; k = f->next[k - 1]) open_bracket(f, k - 1);
        put_place(f, i);
        pass_instruction(f, i);
    }
}

// Locals of one type share brackets unless they have names.
static void put_locals(wr_text_writer *w, const wr_local_run *run, uint32_t first) {
    if (!run->n) return;
    wr_text_put(w, w->locals ? "\n   " : "\n    (local");
    for (uint32_t k = 0; k < run->n; k++) {
        if (w->locals) {
            wr_text_named(w, "local", first + k, run->type);
            continue;
        }
        wr_text_put(w, " ");
        wr_text_valtype(w, run->type);
    }
    if (!w->locals) wr_text_put(w, ")");
}

void wr_text_body(wr_text_writer *w, uint32_t func) {
    folder f = {.w = w};
    wr_body_decode(w->env, &w->env->temp, w->m, func, &f.body);
    wr_body_match_blocks(&w->env->temp, &f.body);
    wr_text_enter_function(w, func, f.body.nlocals, number_labels(&f));
    wr_text_func_type(w, w->m->funcs[func].type);
    for (uint32_t i = 0, at = f.body.nparams; i < f.body.runs.n; at += f.body.runs.v[i++].n)
        put_locals(w, &f.body.runs.v[i], at);
    if (must_not_fold(&f.body))
        put_plain(&f);
    else
        put_folded(&f);
    wr_arena_reset(&w->env->temp);
    w->locals = w->labels = NULL;
}
