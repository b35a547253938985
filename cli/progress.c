// The progress line; see the header.
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#include "support/env.h"
#include "support/file.h"

enum { WIDTH = 24 };
static const uint64_t DELAY_NS = 2000000000u, INTERVAL_NS = 100000000u, REPORT_NS = 50000000u;

wr_progress wr_progress_start(bool quiet, int fd) {
    return (wr_progress){.terminal = !quiet && isatty(STDERR_FILENO), .fd = fd, .start = wr_now_ns()};
}

// Whoever reads the lines and has gone wants no result either.
static bool report(wr_progress *p, const char *stage, double fraction) {
    uint64_t now = wr_now_ns();
    if (p->last && now - p->last < REPORT_NS && fraction < 1) return true;
    p->last = now;
    char line[128];
    int n = snprintf(line, sizeof line, "%.3f\t%.100s\n", fraction, stage);
    return wr_file_write_fd(p->fd, wr_slice_of(line, (size_t)n)) == 0;
}

int wr_progress_step(void *user, const char *stage, double fraction) {
    wr_progress *p = user;
    if (p->fd >= 0) return report(p, stage, fraction);
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
