// The core of the validator: the operand stack, checks of immediates, instructions whose signature is in
// opcodes.def, and the sweep over a body or constant expression. Instructions with rules of their own are in
// the other validate files.
#include "validate_parts.h"

// --- Failing ---

void wr_validator_mismatch(wr_validator *v, wr_valtype expected, wr_valtype found, uint32_t operand) {
    wr_type_text want = wr_valtype_text(expected), have = wr_valtype_text(found);
    const char *text = wr_opinfos[v->op].text;
    if (operand)
        WR_INVALID(v, "type mismatch: expected %s, found %s at operand %u of %s", want.s, have.s, operand,
                   text);
    WR_INVALID(v, "type mismatch: expected %s, found %s at %s", want.s, have.s, text);
}

static _Noreturn void missing_operand(wr_validator *v, wr_valtype expected, uint32_t operand) {
    WR_INVALID(v, "type mismatch: expected %s, found nothing on the stack at operand %u of %s",
               wr_valtype_text(expected).s, operand, wr_opinfos[v->op].text);
}

// --- The operand stack ---

void wr_validator_grow(wr_validator *v, uint32_t more) {
    uint64_t cap = (uint64_t)v->vals_cap * 2 + more;
    if (v->nvals + (uint64_t)more > v->vals_max)
        WR_INVALID(v, "more than %u values on the stack", v->vals_max);
    v->vals = wr_grow(&v->env->temp, v->vals, v->vals_cap * sizeof *v->vals, cap * sizeof *v->vals);
    v->vals_cap = (uint32_t)cap;
}

void wr_validator_pop_slow(wr_validator *v, wr_valtype type, uint32_t operand) {
    if (v->nvals == v->floor) {
        if (v->unreachable) return;
        missing_operand(v, type, operand);
    }
    wr_valtype found = v->vals[--v->nvals];
    if (!wr_valtype_is_canon_subtype(v->m, found, type)) wr_validator_mismatch(v, type, found, operand);
}

wr_valtype wr_validator_pop_any(wr_validator *v, uint32_t operand) {
    if (WR_LIKELY(v->nvals > v->floor)) return v->vals[--v->nvals];
    if (!v->unreachable) missing_operand(v, WR_BOTTOM, operand);
    return WR_BOTTOM;
}

wr_valtype wr_validator_pop_ref(wr_validator *v, uint32_t operand) {
    wr_valtype found = wr_validator_pop_any(v, operand);
    if (found == WR_BOTTOM) return WR_REF | WR_ABS(WR_HEAP_BOTTOM);
    if (!wr_is_ref(found))
        WR_INVALID(v, "type mismatch: expected a reference, found %s at operand %u of %s",
                   wr_valtype_text(found).s, operand, wr_opinfos[v->op].text);
    return found;
}

void wr_validator_push_types(wr_validator *v, const wr_valtype *types, uint32_t n) {
    if (v->vals_cap - v->nvals < n) wr_validator_grow(v, n);
    for (uint32_t i = 0; i < n; i++) v->vals[v->nvals++] = wr_canon_type(v->m, types[i]);
}

void wr_validator_pop_types(wr_validator *v, const wr_valtype *types, uint32_t n) {
    for (uint32_t i = n; i > 0; i--) {
        if (v->nvals == v->floor && v->unreachable) return; // bounds the work by the number of values pushed
        wr_validator_pop_is(v, wr_canon_type(v->m, types[i - 1]), i);
    }
}

// --- Immediates ---

static const char *const space_texts[] = {
    [WR_FUNC] = "function", [WR_TABLE] = "table", [WR_MEMORY] = "memory",     [WR_GLOBAL] = "global",
    [WR_TAG] = "tag",       [WR_TYPE] = "type",   [WR_DATA] = "data segment", [WR_ELEM] = "element segment",
};

void wr_validator_check_index(wr_validator *v, wr_space space, uint32_t index) {
    if (space == WR_FUNC_ADDR) space = WR_FUNC;
    uint32_t size = space == WR_GLOBAL ? v->visible_globals : wr_space_size(v->m, space);
    if (WR_UNLIKELY(space == WR_DATA && !v->m->has_data_count))
        WR_INVALID(v, "expected a data count section, since %s names a data segment", wr_opinfos[v->op].text);
    if (WR_UNLIKELY(index >= size))
        WR_INVALID(v, "%s %u is out of range: there are %u", space_texts[space], index, size);
}

void wr_validator_check_heaptype(wr_validator *v, wr_heaptype heap) {
    if (wr_is_concrete(heap)) wr_validator_check_index(v, WR_TYPE, wr_type_index(heap));
    v->features |= wr_heaptype_features(v->m, heap);
}

void wr_validator_check_valtype(wr_validator *v, wr_valtype type) {
    if (wr_has_index(type)) wr_validator_check_index(v, WR_TYPE, wr_type_index(type));
    v->features |= wr_valtype_features(v->m, type);
}

static void check_memarg(wr_validator *v, const wr_ins *ins, unsigned imm) {
    unsigned natural = wr_natural_align(imm);
    bool is_atomic = imm >= WR_IMM_ATOMIC0 && imm <= WR_IMM_ATOMIC3;
    if (WR_UNLIKELY(ins->x > natural || (is_atomic && ins->x != natural)))
        WR_INVALID(v, "expected an alignment of %s2^%u at %s, found 2^%u", is_atomic ? "" : "at most ",
                   natural, wr_opinfos[ins->op].text, ins->x);
    if (WR_UNLIKELY(ins->b > UINT32_MAX && !v->m->memories[ins->a].limits.is64))
        WR_INVALID(v, "expected an offset of 32 bits, found %llu", (unsigned long long)ins->b);
}

static void check_shuffle(wr_validator *v, const uint32_t *words) {
    for (int i = 0; i < 4; i++)
        if (words[i] & 0xe0e0e0e0u) WR_INVALID(v, "expected lanes below 32 at i8x16.shuffle");
}

// Checks the immediates that are not indices.
static void check_immediates(wr_validator *v, const wr_ins *ins, unsigned imm) {
    if (wr_is_memarg(imm)) check_memarg(v, ins, imm);
    unsigned lanes = wr_ins_lane_count(imm);
    if (lanes && ins->y >= lanes)
        WR_INVALID(v, "expected a lane below %u at %s, found %u", lanes, wr_opinfos[ins->op].text, ins->y);
    if (imm == WR_IMM_SHUFFLE) check_shuffle(v, v->ext.v + ins->b);
    if (imm == WR_IMM_FENCE && ins->x)
        WR_INVALID(v, "expected a zero byte after atomic.fence, found 0x%02x", ins->x);
}

// --- Instructions with a signature ---

static void validate_simple(wr_validator *v, const wr_ins *ins, const wr_opinfo *info) {
    check_immediates(v, ins, info->imm);
    bool has_memory = wr_is_memarg(info->imm) || info->imm == WR_IMM_MEMORY;
    wr_valtype address = has_memory ? wr_address_type(v->m->memories[ins->a].limits) : WR_I32;
    for (uint32_t i = info->npop; i > 0; i--) {
        wr_valtype type = info->pop[i - 1];
        wr_validator_pop_is(v, type == WR_SIG_ADDRESS ? address : type, i);
    }
    if (info->npush) wr_validator_push(v, info->push == WR_SIG_ADDRESS ? address : info->push);
}

// --- Constant expressions ---

static bool is_constant(unsigned op) {
    switch (op) {
    case WR_OP_I32_CONST:
    case WR_OP_I64_CONST:
    case WR_OP_F32_CONST:
    case WR_OP_F64_CONST:
    case WR_OP_V128_CONST:
    case WR_OP_REF_NULL:
    case WR_OP_REF_FUNC:
    case WR_OP_REF_I31:
    case WR_OP_REF_I31_SHARED:
    case WR_OP_REF_I31_SHARED_MOVED:
    case WR_OP_GLOBAL_GET:
    case WR_OP_STRUCT_NEW:
    case WR_OP_STRUCT_NEW_DEFAULT:
    case WR_OP_STRUCT_NEW_DESC:
    case WR_OP_STRUCT_NEW_DEFAULT_DESC:
    case WR_OP_ARRAY_NEW:
    case WR_OP_ARRAY_NEW_DEFAULT:
    case WR_OP_ARRAY_NEW_FIXED:
    case WR_OP_ANY_CONVERT_EXTERN:
    case WR_OP_EXTERN_CONVERT_ANY:
    case WR_OP_END: return true;
    default: return false;
    }
}

static bool is_extended_constant(unsigned op) {
    return op == WR_OP_I32_ADD || op == WR_OP_I32_SUB || op == WR_OP_I32_MUL || op == WR_OP_I64_ADD ||
           op == WR_OP_I64_SUB || op == WR_OP_I64_MUL;
}

static void check_constant(wr_validator *v, const wr_ins *ins) {
    if (is_extended_constant(ins->op))
        v->features |= WR_F(EXTENDED_CONST);
    else if (!is_constant(ins->op))
        WR_INVALID(v, "expected a constant expression, found %s in it", wr_opinfos[ins->op].text);
    if (ins->op != WR_OP_GLOBAL_GET || ins->a >= v->visible_globals) return;
    const wr_global *global = &v->m->globals[ins->a];
    if (global->mutable)
        WR_INVALID(v, "expected an immutable global in a constant expression, found global %u", ins->a);
    if (global->import == WR_NONE) v->features |= WR_F(GC);
}

// --- The sweep ---

static void dispatch_custom(wr_validator *v, const wr_ins *ins, const wr_opinfo *info) {
    if (ins->op >= WR_OP_LOCAL_GET && ins->op <= WR_OP_LOCAL_TEE)
        wr_validate_local(v, ins);
    else if (ins->op == WR_OP_DROP || ins->op == WR_OP_SELECT || ins->op == WR_OP_SELECT_T)
        wr_validate_refs(v, ins);
    else if (ins->op <= WR_OP_TRY_TABLE)
        wr_validate_control(v, ins);
    else if (ins->op >= WR_OP_REF_NULL && ins->op <= WR_OP_BR_ON_NON_NULL)
        wr_validate_refs(v, ins);
    else if (ins->op >= WR_OP_REF_TEST && ins->op <= WR_OP_BR_ON_CAST_FAIL)
        wr_validate_refs(v, ins);
    else if (ins->op >= WR_OP_REF_GET_DESC && ins->op <= WR_OP_BR_ON_CAST_DESC_EQ_FAIL)
        wr_validate_refs(v, ins);
    else if (info->feature == WR_FEATURE_SHARED_EVERYTHING)
        wr_validate_shared(v, ins);
    else if (info->feature == WR_FEATURE_STACK_SWITCHING)
        wr_validate_stack_switching(v, ins);
    else if (info->prefix == 0xfb)
        wr_validate_gc(v, ins);
    else
        wr_validate_bulk(v, ins);
}

// Whether the instruction clearly names no entity: the common cases, in which the collector need not be
// called.
static bool names_nothing(const wr_ins *ins, unsigned imm) {
    return imm == WR_IMM_NONE || imm == WR_IMM_LABEL || (imm == WR_IMM_BLOCK && ins->x == WR_BLOCK_EMPTY);
}

static void check_entity(wr_validator *v, wr_space space, uint32_t index) {
    wr_validator_check_index(v, space, index);
    if (WR_UNLIKELY(v->m->features & WR_F(SHARED_EVERYTHING))) wr_validator_check_sharing(v, space, index);
}

static void validate_ins(wr_validator *v, const wr_ins *ins) {
    const wr_opinfo *info = &wr_opinfos[ins->op];
    v->op = (wr_op)ins->op;
    v->features |= (uint64_t)1 << info->feature;
    if (v->constant) check_constant(v, ins);
    wr_imm_info spaces = wr_imm_infos[info->imm];
    if (spaces.a != WR_NO_SPACE) {
        check_entity(v, (wr_space)spaces.a, ins->a);
        if (spaces.b != WR_NO_SPACE) check_entity(v, (wr_space)spaces.b, (uint32_t)ins->b);
    }
    if (info->custom)
        dispatch_custom(v, ins, info);
    else
        validate_simple(v, ins, info);
    if (v->c && !names_nothing(ins, info->imm)) wr_collector_add_ins(v->c, ins, v->ext.v);
}

static void sweep(wr_validator *v) {
    wr_ins ins;
    while (v->nframes) {
        if (!v->constant) wr_validate_straight(v);
        v->at = v->r.p;
        v->ext.n = 0;
        wr_ins_read(&v->r, &v->env->temp, &v->ext, &ins);
        validate_ins(v, &ins);
        v->ninstructions++;
    }
    if (!wr_at_end(&v->r))
        wr_reader_fail(&v->r, "expected nothing after the last end, found %zu more bytes", wr_left(&v->r));
}

// Limits the operand stack to one value for each byte of the body, plus room for calls with many results.
static uint32_t stack_limit(size_t body_size) {
    uint64_t limit = ((uint64_t)1 << 20) + body_size;
    return limit < UINT32_MAX / 4 ? (uint32_t)limit : UINT32_MAX / 4;
}

uint64_t wr_validate_func(wr_env *env, const wr_module *m, uint32_t index, wr_collector *c,
                          wr_summary *summary) {
    const wr_func *func = &m->funcs[index];
    if (func->import != WR_NONE) return 0;
    wr_validator v = {.env = env, .m = m, .c = c, .visible_globals = m->nglobals};
    v.r = wr_reader_of(env, func->body, wr_func_offset(m, index));
    v.at = v.r.p;
    v.vals_max = stack_limit(func->body.n);
    wr_validator_grow(&v, 64);
    v.address = m->nmemories ? wr_address_type(m->memories[0].limits) : WR_BOTTOM;
    env->func = index;
    if (c) wr_collector_begin(c, m);
    const wr_type *type = &m->types[func->type];
    v.shared = type->is_shared;
    if (v.shared) v.features |= WR_F(SHARED_EVERYTHING);
    wr_validator_begin_locals(&v, type, func->body.n);
    wr_validator_push_frame(&v, WR_OP_NOP, (wr_block_types){.type = type, .nresults = type->nresults});
    sweep(&v);
    env->func = WR_NONE;
    if (c) {
        if (v.memory_uses > 1) wr_collector_add_many(c, WR_MEMORY, 0, v.memory_uses - 1);
        c->features = v.features;
        c->ninstructions = v.ninstructions;
        wr_collector_end(c, &env->perm, summary);
    }
    return v.features;
}

void wr_validate_begin_constants(wr_validator *v, wr_env *env, wr_module *m) {
    *v = (wr_validator){
        .env = env, .m = m, .constant = true, .declaring = m->funcs, .vals_max = UINT32_MAX / 4};
}

void wr_validate_constant(wr_validator *v, const wr_expr *expr, wr_valtype type, uint32_t visible_globals) {
    v->r = wr_reader_of(v->env, expr->code, expr->offset);
    v->at = v->r.p;
    v->visible_globals = visible_globals;
    v->nvals = 0;
    wr_validator_push_frame(v, WR_OP_NOP, (wr_block_types){.single = type, .nresults = 1});
    sweep(v);
    v->nvals = 0;
}
