// Writes a body that can be left at its points and entered there again.
//
// Code that rewinding must get into is a *region*: the function's body, each loop that has points in it, and
// the protected code of each try that has. The points of a region that are not in inner regions, and its
// inner regions, are its *entries*. Rewinding jumps to an entry from the start of the region: each entry is
// where a block ends that begins there. So blocks and ifs of the program that have points in them must begin
// there too, and ifs become branches:
//
//   loop                      loop
//     A                         block            ;; the if
//     if                          block          ;; up to the entry
//       B                           (br_if 0 (global.get $state))
//       call $f                     A
//       C                           (br_if 1 (i32.eqz ..))
//     end                           B
//     D                           end
//   end                           call $f
//                                 C
//                               end
//                               D
//                             end
//
// In a region with several entries a br_table over the number of the call chooses. The function's own region
// jumps where locals are restored, so only loops and tries cost anything while nothing is suspended.
#include "analysis/typing.h"
#include "asyncify_emit.h"

// --- Jumping to an entry ---

static void put_table(wr_async_emitter *e, const wr_async_region *r) {
    uint32_t n = r->end - r->first, at = e->body->ext.n, k = 0;
    if (r->first) wr_async_put_const(e, r->first, false), wr_async_put_op(e, WR_OP_I32_SUB);
    for (uint32_t i = 0; i < n; i++) {
        if (k + 1 < r->entries.n && r->entries.v[k + 1].first == r->first + i) k++;
        WR_PUSH(e->arena, e->body->ext, r->entries.v[k].label);
    }
    wr_async_put(e, (wr_ins){.op = WR_OP_BR_TABLE, .a = n - 1, .b = at});
}

static void put_number(wr_async_emitter *e) { wr_async_put_index(e, WR_OP_CALL, e->w->runtime->number); }

// Compares, where a table would be much longer than the list of entries.
static void put_compares(wr_async_emitter *e, const wr_async_region *r) {
    for (uint32_t k = 1; k < r->entries.n; k++) {
        put_number(e);
        wr_async_put_const(e, r->entries.v[k].first, false);
        wr_async_put_op(e, WR_OP_I32_LT_U);
        wr_async_put_index(e, WR_OP_BR_IF, r->entries.v[k - 1].label);
    }
    wr_async_put_index(e, WR_OP_BR, r->entries.v[r->entries.n - 1].label);
}

static void put_jump(wr_async_emitter *e, const wr_async_region *r) {
    if (r->entries.n == 1) {
        wr_async_put_index(e, WR_OP_BR, r->entries.v[0].label);
    } else if (r->end - r->first > 4 * r->entries.n + 16) {
        put_compares(e, r);
    } else {
        put_number(e);
        put_table(e, r);
    }
}

// Whether going on is all that there is to do at the start of the region.
static bool is_entered_at_once(const wr_async_region *r) { return r->at_once && r->entries.n == 1; }

// At the start of an inner region, where the state is normal or rewinding.
static void put_dispatch(wr_async_emitter *e, const wr_async_region *r) {
    uint32_t label = e->names++;
    if (is_entered_at_once(r)) return;
    wr_async_put_index(e, WR_OP_GLOBAL_GET, e->w->runtime->state);
    if (r->entries.n == 1) {
        wr_async_put_index(e, WR_OP_BR_IF, r->entries.v[0].label);
        return;
    }
    wr_async_put(e, wr_async_block(WR_OP_IF, label));
    put_jump(e, r);
    wr_async_put_end(e, label);
}

static void open_region(wr_async_emitter *e, const wr_async_region *r, bool inner) {
    for (uint32_t i = r->openings.n; i-- > 0;)
        if (!inner || !r->openings.v[i].is_entry || !is_entered_at_once(r))
            wr_async_put(e, r->openings.v[i].ins);
}

static void put_entry(wr_async_emitter *e) {
    wr_async_region *r = wr_async_region_here(e);
    bool inner = r != &e->regions.v[0];
    if (!inner || !is_entered_at_once(r)) wr_async_put_end(e, r->entries.v[r->next].label);
    r->next++;
}

// --- The body ---

static void put_prologue(wr_async_emitter *e) {
    uint32_t label = e->names++;
    wr_async_put_index(e, WR_OP_GLOBAL_GET, e->w->runtime->state);
    wr_async_put_const(e, WR_ASYNC_REWINDING, false);
    wr_async_put_op(e, WR_OP_I32_EQ);
    if (!wr_async_frame_size(e)) {
        wr_async_put_index(e, WR_OP_BR_IF, e->regions.v[0].entries.v[0].label);
        return;
    }
    wr_async_put(e, wr_async_block(WR_OP_IF, label));
    wr_async_put_restore(e);
    put_jump(e, &e->regions.v[0]);
    wr_async_put_end(e, label);
}

static void put_epilogue(wr_async_emitter *e) {
    const wr_type *type = wr_func_type(e->w->m, e->body->func);
    wr_async_put_op(e, WR_OP_RETURN);
    wr_async_put_end(e, e->unwind);
    if (wr_async_frame_size(e)) wr_async_put_save(e);
    for (uint32_t i = 0; i < type->nresults; i++) wr_async_put_zero(e, type->values[type->nparams + i]);
}

static void put_test(wr_async_emitter *e, uint32_t number) {
    if (e->numbered) wr_async_put_const(e, number, false);
    wr_async_put_index(e, WR_OP_GLOBAL_GET, e->w->runtime->state);
    wr_async_put_index(e, WR_OP_BR_IF, e->unwind);
    if (e->numbered) wr_async_put_op(e, WR_OP_DROP);
}

// A handler can't be entered, so what is suspended there would be lost.
static void put_trap(wr_async_emitter *e) {
    uint32_t label = e->names++;
    wr_async_put_index(e, WR_OP_GLOBAL_GET, e->w->runtime->state);
    wr_async_put(e, wr_async_block(WR_OP_IF, label));
    wr_async_put_op(e, WR_OP_UNREACHABLE);
    wr_async_put_end(e, label);
}

// An if whose arms are entered: its arms are where branches go.
static void put_condition(wr_async_emitter *e, uint32_t i) {
    bool has_else = e->body->ins[e->body->arm[i]].op == WR_OP_ELSE;
    wr_async_put_op(e, WR_OP_I32_EQZ);
    wr_async_put_index(e, WR_OP_BR_IF, has_else ? e->else_label[i] : wr_block_name(&e->body->ins[i]));
}

static void emit_open(wr_async_emitter *e, uint32_t i) {
    wr_ins ins = e->body->ins[i];
    wr_async_enter(e, e->region_of[i]);
    if (e->region_of[i]) {
        put_entry(e);
        wr_async_put(e, ins);
        open_region(e, &e->regions.v[e->region_of[i]], true);
        put_dispatch(e, &e->regions.v[e->region_of[i]]);
    } else if (!e->with[i]) {
        wr_async_put(e, ins);
    } else if (ins.op == WR_OP_IF) {
        put_condition(e, i);
    }
}

static void emit_else(wr_async_emitter *e, uint32_t i) {
    uint32_t at = wr_walk_block(&e->walk, 0);
    if (!wr_async_is_hoisted(e, at)) {
        wr_async_put(e, e->body->ins[i]);
        return;
    }
    wr_async_put_index(e, WR_OP_BR, wr_block_name(&e->body->ins[at]));
    wr_async_put_end(e, e->else_label[at]);
}

static void emit_close(wr_async_emitter *e, uint32_t i) {
    if (wr_walk_block(&e->walk, 0) == WR_NONE && e->w->nresumable) put_epilogue(e);
    wr_async_put(e, e->body->ins[i]);
}

static void emit_start(wr_async_emitter *e) {
    wr_ins unwind = wr_async_block(WR_OP_BLOCK, e->unwind);
    if (e->numbered) unwind.x = WR_BLOCK_VALUE, unwind.a = WR_I32;
    wr_async_put(e, unwind);
    open_region(e, &e->regions.v[0], false);
    put_prologue(e);
}

static void emit_body(wr_async_emitter *e) {
    uint32_t next = 0, number = 0;
    e->walk = wr_walk_with(e->arena, e->body, sizeof(uint32_t));
    if (e->w->nresumable) emit_start(e);
    while (wr_walk_next(&e->walk)) {
        uint32_t i = e->walk.i;
        const wr_async_point *p = next < e->w->points.n ? &e->w->points.v[next] : NULL;
        unsigned op = e->body->ins[i].op;
        if (p && p->cut == i && !p->in_handler) put_entry(e);
        if (wr_opens_block(op))
            emit_open(e, i);
        else if (op == WR_OP_ELSE)
            emit_else(e, i);
        else if (wr_closes_block(op))
            emit_close(e, i);
        else
            wr_async_put(e, e->body->ins[i]);
        if (!p || p->call != i) continue;
        if (p->in_handler)
            put_trap(e);
        else
            put_test(e, number++);
        next++;
    }
}

void wr_async_emit(wr_async_work *w, const wr_u32s *saved) {
    wr_body *body = w->body;
    wr_async_emitter e = {
        .w = w, .arena = w->arena, .body = body, .saved = saved, .numbered = w->nresumable > 1};
    if (saved->n) e.pointer = wr_async_add_local(w, w->runtime->is64 ? WR_I64 : WR_I32);
    e.types = wr_typing_locals(e.arena, w->m, body);
    e.names = wr_labels_name(e.arena, body);
    e.unwind = e.names++;
    e.with = WR_NEW0(e.arena, uint8_t, body->n);
    e.region_of = WR_NEW0(e.arena, uint32_t, body->n);
    e.else_label = WR_NEW0(e.arena, uint32_t, body->n);
    wr_async_plan(&e);
    emit_body(&e);
    body->ins = e.out.v;
    body->n = e.out.n;
    wr_labels_number(e.arena, body, e.names);
}
