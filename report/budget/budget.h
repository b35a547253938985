// Reads and checks limits on the sizes of modules. docs/AUDIT.md describes the file.
#ifndef WR_REPORT_BUDGET_BUDGET_H
#define WR_REPORT_BUDGET_BUDGET_H

#include "report/audit/audit.h"
#include "report/render/page.h"
#include "support/codec.h"

typedef struct wr_limit {
    const char *what;   // "file", "part.code", "section.name", "group.std", perhaps with :brotli
    const char *source; // the budget file, and
    unsigned line;      // the line there, 0 if it isn't known
    bool has_max, has_growth;
    bool growth_in_percent;
    uint64_t max;
    double growth; // bytes or percent
} wr_limit;

typedef struct wr_budget_entry {
    const char *file;     // a path, or a pattern with * and ?, from the budget file's directory
    const char *written;  // as written in the budget file
    const char *baseline; // a path, or NULL
    wr_limit *limits;
    uint32_t nlimits;
} wr_budget_entry;

typedef struct wr_budget {
    wr_budget_entry *entries;
    uint32_t n;
} wr_budget;

// One limit of one module.
typedef struct wr_budget_row {
    const char *file;
    const wr_limit *limit;
    uint64_t bytes, baseline; // baseline: 0 without one
    uint64_t allowed;         // the stricter of max and growth
    bool over;
} wr_budget_row;

typedef WR_VEC(wr_budget_row) wr_budget_rows;

// Reads the text of the file, TOML or JSON. Throws WR_USAGE with the path, and line and column or the key of
// what is wrong. Results in env->perm.
void wr_budget_read(wr_env *env, const char *path, wr_slice text, wr_budget *budget);

// Splits "part.code:brotli". The codec is WR_CODEC_RAW without one.
wr_slice wr_budget_split_codec(const char *what, wr_codec *codec);

// The entry for a module's path: one with this path, with its end, or with a pattern that matches it. NULL if
// there is none.
const wr_budget_entry *wr_budget_find(const wr_budget *budget, const char *path);

// Checks one module and appends to rows, in env->perm. baseline may be NULL; then limits on growth throw
// WR_USAGE.
void wr_budget_check(wr_env *env, const wr_budget_entry *entry, const char *path, const wr_audit *audit,
                     const wr_audit *baseline, wr_budget_rows *rows);

void wr_budget_write(wr_page *page, const wr_budget_rows *rows);
// Workflow commands that put a failure on a pull request.
wr_slice wr_budget_github(wr_env *env, const wr_budget_rows *rows);
wr_slice wr_budget_junit(wr_env *env, const wr_budget_rows *rows);

#endif
