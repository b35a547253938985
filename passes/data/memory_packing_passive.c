// Cuts long runs of zeros out of passive segments that code writes to memory once, as linkers let modules
// with shared memories do it.
//
//   (data $d "ab" <200 zeros> "cd")
//   (memory.init $d (i32.const 1024) (i32.const 0) (i32.const 204))
// becomes
//   (data $d "abcd")
//   (memory.init $d (i32.const 1024) (i32.const 0) (i32.const 2))
//   (memory.fill (i32.const 1026) (i32.const 0) (i32.const 200))
//   (memory.init $d (i32.const 1226) (i32.const 2) (i32.const 2))
//
// Sound if the only instruction that reads the segment has constant operands, which lie in the segment and in
// the least size that the memory has. Then it traps only if the segment was dropped, and so does the first
// instruction of the new code, which always reads a byte of it, before anything is written. Each byte is
// written once, so that other threads see what they could see before. Nothing is taken to be zero: it is not
// known what wrote to the memory before. Binaryen's memory-packing has the same purpose.
//
// A cut costs about thirty bytes. Where only compressed bytes count, none pays.
#include "memory_packing.h"

#include "analysis/segments.h"
#include "ir/asm.h"
#include "ir/edit.h"

// What a cut must save beyond its instructions where compressed bytes count too: a compressor shrinks zeros
// to next to nothing, but has to code the new instructions.
#define LEAST_SAVING 40

#define NOT_READ (-1)
#define OFTEN (-2)

typedef struct packer {
    wr_context *c;
    int64_t *reader; // by segment: the function that reads it, NOT_READ, or OFTEN
    wr_collector collector;
    WR_VEC(wr_ins) out; // the new code
} packer;

// A memory.init with constant operands.
typedef struct plain_init {
    uint64_t to;
    uint32_t from, n;
    wr_ins ins;
    bool is64;
} plain_init;

// --- Which segments ---

static void note_reads(packer *p, uint32_t func, const wr_body *body) {
    for (uint32_t i = 0; i < body->n; i++) {
        const wr_ins *ins = &body->ins[i];
        if (ins->op == WR_OP_DATA_DROP) continue;
        uint32_t data = wr_ins_spaces(ins).a == WR_DATA   ? ins->a
                        : wr_ins_spaces(ins).b == WR_DATA ? (uint32_t)ins->b
                                                          : WR_NONE;
        if (data != WR_NONE) p->reader[data] = p->reader[data] == NOT_READ ? (int64_t)func : OFTEN;
    }
}

static bool names_passive(const wr_module *m, const wr_func *func) {
    if (!func->live || func->import != WR_NONE) return false;
    for (uint32_t i = 0; i < func->summary.nuses; i++) {
        wr_ref ref = func->summary.uses[i].ref;
        if (wr_ref_space(ref) == WR_DATA && m->datas[wr_ref_index(ref)].mode == WR_PASSIVE) return true;
    }
    return false;
}

// Reads the memory.init at `at`. Returns whether it reads a passive segment that nothing else reads, by
// constant operands, and can only trap because the segment was dropped.
static bool is_plain(const packer *p, const wr_body *body, uint32_t at, plain_init *init) {
    const wr_module *m = p->c->m;
    const wr_ins *ins = &body->ins[at];
    if (ins->op != WR_OP_MEMORY_INIT || at < 3) return false;
    const wr_ins *operands = ins - 3;
    const wr_data *data = &m->datas[ins->a];
    const wr_limits *limits = &m->memories[wr_ins_memory(ins)].limits;
    for (uint32_t i = 0; i < 3; i++)
        if (operands[i].op != (i == 0 && limits->is64 ? WR_OP_I64_CONST : WR_OP_I32_CONST)) return false;
    *init = (plain_init){.to = limits->is64 ? operands[0].b : (uint32_t)operands[0].b,
                         .from = (uint32_t)operands[1].b,
                         .n = (uint32_t)operands[2].b,
                         .ins = *ins,
                         .is64 = limits->is64};
    return data->mode == WR_PASSIVE && p->reader[ins->a] == body->func && init->n > 0 &&
           init->from <= data->bytes.n && init->n <= data->bytes.n - init->from &&
           wr_segments_range_in_memory(m, wr_ins_memory(ins), init->to, init->n);
}

// --- Doing it ---

static void put(packer *p, const plain_init *init, wr_ins ins) {
    ins.origin = init->ins.origin;
    WR_PUSH(&p->c->env->temp, p->out, ins);
}

static wr_ins address(const plain_init *init, uint64_t at) { return init->is64 ? I64(at) : I32(at); }

static void put_init(packer *p, const plain_init *init, uint64_t to, size_t from, size_t n) {
    put(p, init, address(init, to));
    put(p, init, I32(from));
    put(p, init, I32(n));
    put(p, init, init->ins);
}

static void put_fill(packer *p, const plain_init *init, uint64_t to, size_t n) {
    put(p, init, address(init, to));
    put(p, init, I32(0));
    put(p, init, address(init, n));
    put(p, init, WR_INS(MEMORY_FILL, .a = wr_ins_memory(&init->ins)));
}

static size_t size_of(const packer *p, uint32_t first) {
    size_t size = 0;
    for (uint32_t i = first; i < p->out.n; i++) size += wr_ins_size(&p->out.v[i], NULL);
    return size;
}

// Whether a run of n zeros takes more bytes than making them, and reading the `rest` of the bytes after them
// from `kept` on.
static bool pays(packer *p, const plain_init *init, uint64_t to, size_t n, size_t kept, size_t rest) {
    uint32_t first = p->out.n;
    size_t margin = p->c->config->objective == WR_FOR_RAW ? 0 : LEAST_SAVING;
    put_fill(p, init, to, n);
    if (rest) put_init(p, init, to + n, kept, rest);
    size_t cost = size_of(p, first);
    p->out.n = first;
    return n > cost + margin;
}

// Writes the code that stands for the memory.init, and moves the bytes that it still reads together, to the
// start of `bytes`. Returns their number.
static size_t cut(packer *p, const plain_init *init, const uint8_t *from, uint8_t *bytes) {
    size_t kept = 0, begin = 0;                     // of the bytes that are read next
    for (size_t i = 1, end; i < init->n; i = end) { // the first byte is always read, for the sake of the trap
        end = i + 1;
        if (from[i]) continue;
        while (end < init->n && !from[end]) end++;
        if (!pays(p, init, init->to + i, end - i, kept + i - begin, init->n - end)) continue;
        put_init(p, init, init->to + begin, kept, i - begin);
        put_fill(p, init, init->to + i, end - i);
        memcpy(bytes + kept, from + begin, i - begin);
        kept += i - begin, begin = end;
    }
    if (begin == init->n) return kept;
    put_init(p, init, init->to + begin, kept, init->n - begin);
    memcpy(bytes + kept, from + begin, init->n - begin);
    return kept + init->n - begin;
}

// Returns whether the segment became shorter. If not, the new code is the old one.
static bool pack(packer *p, const plain_init *init) {
    wr_data *data = &p->c->m->datas[init->ins.a];
    uint8_t *bytes = WR_NEW(&p->c->env->perm, uint8_t, init->n);
    p->out.n -= 3; // the operands
    size_t old = data->bytes.n, n = cut(p, init, data->bytes.p + init->from, bytes);
    data->bytes = wr_slice_of(bytes, n);
    return n < old;
}

static void edit(packer *p, wr_body *body) {
    bool is_changed = false;
    for (uint32_t i = 0; i < body->n; i++) {
        plain_init init;
        if (is_plain(p, body, i, &init))
            is_changed |= pack(p, &init);
        else
            WR_PUSH(&p->c->env->temp, p->out, body->ins[i]);
    }
    if (!is_changed) return;
    body->ins = p->out.v, body->n = p->out.n;
    wr_module_store_body(p->c->env, &p->collector, p->c->m, body->func, body);
}

static void visit(packer *p, bool edits) {
    wr_module *m = p->c->m;
    wr_env *env = p->c->env;
    for (uint32_t i = 0; i < m->nfuncs; i++) {
        wr_body body;
        if (!names_passive(m, &m->funcs[i])) continue;
        wr_arena_reset(&env->temp);
        p->out.v = NULL, p->out.n = p->out.cap = 0;
        env->func = i;
        wr_body_decode(env, &env->temp, m, i, &body);
        if (edits)
            edit(p, &body);
        else
            note_reads(p, i, &body);
    }
}

void wr_memory_packing_passive(wr_context *c) {
    wr_module *m = c->m;
    packer p = {.c = c};
    if (!(m->features & WR_F(BULK)) || wr_config_is_for_transit(c->config)) return;
    p.reader = WR_NEW(&c->env->pass, int64_t, m->ndatas);
    for (uint32_t i = 0; i < m->ndatas; i++) p.reader[i] = NOT_READ;
    wr_collector_init(&p.collector, &c->env->pass);
    visit(&p, false);
    visit(&p, true);
}
