// Computes the key of a body in one sweep over it. Kept are opcodes, small constants and offsets, depths
// of branches. Constants that may be addresses of data are left out, and so are indices of locals: passes
// that share locals renumber them.
#include "body_key.h"

#include "ir/ins.h"
#include "support/hash.h"
#include "support/reader.h"

enum { LOWEST_ADDRESS = 1024 }; // where linkers begin to place data

// A constant, or 0 where it may be an address.
static uint64_t constant(unsigned op, uint64_t value) {
    if (op != WR_OP_I32_CONST) return value;
    int32_t number = (int32_t)(uint32_t)value;
    return number < LOWEST_ADDRESS && number > -LOWEST_ADDRESS ? value & UINT32_MAX : 0;
}

static uint64_t hash_type(const wr_type *type) {
    uint64_t hash = type->nparams;
    for (uint32_t i = 0; i < type->nparams + type->nresults; i++)
        hash = wr_hash_word(hash, wr_has_index(type->values[i]) ? WR_REF : type->values[i]);
    return hash;
}

uint64_t wr_body_key(wr_env *env, const wr_module *m, uint32_t func) {
    wr_u32s ext = {0};
    wr_ins ins;
    uint64_t hash = hash_type(wr_func_type(m, func));
    wr_reader r = wr_ins_reader(env, m->funcs[func].body, wr_func_offset(m, func));
    while (!wr_at_end(&r)) {
        ext.n = 0;
        wr_ins_read(&r, &env->temp, &ext, &ins);
        const wr_opinfo *info = &wr_opinfos[ins.op];
        uint64_t word = ins.op;
        if (wr_is_number_const(ins.op))
            word |= constant(ins.op, ins.b) << 16;
        else if (wr_is_memarg(info->imm))
            word |= (ins.b < LOWEST_ADDRESS ? ins.b : 0) << 16;
        else if (info->imm == WR_IMM_LABEL)
            word |= (uint64_t)ins.a << 16;
        hash = wr_hash_word(hash, word);
    }
    return hash;
}
