// Reports in one line whether the module is Go's and what was found. It changes no code or data, but disables
// data compression, and restricts the outliner to few helpers that each save much: Go's code is so uniform
// that the outliner would make thousands, which cost more compressed bytes and time than they are worth.
//
// For the CPU program at -Oz (percent of the input's bytes removed, raw and brotli; run time relative to the
// input): all helpers 45 / 15, 1.4; restricted 40 / 21, 0.8; none 35 / 22, 0.75.
#include "go.h"
#include "passes/manager/pass.h"

#define MIN_SAVING 400
#define MIN_SITE 6

static void ask_for_few(wr_context *c) {
    bool smallest = c->config->level == WR_LZ;
    c->state->hints.min_saving = smallest ? MIN_SAVING : WR_NO_SHARING;
    c->state->hints.min_site = MIN_SITE;
    c->state->hints.plain_data = true;
}

void wr_pass_go(wr_context *c) {
    wr_go go;
    switch (wr_go_find(c->env, &c->env->perm, c->m, &go)) {
    case WR_GO_NONE: break;
    case WR_GO_TINYGO:
        wr_pass_note(c, "TinyGo module: it has no Go runtime tables, so the Go passes leave it alone");
        break;
    case WR_GO_REFUSED:
        wr_pass_note(c, "looks like Go, but the Go passes leave it alone: %s", go.reason);
        break;
    case WR_GO_FOUND:
        ask_for_few(c);
        wr_pass_note(c, "%s for %s: %u functions, pclntab of %u bytes, %u of them names", go.version,
                     go.is_js ? "js" : "wasip1", go.nfuncs, go.pclntable.at + go.pclntable.size - go.header,
                     go.funcnametab.size);
        break;
    }
}
