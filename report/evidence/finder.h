// What the parts of the search for evidence share: they offer votes, and the best of a function's votes wins.
#ifndef WR_REPORT_EVIDENCE_FINDER_H
#define WR_REPORT_EVIDENCE_FINDER_H

#include "evidence.h"
#include "source_path.h"
#include "support/map.h"

typedef struct wr_vote {
    uint32_t func, group; // group: number of its name
    wr_slice name, why;
    uint8_t kind;
    uint32_t weight;
} wr_vote;

typedef struct wr_finder {
    wr_env *env;
    const wr_module *m;
    const wr_body_stats *facts;
    const wr_places *places;
    WR_VEC(wr_vote) votes;   // in env->pass
    WR_VEC(wr_slice) groups; // names of groups by number
    wr_map by_name;          // groups
    wr_evidence *out;
} wr_finder;

// The number of a group's name.
uint32_t wr_finder_group(wr_finder *f, wr_slice name);
void wr_finder_vote(wr_finder *f, uint32_t func, wr_evidence_kind kind, wr_slice group, wr_slice name,
                    wr_slice why, uint32_t weight);

// The parts. Each votes for functions.
void wr_evidence_from_strings(wr_finder *f);
void wr_evidence_from_assertions(wr_finder *f);
void wr_evidence_from_types(wr_finder *f);
void wr_evidence_from_kotlin(wr_finder *f);
void wr_evidence_from_bodies(wr_finder *f, wr_pool *pool);
void wr_evidence_from_constants(wr_finder *f);
void wr_evidence_from_exports(wr_finder *f);

// Attributes functions by the functions around them; `group` is by function, WR_NONE for none.
void wr_evidence_spread(wr_finder *f, uint32_t *group);

#endif
