// Custom sections metadata.code.* and Binaryen's annotations (binaryen.*): lists of places in function bodies
// with a payload (branch hints among them). Functions are renumbered and places move when code is rewritten,
// so the sections are read, moved along, and written anew. What can't be moved is dropped. Most of these are
// hints, but not all are harmless when they end up elsewhere: wasm-opt drops unused calls of a function that
// "binaryen.removable.if.unused" names.
#ifndef WR_IR_ENCODE_CODE_METADATA_H
#define WR_IR_ENCODE_CODE_METADATA_H

#include "rewrite.h"

#define WR_WHOLE_FUNCTION 0 // as a place: no instruction is at the start of a body

typedef struct wr_code_note {
    uint32_t at; // offset from the start of the body
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

// Whether the section is of a known kind and well-formed.
bool wr_can_move_code_metadata(wr_env *env, const wr_module *m, uint32_t custom);
// Notes which functions such sections say something of as a whole.
void wr_mark_annotated(wr_env *env, wr_module *m);

// Reads the live sections; one that is malformed is left out. In env->perm.
void wr_read_code_metadata(wr_env *env, const wr_module *m, wr_code_metadata *metadata);
// Writes one section's payload with places moved. False if nothing is left of it.
bool wr_write_code_metadata(wr_env *env, const wr_module *m, const wr_code_metadata *metadata,
                            uint32_t custom, const uint32_t *func_map, wr_buf *out);

#endif
