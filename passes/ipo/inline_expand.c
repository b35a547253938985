// Expands the planned calls of a function, and recursively the calls in the code that takes their place.
// Arguments and locals of the callee are those of inline_locals.c. Branches and returns that leave the callee
// become branches to a block around its code, if there are any; a callee in tail position keeps its returns.
// A delegate out of the callee is redirected to a try of the caller.
//
//   (call $f (local.get $a))    ->    (block (br_if 0 (local.get $a)) ...)    ;; br_if for a return
#include "inline_expand.h"

// The most instructions of a function that is inlined into a loop. Engines recompile a function that was
// called often enough, and a running loop does not continue in the new code.
#define LOOP_INSTRUCTIONS 40

// The same at -O3, of a function that has no loop itself. What a call costs then weighs more than the code
// that runs once, unless that is long; and some engines recompile nothing.
#define LOOP_INSTRUCTIONS_FAST 200

#define LONGEST_CALL 6 // bytes
#define LONGEST_ARG 11 // bytes of one that is read in place of the parameter

// --- Code ---

void wr_inline_put(wr_inline_expander *x, wr_ins ins) {
    x->cost += (int64_t)wr_cost_ins(&x->in->cost, &ins, x->ext.v);
    WR_PUSH(x->arena, x->out, ins);
}

wr_ins *wr_inline_take_back(wr_inline_expander *x, uint32_t n) {
    wr_ins *taken = WR_NEW(x->arena, wr_ins, n);
    if (n) memcpy(taken, x->out.v + x->out.n - n, n * sizeof *taken);
    x->out.n -= n;
    for (uint32_t i = 0; i < n; i++) x->cost -= (int64_t)wr_cost_ins(&x->in->cost, &taken[i], x->ext.v);
    return taken;
}

void wr_inline_put_op(wr_inline_expander *x, unsigned op, uint32_t a) {
    wr_inline_put(x, (wr_ins){.op = (uint16_t)op, .a = a});
}

static void copy_body(wr_inline_expander *x, wr_inline_frame *f);

static void open_one(wr_inline_expander *x, uint32_t op) {
    WR_PUSH(x->arena, x->open, op);
    x->nloops += op == WR_OP_LOOP;
    x->ntries += wr_is_try(op);
}

static void close_one(wr_inline_expander *x) {
    uint32_t op = x->open.v[--x->open.n];
    x->nloops -= op == WR_OP_LOOP;
    x->ntries -= wr_is_try(op);
}

// Exceptions in a handler are not caught by its own try.
static void next_arm(wr_inline_expander *x, uint32_t op) {
    uint32_t *open = &x->open.v[x->open.n - 1];
    x->ntries -= wr_is_try(*open);
    if (wr_is_try(*open)) *open = op;
}

// The label for the delegate that closes the innermost block: the first try outside of what it names, since
// Binaryen takes it to name a try or the function. In inlined code it may have named the callee.
static uint32_t delegate_label(const wr_inline_expander *x, uint32_t label) {
    uint32_t n = x->open.n - 1; // without the block that it closes
    while (label < n && !wr_is_try(x->open.v[n - 1 - label])) label++;
    return label;
}

// Leaves the function that this code comes from.
static void put_leave(wr_inline_expander *x, const wr_inline_frame *f) {
    if (f->is_tail)
        wr_inline_put_op(x, WR_OP_RETURN, 0);
    else
        wr_inline_put_op(x, WR_OP_BR, f->depth);
}

static bool is_last(const wr_inline_frame *f, uint32_t i) {
    return f->callee && f->callee->ends_with_return && i == f->body->n - 2;
}

static void put_block(wr_inline_expander *x, const wr_inline_frame *f) {
    wr_ins block = {.op = WR_OP_BLOCK, .x = WR_BLOCK_EMPTY};
    const wr_type *type = f->callee->type;
    if (type->nresults == 1) block.x = WR_BLOCK_VALUE, block.a = type->values[type->nparams];
    if (type->nresults > 1) block.x = WR_BLOCK_TYPE, block.a = x->in->block_type[f->body->func];
    wr_inline_put(x, block);
    open_one(x, WR_OP_BLOCK);
}

// An instruction of the frame, with its origin renumbered for the output.
static wr_ins in_output(const wr_inline_frame *f, wr_ins ins) {
    if (ins.origin) ins.origin += f->origins;
    return ins;
}

// Adds the site of a call, followed by the callee's own sites and origins from earlier inlining.
static void add_site(wr_inline_expander *x, const wr_inline_frame *caller, const wr_ins *call,
                     wr_inline_frame *f) {
    const wr_body *callee = f->body;
    if (!x->in->m->origins) return;
    wr_origin at = {.site = caller->site};
    if (call->origin) at = x->origins.v[caller->origins + call->origin - 1];
    wr_inline_site site = {at.at, at.site};
    WR_PUSH(x->arena, x->sites, site);
    f->site = x->sites.n, f->origins = x->origins.n;
    for (uint32_t i = 0; i < callee->sites.n; i++) {
        site = callee->sites.v[i];
        site.outer += f->site;
        WR_PUSH(x->arena, x->sites, site);
    }
    for (uint32_t i = 0; i < callee->origins.n; i++) {
        wr_origin origin = callee->origins.v[i];
        origin.site += f->site;
        WR_PUSH(x->arena, x->origins, origin);
    }
}

static void expand(wr_inline_expander *x, const wr_inline_frame *caller, const wr_ins *call,
                   const wr_param_use *callee, bool is_tail) {
    bool block = callee->is_branched_to || (callee->nreturns && !is_tail);
    wr_inline_frame f = {.caller = caller, .callee = callee, .body = &callee->body, .is_tail = is_tail};
    f.first = block ? 0 : callee->nprefix;
    add_site(x, caller, call, &f);
    f.as = WR_NEW(x->arena, wr_ins, callee->body.nlocals);
    for (uint32_t i = 0; i < callee->body.nlocals; i++) f.as[i] = (wr_ins){.op = WR_OP_NOP};
    wr_inline_take_args(x, &f, f.first);
    wr_inline_zero_locals(x, &f);
    if (block) put_block(x, &f);
    copy_body(x, &f);
    if (!block) return;
    wr_inline_put_op(x, WR_OP_END, 0);
    close_one(x);
}

// --- Places ---

// The state of the output before a call was inlined.
typedef struct before {
    uint32_t nout, nargs, next, ntypes, nsites, norigins;
    const wr_ins *args; // the single-instruction arguments that stood after nout
    int64_t cost, cost_before_args;
} before;

static before remember(wr_inline_expander *x, uint32_t nparams) {
    before b = {.nargs = wr_inline_plain_args(x, nparams),
                .next = x->ext.n,
                .ntypes = x->types.n,
                .cost = x->cost,
                .nsites = x->sites.n,
                .norigins = x->origins.n};
    b.args = wr_inline_take_back(x, b.nargs);
    b.nout = x->out.n;
    b.cost_before_args = x->cost;
    for (uint32_t i = 0; i < b.nargs; i++) wr_inline_put(x, b.args[i]);
    return b;
}

static void restore(wr_inline_expander *x, const before *b) {
    x->out.n = b->nout;
    x->ext.n = b->next;
    x->types.n = b->ntypes;
    x->sites.n = b->nsites;
    x->origins.n = b->norigins;
    x->cost = b->cost_before_args;
    for (uint32_t i = 0; i < b->nargs; i++) wr_inline_put(x, b->args[i]);
}

// Whether the code in place of the call is worth it. Arguments seldom stay in locals of their own, so if the
// callee is removed by this, each new local counts as a byte saved; otherwise it counts as a byte more.
static bool is_shorter(const wr_inline_expander *x, const before *b, const wr_ins *call) {
    int64_t then = b->cost + (int64_t)wr_cost_ins(&x->in->cost, call, NULL),
            new_locals = x->types.n - b->ntypes;
    switch (x->in->plan[wr_ins_func(call)]) {
    case WR_INLINE_ALL: return true;
    case WR_INLINE_ONCE: return x->cost - new_locals <= then;
    case WR_INLINE_FAST: return x->cost + new_locals <= then + WR_INLINE_ROOM;
    default: return x->cost + new_locals <= then;
    }
}

static uint32_t most_in_loop(const wr_inline_expander *x, const wr_param_use *callee) {
    bool fast = x->in->c->config->level & WR_L3 && !callee->has_loop;
    return fast ? LOOP_INSTRUCTIONS_FAST : LOOP_INSTRUCTIONS;
}

static bool may_inline(const wr_inline_expander *x, const wr_inline_frame *f, const wr_ins *ins,
                       const wr_param_use *callee) {
    if (callee->leaves_try) return false;
    if (ins->op == WR_OP_RETURN_CALL && f->is_tail && x->ntries) return false;
    return x->nloops == 0 || callee->body.n <= most_in_loop(x, callee);
}

static void take_off_function(wr_inline_expander *x, uint32_t func) {
    size_t size = x->in->m->funcs[func].body.n;
    x->cost -= (int64_t)(size + wr_cost_func(&x->in->cost, size));
}

// Whether the code cannot be shorter than the call, as is seen without looking at it: an argument that is not
// read in place of the parameter takes a byte at least, or an instruction of the callee that reads it first.
static bool is_hopeless(const wr_inline_expander *x, uint32_t func) {
    size_t nparams = wr_func_type(x->in->m, func)->nparams;
    if (x->in->plan[func] != WR_INLINE_SHORTER || nparams <= LONGEST_CALL) return false;
    size_t plain = wr_inline_plain_args(x, (uint32_t)nparams);
    return nparams - plain > LONGEST_ARG * plain + x->in->m->funcs[func].body.n + LONGEST_CALL;
}

// Inlines the call. Returns whether it did.
static bool inline_call(wr_inline_expander *x, const wr_inline_frame *f, const wr_ins *ins) {
    if (x->in->plan[wr_ins_func(ins)] == WR_CALLED || is_hopeless(x, wr_ins_func(ins))) return false;
    wr_param_use callee;
    wr_param_use_find(x->env, x->arena, x->in->m, wr_ins_func(ins), &callee);
    if (!may_inline(x, f, ins, &callee)) return false;
    before b = remember(x, callee.body.nparams);
    expand(x, f, ins, &callee, ins->op == WR_OP_RETURN_CALL && f->is_tail);
    if (x->in->plan[wr_ins_func(ins)] == WR_INLINE_ONCE) take_off_function(x, wr_ins_func(ins));
    bool fits = is_shorter(x, &b, ins);
    if (!fits) restore(x, &b);
    x->any |= fits;
    return fits;
}

static unsigned without_tail(unsigned op) {
    switch (op) {
    case WR_OP_RETURN_CALL: return WR_OP_CALL;
    case WR_OP_RETURN_CALL_INDIRECT: return WR_OP_CALL_INDIRECT;
    default: return WR_OP_CALL_REF;
    }
}

// Copies a tail call. In inlined code it returns from that code only, unless that is in tail position itself.
static void copy_tail_call(wr_inline_expander *x, const wr_inline_frame *f, uint32_t i) {
    wr_ins ins = f->body->ins[i];
    bool done = ins.op == WR_OP_RETURN_CALL && inline_call(x, f, &ins); // others don't name a function
    if (!done && f->is_tail) {
        wr_inline_put(x, in_output(f, ins));
        return;
    }
    ins.op = (uint16_t)without_tail(ins.op);
    if (!done) wr_inline_put(x, in_output(f, ins));
    if (!is_last(f, i)) put_leave(x, f);
}

static void copy_access(wr_inline_expander *x, wr_inline_frame *f, wr_ins ins) {
    wr_ins as = wr_inline_local(x, f, wr_ins_local(&ins));
    if (ins.op != WR_OP_LOCAL_GET) as.op = ins.op;
    as.origin = ins.origin;
    wr_inline_put(x, in_output(f, as));
}

static void copy_other(wr_inline_expander *x, wr_inline_frame *f, wr_ins ins) {
    if (wr_imm_infos[wr_opinfos[ins.op].imm].words) ins.b += f->ext;
    if (ins.op == WR_OP_DELEGATE) ins.a = delegate_label(x, ins.a);
    wr_inline_put(x, in_output(f, ins));
    if (wr_opens_block(ins.op)) {
        open_one(x, ins.op);
        f->depth++;
    } else if (wr_begins_arm(ins.op)) {
        next_arm(x, ins.op);
    } else if (wr_closes_block(ins.op)) {
        close_one(x);
        f->depth--;
    }
}

static void copy_ins(wr_inline_expander *x, wr_inline_frame *f, uint32_t i) {
    const wr_ins *ins = &f->body->ins[i];
    switch (ins->op) {
    case WR_OP_LOCAL_GET:
    case WR_OP_LOCAL_SET:
    case WR_OP_LOCAL_TEE: copy_access(x, f, *ins); break;
    case WR_OP_RETURN_CALL:
    case WR_OP_RETURN_CALL_INDIRECT:
    case WR_OP_RETURN_CALL_REF: copy_tail_call(x, f, i); break;
    case WR_OP_RETURN:
        if (!is_last(f, i)) put_leave(x, f);
        break;
    case WR_OP_CALL:
        if (!inline_call(x, f, ins)) wr_inline_put(x, in_output(f, *ins));
        break;
    default: copy_other(x, f, *ins); break;
    }
}

// Whether the instruction, one of the function itself, stays as it is. Most do.
static bool stays(const wr_ins *ins) { return ins->op != WR_OP_CALL && !wr_is_control(ins->op); }

// Copies a body, without its last end. What the function's own instructions cost is not added up: costs are
// only compared between the start and the end of inlined code.
static void copy_body(wr_inline_expander *x, wr_inline_frame *f) {
    const wr_u32s *ext = &f->body->ext;
    f->ext = x->ext.n;
    for (uint32_t i = 0; i < ext->n; i++) WR_PUSH(x->arena, x->ext, ext->v[i]);
    for (uint32_t i = f->first; i + 1 < f->body->n; i++) {
        if (!f->caller && stays(&f->body->ins[i]))
            WR_PUSH(x->arena, x->out, f->body->ins[i]);
        else
            copy_ins(x, f, i);
    }
}

// --- The whole function ---

bool wr_inline_expand(wr_env *env, const wr_inlining *in, uint32_t func, wr_body *body) {
    wr_body_decode(env, &env->temp, in->m, func, body);
    wr_inline_expander x = {.env = env,
                            .arena = &env->temp,
                            .in = in,
                            .first_new = body->nlocals,
                            .sites = body->sites,
                            .origins = body->origins};
    wr_inline_frame f = {.body = body, .is_tail = true, .as = WR_NEW(x.arena, wr_ins, body->nlocals)};
    for (uint32_t i = 0; i < body->nlocals; i++) f.as[i] = (wr_ins){.op = WR_OP_LOCAL_GET, .a = i};
    WR_RESERVE(x.arena, x.out, body->n);
    copy_body(&x, &f);
    if (!x.any) return false;
    wr_inline_put_op(&x, WR_OP_END, 0);
    wr_inline_declare_locals(&x, body);
    body->ins = x.out.v, body->n = x.out.n, body->ext = x.ext;
    body->sites = x.sites, body->origins = x.origins;
    return true;
}
