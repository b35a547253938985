// What accesses that were executed prove of addresses. An access that did not trap lies inside the memory,
// which has 4 GiB at most, or less if the memory has a maximum. So a small constant can be added to its
// address without wrapping:
//
//   (i32.store offset=40 (local.get $p) …)
//   (i32.load8_u (i32.add (local.get $p) (i32.const 38)))    ->    (i32.load8_u offset=38 (local.get $p))
//
// The room of a local is a number r such that local + r is at most 2^32, as long as the local keeps its
// value; 0 says nothing. A sum of a local and a constant below its room has what is left of the room. Room is
// known behind an access on the paths that lead through it: changes are logged by block, and taken back at
// the end of an arm, and of a block that is branched to. What was known before and whose local is not set
// inside stays known there. In a loop all begins anew, since what follows may set the local before the next
// turn.
//
// A load may also profit from an access behind it, if nothing between them can be seen but by an access out
// of bounds: where the sum wraps, the program traps in either case.
//
//   (i32.load8_u (i32.add (local.get $p) (i32.const 1))) … (i32.load8_u (local.get $p))
#include "instcombine.h"
#include "ir/labels.h"

void wr_instcombine_begin_bounds(wr_instcombine *f) {
    f->bounds.locals = WR_NEW0(f->arena, wr_local_bounds, f->body->nlocals);
}

#define MAX_DISTANCE 40 // cells between a load and the access behind it that proves its address

// --- Blocks ---

void wr_instcombine_open_bounds(wr_instcombine *f, wr_instcombine_frame *frame, unsigned op) {
    frame->op = (uint16_t)op;
    frame->opened = f->cells.n;
    frame->nlogged = f->bounds.log.n;
    frame->loop = f->bounds.loop;
    if (op == WR_OP_LOOP) f->bounds.loop = f->cells.n;
}

// Takes back what became known in an arm; of locals that were set there nothing is known behind the block. If
// nothing goes on from the arm, all is as it was before.
static void take_back(wr_instcombine *f, const wr_instcombine_frame *frame) {
    bool goes_on = !f->dead || frame->is_branched_to || frame->op != WR_OP_IF;
    while (f->bounds.log.n > frame->nlogged) {
        const wr_bounds_change *change = &f->bounds.log.v[--f->bounds.log.n];
        wr_local_bounds *local = &f->bounds.locals[change->local];
        bool is_lost = goes_on && local->set >= frame->opened;
        local->room = is_lost ? 0 : change->room;
        local->proved = change->proved;
    }
}

void wr_instcombine_end_arm_bounds(wr_instcombine *f, const wr_instcombine_frame *frame) {
    take_back(f, frame);
}

void wr_instcombine_close_bounds(wr_instcombine *f, const wr_instcombine_frame *frame) {
    bool has_one_exit = frame->op == WR_OP_BLOCK || frame->op == WR_OP_TRY_TABLE;
    if (frame->op == WR_OP_LOOP)
        f->bounds.loop = frame->loop;
    else if (frame->is_branched_to || !has_one_exit)
        take_back(f, frame);
}

void wr_instcombine_note_labels(wr_instcombine *f, const wr_ins *ins) {
    const uint32_t *label;
    for (uint32_t k = 0; (label = wr_nth_label(ins, f->body->ext.v, k)); k++)
        if (*label < f->frames.n) f->frames.v[f->frames.n - 1 - *label].is_branched_to = true;
}

// --- Locals ---

uint64_t wr_instcombine_room(wr_instcombine *f, uint32_t i) {
    unsigned op = wr_cell_op(f, i);
    if (op != WR_OP_LOCAL_GET && op != WR_OP_LOCAL_TEE) return 0;
    const wr_local_bounds *local = &f->bounds.locals[wr_ins_local(&wr_cell_at(f, i)->ins)];
    return local->room && local->set <= i && local->proved >= f->bounds.loop ? local->room : 0;
}

static void set_room(wr_instcombine *f, uint32_t local, uint64_t room) {
    wr_local_bounds *bounds = &f->bounds.locals[local];
    wr_bounds_change change = {.local = local, .proved = bounds->proved, .room = bounds->room};
    if (!room && !bounds->room) return;
    WR_PUSH(f->arena, f->bounds.log, change);
    bounds->room = room;
    bounds->proved = f->cells.n - 1;
}

// The room of a value that is to be in a local.
static uint64_t room_of_value(wr_instcombine *f, uint32_t value) {
    if (wr_cell_op(f, value) != WR_OP_I32_ADD || !wr_cell_is_const(f, wr_cell_operand(f, value, 1)))
        return wr_instcombine_room(f, value);
    uint64_t c = wr_cell_const(f, wr_cell_operand(f, value, 1)) & WR_MASK32,
             room = wr_instcombine_room(f, wr_cell_operand(f, value, 0));
    return c < room ? room - c : 0;
}

static void note_set(wr_instcombine *f, uint32_t i) {
    uint32_t local = wr_ins_local(&wr_cell_at(f, i)->ins);
    set_room(f, local, room_of_value(f, wr_cell_operand(f, i, 0)));
    f->bounds.locals[local].set = i;
}

// --- Accesses ---

// The bytes between the end of the memory at its largest and the end of the address space.
static uint64_t beyond(const wr_limits *limits) {
    uint64_t space = WR_MASK32 + 1;
    if (!limits->has_max || limits->max >= space >> limits->page_log2) return 0;
    return space - (limits->max << limits->page_log2);
}

static void note_waiting(wr_instcombine *f, uint32_t load) {
    wr_bounds *b = &f->bounds;
    if (wr_cell_op(f, wr_cell_operand(f, load, 0)) != WR_OP_I32_ADD) return;
    if (b->nwaiting == WR_COUNT(b->waiting)) b->nwaiting = 0;
    b->waiting[b->nwaiting++] = load;
}

// Whether nothing between the two cells shows at which of them the program traps.
static bool are_together(const wr_instcombine *f, uint32_t load, uint32_t access) {
    enum { HARMLESS = WR_E_TRAP | WR_E_READ_LOCAL | WR_E_WRITE_LOCAL | WR_EFFECTS_READS };
    if (access - load > MAX_DISTANCE) return false;
    for (uint32_t i = load + 1; i < access; i++) {
        const wr_ins *ins = &wr_cell_at(f, i)->ins;
        if (wr_effects_of(ins, wr_pass_effects(f->c->config, ins->op)) & ~(uint32_t)HARMLESS) return false;
    }
    return true;
}

// Now that an access has proved something, loads before it may profit.
static void fold_waiting(wr_instcombine *f, uint32_t access) {
    for (uint32_t k = f->bounds.nwaiting; k-- > 0;) {
        uint32_t load = f->bounds.waiting[k];
        if (!are_together(f, load, access)) break;
        f->changed |= wr_is_scalar_load(wr_cell_op(f, load)) && wr_instcombine_fold_address(f, load);
    }
}

static void note_access(wr_instcombine *f, uint32_t i) {
    const wr_ins *ins = &wr_cell_at(f, i)->ins;
    unsigned imm = wr_opinfos[ins->op].imm;
    uint32_t address = wr_cell_operand(f, i, 0);
    unsigned op = wr_cell_op(f, address);
    const wr_limits *limits = &f->c->m->memories[wr_ins_memory(ins)].limits;
    if (limits->is64) return;
    if (op != WR_OP_LOCAL_GET && op != WR_OP_LOCAL_TEE) {
        if (wr_is_scalar_load(ins->op)) note_waiting(f, i);
        return;
    }
    uint32_t local = wr_ins_local(&wr_cell_at(f, address)->ins);
    if (f->bounds.locals[local].set > address) return; // it was set since the address was read
    uint64_t room = ins->b + (UINT64_C(1) << wr_natural_align(imm)) + beyond(limits);
    if (room <= wr_instcombine_room(f, address)) return;
    set_room(f, local, room);
    fold_waiting(f, i);
}

void wr_instcombine_note(wr_instcombine *f, uint32_t i) {
    unsigned op = wr_cell_op(f, i);
    if (op == WR_OP_LOCAL_SET || op == WR_OP_LOCAL_TEE)
        note_set(f, i);
    else if (wr_is_memarg(wr_opinfos[op].imm))
        note_access(f, i);
}
