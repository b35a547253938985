// What changed between two modules, to the byte.
#ifndef WR_REPORT_DIFF_DIFF_H
#define WR_REPORT_DIFF_DIFF_H

#include "data_match.h"
#include "function_match.h"
#include "report/render/page.h"
#include "support/codec.h"

#define WR_CUSTOM_LABEL "custom section " // custom sections among the parts of a file are named so

typedef struct wr_diff_row {
    uint32_t before, after; // functions; WR_NONE: added or removed
    uint64_t old_bytes, new_bytes;
    int64_t old_packed, new_packed; // as of groups
    bool is_packed;
} wr_diff_row;

typedef struct wr_diff_group {
    wr_slice name;
    uint64_t old_bytes, new_bytes;
    int64_t old_packed, new_packed; // share in the compressed size, when that was measured
    bool is_packed;
} wr_diff_group;

// What happened to a function, for sums.
typedef enum wr_diff_state {
    WR_DIFF_ADDED,
    WR_DIFF_REMOVED,
    WR_DIFF_GROWN,
    WR_DIFF_SHRUNK,
    WR_DIFF_EDITED,
    WR_DIFF_STATES
} wr_diff_state;

typedef struct wr_diff {
    const wr_audit *before, *after;
    wr_matching matching;
    wr_diff_row *rows; // functions that were added, removed or changed, largest change first
    uint32_t nrows;
    wr_diff_group *groups; // packages whose bytes changed, likewise
    uint32_t ngroups;
    wr_diff_group *parts; // all parts that changed; their changes add up to that of the file
    uint32_t nparts;
    wr_diff_group *kinds; // of data; changed ones only, as above
    uint32_t nkinds;
    wr_diff_group *segments; // data segments that changed, with all that came of each
    uint32_t nsegments;
    wr_diff_group *symbols; // data symbols that changed, where both sides have a linking section; by name
    uint32_t nsymbols;
    wr_data_matching data;
    wr_diff_group states[WR_DIFF_STATES]; // functions by what became of them
    uint32_t state_count[WR_DIFF_STATES];
    uint8_t *state_before, *state_after; // by function: wr_diff_state, WR_DIFF_STATES for those as before
    wr_codec codec;                      // RAW: compression was not measured
    const char *codec_label;             // with the setting
    uint64_t old_packed, new_packed;
    uint32_t same, renumbered, edited, added,
        removed; // functions; renumbered: other constants or indices, same bytes
} wr_diff;

void wr_diff_make(wr_pool *pool, const wr_audit *before, const wr_audit *after, wr_diff *diff);
// Fills in compressed sizes: those of the files, and the shares in them (see compressed_share.h) of parts,
// states, and the `top` packages and functions that changed most.
void wr_diff_measure(wr_pool *pool, wr_diff *diff, wr_codec codec, uint32_t top);

static inline int64_t wr_delta(uint64_t before, uint64_t after) { return (int64_t)(after - before); }

// As text: the function's name, its package, and "added", "removed", "grown", "shrunk" or "edited".
wr_slice wr_diff_name(const wr_diff *diff, const wr_diff_row *row);
wr_slice wr_diff_group_name(const wr_diff *diff, const wr_diff_row *row);
// The package that a function counts to, on either side.
wr_slice wr_diff_group_before(const wr_diff *diff, uint32_t func);
wr_slice wr_diff_group_after(const wr_diff *diff, uint32_t func);
wr_diff_state wr_diff_state_of(const wr_diff_row *row);
extern const char *const wr_diff_state_words[WR_DIFF_STATES];

void wr_diff_write(wr_page *page, const wr_diff *diff, const char *before, const char *after, uint32_t top);
// The JSON that docs/AUDIT.md describes, in env->perm.
wr_slice wr_diff_json(wr_env *env, const wr_diff *diff, const char *before, const char *after);

#endif
