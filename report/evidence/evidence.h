// Evidence of where functions without names come from: paths of source files in panics and assertions, names
// of C++ types behind vtables, bodies that are known from libraries, names of exports; and what follows for
// the functions around them in the call graph.
#ifndef WR_REPORT_EVIDENCE_EVIDENCE_H
#define WR_REPORT_EVIDENCE_EVIDENCE_H

#include "places.h"
#include "analysis/body_stats.h"
#include "report/readers/demangle.h"
#include "support/pool.h"

// Kinds of evidence, the best first: key, what it is for people, and of 100 functions how many are really of
// the group that it gives them, in the module where they are fewest (docs/AUDIT.md says how that was
// measured). 0: measured in the module itself.
#define WR_EVIDENCE_OF(X) \
    X(BODY, "body", "library bodies", 91) \
    X(TEXT, "text", "known texts", 95) \
    X(EXPORT, "export", "exports", 99) \
    X(ASSERTION, "assertion", "assertions", 73) \
    X(SOURCE, "source", "source paths", 73) \
    X(VTABLE, "vtable", "C++ vtables", 95) \
    X(CRATE, "crate", "panics", 62) \
    X(CONSTANT, "constant", "constants of algorithms", 90) \
    X(METHOD, "method", "methods of classes", 90) \
    X(TYPE, "type", "uses of vtables and classes", 80) \
    X(SHARED, "shared", "shared panics", 61) \
    X(HEADER, "header", "header paths", 60) \
    X(STD, "std", "panics of std", 45) \
    X(CALLERS, "callers", "callers", 0) \
    X(NEIGHBOURS, "neighbours", "neighbours", 0)

typedef enum wr_evidence_kind {
#define X(id, key, label, trust) WR_EVIDENCE_##id,
    WR_EVIDENCE_OF(X)
#undef X
        WR_EVIDENCE_KINDS,
    WR_EVIDENCE_NONE = WR_EVIDENCE_KINDS,
} wr_evidence_kind;

extern const char *const wr_evidence_keys[WR_EVIDENCE_KINDS], *const wr_evidence_labels[WR_EVIDENCE_KINDS];

typedef struct wr_attribution {
    wr_slice group;     // crate, source file, namespace or library; empty: nothing is known
    wr_slice name;      // the function's own name; empty: not known
    wr_slice why;       // what says so: a path, a type, a library; empty where the kind says it all
    uint8_t kind;       // wr_evidence_kind
    uint8_t confidence; // percent
} wr_attribution;

typedef struct wr_evidence {
    wr_attribution *funcs;                 // by function; NULL: evidence was not looked for
    uint32_t functions[WR_EVIDENCE_KINDS]; // how many functions each kind attributes
    uint64_t bytes[WR_EVIDENCE_KINDS];     // of their bodies
    uint8_t trust[WR_EVIDENCE_KINDS];      // percent
    uint32_t attributed, named;            // functions with a group, and with a name of their own
    uint32_t assertions;                   // calls that pass a condition or a function, and the source file
    uint64_t assertion_texts;              // bytes of the texts that they pass
    bool rust, cxx, kotlin;                // what most of the evidence is of
} wr_evidence;

// Attributes functions. Needs the summaries and constants of the sweep. Results in the workers' perm arenas.
void wr_evidence_find(wr_pool *pool, const wr_module *m, const wr_body_stats *facts, const wr_places *places,
                      wr_evidence *evidence);

// Gives a function without a name of its own, or with nothing but an export's, the group and name that are
// known.
void wr_evidence_apply(wr_arena *arena, const wr_attribution *known, uint32_t func, wr_symbol *symbol);

#endif
