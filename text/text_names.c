// Names of functions, locals and labels as identifiers of the text format, and strings.
#include "ir/body.h"
#include "ir/names.h"
#include "support/hash.h"
#include "support/map.h"
#include "text_parts.h"

void wr_text_func(wr_text_writer *w, uint32_t func) {
    if (w->names[func].n)
        wr_put_slice(w->out, w->names[func]);
    else
        wr_text_put(w, "%u", func);
}

static bool fits(uint8_t byte) { return byte > ' ' && byte < 0x7f && !strchr("\"'(),;[]{}", byte); }

// $name, and the index behind it where an earlier entity has the same one.
static wr_slice identifier(wr_arena *arena, wr_slice name, uint32_t index, bool is_taken) {
    wr_buf id = wr_buf_in(arena);
    wr_put_u8(&id, '$');
    for (size_t i = 0; i < name.n; i++) wr_put_u8(&id, fits(name.p[i]) ? name.p[i] : '_');
    if (is_taken) wr_put_format(&id, ".#%u", index);
    return wr_buf_slice(&id);
}

// Makes identifiers of names.
static void make_unique(wr_arena *arena, wr_arena *temp, wr_slice *names, uint32_t n) {
    wr_map taken = {0};
    uint32_t same;
    for (uint32_t i = 0; i < n; i++) {
        if (!names[i].n) continue;
        wr_slice id = identifier(arena, names[i], i, false);
        uint64_t hash = wr_hash_bytes(id.p, id.n);
        WR_MAP_FIND(&taken, hash, same, wr_slice_eq(names[same], id));
        names[i] = same == WR_NONE ? id : identifier(arena, names[i], i, true);
        if (same == WR_NONE) wr_map_add(&taken, temp, hash, i);
    }
}

void wr_text_find_names(wr_text_writer *w) {
    w->names = wr_names_of(w->env, w->m, WR_FUNC);
    make_unique(&w->env->perm, &w->env->temp, w->names, w->m->nfuncs);
    w->local_maps = wr_names_maps_of(w->env, &w->env->perm, w->m, WR_NAMES_LOCAL);
    w->label_maps = wr_names_maps_of(w->env, &w->env->perm, w->m, WR_NAMES_LABEL);
    wr_arena_reset(&w->env->temp);
}

// --- Locals and labels ---

// Reads an inner map. Returns NULL if there is none.
static wr_slice *read_map(wr_text_writer *w, wr_slice map, uint32_t n) {
    wr_arena *temp = &w->env->temp;
    if (!map.n) return NULL;
    wr_slice *names = WR_NEW0(temp, wr_slice, n);
    wr_reader r = wr_reader_of(w->env, map, 0);
    for (uint32_t left = wr_read_u32(&r); left; left--) {
        uint32_t index = wr_read_u32(&r);
        wr_slice name = wr_read_name(&r);
        if (index < n) names[index] = name;
    }
    make_unique(temp, temp, names, n);
    return names;
}

void wr_text_enter_function(wr_text_writer *w, uint32_t func, uint32_t nlocals, uint32_t nlabels) {
    w->nlocals = nlocals <= WR_MAX_LOCALS ? nlocals : 0, w->nlabels = nlabels;
    w->locals = read_map(w, w->local_maps[func], w->nlocals);
    w->labels = read_map(w, w->label_maps[func], w->nlabels);
    w->open = (wr_u32s){0};
}

void wr_text_local(wr_text_writer *w, uint32_t local) {
    if (w->locals && local < w->nlocals && w->locals[local].n)
        wr_put_slice(w->out, w->locals[local]);
    else
        wr_text_put(w, "%u", local);
}

void wr_text_named(wr_text_writer *w, const char *what, uint32_t local, wr_valtype type) {
    wr_text_put(w, " (%s ", what);
    if (local < w->nlocals && w->locals[local].n) wr_text_local(w, local), wr_text_put(w, " ");
    wr_text_valtype(w, type);
    wr_text_put(w, ")");
}

void wr_text_label(wr_text_writer *w, uint32_t depth) {
    uint32_t label = depth < w->open.n ? w->open.v[w->open.n - 1 - depth] : WR_NONE;
    if (w->labels && label < w->nlabels && w->labels[label].n)
        wr_put_slice(w->out, w->labels[label]);
    else
        wr_text_put(w, "%u", depth);
}

void wr_text_string(wr_text_writer *w, wr_slice bytes) {
    wr_put_u8(w->out, '"');
    for (size_t i = 0; i < bytes.n; i++) {
        uint8_t byte = bytes.p[i];
        bool plain = byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\\';
        if (plain)
            wr_put_u8(w->out, byte);
        else
            wr_put_format(w->out, "\\%02x", byte);
    }
    wr_put_u8(w->out, '"');
}
