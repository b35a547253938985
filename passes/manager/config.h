// The user's options, in the form that passes consult. Read-only while passes run.
#ifndef WR_PASSES_MANAGER_CONFIG_H
#define WR_PASSES_MANAGER_CONFIG_H

#include "support/env.h"
#include "support/strings.h"

enum { // levels, as bits in pipeline.def
    WR_L0 = 1,
    WR_L1 = 2,
    WR_L2 = 4,
    WR_L3 = 8,
    WR_LS = 16,
    WR_LZ = 32,
    WR_COMPRESSING = 64, // not a level: the passes that --compress-data asks for
};

enum { // parts of --go-lean
    WR_GO_LINES = 1,
    WR_GO_ARGS = 2,
    WR_GO_NAMES = 4,
    WR_GO_TRACEBACK = 8,
};

// The objective, which bytes count: raw and compressed ones together; raw ones; or those of one compressor.
typedef enum wr_objective { WR_FOR_BOTH, WR_FOR_RAW, WR_FOR_GZIP, WR_FOR_BROTLI, WR_FOR_ZSTD } wr_objective;

// The order of functions whose indices are equally long.
typedef enum wr_order { WR_ORDER_INPUT, WR_ORDER_TYPE_SIZE, WR_ORDER_SIMILAR } wr_order;

// The thresholds of the size passes. Repetitions cost a compressor little, so where compressed bytes count,
// only long or frequent sequences are worth a function. A job for compressed bytes alone tries several
// tunings, see lib/candidates.c.
typedef struct wr_tuning {
    uint32_t min_saving; // bytes that a shared sequence, function or constant must save to be worth it
    uint32_t min_site;   // and at each of its places, beyond the bytes of its index
    bool constants;      // share long constants, or make them from shorter ones; compressors do that better
    wr_order order;
} wr_tuning;

#define WR_NO_SHARING UINT32_MAX // as min_saving
#define WR_MOST_EFFORT 3

// Names to match; a trailing * matches any suffix.
typedef wr_strings wr_patterns;

typedef struct wr_config {
    unsigned level; // one WR_L* bit
    wr_objective objective;
    unsigned effort; // how much is tried for compressed bytes, 1 to WR_MOST_EFFORT
    wr_tuning tuning;
    uint64_t allow;   // WR_F_* bits: features that may be used even if the module does not use them yet
    unsigned jobs;    // threads; 0: one per processor
    unsigned go_lean; // WR_GO_* bits
    bool go_no_reflect_methods;
    bool emit_text; // print the output as text
    bool debug_names, keep_imports, allow_missing_exports, allow_no_exports, zero_filled_memory,
        compress_data;
    bool low_memory_unused;     // the program accesses nothing in the first KiB of memory
    bool ignore_implicit_traps; // no instruction but unreachable traps
    bool traps_never_happen;    // and unreachable is never reached
    bool fast_math;             // the program tells neither NaNs apart nor zeros
    wr_patterns renamed;        // old names of passes that the user gave, to be noted
    wr_patterns asyncify;       // if given, calls can be suspended: the arguments, see instrument/asyncify/
    wr_patterns strip, keep_section, keep_exports, remove_exports, passes, skip_pass;
    const bool *used_exports; // by export: the component around the module uses it; NULL: not known
    bool verify_passes;       // check the promises of passes, see passes/manager/verifier.h
    char *stop_after, *dump_after;
    char *dump_func;                    // of dump_after, an index or a name; NULL: the whole module
    char *source_map_out, *symbols_out; // files to write beside the output; NULL: none
    bool dwarf;                         // write DWARF into the output, if the input has it
    char *source_map_url; // the URL of the source map that is written into the output; NULL: none
    char *profile;        // a file with a profile in the format of profile.h; NULL: none
    bool with_binaryen;
    char *binaryen_path;                 // NULL: search for it
    double binaryen_timeout, time_limit; // seconds, 0: none
    size_t memory_limit;                 // bytes, 0: none
} wr_config;

// The tuning that an objective starts from.
wr_tuning wr_config_tuning(wr_objective objective);

// Whether only compressed bytes count.
static inline bool wr_config_is_for_transit(const wr_config *config) {
    return config->objective >= WR_FOR_GZIP;
}

// Whether one of the patterns matches the name.
bool wr_config_matches(const wr_patterns *patterns, wr_slice name);

#endif
