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

static wr_slice rest_of_line(const profile_reader *r) {
    const uint8_t *nl = memchr(r->p, '\n', (size_t)(r->end - r->p));
    wr_slice line = wr_slice_of(r->p, (size_t)((nl ? nl : r->end) - r->p));
    if (line.n && line.p[line.n - 1] == '\r') line.n--;
    return line;
}

static void skip_line(profile_reader *r) {
    while (r->p < r->end && *r->p++ != '\n') {}
    r->line++;
}

static const char title[] = "# wring profile 1", end[] = "# end of the profile", module[] = "# module ";

// Whether the line ends with the title. The program may have begun the line.
static bool is_title(wr_slice line) {
    size_t n = sizeof title - 1;
    return line.n >= n && memcmp(line.p + line.n - n, title, n) == 0;
}

// Goes to the line after the next title. Returns whether there is one.
static bool begin_profile(profile_reader *r) {
    bool found = false;
    for (; r->p < r->end && !found; skip_line(r)) found = is_title(rest_of_line(r));
    return found;
}

// Whether a line that says which module was counted names this one.
static bool is_own(wr_slice line, const char *identity) {
    return wr_slice_is(wr_slice_of(line.p + sizeof module - 1, line.n - (sizeof module - 1)), identity);
}

// Reads the lines up to the end of a profile.
static void read_lines(profile_reader *r, const wr_module *m, const char *identity, bool of_several,
                       uint64_t *counts) {
    for (bool own = true; r->p < r->end; skip_line(r)) {
        wr_slice line = rest_of_line(r);
        if (wr_slice_starts(line, end)) return;
        if (wr_slice_starts(line, module)) {
            own = is_own(line, identity);
            if (!own && !of_several)
                wr_throw(r->env, WR_USAGE, WR_NO_OFFSET,
                         "profile: line %u: it is of another module, or of another build of this one (which "
                         "is %s); make a new one with `wring profile`",
                         r->line, identity);
        }
        if (own && line.n && line.p[0] != '#') read_count(r, m, counts);
    }
}

bool wr_profile_has(wr_env *env, wr_slice text, const wr_module *m) {
    char identity[WR_PROFILE_IDENTITY];
    profile_reader r = {env, text.p, text.p + text.n, 1};
    bool found = false;
    wr_profile_identity(m, identity);
    for (; r.p < r.end && !found; skip_line(&r)) {
        wr_slice line = rest_of_line(&r);
        found = wr_slice_starts(line, module) && is_own(line, identity);
    }
    return found;
}

uint64_t *wr_profile_read(wr_env *env, wr_slice text, const wr_module *m) {
    char identity[WR_PROFILE_IDENTITY];
    profile_reader r = {env, text.p, text.p + text.n, 1};
    uint64_t *counts = WR_NEW0(&env->perm, uint64_t, m->nfuncs);
    bool of_several = wr_profile_has(env, text, m);
    wr_profile_identity(m, identity);
    if (!begin_profile(&r)) bad(&(profile_reader){env, text.p, text.p, 1}, "\"# wring profile 1\"");
    do read_lines(&r, m, identity, of_several, counts);
    while (begin_profile(&r));
    return counts;
}
