// Whether a program can call methods by reflection. See go_reflect.h.
#include "go_reflect.h"

#define FIRST_READ 19 // the versions whose sources were read for the proof
#define LAST_READ 26

static uint32_t find_function(const wr_go *go, const char *name) {
    for (uint32_t i = 0; i < go->nfuncs; i++)
        if (wr_slice_is(go->funcs[i].name, name)) return i;
    return WR_NONE;
}

// Whether a text is in funcnametab, which also has the names of inlined functions.
static bool has_name(const wr_go *go, const char *name) {
    const char *at = (const char *)go->image + go->funcnametab.at, *end = at + go->funcnametab.size;
    while (at < end) {
        size_t n = strnlen(at, (size_t)(end - at));
        if (n == strlen(name) && memcmp(at, name, n) == 0) return true;
        at += n + 1;
    }
    return false;
}

static bool calls(const wr_func *f, uint32_t callee) {
    for (uint32_t i = 0; i < f->summary.nuses; i++)
        if (f->summary.uses[i].ref == wr_make_ref(WR_FUNC, callee)) return true;
    return false;
}

static bool is_in_data(const wr_go *go, uint64_t pc) {
    for (uint32_t at = 0; at + 8 <= go->image_size; at += 8)
        if (wr_go_get64(go, at) == pc) return true;
    return false;
}

// Whether function `at` of pclntab is called only by functions of these names (a list that ends with NULL),
// and is never used as a value.
static bool is_called_by(const wr_module *m, const wr_go *go, uint32_t at, const char *const *names) {
    bool any = false;
    if (at == WR_NONE || go->funcs[at].func == WR_NONE) return false;
    for (uint32_t i = 0; i < m->nfuncs; i++) {
        if (m->funcs[i].import != WR_NONE || !m->funcs[i].live || !calls(&m->funcs[i], go->funcs[at].func))
            continue;
        const char *const *name = names;
        while (*name && !wr_slice_is(wr_go_name(go, i), *name)) name++;
        if (!*name) return false;
        any = true;
    }
    return any && !is_in_data(go, (uint64_t)go->funcs[at].pc_f << 16);
}

static bool is_proven(const wr_module *m, const wr_go *go) {
    static const char *const itabs[] = {"runtime.itabInit", "runtime.(*itab).init", NULL};
    static const char *const receiver[] = {"reflect.methodReceiver", NULL};
    uint32_t at = find_function(go, "reflect.resolveTextOff");
    if (at != WR_NONE) return !has_name(go, "reflect.Value.Method") && is_called_by(m, go, at, receiver);
    at = find_function(go, go->minor < 21 ? "runtime.(*_type).textOff" : "runtime.rtype.textOff");
    return is_called_by(m, go, at, itabs);
}

bool wr_go_calls_no_methods(const wr_context *c, const wr_go *go) {
    return c->config->go_no_reflect_methods ||
           (go->minor >= FIRST_READ && go->minor <= LAST_READ && is_proven(c->m, go));
}
