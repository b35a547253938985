// Custom sections metadata.code.*: lists of places in function bodies with a payload (branch hints among them). Places
// move when code is rewritten, so the sections are read, moved along, and written anew. What can't be moved is dropped:
// hints are never wrong.
#ifndef WR_IR_ENCODE_CODE_METADATA_H
#define WR_IR_ENCODE_CODE_METADATA_H

#include "rewrite.h"

typedef struct wr_code_note {
    uint32_t at;   // offset from the start of the body
    wr_slice data;
} wr_code_note;

typedef struct wr_noted_func {
    uint32_t func;
    uint32_t first, count; // in notes
} wr_noted_func;

typedef struct wr_metadata_section {
    uint32_t custom; // index in the module's customs
    WR_VEC(wr_noted_func) funcs;
    WR_VEC(wr_code_note) notes;
} wr_metadata_section;

typedef struct wr_code_metadata {
    WR_VEC(wr_metadata_section) sections;
    wr_marks *marks; // by function: all places noted in it; moved by the encoder
} wr_code_metadata;

bool wr_is_code_metadata(wr_slice name);

// Reads the live sections; one that is malformed is left out. In env->perm.
void wr_read_code_metadata(wr_env *env, const wr_module *m, wr_code_metadata *metadata);
// Writes one section's payload with places moved. False if nothing is left of it.
bool wr_write_code_metadata(wr_env *env, const wr_module *m, const wr_code_metadata *metadata, uint32_t custom,
                            const uint32_t *func_map, wr_buf *out);

#endif
