// Keeps the custom sections metadata.code.* and Binaryen's annotations (binaryen.*) valid.
//
// Such a section lists places in function bodies, each with a payload; branch hints are an example. When code
// is rewritten, functions are renumbered and places move, so the sections are read, moved along with the
// code, and written anew. Entries that cannot be moved are dropped. Most of them are only hints, but some do
// harm in a wrong place: wasm-opt removes unused calls of a function that "binaryen.removable.if.unused"
// names.
#ifndef WR_IR_ENCODE_CODE_METADATA_H
#define WR_IR_ENCODE_CODE_METADATA_H

#include "rewrite.h"

#define WR_WHOLE_FUNCTION 0 // Used as a place: no instruction is at the start of a body.

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

bool wr_code_metadata_is(wr_slice name);

// Whether the section is of a known kind and well-formed.
bool wr_code_metadata_can_move(wr_env *env, const wr_module *m, uint32_t custom);
// Sets `annotated` for functions that such sections annotate as a whole.
void wr_code_metadata_mark_annotated(wr_env *env, wr_module *m);

// Reads the live sections into env->perm, leaving out malformed ones.
void wr_code_metadata_read(wr_env *env, const wr_module *m, wr_code_metadata *metadata);
// Writes one section's payload with its places moved. Returns false if nothing of it is left.
bool wr_code_metadata_write(wr_env *env, const wr_module *m, const wr_code_metadata *metadata,
                            uint32_t custom, const uint32_t *func_map, wr_buf *out);

#endif
