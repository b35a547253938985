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
#include "asyncify_parts.h"
#include "ir/labels.h"

// A block that begins at the start of its region. They are kept in the order in which they end.
typedef struct opening {
    wr_ins ins;    // the instruction that opens it, named
    bool is_entry; // it ends at an entry
} opening;

// Where rewinding enters: at a point, or at an inner region with the points from `first` on.
typedef struct entry {
    uint32_t label, first;
} entry;

typedef struct region {
    uint32_t first, end; // its points
    uint32_t next;       // the next entry to come, when the body is written
    bool starts;         // so far there is no code in it
    bool at_once;        // it starts with its first entry
    WR_VEC(opening) openings;
    WR_VEC(entry) entries;
} region;

typedef struct open_block {
    uint32_t at; // the instruction; WR_NONE for the body
    uint32_t region;
} open_block;

typedef struct emitting {
    wr_async_work *w;
    wr_arena *arena;
    wr_body *body;
    const wr_u32s *saved;
    const wr_valtype *types; // of locals
    uint32_t names;          // of labels, so far
    uint32_t unwind;         // the label where frames are saved
    bool numbered;           // frames have the number of the call
    uint32_t pointer;        // local: the address of the frame
    uint8_t *with;           // by instruction that opens a block: there are points in it
    uint32_t *region_of;     // by instruction that opens a region with points: the region
    uint32_t *else_label;    // by if with points: the block that ends where its else begins
    WR_VEC(region) regions;
    WR_VEC(open_block) open;
    WR_VEC(wr_ins) out;
} emitting;

static void put(emitting *e, wr_ins ins) { WR_PUSH(e->arena, e->out, ins); }
static void put_op(emitting *e, wr_op op) { put(e, (wr_ins){.op = (uint16_t)op}); }
static void put_index(emitting *e, wr_op op, uint32_t index) {
    put(e, (wr_ins){.op = (uint16_t)op, .a = index});
}
static void put_const(emitting *e, uint64_t value, bool is64) {
    put(e, (wr_ins){.op = is64 ? WR_OP_I64_CONST : WR_OP_I32_CONST, .b = value});
}
static void put_end(emitting *e, uint32_t label) {
    wr_ins end = {.op = WR_OP_END};
    wr_set_block_name(&end, label);
    put(e, end);
}

static wr_ins open_plain(wr_op op, uint32_t label) {
    wr_ins ins = {.op = (uint16_t)op, .x = WR_BLOCK_EMPTY};
    wr_set_block_name(&ins, label);
    return ins;
}

// --- Regions ---

static bool begins_region(unsigned op) { return op == WR_OP_LOOP || wr_is_try(op); }

// Marks the blocks around each point.
static void find_with(emitting *e) {
    const wr_body *body = e->body;
    wr_u32s open = {0};
    uint32_t next = 0;
    for (uint32_t i = 0; i < body->n; i++) {
        while (next < e->w->points.n && e->w->points.v[next].call < i) next++;
        bool here =
            next < e->w->points.n && e->w->points.v[next].call == i && !e->w->points.v[next].in_handler;
        if (here && open.n) e->with[open.v[open.n - 1]] = 1;
        if (wr_opens_block(body->ins[i].op)) WR_PUSH(e->arena, open, i);
        if (!wr_closes_block(body->ins[i].op) || !open.n) continue;
        uint32_t closed = open.v[--open.n];
        if (open.n) e->with[open.v[open.n - 1]] |= e->with[closed];
    }
}

static open_block *innermost(emitting *e) { return &e->open.v[e->open.n - 1]; }
static region *region_here(emitting *e) { return &e->regions.v[innermost(e)->region]; }

static void add_region(emitting *e, uint32_t first) {
    region r = {.first = first, .starts = true};
    WR_PUSH(e->arena, e->regions, r);
}

static void add_opening(emitting *e, region *r, wr_ins ins, bool is_entry) {
    opening o = {ins, is_entry};
    WR_PUSH(e->arena, r->openings, o);
}

// `first` is the number of the first point of the entry.
static void add_entry(emitting *e, region *r, uint32_t first) {
    entry it = {e->names++, first};
    r->at_once |= r->starts;
    r->starts = false;
    add_opening(e, r, open_plain(WR_OP_BLOCK, it.label), true);
    WR_PUSH(e->arena, r->entries, it);
}

// Whether a block of the program begins at the start of its region.
static bool is_hoisted(const emitting *e, uint32_t i) {
    return e->with[i] && !begins_region(e->body->ins[i].op);
}

static void plan_open(emitting *e, uint32_t i, uint32_t number) {
    open_block b = {i, innermost(e)->region};
    if (e->with[i] && begins_region(e->body->ins[i].op)) {
        add_entry(e, region_here(e), number);
        b.region = e->region_of[i] = e->regions.n;
        add_region(e, number);
    } else if (e->body->ins[i].op != WR_OP_BLOCK || !e->with[i]) {
        region_here(e)->starts = false;
    }
    if (e->with[i] && e->body->ins[i].op == WR_OP_IF) e->else_label[i] = e->names++;
    WR_PUSH(e->arena, e->open, b);
}

static void plan_else(emitting *e) {
    uint32_t at = innermost(e)->at;
    if (is_hoisted(e, at)) add_opening(e, region_here(e), open_plain(WR_OP_BLOCK, e->else_label[at]), false);
}

static void plan_close(emitting *e, uint32_t number) {
    uint32_t at = innermost(e)->at;
    if (at == WR_NONE || e->region_of[at]) region_here(e)->end = number;
    if (at == WR_NONE) return;
    wr_ins block = e->body->ins[at];
    block.op = WR_OP_BLOCK;
    if (is_hoisted(e, at)) add_opening(e, region_here(e), block, false);
    e->open.n--;
}

static void plan(emitting *e) {
    open_block whole = {.at = WR_NONE};
    uint32_t next = 0, number = 0;
    add_region(e, 0);
    WR_PUSH(e->arena, e->open, whole);
    for (uint32_t i = 0; i < e->body->n; i++) {
        unsigned op = e->body->ins[i].op;
        for (; next < e->w->points.n && e->w->points.v[next].cut == i; next++)
            if (!e->w->points.v[next].in_handler) add_entry(e, region_here(e), number++);
        if (wr_opens_block(op))
            plan_open(e, i, number);
        else if (op == WR_OP_ELSE)
            plan_else(e);
        else if (wr_closes_block(op))
            plan_close(e, number);
        else
            region_here(e)->starts = false;
    }
}

// --- Jumping to an entry ---

static void put_table(emitting *e, const region *r) {
    uint32_t n = r->end - r->first, at = e->body->ext.n, k = 0;
    if (r->first) put_const(e, r->first, false), put_op(e, WR_OP_I32_SUB);
    for (uint32_t i = 0; i < n; i++) {
        if (k + 1 < r->entries.n && r->entries.v[k + 1].first == r->first + i) k++;
        WR_PUSH(e->arena, e->body->ext, r->entries.v[k].label);
    }
    put(e, (wr_ins){.op = WR_OP_BR_TABLE, .a = n - 1, .b = at});
}

static void put_number(emitting *e) { put_index(e, WR_OP_CALL, e->w->runtime->number); }

// Compares, where a table would be much longer than the list of entries.
static void put_compares(emitting *e, const region *r) {
    for (uint32_t k = 1; k < r->entries.n; k++) {
        put_number(e);
        put_const(e, r->entries.v[k].first, false);
        put_op(e, WR_OP_I32_LT_U);
        put_index(e, WR_OP_BR_IF, r->entries.v[k - 1].label);
    }
    put_index(e, WR_OP_BR, r->entries.v[r->entries.n - 1].label);
}

static void put_jump(emitting *e, const region *r) {
    if (r->entries.n == 1) {
        put_index(e, WR_OP_BR, r->entries.v[0].label);
    } else if (r->end - r->first > 4 * r->entries.n + 16) {
        put_compares(e, r);
    } else {
        put_number(e);
        put_table(e, r);
    }
}

// Whether going on is all that there is to do at the start of the region.
static bool is_entered_at_once(const region *r) { return r->at_once && r->entries.n == 1; }

// At the start of an inner region, where the state is normal or rewinding.
static void put_dispatch(emitting *e, const region *r) {
    uint32_t label = e->names++;
    if (is_entered_at_once(r)) return;
    put_index(e, WR_OP_GLOBAL_GET, e->w->runtime->state);
    if (r->entries.n == 1) {
        put_index(e, WR_OP_BR_IF, r->entries.v[0].label);
        return;
    }
    put(e, open_plain(WR_OP_IF, label));
    put_jump(e, r);
    put_end(e, label);
}

static void open_region(emitting *e, const region *r, bool inner) {
    for (uint32_t i = r->openings.n; i-- > 0;)
        if (!inner || !r->openings.v[i].is_entry || !is_entered_at_once(r)) put(e, r->openings.v[i].ins);
}

static void put_entry(emitting *e) {
    region *r = region_here(e);
    bool inner = r != &e->regions.v[0];
    if (!inner || !is_entered_at_once(r)) put_end(e, r->entries.v[r->next].label);
    r->next++;
}

// --- Frames ---

static wr_op load_of(wr_valtype type) {
    return type == WR_I32   ? WR_OP_I32_LOAD
           : type == WR_I64 ? WR_OP_I64_LOAD
           : type == WR_F32 ? WR_OP_F32_LOAD
           : type == WR_F64 ? WR_OP_F64_LOAD
                            : WR_OP_V128_LOAD;
}

static wr_op store_of(wr_valtype type) {
    return type == WR_I32   ? WR_OP_I32_STORE
           : type == WR_I64 ? WR_OP_I64_STORE
           : type == WR_F32 ? WR_OP_F32_STORE
           : type == WR_F64 ? WR_OP_F64_STORE
                            : WR_OP_V128_STORE;
}

static uint32_t size_of(wr_valtype type) {
    return type == WR_V128 ? 16 : type == WR_I64 || type == WR_F64 ? 8 : 4;
}

static uint32_t frame_size(const emitting *e) {
    uint32_t size = e->numbered ? 4 : 0;
    for (uint32_t i = 0; i < e->saved->n; i++) size += size_of(e->types[e->saved->v[i]]);
    return size;
}

// Frames are aligned to four bytes, and so is what is in them.
static void put_access(emitting *e, wr_op op, uint32_t offset) {
    put(e, (wr_ins){.op = (uint16_t)op, .x = 2, .a = e->w->runtime->memory, .b = offset});
}

static void put_restore(emitting *e) {
    uint32_t offset = e->numbered ? 4 : 0;
    put_const(e, frame_size(e), e->w->runtime->is64);
    put_index(e, WR_OP_CALL, e->w->runtime->pop);
    if (!e->saved->n) {
        put_op(e, WR_OP_DROP);
        return;
    }
    for (uint32_t i = 0; i < e->saved->n; i++) {
        wr_valtype type = e->types[e->saved->v[i]];
        put_index(e, i ? WR_OP_LOCAL_GET : WR_OP_LOCAL_TEE, e->pointer);
        put_access(e, load_of(type), offset);
        put_index(e, WR_OP_LOCAL_SET, e->saved->v[i]);
        offset += size_of(type);
    }
}

// The number of the call is on the stack, if frames have it.
static void put_save(emitting *e) {
    uint32_t offset = e->numbered ? 4 : 0;
    put_const(e, frame_size(e), e->w->runtime->is64);
    put_index(e, WR_OP_CALL, e->numbered ? e->w->runtime->push_numbered : e->w->runtime->push);
    if (!e->saved->n) {
        put_op(e, WR_OP_DROP);
        return;
    }
    for (uint32_t i = 0; i < e->saved->n; i++) {
        wr_valtype type = e->types[e->saved->v[i]];
        put_index(e, i ? WR_OP_LOCAL_GET : WR_OP_LOCAL_TEE, e->pointer);
        put_index(e, WR_OP_LOCAL_GET, e->saved->v[i]);
        put_access(e, store_of(type), offset);
        offset += size_of(type);
    }
}

static void put_zero(emitting *e, wr_valtype type) {
    switch (type) {
    case WR_I32: put_const(e, 0, false); return;
    case WR_I64: put_const(e, 0, true); return;
    case WR_F32: put_op(e, WR_OP_F32_CONST); return;
    case WR_F64: put_op(e, WR_OP_F64_CONST); return;
    case WR_V128: {
        uint32_t at = e->body->ext.n;
        for (int i = 0; i < 4; i++) WR_PUSH(e->arena, e->body->ext, 0);
        put(e, (wr_ins){.op = WR_OP_V128_CONST, .b = at});
        return;
    }
    default:
        if (!wr_is_nullable(type)) wr_async_refuse(e->w, "its result is a reference that can't be null");
        put(e, (wr_ins){.op = WR_OP_REF_NULL, .a = wr_heap_of(type)});
    }
}

// --- The body ---

static void put_prologue(emitting *e) {
    uint32_t label = e->names++;
    put_index(e, WR_OP_GLOBAL_GET, e->w->runtime->state);
    put_const(e, WR_ASYNC_REWINDING, false);
    put_op(e, WR_OP_I32_EQ);
    if (!frame_size(e)) {
        put_index(e, WR_OP_BR_IF, e->regions.v[0].entries.v[0].label);
        return;
    }
    put(e, open_plain(WR_OP_IF, label));
    put_restore(e);
    put_jump(e, &e->regions.v[0]);
    put_end(e, label);
}

static void put_epilogue(emitting *e) {
    const wr_type *type = wr_func_type(e->w->m, e->body->func);
    put_op(e, WR_OP_RETURN);
    put_end(e, e->unwind);
    if (frame_size(e)) put_save(e);
    for (uint32_t i = 0; i < type->nresults; i++) put_zero(e, type->values[type->nparams + i]);
}

static void put_test(emitting *e, uint32_t number) {
    if (e->numbered) put_const(e, number, false);
    put_index(e, WR_OP_GLOBAL_GET, e->w->runtime->state);
    put_index(e, WR_OP_BR_IF, e->unwind);
    if (e->numbered) put_op(e, WR_OP_DROP);
}

// A handler can't be entered, so what is suspended there would be lost.
static void put_trap(emitting *e) {
    uint32_t label = e->names++;
    put_index(e, WR_OP_GLOBAL_GET, e->w->runtime->state);
    put(e, open_plain(WR_OP_IF, label));
    put_op(e, WR_OP_UNREACHABLE);
    put_end(e, label);
}

// An if whose arms are entered: its arms are where branches go.
static void put_condition(emitting *e, uint32_t i) {
    bool has_else = e->body->ins[e->body->arm[i]].op == WR_OP_ELSE;
    put_op(e, WR_OP_I32_EQZ);
    put_index(e, WR_OP_BR_IF, has_else ? e->else_label[i] : wr_block_name(&e->body->ins[i]));
}

static void emit_open(emitting *e, uint32_t i) {
    wr_ins ins = e->body->ins[i];
    open_block b = {i, innermost(e)->region};
    if (e->region_of[i]) {
        put_entry(e);
        b.region = e->region_of[i];
        put(e, ins);
        open_region(e, &e->regions.v[b.region], true);
        put_dispatch(e, &e->regions.v[b.region]);
    } else if (!e->with[i]) {
        put(e, ins);
    } else if (ins.op == WR_OP_IF) {
        put_condition(e, i);
    }
    WR_PUSH(e->arena, e->open, b);
}

static void emit_else(emitting *e, uint32_t i) {
    uint32_t at = innermost(e)->at;
    if (!is_hoisted(e, at)) {
        put(e, e->body->ins[i]);
        return;
    }
    put_index(e, WR_OP_BR, wr_block_name(&e->body->ins[at]));
    put_end(e, e->else_label[at]);
}

static void emit_close(emitting *e, uint32_t i) {
    if (innermost(e)->at != WR_NONE)
        e->open.n--;
    else if (e->w->nresumable)
        put_epilogue(e);
    put(e, e->body->ins[i]);
}

static void emit_start(emitting *e) {
    wr_ins unwind = open_plain(WR_OP_BLOCK, e->unwind);
    if (e->numbered) unwind.x = WR_BLOCK_VALUE, unwind.a = WR_I32;
    put(e, unwind);
    open_region(e, &e->regions.v[0], false);
    put_prologue(e);
}

static void emit_body(emitting *e) {
    uint32_t next = 0, number = 0;
    if (e->w->nresumable) emit_start(e);
    for (uint32_t i = 0; i < e->body->n; i++) {
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
            put(e, e->body->ins[i]);
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
    emitting e = {.w = w, .arena = w->arena, .body = body, .saved = saved, .numbered = w->nresumable > 1};
    if (saved->n) e.pointer = wr_async_add_local(w, w->runtime->is64 ? WR_I64 : WR_I32);
    e.types = wr_typing_locals(e.arena, w->m, body);
    e.names = wr_name_labels(e.arena, body);
    e.unwind = e.names++;
    e.with = WR_NEW0(e.arena, uint8_t, body->n);
    e.region_of = WR_NEW0(e.arena, uint32_t, body->n);
    e.else_label = WR_NEW0(e.arena, uint32_t, body->n);
    find_with(&e);
    plan(&e);
    e.open.n = 1;
    emit_body(&e);
    body->ins = e.out.v;
    body->n = e.out.n;
    wr_number_labels(e.arena, body, e.names);
}
