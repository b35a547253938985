// Finds a text for each function that has no name. Constants in code that are the address of a text are taken
// to refer to it. In C a text begins behind a zero and ends before one; Rust's texts stand side by side, and
// end where the next one that is referred to begins. A constant that is no address can still be one of a text
// by chance, mostly of the middle of one. So a text must begin like one, and what several functions refer to
// counts less.
#include "quotes.h"

#include <ctype.h>
#include <stdlib.h>

#include "support/buf.h"
#include "support/search.h"

enum { SHORTEST = 8, LONGEST = 44, MOST_USERS = 3, MOST_READ = 200, SHORTENED = 2 };

typedef struct candidate {
    uint64_t address;
    uint32_t item, users;
    wr_slice text;
} candidate;

typedef struct quoter {
    wr_env *env;
    const wr_audit *a;
    bool packed;             // texts stand side by side
    WR_VEC(candidate) found; // by address
} quoter;

// --- Texts ---

static bool is_plain(uint8_t c) { return c >= 0x20 && c < 0x7f; }

static size_t plain_run(wr_slice s, size_t most) {
    size_t n = 0;
    while (n < s.n && n < most && is_plain(s.p[n])) n++;
    return n;
}

// Where the piece that begins at the address ends, as far as code and data name addresses.
static size_t piece_size(const wr_graph *g, uint64_t address, size_t most) {
    uint32_t node = wr_graph_piece_at(g, address);
    if (node == WR_NONE) return most;
    uint32_t size = g->pieces[node - g->first_piece].size;
    return size < most ? size : most;
}

// Whether the byte before the address is no part of a text, so that one can begin there.
static bool can_begin(const wr_audit *a, uint64_t address) {
    wr_slice before = wr_places_bytes(&a->places, address - 1);
    return !before.n || !is_plain(before.p[0]);
}

// Whether most texts that code refers to stand directly behind others.
static bool are_packed(const wr_audit *a) {
    enum { ENOUGH = 4000, LOW = 65536 }; // numbers below the latter are rarely addresses
    uint32_t packed = 0, apart = 0;
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs && packed + apart < ENOUGH; f++)
        for (uint32_t i = 0; i < a->sweep.facts[f].nconstants; i++) {
            uint64_t address = a->sweep.facts[f].constants[i];
            wr_slice s = wr_places_bytes(&a->places, address);
            if (address < LOW || plain_run(s, SHORTEST) < SHORTEST) continue;
            if (can_begin(a, address))
                apart++;
            else
                packed++;
        }
    return packed > apart;
}

static bool has_part(wr_slice s, const char *part) { return memmem(s.p, s.n, part, strlen(part)) != NULL; }

// Texts that say the same in all programs, and paths, which evidence has read.
static bool is_common(wr_slice s) {
    static const char *const parts[] = {".rs",
                                        "/rustc/",
                                        "called `",
                                        "Display implementation",
                                        "unreachable code",
                                        ".cpp",
                                        ".c\"",
                                        "index out of bounds",
                                        "assertion failed: ",
                                        "library/",
                                        "0123456789",
                                        "attempt to ",
                                        "out of range"};
    for (size_t i = 0; i < WR_COUNT(parts); i++)
        if (has_part(s, parts[i])) return true;
    return s.n > 2 && s.p[s.n - 2] == '.' && (s.p[s.n - 1] == 'c' || s.p[s.n - 1] == 'h');
}

// Mostly letters, digits and what stands between words.
static bool is_speech(wr_slice s) {
    size_t letters = 0, odd = 0;
    for (size_t i = 0; i < s.n; i++) {
        letters += isalpha(s.p[i]) != 0;
        odd += !isalnum(s.p[i]) && !memchr(" _-.,:;'%()/", s.p[i], 12);
    }
    return letters * 2 > s.n && odd * 6 <= s.n;
}

static wr_slice text_at(const quoter *q, uint64_t address) {
    wr_slice s = wr_places_bytes(&q->a->places, address);
    if (!s.n || !is_plain(s.p[0]) || (!q->packed && !can_begin(q->a, address))) return (wr_slice){0};
    size_t n = plain_run(s, q->packed ? piece_size(&q->a->graph, address, MOST_READ) : MOST_READ);
    if (n < SHORTEST || (!q->packed && n < s.n && s.p[n] && s.p[n] != '\n')) return (wr_slice){0};
    s.n = n;
    return is_common(s) || !is_speech(s) ? (wr_slice){0} : s;
}

// --- Candidates ---

static void add_candidates(quoter *q, uint32_t func, uint32_t item) {
    const wr_body_stats *facts = &q->a->sweep.facts[func];
    for (uint32_t i = 0; i < facts->nconstants; i++) {
        candidate c = {facts->constants[i], item, 0, text_at(q, facts->constants[i])};
        if (c.text.n) WR_PUSH(&q->env->temp, q->found, c);
    }
}

static int by_address(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    if (x->address != y->address) return x->address < y->address ? -1 : 1;
    return x->item < y->item ? -1 : x->item > y->item;
}

// Counts the functions that refer to each candidate.
static void count_users(quoter *q) {
    uint32_t n = q->found.n, at;
    candidate *v = q->found.v;
    if (!n) return;
    qsort(v, n, sizeof *v, by_address);
    for (uint32_t f = q->a->m.nfunc_imports; f < q->a->m.nfuncs; f++) {
        const wr_body_stats *facts = &q->a->sweep.facts[f];
        for (uint32_t i = 0; i < facts->nconstants; i++) {
            WR_SEARCH(at, 0, n, v[at].address < facts->constants[i]);
            for (; at < n && v[at].address == facts->constants[i]; at++) v[at].users++;
        }
    }
}

// How much a text tells: one with several words that nobody else says.
static uint32_t worth(const candidate *c) {
    if (c->users > MOST_USERS) return 0;
    uint32_t points = c->text.n < LONGEST ? (uint32_t)c->text.n : LONGEST;
    if (memchr(c->text.p, ' ', c->text.n)) points += 30;
    return c->users == 1 ? points + 40 : points;
}

// The words at the beginning of a text that fit.
static wr_slice cut(wr_arena *arena, wr_slice text) {
    size_t n = text.n;
    if (n > LONGEST) {
        for (n = LONGEST; n > LONGEST / 2 && text.p[n] != ' '; n--) {}
        if (n == LONGEST / 2) n = LONGEST;
    }
    while (n && (text.p[n - 1] == ' ' || text.p[n - 1] == ',' || text.p[n - 1] == ':')) n--;
    wr_buf out = wr_buf_in(arena);
    wr_put_slice(&out, wr_slice_of(text.p, n));
    if (n < text.n && n >= LONGEST / 2) wr_put_slice(&out, wr_slice_str("…"));
    return wr_buf_slice(&out);
}

wr_slice *wr_quotes_find(wr_env *env, const wr_audit *a, const uint32_t *funcs, uint32_t n) {
    quoter q = {.env = env, .a = a, .packed = are_packed(a)};
    wr_slice *quotes = WR_NEW0(&env->perm, wr_slice, n);
    wr_mark mark = wr_arena_mark(&env->temp);
    const candidate **best = WR_NEW0(&env->temp, const candidate *, n);
    for (uint32_t i = 0; i < n; i++)
        if (a->symbols.funcs[funcs[i]].raw.n <= SHORTENED) add_candidates(&q, funcs[i], i);
    count_users(&q);
    for (uint32_t i = 0; i < q.found.n; i++) {
        const candidate *c = &q.found.v[i], **b = &best[c->item];
        if (worth(c) > (*b ? worth(*b) : 0)) *b = c;
    }
    for (uint32_t i = 0; i < n; i++)
        if (best[i]) quotes[i] = cut(&env->perm, best[i]->text);
    wr_arena_release(&env->temp, &mark);
    return quotes;
}

wr_slice wr_quoted_name(wr_env *env, wr_slice name, wr_slice quote) {
    if (!quote.n) return name;
    wr_buf text = wr_buf_in(&env->perm);
    wr_put_format(&text, "%.*s: \"%.*s\"", (int)name.n, (const char *)name.p, (int)quote.n,
                  (const char *)quote.p);
    return wr_buf_slice(&text);
}

wr_slice wr_quote_of(wr_env *env, const wr_audit *a, uint32_t func) {
    return *wr_quotes_find(env, a, &func, 1);
}
