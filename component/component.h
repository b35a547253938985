// Components in memory (https://github.com/WebAssembly/component-model, Binary.md): a tree of components
// whose leaves are core modules.
//
// Reading a component needs no type checker. It is a list of definitions in sections; each definition adds to
// one of thirteen index spaces and refers to earlier definitions. Since the place of each reference is
// recorded, definitions can be removed and renumbered without knowing what they mean, and everything else is
// copied byte for byte.
//
//   (component                               defs            spaces             refs
//     (core module $m …)                     MODULE          core module 0
//     (core instance $i (instantiate $m))    CORE_INSTANCE   core instance 0    core module 0
//     (alias core export $i "run" (func))    ALIAS_CORE      core func 0        core instance 0 "run"
//     (func (canon lift (core func 0))))     CANON           func 0             core func 0, type 0
#ifndef WR_COMPONENT_COMPONENT_H
#define WR_COMPONENT_COMPONENT_H

#include "support/env.h"

typedef enum wr_sort { // index spaces
    WR_SORT_CORE_FUNC,
    WR_SORT_CORE_TABLE,
    WR_SORT_CORE_MEMORY,
    WR_SORT_CORE_GLOBAL,
    WR_SORT_CORE_TAG,
    WR_SORT_CORE_TYPE,
    WR_SORT_CORE_MODULE,
    WR_SORT_CORE_INSTANCE,
    WR_SORT_FUNC,
    WR_SORT_VALUE,
    WR_SORT_TYPE,
    WR_SORT_COMPONENT,
    WR_SORT_INSTANCE,
    WR_SORTS,
} wr_sort;

enum { // section ids
    WR_CSEC_CUSTOM,
    WR_CSEC_MODULE,
    WR_CSEC_CORE_INSTANCE,
    WR_CSEC_CORE_TYPE,
    WR_CSEC_COMPONENT,
    WR_CSEC_INSTANCE,
    WR_CSEC_ALIAS,
    WR_CSEC_TYPE,
    WR_CSEC_CANON,
    WR_CSEC_START,
    WR_CSEC_IMPORT,
    WR_CSEC_EXPORT,
    WR_CSEC_VALUE,
    WR_CSECTIONS,
};

typedef enum wr_def_kind {
    WR_DEF_MODULE,
    WR_DEF_CORE_INSTANTIATE, // refs: the module, then arguments
    WR_DEF_CORE_EXPORTS,     // a core instance made of named definitions; refs: these definitions
    WR_DEF_CORE_TYPE,
    WR_DEF_COMPONENT,
    WR_DEF_INSTANTIATE, // refs as for core instances
    WR_DEF_EXPORTS,
    WR_DEF_ALIAS_EXPORT, // export of an instance
    WR_DEF_ALIAS_CORE,   // export of a core instance
    WR_DEF_ALIAS_OUTER,
    WR_DEF_TYPE,
    WR_DEF_CANON,
    WR_DEF_START,
    WR_DEF_IMPORT,
    WR_DEF_EXPORT,
    WR_DEF_VALUE,
} wr_def_kind;

// A reference to a definition by its index. Places are offsets in the section's payload.
typedef struct wr_def_ref {
    uint32_t begin; // start of the list entry that contains the reference
    uint32_t at;    // start of the index's bytes
    uint32_t end;   // end of these bytes, and of the entry
    uint32_t index;
    uint32_t up; // the index is in the space of the up-th enclosing component
    uint8_t space;
    bool live; // false if the entry is removed
    wr_slice name;
} wr_def_ref;

typedef struct wr_def {
    uint8_t kind;
    uint8_t space; // the index space that it adds to; WR_SORTS: none
    bool live;
    uint32_t index, count;      // the indices that it gets there
    uint32_t begin, end;        // in the section's payload
    uint32_t list_at, list_end; // the count of its list of entries; 0: it has none that may be shortened
    uint32_t first_ref, nrefs;
    wr_slice name;  // name of an import
    uint32_t child; // number of the module or component that it defines, if any
    uint32_t root;  // the definition that it stands for, through outer aliases and exports; root_in is the
                    // component of that
    struct wr_component *root_in;
    wr_slice added; // an entry for its list, see component_add.h
} wr_def;

typedef struct wr_csection {
    uint8_t id;
    wr_slice name; // name of a custom section
    wr_slice payload;
    uint64_t offset;   // offset of the payload in the file
    uint32_t items_at; // start of the definitions, after their count
    uint32_t first_def, ndefs;
} wr_csection;

// Definitions to be written in front of a section; see component_add.h.
typedef struct wr_component_addition {
    uint32_t section;
    wr_slice bytes;           // whole sections
    uint32_t count[WR_SORTS]; // of the indices that they take
} wr_component_addition;

// All references to a core function of the input that mean another one in the output.
typedef struct wr_component_redirect {
    uint32_t from, to;
} wr_component_redirect;

typedef struct wr_component wr_component;
struct wr_component {
    wr_component *parent;
    uint32_t depth;
    wr_slice bytes; // preamble included
    uint64_t offset;
    WR_VEC(wr_csection) sections;
    WR_VEC(wr_def) defs;
    WR_VEC(wr_def_ref) refs;
    wr_u32s spaces[WR_SORTS];            // by index: its definition
    uint32_t *renumbered[WR_SORTS];      // by index: its index in the output, WR_NONE: left out
    WR_VEC(wr_component_addition) added; // in the order of their sections
    WR_VEC(wr_component_redirect) redirected;
};

typedef struct wr_core_module {
    wr_slice bytes;
    uint64_t offset;
    wr_component *component;
    uint32_t def;
} wr_core_module;

// All components and core modules of a file, numbered in the order of their definitions. Component 0 is the
// file itself.
typedef struct wr_component_file {
    WR_VEC(wr_component *) components;
    WR_VEC(wr_core_module) modules;
} wr_component_file;

static inline wr_def_ref *wr_component_refs(const wr_component *c, const wr_def *def) {
    return c->refs.v + def->first_ref;
}

// Whether the bytes begin as a component of any version does.
bool wr_component_recognize(wr_slice bytes);

// Reads the structure: sections, definitions, nested components. Core modules are only delimited. Throws
// WR_BAD_INPUT with the offset of the fault: malformed bytes, an index out of range, or an unsupported
// proposal, which is named. Results are in env's perm arena; the input must outlive the file.
void wr_component_decode(wr_env *env, wr_slice input, wr_component_file *file);

// The definition that an index of a component's space stands for, through outer aliases and exports. *c
// becomes the component that contains it.
static inline wr_def *wr_component_resolve(wr_component **c, wr_sort space, uint32_t index) {
    const wr_def *def = &(*c)->defs.v[(*c)->spaces[space].v[index]];
    *c = def->root_in;
    return &def->root_in->defs.v[def->root];
}

// The number of the core module that an index stands for; WR_NONE if the file does not contain that module.
static inline uint32_t wr_component_module_at(wr_component *c, uint32_t index) {
    const wr_def *def = wr_component_resolve(&c, WR_SORT_CORE_MODULE, index);
    return def->kind == WR_DEF_MODULE ? def->child : WR_NONE;
}

const char *wr_component_sort_name(wr_sort sort);

#endif
