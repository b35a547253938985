// Reads the structure of a component: sections, the definitions in them, nested components. Every index is
// checked against its space as it is at that point, so references only go backwards and there are no cycles.
#include "component_parts.h"

static const char *const section_names[WR_CSECTIONS] = {
    "custom", "core module", "core instance", "core type", "component", "instance", "alias",
    "type",   "canon",       "start",         "import",    "export",    "value",
};

static const char *const sort_names[WR_SORTS] = {
    "core function", "core table", "core memory", "core global", "core tag",  "core type", "core module",
    "core instance", "function",   "value",       "type",        "component", "instance",
};

const char *wr_component_sort_name(wr_sort sort) { return sort < WR_SORTS ? sort_names[sort] : "nothing"; }

bool wr_component_recognize(wr_slice bytes) {
    static const uint8_t magic[4] = {0, 'a', 's', 'm'};
    return bytes.n >= 8 && memcmp(bytes.p, magic, 4) == 0 && bytes.p[6] == 1 && bytes.p[7] == 0;
}

// --- Sorts and references ---

wr_sort wr_component_read_core_sort(wr_reader *r) {
    const uint8_t *at = r->p;
    uint8_t code = wr_read_u8(r);
    if (code <= 4) return (wr_sort)(WR_SORT_CORE_FUNC + code);
    if (code >= 0x10 && code <= 0x12) return (wr_sort)(WR_SORT_CORE_TYPE + (code - 0x10));
    wr_reader_fail_at(r, at, "expected a core sort, 0 to 4 or 0x10 to 0x12, found 0x%02x", code);
}

wr_sort wr_component_read_sort(wr_reader *r) {
    const uint8_t *at = r->p;
    uint8_t code = wr_read_u8(r);
    if (code == 0) return wr_component_read_core_sort(r);
    if (code > 5) wr_reader_fail_at(r, at, "expected a sort, 0 to 5, found 0x%02x", code);
    if (code == 2) wr_reader_fail_at(r, at, "the proposal \"values in components\" is not handled");
    return (wr_sort)(WR_SORT_FUNC + (code - 1));
}

static void add_ref(wr_def_reader *d, wr_def_ref ref) {
    const wr_component *c = d->c;
    for (uint32_t i = 0; i < ref.up && c; i++) c = c->parent;
    if (!c)
        wr_reader_fail_at(&d->r, d->r.start + ref.begin,
                          "there is no component around this one %u levels out", ref.up);
    if (ref.index >= c->spaces[ref.space].n)
        wr_reader_fail_at(&d->r, d->r.start + ref.at, "there is no %s %u here, only %u so far",
                          sort_names[ref.space], ref.index, c->spaces[ref.space].n);
    ref.live = true;
    WR_PUSH(&d->env->perm, d->c->refs, ref);
    d->def.nrefs++;
}

void wr_component_read_ref(wr_def_reader *d, wr_sort space, uint32_t begin, wr_slice name) {
    wr_def_ref ref = {.begin = begin, .space = (uint8_t)space, .name = name, .at = wr_def_place(d)};
    ref.index = wr_read_u32(&d->r);
    ref.end = wr_def_place(d);
    add_ref(d, ref);
}

// --- Definitions ---

static uint32_t read_list_count(wr_def_reader *d, const char *what) {
    d->def.list_at = wr_def_place(d);
    uint32_t n = wr_read_count(&d->r, 3, what);
    d->def.list_end = wr_def_place(d);
    return n;
}

static uint8_t read_form(wr_def_reader *d, const char *what) {
    const uint8_t *at = d->r.p;
    uint8_t form = wr_read_u8(&d->r);
    if (form > 1) wr_reader_fail_at(&d->r, at, "expected %s, 0 or 1, found 0x%02x", what, form);
    return form;
}

static void read_core_instance(wr_def_reader *d) {
    d->def.space = WR_SORT_CORE_INSTANCE;
    bool exports = read_form(d, "a core instance");
    d->def.kind = exports ? WR_DEF_CORE_EXPORTS : WR_DEF_CORE_INSTANTIATE;
    if (!exports) wr_component_read_ref(d, WR_SORT_CORE_MODULE, wr_def_place(d), (wr_slice){0});
    for (uint32_t n = read_list_count(d, "arguments of a core instance"); n; n--) {
        uint32_t begin = wr_def_place(d);
        wr_slice name = wr_read_name(&d->r);
        const uint8_t *at = d->r.p;
        wr_sort sort = wr_component_read_core_sort(&d->r);
        if ((sort == WR_SORT_CORE_INSTANCE) == exports || sort == WR_SORT_CORE_MODULE ||
            sort == WR_SORT_CORE_TYPE)
            wr_reader_fail_at(&d->r, at, "a core instance can't be given a %s here", sort_names[sort]);
        wr_component_read_ref(d, sort, begin, name);
    }
}

static void read_instance(wr_def_reader *d) {
    d->def.space = WR_SORT_INSTANCE;
    bool exports = read_form(d, "an instance");
    d->def.kind = exports ? WR_DEF_EXPORTS : WR_DEF_INSTANTIATE;
    if (!exports) wr_component_read_ref(d, WR_SORT_COMPONENT, wr_def_place(d), (wr_slice){0});
    for (uint32_t n = wr_read_count(&d->r, 3, "arguments of an instance"); n; n--) {
        uint32_t begin = wr_def_place(d);
        wr_slice name = exports ? wr_component_read_name(&d->r) : wr_read_name(&d->r);
        wr_sort sort = wr_component_read_sort(&d->r);
        wr_component_read_ref(d, sort, begin, name);
    }
}

static void read_outer_alias(wr_def_reader *d, wr_sort sort, const uint8_t *at) {
    wr_def_ref ref = {.begin = wr_def_place(d), .space = (uint8_t)sort};
    d->def.kind = WR_DEF_ALIAS_OUTER;
    if (sort != WR_SORT_TYPE && sort != WR_SORT_CORE_TYPE && sort != WR_SORT_CORE_MODULE &&
        sort != WR_SORT_COMPONENT)
        wr_reader_fail_at(&d->r, at, "a %s of an outer component can't be aliased", sort_names[sort]);
    ref.up = wr_read_u32(&d->r);
    ref.at = wr_def_place(d);
    ref.index = wr_read_u32(&d->r);
    ref.end = wr_def_place(d);
    add_ref(d, ref);
}

// In aliases the name comes after the index.
static void read_export_alias(wr_def_reader *d, wr_sort sort, bool core, const uint8_t *at) {
    d->def.kind = core ? WR_DEF_ALIAS_CORE : WR_DEF_ALIAS_EXPORT;
    if (core ? sort > WR_SORT_CORE_TAG : sort <= WR_SORT_CORE_INSTANCE && sort != WR_SORT_CORE_MODULE)
        wr_reader_fail_at(&d->r, at, "no %s can be aliased from this kind of instance", sort_names[sort]);
    wr_component_read_ref(d, core ? WR_SORT_CORE_INSTANCE : WR_SORT_INSTANCE, wr_def_place(d), (wr_slice){0});
    d->c->refs.v[d->c->refs.n - 1].name = wr_read_name(&d->r);
}

static void read_alias(wr_def_reader *d) {
    const uint8_t *at = d->r.p;
    wr_sort sort = wr_component_read_sort(&d->r);
    d->def.space = (uint8_t)sort;
    const uint8_t *target_at = d->r.p;
    uint8_t target = wr_read_u8(&d->r);
    if (target > 2)
        wr_reader_fail_at(&d->r, target_at, "expected the target of an alias, 0 to 2, found 0x%02x", target);
    if (target == 2)
        read_outer_alias(d, sort, at);
    else
        read_export_alias(d, sort, target == 1, at);
}

static void read_import(wr_def_reader *d) {
    d->def.name = wr_component_read_name(&d->r);
    d->def.space = (uint8_t)wr_component_skip_extern_type(&d->r);
}

// An export adds an index of its own, as an alias does.
static void read_export(wr_def_reader *d) {
    wr_slice name = wr_component_read_name(&d->r);
    const uint8_t *at = d->r.p;
    wr_sort sort = wr_component_read_sort(&d->r);
    if (sort <= WR_SORT_CORE_INSTANCE && sort != WR_SORT_CORE_MODULE)
        wr_reader_fail_at(&d->r, at, "a %s can't be exported", sort_names[sort]);
    wr_component_read_ref(d, sort, wr_def_place(d), name);
    d->def.space = (uint8_t)sort;
    at = d->r.p;
    uint8_t has_type = wr_read_u8(&d->r);
    if (has_type > 1)
        wr_reader_fail_at(&d->r, at, "expected 0 or 1 for an export's type, found 0x%02x", has_type);
    if (has_type) wr_component_skip_extern_type(&d->r);
}

static void read_def(wr_def_reader *d, uint8_t section) {
    switch (section) {
    case WR_CSEC_CORE_INSTANCE: read_core_instance(d); return;
    case WR_CSEC_CORE_TYPE:
        d->def.kind = WR_DEF_CORE_TYPE, d->def.space = WR_SORT_CORE_TYPE;
        d->def.count = wr_component_skip_core_type(&d->r);
        return;
    case WR_CSEC_INSTANCE: read_instance(d); return;
    case WR_CSEC_ALIAS: read_alias(d); return;
    case WR_CSEC_TYPE:
        d->def.kind = WR_DEF_TYPE, d->def.space = WR_SORT_TYPE;
        wr_component_read_type(d);
        return;
    case WR_CSEC_CANON:
        d->def.kind = WR_DEF_CANON;
        wr_component_read_canon(d);
        return;
    case WR_CSEC_IMPORT:
        d->def.kind = WR_DEF_IMPORT;
        read_import(d);
        return;
    default: d->def.kind = WR_DEF_EXPORT; read_export(d);
    }
}

static void begin_def(wr_def_reader *d) {
    d->def = (wr_def){.space = WR_SORTS,
                      .count = 1,
                      .live = true,
                      .begin = wr_def_place(d),
                      .first_ref = d->c->refs.n,
                      .child = WR_NONE};
}

// Outer aliases and exports stand for the definition that they refer to, whose root is already known.
static void find_root(wr_def_reader *d) {
    wr_def *def = &d->def;
    def->root = d->c->defs.n, def->root_in = d->c;
    if (def->kind != WR_DEF_ALIAS_OUTER && def->kind != WR_DEF_EXPORT) return;
    const wr_def_ref *ref = wr_component_refs(d->c, def);
    const wr_component *c = d->c;
    for (uint32_t i = 0; i < ref->up; i++) c = c->parent;
    const wr_def *to = &c->defs.v[c->spaces[ref->space].v[ref->index]];
    def->root = to->root, def->root_in = to->root_in;
}

static void end_def(wr_def_reader *d) {
    wr_arena *perm = &d->env->perm;
    wr_def *def = &d->def;
    def->end = wr_def_place(d);
    find_root(d);
    if (def->space != WR_SORTS) {
        def->index = d->c->spaces[def->space].n;
        for (uint32_t i = 0; i < def->count; i++) WR_PUSH(perm, d->c->spaces[def->space], d->c->defs.n);
    }
    WR_PUSH(perm, d->c->defs, *def);
}

// --- Sections ---

static void decode_component(wr_env *env, wr_component_file *file, wr_slice bytes, uint64_t offset,
                             wr_component *parent);

static void read_child(wr_def_reader *d, wr_csection *section) {
    begin_def(d);
    bool is_module = section->id == WR_CSEC_MODULE;
    d->r.p = d->r.end;
    d->def.kind = is_module ? WR_DEF_MODULE : WR_DEF_COMPONENT;
    d->def.space = is_module ? WR_SORT_CORE_MODULE : WR_SORT_COMPONENT;
    d->def.child = is_module ? d->file->modules.n : d->file->components.n;
    if (is_module) {
        wr_core_module module = {
            .bytes = section->payload, .offset = section->offset, .component = d->c, .def = d->c->defs.n};
        WR_PUSH(&d->env->perm, d->file->modules, module);
    } else {
        decode_component(d->env, d->file, section->payload, section->offset, d->c);
    }
    end_def(d);
}

static void read_items(wr_def_reader *d, wr_csection *section) {
    uint32_t count = wr_read_count(&d->r, 1, "definitions");
    section->items_at = wr_def_place(d);
    for (uint32_t i = 0; i < count; i++) {
        begin_def(d);
        read_def(d, section->id);
        end_def(d);
    }
}

static void read_section(wr_env *env, wr_component_file *file, wr_component *c, wr_reader *r) {
    const uint8_t *at = r->p;
    wr_csection section = {.id = wr_read_u8(r)};
    if (section.id >= WR_CSECTIONS)
        wr_reader_fail_at(r, at, "expected a component section id, 0 to 12, found %u", section.id);
    uint32_t size = wr_read_u32(r);
    section.offset = wr_offset(r);
    if (size > wr_left(r))
        wr_reader_fail_at(r, at, "the %s section wants %u bytes, but %zu are left", section_names[section.id],
                          size, wr_left(r));
    section.payload = wr_read_bytes(r, size);
    section.first_def = c->defs.n;
    wr_def_reader d = {
        .env = env, .file = file, .c = c, .r = wr_reader_of(env, section.payload, section.offset)};
    if (section.id == WR_CSEC_CUSTOM)
        section.name = wr_read_name(&d.r), d.r.p = d.r.end;
    else if (section.id == WR_CSEC_START || section.id == WR_CSEC_VALUE)
        wr_reader_fail_at(r, at, "the proposal \"values in components\" (the %s section) is not handled",
                          section_names[section.id]);
    else if (section.id == WR_CSEC_MODULE || section.id == WR_CSEC_COMPONENT)
        read_child(&d, &section);
    else
        read_items(&d, &section);
    if (!wr_at_end(&d.r))
        wr_reader_fail(&d.r, "expected the end of the %s section, found %zu more bytes",
                       section_names[section.id], wr_left(&d.r));
    section.ndefs = c->defs.n - section.first_def;
    WR_PUSH(&env->perm, c->sections, section);
}

static void read_preamble(wr_reader *r) {
    const uint8_t *at = r->p;
    wr_slice bytes = {r->p, wr_left(r)};
    if (!wr_component_recognize(bytes))
        wr_reader_fail_at(r, at, "expected a component, which begins with 00 61 73 6d 0d 00 01 00");
    if (bytes.p[4] != 0x0d || bytes.p[5] != 0)
        wr_reader_fail_at(r, at + 4, "expected version 13 of the component format, found version %u",
                          bytes.p[4] | bytes.p[5] << 8);
    r->p += 8;
}

static void decode_component(wr_env *env, wr_component_file *file, wr_slice bytes, uint64_t offset,
                             wr_component *parent) {
    wr_component *c = WR_NEW0(&env->perm, wr_component, 1);
    c->parent = parent;
    c->depth = parent ? parent->depth + 1 : 0;
    c->bytes = bytes;
    c->offset = offset;
    wr_reader r = wr_reader_of(env, bytes, offset);
    if (c->depth == WR_MAX_NESTING)
        wr_reader_fail(&r, "components nested more than %d deep are not handled", WR_MAX_NESTING);
    WR_PUSH(&env->perm, file->components, c);
    read_preamble(&r);
    while (!wr_at_end(&r)) read_section(env, file, c, &r);
}

void wr_component_decode(wr_env *env, wr_slice input, wr_component_file *file) {
    *file = (wr_component_file){0};
    decode_component(env, file, input, 0, NULL);
}
