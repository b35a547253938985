// Classifies the initial bytes of linear memory by their looks: text, zeros, pointers, vtables, Go's tables,
// other.
#ifndef WR_REPORT_AUDIT_DATA_KINDS_H
#define WR_REPORT_AUDIT_DATA_KINDS_H

#include "compressed_share.h"
#include "embedded.h"
#include "ir/module.h"
#include "support/pool.h"

// Kind, its name in data, its name in output.
#define WR_DATA_KINDS_OF(X) \
    X(HEAD, "segment_heads", "segment headers") \
    X(STRINGS, "strings", "strings") \
    X(ZEROS, "zeros", "runs of zeros") \
    X(POINTERS, "pointers", "pointers to data") \
    X(SLOTS, "function_pointers", "function pointers") \
    X(WORDS, "small_words", "small numbers") \
    X(GO_NAMES, "go_function_names", "Go: names of functions") \
    X(GO_LINES, "go_line_tables", "Go: line and stack tables, names of files") \
    X(GO_RECORDS, "go_function_records", "Go: records of functions") \
    X(GO_FINDFUNC, "go_findfunctab", "Go: the index from addresses to functions") \
    X(GO_TYPES, "go_types", "Go: type descriptors") \
    X(GO_ITABS, "go_itabs", "Go: itabs") \
    X(GO_MASKS, "go_gc_masks", "Go: pointer masks of types") \
    X(GO_FUNCDATA, "go_funcdata", "Go: stack maps and the like") \
    X(VTABLES, "vtables", "vtables") \
    X(PACKED, "packed", "packed data, as a start function unpacks it") \
    X(FLOATS, "float_tables", "tables of floating-point numbers") \
    X(HALVES, "half_word_tables", "tables of 16-bit numbers") \
    X(BYTES, "byte_tables", "tables of bytes") \
    X(DENSE, "dense", "compressed or random bytes") \
    X(FILES, "embedded_files", "embedded files") \
    X(OTHER, "other", "other")

typedef enum wr_data_kind {
#define X(id, key, label) WR_KIND_##id,
    WR_DATA_KINDS_OF(X)
#undef X
        WR_DATA_KINDS,
} wr_data_kind;

extern const char *const wr_data_kind_keys[WR_DATA_KINDS], *const wr_data_kind_labels[WR_DATA_KINDS];

typedef struct wr_data_profile {
    uint64_t bytes[WR_DATA_KINDS]; // heads are not filled in
    uint32_t nstrings;
} wr_data_profile;

// Bytes are classified by their looks, so the result is an estimate where they could be several things. A run
// of 6 or more characters is text, and 8 or more zero bytes are zeros. Of the rest, words laid out as C++ or
// Rust lay out a vtable are one. Of the other aligned words, those in [low, high) are pointers; those that
// are the number of an occupied slot are function pointers if a neighbour is one or is a pointer; others
// below 65536 are small numbers.

// Addresses whose kind is known.
typedef struct wr_data_span {
    uint64_t low, high;
    wr_data_kind kind;
} wr_data_span;

typedef struct wr_data_space {
    uint64_t low, high;    // the addresses of data, [low, high)
    const uint32_t *slots; // of table 0: the function that each holds at the start, or WR_NONE
    uint32_t nslots;
    bool is_go;                // then a function's address is its slot << 16
    const wr_data_span *spans; // by address, disjoint; their bytes are not classified
    uint32_t nspans;
    wr_embedded_files files;
} wr_data_space;

struct wr_large_data;

// Fills in a profile for each segment, the places of zero runs in the file, and what is large. Results in
// the main env's perm, but scratch in its temp stays.
void wr_data_kinds_profile(wr_pool *pool, const wr_module *m, const wr_data_space *space,
                           wr_data_profile *profiles, wr_ranges *zeros, struct wr_large_data *large);

#endif
