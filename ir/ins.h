// One decoded instruction, with the only reader and the only writer of code. Sweeps over a body read one
// instruction after another; the working form of a function (body.h) is an array of them.
//
// wr_ins is 20 bytes. The kind of immediates decides what `a`, `b` and `x` hold:
//
//   BLOCK                  x wr_block_kind; a value type or type index
//   LABEL LOCAL GLOBAL TABLE MEMORY TAG FUNC FUNCREF TYPE DATA ELEM    a index
//   LABELS                 a number of targets without the default; ext[b ..] the targets and the default
//   TYPE_TABLE             a type, b table
//   TYPES                  a count; ext[b ..] value types
//   MEMARGn ATOMICn        a memory, b offset, x log2 of the alignment
//   MEMLANEn               likewise; y lane
//   LANEn                  y lane
//   V128, SHUFFLE          ext[b .. b+3] sixteen bytes, as little-endian words
//   I32, I64               b sign-extended value
//   F32, F64               b bits
//   HEAP                   a heap type
//   CAST                   a label, b source heap type | target << 32, x flags
//   TYPE_FIELD             a type, b field
//   TYPE_COUNT             a type, b count
//   DATA_MEMORY            a data segment, b memory
//   ELEM_TABLE             a element segment, b table
//   MEMORY_MEMORY          a target, b source
//   TABLE_TABLE            a target, b source
//   TYPE_TYPE, TYPE_TAG    a type, b type or tag
//   TYPE_DATA, TYPE_ELEM   a type, b segment
//   TRY_TABLE              x, a as BLOCK; ext[b] number of catches, then three words each: kind, tag, label
//   RESUME                 a type; ext[b] number of handlers, then three words each: kind, tag, label;
//                          then the tag of resume_throw
//   FENCE                  x the reserved byte
#ifndef WR_IR_INS_H
#define WR_IR_INS_H

#include "module.h"
#include "support/assert.h"
#include "support/buf.h"
#include "support/reader.h"
#include "types.h"

typedef enum wr_imm {
#define IMM(kind, a, b, labels, words, types, fields) WR_IMM_##kind,
#include "immediates.def"
#undef IMM
} wr_imm;

typedef enum wr_op {
#define OP(id, prefix, code, text, imm, sig, feature, effects, cost) WR_OP_##id,
#include "opcodes.def"
#undef OP
    WR_OPS,
} wr_op;

enum { // effects of an instruction beyond its operands and results
    WR_E_TRAP = 1 << 0,
    WR_E_CONTROL = 1 << 1, // begins, ends or leaves a block
    WR_E_CALL = 1 << 2,    // a call may do anything
    WR_E_THROW = 1 << 3,
    WR_E_READ_LOCAL = 1 << 4,
    WR_E_WRITE_LOCAL = 1 << 5,
    WR_E_READ_GLOBAL = 1 << 6,
    WR_E_WRITE_GLOBAL = 1 << 7,
    WR_E_READ_MEM = 1 << 8,
    WR_E_WRITE_MEM = 1 << 9,
    WR_E_READ_TABLE = 1 << 10,
    WR_E_WRITE_TABLE = 1 << 11,
    WR_E_READ_HEAP = 1 << 12,
    WR_E_WRITE_HEAP = 1 << 13,
    WR_E_READ_SEGMENT = 1 << 14,
    WR_E_WRITE_SEGMENT = 1 << 15,
    WR_E_ALLOC = 1 << 16,  // allocates an object with an identity of its own
    WR_E_ATOMIC = 1 << 17, // orders memory accesses between threads
    // The kind of control; these come in addition to WR_E_CONTROL:
    WR_E_OPEN = 1 << 24,   // opens a block
    WR_E_ARM = 1 << 25,    // begins another arm of the block
    WR_E_CLOSE = 1 << 26,  // closes the block
    WR_E_HANDLE = 1 << 27, // exceptions thrown inside the block may continue elsewhere in the function
    WR_E_STOP = 1 << 28,   // control never continues after it
};

// Proposals, as bit numbers in feature sets. The text is the name in target_features and in wasm-opt's flags.
#define WR_FEATURES(X) \
    X(MVP, "mvp") \
    X(SIGN_EXT, "sign-ext") X(SAT_FLOAT, "nontrapping-fptoint") X(MULTIVALUE, "multivalue") \
        X(BULK, "bulk-memory") X(REF_TYPES, "reference-types") X(SIMD, "simd128") \
            X(RELAXED_SIMD, "relaxed-simd") X(THREADS, "atomics") X(TAIL_CALL, "tail-call") \
                X(EXTENDED_CONST, "extended-const") X(LEGACY_EH, "exception-handling-legacy") \
                    X(EH, "exception-handling") X(EXNREF, "exnref") \
                        X(FUNC_REFS, "typed-function-references") X(GC, "gc") X(MEMORY64, "memory64") \
                            X(MULTI_MEMORY, "multimemory") X(MUTABLE_GLOBALS, "mutable-globals") \
                                X(CUSTOM_PAGE_SIZES, "custom-page-sizes") X(WIDE, "wide-arithmetic") \
                                    X(COMPACT_IMPORTS, "compact-imports") X(BRANCH_HINTS, "branch-hinting") \
                                        X(CUSTOM_DESCRIPTORS, "custom-descriptors") \
                                            X(STACK_SWITCHING, "stack-switching") \
                                                X(MEMORY_CONTROL, "memory-control") \
                                                    X(SHARED_EVERYTHING, "shared-everything")

enum {
#define X(id, text) WR_FEATURE_##id,
    WR_FEATURES(X)
#undef X
        WR_FEATURE_COUNT,
};
#define WR_F(id) ((uint64_t)1 << WR_FEATURE_##id)

// Functions that use one of these are kept as they are, see wr_pass_applies.
#define WR_F_KEPT (WR_F(STACK_SWITCHING) | WR_F(SHARED_EVERYTHING))

// Operand types in signatures are value types or WR_SIG_ADDRESS, the address type of the memory.
enum { WR_SIG_ADDRESS = 0x7f };

typedef struct wr_opinfo {
    const char *text;
    uint16_t code;
    uint8_t prefix;
    uint8_t imm;     // wr_imm
    uint8_t feature; // WR_FEATURE_*
    uint8_t cost;
    bool custom; // the fields below do not give the signature
    uint8_t npop, npush;
    uint8_t pop[4]; // in operand order
    uint8_t push;
    uint8_t takes, leaves; // number of operands and results of every instruction for which it is fixed;
                           // `takes` is WR_VARIES for others
    uint32_t effects;
} wr_opinfo;

enum { WR_VARIES = 0xff };

extern const wr_opinfo wr_opinfos[WR_OPS];
// Indexed by one-byte opcode: wr_op + 1, or 0 for prefixes and opcodes that do not exist.
extern const uint16_t wr_op_plain[256];
// The same for opcodes behind a prefix byte.
unsigned wr_op_prefixed(uint8_t prefix, uint32_t code);

// How an instruction names labels; see wr_nth_label in labels.h.
enum { WR_LABELS_NONE, WR_LABELS_ONE, WR_LABELS_LIST, WR_LABELS_CATCHES, WR_LABELS_HANDLERS };

// A kind of immediates: see immediates.def.
typedef struct wr_imm_info {
    uint8_t a, b; // index spaces, or WR_NO_SPACE
    uint8_t labels;
    bool words, types;
} wr_imm_info;
extern const wr_imm_info wr_imm_infos[];

typedef enum wr_block_kind { WR_BLOCK_EMPTY, WR_BLOCK_VALUE, WR_BLOCK_TYPE } wr_block_kind;

typedef struct wr_ins {
    uint16_t op;
    uint8_t x, y;
    uint32_t a;
    uint64_t b;
    uint32_t origin; // number in the body's origins, from 1 on; 0 if unknown. See origins.h.
} __attribute__((packed, aligned(4))) wr_ins;

enum { WR_CATCH, WR_CATCH_REF, WR_CATCH_ALL, WR_CATCH_ALL_REF }; // kinds of a try_table's catches
enum { WR_ON_LABEL, WR_ON_SWITCH }; // kinds of a resume's handlers; the second kind has no label
enum { WR_CAST_FROM_NULL = 1, WR_CAST_TO_NULL = 2 }; // flags of br_on_cast

static inline bool wr_opens_block(unsigned op) { return wr_opinfos[op].effects & WR_E_OPEN; }
static inline bool wr_begins_arm(unsigned op) { return wr_opinfos[op].effects & WR_E_ARM; }
static inline bool wr_closes_block(unsigned op) { return wr_opinfos[op].effects & WR_E_CLOSE; }
// Whether it is try or try_table.
static inline bool wr_is_try(unsigned op) { return wr_opinfos[op].effects & WR_E_HANDLE; }

// All instructions that open or close a block or begin an arm, and all control instructions of the MVP, have
// numbers up to this one.
#define WR_LAST_BLOCK_OP WR_OP_TRY_TABLE

// Whether it begins, ends or leaves a block.
static inline bool wr_is_control(unsigned op) { return wr_opinfos[op].effects & WR_E_CONTROL; }
// Whether control never continues after it.
static inline bool wr_never_goes_on(unsigned op) { return wr_opinfos[op].effects & WR_E_STOP; }
static inline bool wr_is_tail_call(unsigned op) {
    return (wr_opinfos[op].effects & (WR_E_CALL | WR_E_STOP)) == (WR_E_CALL | WR_E_STOP);
}
// Whether it names labels. Not every such instruction branches: see wr_is_branch.
static inline bool wr_names_labels(unsigned op) {
    return wr_imm_infos[wr_opinfos[op].imm].labels != WR_LABELS_NONE;
}
// Whether it may branch to a label that it names. That holds for all that name labels except those that open
// or close blocks, and except rethrow, whose label says which exception is thrown.
static inline bool wr_is_branch(unsigned op) {
    return wr_names_labels(op) && !(wr_opinfos[op].effects & (WR_E_OPEN | WR_E_CLOSE | WR_E_THROW));
}
// Returns the comparison that is true exactly when the given one is false, or 0 if there is none (as for
// ordered comparisons of floats, because of NaN).
unsigned wr_op_opposite(unsigned op);

static inline bool wr_is_number_const(unsigned op) { return op >= WR_OP_I32_CONST && op <= WR_OP_F64_CONST; }
// Whether it is local.get, local.set or local.tee.
static inline bool wr_names_local(unsigned op) { return op >= WR_OP_LOCAL_GET && op <= WR_OP_LOCAL_TEE; }
static inline bool wr_is_memarg(unsigned imm) { return imm >= WR_IMM_MEMARG0 && imm <= WR_IMM_MEMLANE3; }
// Returns log2 of the natural alignment of a MEMARG, ATOMIC or MEMLANE access.
static inline unsigned wr_natural_align(unsigned imm) {
    if (imm >= WR_IMM_MEMLANE0) return imm - WR_IMM_MEMLANE0;
    if (imm >= WR_IMM_ATOMIC0) return imm - WR_IMM_ATOMIC0;
    return imm - WR_IMM_MEMARG0;
}
// The bytes that a load or store accesses.
static inline uint64_t wr_access_size(unsigned op) {
    return UINT64_C(1) << wr_natural_align(wr_opinfos[op].imm);
}
// Loads and stores of numbers other than vectors, without synchronization.
static inline bool wr_is_scalar_load(unsigned op) { return op >= WR_OP_I32_LOAD && op <= WR_OP_I64_LOAD32_U; }
static inline bool wr_is_scalar_store(unsigned op) {
    return op >= WR_OP_I32_STORE && op <= WR_OP_I64_STORE32;
}
// Returns the number of lanes that a LANE or MEMLANE immediate chooses from, 0 for other kinds.
unsigned wr_ins_lane_count(unsigned imm);

// Reads the instruction at r. Extra words are appended to ext (in the arena); a caller that keeps no earlier
// instructions sets ext->n to 0 before each call. Type indices are not checked against the module.
static inline void wr_ins_read(wr_reader *r, wr_arena *arena, wr_u32s *ext, wr_ins *ins);
static inline void wr_ins_write(wr_buf *b, const wr_ins *ins, const uint32_t *ext);
// The number of words that the instruction has in ext, from ext[b] on.
uint32_t wr_ins_word_count(const wr_ins *ins, const uint32_t *ext);
// The number of bytes that wr_ins_write writes.
size_t wr_ins_size(const wr_ins *ins, const uint32_t *ext);

wr_valtype wr_valtype_read(wr_reader *r);
wr_valtype wr_valtype_read_storage(wr_reader *r);
wr_heaptype wr_heaptype_read(wr_reader *r);
void wr_valtype_write(wr_buf *b, wr_valtype type);
void wr_heaptype_write(wr_buf *b, wr_heaptype heap);
size_t wr_valtype_size(wr_valtype type);
size_t wr_heaptype_size(wr_heaptype heap);

// A run of local declarations at the head of a body: n locals of one type.
typedef struct wr_local_run {
    uint32_t n;
    wr_valtype type;
} wr_local_run;

// Reads the local declarations into runs (in the arena, cleared first). Returns the total number of locals,
// which is checked to fit 32 bits.
typedef WR_VEC(wr_local_run) wr_local_runs;
uint32_t wr_ins_read_locals(wr_reader *r, wr_arena *arena, wr_local_runs *runs);
// Returns a reader that is positioned behind a body's local declarations. Uses env->temp.
wr_reader wr_ins_reader(wr_env *env, wr_slice body, uint64_t offset);

// --- Accessors for what an instruction names ---
//
// Passes read indices through these. Each asserts that the instruction names an entity of that kind: an index
// read under the wrong kind, such as a type's index taken for a function's, is a miscompile.

static inline wr_imm_info wr_ins_spaces(const wr_ins *ins) { return wr_imm_infos[wr_opinfos[ins->op].imm]; }

// The callee, or the function of a ref.func.
static inline uint32_t wr_ins_func(const wr_ins *ins) {
    WR_ASSERT(wr_ins_spaces(ins).a == WR_FUNC || wr_ins_spaces(ins).a == WR_FUNC_ADDR);
    return ins->a;
}
static inline uint32_t wr_ins_global(const wr_ins *ins) {
    WR_ASSERT(wr_ins_spaces(ins).a == WR_GLOBAL);
    return ins->a;
}
static inline uint32_t wr_ins_tag(const wr_ins *ins) {
    WR_ASSERT(wr_ins_spaces(ins).a == WR_TAG);
    return ins->a;
}
static inline uint32_t wr_ins_type(const wr_ins *ins) {
    WR_ASSERT(wr_ins_spaces(ins).a == WR_TYPE);
    return ins->a;
}
// The type index of a block that has one.
static inline uint32_t wr_ins_block_type(const wr_ins *ins) {
    WR_ASSERT(wr_opens_block(ins->op) && ins->x == WR_BLOCK_TYPE);
    return ins->a;
}
// The memory; of two, the one that is written.
static inline uint32_t wr_ins_memory(const wr_ins *ins) {
    WR_ASSERT(wr_ins_spaces(ins).a == WR_MEMORY || wr_ins_spaces(ins).b == WR_MEMORY);
    return wr_ins_spaces(ins).a == WR_MEMORY ? ins->a : (uint32_t)ins->b;
}
// The table; of two, the one that is written.
static inline uint32_t wr_ins_table(const wr_ins *ins) {
    WR_ASSERT(wr_ins_spaces(ins).a == WR_TABLE || wr_ins_spaces(ins).b == WR_TABLE);
    return wr_ins_spaces(ins).a == WR_TABLE ? ins->a : (uint32_t)ins->b;
}
static inline uint32_t wr_ins_local(const wr_ins *ins) {
    WR_ASSERT(wr_opinfos[ins->op].imm == WR_IMM_LOCAL);
    return ins->a;
}
// The label of an instruction that names exactly one. br_table and try_table name several.
static inline uint32_t wr_ins_label(const wr_ins *ins) {
    WR_ASSERT(wr_opinfos[ins->op].imm == WR_IMM_LABEL || wr_opinfos[ins->op].imm == WR_IMM_CAST);
    return ins->a;
}

// --- Short instructions ---

// By opcode: an instruction without prefix that has no immediates, or one byte of them. Most instructions are
// of this kind, so reading one must take few branches.
typedef struct wr_short_form {
    uint16_t op;
    uint8_t size;          // in bytes; WR_ACCESS_SIZE for loads and stores; 0 if there is no short form
    uint8_t mask, want;    // the form is short if the byte after the opcode, masked, is `want`
    uint8_t index, number; // the bits of that byte that hold `a`, and those that hold `b` (signed)
} wr_short_form;
extern const wr_short_form wr_op_short_forms[256];

// The size of a load or store of memory 0 with an offset of one byte. Such instructions are read and written
// as long ones.
enum { WR_ACCESS_SIZE = 3 };

// Read and write all other instructions.
void wr_ins_read_long(wr_reader *r, wr_arena *arena, wr_u32s *ext, wr_ins *ins);
void wr_ins_write_long(wr_buf *b, const wr_ins *ins, const uint32_t *ext);

// Reads the short instruction in the two bytes at `at`. Returns where it ends, NULL if it is none.
static inline const uint8_t *wr_get_short_ins(const uint8_t *at, wr_ins *ins) {
    const wr_short_form *form = &wr_op_short_forms[at[0]];
    uint8_t next = at[1];
    if (!form->size || (next & form->mask) != form->want) return NULL;
    int64_t number = ((next & form->number) ^ 0x40) - 0x40;
    *ins = (wr_ins){.op = form->op, .a = next & form->index, .b = (uint64_t)number};
    return at + form->size;
}

static inline bool wr_read_short_ins(wr_reader *r, wr_ins *ins) {
    if (WR_UNLIKELY(wr_left(r) < 2)) return false;
    const uint8_t *end = wr_get_short_ins(r->p, ins);
    if (!end) return false;
    r->p = end;
    return true;
}

static inline void wr_ins_read(wr_reader *r, wr_arena *arena, wr_u32s *ext, wr_ins *ins) {
    if (!wr_read_short_ins(r, ins)) wr_ins_read_long(r, arena, ext, ins);
}

// Returns the byte after the opcode in the two-byte form, or a larger number if the instruction does not fit
// that form.
static inline uint64_t wr_short_immediate(const wr_short_form *form, const wr_ins *ins) {
    if (form->index) return ins->a <= form->index ? ins->a : UINT64_MAX;
    if (form->number) return ins->b + 64 < 128 ? ins->b & form->number : UINT64_MAX;
    return ins->x == WR_BLOCK_EMPTY ? form->want : UINT64_MAX;
}

// Writes a short instruction to the two bytes at `at`. Returns where it ends, NULL if it is not short.
static inline uint8_t *wr_put_short_ins(uint8_t *at, const wr_ins *ins) {
    const wr_opinfo *info = &wr_opinfos[ins->op];
    const wr_short_form *form = &wr_op_short_forms[(uint8_t)info->code];
    if (info->prefix || form->size == 0 || form->size == WR_ACCESS_SIZE) return NULL;
    uint64_t immediate = form->size == 1 ? 0 : wr_short_immediate(form, ins);
    if (immediate > UINT8_MAX) return NULL;
    at[0] = (uint8_t)info->code;
    at[1] = (uint8_t)immediate;
    return at + form->size;
}

static inline bool wr_write_short_ins(wr_buf *b, const wr_ins *ins) {
    wr_buf_room(b, 2);
    const uint8_t *end = wr_put_short_ins(b->p + b->n, ins);
    if (!end) return false;
    b->n = (size_t)(end - b->p);
    return true;
}

static inline void wr_ins_write(wr_buf *b, const wr_ins *ins, const uint32_t *ext) {
    if (!wr_write_short_ins(b, ins)) wr_ins_write_long(b, ins, ext);
}

#endif
