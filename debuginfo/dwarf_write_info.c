// Writes the entries of the output: a walk over the input's entries, which are copied with new addresses and
// references. The code of an entry is found through pieces: stretches of the current function, each
// with its origin in the input, seen at the current depth of inlining.
#include <stdlib.h>

#include "dwarf_write_entry.h"
#include "support/search.h"

enum {
    AT_SIBLING = 0x01,
    AT_STRING_LENGTH = 0x19,
    AT_RETURN_ADDR = 0x2a,
    AT_DECL_FILE = 0x3a,
    AT_MACRO_INFO = 0x43,
    AT_USE_LOCATION = 0x4a,
    AT_DWO_NAME = 0x76,
    AT_MACROS = 0x79,
    AT_CALL_ALL_CALLS = 0x7a,
    AT_CALL_ALL_SOURCE_CALLS = 0x7b,
    AT_GNU_ALL_CALL_SITES = 0x2117,
    AT_GNU_MACROS = 0x2119,
    AT_GNU_DWO_NAME = 0x2130,
    AT_GNU_DWO_ID = 0x2131,
    AT_GNU_RANGES_BASE = 0x2132,
    AT_GNU_ADDR_BASE = 0x2133,
    AT_GNU_PUBNAMES = 0x2134,
};

enum { UNIT_COMPILE = 1, UNIT_SKELETON = 4 };

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

enum { MOST_DEPTH = 200 };

// What is known at an entry from the entries around it.
typedef struct context {
    wr_dwarf_pieces code; // the code of the enclosing entry
    bool is_placed;       // some enclosing entry has code; inside it, entries without code are dropped
    bool is_gone;         // the enclosing function was removed
    wr_dwarf_scope scope; // of its variables
    bool has_calls;       // its calls get entries
    unsigned depth;
} context;

// --- Calls that wring inlined ---

static void add_call_place(wr_dwarf_writer *w, wr_dwarf_record *e, uint32_t call) {
    const wr_source_row *row = call ? wr_source_row_at(w->from->sources, call) : NULL;
    if (!row || !row->line) return;
    wr_dwarf_add_number(w, e, WR_AT_CALL_FILE, wr_dwarf_file_number(w, row->file));
    wr_dwarf_add_number(w, e, WR_AT_CALL_LINE, row->line);
    if (row->column) wr_dwarf_add_number(w, e, WR_AT_CALL_COLUMN, row->column);
}

static void put_sites(wr_dwarf_writer *w, const wr_dwarf_pieces *code, unsigned depth);
static void put_blocks(wr_dwarf_writer *w, const wr_dwarf_scope *scope, const wr_dwarf_pieces *code,
                       unsigned depth);

// The function of the map at a DWARF address of the output.
static uint32_t func_at(const wr_dwarf_writer *w, uint32_t at) {
    const wr_code_map *map = w->from->map;
    uint32_t low, place = (uint32_t)(at + w->from->code);
    WR_SEARCH(low, 0, map->nfuncs, map->funcs[low].at <= place);
    return low - 1;
}

// Writes an entry for the code of one site. `code` is sorted by origin, so the code of a site is contiguous.
static void put_site(wr_dwarf_writer *w, const wr_dwarf_piece *v, uint32_t n, unsigned depth) {
    wr_dwarf_pieces inner = {.v = WR_NEW(&w->env->temp, wr_dwarf_piece, n), .n = n};
    uint32_t site = v->site;
    memcpy(inner.v, v, n * sizeof *v);
    wr_dwarf_enter_site(w, &inner, site);
    uint32_t callee = WR_NONE;
    for (uint32_t i = 0; callee == WR_NONE && i < n; i++)
        if (inner.v[i].origin)
            callee = wr_source_input_func(w->from->input, (uint32_t)(inner.v[i].origin + w->d.code));
    w->is_placed[site] = 1;
    if (callee == WR_NONE || !w->entry_of[callee]) { // made by the linker: the entries inside stand for it
        put_sites(w, &inner, depth + 1);
        return;
    }
    wr_dwarf_record e = {.tag = WR_TAG_INLINED_SUBROUTINE};
    wr_dwarf_add_reference(w, &e, WR_AT_ABSTRACT_ORIGIN, w->entry_of[callee], false);
    wr_dwarf_add_pieces(w, &e, &inner);
    add_call_place(w, &e, w->from->map->sites.v[site - 1].call);
    wr_dwarf_begin_entry(w, &e);
    wr_dwarf_scope scope = {.func = func_at(w, v->at), .site = site, .callee = callee};
    put_blocks(w, &scope, &inner, depth + 1);
    put_sites(w, &inner, depth + 1);
    wr_dwarf_end_entry(w, &e);
}

static int by_site(const void *a, const void *b) {
    const wr_dwarf_piece *x = a, *y = b;
    if (x->site != y->site) return x->site < y->site ? -1 : 1;
    return wr_dwarf_by_place(a, b);
}

// Writes entries for the sites among the pieces that have none yet.
static void put_sites(wr_dwarf_writer *w, const wr_dwarf_pieces *code, unsigned depth) {
    if (!code->n || depth > MOST_DEPTH) return;
    wr_dwarf_piece *sorted = WR_NEW(&w->env->temp, wr_dwarf_piece, code->n);
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
    case AT_GNU_MACROS:
    case AT_GNU_RANGES_BASE:
    case AT_GNU_PUBNAMES:
    case WR_AT_ENTRY_PC:
    case WR_AT_RNGLISTS_BASE:
    case WR_AT_LOCLISTS_BASE: return true;
    default: return false;
    }
}

void wr_dwarf_copy_attribute(wr_dwarf_writer *w, wr_dwarf_record *e, const wr_dwarf_value *v, uint64_t end) {
    const uint8_t *info = w->d.sections[WR_DWARF_INFO].p;
    if (v->is_reference)
        wr_dwarf_add_reference(w, e, v->attribute, v->n,
                               v->form != WR_FORM_REF_ADDR && w->read_unit == w->unit);
    else if (v->form == WR_FORM_IMPLICIT_CONST) {
        wr_buf bytes = wr_buf_in(&w->env->temp);
        wr_put_sleb(&bytes, (int64_t)v->n);
        wr_dwarf_add_bytes(e, v->attribute, WR_FORM_SDATA, wr_buf_slice(&bytes));
    } else
        wr_dwarf_add_bytes(e, v->attribute, v->form, wr_slice_of(info + v->at, (size_t)(end - v->at)));
}

// What leads from a skeleton to its .dwo file. That describes the input's code, so it must not be found.
static bool is_link_to_dwo(uint64_t name) {
    return name == AT_DWO_NAME || name == AT_GNU_DWO_NAME || name == AT_GNU_DWO_ID ||
           name == AT_GNU_ADDR_BASE;
}

static void take_attribute(wr_dwarf_writer *w, wr_dwarf_record *e, const wr_dwarf_value *v, uint64_t end) {
    if (is_dropped(v->attribute) || is_link_to_dwo(v->attribute)) return;
    switch (v->attribute) {
    case WR_AT_ADDR_BASE:
        if (w->d.unit.type == UNIT_SKELETON) return;
        w->uses_addresses = true;
        break;
    case WR_AT_LOW_PC: e->has_low = true, e->low = v->n; return;
    case WR_AT_HIGH_PC:
        e->has_high = true, e->high = v->n;
        e->high_is_size = v->form != WR_FORM_ADDR && !v->is_indexed;
        return;
    case WR_AT_RANGES: e->has_ranges = true, e->ranges = *v; return;
    case WR_AT_STMT_LIST: return;
    case WR_AT_LOCATION: e->has_location = true, e->location = *v, e->location_end = end; return;
    case AT_CALL_ALL_CALLS:
    case AT_CALL_ALL_SOURCE_CALLS:
    case WR_AT_CALL_ALL_TAIL_CALLS:
    case WR_AT_GNU_ALL_TAIL_CALL_SITES:
    case AT_GNU_ALL_CALL_SITES: e->describes_calls = true; return;
    case WR_AT_CALL_PC: e->call_pc = v->n; return;
    case WR_AT_CALL_RETURN_PC: e->return_pc = v->n; return;
    case WR_AT_FRAME_BASE: e->has_frame_base = true, e->frame_base = *v; return;
    case AT_DECL_FILE:
    case WR_AT_CALL_FILE:
        if (w->read_unit == w->unit) break;
        uint32_t file;
        if (wr_dwarf_translate_file(w, v->n, &file)) wr_dwarf_add_number(w, e, v->attribute, file);
        return;
    default: break;
    }
    wr_dwarf_copy_attribute(w, e, v, end);
}

static void read_record(wr_dwarf_writer *w, wr_reader *r, wr_dwarf_entry *entry, wr_dwarf_record *e) {
    wr_dwarf_value v;
    e->offset = entry->offset, e->tag = entry->abbrev->tag, e->has_children = entry->abbrev->has_children;
    e->n = 0;
    e->has_low = e->has_high = e->has_ranges = e->high_is_size = false;
    e->has_location = e->has_frame_base = e->describes_calls = false;
    e->call_pc = e->return_pc = 0;
    while (wr_dwarf_next_attribute(&w->d, r, entry, &v)) take_attribute(w, e, &v, wr_offset(r));
    if (e->n == WR_DWARF_MOST_ATTRIBUTES)
        wr_reader_fail(r, "an entry of debug information has too many attributes");
}

static bool find_ranges(wr_dwarf_writer *w, const wr_dwarf_record *e, wr_dwarf_ranges *ranges) {
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

static bool is_call_site(uint64_t tag) { return tag == TAG_CALL_SITE || tag == TAG_GNU_CALL_SITE; }
static bool is_call_argument(uint64_t tag) {
    return tag == TAG_CALL_SITE_PARAMETER || tag == TAG_GNU_CALL_SITE_PARAMETER;
}
static bool is_block(uint64_t tag) {
    return tag == TAG_LEXICAL_BLOCK || tag == WR_TAG_INLINED_SUBROUTINE || tag == TAG_TRY_BLOCK ||
           tag == TAG_CATCH_BLOCK;
}
static bool is_variable(uint64_t tag) { return tag == TAG_VARIABLE || tag == TAG_FORMAL_PARAMETER; }
static bool is_of_code(uint64_t tag) { return is_block(tag) || is_variable(tag) || tag == TAG_LABEL; }

// Returns the function of the input at an entry's address, or WR_NONE.
static uint32_t input_func(const wr_dwarf_writer *w, uint64_t low) {
    if (wr_dwarf_is_gone(low) || low > UINT32_MAX - w->d.code - 8) return WR_NONE;
    uint32_t func = wr_source_input_func(w->from->input, (uint32_t)(low + w->d.code));
    for (uint32_t i = 1; func == WR_NONE && i < 6; i++) // or that of the size field before the body
        func = wr_source_input_func(w->from->input, (uint32_t)(low + w->d.code + i));
    return func;
}

static void copy_function(wr_dwarf_writer *w, wr_dwarf_record *e, context *inner) {
    wr_dwarf_ranges ranges;
    if (!find_ranges(w, e, &ranges)) return;
    uint32_t func = ranges.n ? input_func(w, ranges.v[0].low) : WR_NONE;
    uint32_t out = func == WR_NONE ? WR_NONE : w->out_of[func];
    inner->is_gone = out == WR_NONE || w->own_entry[func] != e->offset; // or this is about another copy of it
    if (inner->is_gone) return;
    inner->code = wr_dwarf_pieces_of(w, out);
    inner->is_placed = true;
    wr_dwarf_range place = wr_dwarf_out_range(w, out);
    wr_dwarf_add_place(w, e, &place, 1);
    inner->scope.func = out;
    inner->has_calls = e->describes_calls && wr_dwarf_add_describes_calls(w, e, out);
    inner->scope.has_frame = e->has_frame_base && wr_dwarf_add_frame_base(w, e, out);
}

// Returns false if no code of the block is left.
static bool copy_block(wr_dwarf_writer *w, wr_dwarf_record *e, context *inner) {
    wr_dwarf_ranges ranges;
    if (!inner->is_placed || !find_ranges(w, e, &ranges)) return !inner->is_placed;
    inner->code = wr_dwarf_cut_pieces(w, &inner->code, &ranges);
    if (inner->code.n) wr_dwarf_add_pieces(w, e, &inner->code);
    return inner->code.n > 0;
}

static void copy_entry(wr_dwarf_writer *w, wr_reader *r, wr_dwarf_entry *entry, const context *around,
                       bool writes) {
    wr_mark mark = wr_arena_mark(&w->env->temp);
    wr_dwarf_record *e = WR_NEW(&w->env->temp, wr_dwarf_record, 1);
    context inner = *around;
    inner.depth++;
    if (inner.depth > MOST_DEPTH) wr_reader_fail(r, "debug information is nested too deeply");
    read_record(w, r, entry, e);
    bool had_children = e->has_children;
    writes = writes && !is_call_argument(e->tag) && !(around->is_gone && is_of_code(e->tag));
    if (w->only_blocks) writes = writes && (is_block(e->tag) || is_variable(e->tag)), e->offset = 0;
    if (writes && e->tag == WR_TAG_SUBPROGRAM)
        inner = (context){.depth = inner.depth, .scope.func = WR_NONE}, copy_function(w, e, &inner);
    if (writes && is_block(e->tag)) writes = copy_block(w, e, &inner);
    if (writes && is_call_site(e->tag)) writes = inner.has_calls && wr_dwarf_add_call(w, e, inner.scope.func);
    bool has_location = writes && e->has_location && wr_dwarf_add_location(w, e, &inner.scope);
    if (w->only_blocks && is_variable(e->tag)) writes = has_location;
    if (writes) wr_dwarf_begin_entry(w, e);
    if (had_children) copy_children(w, r, &inner, writes);
    if (writes && inner.code.n && (e->tag == WR_TAG_SUBPROGRAM || is_block(e->tag)))
        put_sites(w, &inner.code, inner.depth);
    if (writes) wr_dwarf_end_entry(w, e);
    wr_arena_release(&w->env->temp, &mark);
    w->read_lines = (wr_line_table){0}; // it was in there
}

static void copy_children(wr_dwarf_writer *w, wr_reader *r, const context *around, bool writes) {
    while (!wr_at_end(r)) {
        wr_dwarf_entry entry;
        wr_dwarf_next_entry(&w->d, r, &entry);
        if (!entry.abbrev) return;
        copy_entry(w, r, &entry, around, writes);
    }
}

// Writes what is inside a function that wring inlined: what the compiler inlined into it, and the variables
// whose places are known.
static void put_blocks(wr_dwarf_writer *w, const wr_dwarf_scope *scope, const wr_dwarf_pieces *code,
                       unsigned depth) {
    uint32_t unit = w->read_unit, callee = scope->callee;
    if (depth > MOST_DEPTH) return;
    wr_dwarf_read_from(w, w->unit_of_input[callee]);
    const uint8_t *info = w->d.sections[WR_DWARF_INFO].p;
    uint64_t at = w->own_entry[callee];
    wr_reader r = wr_reader_of(w->env, wr_slice_of(info + at, (size_t)(w->d.unit.end - at)), at);
    wr_dwarf_entry entry;
    wr_dwarf_record *e = WR_NEW(&w->env->temp, wr_dwarf_record, 1);
    context around = {.code = *code, .is_placed = true, .scope = *scope, .depth = depth};
    wr_dwarf_next_entry(&w->d, &r, &entry);
    read_record(w, &r, &entry, e);
    around.scope.frame = wr_dwarf_frame_local(w, e);
    bool before = w->only_blocks;
    w->only_blocks = true;
    if (e->has_children) copy_children(w, &r, &around, true);
    w->only_blocks = before;
    wr_dwarf_read_from(w, unit);
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

static void add_unit_place(wr_dwarf_writer *w, wr_dwarf_record *e) {
    const wr_code_map *map = w->from->map;
    wr_dwarf_range *v = WR_NEW(&w->env->temp, wr_dwarf_range, map->nfuncs);
    uint32_t n = 0;
    for (uint32_t i = 0; i < map->nfuncs; i++)
        if (w->unit_of[i] == w->unit) v[n++] = wr_dwarf_out_range(w, i);
    if (w->lines.version)
        wr_dwarf_add_word(w, e, WR_AT_STMT_LIST, w->version >= 4 ? WR_FORM_SEC_OFFSET : WR_FORM_DATA4,
                          w->line.n);
    wr_dwarf_add_word(w, e, WR_AT_LOW_PC, WR_FORM_ADDR, 0);
    if (!n) return;
    wr_dwarf_add_ranges(w, e, v, n);
    put_aranges(w, v, n);
}

// Writes entries for functions that the linker or a pass made, so that code inlined into them has an
// enclosing entry.
static void put_made_functions(wr_dwarf_writer *w) {
    const wr_code_map *map = w->from->map;
    for (uint32_t i = 0; i < map->nfuncs; i++) {
        uint32_t from = map->funcs[i].from;
        if (w->unit_of[i] != w->unit || (from != WR_NONE && w->own_entry[from])) continue;
        wr_mark mark = wr_arena_mark(&w->env->temp);
        wr_dwarf_record *e = WR_NEW0(&w->env->temp, wr_dwarf_record, 1);
        wr_dwarf_range place = wr_dwarf_out_range(w, i);
        wr_dwarf_pieces code = wr_dwarf_pieces_of(w, i);
        e->tag = WR_TAG_SUBPROGRAM;
        wr_dwarf_add_place(w, e, &place, 1);
        wr_dwarf_begin_entry(w, e);
        put_sites(w, &code, 0);
        wr_dwarf_end_entry(w, e);
        wr_arena_release(&w->env->temp, &mark);
    }
}

void wr_dwarf_write_unit(wr_dwarf_writer *w) {
    const wr_dwarf_unit *u = &w->d.unit;
    wr_buf *out = &w->info;
    w->unit_at = out->n;
    w->version = u->version, w->read_unit = w->unit;
    wr_dwarf_open_lines(w);
    wr_put_le32(out, 0);
    wr_put_u8(out, (uint8_t)u->version);
    wr_put_u8(out, 0);
    if (u->version >= 5) {
        wr_put_u8(out, (uint8_t)(u->type == UNIT_SKELETON ? UNIT_COMPILE : u->type));
        wr_put_u8(out, 4);
        wr_put_le32(out, 0);
    } else {
        wr_put_le32(out, 0);
        wr_put_u8(out, 4);
    }
    wr_reader r = wr_dwarf_entries(&w->d);
    wr_dwarf_entry entry;
    wr_mark mark = wr_arena_mark(&w->env->temp);
    wr_dwarf_record *e = WR_NEW(&w->env->temp, wr_dwarf_record, 1);
    if (wr_at_end(&r)) wr_reader_fail(&r, "an empty unit of debug information");
    wr_dwarf_next_entry(&w->d, &r, &entry);
    if (!entry.abbrev) wr_reader_fail(&r, "an empty unit of debug information");
    read_record(w, &r, &entry, e);
    if (e->tag == WR_TAG_SKELETON_UNIT) e->tag = WR_TAG_COMPILE_UNIT;
    add_unit_place(w, e);
    bool has_children = e->has_children;
    wr_dwarf_put_entry(w, e);
    if (has_children) {
        copy_children(w, &r, &(context){.scope.func = WR_NONE}, true);
        put_made_functions(w);
        wr_put_u8(out, 0);
    }
    uint32_t size = (uint32_t)(out->n - w->unit_at - 4);
    for (unsigned i = 0; i < 4; i++) out->p[w->unit_at + i] = (uint8_t)(size >> (8 * i));
    wr_dwarf_write_lines(w);
    wr_arena_release(&w->env->temp, &mark);
}
