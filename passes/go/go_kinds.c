// Known properties of the runtime's functions. The lists hold for Go 1.18 to 1.26; a name that a version
// lacks does no harm.
#include "go_kinds.h"

typedef struct kind_rule {
    const char *name; // a trailing * matches any suffix
    unsigned kinds;
} kind_rule;

#define BOTH (WR_GO_NO_RETURN | WR_GO_COLD)

static const kind_rule rules[] = {
    {"runtime.sigpanic", BOTH},
    {"runtime.morestack", BOTH},
    {"runtime.morestack_noctxt", BOTH},
    {"runtime.goPanic*", BOTH},
    {"runtime.gopanic", BOTH},
    {"runtime.throw", BOTH},
    {"runtime.fatal", BOTH},
    {"runtime.panicIndex*", BOTH},
    {"runtime.panicSlice*", BOTH},
    {"runtime.panicdivide", BOTH},
    {"runtime.panicshift", BOTH},
    {"runtime.panicoverflow", BOTH},
    {"runtime.panicdottype*", BOTH},
    {"runtime.panicnildottype", BOTH},
    {"runtime.panicwrap", BOTH},
    {"runtime.panicmem*", BOTH},
    {"runtime.panicfloat", BOTH},
    {"runtime.panicunsafe*", BOTH},
    {"runtime.panicmakeslice*", BOTH},
    {"runtime.print*", WR_GO_COLD},
    {"runtime.growslice", WR_GO_COLD},
    {"runtime.badsystemstack", WR_GO_COLD},
    {"runtime.traceAcquireEnabled", WR_GO_COLD},
    {"runtime.traceRelease", WR_GO_COLD},
    {"errors.New", WR_GO_COLD},
};

static bool matches(const char *pattern, wr_slice name) {
    size_t n = strlen(pattern);
    if (pattern[n - 1] != '*') return wr_slice_is(name, pattern);
    return name.n >= n - 1 && memcmp(name.p, pattern, n - 1) == 0;
}

unsigned wr_go_kind(wr_slice name) {
    for (size_t i = 0; i < WR_COUNT(rules); i++)
        if (matches(rules[i].name, name)) return rules[i].kinds;
    return 0;
}

uint8_t *wr_go_kinds(wr_arena *arena, const wr_module *m, const wr_go *go) {
    uint8_t *kinds = WR_NEW0(arena, uint8_t, m->nfuncs);
    for (uint32_t i = 0; i < m->nfuncs; i++) kinds[i] = (uint8_t)wr_go_kind(wr_go_name(go, i));
    return kinds;
}
