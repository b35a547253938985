// Names of functions as identifiers of the text format, and strings.
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

// $name, and the index behind it where an earlier function has the same one.
static wr_slice identifier(wr_text_writer *w, wr_slice name, uint32_t func, bool is_taken) {
    wr_buf id = wr_buf_in(&w->env->perm);
    wr_put_u8(&id, '$');
    for (size_t i = 0; i < name.n; i++) wr_put_u8(&id, fits(name.p[i]) ? name.p[i] : '_');
    if (is_taken) wr_put_format(&id, ".#%u", func);
    return wr_buf_slice(&id);
}

void wr_text_find_names(wr_text_writer *w) {
    uint32_t n = w->m->nfuncs, same;
    wr_map taken = {0};
    wr_slice *names = wr_names_of(w->env, w->m, WR_FUNC);
    w->names = WR_NEW0(&w->env->perm, wr_slice, n);
    for (uint32_t i = 0; i < n; i++) {
        if (!names[i].n) continue;
        wr_slice id = identifier(w, names[i], i, false);
        uint64_t hash = wr_hash_bytes(id.p, id.n);
        WR_MAP_FIND(&taken, hash, same, wr_slice_eq(w->names[same], id));
        w->names[i] = same == WR_NONE ? id : identifier(w, names[i], i, true);
        if (same == WR_NONE) wr_map_add(&taken, &w->env->temp, hash, i);
    }
    wr_arena_reset(&w->env->temp);
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
