// Assembles the DWARF sections of the output. See dwarf_write.h.
#include "dwarf_write.h"

#include "dwarf_write_parts.h"
#include "support/search.h"

// --- Placing functions ---

static uint32_t func_of_address(const wr_dwarf_writer *w, uint64_t address) {
    uint64_t at = address + w->d.code;
    if (wr_dwarf_is_gone(address) || at > UINT32_MAX - 8) return WR_NONE;
    uint32_t func = wr_source_input_func(w->from->input, (uint32_t)at);
    for (uint32_t i = 1; func == WR_NONE && i < 6; i++)
        func = wr_source_input_func(w->from->input, (uint32_t)at + i);
    return func;
}

static void take_entry(wr_dwarf_writer *w, wr_reader *r, wr_dwarf_entry *entry, uint32_t unit,
                       uint8_t *ends) {
    wr_dwarf_value v;
    uint64_t low = 0, high = 0, origin = 0;
    bool is_size = false;
    while (wr_dwarf_next_attribute(&w->d, r, entry, &v)) {
        if (v.attribute == WR_AT_LOW_PC) low = v.n;
        if (v.attribute == WR_AT_HIGH_PC) high = v.n, is_size = v.form != WR_FORM_ADDR && !v.is_indexed;
        if (v.attribute == WR_AT_ABSTRACT_ORIGIN && v.is_reference) origin = v.n;
    }
    uint32_t func = entry->abbrev->tag == WR_TAG_SUBPROGRAM ? func_of_address(w, low) : WR_NONE;
    if (func == WR_NONE) return;
    const wr_func *f = &w->from->input->funcs[func];
    bool ends_here =
        (is_size ? low + high : high) + w->d.code == wr_func_offset(w->from->input, func) + f->body.n;
    if (w->own_entry[func] && (ends[func] || !ends_here)) return;
    ends[func] = ends_here;
    w->entry_of[func] = origin ? origin : entry->offset;
    w->own_entry[func] = entry->offset;
    w->unit_of_input[func] = unit;
}

// Skeletons, and units of assembly code, only say what ranges they cover: functions there that have no entry
// belong to them.
static void take_ranges(wr_dwarf_writer *w, uint32_t unit) {
    wr_dwarf_entry entry;
    wr_dwarf_value v;
    wr_reader r = wr_dwarf_entries(&w->d);
    wr_dwarf_range place = {0};
    wr_dwarf_ranges ranges = {0};
    bool is_size = false;
    if (wr_at_end(&r)) return;
    wr_dwarf_next_entry(&w->d, &r, &entry);
    while (entry.abbrev && wr_dwarf_next_attribute(&w->d, &r, &entry, &v)) {
        if (v.attribute == WR_AT_LOW_PC) place.low = v.n;
        if (v.attribute == WR_AT_HIGH_PC) place.high = v.n, is_size = v.form != WR_FORM_ADDR && !v.is_indexed;
        if (v.attribute == WR_AT_RANGES) wr_dwarf_read_ranges(&w->d, &v, &ranges);
    }
    if (is_size) place.high += place.low;
    if (!ranges.n && wr_dwarf_is_code(place.low, place.high)) WR_PUSH(&w->env->temp, ranges, place);
    for (uint32_t i = 0; i < ranges.n; i++) {
        uint32_t func = func_of_address(w, ranges.v[i].low);
        for (; func < w->from->input->nfuncs; func++) {
            if (wr_func_offset(w->from->input, func) >= ranges.v[i].high + w->d.code) break;
            if (w->unit_of_input[func] == WR_NONE) w->unit_of_input[func] = unit;
        }
    }
}

// Finds the entries of functions with code, and the unit of each function of the input. Linkers keep one of
// the copies that several objects have of a function, and give its address to the entries of the others, too:
// then the first is taken that ends where the function does. Returns the number of units.
static uint32_t find_entries(wr_dwarf_writer *w) {
    wr_reader info = wr_reader_of(w->env, w->d.sections[WR_DWARF_INFO], 0);
    uint8_t *ends = WR_NEW0(&w->env->temp, uint8_t, w->from->input->nfuncs);
    uint32_t unit = 0;
    for (; wr_dwarf_next_unit(&w->d, &info); unit++) {
        WR_PUSH(w->d.lists, w->unit_offsets, (uint32_t)w->d.unit.offset);
        wr_reader r = wr_dwarf_entries(&w->d);
        while (!wr_at_end(&r)) {
            wr_dwarf_entry entry;
            wr_dwarf_next_entry(&w->d, &r, &entry);
            if (entry.abbrev) take_entry(w, &r, &entry, unit, ends);
        }
    }
    info = wr_reader_of(w->env, w->d.sections[WR_DWARF_INFO], 0);
    for (uint32_t i = 0; wr_dwarf_next_unit(&w->d, &info); i++) take_ranges(w, i);
    return unit;
}

static uint32_t unit_of_row(const wr_dwarf_writer *w, const wr_code_row *row) {
    uint32_t from = row->origin ? wr_source_input_func(w->from->input, row->origin) : WR_NONE;
    return from == WR_NONE ? WR_NONE : w->unit_of_input[from];
}

// For a function that the linker or a pass made: finds the unit that most of its bytes come from. `bytes` has
// a zero for each unit.
static uint32_t find_unit(const wr_dwarf_writer *w, uint32_t out, uint32_t *bytes) {
    const wr_code_map *map = w->from->map;
    uint32_t best = WR_NONE, first = map->funcs[out].first, end = wr_code_rows_end(map, out);
    for (uint32_t i = first; i < end; i++) {
        uint32_t unit = unit_of_row(w, &map->rows.v[i]);
        if (unit == WR_NONE) continue;
        bytes[unit] += (i + 1 < end ? map->rows.v[i + 1].at : map->funcs[out].at + map->funcs[out].size) -
                       map->rows.v[i].at;
        if (best == WR_NONE || bytes[unit] > bytes[best]) best = unit;
    }
    for (uint32_t i = first; i < end; i++) {
        uint32_t unit = unit_of_row(w, &map->rows.v[i]);
        if (unit != WR_NONE) bytes[unit] = 0;
    }
    return best;
}

void wr_dwarf_place_functions(wr_dwarf_writer *w) {
    const wr_code_map *map = w->from->map;
    wr_arena *temp = &w->env->temp;
    uint32_t nfuncs = w->from->input->nfuncs;
    w->unit_of_input = WR_NEW(temp, uint32_t, nfuncs);
    memset(w->unit_of_input, 0xff, nfuncs * sizeof *w->unit_of_input);
    w->own_entry = WR_NEW0(temp, uint64_t, nfuncs);
    w->out_of = WR_NEW(temp, uint32_t, nfuncs);
    memset(w->out_of, 0xff, nfuncs * sizeof *w->out_of);
    w->entry_of = WR_NEW0(temp, uint64_t, nfuncs);
    w->unit_of = WR_NEW(temp, uint32_t, map->nfuncs);
    uint32_t *bytes = WR_NEW0(temp, uint32_t, find_entries(w));
    for (uint32_t i = 0; i < map->nfuncs; i++) {
        uint32_t from = map->funcs[i].from;
        if (from != WR_NONE) w->out_of[from] = i;
        w->unit_of[i] = from == WR_NONE ? WR_NONE : w->unit_of_input[from];
        if (w->unit_of[i] == WR_NONE) w->unit_of[i] = find_unit(w, i, bytes);
    }
}

// --- References ---

// The offset of a unit's own entry behind its header.
static uint32_t unit_head_size(const uint8_t *unit) { return unit[4] < 5 ? 11 : unit[6] == 4 ? 20 : 12; }

static uint64_t moved_to(const wr_dwarf_writer *w, uint64_t from) {
    uint32_t low;
    WR_SEARCH(low, 0, w->moved.n, w->moved.v[low].from < from);
    return low < w->moved.n && w->moved.v[low].from == from ? w->moved.v[low].to : UINT64_MAX;
}

// Resolves references between entries. A reference to an entry that was left out is redirected to its unit.
static void resolve_references(wr_dwarf_writer *w, const wr_u32s *units) {
    uint32_t unit = 0;
    for (uint32_t i = 0; i < w->fixups.n; i++) {
        const wr_dwarf_fixup *f = &w->fixups.v[i];
        while (unit + 1 < units->n && units->v[unit + 1] <= f->at) unit++;
        uint64_t to = moved_to(w, f->target);
        if (to == UINT64_MAX) to = units->v[unit] + unit_head_size(w->info.p + units->v[unit]);
        uint32_t value = (uint32_t)(f->unit == UINT64_MAX ? to : to - f->unit);
        for (unsigned k = 0; k < 4; k++) w->info.p[f->at + k] = (uint8_t)(value >> (8 * k));
    }
}

static void put_abbrevs(wr_dwarf_writer *w) {
    for (uint32_t i = 0; i < w->shapes.n; i++) {
        wr_put_uleb(&w->abbrev, i + 1);
        wr_put_slice(&w->abbrev, w->shapes.v[i]);
    }
    wr_put_u8(&w->abbrev, 0);
}

// --- All of it ---

enum { LIST_HEAD = 12 };

static void put_list_head(wr_buf *lists) { wr_put_bytes(lists, "\0\0\0\0\5\0\4\0\0\0\0\0", LIST_HEAD); }

static void end_list_head(wr_buf *lists) {
    uint32_t size = (uint32_t)lists->n - 4;
    for (unsigned i = 0; i < 4; i++) lists->p[i] = (uint8_t)(size >> (8 * i));
}

static void add_section(wr_dwarf_output *out, unsigned id, wr_slice bytes) {
    if (bytes.n) out->sections[out->n++] = (wr_dwarf_section){wr_dwarf_section_names[id], bytes};
}

typedef struct writing {
    wr_dwarf_writer w;
    wr_dwarf_output *out;
} writing;

static void write_all(wr_env *env, void *arg) {
    writing *all = arg;
    wr_dwarf_writer *w = &all->w;
    wr_u32s units = {0};
    if (!wr_dwarf_open(env, w->from->input, &w->d)) return;
    w->d.lists = &env->perm;
    w->is_placed = WR_NEW0(&env->temp, uint8_t, (size_t)w->from->map->sites.n + 1);
    wr_dwarf_place_functions(w);
    put_list_head(&w->rnglists);
    put_list_head(&w->loclists);
    wr_local_places_init(&w->places, env, w->from->input, w->from->output, w->from->map);
    wr_reader info = wr_reader_of(env, w->d.sections[WR_DWARF_INFO], 0);
    for (; wr_dwarf_next_unit(&w->d, &info); w->unit++) {
        WR_PUSH(w->d.lists, units, (uint32_t)w->info.n);
        wr_dwarf_write_unit(w);
    }
    resolve_references(w, &units);
    put_abbrevs(w);
    end_list_head(&w->rnglists);
    end_list_head(&w->loclists);
    wr_dwarf_output *out = all->out;
    add_section(out, WR_DWARF_INFO, wr_buf_slice(&w->info));
    add_section(out, WR_DWARF_ABBREV, wr_buf_slice(&w->abbrev));
    add_section(out, WR_DWARF_LINE, wr_buf_slice(&w->line));
    add_section(out, WR_DWARF_RANGES, wr_buf_slice(&w->ranges));
    if (w->rnglists.n > LIST_HEAD) add_section(out, WR_DWARF_RNGLISTS, wr_buf_slice(&w->rnglists));
    add_section(out, WR_DWARF_LOC, wr_buf_slice(&w->loc));
    if (w->loclists.n > LIST_HEAD) add_section(out, WR_DWARF_LOCLISTS, wr_buf_slice(&w->loclists));
    add_section(out, WR_DWARF_ARANGES, wr_buf_slice(&w->aranges));
    static const unsigned kept[] = {WR_DWARF_STR, WR_DWARF_LINE_STR, WR_DWARF_STR_OFFSETS, WR_DWARF_ADDR};
    for (size_t i = 0; i < WR_COUNT(kept); i++)
        if (kept[i] != WR_DWARF_ADDR || w->uses_addresses) add_section(out, kept[i], w->d.sections[kept[i]]);
}

bool wr_dwarf_write(wr_env *env, const wr_dwarf_source *from, wr_dwarf_output *out, wr_diag *bad) {
    writing all = {.w = {.env = env, .from = from}, .out = out};
    wr_buf *bufs[] = {&all.w.info,     &all.w.abbrev, &all.w.line,     &all.w.ranges,
                      &all.w.rnglists, &all.w.loc,    &all.w.loclists, &all.w.aranges};
    for (size_t i = 0; i < WR_COUNT(bufs); i++) *bufs[i] = wr_buf_in(&env->perm);
    *out = (wr_dwarf_output){0};
    if (wr_try_input(env, write_all, &all, bad)) return true;
    *out = (wr_dwarf_output){0};
    return false;
}
