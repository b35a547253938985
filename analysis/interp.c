// An interpreter for a small part of WebAssembly: integers, locals, globals, structured control, calls, and
// loads and stores of memory 0. Functions are validated before they run, so nothing is checked twice.
// Whatever is not supported, traps or takes too long throws, and wr_interp_run_start returns false.
#include "interp.h"

#include "ir/body.h"
#include "ir/validate/validate.h"
#include "segments.h"

#define MOST_STEPS ((uint64_t)1 << 27)
enum { MOST_DEPTH = 32, STACK = 1 << 16, LABELS = 1 << 14, SLACK = 16, LARGEST_IMAGE = 1 << 30 };

typedef struct label {
    uint32_t at, sp; // the instruction that opens the block; the stack height there
} label;

typedef struct machine {
    wr_env *env;
    wr_arena *arena; // holds the image
    const wr_module *m;
    wr_body **code; // by function; NULL before its first call
    uint64_t *globals, *stack;
    uint32_t sp;
    label *labels, *labels_end; // the labels that are free
    wr_memory_image *image;
    uint64_t room, limit; // bytes allocated for the image; bytes of the memory
    uint64_t steps;
    unsigned depth;
} machine;

_Noreturn static void give_up(const machine *k) {
    wr_throw(k->env, WR_USAGE, WR_NO_OFFSET, "the start function does too much");
}

// --- Initial memory ---

bool wr_interp_initial_memory(wr_env *env, wr_arena *arena, const wr_module *m, wr_memory_image *image) {
    uint64_t end = 0, total = 0, at;
    for (uint32_t i = 0; i < m->ndatas; i++) {
        const wr_data *data = &m->datas[i];
        if (data->mode != WR_ACTIVE || data->memory || !wr_segments_const_offset(env, data->at, &at) ||
            !wr_segments_data_in_bounds(env, m, data))
            return false;
        if (at + data->bytes.n > end) end = at + data->bytes.n;
        total += data->bytes.n;
    }
    if (end > total * 16 + (1 << 20) || end > LARGEST_IMAGE) return false;
    *image = (wr_memory_image){WR_NEW0(arena, uint8_t, end + SLACK), (uint32_t)end};
    for (uint32_t i = 0; i < m->ndatas; i++) {
        wr_segments_const_offset(env, m->datas[i].at, &at);
        if (m->datas[i].bytes.n) memcpy(image->bytes + at, m->datas[i].bytes.p, m->datas[i].bytes.n);
    }
    return true;
}

// --- Memory ---

static uint64_t load(const machine *k, uint64_t at, unsigned size) {
    uint64_t value = 0;
    if (at + size > k->limit) give_up(k);
    for (unsigned i = size; i-- && at < k->image->n;)
        value = value << 8 | (at + i < k->image->n ? k->image->bytes[at + i] : 0);
    return value;
}

static void make_room(machine *k, uint64_t end) {
    if (end > LARGEST_IMAGE) give_up(k);
    if (end > k->room) {
        uint64_t room = end + end / 4 + 4096;
        k->image->bytes = wr_grow(k->arena, k->image->bytes, k->room + SLACK, room + SLACK);
        memset(k->image->bytes + k->room + SLACK, 0, room - k->room);
        k->room = room;
    }
    k->image->n = (uint32_t)end;
}

static void store(machine *k, uint64_t at, uint64_t value, unsigned size) {
    if (at + size > k->limit) give_up(k);
    if (at + size > k->image->n) {
        if (!value)
            size = at < k->image->n ? (unsigned)(k->image->n - at) : 0; // it is zero there already
        else
            make_room(k, at + size);
    }
    for (unsigned i = 0; i < size; i++) k->image->bytes[at + i] = (uint8_t)(value >> 8 * i);
}

// --- Numbers ---

#define COMPARISONS(X, type, un, si) \
    X(type##_EQ, a == b) \
    X(type##_NE, a != b) X(type##_LT_U, a < b) X(type##_GT_U, a > b) X(type##_LE_U, a <= b) \
        X(type##_GE_U, a >= b) X(type##_LT_S, (si)a < (si)b) X(type##_GT_S, (si)a > (si)b) \
            X(type##_LE_S, (si)a <= (si)b) X(type##_GE_S, (si)a >= (si)b)
#define ARITHMETIC(X, type, un, si, mask) \
    X(type##_ADD, a + b) \
    X(type##_SUB, a - b) X(type##_MUL, a *b) X(type##_AND, a &b) X(type##_OR, a | b) X(type##_XOR, a ^ b) \
        X(type##_SHL, a << (b & mask)) X(type##_SHR_U, a >> (b & mask)) \
            X(type##_SHR_S, (un)((si)a >> (b & mask)))

// Replaces the two operands on the stack by the result. Returns false for all other instructions.
static bool calculate(machine *k, unsigned op) {
    uint64_t *result = &k->stack[k->sp - 2];
    switch (op) {
#define X(id, value) \
    case WR_OP_##id: { \
        uint32_t a = (uint32_t)result[0], b = (uint32_t)result[1]; \
        *result = (uint32_t)(value); \
        break; \
    }
        COMPARISONS(X, I32, uint32_t, int32_t)
        ARITHMETIC(X, I32, uint32_t, int32_t, 31)
#undef X
#define X(id, value) \
    case WR_OP_##id: { \
        uint64_t a = result[0], b = result[1]; \
        *result = (value); \
        break; \
    }
        COMPARISONS(X, I64, uint64_t, int64_t)
        ARITHMETIC(X, I64, uint64_t, int64_t, 63)
#undef X
    default: return false;
    }
    k->sp--;
    return true;
}

static bool convert(machine *k, unsigned op) {
    uint64_t *value = &k->stack[k->sp - 1];
    switch (op) {
    case WR_OP_I32_EQZ:
    case WR_OP_I64_EQZ: *value = *value == 0; return true;
    case WR_OP_I32_WRAP_I64: *value = (uint32_t)*value; return true;
    case WR_OP_I64_EXTEND_I32_U: return true;
    case WR_OP_I64_EXTEND_I32_S: *value = (uint64_t)(int64_t)(int32_t)*value; return true;
    default: return false;
    }
}

static bool access_memory(machine *k, const wr_ins *ins) {
    unsigned size = 1u << wr_natural_align(wr_opinfos[ins->op].imm);
    if (ins->a) give_up(k);
    switch (ins->op) {
    case WR_OP_I32_LOAD:
    case WR_OP_I32_LOAD8_U:
    case WR_OP_I32_LOAD16_U:
    case WR_OP_I64_LOAD:
    case WR_OP_I64_LOAD8_U:
    case WR_OP_I64_LOAD16_U:
    case WR_OP_I64_LOAD32_U: k->stack[k->sp - 1] = load(k, k->stack[k->sp - 1] + ins->b, size); return true;
    case WR_OP_I32_STORE:
    case WR_OP_I32_STORE8:
    case WR_OP_I32_STORE16:
    case WR_OP_I64_STORE:
    case WR_OP_I64_STORE8:
    case WR_OP_I64_STORE16:
    case WR_OP_I64_STORE32:
        k->sp -= 2;
        store(k, k->stack[k->sp] + ins->b, k->stack[k->sp + 1], size);
        return true;
    default: return false;
    }
}

// Executes one instruction that uses only the stack, locals, globals and memory. Returns false for all
// others.
static bool step(machine *k, const wr_ins *ins, uint64_t *locals) {
    uint64_t *top = &k->stack[k->sp];
    switch (ins->op) {
    case WR_OP_NOP: return true;
    case WR_OP_DROP: k->sp--; return true;
    case WR_OP_I32_CONST: *top = (uint32_t)ins->b, k->sp++; return true;
    case WR_OP_I64_CONST: *top = ins->b, k->sp++; return true;
    case WR_OP_LOCAL_GET: *top = locals[wr_ins_local(ins)], k->sp++; return true;
    case WR_OP_LOCAL_SET: locals[wr_ins_local(ins)] = top[-1], k->sp--; return true;
    case WR_OP_LOCAL_TEE: locals[wr_ins_local(ins)] = top[-1]; return true;
    case WR_OP_GLOBAL_GET: *top = k->globals[wr_ins_global(ins)], k->sp++; return true;
    case WR_OP_GLOBAL_SET: k->globals[wr_ins_global(ins)] = top[-1], k->sp--; return true;
    case WR_OP_SELECT:
        if (!top[-1]) top[-3] = top[-2];
        k->sp -= 2;
        return true;
    default:
        return wr_is_memarg(wr_opinfos[ins->op].imm) ? access_memory(k, ins)
                                                     : calculate(k, ins->op) || convert(k, ins->op);
    }
}

// --- Control ---

static bool is_integer(wr_valtype type) { return type == WR_I32 || type == WR_I64; }

static const wr_body *code_of(machine *k, uint32_t func) {
    const wr_type *type = wr_func_type(k->m, func);
    if (k->code[func]) return k->code[func];
    if (k->m->funcs[func].import != WR_NONE || type->nresults > 1) give_up(k);
    wr_validate_func(k->env, k->m, func, NULL, NULL);
    wr_body *body = WR_NEW(&k->env->pass, wr_body, 1);
    wr_decode_body(k->env, &k->env->pass, k->m, func, body);
    wr_match_blocks(&k->env->pass, body);
    for (uint32_t i = 0; i < type->nparams + type->nresults; i++)
        if (!is_integer(type->values[i])) give_up(k);
    for (uint32_t i = 0; i < body->runs.n; i++)
        if (!is_integer(body->runs.v[i].type)) give_up(k);
    return k->code[func] = body;
}

// Branches out of `depth` blocks to a label, with the label's value if it has one. Returns the instruction at
// which execution continues.
static uint32_t branch(machine *k, const wr_body *body, const label *labels, uint32_t *nlabels,
                       uint32_t depth) {
    if (depth >= *nlabels) return body->n - 1; // the function's own label
    const label *to = &labels[*nlabels - 1 - depth];
    const wr_ins *open = &body->ins[to->at];
    bool loop = open->op == WR_OP_LOOP;
    uint32_t arity = !loop && open->x == WR_BLOCK_VALUE;
    if (arity) k->stack[to->sp] = k->stack[k->sp - 1];
    k->sp = to->sp + arity;
    *nlabels -= depth + !loop;
    return (loop ? to->at : body->match[to->at]) + 1;
}

static void call(machine *k, uint32_t func);

static void run_body(machine *k, const wr_body *body, uint64_t *locals) {
    label *labels = k->labels;
    uint32_t nlabels = 0;
    for (uint32_t at = 0; at + 1 < body->n;) {
        const wr_ins *ins = &body->ins[at++];
        if (++k->steps > MOST_STEPS) give_up(k);
        if (!(k->steps & 0xfffff)) wr_check(k->env);
        switch (ins->op) {
        case WR_OP_IF:
            k->sp--;
            // fall through
        case WR_OP_BLOCK:
        case WR_OP_LOOP:
            if (ins->x == WR_BLOCK_TYPE) give_up(k);
            labels[nlabels++] = (label){at - 1, k->sp};
            if (ins->op != WR_OP_IF || k->stack[k->sp]) break;
            at = body->arm[at - 1];
            at += body->ins[at].op == WR_OP_ELSE;
            break;
        case WR_OP_ELSE: at = body->match[body->match[at - 1]]; break;
        case WR_OP_END: nlabels--; break;
        case WR_OP_BR_IF:
            if (!k->stack[--k->sp]) break;
            // fall through
        case WR_OP_BR: at = branch(k, body, labels, &nlabels, wr_ins_label(ins)); break;
        case WR_OP_RETURN: return;
        case WR_OP_CALL:
            k->labels = labels + nlabels;
            call(k, wr_ins_func(ins));
            k->labels = labels;
            break;
        default:
            if (!step(k, ins, locals)) give_up(k);
        }
    }
}

// Parameters become the first locals in place, on the stack; the result then takes the place of the first.
static void call(machine *k, uint32_t func) {
    const wr_body *body = code_of(k, func);
    const wr_type *type = wr_func_type(k->m, func);
    uint32_t base = k->sp - type->nparams;
    bool fits =
        body->nlocals + (uint64_t)body->n <= STACK - k->sp && body->n <= (size_t)(k->labels_end - k->labels);
    if (k->depth++ == MOST_DEPTH || !fits) give_up(k);
    memset(&k->stack[k->sp], 0, (body->nlocals - type->nparams) * sizeof(uint64_t));
    k->sp = base + body->nlocals;
    run_body(k, body, &k->stack[base]);
    if (type->nresults) k->stack[base] = k->stack[k->sp - 1];
    k->sp = base + type->nresults;
    k->depth--;
}

// --- The whole ---

static void read_globals(machine *k) {
    k->globals = WR_NEW0(&k->env->pass, uint64_t, k->m->nglobals);
    for (uint32_t i = 0; i < k->m->nglobals; i++) {
        const wr_global *global = &k->m->globals[i];
        if (global->import != WR_NONE || !is_integer(global->type) ||
            !wr_segments_const_offset(k->env, global->init, &k->globals[i]))
            k->globals[i] = 0; // Not a global that addresses are computed from. If one is, the tables come
                               // out wrong, and their readers reject them.
    }
}

static void run(wr_env *env, void *arg) {
    machine *k = arg;
    if (!k->m->nmemories || k->m->memories[0].limits.is64) give_up(k);
    k->limit = k->m->memories[0].limits.min << k->m->memories[0].limits.page_log2;
    k->code = WR_NEW0(&env->pass, wr_body *, k->m->nfuncs);
    k->stack = WR_NEW(&env->pass, uint64_t, STACK);
    k->labels = WR_NEW(&env->pass, label, LABELS);
    k->labels_end = k->labels + LABELS;
    read_globals(k);
    call(k, k->m->start);
}

bool wr_interp_run_start(wr_env *env, wr_arena *arena, const wr_module *m, wr_memory_image *image) {
    machine k = {.env = env, .arena = arena, .m = m, .image = image, .room = image->n};
    wr_diag before = env->diag;
    wr_status status = wr_try(env, run, &k);
    wr_arena_reset(&env->pass);
    if (status != WR_OK && status != WR_USAGE && status != WR_BAD_INPUT) wr_rethrow(env, &env->diag);
    env->diag = before;
    return status == WR_OK;
}
