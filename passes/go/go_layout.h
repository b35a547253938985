// A new layout of a Go function's segments, in which jumps are branches. See go_layout.c.
#ifndef WR_PASSES_GO_GO_LAYOUT_H
#define WR_PASSES_GO_GO_LAYOUT_H

#include "go_code.h"

typedef struct wr_go_layout {
    bool done;      // false: the function's shape is not known, or it can't be done, and nothing was changed
    bool has_loops; // there are loops that were made, or could be
} wr_go_layout;

// resumes says for each PC_B whether something other than a jump of this function may continue there; those
// that jumps still go to through the dispatch are added. Loops are made if they are wanted.
wr_go_layout wr_go_lay_out(wr_go_code *code, uint8_t *resumes, bool wants_loops);

#endif
