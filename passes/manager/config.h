// What a user asked for, in the form that passes consult.
#ifndef WR_PASSES_MANAGER_CONFIG_H
#define WR_PASSES_MANAGER_CONFIG_H

#include "support/env.h"

enum { // levels, as bits of passes.def
    WR_L0 = 1,
    WR_L1 = 2,
    WR_L2 = 4,
    WR_L3 = 8,
    WR_LS = 16,
    WR_LZ = 32,
    WR_COMPRESSING = 64, // not a level: passes that --compress-data asks for
};

enum { // parts of --go-lean
    WR_GO_LINES = 1,
    WR_GO_ARGS = 2,
    WR_GO_NAMES = 4,
    WR_GO_TRACEBACK = 8,
};

// Which bytes count: the file's and what it comes to compressed, both; the file's; or what one compressor
// makes of it.
typedef enum wr_objective { WR_FOR_BOTH, WR_FOR_RAW, WR_FOR_GZIP, WR_FOR_BROTLI, WR_FOR_ZSTD } wr_objective;

// The order of functions whose indices are equally long.
typedef enum wr_order { WR_ORDER_INPUT, WR_ORDER_TYPE_SIZE, WR_ORDER_SIMILAR } wr_order;

// How the size passes weigh things. What occurs again costs a compressor little, so where compressed bytes
// count, only long or frequent sequences are worth a function. A job for compressed bytes alone tries several
// settings, see lib/candidates.c.
typedef struct wr_tuning {
    uint32_t min_saving; // bytes that a shared sequence, function or constant must save to be worth it
    uint32_t min_site;   // and at each place of it, beyond what its index takes
    bool constants;      // long constants are shared, or made from shorter ones: compressors do that better
    wr_order order;
} wr_tuning;

#define WR_NO_SHARING UINT32_MAX // as min_saving
#define WR_MOST_EFFORT 3

// Names to match; a trailing * matches any rest.
typedef struct wr_patterns {
    char **items;
    size_t n, cap;
    bool given; // also true for a list that is empty
} wr_patterns;

typedef struct wr_config {
    unsigned level; // one WR_L* bit
    wr_objective objective;
    unsigned effort; // for compressed bytes, 1 to WR_MOST_EFFORT: how much is tried
    wr_tuning tuning;
    uint64_t allow;   // WR_F_* bits: features that may be used although the module doesn't yet
    unsigned jobs;    // 0: one a processor
    unsigned go_lean; // WR_GO_* bits
    bool go_no_reflect_methods;
    bool emit_text; // the output, once it is made, as text
    bool debug_names, keep_imports, allow_missing_exports, allow_no_exports, zero_filled_memory,
        compress_data;
    bool low_memory_unused; // the program accesses nothing in the first KiB of memory
    wr_patterns renamed;    // old names of passes that the user gave, for a note
    wr_patterns strip, keep_section, keep_exports, remove_exports, passes, skip_pass;
    const bool *used_exports; // by index, where the component around the module says which are used; NULL: it
                              // is not said
    bool verify_passes;       // check what passes promise each other, see passes/manager/verifier.h
    char *stop_after, *dump_after;
    char *dump_func;                    // of dump_after, an index or a name; NULL: the whole module
    char *source_map_out, *symbols_out; // made beside the output, under these names; NULL: not wanted
    bool dwarf;                         // the output has DWARF, if the input does
    char *source_map_url;               // what the output says its map is at; NULL: nothing
    char *profile;                      // file with a profile, as profile.h has it; NULL: none
    bool with_binaryen;
    char *binaryen_path;                 // NULL: look for it
    double binaryen_timeout, time_limit; // seconds, 0: none
    size_t memory_limit;                 // bytes, 0: none
} wr_config;

// The setting that an objective starts from.
wr_tuning wr_tuning_for(wr_objective objective);

// Whether the file's own bytes don't count.
static inline bool wr_config_is_for_transit(const wr_config *config) {
    return config->objective >= WR_FOR_GZIP;
}

// Whether the name is matched by one of the patterns.
bool wr_patterns_match(const wr_patterns *patterns, wr_slice name);

#endif
