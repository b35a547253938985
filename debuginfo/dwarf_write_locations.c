// Writes where variables are in the output. An expression that depends on locals becomes a list of the
// stretches in which their values are known to be in locals of the output (local_places.h); one that depends
// on nothing but memory stays. Elements of lists move with the code that they were about, and call
// sites with the calls.
#include "dwarf_write_entry.h"
#include "support/search.h"

enum { WORK_PER_BYTE = 64, LEAST_WORK = 1 << 24 };

// A stretch of the current function, and the expression that holds there.
typedef struct stretch {
    uint32_t at, end, entry; // entry: number of the input's entry, plus 1; 0: none
    uint32_t local[WR_DWARF_MOST_LOCALS];
} stretch;

typedef struct moving {
    wr_dwarf_writer *w;
    const wr_dwarf_locations *list;
    wr_dwarf_needs *needs; // by entry
    wr_buf out;
    bool any;
} moving;

// --- Lists of the output ---

static void put_expression(moving *m, wr_buf *out, const stretch *s) {
    wr_slice from = m->list->v[s->entry - 1].expression;
    const wr_dwarf_needs *needs = &m->needs[s->entry - 1];
    uint32_t at = 0;
    for (uint32_t i = 0; i < needs->nlocals; i++) {
        wr_put_bytes(out, from.p + at, needs->locals[i].at - at);
        wr_put_uleb(out, s->local[i]);
        at = needs->locals[i].end;
    }
    wr_put_bytes(out, from.p + at, from.n - at);
}

static void put_stretch(moving *m, const stretch *s) {
    wr_dwarf_writer *w = m->w;
    wr_buf expression = wr_buf_in(&w->env->temp);
    bool is_new = w->version >= 5;
    put_expression(m, &expression, s);
    if (expression.n > UINT16_MAX) return;
    if (is_new) wr_put_u8(&m->out, 7); // DW_LLE_start_end: from one address to another
    wr_put_le32(&m->out, (uint32_t)(s->at - w->from->code));
    wr_put_le32(&m->out, (uint32_t)(s->end - w->from->code));
    if (is_new)
        wr_put_uleb(&m->out, expression.n);
    else
        wr_put_u8(&m->out, (uint8_t)expression.n), wr_put_u8(&m->out, (uint8_t)(expression.n >> 8));
    wr_put_slice(&m->out, wr_buf_slice(&expression));
    m->any = true;
}

static bool continues(const stretch *a, const stretch *b, uint32_t nlocals) {
    return a->entry == b->entry && a->end == b->at &&
           memcmp(a->local, b->local, nlocals * sizeof *a->local) == 0;
}

static void add_list(moving *m, wr_dwarf_record *e, uint64_t attribute) {
    wr_dwarf_writer *w = m->w;
    bool is_new = w->version >= 5;
    wr_buf *section = is_new ? &w->loclists : &w->loc;
    if (!m->any) return;
    wr_dwarf_add_word(w, e, attribute, w->version >= 4 ? WR_FORM_SEC_OFFSET : WR_FORM_DATA4, section->n);
    wr_put_slice(section, wr_buf_slice(&m->out));
    if (is_new)
        wr_put_u8(section, 0);
    else
        wr_put_le64(section, 0);
}

// --- Variables ---

// By instruction of the input, the number of the entry that is about it, plus 1.
static const uint32_t *spread_entries(wr_dwarf_writer *w, const wr_dwarf_locations *list) {
    const wr_local_side *side = &w->places.before;
    uint32_t *entry = WR_NEW0(w->places.arena, uint32_t, side->body.n);
    for (uint32_t k = 0; k < list->n; k++) {
        uint64_t low = list->v[k].low + w->d.code, high = list->v[k].high + w->d.code;
        uint32_t i;
        WR_SEARCH(i, 0, side->body.n, side->at[i] < low);
        for (; i < side->body.n && side->at[i] < high; i++) entry[i] = k + 1;
    }
    return entry;
}

// Finds the locals of an entry's expression at an instruction. Returns false if any is not known.
static bool find_locals(const wr_dwarf_needs *needs, const uint32_t *const *found, uint32_t i, stretch *s) {
    for (uint32_t k = 0; k < needs->nlocals; k++) {
        if (!found[k] || found[k][i] == WR_NONE) return false;
        s->local[k] = found[k][i];
    }
    return true;
}

typedef const uint32_t *found_locals[WR_DWARF_MOST_LOCALS];

static void move_entries(moving *m, const uint32_t *entry, found_locals *found) {
    const wr_local_places *p = &m->w->places;
    stretch open = {0};
    for (uint32_t i = 0; i < p->after.body.n; i++) {
        stretch s = {p->after.at[i], p->after.at[i + 1], 0, {0}};
        if (p->from[i] != WR_NONE) s.entry = entry[p->from[i]];
        if (s.entry && !find_locals(&m->needs[s.entry - 1], found[s.entry - 1], i, &s)) s.entry = 0;
        if (open.entry && continues(&open, &s, WR_DWARF_MOST_LOCALS)) {
            open.end = s.end;
            continue;
        }
        if (open.entry) put_stretch(m, &open);
        open = s;
    }
    if (open.entry) put_stretch(m, &open);
}

static bool spend(const wr_dwarf_writer *w, uint64_t *spent, uint64_t work) {
    uint64_t most = (uint64_t)w->from->input->input.n * WORK_PER_BYTE + LEAST_WORK;
    *spent += work;
    return *spent < most;
}

// Turns to the code of a scope. Going back and forth between sites costs as much as what is found there.
static bool enter(wr_dwarf_writer *w, const wr_dwarf_scope *scope) {
    wr_local_places *p = &w->places;
    if (!scope->site) return wr_local_places_enter(p, scope->func);
    if (p->func == scope->func && p->site == scope->site) return p->is_usable;
    uint64_t size = w->from->map->funcs[scope->func].size + w->from->input->funcs[scope->callee].body.n;
    return spend(w, &w->site_work, 8 * size) &&
           wr_local_places_enter_site(p, scope->func, scope->site, scope->callee);
}

enum { OP_CONSTS = 0x11, OP_PLUS = 0x22, OP_PLUS_UCONST = 0x23, OP_STACK_VALUE = 0x9f, OP_WASM = 0xed };
enum { GLOBAL = 1, GLOBAL_OF_4_BYTES = 3 }; // of OP_WASM

uint32_t wr_dwarf_frame_local(wr_dwarf_writer *w, const wr_dwarf_record *e) {
    wr_dwarf_needs needs;
    wr_slice text = e->frame_base.text;
    if (!e->has_frame_base || !wr_dwarf_is_expression(&e->frame_base)) return WR_NONE;
    if (!wr_dwarf_read_needs(&w->d, text, &needs) || needs.frame || needs.nlocals != 1) return WR_NONE;
    bool is_plain =
        text.p[0] == OP_WASM && text.n == needs.locals[0].end + 1 && text.p[text.n - 1] == OP_STACK_VALUE;
    return is_plain ? needs.locals[0].local : WR_NONE;
}

// In inlined code the frame base is that of the function around it, so an offset from the callee's becomes
// one from the local that this is.
static bool name_frame(wr_dwarf_writer *w, const wr_dwarf_scope *scope, const wr_dwarf_needs *needs,
                       wr_slice *expression) {
    if (!scope->site || scope->frame == WR_NONE || !needs->is_offset) return false;
    wr_buf out = wr_buf_in(&w->env->temp);
    wr_put_u8(&out, OP_WASM);
    wr_put_u8(&out, 0); // a local
    wr_put_uleb(&out, scope->frame);
    wr_put_u8(&out, needs->offset < 0 ? OP_CONSTS : OP_PLUS_UCONST);
    if (needs->offset < 0)
        wr_put_sleb(&out, needs->offset), wr_put_u8(&out, OP_PLUS);
    else
        wr_put_uleb(&out, (uint64_t)needs->offset);
    *expression = wr_buf_slice(&out);
    return true;
}

// Drops the entries whose expressions can't be moved.
static void keep_movable(wr_dwarf_writer *w, wr_dwarf_locations *list, wr_dwarf_needs *needs,
                         const wr_dwarf_scope *scope) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < list->n; i++) {
        wr_slice *expression = &list->v[i].expression;
        if (!wr_dwarf_read_needs(&w->d, *expression, &needs[n])) continue;
        if (needs[n].frame && !scope->has_frame) {
            if (!name_frame(w, scope, &needs[n], expression)) continue;
            wr_dwarf_read_needs(&w->d, *expression, &needs[n]);
        }
        list->v[n++] = list->v[i];
    }
    list->n = n;
}

static bool move_list(wr_dwarf_writer *w, wr_dwarf_record *e, wr_dwarf_locations *list,
                      const wr_dwarf_scope *scope) {
    wr_dwarf_needs *needs = WR_NEW(&w->env->temp, wr_dwarf_needs, list->n);
    keep_movable(w, list, needs, scope);
    if (!list->n || !enter(w, scope)) return false;
    uint64_t work = w->places.before.body.n + (uint64_t)w->places.after.body.n + list->n;
    if (!spend(w, scope->site ? &w->site_work : &w->location_work, work)) return false;
    moving m = {.w = w, .list = list, .needs = needs, .out = wr_buf_in(&w->env->temp)};
    found_locals *found = WR_NEW0(w->places.arena, found_locals, list->n);
    for (uint32_t i = 0; i < list->n; i++)
        for (uint32_t k = 0; k < needs[i].nlocals; k++)
            found[i][k] = wr_local_places_find(&w->places, needs[i].locals[k].local);
    move_entries(&m, spread_entries(w, list), found);
    add_list(&m, e, WR_AT_LOCATION);
    return m.any;
}

bool wr_dwarf_add_location(wr_dwarf_writer *w, wr_dwarf_record *e, const wr_dwarf_scope *scope) {
    const wr_dwarf_value *v = &e->location;
    wr_dwarf_needs needs;
    wr_dwarf_locations list = {0};
    if (!wr_dwarf_is_expression(v)) {
        if (scope->func == WR_NONE) return false;
        wr_dwarf_read_locations(&w->d, v, &list);
    } else if (!wr_dwarf_read_needs(&w->d, v->text, &needs) ||
               (needs.frame && !scope->has_frame && !scope->site)) {
        return false;
    } else if (!needs.nlocals && !(needs.frame && scope->site)) {
        wr_dwarf_copy_attribute(w, e, v, e->location_end);
        return true;
    } else {
        wr_dwarf_location everywhere = {0, UINT32_MAX, v->text};
        WR_PUSH(&w->env->temp, list, everywhere);
    }
    return scope->func != WR_NONE && move_list(w, e, &list, scope);
}

// --- Calls ---

bool wr_dwarf_add_describes_calls(wr_dwarf_writer *w, wr_dwarf_record *e, uint32_t func) {
    bool is_new = w->version >= 5;
    if (!wr_local_places_enter(&w->places, func) || w->places.has_tail_calls) return false;
    wr_dwarf_add_bytes(e, is_new ? WR_AT_CALL_ALL_TAIL_CALLS : WR_AT_GNU_ALL_TAIL_CALL_SITES, WR_FORM_FLAG,
                       wr_slice_str("\1"));
    return true;
}

bool wr_dwarf_add_call(wr_dwarf_writer *w, wr_dwarf_record *e, uint32_t func) {
    uint32_t call, behind;
    // In DWARF 4 the low address of GNU's call sites is where the call returns to.
    uint64_t back = e->return_pc ? e->return_pc : e->has_low ? e->low : 0;
    uint64_t at = e->call_pc ? e->call_pc : back - 1;
    if (func == WR_NONE || (!back && !e->call_pc) || wr_dwarf_is_gone(at)) return false;
    if (!wr_local_places_enter(&w->places, func)) return false;
    if (!wr_local_places_find_call(&w->places, at + w->d.code, &call, &behind)) return false;
    if (e->call_pc) wr_dwarf_add_word(w, e, WR_AT_CALL_PC, WR_FORM_ADDR, call - w->from->code);
    if (back)
        wr_dwarf_add_word(w, e, e->return_pc ? WR_AT_CALL_RETURN_PC : WR_AT_LOW_PC, WR_FORM_ADDR,
                          behind - w->from->code);
    return true;
}

// --- The frame base ---

static void add_frame_list(wr_dwarf_writer *w, wr_dwarf_record *e, const uint32_t *found,
                           const wr_dwarf_needs *needs) {
    const wr_local_places *p = &w->places;
    wr_dwarf_locations list = {0};
    wr_dwarf_location everywhere = {0, UINT32_MAX, e->frame_base.text};
    WR_PUSH(&w->env->temp, list, everywhere);
    wr_dwarf_needs copy = *needs;
    moving m = {.w = w, .list = &list, .needs = &copy, .out = wr_buf_in(&w->env->temp)};
    for (uint32_t i = 0, end; i < p->after.body.n; i = end) {
        for (end = i + 1; end < p->after.body.n && found[end] == found[i]; end++) {}
        stretch s = {p->after.at[i], p->after.at[end], 1, {found[i]}};
        if (found[i] != WR_NONE) put_stretch(&m, &s);
    }
    add_list(&m, e, WR_AT_FRAME_BASE);
}

static void add_frame_expression(wr_dwarf_writer *w, wr_dwarf_record *e, wr_slice expression) {
    wr_buf block = wr_buf_in(&w->env->temp);
    wr_put_sized(&block, expression);
    wr_dwarf_add_bytes(e, WR_AT_FRAME_BASE, w->version >= 4 ? WR_FORM_EXPRLOC : WR_FORM_BLOCK,
                       wr_buf_slice(&block));
}

// The number in the output of a global of the input; WR_NONE if the global is gone.
static uint32_t find_global(const wr_dwarf_writer *w, uint32_t global) {
    const wr_code_map *map = w->from->map;
    for (uint32_t i = 0; i < map->nglobals; i++)
        if (map->globals[i] == global) return i;
    return WR_NONE;
}

// Adds a frame base that is the shadow-stack pointer itself, as of functions that have no frame. Returns
// false if the expression is another one.
static bool add_global_frame(wr_dwarf_writer *w, wr_dwarf_record *e, wr_slice text) {
    wr_reader r = wr_reader_of(w->env, text, 0);
    wr_buf out = wr_buf_in(&w->env->temp);
    if (text.n < 4 || wr_read_u8(&r) != OP_WASM) return false;
    unsigned kind = wr_read_u8(&r);
    if (kind != GLOBAL && kind != GLOBAL_OF_4_BYTES) return false;
    if (kind == GLOBAL_OF_4_BYTES && text.n != 7) return false;
    uint32_t global = kind == GLOBAL ? wr_read_u32(&r) : (uint32_t)wr_dwarf_fixed(&r, 4);
    if (wr_left(&r) != 1 || wr_read_u8(&r) != OP_STACK_VALUE) return false;
    global = find_global(w, global);
    if (global == WR_NONE) return true;
    wr_put_u8(&out, OP_WASM);
    wr_put_u8(&out, (uint8_t)kind);
    if (kind == GLOBAL)
        wr_put_uleb(&out, global);
    else
        wr_put_le32(&out, global);
    wr_put_u8(&out, OP_STACK_VALUE);
    add_frame_expression(w, e, wr_buf_slice(&out));
    return true;
}

bool wr_dwarf_add_frame_base(wr_dwarf_writer *w, wr_dwarf_record *e, uint32_t func) {
    wr_dwarf_needs needs;
    uint32_t whole;
    const wr_dwarf_value *v = &e->frame_base;
    if (!wr_dwarf_is_expression(v) || add_global_frame(w, e, v->text)) return false;
    if (!wr_dwarf_read_needs(&w->d, v->text, &needs)) return false;
    if (needs.frame || needs.nlocals != 1 || !wr_local_places_enter(&w->places, func)) return false;
    const uint32_t *found = wr_local_places_find_constant(&w->places, needs.locals[0].local, &whole);
    if (!found) return false;
    if (whole == WR_NONE) {
        add_frame_list(w, e, found, &needs);
        return true;
    }
    wr_dwarf_locations list = {0};
    wr_dwarf_location everywhere = {0, UINT32_MAX, v->text};
    WR_PUSH(&w->env->temp, list, everywhere);
    moving m = {.w = w, .list = &list, .needs = &needs};
    wr_buf expression = wr_buf_in(&w->env->temp);
    put_expression(&m, &expression, &(stretch){.entry = 1, .local = {whole}});
    add_frame_expression(w, e, wr_buf_slice(&expression));
    return true;
}
