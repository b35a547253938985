// Reads, moves and writes metadata.code.* and binaryen.* sections. For each function, the places from all
// sections are merged into one sorted list of marks, which the rewriting of the body replaces by the new
// places; each entry then finds its new place by searching the old list.
#include "code_metadata.h"

#include <stdlib.h>

bool wr_code_metadata_is(wr_slice name) {
    return wr_slice_starts(name, "metadata.code.") || wr_slice_starts(name, "binaryen.");
}

// Whether payloads of sections with this name are known to contain no indices.
static bool payload_is_plain(wr_slice name) {
    static const char *const plain[] = {
        "metadata.code.branch_hint",
        "metadata.code.trace_inst",
        "metadata.code.instr_freq",
        "metadata.code.inline",
        "metadata.code.compilation_priority",
        "binaryen.removable.if.unused",
        "binaryen.idempotent",
        "binaryen.js.called",
    };
    for (size_t i = 0; i < WR_COUNT(plain); i++)
        if (wr_slice_is(name, plain[i])) return true;
    return false;
}

typedef struct metadata_reader {
    const wr_custom *custom;
    const wr_module *m;
    wr_metadata_section *section;
} metadata_reader;

// Imports can be annotated too, as Dart annotates JavaScript's string functions, but only as a whole.
static void read_func_notes(wr_env *env, wr_reader *r, metadata_reader *mr) {
    wr_noted_func func = {.func = wr_read_u32(r), .first = mr->section->notes.n};
    if (func.func >= mr->m->nfuncs) wr_reader_fail(r, "expected a function");
    bool is_import = mr->m->funcs[func.func].import != WR_NONE;
    func.count = wr_read_count(r, 2, "notes");
    for (uint32_t i = 0; i < func.count; i++) {
        wr_code_note note = {.at = wr_read_u32(r)};
        if (is_import && note.at != WR_WHOLE_FUNCTION)
            wr_reader_fail(r, "expected a note on the whole import");
        note.data = wr_read_bytes(r, wr_read_u32(r));
        WR_PUSH(&env->perm, mr->section->notes, note);
    }
    WR_PUSH(&env->perm, mr->section->funcs, func);
}

static void read_section(wr_env *env, void *arg) {
    metadata_reader *mr = arg;
    wr_reader r = wr_reader_of(env, mr->custom->payload, mr->custom->offset);
    uint32_t count = wr_read_count(&r, 2, "functions");
    for (uint32_t i = 0; i < count; i++) read_func_notes(env, &r, mr);
    if (!wr_at_end(&r)) wr_reader_fail(&r, "expected the end of the section");
}

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void collect_marks(wr_env *env, const wr_module *m, wr_code_metadata *metadata) {
    wr_u32s *lists = WR_NEW0(&env->temp, wr_u32s, m->nfuncs);
    for (uint32_t s = 0; s < metadata->sections.n; s++) {
        wr_metadata_section *section = &metadata->sections.v[s];
        for (uint32_t f = 0; f < section->funcs.n; f++) {
            wr_noted_func *func = &section->funcs.v[f];
            for (uint32_t i = 0; i < func->count; i++)
                WR_PUSH(&env->temp, lists[func->func], section->notes.v[func->first + i].at);
        }
    }
    metadata->marks = WR_NEW0(&env->perm, wr_marks, m->nfuncs);
    for (uint32_t i = 0; i < m->nfuncs; i++) {
        if (!lists[i].n) continue;
        qsort(lists[i].v, lists[i].n, sizeof(uint32_t), by_value);
        uint32_t *old_and_new = WR_NEW(&env->perm, uint32_t, (size_t)lists[i].n * 2);
        memcpy(old_and_new, lists[i].v, lists[i].n * sizeof(uint32_t));
        memcpy(old_and_new + lists[i].n, lists[i].v, lists[i].n * sizeof(uint32_t));
        metadata->marks[i] =
            (wr_marks){old_and_new + lists[i].n, lists[i].n}; // the old places stand before at[0]
    }
}

// Reads a section. Returns false if it cannot be moved because its kind is unknown or it is malformed.
static bool try_section(wr_env *env, const wr_module *m, uint32_t custom, wr_metadata_section *section) {
    *section = (wr_metadata_section){.custom = custom};
    if (!payload_is_plain(m->customs[custom].name)) return false;
    metadata_reader mr = {.custom = &m->customs[custom], .m = m, .section = section};
    return wr_try_input(env, read_section, &mr, NULL);
}

bool wr_code_metadata_can_move(wr_env *env, const wr_module *m, uint32_t custom) {
    wr_metadata_section section;
    return try_section(env, m, custom, &section);
}

void wr_code_metadata_read(wr_env *env, const wr_module *m, wr_code_metadata *metadata) {
    *metadata = (wr_code_metadata){0};
    for (uint32_t i = 0; i < m->ncustoms; i++) {
        wr_metadata_section section;
        if (m->customs[i].live && try_section(env, m, i, &section))
            WR_PUSH(&env->perm, metadata->sections, section);
    }
    if (metadata->sections.n) collect_marks(env, m, metadata);
}

void wr_code_metadata_mark_annotated(wr_env *env, wr_module *m) {
    for (uint32_t i = 0; i < m->ncustoms; i++) {
        wr_metadata_section section;
        if (!m->customs[i].live || !wr_code_metadata_is(m->customs[i].name) ||
            !try_section(env, m, i, &section))
            continue;
        for (uint32_t k = 0; k < section.funcs.n; k++) {
            const wr_noted_func *func = &section.funcs.v[k];
            if (func->count && section.notes.v[func->first].at == WR_WHOLE_FUNCTION)
                m->funcs[func->func].annotated = true;
        }
    }
}

// Returns the new place of an entry that was at `at`, or WR_NONE.
static uint32_t moved_place(const wr_func *func, const wr_marks *marks, uint32_t at) {
    if (at == WR_WHOLE_FUNCTION) return at;
    if (func->changed) return WR_NONE;
    const uint32_t *old = marks->at - marks->n;
    uint32_t *found = bsearch(&at, old, marks->n, sizeof *old, by_value);
    return found ? found[marks->n] : WR_NONE;
}

static uint32_t write_func_notes(const wr_metadata_section *section, const wr_noted_func *func,
                                 const wr_func *noted, const wr_marks *marks, wr_buf *out) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < func->count; i++) {
        const wr_code_note *note = &section->notes.v[func->first + i];
        uint32_t at = moved_place(noted, marks, note->at);
        if (at == WR_NONE) continue;
        wr_put_uleb(out, at);
        wr_put_sized(out, note->data);
        n++;
    }
    return n;
}

typedef struct placed_func {
    uint32_t index; // in the new numbering
    wr_noted_func func;
} placed_func;

static int by_new_index(const void *a, const void *b) {
    const placed_func *x = a, *y = b;
    return x->index < y->index ? -1 : x->index > y->index;
}

// Sorts the functions by their new indices, since sections must list functions in increasing order.
static placed_func *in_new_order(wr_env *env, const wr_metadata_section *section, const uint32_t *func_map) {
    placed_func *funcs = WR_NEW(&env->temp, placed_func, section->funcs.n);
    for (uint32_t i = 0; i < section->funcs.n; i++)
        funcs[i] = (placed_func){func_map[section->funcs.v[i].func], section->funcs.v[i]};
    qsort(funcs, section->funcs.n, sizeof *funcs, by_new_index);
    return funcs;
}

bool wr_code_metadata_write(wr_env *env, const wr_module *m, const wr_code_metadata *metadata,
                            uint32_t custom, const uint32_t *func_map, wr_buf *out) {
    const wr_metadata_section *section = NULL;
    for (uint32_t i = 0; i < metadata->sections.n; i++)
        if (metadata->sections.v[i].custom == custom) section = &metadata->sections.v[i];
    if (!section) return false;
    const placed_func *funcs = in_new_order(env, section, func_map);
    wr_buf body = wr_buf_in(&env->temp);
    uint32_t n = 0;
    for (uint32_t i = 0; i < section->funcs.n; i++) {
        uint32_t index = funcs[i].func.func;
        const wr_func *func = &m->funcs[index];
        if (!func->live) continue;
        wr_buf notes = wr_buf_in(&env->temp);
        uint32_t count = write_func_notes(section, &funcs[i].func, func, &metadata->marks[index], &notes);
        if (!count) continue;
        wr_put_uleb(&body, funcs[i].index);
        wr_put_uleb(&body, count);
        wr_put_slice(&body, wr_buf_slice(&notes));
        n++;
    }
    wr_put_uleb(out, n);
    wr_put_slice(out, wr_buf_slice(&body));
    return n > 0;
}
