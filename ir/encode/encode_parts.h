// Internal interface of the encoder's files.
#ifndef WR_IR_ENCODE_ENCODE_PARTS_H
#define WR_IR_ENCODE_ENCODE_PARTS_H

#include "code_metadata.h"
#include "encode.h"
#include "rewrite.h"

typedef struct wr_encoder {
    wr_pool *pool;
    wr_env *env;
    const wr_module *m;
    const wr_layout *layout;
    wr_rewrite rewrite;
    wr_code_metadata metadata; // its places are moved while the code is written
    wr_code_origins *origins;  // NULL if origins are not tracked
    wr_buf out;
} wr_encoder;

// Appends a section with this payload, unless it is empty.
void wr_encode_section(wr_buf *out, uint8_t id, const wr_buf *payload);
void wr_encode_expr(wr_encoder *e, wr_buf *out, wr_expr expr);
void wr_encode_valtype(wr_encoder *e, wr_buf *out, wr_valtype type);
void wr_encode_mutability(wr_buf *out, const wr_global *global);
void wr_encode_limits(wr_buf *out, const wr_limits *limits, bool is_memory);

// Appends the payload of the name section. Returns false if no name is left or the section is malformed.
bool wr_encode_names(wr_env *env, const wr_module *m, const wr_layout *layout, const wr_custom *section,
                     wr_buf *out);
void wr_encode_types(wr_encoder *e, wr_buf *out);
void wr_encode_imports(wr_encoder *e, wr_buf *out);
void wr_encode_elems(wr_encoder *e, wr_buf *out);
void wr_encode_datas(wr_encoder *e, wr_buf *out);

// The code section. wr_encode_code rewrites bodies in parallel, in chunks, and wr_encode_put_code appends
// them.
typedef struct wr_code_chunk {
    wr_buf bytes;
    wr_arena *arena;
} wr_code_chunk;

typedef struct wr_code {
    wr_code_chunk *chunks;
    size_t nchunks;
    uint32_t nbodies;
    size_t size; // of the payload
} wr_code;

void wr_encode_code(wr_encoder *e, wr_code *code);
void wr_encode_put_code(wr_encoder *e, wr_code *code);

#endif
