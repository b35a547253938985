// Executes instructions that use only the stack, locals, globals and memory.
#include "eval.h"
#include "interp_parts.h"

// Replaces the operands on the stack by the result. Returns false for what is no computation of numbers.
static bool calculate(wr_interp *k, unsigned op) {
    const wr_opinfo *info = &wr_opinfos[op];
    uint64_t *operand = &k->stack[k->sp - info->npop], result;
    if (info->custom || info->npush != 1 || (info->npop != 1 && info->npop != 2)) return false;
    bool ok = info->npop == 1 ? wr_eval_unary(op, operand[0], &result)
                              : wr_eval_binary(op, operand[0], operand[1], &result);
    if (!ok) return false;
    operand[0] = info->push == WR_I32 ? (uint32_t)result : result;
    k->sp -= info->npop - 1u;
    return true;
}

static uint64_t extend(unsigned op, uint64_t value) {
    switch (op) {
    case WR_OP_I32_LOAD8_S: return (uint64_t)(int64_t)(int8_t)value & UINT32_MAX;
    case WR_OP_I32_LOAD16_S: return (uint64_t)(int64_t)(int16_t)value & UINT32_MAX;
    case WR_OP_I64_LOAD8_S: return (uint64_t)(int64_t)(int8_t)value;
    case WR_OP_I64_LOAD16_S: return (uint64_t)(int64_t)(int16_t)value;
    case WR_OP_I64_LOAD32_S: return (uint64_t)(int64_t)(int32_t)value;
    default: return value;
    }
}

static bool access_memory(wr_interp *k, const wr_ins *ins) {
    unsigned size = 1u << wr_natural_align(wr_opinfos[ins->op].imm);
    if (ins->a || ins->op < WR_OP_I32_LOAD || ins->op > WR_OP_I64_STORE32) return false;
    if (ins->op < WR_OP_I32_STORE) {
        uint64_t *top = &k->stack[k->sp - 1];
        *top = extend(ins->op, wr_interp_load(k, *top + ins->b, size));
        return true;
    }
    k->sp -= 2;
    wr_interp_store(k, k->stack[k->sp] + ins->b, k->stack[k->sp + 1], size);
    return true;
}

// Memory instructions with three operands.
static bool move_memory(wr_interp *k, const wr_ins *ins) {
    bool one_memory = !ins->a && !ins->b;
    const uint64_t *operand = &k->stack[k->sp - 3];
    const wr_data *data;
    switch (ins->op) {
    case WR_OP_MEMORY_FILL:
        if (!one_memory) return false;
        wr_interp_fill(k, operand[0], (uint8_t)operand[1], operand[2]);
        break;
    case WR_OP_MEMORY_COPY:
        if (!one_memory) return false;
        wr_interp_copy(k, operand[0], operand[1], operand[2]);
        break;
    case WR_OP_MEMORY_INIT:
        data = &k->m->datas[ins->a];
        if (ins->b || data->mode != WR_PASSIVE) return false;
        wr_interp_init(k, operand[0], data->bytes, operand[1], operand[2]);
        break;
    default: return false;
    }
    k->sp -= 3;
    return true;
}

static uint64_t get_global(const wr_interp *k, uint32_t global) {
    if (!k->known[global]) wr_interp_give_up(k, "global %u is not known", global);
    return k->globals[global];
}

static void record_global(wr_interp *k, uint32_t global) {
    wr_interp_undo *undo = &k->undo;
    if (!undo->global_epoch || undo->global_epoch[global] == undo->epoch) return;
    undo->global_epoch[global] = undo->epoch;
    wr_interp_change change = {global, k->known[global], k->globals[global]};
    WR_PUSH(&k->env->pass, undo->globals, change);
}

static void set_global(wr_interp *k, uint32_t global, uint64_t value) {
    bool defined = k->m->globals[global].import == WR_NONE && wr_interp_is_number(k->m->globals[global].type);
    if (!defined) wr_interp_give_up(k, "global %u is not a number of this module", global);
    record_global(k, global);
    k->globals[global] = value;
    k->known[global] = k->written = true;
}

bool wr_interp_step(wr_interp *k, const wr_ins *ins, uint64_t *locals) {
    uint64_t *top = &k->stack[k->sp];
    switch (ins->op) {
    case WR_OP_NOP: return true;
    case WR_OP_DROP: k->sp--; return true;
    case WR_OP_I32_CONST: *top = (uint32_t)ins->b, k->sp++; return true;
    case WR_OP_I64_CONST:
    case WR_OP_F32_CONST:
    case WR_OP_F64_CONST: *top = ins->b, k->sp++; return true;
    case WR_OP_LOCAL_GET: *top = locals[wr_ins_local(ins)], k->sp++; return true;
    case WR_OP_LOCAL_SET: locals[wr_ins_local(ins)] = top[-1], k->sp--; return true;
    case WR_OP_LOCAL_TEE: locals[wr_ins_local(ins)] = top[-1]; return true;
    case WR_OP_GLOBAL_GET: *top = get_global(k, wr_ins_global(ins)), k->sp++; return true;
    case WR_OP_GLOBAL_SET: set_global(k, wr_ins_global(ins), top[-1]), k->sp--; return true;
    case WR_OP_SELECT:
        if (!top[-1]) top[-3] = top[-2];
        k->sp -= 2;
        return true;
    case WR_OP_MEMORY_SIZE:
        if (ins->a) return false;
        *top = k->m->memories[0].limits.min, k->sp++;
        return true;
    default:
        return wr_is_memarg(wr_opinfos[ins->op].imm) ? access_memory(k, ins)
                                                     : calculate(k, ins->op) || move_memory(k, ins);
    }
}
