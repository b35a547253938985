// Reads profiles line by line, by hand: each line is little more than two numbers.
#include "profile.h"

#include <inttypes.h>

#include "support/hash.h"

typedef struct profile_reader {
    wr_env *env;
    const uint8_t *p, *end;
    uint32_t line;
} profile_reader;

_Noreturn static void bad(const profile_reader *r, const char *expected) {
    wr_throw(r->env, WR_USAGE, WR_NO_OFFSET, "profile: line %u: expected %s", r->line, expected);
}

static uint64_t read_number(profile_reader *r, const char *what) {
    const uint8_t *start = r->p;
    uint64_t n = 0;
    for (; r->p < r->end && *r->p >= '0' && *r->p <= '9'; r->p++) {
        unsigned digit = *r->p - '0';
        if (n > (UINT64_MAX - digit) / 10) bad(r, "a number of at most 64 bits");
        n = n * 10 + digit;
    }
    if (r->p == start) bad(r, what);
    return n;
}

static void read_count(profile_reader *r, const wr_module *m, uint64_t *counts) {
    uint64_t count = read_number(r, "COUNT<tab>INDEX<tab>NAME");
    if (r->p == r->end || *r->p++ != '\t') bad(r, "a tab after the count");
    uint64_t index = read_number(r, "a function index");
    if (index >= m->nfuncs) bad(r, "a function of this module: is the profile another module's?");
    const uint64_t most = WR_UNCOUNTED - 1;
    counts[index] = count > most - counts[index] ? most : counts[index] + count;
}

static uint64_t hash_name(uint64_t hash, wr_slice name) {
    return wr_hash_word(hash, wr_hash_bytes(name.p, name.n));
}

void wr_profile_identity(const wr_module *m, char *out) {
    uint64_t hash = m->nfunc_imports;
    for (uint32_t i = 0; i < m->nimports; i++)
        hash = hash_name(hash_name(wr_hash_word(hash, m->imports[i].space), m->imports[i].module),
                         m->imports[i].name);
    for (uint32_t i = 0; i < m->nexports; i++)
        hash = wr_hash_word(hash_name(wr_hash_word(hash, m->exports[i].space), m->exports[i].name),
                            m->exports[i].index);
    for (uint32_t i = 0; i < m->nfuncs; i++) hash = wr_hash_word(hash, m->funcs[i].body.n);
    snprintf(out, WR_PROFILE_IDENTITY, "%" PRIu32 "-%016" PRIx64, m->nfuncs, hash);
}

// Reads a comment, or the line that says which module was counted.
static void read_comment(const profile_reader *r, const wr_module *m) {
    static const char start[] = "# module ";
    char own[WR_PROFILE_IDENTITY];
    wr_slice line = wr_slice_of(r->p, (size_t)(r->end - r->p));
    if (!wr_slice_starts(line, start)) return;
    wr_profile_identity(m, own);
    line = wr_slice_of(line.p + sizeof start - 1, line.n - (sizeof start - 1));
    if (!wr_slice_starts(line, own))
        wr_throw(r->env, WR_USAGE, WR_NO_OFFSET,
                 "profile: line %u: it is of another module, or of another build of this one (which "
                 "is %s); make a new one with `wring profile`",
                 r->line, own);
}

static void skip_line(profile_reader *r) {
    while (r->p < r->end && *r->p++ != '\n') {}
    r->line++;
}

uint64_t *wr_profile_read(wr_env *env, wr_slice text, const wr_module *m) {
    profile_reader r = {env, text.p, text.p + text.n, 1};
    uint64_t *counts = WR_NEW0(&env->perm, uint64_t, m->nfuncs);
    if (!wr_slice_starts(text, "# wring profile 1")) bad(&r, "\"# wring profile 1\"");
    for (; r.p < r.end; skip_line(&r))
        if (*r.p == '#')
            read_comment(&r, m);
        else if (*r.p != '\n' && *r.p != '\r')
            read_count(&r, m, counts);
    return counts;
}
