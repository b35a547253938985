// Expands the planned calls of a function, and recursively the calls in the code that takes their place.
// Arguments become locals, which are set in reverse order. Constants and locals that are pushed right before
// the call are instead read in place of the parameter, and parameters that the callee reads first stay on the
// stack. Branches and returns that leave the callee become branches to a block around its code, if there are
// any; a callee in tail position keeps its returns. Locals are zeroed where the place may run more than once.
// A delegate out of the callee is redirected to a try of the caller.
#include <stdlib.h>

#include "inline.h"

// The most instructions of a function that is inlined into a loop. Engines recompile a function that was
// called often enough, and a running loop does not continue in the new code.
#define LOOP_INSTRUCTIONS 40

typedef struct frame {
    const struct frame *caller; // NULL for the function itself
    const wr_param_use *callee; // NULL for the function itself
    const wr_body *body;
    wr_ins *as;       // by local: the instruction that reads it; NOP: not decided yet
    uint32_t ext;     // where its words start in `ext` of the output
    uint32_t depth;   // open blocks of this body, and the one around it
    uint32_t first;   // its first instruction in the output
    bool is_tail;     // leaving it leaves the function as well
    uint32_t site;    // its call site in the output; 0: the function itself
    uint32_t origins; // the number of origins in the output before its own
} frame;

typedef struct expander {
    wr_env *env;
    wr_arena *arena;
    const wr_inlining *in;
    WR_VEC(wr_ins) out;
    int64_t cost; // bytes of `out`, less those of the functions that are gone since they were inlined
    wr_u32s ext;
    wr_u32s open;             // instructions of open blocks of the output
    uint32_t nloops, ntries;  // how many of those are loops, and tries
    uint32_t first_new;       // the index of the first new local
    WR_VEC(wr_valtype) types; // of new locals
    wr_inline_sites sites;    // of the output
    wr_origins origins;
    bool any;
} expander;

static void put(expander *x, wr_ins ins) {
    x->cost += (int64_t)wr_cost_ins(&x->in->cost, &ins, x->ext.v);
    WR_PUSH(x->arena, x->out, ins);
}

// Removes the last n instructions from the output and returns them.
static wr_ins *take_back(expander *x, uint32_t n) {
    wr_ins *taken = WR_NEW(x->arena, wr_ins, n);
    if (n) memcpy(taken, x->out.v + x->out.n - n, n * sizeof *taken);
    x->out.n -= n;
    for (uint32_t i = 0; i < n; i++) x->cost -= (int64_t)wr_cost_ins(&x->in->cost, &taken[i], x->ext.v);
    return taken;
}

static void put_op(expander *x, unsigned op, uint32_t a) { put(x, (wr_ins){.op = (uint16_t)op, .a = a}); }

// --- Locals ---

static uint32_t new_local(expander *x, wr_valtype type) {
    WR_PUSH(x->arena, x->types, type);
    return x->first_new + x->types.n - 1;
}

// The instruction that reads a local of the frame; allocates a local of the output if it has none yet.
static wr_ins as_local(expander *x, frame *f, uint32_t local) {
    if (f->as[local].op != WR_OP_NOP) return f->as[local];
    f->as[local] =
        (wr_ins){.op = WR_OP_LOCAL_GET, .a = new_local(x, wr_local_type(x->in->m, f->body, local))};
    return f->as[local];
}

static void put_zero(expander *x, wr_valtype type) {
    wr_ins zero = {0};
    switch (type) {
    case WR_I32: zero.op = WR_OP_I32_CONST; break;
    case WR_I64: zero.op = WR_OP_I64_CONST; break;
    case WR_F32: zero.op = WR_OP_F32_CONST; break;
    case WR_F64: zero.op = WR_OP_F64_CONST; break;
    case WR_V128:
        zero = (wr_ins){.op = WR_OP_V128_CONST, .b = x->ext.n};
        for (unsigned i = 0; i < 4; i++) WR_PUSH(x->arena, x->ext, 0);
        break;
    default: zero = (wr_ins){.op = WR_OP_REF_NULL, .a = wr_heap_of(type)};
    }
    put(x, zero);
}

// Zeroes the callee's locals if the place is in a loop; elsewhere new locals are zero.
static void zero_locals(expander *x, frame *f) {
    for (uint32_t i = f->body->nparams; x->nloops && i < f->body->nlocals; i++) {
        wr_valtype type = wr_local_type(x->in->m, f->body, i);
        // Others are always written before they are read.
        if (!f->callee->needs_zero[i] || !wr_is_defaultable(type)) continue;
        put_zero(x, type);
        put_op(x, WR_OP_LOCAL_SET, as_local(x, f, i).a);
    }
}

// --- Arguments ---

static wr_valtype type_of_local(const expander *x, const frame *f, uint32_t local) {
    if (local >= x->first_new) return x->types.v[local - x->first_new];
    while (f->caller) f = f->caller;
    return wr_local_type(x->in->m, f->body, local);
}

// Whether reads of the parameter may be replaced by the argument itself.
static bool may_name(const expander *x, const frame *f, uint32_t param, const wr_ins *arg) {
    uint32_t gets = f->callee->gets[param];
    if (f->callee->is_written[param]) return false;
    if (arg->op == WR_OP_LOCAL_GET)
        return type_of_local(x, f, wr_ins_local(arg)) == f->callee->type->values[param];
    return gets <= 1 || gets * wr_ins_size(arg, NULL) <= 2 * gets + 2;
}

// How many of the last arguments are single instructions at the end of the output.
static uint32_t count_plain_args(const expander *x, uint32_t nparams) {
    uint32_t n = 0;
    while (n < nparams && x->out.n > n) {
        unsigned op = x->out.v[x->out.n - 1 - n].op;
        if (op != WR_OP_LOCAL_GET && !wr_is_number_const(op)) break;
        n++;
    }
    return n;
}

// Takes a parameter from the top of the stack.
static void take_arg(expander *x, frame *f, uint32_t param) {
    if (f->callee->gets[param] == 0 && !f->callee->is_written[param])
        put_op(x, WR_OP_DROP, 0);
    else
        put_op(x, WR_OP_LOCAL_SET, as_local(x, f, param).a);
}

// Takes the arguments beyond the first `kept` from the stack.
static void take_args(expander *x, frame *f, uint32_t kept) {
    uint32_t nparams = f->body->nparams, plain = count_plain_args(x, nparams - kept);
    const wr_ins *args = take_back(x, plain);
    for (uint32_t i = 0; i < plain; i++) {
        uint32_t param = nparams - plain + i;
        if (may_name(x, f, param, &args[i]))
            f->as[param] = args[i];
        else
            put(x, args[i]);
    }
    for (uint32_t i = nparams; i-- > kept;)
        if (f->as[i].op == WR_OP_NOP) take_arg(x, f, i);
}

// --- Code ---

static void copy_body(expander *x, frame *f);

static void open_one(expander *x, uint32_t op) {
    WR_PUSH(x->arena, x->open, op);
    x->nloops += op == WR_OP_LOOP;
    x->ntries += wr_is_try(op);
}

static void close_one(expander *x) {
    uint32_t op = x->open.v[--x->open.n];
    x->nloops -= op == WR_OP_LOOP;
    x->ntries -= wr_is_try(op);
}

// Exceptions in a handler are not caught by its own try.
static void next_arm(expander *x, uint32_t op) {
    uint32_t *open = &x->open.v[x->open.n - 1];
    x->ntries -= wr_is_try(*open);
    if (wr_is_try(*open)) *open = op;
}

// The label for the delegate that closes the innermost block: the first try outside of what it names, since
// Binaryen takes it to name a try or the function. In inlined code it may have named the callee.
static uint32_t delegate_label(const expander *x, uint32_t label) {
    uint32_t n = x->open.n - 1; // without the block that it closes
    while (label < n && !wr_is_try(x->open.v[n - 1 - label])) label++;
    return label;
}

// Leaves the function that this code comes from.
static void put_leave(expander *x, const frame *f) {
    if (f->is_tail)
        put_op(x, WR_OP_RETURN, 0);
    else
        put_op(x, WR_OP_BR, f->depth);
}

static bool is_last(const frame *f, uint32_t i) {
    return f->callee && f->callee->ends_with_return && i == f->body->n - 2;
}

static void put_block(expander *x, const frame *f) {
    wr_ins block = {.op = WR_OP_BLOCK, .x = WR_BLOCK_EMPTY};
    const wr_type *type = f->callee->type;
    if (type->nresults == 1) block.x = WR_BLOCK_VALUE, block.a = type->values[type->nparams];
    if (type->nresults > 1) block.x = WR_BLOCK_TYPE, block.a = x->in->block_type[f->body->func];
    put(x, block);
    open_one(x, WR_OP_BLOCK);
}

// An instruction of the frame, with its origin renumbered for the output.
static wr_ins in_output(const frame *f, wr_ins ins) {
    if (ins.origin) ins.origin += f->origins;
    return ins;
}

// Adds the site of a call, followed by the callee's own sites and origins from earlier inlining.
static void add_site(expander *x, const frame *caller, const wr_ins *call, frame *f) {
    const wr_body *callee = f->body;
    if (!x->in->m->tracks_origins) return;
    wr_origin at = {0, caller->site};
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
        wr_origin origin = {callee->origins.v[i].at, callee->origins.v[i].site + f->site};
        WR_PUSH(x->arena, x->origins, origin);
    }
}

static void expand(expander *x, const frame *caller, const wr_ins *call, const wr_param_use *callee,
                   bool is_tail) {
    bool block = callee->is_branched_to || (callee->nreturns && !is_tail);
    frame f = {.caller = caller, .callee = callee, .body = &callee->body, .is_tail = is_tail};
    f.first = block ? 0 : callee->nprefix;
    add_site(x, caller, call, &f);
    f.as = WR_NEW(x->arena, wr_ins, callee->body.nlocals);
    for (uint32_t i = 0; i < callee->body.nlocals; i++) f.as[i] = (wr_ins){.op = WR_OP_NOP};
    take_args(x, &f, f.first);
    zero_locals(x, &f);
    if (block) put_block(x, &f);
    copy_body(x, &f);
    if (!block) return;
    put_op(x, WR_OP_END, 0);
    close_one(x);
}

// --- Places ---

// The state of the output before a call was inlined.
typedef struct before {
    uint32_t nout, nargs, next, ntypes, nsites, norigins;
    const wr_ins *args; // the single-instruction arguments that stood after nout
    int64_t cost, cost_before_args;
} before;

static before remember(expander *x, uint32_t nparams) {
    before b = {.nargs = count_plain_args(x, nparams),
                .next = x->ext.n,
                .ntypes = x->types.n,
                .cost = x->cost,
                .nsites = x->sites.n,
                .norigins = x->origins.n};
    b.args = take_back(x, b.nargs);
    b.nout = x->out.n;
    b.cost_before_args = x->cost;
    for (uint32_t i = 0; i < b.nargs; i++) put(x, b.args[i]);
    return b;
}

static void restore(expander *x, const before *b) {
    x->out.n = b->nout;
    x->ext.n = b->next;
    x->types.n = b->ntypes;
    x->sites.n = b->nsites;
    x->origins.n = b->norigins;
    x->cost = b->cost_before_args;
    for (uint32_t i = 0; i < b->nargs; i++) put(x, b->args[i]);
}

// Whether the code in place of the call is worth it. Arguments seldom stay in locals of their own, so if the
// callee is removed by this, each new local counts as a byte saved; otherwise it counts as a byte more.
static bool is_shorter(const expander *x, const before *b, const wr_ins *call) {
    int64_t then = b->cost + (int64_t)wr_cost_ins(&x->in->cost, call, NULL),
            new_locals = x->types.n - b->ntypes;
    switch (x->in->plan[wr_ins_func(call)]) {
    case WR_INLINE_ALL: return true;
    case WR_INLINE_ONCE: return x->cost - new_locals <= then;
    default: return x->cost + new_locals <= then;
    }
}

static bool may_inline(const expander *x, const frame *f, const wr_ins *ins, const wr_param_use *callee) {
    if (callee->leaves_try) return false;
    if (ins->op == WR_OP_RETURN_CALL && f->is_tail && x->ntries) return false;
    return x->nloops == 0 || callee->body.n <= LOOP_INSTRUCTIONS;
}

static void take_off_function(expander *x, uint32_t func) {
    size_t size = x->in->m->funcs[func].body.n;
    x->cost -= (int64_t)(size + wr_cost_func(&x->in->cost, size));
}

// Inlines the call. Returns whether it did.
static bool inline_call(expander *x, const frame *f, const wr_ins *ins) {
    if (x->in->plan[wr_ins_func(ins)] == WR_CALLED) return false;
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
static void copy_tail_call(expander *x, const frame *f, uint32_t i) {
    wr_ins ins = f->body->ins[i];
    bool done = ins.op == WR_OP_RETURN_CALL && inline_call(x, f, &ins); // others don't name a function
    if (!done && f->is_tail) {
        put(x, in_output(f, ins));
        return;
    }
    ins.op = (uint16_t)without_tail(ins.op);
    if (!done) put(x, in_output(f, ins));
    if (!is_last(f, i)) put_leave(x, f);
}

static void copy_access(expander *x, frame *f, wr_ins ins) {
    wr_ins as = as_local(x, f, wr_ins_local(&ins));
    if (ins.op != WR_OP_LOCAL_GET) as.op = ins.op;
    as.origin = ins.origin;
    put(x, in_output(f, as));
}

static void copy_other(expander *x, frame *f, wr_ins ins) {
    if (wr_imm_infos[wr_opinfos[ins.op].imm].words) ins.b += f->ext;
    if (ins.op == WR_OP_DELEGATE) ins.a = delegate_label(x, ins.a);
    put(x, in_output(f, ins));
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

static void copy_ins(expander *x, frame *f, uint32_t i) {
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
        if (!inline_call(x, f, ins)) put(x, in_output(f, *ins));
        break;
    default: copy_other(x, f, *ins); break;
    }
}

// Copies a body, without its last end.
static void copy_body(expander *x, frame *f) {
    const wr_u32s *ext = &f->body->ext;
    f->ext = x->ext.n;
    for (uint32_t i = 0; i < ext->n; i++) WR_PUSH(x->arena, x->ext, ext->v[i]);
    for (uint32_t i = f->first; i + 1 < f->body->n; i++) copy_ins(x, f, i);
}

// --- The whole function ---

typedef struct typed_local {
    uint32_t index;
    wr_valtype type;
} typed_local;

static int by_type(const void *a, const void *b) {
    const typed_local *x = a, *y = b;
    if (x->type != y->type) return x->type < y->type ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

// Declares the new locals, grouped by type.
static void declare_locals(expander *x, wr_body *body) {
    uint32_t n = x->types.n, *to = WR_NEW(x->arena, uint32_t, n);
    typed_local *list = WR_NEW(x->arena, typed_local, n);
    for (uint32_t i = 0; i < n; i++) list[i] = (typed_local){i, x->types.v[i]};
    if (n) qsort(list, n, sizeof *list, by_type);
    for (uint32_t i = 0; i < n; i++) {
        to[list[i].index] = x->first_new + i;
        wr_local_run run = {1, list[i].type};
        if (body->runs.n && body->runs.v[body->runs.n - 1].type == run.type)
            body->runs.v[body->runs.n - 1].n++;
        else
            WR_PUSH(x->arena, body->runs, run);
    }
    for (uint32_t i = 0; i < x->out.n; i++) {
        wr_ins *ins = &x->out.v[i];
        if (wr_names_local(ins->op) && wr_ins_local(ins) >= x->first_new)
            ins->a = to[wr_ins_local(ins) - x->first_new];
    }
}

bool wr_inline_expand(wr_env *env, const wr_inlining *in, uint32_t func, wr_body *body) {
    wr_decode_body(env, &env->temp, in->m, func, body);
    expander x = {.env = env,
                  .arena = &env->temp,
                  .in = in,
                  .first_new = body->nlocals,
                  .sites = body->sites,
                  .origins = body->origins};
    frame f = {.body = body, .is_tail = true, .as = WR_NEW(x.arena, wr_ins, body->nlocals)};
    for (uint32_t i = 0; i < body->nlocals; i++) f.as[i] = (wr_ins){.op = WR_OP_LOCAL_GET, .a = i};
    copy_body(&x, &f);
    if (!x.any) return false;
    put_op(&x, WR_OP_END, 0);
    declare_locals(&x, body);
    body->ins = x.out.v, body->n = x.out.n, body->ext = x.ext;
    body->sites = x.sites, body->origins = x.origins;
    return true;
}
