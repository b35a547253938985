// Drops the names of functions from funcnametab, for --go-lean=names. What the runtime compares or reads
// stays: it recognizes its own goroutines by their names, and quotes a few in the messages of panics.
//
//   runtime.gopanic, runtime.mallocgc, main.f    ->    runtime.gopanic, "runtime.", ""
#include "go_pclntab.h"

// Names that the runtime compares. A trailing * marks a prefix that it tests; all names with that prefix
// share one text.
static const char *const compared[] = {
    "runtime.gopanic",    "runtime.sigpanic",   "runtime.goexit",   "runtime.main",
    "main.main",          "runtime.panic*",     "runtime.goPanic*", "runtime.*",
    "runtime/internal/*", "internal/runtime/*", "reflect.*",
};

// Names that the runtime reads: those of reflect's stubs for stack maps, those of methods of Value for
// reflect's panics.
static const char *const read_whole[] = {"reflect.makeFuncStub", "reflect.methodValueCall",
                                         "reflect.Value.*"};

// The text that a name matches, as a whole or as a prefix.
static wr_slice matched(const char *const *patterns, size_t count, wr_slice name) {
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(patterns[i]);
        bool is_prefix = patterns[i][n - 1] == '*';
        n -= is_prefix;
        if (name.n < n || memcmp(name.p, patterns[i], n) != 0 || (!is_prefix && name.n != n)) continue;
        return wr_slice_of(name.p, n);
    }
    return (wr_slice){0};
}

static uint8_t func_id(const wr_go *go, uint32_t f) { return go->image[go->funcs[f].record + go->fixed - 4]; }

// The id of wrappers is the highest one in every version. If there are no wrappers, some other names stay.
static uint8_t wrapper_id(const wr_go *go) {
    uint8_t id = 0;
    for (uint32_t f = 0; f < go->nfuncs; f++)
        if (func_id(go, f) > id) id = func_id(go, f);
    return id;
}

// runtime.panicwrap parses the name of its caller, a wrapper "package.(*T).Method".
static bool stays_whole(const wr_go *go, const uint8_t *dead, uint32_t f, uint8_t wrapper) {
    wr_slice name = go->funcs[f].name;
    if (dead[f]) return false;
    if (matched(read_whole, WR_COUNT(read_whole), name).n) return true;
    return func_id(go, f) == wrapper && memchr(name.p, '(', name.n);
}

typedef struct names {
    wr_arena *temp;
    WR_VEC(uint8_t) text; // the new table
} names;

static uint32_t append_name(names *t, wr_slice name) {
    uint32_t at = t->text.n;
    for (size_t i = 0; i < name.n; i++) WR_PUSH(t->temp, t->text, name.p[i]);
    WR_PUSH(t->temp, t->text, 0);
    return at;
}

static uint32_t share_name(names *t, wr_slice name) {
    for (uint32_t at = 0; at < t->text.n; at += (uint32_t)strlen((const char *)t->text.v + at) + 1)
        if (strlen((const char *)t->text.v + at) == name.n && memcmp(t->text.v + at, name.p, name.n) == 0)
            return at;
    return append_name(t, name);
}

// The shared texts come first; since they are few, looking them up is cheap.
void wr_go_drop_names(wr_go *go, wr_arena *temp, const uint8_t *dead) {
    names t = {.temp = temp};
    uint8_t wrapper = wrapper_id(go);
    WR_PUSH(temp, t.text, 0);
    for (uint32_t f = 0; f < go->nfuncs; f++) {
        wr_slice name = matched(compared, WR_COUNT(compared), go->funcs[f].name);
        wr_go_put32(go, go->funcs[f].record + WR_GO_NAME, name.n ? share_name(&t, name) : 0);
    }
    for (uint32_t f = 0; f < go->nfuncs; f++)
        if (stays_whole(go, dead, f, wrapper))
            wr_go_put32(go, go->funcs[f].record + WR_GO_NAME, append_name(&t, go->funcs[f].name));
    if (t.text.n > go->funcnametab.size) {
        for (uint32_t f = 0; f < go->nfuncs; f++)
            wr_go_put32(go, go->funcs[f].record + WR_GO_NAME, go->funcs[f].name_offset);
        return;
    }
    memset(go->image + go->funcnametab.at, 0, go->funcnametab.size);
    memcpy(go->image + go->funcnametab.at, t.text.v, t.text.n);
}
