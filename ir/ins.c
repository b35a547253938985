// Decodes and encodes single instructions, driven by opcodes.def: a table from opcode bytes to wr_op, and one
// case for each kind of immediates.
#include "ins.h"

#include "module.h"

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

#define IS_INDEX(imm) ((imm) == WR_IMM_LABEL || ((imm) >= WR_IMM_LOCAL && (imm) <= WR_IMM_ELEM))
#define IS_NUMBER(imm) ((imm) == WR_IMM_I32 || (imm) == WR_IMM_I64)
#define NO_TYPE 0x40 // code of an empty block type
#define SHORT_FORM(id, imm) \
    { \
        WR_OP_##id, \
            (imm) == WR_IMM_NONE                                       ? 1 \
            : IS_INDEX(imm) || IS_NUMBER(imm) || (imm) == WR_IMM_BLOCK ? 2 \
                                                                       : 0, \
            (imm) == WR_IMM_NONE    ? 0 \
            : (imm) == WR_IMM_BLOCK ? 0xff \
                                    : 0x80, \
            (imm) == WR_IMM_BLOCK ? NO_TYPE : 0, IS_INDEX(imm) ? 0x7f : 0, IS_NUMBER(imm) ? 0x7f : 0 \
    }
#define OP(id, prefix, code, text, imm, ...) FORM_##prefix(id, code, WR_IMM_##imm)
#define FORM_0x00(id, code, imm) [code] = SHORT_FORM(id, imm),
#define FORM_0xfb(id, code, imm)
#define FORM_0xfc(id, code, imm)
#define FORM_0xfd(id, code, imm)
#define FORM_0xfe(id, code, imm)
const wr_short_form wr_short_forms[256] = {
#include "opcodes.def"
};
#undef OP

// wr_op + 1 by opcode, one table for each prefix; 0 for opcodes that do not exist.
#define OP(id, prefix, code, ...) CELL_##prefix(id, code)
#define CELL_0x00(id, code) [code] = WR_OP_##id + 1,
#define CELL_0xfb(id, code)
#define CELL_0xfc(id, code)
#define CELL_0xfd(id, code)
#define CELL_0xfe(id, code)
const uint16_t wr_plain_ops[256] = {
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

#define AB(first, second) \
    { WR_##first, WR_##second }
#define A(first) \
    { WR_##first, WR_NO_SPACE }
#define NEITHER \
    { WR_NO_SPACE, WR_NO_SPACE }
const wr_imm_spaces wr_imm_space[] = {
    [WR_IMM_NONE] = NEITHER,
    [WR_IMM_BLOCK] = NEITHER,
    [WR_IMM_LABEL] = NEITHER,
    [WR_IMM_LABELS] = NEITHER,
    [WR_IMM_LOCAL] = NEITHER,
    [WR_IMM_GLOBAL] = A(GLOBAL),
    [WR_IMM_TABLE] = A(TABLE),
    [WR_IMM_MEMORY] = A(MEMORY),
    [WR_IMM_TAG] = A(TAG),
    [WR_IMM_FUNC] = A(FUNC),
    [WR_IMM_FUNCREF] = A(FUNC_ADDR),
    [WR_IMM_TYPE] = A(TYPE),
    [WR_IMM_DATA] = A(DATA),
    [WR_IMM_ELEM] = A(ELEM),
    [WR_IMM_TYPE_TABLE] = AB(TYPE, TABLE),
    [WR_IMM_TYPES] = NEITHER,
    [WR_IMM_I32] = NEITHER,
    [WR_IMM_I64] = NEITHER,
    [WR_IMM_F32] = NEITHER,
    [WR_IMM_F64] = NEITHER,
    [WR_IMM_V128] = NEITHER,
    [WR_IMM_SHUFFLE] = NEITHER,
    [WR_IMM_HEAP] = NEITHER,
    [WR_IMM_CAST] = NEITHER,
    [WR_IMM_TYPE_FIELD] = A(TYPE),
    [WR_IMM_TYPE_COUNT] = A(TYPE),
    [WR_IMM_DATA_MEMORY] = AB(DATA, MEMORY),
    [WR_IMM_ELEM_TABLE] = AB(ELEM, TABLE),
    [WR_IMM_MEMORY_MEMORY] = AB(MEMORY, MEMORY),
    [WR_IMM_TABLE_TABLE] = AB(TABLE, TABLE),
    [WR_IMM_TYPE_TYPE] = AB(TYPE, TYPE),
    [WR_IMM_TYPE_DATA] = AB(TYPE, DATA),
    [WR_IMM_TYPE_ELEM] = AB(TYPE, ELEM),
    [WR_IMM_TYPE_TAG] = AB(TYPE, TAG),
    [WR_IMM_RESUME] = NEITHER,
    [WR_IMM_TRY_TABLE] = NEITHER,
    [WR_IMM_FENCE] = NEITHER,
    [WR_IMM_MEMARG0] = A(MEMORY),
    [WR_IMM_MEMARG1] = A(MEMORY),
    [WR_IMM_MEMARG2] = A(MEMORY),
    [WR_IMM_MEMARG3] = A(MEMORY),
    [WR_IMM_MEMARG4] = A(MEMORY),
    [WR_IMM_ATOMIC0] = A(MEMORY),
    [WR_IMM_ATOMIC1] = A(MEMORY),
    [WR_IMM_ATOMIC2] = A(MEMORY),
    [WR_IMM_ATOMIC3] = A(MEMORY),
    [WR_IMM_MEMLANE0] = A(MEMORY),
    [WR_IMM_MEMLANE1] = A(MEMORY),
    [WR_IMM_MEMLANE2] = A(MEMORY),
    [WR_IMM_MEMLANE3] = A(MEMORY),
    [WR_IMM_LANE2] = NEITHER,
    [WR_IMM_LANE4] = NEITHER,
    [WR_IMM_LANE8] = NEITHER,
    [WR_IMM_LANE16] = NEITHER,
};
#undef AB
#undef A
#undef NEITHER

unsigned wr_opposite(unsigned op) {
    switch (op) {
#define PAIR(a, b) \
    case WR_OP_I32_##a: return WR_OP_I32_##b; \
    case WR_OP_I32_##b: return WR_OP_I32_##a; \
    case WR_OP_I64_##a: return WR_OP_I64_##b; \
    case WR_OP_I64_##b: return WR_OP_I64_##a;
        PAIR(EQ, NE)
        PAIR(LT_S, GE_S) PAIR(LT_U, GE_U) PAIR(GT_S, LE_S) PAIR(GT_U, LE_U)
#undef PAIR
            case WR_OP_F32_EQ : return WR_OP_F32_NE;
    case WR_OP_F32_NE: return WR_OP_F32_EQ;
    case WR_OP_F64_EQ: return WR_OP_F64_NE;
    case WR_OP_F64_NE: return WR_OP_F64_EQ;
    default: return 0;
    }
}

unsigned wr_lane_count(unsigned imm) {
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

// --- Types in code ---

static const uint8_t number_codes[] = {
    [WR_I32] = 0x7f,  [WR_I64] = 0x7e, [WR_F32] = 0x7d, [WR_F64] = 0x7c,
    [WR_V128] = 0x7b, [WR_I8] = 0x78,  [WR_I16] = 0x77,
};

static const uint8_t heap_codes[] = {
    [WR_HEAP_FUNC] = 0x70, [WR_HEAP_EXTERN] = 0x6f, [WR_HEAP_ANY] = 0x6e,      [WR_HEAP_EQ] = 0x6d,
    [WR_HEAP_I31] = 0x6c,  [WR_HEAP_STRUCT] = 0x6b, [WR_HEAP_ARRAY] = 0x6a,    [WR_HEAP_EXN] = 0x69,
    [WR_HEAP_NONE] = 0x71, [WR_HEAP_NOFUNC] = 0x73, [WR_HEAP_NOEXTERN] = 0x72, [WR_HEAP_NOEXN] = 0x74,
    [WR_HEAP_CONT] = 0x68, [WR_HEAP_NOCONT] = 0x75,
};

#define SHARED_CODE 0x65 // precedes an abstract heap type that is shared between threads

static _Noreturn void refuse_shared(wr_reader *r, const uint8_t *at) {
    wr_bad_at(r, at, "the proposal \"shared-everything threads\" (shared types) is not handled");
}

// Returns the abstract heap type of a code byte, or WR_NONE.
static uint32_t heap_of_code(uint8_t code) {
    for (uint32_t i = 0; i < WR_COUNT(heap_codes); i++)
        if (heap_codes[i] == code) return WR_ABS(i);
    return WR_NONE;
}

#define EXACT_CODE 0x62 // precedes the index of an exact type

static wr_heaptype index_heaptype(wr_reader *r, const uint8_t *at, uint64_t index) {
    if (index > WR_INDEX_MASK) wr_bad_at(r, at, "type index %llu is too large", (unsigned long long)index);
    return (wr_heaptype)index;
}

wr_heaptype wr_read_heaptype(wr_reader *r) {
    const uint8_t *at = r->p;
    if (wr_left(r) && *at == EXACT_CODE) {
        r->p++;
        return WR_EXACT | index_heaptype(r, at, wr_read_u32(r));
    }
    int64_t code = wr_read_s33(r);
    if (code >= 0) return index_heaptype(r, at, (uint64_t)code);
    uint32_t heap = code >= -64 ? heap_of_code((uint8_t)(code & 0x7f)) : WR_NONE;
    if (*at == SHARED_CODE) refuse_shared(r, at);
    if (heap == WR_NONE || r->p != at + 1)
        wr_bad_at(r, at, "expected a heap type, found code %lld", (long long)code);
    return heap;
}

static wr_valtype read_type(wr_reader *r, bool packed) {
    const uint8_t *at = r->p;
    uint8_t code = wr_read_u8(r);
    switch (code) {
    case 0x7f: return WR_I32;
    case 0x7e: return WR_I64;
    case 0x7d: return WR_F32;
    case 0x7c: return WR_F64;
    case 0x7b: return WR_V128;
    case 0x64: return wr_ref_to(wr_read_heaptype(r), false);
    case 0x63: return wr_ref_to(wr_read_heaptype(r), true);
    default: break;
    }
    if (code == SHARED_CODE) refuse_shared(r, at);
    if (packed && code == 0x78) return WR_I8;
    if (packed && code == 0x77) return WR_I16;
    uint32_t heap = heap_of_code(code);
    if (heap == WR_NONE) wr_bad_at(r, at, "expected a value type, found byte 0x%02x", code);
    return wr_ref_to(heap, true);
}

wr_valtype wr_read_valtype(wr_reader *r) { return read_type(r, false); }
wr_valtype wr_read_storagetype(wr_reader *r) { return read_type(r, true); }

void wr_write_heaptype(wr_buf *b, wr_heaptype heap) {
    if (!wr_is_concrete(heap)) {
        wr_put_u8(b, heap_codes[heap & ~WR_ABSTRACT]);
    } else if (wr_is_exact(heap)) {
        wr_put_u8(b, EXACT_CODE);
        wr_put_uleb(b, wr_type_index(heap));
    } else {
        wr_put_sleb(b, heap);
    }
}

void wr_write_valtype(wr_buf *b, wr_valtype type) {
    if (!wr_is_ref(type)) {
        wr_put_u8(b, number_codes[type]);
        return;
    }
    wr_heaptype heap = wr_heap_of(type);
    if (!wr_is_nullable(type) || wr_is_concrete(heap)) wr_put_u8(b, wr_is_nullable(type) ? 0x63 : 0x64);
    wr_write_heaptype(b, heap);
}

static size_t heaptype_size(wr_heaptype heap) {
    if (!wr_is_concrete(heap)) return 1;
    return wr_is_exact(heap) ? 1 + wr_uleb_size(wr_type_index(heap)) : wr_sleb_size(heap);
}

size_t wr_valtype_size(wr_valtype type) {
    if (!wr_is_ref(type)) return 1;
    wr_heaptype heap = wr_heap_of(type);
    bool is_long = !wr_is_nullable(type) || wr_is_concrete(heap);
    return (is_long ? 1 : 0) + heaptype_size(heap);
}

uint32_t wr_read_locals(wr_reader *r, wr_arena *arena, wr_local_runs *runs) {
    runs->n = 0;
    uint64_t total = 0;
    uint32_t count = wr_read_count(r, 2, "local declarations");
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *at = r->p;
        wr_local_run run = {.n = wr_read_u32(r)};
        run.type = wr_read_valtype(r);
        total += run.n;
        if (total > UINT32_MAX) wr_bad_at(r, at, "too many locals: %llu", (unsigned long long)total);
        WR_PUSH(arena, *runs, run);
    }
    return (uint32_t)total;
}

wr_reader wr_code_reader(wr_env *env, wr_slice body, uint64_t offset) {
    wr_reader r = wr_reader_of(env, body, offset);
    wr_local_runs runs = {0};
    wr_read_locals(&r, &env->temp, &runs);
    return r;
}

// --- Reading ---

// Names the proposal of an unsupported instruction, which is a better error than calling it unknown.
static void refuse_proposal(wr_reader *r, const uint8_t *at, uint8_t prefix, uint32_t code) {
    bool is_shared = (prefix == 0xfe && code >= 0x4f && code <= 0x72) || (prefix == 0xfb && code == 0x72);
    if (is_shared)
        wr_bad_at(r, at, "the proposal \"shared-everything threads\" (opcode 0x%02x 0x%02x) is not handled",
                  prefix, code);
}

static wr_op read_prefixed(wr_reader *r, const uint8_t *at, uint8_t prefix) {
    uint32_t code = wr_read_u32(r);
    const uint16_t *table = prefix == 0xfb   ? ops_fb
                            : prefix == 0xfc ? ops_fc
                            : prefix == 0xfd ? ops_fd
                                             : ops_fe;
    size_t n = prefix == 0xfb   ? WR_COUNT(ops_fb)
               : prefix == 0xfc ? WR_COUNT(ops_fc)
               : prefix == 0xfd ? WR_COUNT(ops_fd)
                                : WR_COUNT(ops_fe);
    if (prefix < 0xfb || prefix > 0xfe || code >= n || !table[code]) {
        refuse_proposal(r, at, prefix, code);
        wr_bad_at(r, at, "expected an instruction, found unknown opcode 0x%02x 0x%02x", prefix, code);
    }
    return (wr_op)(table[code] - 1);
}

static wr_op read_op(wr_reader *r) {
    const uint8_t *at = r->p;
    uint8_t byte = wr_read_u8(r);
    unsigned op = wr_plain_ops[byte];
    if (WR_LIKELY(op != 0)) return (wr_op)(op - 1);
    if (byte < 0xfb || byte == 0xff)
        wr_bad_at(r, at, "expected an instruction, found unknown opcode 0x%02x", byte);
    return read_prefixed(r, at, byte);
}

static void read_block(wr_reader *r, wr_ins *ins) {
    if (WR_UNLIKELY(wr_at_end(r))) wr_bad_eof(r);
    uint8_t byte = *r->p;
    if (WR_LIKELY(byte == 0x40)) {
        r->p++;
        ins->x = WR_BLOCK_EMPTY;
    } else if (byte >= 0x40 && byte < 0x80) {
        ins->x = WR_BLOCK_VALUE;
        ins->a = wr_read_valtype(r);
    } else {
        const uint8_t *at = r->p;
        int64_t index = wr_read_s33(r);
        if (index < 0 || index > WR_INDEX_MASK)
            wr_bad_at(r, at, "expected a block type, found %lld", (long long)index);
        ins->x = WR_BLOCK_TYPE;
        ins->a = (uint32_t)index;
    }
}

static void read_labels(wr_reader *r, wr_arena *arena, wr_u32s *ext, wr_ins *ins) {
    uint32_t count = wr_read_count(r, 1, "branch targets");
    ins->a = count;
    ins->b = ext->n;
    WR_RESERVE(arena, *ext, (size_t)count + 1);
    for (uint32_t i = 0; i <= count; i++) ext->v[ext->n++] = wr_read_u32(r);
}

static void read_types(wr_reader *r, wr_arena *arena, wr_u32s *ext, wr_ins *ins) {
    uint32_t count = wr_read_count(r, 1, "result types");
    ins->a = count;
    ins->b = ext->n;
    for (uint32_t i = 0; i < count; i++) {
        wr_valtype type = wr_read_valtype(r);
        WR_PUSH(arena, *ext, type);
    }
}

static void read_memarg(wr_reader *r, wr_ins *ins) {
    const uint8_t *at = r->p;
    uint32_t flags = wr_read_u32(r);
    if (WR_UNLIKELY(flags >= 0x80))
        wr_bad_at(r, at, "expected the flags of a memory access, found 0x%x", flags);
    ins->x = flags & 0x3f;
    ins->a = flags & 0x40 ? wr_read_u32(r) : 0;
    ins->b = wr_read_u64(r);
}

static void read_v128(wr_reader *r, wr_arena *arena, wr_u32s *ext, wr_ins *ins) {
    ins->b = ext->n;
    for (int i = 0; i < 4; i++) {
        uint32_t word = wr_read_le32(r);
        WR_PUSH(arena, *ext, word);
    }
}

static void read_cast(wr_reader *r, wr_ins *ins) {
    const uint8_t *at = r->p;
    ins->x = wr_read_u8(r);
    if (ins->x > 3) wr_bad_at(r, at, "expected cast flags 0 to 3, found 0x%02x", ins->x);
    ins->a = wr_read_u32(r);
    ins->b = wr_read_heaptype(r);
    ins->b |= (uint64_t)wr_read_heaptype(r) << 32;
}

static void read_try_table(wr_reader *r, wr_arena *arena, wr_u32s *ext, wr_ins *ins) {
    read_block(r, ins);
    uint32_t count = wr_read_count(r, 2, "catches");
    ins->b = ext->n;
    WR_PUSH(arena, *ext, count);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *at = r->p;
        uint32_t kind = wr_read_u8(r);
        if (kind > WR_CATCH_ALL_REF) wr_bad_at(r, at, "expected a kind of catch 0 to 3, found 0x%02x", kind);
        WR_RESERVE(arena, *ext, 3);
        ext->v[ext->n++] = kind;
        ext->v[ext->n++] = kind <= WR_CATCH_REF ? wr_read_u32(r) : 0;
        ext->v[ext->n++] = wr_read_u32(r);
    }
}

static void read_handlers(wr_reader *r, wr_arena *arena, wr_u32s *ext, wr_ins *ins) {
    ins->a = wr_read_u32(r);
    uint32_t tag = ins->op == WR_OP_RESUME_THROW ? wr_read_u32(r) : 0;
    uint32_t count = wr_read_count(r, 2, "handlers");
    ins->b = ext->n;
    WR_PUSH(arena, *ext, count);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *at = r->p;
        uint32_t kind = wr_read_u8(r);
        if (kind > WR_ON_SWITCH) wr_bad_at(r, at, "expected a kind of handler 0 or 1, found 0x%02x", kind);
        WR_RESERVE(arena, *ext, 3);
        ext->v[ext->n++] = kind;
        ext->v[ext->n++] = wr_read_u32(r);
        ext->v[ext->n++] = kind == WR_ON_LABEL ? wr_read_u32(r) : 0;
    }
    WR_PUSH(arena, *ext, tag);
}

static void read_two(wr_reader *r, wr_ins *ins) {
    ins->a = wr_read_u32(r);
    ins->b = wr_read_u32(r);
}

// Reads a load or store of memory 0 whose offset takes one byte.
static bool read_short_access(wr_reader *r, wr_ins *ins) {
    if (WR_UNLIKELY(wr_left(r) < 3) || r->p[1] >= 0x40 || r->p[2] >= 0x80) return false;
    unsigned op = wr_plain_ops[r->p[0]], imm = op ? wr_opinfos[op - 1].imm : WR_IMM_NONE;
    if (imm < WR_IMM_MEMARG0 || imm > WR_IMM_MEMARG4) return false;
    *ins = (wr_ins){.op = (uint16_t)(op - 1), .x = r->p[1], .b = r->p[2]};
    r->p += 3;
    return true;
}

void wr_read_long_ins(wr_reader *r, wr_arena *arena, wr_u32s *ext, wr_ins *ins) {
    if (read_short_access(r, ins)) return;
    wr_op op = read_op(r);
    unsigned imm = wr_opinfos[op].imm;
    *ins = (wr_ins){.op = (uint16_t)op};
    switch ((wr_imm)imm) {
    case WR_IMM_NONE: break;
    case WR_IMM_BLOCK: read_block(r, ins); break;
    case WR_IMM_LABEL:
    case WR_IMM_LOCAL:
    case WR_IMM_GLOBAL:
    case WR_IMM_TABLE:
    case WR_IMM_MEMORY:
    case WR_IMM_TAG:
    case WR_IMM_FUNC:
    case WR_IMM_FUNCREF:
    case WR_IMM_TYPE:
    case WR_IMM_DATA:
    case WR_IMM_ELEM: ins->a = wr_read_u32(r); break;
    case WR_IMM_LABELS: read_labels(r, arena, ext, ins); break;
    case WR_IMM_TYPES: read_types(r, arena, ext, ins); break;
    case WR_IMM_I32: ins->b = (uint64_t)(int64_t)wr_read_s32(r); break;
    case WR_IMM_I64: ins->b = (uint64_t)wr_read_s64(r); break;
    case WR_IMM_F32: ins->b = wr_read_le32(r); break;
    case WR_IMM_F64: ins->b = wr_read_le64(r); break;
    case WR_IMM_V128:
    case WR_IMM_SHUFFLE: read_v128(r, arena, ext, ins); break;
    case WR_IMM_HEAP: ins->a = wr_read_heaptype(r); break;
    case WR_IMM_CAST: read_cast(r, ins); break;
    case WR_IMM_TYPE_TABLE:
    case WR_IMM_TYPE_FIELD:
    case WR_IMM_TYPE_COUNT:
    case WR_IMM_DATA_MEMORY:
    case WR_IMM_ELEM_TABLE:
    case WR_IMM_MEMORY_MEMORY:
    case WR_IMM_TABLE_TABLE:
    case WR_IMM_TYPE_TYPE:
    case WR_IMM_TYPE_TAG:
    case WR_IMM_TYPE_DATA:
    case WR_IMM_TYPE_ELEM: read_two(r, ins); break;
    case WR_IMM_TRY_TABLE: read_try_table(r, arena, ext, ins); break;
    case WR_IMM_RESUME: read_handlers(r, arena, ext, ins); break;
    case WR_IMM_FENCE: ins->x = wr_read_u8(r); break;
    case WR_IMM_MEMARG0:
    case WR_IMM_MEMARG1:
    case WR_IMM_MEMARG2:
    case WR_IMM_MEMARG3:
    case WR_IMM_MEMARG4:
    case WR_IMM_ATOMIC0:
    case WR_IMM_ATOMIC1:
    case WR_IMM_ATOMIC2:
    case WR_IMM_ATOMIC3: read_memarg(r, ins); break;
    case WR_IMM_MEMLANE0:
    case WR_IMM_MEMLANE1:
    case WR_IMM_MEMLANE2:
    case WR_IMM_MEMLANE3:
        read_memarg(r, ins);
        ins->y = wr_read_u8(r);
        break;
    case WR_IMM_LANE2:
    case WR_IMM_LANE4:
    case WR_IMM_LANE8:
    case WR_IMM_LANE16: ins->y = wr_read_u8(r); break;
    }
}

// --- Writing ---

static void write_block(wr_buf *b, const wr_ins *ins) {
    if (ins->x == WR_BLOCK_EMPTY)
        wr_put_u8(b, 0x40);
    else if (ins->x == WR_BLOCK_VALUE)
        wr_write_valtype(b, ins->a);
    else
        wr_put_sleb(b, ins->a);
}

static void write_memarg(wr_buf *b, const wr_ins *ins) {
    wr_put_u8(b, (uint8_t)(ins->x | (ins->a ? 0x40 : 0)));
    if (ins->a) wr_put_uleb(b, ins->a);
    wr_put_uleb(b, ins->b);
}

static void write_try_table(wr_buf *b, const wr_ins *ins, const uint32_t *ext) {
    write_block(b, ins);
    const uint32_t *words = ext + ins->b;
    uint32_t count = *words++;
    wr_put_uleb(b, count);
    for (uint32_t i = 0; i < count; i++, words += 3) {
        wr_put_u8(b, (uint8_t)words[0]);
        if (words[0] <= WR_CATCH_REF) wr_put_uleb(b, words[1]);
        wr_put_uleb(b, words[2]);
    }
}

static void write_handlers(wr_buf *b, const wr_ins *ins, const uint32_t *ext) {
    const uint32_t *words = ext + ins->b;
    uint32_t count = *words++;
    wr_put_uleb(b, ins->a);
    if (ins->op == WR_OP_RESUME_THROW) wr_put_uleb(b, words[3 * count]);
    wr_put_uleb(b, count);
    for (uint32_t i = 0; i < count; i++, words += 3) {
        wr_put_u8(b, (uint8_t)words[0]);
        wr_put_uleb(b, words[1]);
        if (words[0] == WR_ON_LABEL) wr_put_uleb(b, words[2]);
    }
}

static void write_words(wr_buf *b, const uint32_t *words) {
    for (int i = 0; i < 4; i++) wr_put_le32(b, words[i]);
}

static void write_immediates(wr_buf *b, const wr_ins *ins, const uint32_t *ext, unsigned imm) {
    switch ((wr_imm)imm) {
    case WR_IMM_NONE: break;
    case WR_IMM_BLOCK: write_block(b, ins); break;
    case WR_IMM_LABEL:
    case WR_IMM_LOCAL:
    case WR_IMM_GLOBAL:
    case WR_IMM_TABLE:
    case WR_IMM_MEMORY:
    case WR_IMM_TAG:
    case WR_IMM_FUNC:
    case WR_IMM_FUNCREF:
    case WR_IMM_TYPE:
    case WR_IMM_DATA:
    case WR_IMM_ELEM: wr_put_uleb(b, ins->a); break;
    case WR_IMM_LABELS:
        wr_put_uleb(b, ins->a);
        for (uint32_t i = 0; i <= ins->a; i++) wr_put_uleb(b, ext[ins->b + i]);
        break;
    case WR_IMM_TYPES:
        wr_put_uleb(b, ins->a);
        for (uint32_t i = 0; i < ins->a; i++) wr_write_valtype(b, ext[ins->b + i]);
        break;
    case WR_IMM_I32:
    case WR_IMM_I64: wr_put_sleb(b, (int64_t)ins->b); break;
    case WR_IMM_F32: wr_put_le32(b, (uint32_t)ins->b); break;
    case WR_IMM_F64: wr_put_le64(b, ins->b); break;
    case WR_IMM_V128:
    case WR_IMM_SHUFFLE: write_words(b, ext + ins->b); break;
    case WR_IMM_HEAP: wr_write_heaptype(b, ins->a); break;
    case WR_IMM_CAST:
        wr_put_u8(b, ins->x);
        wr_put_uleb(b, ins->a);
        wr_write_heaptype(b, (uint32_t)ins->b);
        wr_write_heaptype(b, (uint32_t)(ins->b >> 32));
        break;
    case WR_IMM_TYPE_TABLE:
    case WR_IMM_TYPE_FIELD:
    case WR_IMM_TYPE_COUNT:
    case WR_IMM_DATA_MEMORY:
    case WR_IMM_ELEM_TABLE:
    case WR_IMM_MEMORY_MEMORY:
    case WR_IMM_TABLE_TABLE:
    case WR_IMM_TYPE_TYPE:
    case WR_IMM_TYPE_TAG:
    case WR_IMM_TYPE_DATA:
    case WR_IMM_TYPE_ELEM:
        wr_put_uleb(b, ins->a);
        wr_put_uleb(b, ins->b);
        break;
    case WR_IMM_TRY_TABLE: write_try_table(b, ins, ext); break;
    case WR_IMM_RESUME: write_handlers(b, ins, ext); break;
    case WR_IMM_FENCE: wr_put_u8(b, ins->x); break;
    case WR_IMM_MEMLANE0:
    case WR_IMM_MEMLANE1:
    case WR_IMM_MEMLANE2:
    case WR_IMM_MEMLANE3:
        write_memarg(b, ins);
        wr_put_u8(b, ins->y);
        break;
    case WR_IMM_LANE2:
    case WR_IMM_LANE4:
    case WR_IMM_LANE8:
    case WR_IMM_LANE16: wr_put_u8(b, ins->y); break;
    default: write_memarg(b, ins); break;
    }
}

// Writes a load or store of memory 0 whose offset takes one byte.
static bool write_short_access(wr_buf *b, const wr_ins *ins, const wr_opinfo *info) {
    if (info->imm < WR_IMM_MEMARG0 || info->imm > WR_IMM_MEMARG4 || info->prefix || ins->a || ins->b >= 0x80)
        return false;
    wr_buf_room(b, 3);
    b->p[b->n++] = (uint8_t)info->code;
    b->p[b->n++] = ins->x;
    b->p[b->n++] = (uint8_t)ins->b;
    return true;
}

void wr_write_long_ins(wr_buf *b, const wr_ins *ins, const uint32_t *ext) {
    const wr_opinfo *info = &wr_opinfos[ins->op];
    if (write_short_access(b, ins, info)) return;
    if (info->prefix) {
        wr_put_u8(b, info->prefix);
        wr_put_uleb(b, info->code);
    } else {
        wr_put_u8(b, (uint8_t)info->code);
    }
    if (info->imm != WR_IMM_NONE) write_immediates(b, ins, ext, info->imm);
}

// --- Sizes ---

static size_t block_size(const wr_ins *ins) {
    if (ins->x == WR_BLOCK_EMPTY) return 1;
    return ins->x == WR_BLOCK_VALUE ? wr_valtype_size(ins->a) : wr_sleb_size(ins->a);
}

static size_t memarg_size(const wr_ins *ins) {
    return 1 + (ins->a ? wr_uleb_size(ins->a) : 0) + wr_uleb_size(ins->b);
}

static size_t try_table_size(const wr_ins *ins, const uint32_t *ext) {
    const uint32_t *words = ext + ins->b;
    uint32_t count = *words++;
    size_t n = block_size(ins) + wr_uleb_size(count);
    for (uint32_t i = 0; i < count; i++, words += 3)
        n += 1 + (words[0] <= WR_CATCH_REF ? wr_uleb_size(words[1]) : 0) + wr_uleb_size(words[2]);
    return n;
}

static size_t handlers_size(const wr_ins *ins, const uint32_t *ext) {
    const uint32_t *words = ext + ins->b;
    uint32_t count = *words++;
    size_t n = wr_uleb_size(ins->a) + wr_uleb_size(count);
    if (ins->op == WR_OP_RESUME_THROW) n += wr_uleb_size(words[3 * count]);
    for (uint32_t i = 0; i < count; i++, words += 3)
        n += 1 + wr_uleb_size(words[1]) + (words[0] == WR_ON_LABEL ? wr_uleb_size(words[2]) : 0);
    return n;
}

static size_t list_size(const wr_ins *ins, const uint32_t *ext, bool labels) {
    size_t n = wr_uleb_size(ins->a);
    for (uint32_t i = 0; i < ins->a + (labels ? 1 : 0); i++)
        n += labels ? wr_uleb_size(ext[ins->b + i]) : wr_valtype_size(ext[ins->b + i]);
    return n;
}

static size_t immediates_size(const wr_ins *ins, const uint32_t *ext, unsigned imm) {
    if (imm >= WR_IMM_MEMARG0 && imm <= WR_IMM_ATOMIC3) return memarg_size(ins);
    if (imm >= WR_IMM_MEMLANE0 && imm <= WR_IMM_MEMLANE3) return memarg_size(ins) + 1;
    if (imm >= WR_IMM_LANE2) return 1;
    if (imm >= WR_IMM_LOCAL && imm <= WR_IMM_ELEM) return wr_uleb_size(ins->a);
    switch ((wr_imm)imm) {
    case WR_IMM_NONE: return 0;
    case WR_IMM_BLOCK: return block_size(ins);
    case WR_IMM_LABEL: return wr_uleb_size(ins->a);
    case WR_IMM_LABELS: return list_size(ins, ext, true);
    case WR_IMM_TYPES: return list_size(ins, ext, false);
    case WR_IMM_I32:
    case WR_IMM_I64: return wr_sleb_size((int64_t)ins->b);
    case WR_IMM_F32: return 4;
    case WR_IMM_F64: return 8;
    case WR_IMM_V128:
    case WR_IMM_SHUFFLE: return 16;
    case WR_IMM_HEAP: return heaptype_size(ins->a);
    case WR_IMM_CAST:
        return 1 + wr_uleb_size(ins->a) + heaptype_size((uint32_t)ins->b) +
               heaptype_size((uint32_t)(ins->b >> 32));
    case WR_IMM_TRY_TABLE: return try_table_size(ins, ext);
    case WR_IMM_RESUME: return handlers_size(ins, ext);
    case WR_IMM_FENCE: return 1;
    default: return wr_uleb_size(ins->a) + wr_uleb_size(ins->b);
    }
}

size_t wr_ins_size(const wr_ins *ins, const uint32_t *ext) {
    const wr_opinfo *info = &wr_opinfos[ins->op];
    size_t n = info->prefix ? 1 + wr_uleb_size(info->code) : 1;
    return n + immediates_size(ins, ext, info->imm);
}
