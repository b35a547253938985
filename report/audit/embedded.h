// Files inside data, found by the signatures of their formats.
#ifndef WR_REPORT_AUDIT_EMBEDDED_H
#define WR_REPORT_AUDIT_EMBEDDED_H

#include "ir/module.h"

typedef struct wr_embedded {
    uint32_t data;         // segment
    uint64_t offset, size; // in its bytes
    const char *format;    // for people: "PNG image"
} wr_embedded;

typedef struct wr_embedded_files {
    wr_embedded *v; // by segment and offset, disjoint
    uint32_t n;
} wr_embedded_files;

// Finds files whose end is known too. Results in env->perm.
void wr_embedded_find(wr_env *env, const wr_module *m, wr_embedded_files *files);

#endif
