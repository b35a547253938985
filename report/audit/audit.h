// Everything that an audit knows about one module, for the writers of text, JSON and HTML.
#ifndef WR_REPORT_AUDIT_AUDIT_H
#define WR_REPORT_AUDIT_AUDIT_H

#include "data_kinds.h"
#include "analysis/body_stats.h"
#include "go_facts.h"
#include "graph.h"
#include "large_data.h"
#include "size_map.h"
#include "report/evidence/evidence.h"
#include "report/readers/linking.h"
#include "symbols.h"

typedef struct wr_audit_options {
    const wr_patterns *keep_exports; // the exports that the host uses; NULL: all
    const wr_slice *names;           // by function, for those that the module doesn't name; may be NULL
    const wr_slice *files;           // likewise, source files
    const char *names_source;
    // Returns the source map at this URL, which the module names; empty if it can't be found. May be NULL.
    wr_slice (*find_map)(void *user, wr_slice url);
    void *find_user;
    const wr_slice *source_map; // a source map that the user named, so it must be valid; NULL: none
    const wr_slice *scripts;    // the JavaScript beside the module
    uint32_t nscripts;
    const wr_slice *profile; // in the form of instrument/profile.h; NULL: none
} wr_audit_options;

// Functions that are counted together: those of a package, or the instances of a generic.
typedef struct wr_bucket {
    wr_slice name;
    uint64_t bytes;
    uint32_t functions;
    uint32_t first;   // the lowest function index in the bucket
    uint32_t largest; // bytes of its largest function
} wr_bucket;

typedef struct wr_buckets {
    wr_bucket *v; // largest first
    uint32_t n;
    uint32_t *of; // by function: its bucket, WR_NONE for none
} wr_buckets;

// Possible savings. They may overlap, and each is an upper bound that wring about reaches. What only looks
// alike is not listed: of functions alike but for constants, sharing took a seventh of their bytes.
#define WR_SAVINGS(X) \
    X(DEBUG, "debug_sections", "debug sections") \
    X(NAMES, "names", "name section") \
    X(CUSTOMS, "other_custom", "other custom sections") \
    X(DEAD, "dead", "unreachable code and definitions") \
    X(DUPLICATES, "duplicate_functions", "identical functions, one kept") \
    X(PADDING, "padding", "padded LEB128 numbers, in code") \
    X(ZEROS, "zeros", "runs of zeros in data")

typedef enum wr_saving_id {
#define X(id, key, label) WR_FOUND_##id,
    WR_SAVINGS(X)
#undef X
        WR_FINDING_COUNT,
} wr_saving_id;

extern const char *const wr_savings_finding_keys[WR_FINDING_COUNT], *const wr_saving_labels[WR_FINDING_COUNT];

typedef struct wr_saving {
    uint64_t bytes;
    uint32_t count; // of sections, functions, ...; 0: not counted
} wr_saving;

typedef struct wr_audit {
    wr_module m;
    wr_size_map inv;
    wr_body_sweep sweep;
    wr_symbols symbols;
    wr_linking linking;
    wr_places places;
    wr_evidence evidence; // of functions without names; its `funcs` is NULL where the module names most
    wr_graph graph;
    wr_graph_options roots;
    wr_buckets groups;    // functions by package
    wr_buckets instances; // by generic; only generics with two or more instances
    bool by_file;         // C functions are grouped by source file
    char go_version[32];  // empty: not made by Go's compiler
    wr_go_places go_places;
    wr_data_space space;
    wr_data_profile *profiles; // by segment
    wr_data_profile data;      // of all
    wr_ranges zeros;           // runs of zeros in data, as places in the file
    wr_large_data large;
    wr_saving findings[WR_FINDING_COUNT];
    uint8_t *twins; // by function: WR_FOUND_DUPLICATES for all but one of those that are identical, else 0
    const uint64_t *calls; // by function, of a profile; NULL: there is none
} wr_audit;

// Reads and audits a module. Throws WR_BAD_INPUT for a module that is malformed, or invalid outside function
// bodies. Results live as long as the pool and the input.
void wr_audit_make(wr_pool *pool, wr_slice input, const wr_audit_options *options, wr_audit *audit);

// Whether enough functions have names (more than an eighth) for sums by package to be meaningful.
static inline bool wr_has_names(const wr_audit *a) {
    return a->symbols.named > (a->m.nfuncs - a->m.nfunc_imports) / 8;
}

// The function's package, or a text in brackets if it has none.
wr_slice wr_audit_group_name(const wr_audit *audit, uint32_t func);

// The readable name of a data symbol. In env->perm or part of the input; scratch in env->temp.
wr_slice wr_data_symbol_text(wr_env *env, const wr_audit *audit, const wr_data_symbol *symbol);

// Functions that are not imports, by size, largest first (ties by index). In env->temp.
uint32_t *wr_audit_functions_by_size(wr_env *env, const wr_audit *audit);
// Functions that were called, without imports, most calls first. In env->temp. NULL without a profile.
uint32_t *wr_audit_functions_by_calls(wr_env *env, const wr_audit *audit, uint32_t *n);
// Live nodes by retained bytes, largest first.
uint32_t *wr_audit_nodes_by_retained(wr_env *env, const wr_audit *audit, uint32_t *n);

static inline uint32_t wr_func_bytes(const wr_audit *a, uint32_t func) { return a->inv.size[WR_FUNC][func]; }
static inline bool wr_is_live_func(const wr_audit *a, uint32_t func) {
    return a->graph.parent[a->graph.base[WR_FUNC] + func] != WR_NONE;
}

#endif
