// Files inside data, found by the signatures of their formats or in a table of paths.
#ifndef WR_REPORT_AUDIT_EMBEDDED_H
#define WR_REPORT_AUDIT_EMBEDDED_H

#include "report/evidence/places.h"

typedef struct wr_embedded {
    uint32_t data;         // segment
    uint64_t offset, size; // in its bytes
    const char *format;    // for people: "PNG image"; with has_path the path that the program gives it
    bool has_path;
} wr_embedded;
typedef WR_VEC(wr_embedded) wr_embedded_list;

typedef struct wr_embedded_files {
    wr_embedded *v; // by segment and offset, disjoint
    uint32_t n;
} wr_embedded_files;

// Finds files whose end is known too. Results in env->perm.
void wr_embedded_find(wr_env *env, const wr_module *m, const wr_places *places, wr_embedded_files *files);

#endif
