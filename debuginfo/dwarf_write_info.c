// Writes the entries of the output: a walk over the input's entries, which are copied with new addresses and
// references. The code of an entry is found through pieces: stretches of the current function, each with its
// origin in the input, seen at the current depth of inlining.
#include <stdlib.h>

#include "dwarf_write_parts.h"
#include "support/hash.h"
#include "support/search.h"

enum {
    AT_SIBLING = 0x01,
    AT_STRING_LENGTH = 0x19,
    AT_RETURN_ADDR = 0x2a,
    AT_MACRO_INFO = 0x43,
    AT_USE_LOCATION = 0x4a,
    AT_MACROS = 0x79,
    AT_CALL_ALL_CALLS = 0x7a,
    AT_CALL_ALL_SOURCE_CALLS = 0x7b,
    AT_CALL_ALL_TAIL_CALLS = 0x7c,
    AT_GNU_ALL_TAIL_CALL_SITES = 0x2116,
    AT_GNU_ALL_CALL_SITES = 0x2117,
    AT_GNU_MACROS = 0x2119,
    AT_GNU_RANGES_BASE = 0x2132,
    AT_GNU_PUBNAMES = 0x2134,
};

enum {
    TAG_FORMAL_PARAMETER = 0x05,
    TAG_LABEL = 0x0a,
    TAG_LEXICAL_BLOCK = 0x0b,
    TAG_VARIABLE = 0x34,
    TAG_CATCH_BLOCK = 0x25,
    TAG_TRY_BLOCK = 0x32,
    TAG_CALL_SITE = 0x48,
    TAG_CALL_SITE_PARAMETER = 0x49,
    TAG_GNU_CALL_SITE = 0x4109,
    TAG_GNU_CALL_SITE_PARAMETER = 0x410a,
    TAG_PARTIAL_UNIT = 0x3c,
};

enum {
    FORM_ADDR = 0x01,
    FORM_DATA4 = 0x06,
    FORM_SDATA = 0x0d,
    FORM_UDATA = 0x0f,
    FORM_REF_ADDR = 0x10,
    FORM_REF4 = 0x13
};

enum { OP_ADDR = 0x03, OP_ADDRX = 0xa1, MOST_ATTRIBUTES = 256, MOST_DEPTH = 200 };

// A piece of the current function of the output.
typedef struct piece {
    uint32_t at, size; // place in the output, as a DWARF address
    uint32_t origin;   // its origin as a DWARF address, or that of the inlined call that it belongs to
    uint32_t site;     // then this is the inline site; 0: the code stands for itself
    uint32_t row_origin, row_site; // origin and site of the code itself
} piece;

typedef struct pieces {
    piece *v;
    uint32_t n;
} pieces;

// What is known at an entry from the entries around it.
typedef struct context {
    pieces code;    // the code of the enclosing entry
    bool is_placed; // some enclosing entry has code; inside it, entries without code are dropped
    bool is_gone;   // the enclosing function was removed
    unsigned depth;
} context;

typedef struct attribute {
    uint64_t attribute, form;
    wr_slice bytes;
    uint64_t target; // target of a reference
    bool is_reference;
} attribute;

// An entry while it is read and written.
typedef struct record {
    uint64_t offset, tag;
    bool has_children;
    attribute v[MOST_ATTRIBUTES];
    uint32_t n;
    bool has_low, has_high, high_is_size, has_ranges;
    uint64_t low, high;
    wr_dwarf_value ranges;
    size_t at, behind;        // where it begins, and where its first child would
    uint32_t nmoved, nfixups; // lengths of these lists before the entry
} record;

// --- Writing entries ---

static uint32_t find_shape(wr_dwarf_writer *w, wr_slice shape) {
    uint32_t i;
    uint64_t hash = wr_hash_bytes(shape.p, shape.n);
    WR_MAP_FIND(&w->shape_map, hash, i, wr_slice_eq(w->shapes.v[i], shape));
    if (i != WR_NONE) return i;
    wr_map_add(&w->shape_map, &w->env->temp, hash, w->shapes.n);
    WR_PUSH(&w->env->temp, w->shapes, wr_copy_slice(&w->env->temp, shape));
    return w->shapes.n - 1;
}

static void put_entry(wr_dwarf_writer *w, const record *e) {
    uint8_t bytes[MOST_ATTRIBUTES * 20 + 32];
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
        WR_PUSH(temp, w->moved, moved);
    }
    wr_put_uleb(&w->info, find_shape(w, wr_buf_slice(&shape)) + 1);
    for (uint32_t i = 0; i < e->n; i++) {
        const attribute *a = &e->v[i];
        if (a->is_reference) {
            wr_dwarf_fixup fixup = {w->info.n, a->target, a->form == FORM_REF4 ? w->unit_at : UINT64_MAX};
            WR_PUSH(temp, w->fixups, fixup);
        }
        wr_put_slice(&w->info, a->bytes);
    }
}

// Begins an entry that may have children, which are written after it.
static void begin_entry(wr_dwarf_writer *w, record *e) {
    e->has_children = true;
    e->at = w->info.n, e->nmoved = w->moved.n, e->nfixups = w->fixups.n;
    put_entry(w, e);
    e->behind = w->info.n;
}

// Ends its list of children. An entry without any is rewritten as one that has none.
static void end_entry(wr_dwarf_writer *w, record *e) {
    if (w->info.n > e->behind) {
        wr_put_u8(&w->info, 0);
        return;
    }
    w->info.n = e->at, w->moved.n = e->nmoved, w->fixups.n = e->nfixups;
    e->has_children = false;
    put_entry(w, e);
}

static void add_bytes(record *e, uint64_t name, uint64_t form, wr_slice bytes) {
    if (e->n < MOST_ATTRIBUTES) e->v[e->n++] = (attribute){.attribute = name, .form = form, .bytes = bytes};
}

static void add_word(wr_dwarf_writer *w, record *e, uint64_t name, uint64_t form, uint64_t value) {
    uint8_t *bytes = wr_alloc(&w->env->temp, 4);
    for (unsigned i = 0; i < 4; i++) bytes[i] = (uint8_t)(value >> (8 * i));
    add_bytes(e, name, form, wr_slice_of(bytes, 4));
}

static void add_reference(wr_dwarf_writer *w, record *e, uint64_t name, uint64_t target, bool is_near) {
    add_word(w, e, name, is_near ? FORM_REF4 : FORM_REF_ADDR, 0);
    e->v[e->n - 1].target = target;
    e->v[e->n - 1].is_reference = true;
}

static void add_number(wr_dwarf_writer *w, record *e, uint64_t name, uint64_t value) {
    wr_buf bytes = wr_buf_in(&w->env->temp);
    wr_put_uleb(&bytes, value);
    add_bytes(e, name, FORM_UDATA, wr_buf_slice(&bytes));
}

// --- Ranges ---

static void put_ranges(wr_dwarf_writer *w, record *e, const wr_dwarf_range *v, uint32_t n) {
    bool is_new = w->d.unit.version >= 5;
    wr_buf *out = is_new ? &w->rnglists : &w->ranges;
    add_word(w, e, WR_AT_RANGES, w->d.unit.version >= 4 ? WR_FORM_SEC_OFFSET : FORM_DATA4, out->n);
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

static void add_place(wr_dwarf_writer *w, record *e, const wr_dwarf_range *v, uint32_t n) {
    if (n != 1) {
        put_ranges(w, e, v, n);
        return;
    }
    add_word(w, e, WR_AT_LOW_PC, FORM_ADDR, v->low);
    add_word(w, e, WR_AT_HIGH_PC, FORM_DATA4, v->high - v->low);
}

static int by_place(const void *a, const void *b) {
    const piece *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at;
}

static int by_origin(const void *a, const void *b) {
    const piece *x = a, *y = b;
    if (x->origin != y->origin) return x->origin < y->origin ? -1 : 1;
    return by_place(a, b);
}

// Adds the ranges of the pieces, joining adjacent ones.
static void add_pieces(wr_dwarf_writer *w, record *e, const pieces *code) {
    piece *sorted = WR_NEW(&w->env->temp, piece, code->n);
    wr_dwarf_range *ranges = WR_NEW(&w->env->temp, wr_dwarf_range, code->n);
    uint32_t n = 0;
    memcpy(sorted, code->v, code->n * sizeof *sorted);
    qsort(sorted, code->n, sizeof *sorted, by_place);
    for (uint32_t i = 0; i < code->n; i++) {
        wr_dwarf_range range = {sorted[i].at, sorted[i].at + sorted[i].size};
        if (n && ranges[n - 1].high == range.low)
            ranges[n - 1].high = range.high;
        else
            ranges[n++] = range;
    }
    add_place(w, e, ranges, n);
}

static void cut_piece(wr_dwarf_writer *w, const piece *p, uint64_t low, uint64_t high, pieces *out,
                      uint32_t *cap) {
    piece cut = *p;
    uint64_t end = (uint64_t)p->origin + (p->site ? 1 : p->size);
    if (p->origin >= high || end <= low) return;
    if (!p->site) {
        uint32_t before = p->origin < low ? (uint32_t)(low - p->origin) : 0,
                 behind = end > high ? (uint32_t)(end - high) : 0;
        cut.at += before, cut.origin += before, cut.row_origin += before;
        cut.size -= before + behind;
    }
    if (out->n == *cap) {
        uint32_t more = *cap ? *cap * 2 : 8;
        out->v = wr_grow(&w->env->temp, out->v, *cap * sizeof *out->v, more * sizeof *out->v);
        *cap = more;
    }
    out->v[out->n++] = cut;
}

// Returns the parts of the pieces (sorted by origin) whose origins are in these ranges.
static pieces cut_pieces(wr_dwarf_writer *w, const pieces *code, const wr_dwarf_ranges *ranges,
                         uint32_t longest) {
    pieces out = {0};
    uint32_t cap = 0;
    for (uint32_t r = 0; r < ranges->n; r++) {
        uint64_t from = ranges->v[r].low > longest ? ranges->v[r].low - longest : 0;
        uint32_t low;
        WR_SEARCH(low, 0, code->n, code->v[low].origin < from);
        for (; low < code->n && code->v[low].origin < ranges->v[r].high; low++)
            cut_piece(w, &code->v[low], ranges->v[r].low, ranges->v[r].high, &out, &cap);
    }
    if (out.n) qsort(out.v, out.n, sizeof *out.v, by_origin);
    return out;
}

static uint32_t longest_of(const pieces *code) {
    uint32_t most = 0;
    for (uint32_t i = 0; i < code->n; i++)
        if (code->v[i].size > most) most = code->v[i].size;
    return most;
}

// Returns the site directly inside `outer` (0: the function itself) that contains the given site; 0 if that
// is `outer` itself.
static uint32_t site_below(const wr_dwarf_writer *w, uint32_t site, uint32_t outer) {
    uint32_t below = 0;
    while (site && site != outer) below = site, site = w->from->map->sites.v[site - 1].outer;
    return below;
}

// Sets the origins of the pieces as seen from inside a site.
static void enter_site(const wr_dwarf_writer *w, pieces *code, uint32_t outer) {
    for (uint32_t i = 0; i < code->n; i++) {
        piece *p = &code->v[i];
        p->site = site_below(w, p->row_site, outer);
        uint32_t call = p->site ? w->from->map->sites.v[p->site - 1].call : 0;
        p->origin = !p->site ? p->row_origin : call ? (uint32_t)(call - w->d.code) : 0;
    }
    if (code->n) qsort(code->v, code->n, sizeof *code->v, by_origin);
}

static pieces pieces_of(wr_dwarf_writer *w, uint32_t out) {
    const wr_code_map *map = w->from->map;
    const wr_code_func *f = &map->funcs[out];
    uint32_t end = wr_code_rows_end(map, out);
    pieces code = {.v = WR_NEW(&w->env->temp, piece, end - f->first)};
    for (uint32_t i = f->first; i < end; i++) {
        const wr_code_row *row = &map->rows.v[i];
        uint32_t to = i + 1 < end ? row[1].at : f->at + f->size;
        if (!row->origin || to == row->at) continue;
        code.v[code.n++] = (piece){.at = (uint32_t)(row->at - w->from->code),
                                   .size = to - row->at,
                                   .row_origin = (uint32_t)(row->origin - w->d.code),
                                   .row_site = row->site};
    }
    enter_site(w, &code, 0);
    return code;
}

// --- Calls that wring inlined ---

static void add_call_place(wr_dwarf_writer *w, record *e, uint32_t call) {
    const wr_source_row *row = call ? wr_source_row_at(w->from->sources, call) : NULL;
    if (!row || !row->line) return;
    add_number(w, e, WR_AT_CALL_FILE, wr_dwarf_file_number(w, row->file));
    add_number(w, e, WR_AT_CALL_LINE, row->line);
    if (row->column) add_number(w, e, WR_AT_CALL_COLUMN, row->column);
}

static void put_sites(wr_dwarf_writer *w, const pieces *code, unsigned depth);
static void put_blocks(wr_dwarf_writer *w, uint32_t callee, const pieces *code, unsigned depth);

// Writes an entry for the code of one site. `code` is sorted by origin, so the code of a site is contiguous.
static void put_site(wr_dwarf_writer *w, const piece *v, uint32_t n, unsigned depth) {
    pieces inner = {.v = WR_NEW(&w->env->temp, piece, n), .n = n};
    uint32_t site = v->site;
    memcpy(inner.v, v, n * sizeof *v);
    enter_site(w, &inner, site);
    uint32_t callee = WR_NONE;
    for (uint32_t i = 0; callee == WR_NONE && i < n; i++)
        if (inner.v[i].origin)
            callee = wr_source_input_func(w->from->input, (uint32_t)(inner.v[i].origin + w->d.code));
    w->is_placed[site] = 1;
    if (callee == WR_NONE || !w->entry_of[callee]) { // made by the linker: the entries inside stand for it
        put_sites(w, &inner, depth + 1);
        return;
    }
    record e = {.tag = WR_TAG_INLINED_SUBROUTINE};
    add_reference(w, &e, WR_AT_ABSTRACT_ORIGIN, w->entry_of[callee], false);
    add_pieces(w, &e, &inner);
    add_call_place(w, &e, w->from->map->sites.v[site - 1].call);
    begin_entry(w, &e);
    put_blocks(w, callee, &inner, depth + 1);
    put_sites(w, &inner, depth + 1);
    end_entry(w, &e);
}

static int by_site(const void *a, const void *b) {
    const piece *x = a, *y = b;
    if (x->site != y->site) return x->site < y->site ? -1 : 1;
    return by_place(a, b);
}

// Writes entries for the sites among the pieces that have none yet.
static void put_sites(wr_dwarf_writer *w, const pieces *code, unsigned depth) {
    if (!code->n || depth > MOST_DEPTH) return;
    piece *sorted = WR_NEW(&w->env->temp, piece, code->n);
    memcpy(sorted, code->v, code->n * sizeof *sorted);
    qsort(sorted, code->n, sizeof *sorted, by_site);
    for (uint32_t i = 0, end; i < code->n; i = end) {
        for (end = i + 1; end < code->n && sorted[end].site == sorted[i].site; end++) {}
        if (sorted[i].site && !w->is_placed[sorted[i].site]) put_site(w, &sorted[i], end - i, depth);
    }
}

// --- Reading entries ---

static bool is_dropped(uint64_t name) {
    switch (name) {
    case AT_SIBLING:
    case AT_STRING_LENGTH:
    case AT_RETURN_ADDR:
    case AT_USE_LOCATION:
    case AT_MACRO_INFO:
    case AT_MACROS:
    case AT_CALL_ALL_CALLS:
    case AT_CALL_ALL_SOURCE_CALLS:
    case AT_CALL_ALL_TAIL_CALLS:
    case AT_GNU_ALL_TAIL_CALL_SITES:
    case AT_GNU_ALL_CALL_SITES:
    case AT_GNU_MACROS:
    case AT_GNU_RANGES_BASE:
    case AT_GNU_PUBNAMES:
    case WR_AT_FRAME_BASE:
    case WR_AT_ENTRY_PC:
    case WR_AT_CALL_RETURN_PC:
    case WR_AT_CALL_PC:
    case WR_AT_RNGLISTS_BASE:
    case WR_AT_LOCLISTS_BASE: return true;
    default: return false;
    }
}

// Whether a location is an address in memory, which stays valid.
static bool is_in_memory(const wr_dwarf_value *v) {
    return v->text.n > 1 && (v->text.p[0] == OP_ADDR || v->text.p[0] == OP_ADDRX);
}

static void copy_attribute(wr_dwarf_writer *w, record *e, const wr_dwarf_value *v, uint64_t end) {
    const uint8_t *info = w->d.sections[WR_DWARF_INFO].p;
    if (v->is_reference)
        add_reference(w, e, v->attribute, v->n, v->form != FORM_REF_ADDR);
    else if (v->form == WR_FORM_IMPLICIT_CONST) {
        wr_buf bytes = wr_buf_in(&w->env->temp);
        wr_put_sleb(&bytes, (int64_t)v->n);
        add_bytes(e, v->attribute, FORM_SDATA, wr_buf_slice(&bytes));
    } else
        add_bytes(e, v->attribute, v->form, wr_slice_of(info + v->at, (size_t)(end - v->at)));
}

static void take_attribute(wr_dwarf_writer *w, record *e, const wr_dwarf_value *v, uint64_t end) {
    if (is_dropped(v->attribute)) return;
    switch (v->attribute) {
    case WR_AT_LOW_PC: e->has_low = true, e->low = v->n; return;
    case WR_AT_HIGH_PC:
        e->has_high = true, e->high = v->n;
        e->high_is_size = v->form != WR_FORM_ADDR && !v->is_indexed;
        return;
    case WR_AT_RANGES: e->has_ranges = true, e->ranges = *v; return;
    case WR_AT_STMT_LIST: return;
    case WR_AT_LOCATION:
        if (!is_in_memory(v)) return;
        break;
    default: break;
    }
    copy_attribute(w, e, v, end);
}

static void read_record(wr_dwarf_writer *w, wr_reader *r, wr_dwarf_entry *entry, record *e) {
    wr_dwarf_value v;
    e->offset = entry->offset, e->tag = entry->abbrev->tag, e->has_children = entry->abbrev->has_children;
    e->n = 0;
    e->has_low = e->has_high = e->has_ranges = e->high_is_size = false;
    while (wr_dwarf_next_attribute(&w->d, r, entry, &v)) take_attribute(w, e, &v, wr_offset(r));
    if (e->n == MOST_ATTRIBUTES) wr_bad(r, "an entry of debug information has too many attributes");
}

static bool find_ranges(wr_dwarf_writer *w, const record *e, wr_dwarf_ranges *ranges) {
    *ranges = (wr_dwarf_ranges){0};
    if (e->has_ranges) {
        wr_dwarf_read_ranges(&w->d, &e->ranges, ranges);
        return true;
    }
    if (!e->has_low || !e->has_high) return false;
    wr_dwarf_range range = {e->low, e->high_is_size ? e->low + e->high : e->high};
    if (!wr_dwarf_is_gone(range.low) && range.low < range.high) WR_PUSH(&w->env->temp, *ranges, range);
    return true;
}

// --- The walk ---

static void copy_children(wr_dwarf_writer *w, wr_reader *r, const context *around, bool writes);

static bool is_call_site(uint64_t tag) {
    return tag == TAG_CALL_SITE || tag == TAG_CALL_SITE_PARAMETER || tag == TAG_GNU_CALL_SITE ||
           tag == TAG_GNU_CALL_SITE_PARAMETER;
}
static bool is_block(uint64_t tag) {
    return tag == TAG_LEXICAL_BLOCK || tag == WR_TAG_INLINED_SUBROUTINE || tag == TAG_TRY_BLOCK ||
           tag == TAG_CATCH_BLOCK;
}
static bool is_of_code(uint64_t tag) {
    return is_block(tag) || tag == TAG_VARIABLE || tag == TAG_FORMAL_PARAMETER || tag == TAG_LABEL;
}

// Returns the function of the input at an entry's address, or WR_NONE.
static uint32_t input_func(const wr_dwarf_writer *w, uint64_t low) {
    if (wr_dwarf_is_gone(low) || low > UINT32_MAX - w->d.code - 8) return WR_NONE;
    uint32_t func = wr_source_input_func(w->from->input, (uint32_t)(low + w->d.code));
    for (uint32_t i = 1; func == WR_NONE && i < 6; i++) // or that of the size field before the body
        func = wr_source_input_func(w->from->input, (uint32_t)(low + w->d.code + i));
    return func;
}

static void copy_function(wr_dwarf_writer *w, record *e, context *inner) {
    wr_dwarf_ranges ranges;
    if (!find_ranges(w, e, &ranges)) return;
    uint32_t func = ranges.n ? input_func(w, ranges.v[0].low) : WR_NONE;
    uint32_t out = func == WR_NONE ? WR_NONE : w->out_of[func];
    inner->is_gone = out == WR_NONE;
    if (inner->is_gone) return;
    inner->code = pieces_of(w, out);
    inner->is_placed = true;
    wr_dwarf_range place = wr_dwarf_out_range(w, out);
    add_place(w, e, &place, 1);
}

// Returns false if no code of the block is left.
static bool copy_block(wr_dwarf_writer *w, record *e, context *inner) {
    wr_dwarf_ranges ranges;
    if (!inner->is_placed || !find_ranges(w, e, &ranges)) return !inner->is_placed;
    inner->code = cut_pieces(w, &inner->code, &ranges, longest_of(&inner->code));
    if (inner->code.n) add_pieces(w, e, &inner->code);
    return inner->code.n > 0;
}

static void copy_entry(wr_dwarf_writer *w, wr_reader *r, wr_dwarf_entry *entry, const context *around,
                       bool writes) {
    record *e = WR_NEW(&w->env->temp, record, 1);
    context inner = *around;
    inner.depth++;
    if (inner.depth > MOST_DEPTH) wr_bad(r, "debug information is nested too deeply");
    read_record(w, r, entry, e);
    bool had_children = e->has_children;
    writes = writes && !is_call_site(e->tag) && !(around->is_gone && is_of_code(e->tag));
    if (w->only_blocks) writes = writes && is_block(e->tag), e->offset = 0;
    if (writes && e->tag == WR_TAG_SUBPROGRAM)
        inner = (context){.depth = inner.depth}, copy_function(w, e, &inner);
    if (writes && is_block(e->tag)) writes = copy_block(w, e, &inner);
    if (writes) begin_entry(w, e);
    if (had_children) copy_children(w, r, &inner, writes);
    if (writes && inner.code.n && (e->tag == WR_TAG_SUBPROGRAM || is_block(e->tag)))
        put_sites(w, &inner.code, inner.depth);
    if (writes) end_entry(w, e);
}

static void copy_children(wr_dwarf_writer *w, wr_reader *r, const context *around, bool writes) {
    while (!wr_at_end(r)) {
        wr_dwarf_entry entry;
        wr_dwarf_next_entry(&w->d, r, &entry);
        if (!entry.abbrev) return;
        copy_entry(w, r, &entry, around, writes);
    }
}

// Writes what the compiler inlined into a function that wring inlined, if its entry is in the current unit.
static void put_blocks(wr_dwarf_writer *w, uint32_t callee, const pieces *code, unsigned depth) {
    if (w->unit_of_input[callee] != w->unit || depth > MOST_DEPTH) return;
    const uint8_t *info = w->d.sections[WR_DWARF_INFO].p;
    uint64_t at = w->own_entry[callee];
    wr_reader r = wr_reader_of(w->env, wr_slice_of(info + at, (size_t)(w->d.unit.end - at)), at);
    wr_dwarf_entry entry;
    record *e = WR_NEW(&w->env->temp, record, 1);
    context around = {.code = *code, .is_placed = true, .depth = depth};
    wr_dwarf_next_entry(&w->d, &r, &entry);
    read_record(w, &r, &entry, e);
    bool before = w->only_blocks;
    w->only_blocks = true;
    if (e->has_children) copy_children(w, &r, &around, true);
    w->only_blocks = before;
}

// --- Units ---

static void put_aranges(wr_dwarf_writer *w, const wr_dwarf_range *v, uint32_t n) {
    wr_put_le32(&w->aranges, 2 + 4 + 2 + 4 + (n + 1) * 8);
    wr_put_bytes(&w->aranges, "\2\0", 2);
    wr_put_le32(&w->aranges, (uint32_t)w->unit_at);
    wr_put_bytes(&w->aranges, "\4\0\0\0\0\0", 6);
    for (uint32_t i = 0; i < n; i++) {
        wr_put_le32(&w->aranges, (uint32_t)v[i].low);
        wr_put_le32(&w->aranges, (uint32_t)(v[i].high - v[i].low));
    }
    wr_put_le64(&w->aranges, 0);
}

static void add_unit_place(wr_dwarf_writer *w, record *e) {
    const wr_code_map *map = w->from->map;
    wr_dwarf_range *v = WR_NEW(&w->env->temp, wr_dwarf_range, map->nfuncs);
    uint32_t n = 0;
    for (uint32_t i = 0; i < map->nfuncs; i++)
        if (w->unit_of[i] == w->unit) v[n++] = wr_dwarf_out_range(w, i);
    if (w->lines.version)
        add_word(w, e, WR_AT_STMT_LIST, w->d.unit.version >= 4 ? WR_FORM_SEC_OFFSET : FORM_DATA4, w->line.n);
    add_word(w, e, WR_AT_LOW_PC, FORM_ADDR, 0);
    if (!n) return;
    put_ranges(w, e, v, n);
    put_aranges(w, v, n);
}

// Writes entries for functions that the linker or a pass made, so that code inlined into them has an
// enclosing entry.
static void put_made_functions(wr_dwarf_writer *w) {
    const wr_code_map *map = w->from->map;
    for (uint32_t i = 0; i < map->nfuncs; i++) {
        uint32_t from = map->funcs[i].from;
        if (w->unit_of[i] != w->unit || (from != WR_NONE && w->own_entry[from])) continue;
        record *e = WR_NEW0(&w->env->temp, record, 1);
        wr_dwarf_range place = wr_dwarf_out_range(w, i);
        pieces code = pieces_of(w, i);
        e->tag = WR_TAG_SUBPROGRAM;
        add_place(w, e, &place, 1);
        begin_entry(w, e);
        put_sites(w, &code, 0);
        end_entry(w, e);
    }
}

void wr_dwarf_write_unit(wr_dwarf_writer *w) {
    const wr_dwarf_unit *u = &w->d.unit;
    wr_buf *out = &w->info;
    w->unit_at = out->n;
    wr_dwarf_open_lines(w);
    wr_put_le32(out, 0);
    wr_put_u8(out, (uint8_t)u->version);
    wr_put_u8(out, 0);
    if (u->version >= 5) {
        wr_put_u8(out, (uint8_t)u->type);
        wr_put_u8(out, 4);
        wr_put_le32(out, 0);
        if (u->type == 4) wr_put_slice(out, u->dwo_id);
    } else {
        wr_put_le32(out, 0);
        wr_put_u8(out, 4);
    }
    wr_reader r = wr_dwarf_entries(&w->d);
    wr_dwarf_entry entry;
    record *e = WR_NEW(&w->env->temp, record, 1);
    if (wr_at_end(&r)) wr_bad(&r, "an empty unit of debug information");
    wr_dwarf_next_entry(&w->d, &r, &entry);
    if (!entry.abbrev) wr_bad(&r, "an empty unit of debug information");
    read_record(w, &r, &entry, e);
    add_unit_place(w, e);
    bool has_children = e->has_children;
    put_entry(w, e);
    if (has_children) {
        copy_children(w, &r, &(context){0}, true);
        put_made_functions(w);
        wr_put_u8(out, 0);
    }
    uint32_t size = (uint32_t)(out->n - w->unit_at - 4);
    for (unsigned i = 0; i < 4; i++) out->p[w->unit_at + i] = (uint8_t)(size >> (8 * i));
    wr_dwarf_write_lines(w);
}
