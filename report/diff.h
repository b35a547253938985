// What changed between two modules, to the byte.
#ifndef WR_REPORT_DIFF_H
#define WR_REPORT_DIFF_H

#include "match.h"
#include "page.h"

typedef struct wr_diff_row {
    uint32_t before, after; // functions; WR_NONE: added or removed
    uint64_t old_bytes, new_bytes;
} wr_diff_row;

typedef struct wr_diff_group {
    wr_slice name;
    uint64_t old_bytes, new_bytes;
} wr_diff_group;

typedef struct wr_diff {
    const wr_audit *before, *after;
    wr_matching matching;
    wr_diff_row *rows; // functions that came, went, or changed, by bytes of change
    uint32_t nrows;
    wr_diff_group *groups; // packages whose bytes changed, likewise
    uint32_t ngroups;
    wr_diff_group *parts; // all parts of the files that changed: their changes add up to that of the file
    uint32_t nparts;
    uint32_t same, renumbered, edited, added, removed; // functions; renumbered: other constants or indices, same bytes
} wr_diff;

void wr_make_diff(wr_pool *pool, const wr_audit *before, const wr_audit *after, wr_diff *diff);

static inline int64_t wr_delta(uint64_t before, uint64_t after) { return (int64_t)(after - before); }

// In words: the function's name, its package, and "added", "removed", "grown", "shrunk" or "edited".
wr_slice wr_diff_name(const wr_diff *diff, const wr_diff_row *row);
wr_slice wr_diff_group_name(const wr_diff *diff, const wr_diff_row *row);
const char *wr_diff_state(const wr_diff_row *row);

void wr_write_diff(wr_page *page, const wr_diff *diff, const char *before, const char *after, uint32_t top);
// Docs: docs/AUDIT.md. In env->perm.
wr_slice wr_diff_json(wr_env *env, const wr_diff *diff, const char *before, const char *after);

#endif
