// The files that Emscripten's --embed-file put into data.
#ifndef WR_REPORT_AUDIT_EMBED_TABLE_H
#define WR_REPORT_AUDIT_EMBED_TABLE_H

#include "embedded.h"

// Adds their parts in data segments, by segment and offset, disjoint. Results in env->perm.
void wr_embed_table_find(wr_env *env, const wr_places *places, wr_embedded_list *out);

#endif
