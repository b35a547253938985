// A module in memory: its tables, plus slices of the input for everything bulky (bodies, constant
// expressions, data).
//
// Index spaces keep the numbering of the input while passes run: nothing is ever renumbered in place. A pass
// removes an entity by clearing its `live` bit, adds one by appending it, and writes new bodies in the same
// numbering. The layout (encode/layout.h) computes the final numbering, and wr_encode_module rewrites indices
// as it writes.
//
// The module and everything it points to live in the perm arenas of the job's workers and in the input bytes.
#ifndef WR_IR_MODULE_H
#define WR_IR_MODULE_H

#include "support/env.h"
#include "types.h"

// Index spaces. The first five have the same numbers as the kinds of imports and exports.
typedef enum wr_space {
    WR_FUNC,
    WR_TABLE,
    WR_MEMORY,
    WR_GLOBAL,
    WR_TAG,
    WR_TYPE,
    WR_DATA,
    WR_ELEM,
    WR_SPACES,
    WR_FUNC_ADDR = WR_SPACES, // only in references: the function's address is taken (ref.func)
    WR_REF_KINDS,
    WR_NO_SPACE = 0xff,
} wr_space;

// A reference to an entity: the space in the high bits, the index in the low ones.
typedef uint32_t wr_ref;
#define WR_REF_INDEX_BITS 28
static inline wr_ref wr_make_ref(unsigned space, uint32_t index) {
    return space << WR_REF_INDEX_BITS | index;
}
static inline unsigned wr_ref_space(wr_ref ref) { return ref >> WR_REF_INDEX_BITS; }
static inline uint32_t wr_ref_index(wr_ref ref) { return ref & ((1u << WR_REF_INDEX_BITS) - 1); }

typedef struct wr_use {
    wr_ref ref;
    uint32_t count; // number of places in the function that name it
} wr_use;

typedef enum wr_section_id {
    WR_SEC_CUSTOM,
    WR_SEC_TYPE,
    WR_SEC_IMPORT,
    WR_SEC_FUNCTION,
    WR_SEC_TABLE,
    WR_SEC_MEMORY,
    WR_SEC_GLOBAL,
    WR_SEC_EXPORT,
    WR_SEC_START,
    WR_SEC_ELEMENT,
    WR_SEC_CODE,
    WR_SEC_DATA,
    WR_SEC_DATA_COUNT,
    WR_SEC_TAG,
    WR_SECTIONS,
} wr_section_id;

// A constant expression, its `end` included, in the input's numbering.
typedef struct wr_expr {
    wr_slice code;
    uint64_t offset; // offset of the code in the input, for errors
} wr_expr;

// What a function's body (or any code) says about the rest of the module. Filled by the validator, or by
// wr_collector_summarize after a pass wrote a new body.
typedef struct wr_summary {
    wr_use *uses; // each entity once, in order of first use
    uint32_t nuses;
    uint32_t ninstructions : 31; // (engines allow bodies of a few megabytes)
    uint32_t takes_refs : 1;     // reads references out of tables, or copies them
    uint64_t features;           // WR_F_* bits
} wr_summary;

// A module may have a million of these, of few bytes each, so what can be worked out or is rarely there is
// not in them: wr_func_offset(), wr_module.origins.
typedef struct wr_func {
    uint32_t type;   // type index
    uint32_t import; // index in imports, or WR_NONE
    wr_slice body;   // local declarations, code and the final `end`; empty for imports
    wr_summary summary;
    bool exact; // of an import: must be of exactly this type, not of a subtype
    bool live;
    bool changed;   // a pass replaced the body, which is no slice of the input any more
    bool annotated; // a custom section annotates the function as a whole, so it must not stand in for another
                    // function
    bool declared;  // something outside bodies names it, so bodies may take its address; filled by validation
} wr_func;

typedef struct wr_limits {
    uint64_t min, max;
    bool has_max, shared, is64;
    uint8_t page_log2; // of memories: 16, or what the custom-page-sizes proposal allows
} wr_limits;

typedef struct wr_table {
    wr_valtype type;
    wr_limits limits;
    uint32_t import;
    bool has_init;
    wr_expr init;
    bool live;
} wr_table;

typedef struct wr_memory {
    wr_limits limits;
    uint32_t import;
    bool live;
} wr_memory;

typedef struct wr_global {
    wr_valtype type;
    bool mutable, shared;
    uint32_t import;
    wr_expr init;
    bool live;
} wr_global;

typedef struct wr_tag {
    uint32_t type;
    uint32_t import;
    bool live;
} wr_tag;

enum { WR_EXACT_FUNC = 0x20 }; // import kind of a function of exactly its type; in memory the kind is WR_FUNC

typedef struct wr_import {
    wr_slice module, name;
    uint8_t space;
    uint32_t index;
} wr_import;

typedef struct wr_export {
    wr_slice name;
    uint8_t space;
    uint32_t index;
    bool live;
} wr_export;

typedef enum wr_segment_mode { WR_ACTIVE, WR_PASSIVE, WR_DECLARATIVE } wr_segment_mode;

typedef struct wr_elem {
    uint8_t mode;
    uint32_t table; // active only
    wr_expr at;     // active only
    wr_valtype type;
    uint32_t count;
    const uint32_t *funcs; // the items as function indices, or NULL
    const wr_expr *exprs;  // the items as expressions, or NULL: one of the two is set
    bool live;
} wr_elem;

typedef struct wr_data {
    uint8_t mode;
    uint32_t memory; // active only
    wr_expr at;      // active only
    wr_slice bytes;
    bool live;
} wr_data;

typedef struct wr_custom {
    wr_slice name, payload;
    uint8_t after;   // id of the non-custom section before it, WR_SEC_CUSTOM if none
    uint64_t offset; // offset of the payload in the input
    bool live;
} wr_custom;

// The place of each section in the input, for audits and errors.
typedef struct wr_section {
    uint8_t id;
    uint64_t offset; // offset of the id byte
    uint64_t size;   // of the whole section: id, length and payload
} wr_section;

typedef struct wr_module {
    wr_slice input;
    wr_type *types;
    uint32_t ntypes;
    wr_group *groups;
    uint32_t ngroups;
    wr_import *imports;
    uint32_t nimports;
    wr_func *funcs;
    uint32_t nfuncs, nfunc_imports;
    wr_table *tables;
    uint32_t ntables, ntable_imports;
    wr_memory *memories;
    uint32_t nmemories, nmemory_imports;
    wr_global *globals;
    uint32_t nglobals, nglobal_imports;
    wr_tag *tags;
    uint32_t ntags, ntag_imports;
    wr_export *exports;
    uint32_t nexports;
    uint32_t start; // function index, or WR_NONE
    wr_elem *elems;
    uint32_t nelems;
    wr_data *datas;
    uint32_t ndatas;
    bool has_data_count;
    uint64_t data_count_offset;
    uint32_t data_count;
    bool compact_imports; // the input used the compact import section
    wr_custom *customs;
    uint32_t ncustoms;
    wr_section *sections;
    uint32_t nsections;
    uint32_t types_cap, groups_cap, funcs_cap, globals_cap, elems_cap, datas_cap; // see edit.c
    // By function, if bodies know the origins of their instructions (see origins.h); else NULL. An empty
    // table: as in the input, unknown if the body changed.
    wr_slice *origins;
    uint32_t origins_cap;
    uint64_t features; // of the whole module, as WR_F_* bits; complete after validation
} wr_module;

// The number of entities in a space. Its imports come first.
uint32_t wr_space_size(const wr_module *m, wr_space space);

// The function type of a continuation type.
static inline const wr_type *wr_cont_func_type(const wr_module *m, uint32_t type) {
    return &m->types[wr_type_index(m->types[type].fields[0].type)];
}

// The offset of a function's body in the input; 0 once a pass replaced it, and of imports.
static inline uint64_t wr_func_offset(const wr_module *m, uint32_t func) {
    const wr_func *f = &m->funcs[func];
    return f->changed || !f->body.p ? 0 : (uint64_t)((uintptr_t)f->body.p - (uintptr_t)m->input.p);
}

static inline const wr_type *wr_func_type(const wr_module *m, uint32_t func) {
    return &m->types[m->funcs[func].type];
}

#endif
