// Lays out the segments of a Go function anew, so that jumps become branches. See go_layout.c.
#ifndef WR_PASSES_GO_GO_LAYOUT_H
#define WR_PASSES_GO_GO_LAYOUT_H

#include "go_code.h"

typedef struct wr_go_layout {
    bool done;      // false: the function's shape is unknown or cannot be laid out; nothing was changed
    bool has_loops; // loops were made, or could be made
} wr_go_layout;

// resumes says for each PC_B whether anything other than a jump of this function may continue there; PC_Bs
// that jumps still reach through the dispatch are added. Loops are made if wants_loops.
wr_go_layout wr_go_lay_out(wr_go_code *code, uint8_t *resumes, bool wants_loops);

#endif
