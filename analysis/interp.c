// The interpreter's control flow and its state. Functions are validated before they run, so nothing is
// checked twice. Whatever can't be evaluated throws.
//
// Values on the stack are 64 bits wide: i32 zero-extended, floats as bit patterns.
#include "interp.h"

#include <stdarg.h>

#include "interp_parts.h"
#include "ir/validate/validate.h"
#include "segments.h"

#define MOST_STEPS ((uint64_t)1 << 27)
#define MOST_DECODED ((uint64_t)1 << 20) // instructions
enum { CHECK_EVERY = 1 << 20 };          // steps
enum { MOST_DEPTH = 256, STACK = 1 << 18, LABELS = 1 << 14, LARGEST_IMAGE = 1 << 30 };
// Of the evaluation of constructors, whose memory becomes segments.
enum { LARGEST_FLAT_IMAGE = 48 << 20 };

void wr_interp_give_up(const wr_interp *k, const char *format, ...) {
    char text[200];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    wr_throw(k->env, WR_USAGE, WR_NO_OFFSET, "%s", text);
}

void wr_interp_check(wr_interp *k) {
    if (k->steps > MOST_STEPS) wr_interp_give_up(k, "it runs for too long");
    wr_check(k->env);
    k->next_check = k->steps + CHECK_EVERY;
}

// --- Control ---

static void require_numbers(const wr_interp *k, const wr_valtype *types, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (!wr_interp_is_number(types[i])) wr_interp_give_up(k, "vectors or references");
}

static const wr_body *code_of(wr_interp *k, uint32_t func) {
    const wr_type *type = wr_func_type(k->m, func);
    if (k->code[func]) return k->code[func];
    require_numbers(k, type->values, type->nparams + type->nresults);
    wr_validate_func(k->env, k->m, func, NULL, NULL);
    wr_body *body = WR_NEW(&k->env->pass, wr_body, 1);
    wr_body_decode(k->env, &k->env->pass, k->m, func, body);
    k->decoded += body->n;
    if (k->decoded > MOST_DECODED) wr_interp_give_up(k, "too much code");
    wr_body_match_blocks(&k->env->pass, body);
    for (uint32_t i = 0; i < body->runs.n; i++) require_numbers(k, &body->runs.v[i].type, 1);
    return k->code[func] = body;
}

// The number of values that a block takes, or leaves.
static uint32_t arity(const wr_interp *k, const wr_ins *open, bool params) {
    if (open->x != WR_BLOCK_TYPE) return !params && open->x == WR_BLOCK_VALUE;
    const wr_type *type = &k->m->types[wr_ins_block_type(open)];
    return params ? type->nparams : type->nresults;
}

// Branches out of `depth` blocks to a label, with the label's values. Returns the instruction at which
// execution continues.
static uint32_t branch(wr_interp *k, const wr_body *body, const wr_interp_label *labels, uint32_t *nlabels,
                       uint32_t depth) {
    if (depth >= *nlabels) return body->n - 1; // the function's own label
    const wr_interp_label *to = &labels[*nlabels - 1 - depth];
    const wr_ins *open = &body->ins[to->at];
    bool loop = open->op == WR_OP_LOOP;
    uint32_t n = arity(k, open, loop);
    memmove(&k->stack[to->sp], &k->stack[k->sp - n], n * sizeof *k->stack);
    k->sp = to->sp + n;
    *nlabels -= depth + !loop;
    return (loop ? to->at : body->match[to->at]) + 1;
}

static void call(wr_interp *k, uint32_t func);

static void call_from(wr_interp *k, const wr_ins *ins, wr_interp_label *labels, uint32_t nlabels) {
    uint32_t func = ins->a;
    if (ins->op == WR_OP_CALL_INDIRECT)
        func = wr_interp_callee(k, wr_ins_table(ins), k->stack[--k->sp], wr_ins_type(ins));
    k->labels = labels + nlabels;
    call(k, func);
    k->labels = labels;
}

static uint32_t table_target(wr_interp *k, const wr_body *body, const wr_ins *ins) {
    uint64_t index = k->stack[--k->sp];
    return body->ext.v[ins->b + (index < ins->a ? index : ins->a)];
}

// The state becomes the one to return to.
static void keep_checkpoint(wr_interp *k, const wr_body *body, uint32_t at, const uint64_t *locals) {
    wr_interp_spend(k, body->nlocals / 8);
    if (body->nlocals) memcpy((uint64_t *)k->checkpoint.locals, locals, body->nlocals * sizeof *locals);
    k->checkpoint.at = at;
    k->checkpoint.written = k->written;
    wr_interp_forget(k);
}

static void run_body(wr_interp *k, const wr_body *body, uint64_t *locals) {
    wr_interp_label *labels = k->labels;
    uint32_t nlabels = 0, floor = k->sp, end = body->n - 1;
    bool outermost = k->depth == 1 && k->undo.page_epoch;
    for (uint32_t at = 0; at < end;) {
        const wr_ins *ins = &body->ins[at++];
        wr_interp_spend(k, 1);
        switch (ins->op) {
        case WR_OP_IF:
            k->sp--;
            // fall through
        case WR_OP_BLOCK:
        case WR_OP_LOOP:
        case WR_OP_TRY:
        case WR_OP_TRY_TABLE:
            if (&labels[nlabels] == k->labels_end) wr_interp_give_up(k, "blocks are nested too deeply");
            labels[nlabels++] = (wr_interp_label){at - 1, k->sp - arity(k, ins, true)};
            if (ins->op != WR_OP_IF || k->stack[k->sp]) break;
            at = body->arm[at - 1];
            at += body->ins[at].op == WR_OP_ELSE;
            break;
        case WR_OP_ELSE:
        case WR_OP_CATCH:
        case WR_OP_CATCH_ALL: at = body->match[body->match[at - 1]]; break;
        case WR_OP_END:
        case WR_OP_DELEGATE: nlabels--; break;
        case WR_OP_BR_IF:
            if (!k->stack[--k->sp]) break;
            // fall through
        case WR_OP_BR: at = branch(k, body, labels, &nlabels, wr_ins_label(ins)); break;
        case WR_OP_BR_TABLE: at = branch(k, body, labels, &nlabels, table_target(k, body, ins)); break;
        case WR_OP_RETURN: return;
        case WR_OP_CALL:
        case WR_OP_CALL_INDIRECT: call_from(k, ins, labels, nlabels); break;
        default:
            if (!wr_interp_step(k, ins, locals)) wr_interp_give_up(k, "%s", wr_opinfos[ins->op].text);
        }
        if (outermost && !nlabels && k->sp == floor) keep_checkpoint(k, body, at, locals);
    }
}

// Parameters become the first locals in place, on the stack; the results then take their place.
static void call(wr_interp *k, uint32_t func) {
    if (k->m->funcs[func].import != WR_NONE) {
        wr_interp_call_import(k, func);
        return;
    }
    const wr_body *body = code_of(k, func);
    const wr_type *type = wr_func_type(k->m, func);
    uint32_t base = k->sp - type->nparams;
    bool fits = body->nlocals + (uint64_t)body->n <= STACK - k->sp;
    if (k->depth++ == MOST_DEPTH || !fits) wr_interp_give_up(k, "calls are nested too deeply");
    memset(&k->stack[k->sp], 0, (body->nlocals - type->nparams) * sizeof(uint64_t));
    k->sp = base + body->nlocals;
    run_body(k, body, &k->stack[base]);
    memmove(&k->stack[base], &k->stack[k->sp - type->nresults], type->nresults * sizeof *k->stack);
    k->sp = base + type->nresults;
    k->depth--;
}

// --- The state at the start ---

static bool read_const(const wr_interp *k, wr_expr expr, uint64_t *value) {
    wr_reader r = wr_reader_of(k->env, expr.code, expr.offset);
    wr_u32s ext = {0};
    wr_ins ins, end;
    wr_ins_read(&r, &k->env->temp, &ext, &ins);
    wr_ins_read(&r, &k->env->temp, &ext, &end);
    if (end.op != WR_OP_END) return false;
    if (ins.op == WR_OP_GLOBAL_GET) {
        *value = k->globals[ins.a];
        return k->known[ins.a];
    }
    *value = ins.op == WR_OP_I32_CONST ? (uint32_t)ins.b : ins.b;
    return wr_is_number_const(ins.op);
}

static void prepare(wr_interp *k) {
    const wr_module *m = k->m;
    wr_arena *arena = &k->env->pass;
    k->code = WR_NEW0(arena, const wr_body *, m->nfuncs);
    k->tables = WR_NEW0(arena, uint32_t *, m->ntables);
    k->stack = WR_NEW(arena, uint64_t, STACK);
    k->labels = WR_NEW(arena, wr_interp_label, LABELS);
    k->labels_end = k->labels + LABELS;
    k->globals = WR_NEW0(arena, uint64_t, m->nglobals);
    k->known = WR_NEW0(arena, bool, m->nglobals);
    k->next_check = CHECK_EVERY;
    for (uint32_t i = 0; i < m->nglobals; i++)
        if (m->globals[i].import == WR_NONE) k->known[i] = read_const(k, m->globals[i].init, &k->globals[i]);
    if (!m->nmemories) return;
    const wr_limits *limits = &m->memories[0].limits;
    if (limits->is64 || limits->shared) wr_interp_give_up(k, "a memory of 64 bits, or a shared one");
    k->limit = limits->min << limits->page_log2;
}

// --- The start function ---

static void run(wr_env *env, void *arg) {
    wr_interp *k = arg;
    (void)env;
    prepare(k);
    call(k, k->m->start);
}

// Returns false after what can't be evaluated, and throws what concerns the whole job.
static bool attempt(wr_env *env, void (*work)(wr_env *, void *), void *arg) {
    wr_status status = wr_try(env, work, arg);
    if (status != WR_OK && status != WR_USAGE && status != WR_BAD_INPUT) wr_rethrow(env, &env->diag);
    return status == WR_OK;
}

bool wr_interp_run_start(wr_env *env, wr_arena *arena, const wr_module *m, wr_memory_image *image) {
    wr_interp k = {
        .env = env, .arena = arena, .m = m, .image = image, .room = image->n, .largest = LARGEST_IMAGE};
    wr_diag before = env->diag;
    bool ok = attempt(env, run, &k);
    wr_arena_reset(&env->pass);
    env->diag = before;
    return ok;
}

// --- Evaluating in part ---

static void begin(wr_env *env, void *arg) {
    wr_interp *k = arg;
    const wr_module *m = k->m;
    prepare(k);
    if (m->nmemories && m->memories[0].import != WR_NONE) wr_interp_give_up(k, "an imported memory");
    if (!wr_segments_cannot_trap(env, m) || !wr_memory_image_make(env, &env->pass, m, true, k->image))
        wr_interp_give_up(k, "the initial memory is not known");
    // Pages are recorded whole.
    uint32_t tail = k->image->n % WR_INTERP_PAGE;
    k->room = k->image->n;
    if (tail) wr_interp_reach(k, k->image->n + (WR_INTERP_PAGE - tail));
    k->undo.page_epoch = WR_NEW0(&env->pass, uint32_t, k->largest / WR_INTERP_PAGE + 1);
    k->undo.global_epoch = WR_NEW0(&env->pass, uint32_t, m->nglobals + 1);
    k->undo.epoch = 1;
}

wr_interp *wr_interp_begin(wr_env *env, const wr_module *m, bool no_input) {
    wr_interp *k = WR_NEW0(&env->pass, wr_interp, 1);
    k->env = env;
    k->arena = &env->pass;
    k->m = m;
    k->image = WR_NEW0(&env->pass, wr_memory_image, 1);
    k->largest = LARGEST_FLAT_IMAGE;
    k->no_input = no_input;
    return attempt(env, begin, k) ? k : NULL;
}

typedef struct evaluation {
    wr_interp *k;
    uint32_t func;
} evaluation;

static void evaluate(wr_env *env, void *arg) {
    const evaluation *e = arg;
    wr_interp *k = e->k;
    const wr_type *type = wr_func_type(k->m, e->func);
    if (k->m->funcs[e->func].import == WR_NONE) {
        const wr_body *body = code_of(k, e->func);
        k->checkpoint.locals = WR_NEW0(&env->pass, uint64_t, body->nlocals);
    }
    memset(k->stack, 0, type->nparams * sizeof *k->stack);
    k->sp = type->nparams;
    call(k, e->func);
}

bool wr_interp_eval(wr_interp *k, uint32_t func, wr_interp_checkpoint *checkpoint) {
    evaluation e = {k, func};
    wr_interp_label *labels = k->labels;
    k->depth = 0;
    k->written = false;
    k->checkpoint = (wr_interp_checkpoint){0};
    bool ok = attempt(k->env, evaluate, &e);
    k->labels = labels;
    if (!ok) wr_interp_restore(k);
    wr_interp_forget(k);
    *checkpoint = k->checkpoint;
    return ok;
}

const uint64_t *wr_interp_results(const wr_interp *k) { return k->stack; }

wr_slice wr_interp_memory(const wr_interp *k) { return wr_slice_of(k->image->bytes, k->image->n); }

bool wr_interp_global(const wr_interp *k, uint32_t global, uint64_t *value) {
    *value = k->globals[global];
    return k->known[global];
}
