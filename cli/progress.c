// The progress line; see the header.
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#include "support/env.h"

enum { WIDTH = 24 };
static const uint64_t DELAY_NS = 2000000000u, INTERVAL_NS = 100000000u;

wr_progress wr_progress_start(bool quiet) {
    return (wr_progress){.terminal = !quiet && isatty(STDERR_FILENO), .start = wr_now_ns()};
}

int wr_progress_step(void *user, const char *stage, double fraction) {
    wr_progress *p = user;
    if (!p->terminal) return 1;
    uint64_t now = wr_now_ns();
    if (now - p->start < DELAY_NS || now - p->last < INTERVAL_NS) return 1;
    p->last = now;
    p->shown = true;
    if (fraction < 0) fraction = 0;
    if (fraction > 1) fraction = 1;
    char bar[WIDTH + 1] = {0};
    for (int i = 0; i < WIDTH; i++) bar[i] = i < (int)(fraction * WIDTH + 0.5) ? '#' : '.';
    fprintf(stderr, "\r\033[K[%s] %3.0f %%  %.40s", bar, fraction * 100, stage);
    fflush(stderr);
    return 1;
}

void wr_progress_end(wr_progress *p) {
    if (p->shown) fputs("\r\033[K", stderr);
    p->shown = false;
}
