// The tables of instructions: opcodes.def and immediates.def laid out as arrays.
#include "ins.h"

// Expands the text of a signature to initializers of wr_opinfo's fields.
#define SIG(pops, pushes, result, ...) \
    .npop = pops, .npush = pushes, .push = result, .pop = {__VA_ARGS__}, .takes = pops, .leaves = pushes
#define SIG_custom .custom = true, .takes = WR_VARIES
#define SIG_custom_0_1 .custom = true, .takes = 0, .leaves = 1
#define SIG_custom_1_0 .custom = true, .takes = 1, .leaves = 0
#define SIG_custom_1_1 .custom = true, .takes = 1, .leaves = 1
#define SIG_custom_2_0 .custom = true, .takes = 2, .leaves = 0
#define SIG_custom_2_1 .custom = true, .takes = 2, .leaves = 1
#define SIG_custom_2_2 .custom = true, .takes = 2, .leaves = 2
#define SIG_custom_3_0 .custom = true, .takes = 3, .leaves = 0
#define SIG_custom_3_1 .custom = true, .takes = 3, .leaves = 1
#define SIG_custom_4_0 .custom = true, .takes = 4, .leaves = 0
#define SIG_custom_4_1 .custom = true, .takes = 4, .leaves = 1
#define SIG_custom_4_2 .custom = true, .takes = 4, .leaves = 2
#define SIG_custom_5_0 .custom = true, .takes = 5, .leaves = 0
#define SIG__a SIG(0, 1, WR_SIG_ADDRESS, 0)
#define SIG__d SIG(0, 1, WR_F64, 0)
#define SIG__f SIG(0, 1, WR_F32, 0)
#define SIG__i SIG(0, 1, WR_I32, 0)
#define SIG__l SIG(0, 1, WR_I64, 0)
#define SIG__v SIG(0, 1, WR_V128, 0)
#define SIG_a_a SIG(1, 1, WR_SIG_ADDRESS, WR_SIG_ADDRESS)
#define SIG_a_d SIG(1, 1, WR_F64, WR_SIG_ADDRESS)
#define SIG_a_f SIG(1, 1, WR_F32, WR_SIG_ADDRESS)
#define SIG_aa_ SIG(2, 0, 0, WR_SIG_ADDRESS, WR_SIG_ADDRESS)
#define SIG_a_i SIG(1, 1, WR_I32, WR_SIG_ADDRESS)
#define SIG_a_l SIG(1, 1, WR_I64, WR_SIG_ADDRESS)
#define SIG_a_v SIG(1, 1, WR_V128, WR_SIG_ADDRESS)
#define SIG_ad_ SIG(2, 0, 0, WR_SIG_ADDRESS, WR_F64)
#define SIG_af_ SIG(2, 0, 0, WR_SIG_ADDRESS, WR_F32)
#define SIG_ai_ SIG(2, 0, 0, WR_SIG_ADDRESS, WR_I32)
#define SIG_ai_i SIG(2, 1, WR_I32, WR_SIG_ADDRESS, WR_I32)
#define SIG_aia_ SIG(3, 0, 0, WR_SIG_ADDRESS, WR_I32, WR_SIG_ADDRESS)
#define SIG_aii_i SIG(3, 1, WR_I32, WR_SIG_ADDRESS, WR_I32, WR_I32)
#define SIG_ail_i SIG(3, 1, WR_I32, WR_SIG_ADDRESS, WR_I32, WR_I64)
#define SIG_al_ SIG(2, 0, 0, WR_SIG_ADDRESS, WR_I64)
#define SIG_al_l SIG(2, 1, WR_I64, WR_SIG_ADDRESS, WR_I64)
#define SIG_all_i SIG(3, 1, WR_I32, WR_SIG_ADDRESS, WR_I64, WR_I64)
#define SIG_all_l SIG(3, 1, WR_I64, WR_SIG_ADDRESS, WR_I64, WR_I64)
#define SIG_av_ SIG(2, 0, 0, WR_SIG_ADDRESS, WR_V128)
#define SIG_av_v SIG(2, 1, WR_V128, WR_SIG_ADDRESS, WR_V128)
#define SIG_d_d SIG(1, 1, WR_F64, WR_F64)
#define SIG_d_f SIG(1, 1, WR_F32, WR_F64)
#define SIG_d_i SIG(1, 1, WR_I32, WR_F64)
#define SIG_d_l SIG(1, 1, WR_I64, WR_F64)
#define SIG_d_v SIG(1, 1, WR_V128, WR_F64)
#define SIG_dd_d SIG(2, 1, WR_F64, WR_F64, WR_F64)
#define SIG_dd_i SIG(2, 1, WR_I32, WR_F64, WR_F64)
#define SIG_f_d SIG(1, 1, WR_F64, WR_F32)
#define SIG_f_f SIG(1, 1, WR_F32, WR_F32)
#define SIG_f_i SIG(1, 1, WR_I32, WR_F32)
#define SIG_f_l SIG(1, 1, WR_I64, WR_F32)
#define SIG_f_v SIG(1, 1, WR_V128, WR_F32)
#define SIG_ff_f SIG(2, 1, WR_F32, WR_F32, WR_F32)
#define SIG_ff_i SIG(2, 1, WR_I32, WR_F32, WR_F32)
#define SIG_i_d SIG(1, 1, WR_F64, WR_I32)
#define SIG_i_f SIG(1, 1, WR_F32, WR_I32)
#define SIG_i_i SIG(1, 1, WR_I32, WR_I32)
#define SIG_i_l SIG(1, 1, WR_I64, WR_I32)
#define SIG_i_v SIG(1, 1, WR_V128, WR_I32)
#define SIG_ii_i SIG(2, 1, WR_I32, WR_I32, WR_I32)
#define SIG_l_d SIG(1, 1, WR_F64, WR_I64)
#define SIG_l_f SIG(1, 1, WR_F32, WR_I64)
#define SIG_l_i SIG(1, 1, WR_I32, WR_I64)
#define SIG_l_l SIG(1, 1, WR_I64, WR_I64)
#define SIG_l_v SIG(1, 1, WR_V128, WR_I64)
#define SIG_ll_i SIG(2, 1, WR_I32, WR_I64, WR_I64)
#define SIG_ll_l SIG(2, 1, WR_I64, WR_I64, WR_I64)
#define SIG_none SIG(0, 0, 0, 0)
#define SIG_v_d SIG(1, 1, WR_F64, WR_V128)
#define SIG_v_f SIG(1, 1, WR_F32, WR_V128)
#define SIG_v_i SIG(1, 1, WR_I32, WR_V128)
#define SIG_v_l SIG(1, 1, WR_I64, WR_V128)
#define SIG_v_v SIG(1, 1, WR_V128, WR_V128)
#define SIG_vd_v SIG(2, 1, WR_V128, WR_V128, WR_F64)
#define SIG_vf_v SIG(2, 1, WR_V128, WR_V128, WR_F32)
#define SIG_vi_v SIG(2, 1, WR_V128, WR_V128, WR_I32)
#define SIG_vl_v SIG(2, 1, WR_V128, WR_V128, WR_I64)
#define SIG_vv_v SIG(2, 1, WR_V128, WR_V128, WR_V128)
#define SIG_vvv_v SIG(3, 1, WR_V128, WR_V128, WR_V128, WR_V128)

const wr_opinfo wr_opinfos[WR_OPS] = {
#define OP(id, pre, opcode, name, immediates, sig, feat, eff, speed) \
    [WR_OP_##id] = {.text = name, \
                    .code = opcode, \
                    .prefix = pre, \
                    .imm = WR_IMM_##immediates, \
                    .feature = WR_FEATURE_##feat, \
                    .cost = speed, \
                    .effects = eff, \
                    SIG_##sig},
#include "opcodes.def"
#undef OP
};

// --- Short forms ---

#define IS_INDEX(imm) ((imm) == WR_IMM_LABEL || ((imm) >= WR_IMM_LOCAL && (imm) <= WR_IMM_ELEM))
#define IS_NUMBER(imm) ((imm) == WR_IMM_I32 || (imm) == WR_IMM_I64)
#define IS_ACCESS(imm) ((imm) >= WR_IMM_MEMARG0 && (imm) <= WR_IMM_MEMARG4)
#define NO_TYPE 0x40 // code of an empty block type
#define NEVER 1      // what no byte is after masking with 0
#define SHORT_FORM(id, imm) \
    { \
        WR_OP_##id, \
            (imm) == WR_IMM_NONE                                       ? 1 \
            : IS_INDEX(imm) || IS_NUMBER(imm) || (imm) == WR_IMM_BLOCK ? 2 \
            : IS_ACCESS(imm)                                           ? WR_ACCESS_SIZE \
                                                                       : 0, \
            (imm) == WR_IMM_NONE || IS_ACCESS(imm) ? 0 \
            : (imm) == WR_IMM_BLOCK                ? 0xff \
                                                   : 0x80, \
            (imm) == WR_IMM_BLOCK ? NO_TYPE \
            : IS_ACCESS(imm)      ? NEVER \
                                  : 0, \
            IS_INDEX(imm) ? 0x7f : 0, IS_NUMBER(imm) ? 0x7f : 0 \
    }
#define OP(id, prefix, code, text, imm, ...) FORM_##prefix(id, code, WR_IMM_##imm)
#define FORM_0x00(id, code, imm) [code] = SHORT_FORM(id, imm),
#define FORM_0xfb(id, code, imm)
#define FORM_0xfc(id, code, imm)
#define FORM_0xfd(id, code, imm)
#define FORM_0xfe(id, code, imm)
const wr_short_form wr_op_short_forms[256] = {
#include "opcodes.def"
};
#undef OP

// --- By opcode ---

// wr_op + 1 by opcode, one table for each prefix; 0 for opcodes that do not exist.
#define OP(id, prefix, code, ...) CELL_##prefix(id, code)
#define CELL_0x00(id, code) [code] = WR_OP_##id + 1,
#define CELL_0xfb(id, code)
#define CELL_0xfc(id, code)
#define CELL_0xfd(id, code)
#define CELL_0xfe(id, code)
const uint16_t wr_op_plain[256] = {
#include "opcodes.def"
};
#undef CELL_0x00
#define CELL_0x00(id, code)
#undef CELL_0xfb
#define CELL_0xfb(id, code) [code] = WR_OP_##id + 1,
static const uint16_t ops_fb[] = {
#include "opcodes.def"
};
#undef CELL_0xfb
#define CELL_0xfb(id, code)
#undef CELL_0xfc
#define CELL_0xfc(id, code) [code] = WR_OP_##id + 1,
static const uint16_t ops_fc[] = {
#include "opcodes.def"
};
#undef CELL_0xfc
#define CELL_0xfc(id, code)
#undef CELL_0xfd
#define CELL_0xfd(id, code) [code] = WR_OP_##id + 1,
static const uint16_t ops_fd[] = {
#include "opcodes.def"
};
#undef CELL_0xfd
#define CELL_0xfd(id, code)
#undef CELL_0xfe
#define CELL_0xfe(id, code) [code] = WR_OP_##id + 1,
static const uint16_t ops_fe[] = {
#include "opcodes.def"
};
#undef CELL_0xfe
#define CELL_0xfe(id, code)
#undef OP

unsigned wr_op_prefixed(uint8_t prefix, uint32_t code) {
    switch (prefix) {
    case 0xfb: return code < WR_COUNT(ops_fb) ? ops_fb[code] : 0;
    case 0xfc: return code < WR_COUNT(ops_fc) ? ops_fc[code] : 0;
    case 0xfd: return code < WR_COUNT(ops_fd) ? ops_fd[code] : 0;
    case 0xfe: return code < WR_COUNT(ops_fe) ? ops_fe[code] : 0;
    default: return 0;
    }
}

// --- Immediates ---

const wr_imm_info wr_imm_infos[] = {
#define IMM(kind, first, second, naming, has_words, has_types, fields) \
    [WR_IMM_##kind] = {.a = WR_##first, \
                       .b = WR_##second, \
                       .labels = WR_LABELS_##naming, \
                       .words = has_words, \
                       .types = has_types},
#include "immediates.def"
#undef IMM
};

uint32_t wr_ins_word_count(const wr_ins *ins, const uint32_t *ext) {
    const wr_imm_info *info = &wr_imm_infos[wr_opinfos[ins->op].imm];
    if (!info->words) return 0;
    switch (info->labels) {
    case WR_LABELS_LIST: return ins->a + 1;
    case WR_LABELS_CATCHES: return 1 + 3 * ext[ins->b];
    case WR_LABELS_HANDLERS: return 2 + 3 * ext[ins->b];
    default: return info->types ? ins->a : 4;
    }
}

unsigned wr_op_opposite(unsigned op) {
    switch (op) {
#define PAIR(a, b) \
    case WR_OP_I32_##a: return WR_OP_I32_##b; \
    case WR_OP_I32_##b: return WR_OP_I32_##a; \
    case WR_OP_I64_##a: return WR_OP_I64_##b; \
    case WR_OP_I64_##b: return WR_OP_I64_##a;
        PAIR(EQ, NE)
        PAIR(LT_S, GE_S)
        PAIR(LT_U, GE_U)
        PAIR(GT_S, LE_S)
        PAIR(GT_U, LE_U)
#undef PAIR
    case WR_OP_F32_EQ: return WR_OP_F32_NE;
    case WR_OP_F32_NE: return WR_OP_F32_EQ;
    case WR_OP_F64_EQ: return WR_OP_F64_NE;
    case WR_OP_F64_NE: return WR_OP_F64_EQ;
    default: return 0;
    }
}

unsigned wr_ins_lane_count(unsigned imm) {
    switch (imm) {
    case WR_IMM_LANE2: return 2;
    case WR_IMM_LANE4: return 4;
    case WR_IMM_LANE8: return 8;
    case WR_IMM_LANE16: return 16;
    case WR_IMM_MEMLANE0:
    case WR_IMM_MEMLANE1:
    case WR_IMM_MEMLANE2:
    case WR_IMM_MEMLANE3: return 16u >> (imm - WR_IMM_MEMLANE0);
    default: return 0;
    }
}
