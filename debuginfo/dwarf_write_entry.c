// Writes single entries of .debug_info, with their abbreviations and ranges.
#include "dwarf_write_entry.h"

#include "support/hash.h"

// --- Writing entries ---

static uint32_t find_shape(wr_dwarf_writer *w, wr_slice shape) {
    uint32_t i;
    uint64_t hash = wr_hash_bytes(shape.p, shape.n);
    WR_MAP_FIND(&w->shape_map, hash, i, wr_slice_eq(w->shapes.v[i], shape));
    if (i != WR_NONE) return i;
    wr_map_add(&w->shape_map, w->d.lists, hash, w->shapes.n);
    WR_PUSH(w->d.lists, w->shapes, wr_slice_copy(w->d.lists, shape));
    return w->shapes.n - 1;
}

void wr_dwarf_put_entry(wr_dwarf_writer *w, const wr_dwarf_record *e) {
    uint8_t bytes[WR_DWARF_MOST_ATTRIBUTES * 20 + 32];
    wr_arena *temp = &w->env->temp;
    wr_buf shape = {.arena = temp, .p = bytes, .cap = sizeof bytes};
    wr_put_uleb(&shape, e->tag);
    wr_put_u8(&shape, e->has_children);
    for (uint32_t i = 0; i < e->n; i++) {
        wr_put_uleb(&shape, e->v[i].attribute);
        wr_put_uleb(&shape, e->v[i].form);
    }
    wr_put_bytes(&shape, "\0\0", 2);
    if (e->offset) {
        wr_dwarf_moved moved = {e->offset, w->info.n};
        WR_PUSH(w->d.lists, w->moved, moved);
    }
    wr_put_uleb(&w->info, find_shape(w, wr_buf_slice(&shape)) + 1);
    for (uint32_t i = 0; i < e->n; i++) {
        const wr_dwarf_attribute *a = &e->v[i];
        if (a->is_reference) {
            wr_dwarf_fixup fixup = {w->info.n, a->target, a->form == WR_FORM_REF4 ? w->unit_at : UINT64_MAX};
            WR_PUSH(w->d.lists, w->fixups, fixup);
        }
        wr_put_slice(&w->info, a->bytes);
    }
}

void wr_dwarf_begin_entry(wr_dwarf_writer *w, wr_dwarf_record *e) {
    e->has_children = true;
    e->at = w->info.n, e->nmoved = w->moved.n, e->nfixups = w->fixups.n;
    wr_dwarf_put_entry(w, e);
    e->behind = w->info.n;
}

void wr_dwarf_end_entry(wr_dwarf_writer *w, wr_dwarf_record *e) {
    if (w->info.n > e->behind) {
        wr_put_u8(&w->info, 0);
        return;
    }
    w->info.n = e->at, w->moved.n = e->nmoved, w->fixups.n = e->nfixups;
    e->has_children = false;
    wr_dwarf_put_entry(w, e);
}

void wr_dwarf_add_bytes(wr_dwarf_record *e, uint64_t name, uint64_t form, wr_slice bytes) {
    if (e->n < WR_DWARF_MOST_ATTRIBUTES)
        e->v[e->n++] = (wr_dwarf_attribute){.attribute = name, .form = form, .bytes = bytes};
}

void wr_dwarf_add_word(wr_dwarf_writer *w, wr_dwarf_record *e, uint64_t name, uint64_t form, uint64_t value) {
    uint8_t *bytes = wr_alloc(&w->env->temp, 4);
    for (unsigned i = 0; i < 4; i++) bytes[i] = (uint8_t)(value >> (8 * i));
    wr_dwarf_add_bytes(e, name, form, wr_slice_of(bytes, 4));
}

void wr_dwarf_add_reference(wr_dwarf_writer *w, wr_dwarf_record *e, uint64_t name, uint64_t target,
                            bool is_near) {
    wr_dwarf_add_word(w, e, name, is_near ? WR_FORM_REF4 : WR_FORM_REF_ADDR, 0);
    e->v[e->n - 1].target = target;
    e->v[e->n - 1].is_reference = true;
}

void wr_dwarf_add_number(wr_dwarf_writer *w, wr_dwarf_record *e, uint64_t name, uint64_t value) {
    wr_buf bytes = wr_buf_in(&w->env->temp);
    wr_put_uleb(&bytes, value);
    wr_dwarf_add_bytes(e, name, WR_FORM_UDATA, wr_buf_slice(&bytes));
}

// --- Ranges ---

void wr_dwarf_add_ranges(wr_dwarf_writer *w, wr_dwarf_record *e, const wr_dwarf_range *v, uint32_t n) {
    bool is_new = w->version >= 5;
    wr_buf *out = is_new ? &w->rnglists : &w->ranges;
    wr_dwarf_add_word(w, e, WR_AT_RANGES, w->version >= 4 ? WR_FORM_SEC_OFFSET : WR_FORM_DATA4, out->n);
    for (uint32_t i = 0; i < n; i++) {
        if (is_new) wr_put_u8(out, 6); // DW_RLE_start_end: from one address to another
        wr_put_le32(out, (uint32_t)v[i].low);
        wr_put_le32(out, (uint32_t)v[i].high);
    }
    if (is_new)
        wr_put_u8(out, 0);
    else
        wr_put_le64(out, 0);
}

void wr_dwarf_add_place(wr_dwarf_writer *w, wr_dwarf_record *e, const wr_dwarf_range *v, uint32_t n) {
    if (n != 1) {
        wr_dwarf_add_ranges(w, e, v, n);
        return;
    }
    wr_dwarf_add_word(w, e, WR_AT_LOW_PC, WR_FORM_ADDR, v->low);
    wr_dwarf_add_word(w, e, WR_AT_HIGH_PC, WR_FORM_DATA4, v->high - v->low);
}
