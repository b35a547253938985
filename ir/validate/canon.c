// Validates type definitions and computes canonical type indices.
//
// WebAssembly's types are iso-recursive: two definitions are the same type if they have the same position in
// equal recursion groups. Groups are equal if they are the same once references inside the group are written
// as positions in it, and references to earlier types as canonical indices. For example, types 0 and 1 are
// equal:
//
//     (rec (type $a (struct (field (ref null $a)))))    ;; type 0: a group of one, field refers to position 0
//     (rec (type $b (struct (field (ref null $b)))))    ;; type 1: likewise, so its canon is 0
//
// Groups are hashed in that form in one sweep, so the work is linear in the size of the type section.
#include "support/hash.h"
#include "validate_parts.h"

enum {
    MAX_DEPTH = 63,    // of supertype chains, as in every engine
    MAX_VALUES = 1000, // of parameters and of results, likewise; this bounds what one call can push
};

typedef struct canon {
    wr_env *env;
    wr_module *m;
    const wr_group *group; // the current group
    uint8_t *depth;        // by type: length of its supertype chain
    wr_map groups;
} canon;

#define BAD(c, ...) wr_throw((c)->env, WR_BAD_INPUT, (c)->group->offset, __VA_ARGS__)

// --- Indices ---

static void check_value(canon *c, uint32_t index, wr_valtype type) {
    uint32_t end = c->group->first + c->group->count;
    if (wr_has_index(type) && wr_type_index(type) >= end)
        BAD(c, "type %u refers to type %u, but only types below %u are known there", index,
            wr_type_index(type), end);
    c->m->features |= wr_valtype_features(c->m, type);
}

static void check_signature(canon *c, uint32_t index, const wr_type *type) {
    if (type->nparams > MAX_VALUES || type->nresults > MAX_VALUES)
        BAD(c, "type %u has %u parameters and %u results; engines take at most %u of each", index,
            type->nparams, type->nresults, MAX_VALUES);
    for (uint32_t i = 0; i < type->nparams + type->nresults; i++) check_value(c, index, type->values[i]);
    if (type->nresults > 1) c->m->features |= WR_F(MULTIVALUE);
}

static void check_super_index(canon *c, uint32_t index, const wr_type *type) {
    c->depth[index] = 0;
    if (type->super == WR_NONE) return;
    if (type->super >= index)
        BAD(c, "type %u has supertype %u, but a supertype must come before", index, type->super);
    c->depth[index] = (uint8_t)(c->depth[type->super] + 1);
    if (c->depth[index] > MAX_DEPTH) BAD(c, "type %u has more than %u supertypes", index, MAX_DEPTH);
}

// A struct and its descriptor are structs of the same group that refer to each other. The described type
// comes first.
static const wr_type *partner(canon *c, uint32_t index, uint32_t other) {
    if (other < c->group->first || other >= c->group->first + c->group->count)
        BAD(c, "type %u and type %u, its descriptor or what it describes, are not of one group", index,
            other);
    if (c->m->types[index].kind != WR_TYPE_STRUCT)
        BAD(c, "type %u has or is a descriptor, so it must be a struct", index);
    c->m->features |= WR_F(CUSTOM_DESCRIPTORS);
    return &c->m->types[other];
}

static void check_descriptors(canon *c, uint32_t index, const wr_type *type) {
    if (type->describes != WR_NONE && partner(c, index, type->describes)->descriptor != index)
        BAD(c, "type %u describes type %u, which does not name it as its descriptor", index, type->describes);
    if (type->describes != WR_NONE && type->describes >= index)
        BAD(c, "type %u describes type %u, which must come before it", index, type->describes);
    if (type->descriptor != WR_NONE && partner(c, index, type->descriptor)->describes != index)
        BAD(c, "type %u has descriptor %u, which does not describe it", index, type->descriptor);
}

static void check_continuation(canon *c, uint32_t index, const wr_type *type) {
    uint32_t function = wr_type_index(type->fields[0].type);
    if (c->m->types[function].kind != WR_TYPE_FUNC)
        BAD(c, "type %u is a continuation of type %u, which is not a function type", index, function);
    c->m->features |= WR_F(STACK_SWITCHING);
}

static uint32_t value_count(const wr_type *type) { return type->nparams + type->nresults; }

// What a shared type holds must be shared too.
static void check_sharing(canon *c, uint32_t index, const wr_type *type) {
    if (!type->is_shared) return;
    c->m->features |= WR_F(SHARED_EVERYTHING);
    for (uint32_t i = 0; i < value_count(type); i++) {
        wr_valtype value = type->kind == WR_TYPE_FUNC ? type->values[i] : type->fields[i].type;
        if (!wr_valtype_is_shared(c->m, value))
            BAD(c, "type %u is shared, but has %s, which is not", index, wr_valtype_text(value).s);
    }
}

static void check_indices(canon *c, uint32_t index) {
    const wr_type *type = &c->m->types[index];
    check_super_index(c, index, type);
    check_descriptors(c, index, type);
    if (type->kind == WR_TYPE_FUNC)
        check_signature(c, index, type);
    else
        for (uint32_t i = 0; i < type->nparams; i++) check_value(c, index, type->fields[i].type);
    check_sharing(c, index, type);
    if (type->kind == WR_TYPE_CONT) check_continuation(c, index, type);
    if (type->kind == WR_TYPE_STRUCT || type->kind == WR_TYPE_ARRAY || !type->is_final ||
        type->super != WR_NONE || c->group->is_explicit)
        c->m->features |= WR_F(GC);
}

// --- Equality of groups ---

// A type index in the form in which groups are compared: a position in its own group, or a canonical index.
static uint64_t index_key(const canon *c, const wr_group *group, uint32_t index) {
    if (index == WR_NONE) return WR_NONE;
    if (index >= group->first) return (uint64_t)1 << 32 | (index - group->first);
    return c->m->types[index].canon;
}

static uint64_t value_key(const canon *c, const wr_group *group, wr_valtype type) {
    if (!wr_has_index(type)) return type;
    return index_key(c, group, wr_type_index(type)) | (uint64_t)(type & ~WR_INDEX_MASK) << 32;
}

static uint64_t key_at(const canon *c, const wr_group *group, const wr_type *type, uint32_t i) {
    if (type->kind == WR_TYPE_FUNC) return value_key(c, group, type->values[i]);
    return value_key(c, group, type->fields[i].type) | (uint64_t)type->fields[i].mutable << 59;
}

static uint64_t hash_type(const canon *c, uint64_t hash, const wr_group *group, const wr_type *type) {
    hash = wr_hash_word(hash, type->kind | (unsigned)type->is_final << 8);
    hash = wr_hash_word(hash, index_key(c, group, type->super));
    hash = wr_hash_word(hash, index_key(c, group, type->descriptor)); // which implies `describes`
    hash = wr_hash_word(hash, (uint64_t)type->nparams << 32 | type->nresults);
    for (uint32_t i = 0; i < value_count(type); i++) hash = wr_hash_word(hash, key_at(c, group, type, i));
    return hash;
}

static bool same_definition(const canon *c, const wr_group *ga, const wr_type *a, const wr_group *gb,
                            const wr_type *b) {
    if (a->kind != b->kind || a->is_final != b->is_final || a->is_shared != b->is_shared ||
        a->nparams != b->nparams || a->nresults != b->nresults)
        return false;
    if (index_key(c, ga, a->super) != index_key(c, gb, b->super)) return false;
    if (index_key(c, ga, a->describes) != index_key(c, gb, b->describes)) return false;
    if (index_key(c, ga, a->descriptor) != index_key(c, gb, b->descriptor)) return false;
    for (uint32_t i = 0; i < value_count(a); i++)
        if (key_at(c, ga, a, i) != key_at(c, gb, b, i)) return false;
    return true;
}

static bool same_group(const canon *c, const wr_group *a, const wr_group *b) {
    if (a->count != b->count) return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!same_definition(c, a, &c->m->types[a->first + i], b, &c->m->types[b->first + i])) return false;
    return true;
}

// Returns the first group that equals the current one. A new group is entered into the table.
static const wr_group *first_equal(canon *c) {
    uint64_t hash = c->group->count;
    for (uint32_t i = 0; i < c->group->count; i++)
        hash = hash_type(c, hash, c->group, &c->m->types[c->group->first + i]);
    uint32_t other;
    WR_MAP_FIND(&c->groups, hash, other, same_group(c, &c->m->groups[other], c->group));
    if (other != WR_NONE) return &c->m->groups[other];
    wr_map_add(&c->groups, &c->env->temp, hash, (uint32_t)(c->group - c->m->groups));
    return c->group;
}

// --- Supertypes ---

static bool field_matches(const wr_module *m, wr_field sub, wr_field super) {
    if (sub.mutable != super.mutable) return false;
    return super.mutable ? wr_valtype_is_same(m, sub.type, super.type)
                         : wr_valtype_is_subtype(m, sub.type, super.type);
}

static bool fields_match(const wr_module *m, const wr_type *sub, const wr_type *super) {
    if (sub->nparams < super->nparams) return false;
    for (uint32_t i = 0; i < super->nparams; i++)
        if (!field_matches(m, sub->fields[i], super->fields[i])) return false;
    return true;
}

static bool signature_matches(const wr_module *m, const wr_type *sub, const wr_type *super) {
    if (sub->nparams != super->nparams || sub->nresults != super->nresults) return false;
    for (uint32_t i = 0; i < sub->nparams; i++)
        if (!wr_valtype_is_subtype(m, super->values[i], sub->values[i])) return false;
    for (uint32_t i = sub->nparams; i < sub->nparams + sub->nresults; i++)
        if (!wr_valtype_is_subtype(m, sub->values[i], super->values[i])) return false;
    return true;
}

// A subtype of a described type must be described too, and a subtype of a descriptor must be a descriptor.
// But a subtype may be the first of its chain to have a descriptor.
static bool descriptors_match(const wr_module *m, const wr_type *sub, const wr_type *super) {
    if ((sub->describes == WR_NONE) != (super->describes == WR_NONE)) return false;
    if (sub->describes != WR_NONE && !wr_heaptype_is_subtype(m, sub->describes, super->describes))
        return false;
    if (super->descriptor == WR_NONE) return true;
    return sub->descriptor != WR_NONE && wr_heaptype_is_subtype(m, sub->descriptor, super->descriptor);
}

static void check_super(canon *c, uint32_t index) {
    const wr_type *type = &c->m->types[index];
    if (type->super == WR_NONE) return;
    const wr_type *super = &c->m->types[type->super];
    if (super->is_final) BAD(c, "type %u has supertype %u, which is final", index, type->super);
    bool matches = type->kind == super->kind && type->is_shared == super->is_shared &&
                   descriptors_match(c->m, type, super);
    if (matches)
        matches = type->kind == WR_TYPE_FUNC ? signature_matches(c->m, type, super)
                                             : fields_match(c->m, type, super);
    if (!matches) BAD(c, "type %u does not match its supertype %u", index, type->super);
}

static void check_group(canon *c) {
    uint32_t first = c->group->first, end = first + c->group->count;
    for (uint32_t i = first; i < end; i++) check_indices(c, i);
    const wr_group *same = first_equal(c);
    for (uint32_t i = first; i < end; i++) c->m->types[i].canon = same->first + (i - first);
    for (uint32_t i = first; i < end; i++) check_super(c, i);
    if (c->group->count == 0) c->m->features |= WR_F(GC);
}

void wr_validate_types(wr_env *env, wr_module *m) {
    canon c = {.env = env, .m = m};
    c.depth = WR_NEW(&env->temp, uint8_t, m->ntypes);
    wr_map_reserve(&c.groups, &env->temp, m->ngroups);
    for (uint32_t i = 0; i < m->ngroups; i++) {
        c.group = &m->groups[i];
        check_group(&c);
    }
}
