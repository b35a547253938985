// Writes definitions that are added to a component, each in a section of its own. Types cannot be added in
// the middle, since references to types are not recorded, see component.h.
#include "component_add.h"

static void put_name(wr_buf *b, const char *name) { wr_put_sized(b, wr_slice_of(name, strlen(name))); }

// The number of indices that the definitions before a section take.
static uint32_t count_before(const wr_component *c, unsigned sort, uint32_t section) {
    uint32_t end = section < c->sections.n ? c->sections.v[section].first_def : c->defs.n, n = 0;
    for (uint32_t i = 0; i < end; i++)
        if (c->defs.v[i].space == sort) n += c->defs.v[i].count;
    return n;
}

static uint32_t count_added(const wr_component *c, unsigned sort, uint32_t section) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->added.n && c->added.v[i].section <= section; i++)
        n += c->added.v[i].count[sort];
    return n;
}

void wr_component_add_begin(wr_component_adder *a, wr_env *env, wr_component *c, uint32_t section) {
    *a = (wr_component_adder){.env = env, .c = c, .out = wr_buf_in(&env->perm), .addition.section = section};
    for (unsigned s = 0; s < WR_SORTS; s++)
        a->next[s] = count_before(c, s, section) + count_added(c, s, section);
}

void wr_component_add_end(wr_component_adder *a) {
    a->addition.bytes = wr_buf_slice(&a->out);
    WR_PUSH(&a->env->perm, a->c->added, a->addition);
}

uint32_t wr_component_section_of(const wr_component *c, wr_sort sort, uint32_t index) {
    uint32_t def = c->spaces[sort].v[index], section = 0;
    while (c->sections.v[section].first_def + c->sections.v[section].ndefs <= def) section++;
    return section;
}

uint32_t wr_component_index_now(const wr_component *c, wr_sort sort, uint32_t index) {
    return index + count_added(c, sort, wr_component_section_of(c, sort, index));
}

static void put_section(wr_component_adder *a, uint8_t id, const wr_buf *def) {
    wr_put_u8(&a->out, id);
    wr_put_uleb(&a->out, def->n + 1);
    wr_put_u8(&a->out, 1); // one definition
    wr_put_slice(&a->out, wr_buf_slice(def));
}

static uint32_t take_index(wr_component_adder *a, wr_sort sort) {
    a->addition.count[sort]++;
    return a->next[sort]++;
}

uint32_t wr_component_add_module(wr_component_adder *a, wr_slice bytes) {
    wr_put_u8(&a->out, WR_CSEC_MODULE);
    wr_put_sized(&a->out, bytes);
    return take_index(a, WR_SORT_CORE_MODULE);
}

static void put_core_sort(wr_buf *b, uint8_t sort) {
    wr_put_u8(b, sort < WR_SORT_CORE_TYPE ? sort : (uint8_t)(0x10 + sort - WR_SORT_CORE_TYPE));
}

static uint32_t add_bag(wr_component_adder *a, const wr_component_entry *entries, size_t n) {
    wr_buf b = wr_buf_in(&a->env->temp);
    wr_put_u8(&b, 1);
    wr_put_uleb(&b, n);
    for (size_t i = 0; i < n; i++) {
        put_name(&b, entries[i].name);
        put_core_sort(&b, entries[i].sort);
        wr_put_uleb(&b, entries[i].index);
    }
    put_section(a, WR_CSEC_CORE_INSTANCE, &b);
    return take_index(a, WR_SORT_CORE_INSTANCE);
}

static void put_argument(wr_buf *b, const char *name, uint32_t instance) {
    put_name(b, name);
    put_core_sort(b, WR_SORT_CORE_INSTANCE);
    wr_put_uleb(b, instance);
}

uint32_t wr_component_add_instantiate(wr_component_adder *a, uint32_t module,
                                      const wr_component_entry *entries, size_t n) {
    uint32_t bag = n ? add_bag(a, entries, n) : WR_NONE;
    wr_buf b = wr_buf_in(&a->env->temp);
    wr_put_u8(&b, 0);
    wr_put_uleb(&b, module);
    wr_put_uleb(&b, n > 0);
    if (n) put_argument(&b, "", bag);
    put_section(a, WR_CSEC_CORE_INSTANCE, &b);
    return take_index(a, WR_SORT_CORE_INSTANCE);
}

uint32_t wr_component_add_core_alias(wr_component_adder *a, wr_sort sort, uint32_t instance,
                                     const char *name) {
    wr_buf b = wr_buf_in(&a->env->temp);
    wr_put_u8(&b, 0);
    put_core_sort(&b, (uint8_t)sort);
    wr_put_u8(&b, 1);
    wr_put_uleb(&b, instance);
    put_name(&b, name);
    put_section(a, WR_CSEC_ALIAS, &b);
    return take_index(a, sort);
}

uint32_t wr_component_add_alias(wr_component_adder *a, uint32_t instance, const char *name) {
    wr_buf b = wr_buf_in(&a->env->temp);
    wr_put_u8(&b, 1);
    wr_put_u8(&b, 0);
    wr_put_uleb(&b, instance);
    put_name(&b, name);
    put_section(a, WR_CSEC_ALIAS, &b);
    return take_index(a, WR_SORT_FUNC);
}

uint32_t wr_component_add_lower(wr_component_adder *a, uint32_t func, uint32_t memory) {
    wr_buf b = wr_buf_in(&a->env->temp);
    wr_put_bytes(&b, "\x01", 2); // lower, and a zero
    wr_put_uleb(&b, func);
    wr_put_u8(&b, memory != WR_NONE); // one option: the memory
    if (memory != WR_NONE) wr_put_u8(&b, 3), wr_put_uleb(&b, memory);
    put_section(a, WR_CSEC_CANON, &b);
    return take_index(a, WR_SORT_CORE_FUNC);
}

void wr_component_add_export(wr_component_adder *a, const char *name, uint32_t func) {
    wr_buf b = wr_buf_in(&a->env->temp);
    wr_put_u8(&b, 0);
    put_name(&b, name);
    wr_put_u8(&b, 1);
    wr_put_uleb(&b, func);
    wr_put_u8(&b, 0);
    put_section(a, WR_CSEC_EXPORT, &b);
    take_index(a, WR_SORT_FUNC);
}

void wr_component_add_text_export(wr_component_adder *a, const char *name, uint32_t core_func,
                                  uint32_t memory) {
    static const uint8_t type[] = {0x40, 0, 0, 0x73}; // a function without parameters that gives a string
    wr_buf b = wr_buf_in(&a->env->temp);
    wr_put_bytes(&b, type, sizeof type);
    put_section(a, WR_CSEC_TYPE, &b);
    b.n = 0;
    wr_put_bytes(&b, "\0", 2); // lift
    wr_put_uleb(&b, core_func);
    wr_put_bytes(&b, "\x02\x00\x03", 3); // two options: UTF-8, and the memory
    wr_put_uleb(&b, memory);
    wr_put_uleb(&b, take_index(a, WR_SORT_TYPE));
    put_section(a, WR_CSEC_CANON, &b);
    wr_component_add_export(a, name, take_index(a, WR_SORT_FUNC));
}

void wr_component_add_argument(wr_env *env, wr_def *instantiate, const char *name, uint32_t instance) {
    wr_buf b = wr_buf_in(&env->perm);
    put_argument(&b, name, instance);
    instantiate->added = wr_buf_slice(&b);
}
