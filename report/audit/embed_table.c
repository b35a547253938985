// Finds the files that Emscripten's --embed-file put into data. Its packager writes each file's contents
// right behind its path, and a table of three words for each file, which a word of zeros ends:
//
//   name: "/lib/base.rdb\0" contents: …      table: name, size, contents, name, size, contents, …, 0
#include "embed_table.h"

#include <stdlib.h>

enum { ENTRY = 12, LONGEST_PATH = 1024 };

typedef struct entry {
    const char *path; // NULL: this is no entry
    uint32_t contents, size;
} entry;

static entry read_entry(const wr_places *places, const uint8_t *at) {
    uint32_t name = wr_le32(at), size = wr_le32(at + 4), contents = wr_le32(at + 8);
    if (contents <= name + 1 || contents - name > LONGEST_PATH) return (entry){0};
    wr_slice s = wr_places_bytes(places, name);
    size_t length = contents - name - 1;
    if (s.n <= length + 1 || s.p[0] != '/' || s.p[length]) return (entry){0};
    for (size_t i = 0; i < length; i++)
        if (s.p[i] < 0x20 || s.p[i] >= 0x7f) return (entry){0};
    return (entry){(const char *)s.p, contents, size};
}

// How many entries the table has that begins here; 0 if none does. Optimizers leave out zeros that end a
// segment.
static uint32_t count_entries(const wr_places *places, wr_slice s) {
    size_t at = 0;
    while (s.n - at >= ENTRY && read_entry(places, s.p + at).path) at += ENTRY;
    return s.n - at < ENTRY || !wr_le32(s.p + at) ? (uint32_t)(at / ENTRY) : 0;
}

// The parts of a file: optimizers cut segments where data have many zeros.
static void add_file(wr_env *env, const wr_places *places, const entry *file, wr_embedded_list *out) {
    uint64_t end = (uint64_t)file->contents + file->size;
    for (uint32_t i = 0; i < places->n && places->v[i].address < end; i++) {
        const wr_place *place = &places->v[i];
        uint64_t from = place->address > file->contents ? place->address : file->contents;
        uint64_t to = place->address + place->bytes.n < end ? place->address + place->bytes.n : end;
        wr_embedded part = {place->data, from - place->address, to - from, file->path, true};
        if (from < to) WR_PUSH(&env->perm, *out, part);
    }
}

static int by_offset(const void *a, const void *b) {
    const wr_embedded *x = a, *y = b;
    if (x->data != y->data) return x->data < y->data ? -1 : 1;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

void wr_embed_table_find(wr_env *env, const wr_places *places, wr_embedded_list *out) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < places->n; i++) {
        wr_slice s = places->v[i].bytes;
        for (size_t at = (size_t)(-places->v[i].address & 3), n; at + ENTRY < s.n; at += n ? n * ENTRY : 4) {
            n = count_entries(places, wr_slice_of(s.p + at, s.n - at));
            for (size_t k = 0; k < n; k++) {
                entry file = read_entry(places, s.p + at + k * ENTRY);
                add_file(env, places, &file, out);
            }
        }
    }
    if (out->n) qsort(out->v, out->n, sizeof *out->v, by_offset);
    for (uint32_t i = 0; i < out->n; i++) { // hostile tables may name the same bytes twice
        const wr_embedded *last = kept ? &out->v[kept - 1] : NULL;
        if (!last || last->data != out->v[i].data || last->offset + last->size <= out->v[i].offset)
            out->v[kept++] = out->v[i];
    }
    out->n = kept;
}
