// Evidence from assertions and log calls that pass a source file and the name of the function around them:
//
//   i32.const 1024 ;; "refcount > 0"
//   i32.const 1040 ;; "deps/sqlite3.c"
//   i32.const 8120 ;; the line
//   i32.const 1064 ;; "sqlite3VdbeExec", which must stand behind the path
//   call $__assert_fail
//
// The function that calls is that function, unless its calls or others' say otherwise: then it was inlined,
// and only the file is known.
#include <ctype.h>
#include <stdlib.h>

#include "finder.h"
#include "ir/ins.h"
#include "support/reader.h"

enum { MOST_ARGUMENTS = 8, LONGEST_NAME = 300, MOST_LINES = 200000 };

typedef struct assertion {
    uint32_t func;
    wr_source_path path;
    wr_slice name;
} assertion;

typedef struct assertion_finder {
    wr_finder *f;
    uint32_t calls;
    WR_VEC(uint64_t) texts; // addresses of all that the calls pass
    WR_VEC(assertion) found;
} assertion_finder;

// --- Names of functions in data ---

static bool is_name_char(uint8_t c) { return isalnum(c) || c == '_' || c == ':' || c == '~' || c == '$'; }

// "f", "ns::T::f", or the name in "void ns::T::f(int)"; empty for other text.
static wr_slice function_name(wr_slice text) {
    size_t n = 0, from = 0;
    while (n < text.n && n < LONGEST_NAME && text.p[n] >= 0x20 && text.p[n] < 0x7f) n++;
    if (n == text.n || text.p[n] || n < 3) return (wr_slice){0};
    const uint8_t *open = memchr(text.p, '(', n);
    if (open) {
        n = (size_t)(open - text.p);
        while (n > from && memchr(text.p + from, ' ', n - from)) from++;
    }
    wr_slice name = wr_slice_of(text.p + from, n - from);
    if (!name.n || isdigit(name.p[0]) || name.p[0] == ':') return (wr_slice){0};
    for (size_t i = 0; i < name.n; i++)
        if (!is_name_char(name.p[i])) return (wr_slice){0};
    return name;
}

// --- Calls ---

static bool is_text(const assertion_finder *t, uint64_t address) {
    wr_slice s = wr_places_bytes(t->f->places, address);
    return s.n > 1 && isprint(s.p[0]) && isprint(s.p[1]);
}

static void note_texts(assertion_finder *t, const uint64_t *arguments, unsigned n) {
    for (unsigned i = 0; i < n; i++) WR_PUSH(&t->f->env->pass, t->texts, arguments[i]);
    t->calls++;
}

// The arguments of a call: a path, and behind it a name.
static void read_arguments(assertion_finder *t, uint32_t func, const uint64_t *arguments, unsigned n) {
    wr_arena *perm = &t->f->env->perm;
    for (unsigned i = 0; i + 1 < n; i++) {
        wr_source_path path = wr_source_path_read_c(perm, wr_places_bytes(t->f->places, arguments[i]));
        if (path.kind == WR_PATH_NONE) continue;
        for (unsigned k = i + 1; k < n && k < i + 4; k++) {
            assertion a = {func, path, function_name(wr_places_bytes(t->f->places, arguments[k]))};
            if (!a.name.n) continue;
            WR_PUSH(&t->f->env->pass, t->found, a);
            note_texts(t, arguments + (i ? i - 1 : 0), k - i + 1 + (i > 0));
            return;
        }
        if (!i || arguments[i + 1] > MOST_LINES || !is_text(t, arguments[i - 1])) continue;
        note_texts(t, arguments + i - 1, 2); // a condition, a path and a line: f(cond, __FILE__, __LINE__)
        return;
    }
}

// A call through a pointer may read that from a local behind its arguments.
static void read_calls(assertion_finder *t, uint32_t func) {
    wr_env *env = t->f->env;
    wr_u32s ext = {0};
    wr_ins ins;
    uint64_t arguments[MOST_ARGUMENTS];
    unsigned n = 0;
    bool local = false; // read since the last constant
    wr_reader r = wr_ins_reader(env, t->f->m->funcs[func].body, wr_func_offset(t->f->m, func));
    while (!wr_at_end(&r)) {
        ext.n = 0;
        wr_ins_read(&r, &env->temp, &ext, &ins);
        if (local && ins.op != WR_OP_CALL_INDIRECT) n = 0;
        local = ins.op == WR_OP_LOCAL_GET;
        if (local) continue;
        if (ins.op == WR_OP_I32_CONST) {
            if (n == MOST_ARGUMENTS) memmove(arguments, arguments + 1, --n * sizeof *arguments);
            arguments[n++] = (uint32_t)ins.b;
            continue;
        }
        if (ins.op == WR_OP_CALL || ins.op == WR_OP_CALL_INDIRECT) read_arguments(t, func, arguments, n);
        n = 0;
    }
}

static bool names_path(const wr_finder *f, uint32_t func) {
    const wr_body_stats *facts = &f->facts[func];
    for (uint32_t i = 0; i < facts->nconstants; i++) {
        wr_slice text = wr_places_bytes(f->places, facts->constants[i]);
        if (text.n && wr_source_path_read_c(&f->env->temp, text).kind != WR_PATH_NONE) return true;
    }
    return false;
}

// --- What assertions cost ---

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

// The bytes of distinct texts among the arguments, with the zeros behind them.
static uint64_t count_texts(assertion_finder *t) {
    uint64_t bytes = 0;
    if (t->texts.n) qsort(t->texts.v, t->texts.n, sizeof(uint64_t), by_value);
    for (uint32_t i = 0; i < t->texts.n; i++) {
        if (i && t->texts.v[i] == t->texts.v[i - 1]) continue;
        wr_slice s = wr_places_bytes(t->f->places, t->texts.v[i]);
        const uint8_t *end = s.n && isprint(s.p[0]) ? memchr(s.p, 0, s.n < 4096 ? s.n : 4096) : NULL;
        if (end) bytes += (uint64_t)(end - s.p) + 1;
    }
    return bytes;
}

// --- Votes ---

static int by_name(const void *a, const void *b) {
    const assertion *x = *(const assertion *const *)a, *y = *(const assertion *const *)b;
    int order = wr_slice_order(x->name, y->name);
    if (order) return order;
    return x->func < y->func ? -1 : x->func > y->func;
}

// Whether the function calls with one name only.
static bool has_one_name(const assertion *v, uint32_t n) {
    for (uint32_t i = 1; i < n; i++)
        if (!wr_slice_eq(v[i].name, v->name)) return false;
    return true;
}

static void vote(assertion_finder *t) {
    uint32_t n = t->found.n;
    assertion *v = t->found.v, **sorted = WR_NEW(&t->f->env->pass, assertion *, n);
    for (uint32_t i = 0; i < n; i++) sorted[i] = &v[i];
    if (n) qsort(sorted, n, sizeof *sorted, by_name);
    for (uint32_t i = 0, k; i < n; i = k) { // names that several functions call with
        for (k = i; k < n && wr_slice_eq(sorted[k]->name, sorted[i]->name); k++) {}
        wr_slice name = sorted[i]->name;
        bool shared = sorted[i]->func != sorted[k - 1]->func;
        for (uint32_t j = i; shared && j < k; j++) sorted[j]->name = wr_slice_of(name.p, 0);
    }
    for (uint32_t i = 0, k; i < n; i = k) {
        for (k = i; k < n && v[k].func == v[i].func; k++) {}
        bool sure = v[i].name.n && has_one_name(&v[i], k - i) && v[i].path.kind == WR_PATH_SOURCE;
        for (uint32_t j = i; j < k && sure; j++)
            wr_finder_vote(t->f, v[j].func, WR_EVIDENCE_ASSERTION,
                           v[j].path.group.n ? v[j].path.group : v[j].path.path, v[j].name, v[j].path.path,
                           1);
    }
}

void wr_evidence_from_assertions(wr_finder *f) {
    assertion_finder t = {.f = f};
    for (uint32_t func = f->m->nfunc_imports; func < f->m->nfuncs; func++) {
        wr_mark mark = wr_arena_mark(&f->env->temp);
        if (names_path(f, func)) read_calls(&t, func);
        wr_arena_release(&f->env->temp, &mark);
    }
    vote(&t);
    f->out->assertions = t.calls;
    f->out->assertion_texts = count_texts(&t);
}
