// The initial memory of a module, in one piece.
#ifndef WR_ANALYSIS_MEMORY_IMAGE_H
#define WR_ANALYSIS_MEMORY_IMAGE_H

#include "ir/module.h"

enum { WR_IMAGE_SLACK = 16 };

typedef struct wr_memory_image {
    uint8_t *bytes; // from address 0, followed by WR_IMAGE_SLACK zeros; memory beyond is zero
    uint32_t n;
} wr_memory_image;

// The initial memory as the active segments write it, in arena. Returns false if a segment is not active, not
// in memory 0, without a constant offset or not known to be in bounds, or if the segments are too far apart.
// With `passive`, segments that are not active are allowed.
bool wr_memory_image_make(wr_env *env, wr_arena *arena, const wr_module *m, bool passive,
                          wr_memory_image *image);

#endif
