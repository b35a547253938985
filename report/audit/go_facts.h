// What Go's own tables say for an audit: names of functions, and the purpose of parts of the data. For any
// module: the data that its start function unpacks, if unpacking is all it does.
#ifndef WR_REPORT_AUDIT_GO_FACTS_H
#define WR_REPORT_AUDIT_GO_FACTS_H

#include "data_kinds.h"

// Addresses in memory.
typedef struct wr_go_places {
    uint64_t moduledata, types;     // types: what offsets of type descriptors count from
    uint64_t typelinks, ntypelinks; // 32-bit offsets of descriptors; 0: not found
} wr_go_places;

typedef struct wr_go_facts {
    char version[32];    // empty: not made by Go's compiler
    wr_slice *names;     // by function
    wr_data_span *spans; // by address, apart from each other
    uint32_t nspans;
    wr_go_places places;
} wr_go_facts;

// Results in env->perm.
void wr_go_facts_find(wr_env *env, const wr_module *m, wr_go_facts *facts);

#endif
