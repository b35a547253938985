// Says in a line whether the module is Go's and what was found. Changes nothing.
#include "go.h"
#include "passes/pass.h"

void wr_pass_go(wr_context *c) {
    wr_go go;
    switch (wr_go_find(c->env, &c->env->perm, c->m, &go)) {
    case WR_GO_NONE: break;
    case WR_GO_TINYGO: wr_note(c, "TinyGo module: it has no Go runtime tables, so the Go passes leave it alone"); break;
    case WR_GO_REFUSED: wr_note(c, "looks like Go, but the Go passes leave it alone: %s", go.reason); break;
    case WR_GO_FOUND:
        wr_note(c, "%s for %s: %u functions, pclntab of %u bytes, %u of them names", go.version,
                go.is_js ? "js" : "wasip1", go.nfuncs, go.pclntable.at + go.pclntable.size - go.header,
                go.funcnametab.size);
        break;
    }
}
