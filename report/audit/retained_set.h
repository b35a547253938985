// What goes if several things go at once: a package, or any set of nodes of the reference graph. That is more
// than the sum of what each of them retains, since things may be needed by two of them and by nothing else.
#ifndef WR_REPORT_AUDIT_RETAINED_SET_H
#define WR_REPORT_AUDIT_RETAINED_SET_H

#include "audit.h"

typedef struct wr_retained_set {
    uint64_t own;        // bytes of the set itself
    uint64_t bytes;      // all that goes, the set included, without data
    uint64_t data;       // bytes of memory that only these name, an estimate as elsewhere
    uint32_t functions;  // that go
    const uint8_t *left; // by node: 1 if it is still reached without the set
} wr_retained_set;

// `gone` is by node: 1 for the set. Results in env->temp.
wr_retained_set wr_retained_set_find(wr_env *env, const wr_audit *audit, const uint8_t *gone);

#endif
