// A module's sections as bytes; see the header.
#include "sections.h"

#include "ir/module.h"
#include "support/reader.h"

enum { HEADER = 8 };

typedef struct scan {
    wr_slice module;
    const char *pattern;
    bool prefix, found;
    uint32_t code;
    wr_buf *out; // what doesn't match; may be NULL
} scan;

bool wr_sections_is_binary(wr_slice module) { return module.n >= 4 && !memcmp(module.p, "\0asm", 4); }

static bool matches(const scan *s, wr_slice name) {
    size_t n = strlen(s->pattern);
    if (s->prefix) return wr_slice_starts(name, s->pattern);
    bool any_rest = n && s->pattern[n - 1] == '*';
    return any_rest ? name.n >= n - 1 && !memcmp(name.p, s->pattern, n - 1) : wr_slice_is(name, s->pattern);
}

static void scan_sections(wr_env *env, void *arg) {
    scan *s = arg;
    wr_reader r = wr_reader_of(env, s->module, 0);
    wr_read_bytes(&r, HEADER);
    if (s->out) wr_put_bytes(s->out, s->module.p, HEADER);
    while (!wr_at_end(&r)) {
        const uint8_t *start = r.p;
        uint8_t id = wr_read_u8(&r);
        wr_slice payload = wr_read_bytes(&r, wr_read_u32(&r));
        if (id == WR_SEC_CODE) s->code = (uint32_t)(payload.p - s->module.p);
        wr_reader body = wr_reader_of(env, payload, 0);
        bool hit = id == 0 && matches(s, wr_read_name(&body));
        s->found |= hit;
        if (!hit && s->out) wr_put_bytes(s->out, start, (size_t)(r.p - start));
    }
}

// False when the module is malformed, which is for others to say.
static bool run(wr_env *env, scan *s) { return wr_try_input(env, scan_sections, s, NULL); }

bool wr_sections_have(wr_env *env, wr_slice module, const char *prefix) {
    scan s = {.module = module, .pattern = prefix, .prefix = true};
    return run(env, &s) && s.found;
}

uint32_t wr_sections_code_offset(wr_env *env, wr_slice module) {
    scan s = {.module = module, .pattern = ""};
    return run(env, &s) ? s.code : 0;
}

wr_slice wr_sections_without(wr_env *env, wr_slice module, const char *pattern) {
    scan look = {.module = module, .pattern = pattern};
    if (!run(env, &look) || !look.found) return module;
    wr_buf out = wr_buf_in(&env->perm);
    wr_buf_room(&out, module.n);
    scan s = {.module = module, .pattern = pattern, .out = &out};
    run(env, &s);
    return wr_buf_slice(&out);
}
