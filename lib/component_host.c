// Looks for the standard error and the exits of wasi:cli among a component's imports. The type of an import
// may lack functions of the interface, so only those are used that the component itself takes from it.
#include "component_host.h"

const char wr_component_get_stderr[] = "get-stderr",
           wr_component_stream_write[] = "[method]output-stream.blocking-write-and-flush";
const char *const wr_component_exits[WR_COMPONENT_EXITS] = {"exit", "exit-with-code"};

// "@0.2.3", empty if the name has no version.
static wr_slice version_of(wr_slice name) {
    while (name.n && *name.p != '@') name.p++, name.n--;
    return name;
}

// The first imported instance whose name begins so, defined before that section; of that version, if one is
// given.
static uint32_t find_import(const wr_component *c, uint32_t before, const char *start, wr_slice version) {
    for (uint32_t i = 0; i < c->spaces[WR_SORT_INSTANCE].n; i++) {
        const wr_def *def = &c->defs.v[c->spaces[WR_SORT_INSTANCE].v[i]];
        if (wr_component_section_of(c, WR_SORT_INSTANCE, i) >= before) return WR_NONE;
        if (def->kind != WR_DEF_IMPORT || !wr_slice_starts(def->name, start)) continue;
        if (!version.p || wr_slice_eq(version_of(def->name), version)) return i;
    }
    return WR_NONE;
}

static bool is_alias_of(const wr_component *c, const wr_def *def, uint32_t instance, const char *name) {
    if (def->kind != WR_DEF_ALIAS_EXPORT || def->space != WR_SORT_FUNC) return false;
    const wr_def_ref *ref = wr_component_refs(c, def);
    return ref->index == instance && wr_slice_is(ref->name, name);
}

// Both interfaces must be of the same version, since one makes the streams that the other writes to.
wr_component_host wr_component_find_host(const wr_component *c) {
    wr_component_host h = {.before = wr_component_section_of(c, WR_SORT_CORE_INSTANCE, 0),
                           .streams = WR_NONE};
    bool takes_stderr = false, takes_write = false;
    h.out = find_import(c, h.before, "wasi:cli/stderr@", (wr_slice){0});
    if (h.out != WR_NONE) {
        wr_slice name = c->defs.v[c->spaces[WR_SORT_INSTANCE].v[h.out]].name;
        h.streams = find_import(c, h.before, "wasi:io/streams@", version_of(name));
    }
    h.exits = find_import(c, h.before, "wasi:cli/exit@", (wr_slice){0});
    for (uint32_t i = 0; i < c->defs.n; i++) {
        const wr_def *def = &c->defs.v[i];
        takes_stderr |= is_alias_of(c, def, h.out, wr_component_get_stderr);
        takes_write |= is_alias_of(c, def, h.streams, wr_component_stream_write);
        for (unsigned e = 0; e < WR_COMPONENT_EXITS; e++)
            h.takes_exit[e] |= is_alias_of(c, def, h.exits, wr_component_exits[e]);
    }
    h.can_write = takes_stderr && takes_write;
    return h;
}

bool wr_component_lowers_exit(const wr_component *c, const wr_component_host *h, unsigned exit,
                              uint32_t core_func) {
    const wr_def *def = &c->defs.v[c->spaces[WR_SORT_CORE_FUNC].v[core_func]];
    if (def->kind != WR_DEF_CANON || def->nrefs == 0) return false;
    const wr_def_ref *ref = wr_component_refs(c, def);
    if (ref->space != WR_SORT_FUNC) return false;
    return is_alias_of(c, &c->defs.v[c->spaces[WR_SORT_FUNC].v[ref->index]], h->exits,
                       wr_component_exits[exit]);
}
