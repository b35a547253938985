// Writes a component by copying it. Only three things change: the bytes of core modules, the definitions and
// entries left out or added, and indices. Unless something was added, indices only get lower, so nothing
// grows.
#include "component_write.h"

#include "component_names.h"
#include "support/buf.h"

typedef struct writer {
    wr_env *env;
    wr_component_output *output;
    wr_buf out;
} writer;

// --- Numbers ---

static bool adds_index(const wr_def *def) { return def->space != WR_SORTS; }

// Core modules with the bytes of an earlier one get its number.
static void number_def(writer *w, wr_component *c, const wr_def *def, uint32_t *next) {
    if (!adds_index(def)) return;
    uint32_t *to = c->renumbered[def->space];
    for (uint32_t k = 0; k < def->count; k++) to[def->index + k] = def->live ? next[def->space]++ : WR_NONE;
    if (def->live || def->kind != WR_DEF_MODULE) return;
    const wr_component_uses *uses = w->output->uses;
    uint32_t first = uses->file->modules.v[uses->faces[def->child].same_as].def;
    to[def->index] = to[c->defs.v[first].index];
}

static void number_component(writer *w, wr_component *c) {
    uint32_t next[WR_SORTS] = {0}, def = 0, added = 0;
    for (unsigned s = 0; s < WR_SORTS; s++)
        c->renumbered[s] = WR_NEW(&w->env->perm, uint32_t, c->spaces[s].n);
    for (uint32_t i = 0; i < c->sections.n; i++) {
        for (; added < c->added.n && c->added.v[added].section == i; added++)
            for (unsigned s = 0; s < WR_SORTS; s++) next[s] += c->added.v[added].count[s];
        uint32_t end = c->sections.v[i].first_def + c->sections.v[i].ndefs;
        for (; def < end; def++) number_def(w, c, &c->defs.v[def], next);
    }
    for (uint32_t i = 0; i < c->redirected.n; i++)
        c->renumbered[WR_SORT_CORE_FUNC][c->redirected.v[i].from] = c->redirected.v[i].to;
}

// --- Definitions ---

// Begins a part with a length in front. The length is inserted by end_sized.
static size_t begin_sized(writer *w) { return w->out.n; }

static void end_sized(writer *w, size_t from) {
    size_t n = w->out.n - from;
    unsigned width = wr_uleb_size(n);
    wr_put_uleb(&w->out, n); // makes room, and encodes the length
    uint8_t length[10];
    memcpy(length, w->out.p + from + n, width);
    memmove(w->out.p + from + width, w->out.p + from, n);
    memcpy(w->out.p + from, length, width);
}

static void put_index(writer *w, wr_component *c, const wr_def_ref *ref) {
    for (uint32_t i = 0; i < ref->up; i++) c = c->parent;
    wr_put_uleb(&w->out, c->renumbered[ref->space][ref->index]);
}

static uint32_t count_entries(const wr_def *def, const wr_def_ref *refs) {
    uint32_t n = def->added.p != NULL;
    for (uint32_t i = 0; i < def->nrefs; i++) n += refs[i].live && refs[i].begin >= def->list_end;
    return n;
}

// Writes the count of the entries of its list. Returns where they begin.
static uint32_t put_count(writer *w, const wr_def *def, const wr_def_ref *refs, const uint8_t *bytes,
                          uint32_t at) {
    wr_put_bytes(&w->out, bytes + at, def->list_at - at);
    wr_put_uleb(&w->out, count_entries(def, refs));
    return def->list_end;
}

static void put_def(writer *w, wr_component *c, const wr_csection *section, const wr_def *def) {
    const uint8_t *bytes = section->payload.p;
    const wr_def_ref *refs = wr_component_refs(c, def);
    uint32_t at = def->begin;
    for (uint32_t i = 0; i < def->nrefs; i++) {
        const wr_def_ref *ref = &refs[i];
        bool is_entry = def->list_end && ref->begin >= def->list_end;
        if (is_entry && at < def->list_end) at = put_count(w, def, refs, bytes, at);
        wr_put_bytes(&w->out, bytes + at, (ref->live ? ref->at : ref->begin) - at);
        if (ref->live)
            put_index(w, c, ref);
        else
            w->output->removed++;
        at = ref->end;
    }
    if (def->added.p && at < def->list_end) at = put_count(w, def, refs, bytes, at);
    wr_put_bytes(&w->out, bytes + at, def->end - at);
    wr_put_slice(&w->out, def->added);
}

// --- Sections ---

static void put_items(writer *w, wr_component *c, const wr_csection *section) {
    const wr_def *defs = c->defs.v + section->first_def;
    uint32_t live = 0;
    for (uint32_t i = 0; i < section->ndefs; i++) live += defs[i].live;
    w->output->removed += section->ndefs - live;
    if (!live && section->ndefs) return;
    wr_put_u8(&w->out, section->id);
    size_t from = begin_sized(w);
    if (live == section->ndefs)
        wr_put_bytes(&w->out, section->payload.p, section->items_at);
    else
        wr_put_uleb(&w->out, live);
    for (uint32_t i = 0; i < section->ndefs; i++)
        if (defs[i].live) put_def(w, c, section, &defs[i]);
    end_sized(w, from);
}

static void put_component(writer *w, wr_component *c);

static void put_child(writer *w, wr_component *c, const wr_csection *section) {
    const wr_def *def = &c->defs.v[section->first_def];
    w->output->removed += !def->live;
    if (!def->live) return;
    wr_put_u8(&w->out, section->id);
    size_t from = begin_sized(w);
    if (def->kind == WR_DEF_MODULE)
        wr_put_slice(&w->out, w->output->modules[def->child]);
    else
        put_component(w, w->output->uses->file->components.v[def->child]);
    end_sized(w, from);
}

static void put_custom(writer *w, wr_component *c, const wr_csection *section) {
    const wr_component_output *output = w->output;
    if (!output->keeps_section(output->user, section->name)) return;
    wr_put_u8(&w->out, section->id);
    size_t from = begin_sized(w);
    if (wr_slice_is(section->name, "component-name"))
        wr_component_put_names(w->env, &w->out, c, section);
    else
        wr_put_slice(&w->out, section->payload);
    end_sized(w, from);
}

static void put_added(writer *w, const wr_component *c, uint32_t section) {
    for (uint32_t i = 0; i < c->added.n; i++)
        if (c->added.v[i].section == section) wr_put_slice(&w->out, c->added.v[i].bytes);
}

static void put_component(writer *w, wr_component *c) {
    wr_put_bytes(&w->out, c->bytes.p, 8);
    for (uint32_t i = 0; i < c->sections.n; i++) {
        put_added(w, c, i);
        const wr_csection *section = &c->sections.v[i];
        if (section->id == WR_CSEC_CUSTOM)
            put_custom(w, c, section);
        else if (section->id == WR_CSEC_MODULE || section->id == WR_CSEC_COMPONENT)
            put_child(w, c, section);
        else
            put_items(w, c, section);
    }
    put_added(w, c, c->sections.n);
}

wr_slice wr_component_write(wr_env *env, wr_component_output *output) {
    const wr_component_file *file = output->uses->file;
    writer w = {.env = env, .output = output, .out = wr_buf_in(&env->perm)};
    output->removed = 0;
    for (uint32_t i = 0; i < file->components.n; i++) number_component(&w, file->components.v[i]);
    put_component(&w, file->components.v[0]);
    return wr_buf_slice(&w.out);
}
