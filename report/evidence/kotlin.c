// Evidence from Kotlin's class information, as its compiler (2.3) writes it for WebAssembly's collected
// objects:
//
//   (data "kotlinNumber…") (data …)       texts, and for each number of a text its address and length
//   (global $rtti … global.get $rtti_of_super  i32.const 840  i32.const 841  i64.const …  i32.const 0
//       ref.func …  ref.func …  struct.new)              numbers of the package's and of the class' names
//   (global $vtable … ref.func $area … struct.new)       methods
//   (func $init … global.get $vtable … global.get $rtti … struct.new $Circle)
//
// A function that names the information of classes of one package alone makes such objects, so it is of that
// package; the methods in the tables that it names with a single class are that class' or inherited. Methods
// that classes of several packages have are those of the class among them that the others derive from.
#include <stdlib.h>

#include "finder.h"
#include "ir/ins.h"

enum { LEAST_TEXTS = 16, MOST_INS = 4096, TAIL = 7, LEAST_CLASSES = 8, LONGEST_NAME = 200, MOST_SUPERS = 64 };

typedef struct kotlin_class {
    wr_slice package, name;
    uint32_t super; // global of its information, WR_NONE: none
    bool known;
} kotlin_class;

typedef struct kotlin_method {
    uint32_t func, class; // class: global
} kotlin_method;

typedef struct kotlin {
    wr_finder *f;
    wr_slice texts, table; // of eight bytes for each text: address, length
    kotlin_class *classes; // by global
    uint32_t nclasses;
    uint32_t *owner; // by global that holds methods: the class; WR_NONE: none or several
    bool *methods;   // by global: it refers to functions and is no class
    bool *several;   // by global: several classes are named with it
    WR_VEC(kotlin_method) held;
} kotlin;

// --- Texts ---

// Whether each text mostly begins where the one before ends.
static bool is_table(wr_slice s, size_t texts) {
    size_t n = s.n / 8, chained = 0;
    if (s.n % 8 || n < LEAST_TEXTS || wr_le32(s.p)) return false;
    for (size_t i = 0; i + 1 < n; i++)
        chained += wr_le32(s.p + 8 * i) + wr_le32(s.p + 8 * i + 4) == wr_le32(s.p + 8 * i + 8);
    return chained * 2 > n && wr_le32(s.p) + wr_le32(s.p + 4) <= texts;
}

static bool find_texts(kotlin *k) {
    const wr_module *m = k->f->m;
    if (!m->ndatas || m->datas[0].mode != WR_PASSIVE) return false;
    k->texts = m->datas[0].bytes;
    for (uint32_t i = 1; i < m->ndatas; i++) {
        if (m->datas[i].mode != WR_PASSIVE || !is_table(m->datas[i].bytes, k->texts.n)) continue;
        k->table = m->datas[i].bytes;
        return true;
    }
    return false;
}

// Empty if there is no such text, or it is no name.
static wr_slice text_at(const kotlin *k, uint64_t number) {
    if (number >= k->table.n / 8) return (wr_slice){0};
    const uint8_t *entry = k->table.p + 8 * number;
    uint32_t at = wr_le32(entry), n = wr_le32(entry + 4);
    if (at > k->texts.n || n > k->texts.n - at || n > LONGEST_NAME) return (wr_slice){0};
    for (uint32_t i = 0; i < n; i++)
        if (k->texts.p[at + i] <= 0x20 || k->texts.p[at + i] >= 0x7f) return (wr_slice){0};
    return wr_slice_of(k->texts.p + at, n);
}

// The package of a name that may go on with the classes around a class.
static wr_slice package_of(wr_slice name) {
    size_t end = name.n;
    for (size_t i = 0; i < name.n; i++) {
        if ((i && name.p[i - 1] != '.') || name.p[i] < 'A' || name.p[i] > 'Z') continue;
        end = i ? i - 1 : 0;
        break;
    }
    return wr_slice_of(name.p, end);
}

// Classes of the root package are numbers, arrays and texts, whose objects are made everywhere.
static bool says_where(const kotlin_class *class) {
    return class->known && !wr_slice_is(class->package, "kotlin");
}

// --- Globals ---

static uint32_t read_ins(kotlin *k, wr_slice code, wr_ins *list) {
    wr_env *env = k->f->env;
    wr_reader r = wr_reader_of(env, code, 0);
    wr_u32s ext = {0};
    uint32_t n = 0;
    while (wr_left(&r) > 1 && n < MOST_INS) wr_ins_read(&r, &env->temp, &ext, &list[n++]);
    return n;
}

static bool read_class(kotlin *k, const wr_ins *list, uint32_t n, kotlin_class *class) {
    static const uint16_t tail[TAIL] = {WR_OP_I32_CONST, WR_OP_I32_CONST, WR_OP_I64_CONST, WR_OP_I32_CONST,
                                        WR_OP_REF_FUNC,  WR_OP_REF_FUNC,  WR_OP_STRUCT_NEW};
    if (n <= TAIL) return false;
    const wr_ins *v = list + n - TAIL;
    for (uint32_t i = 0; i < TAIL; i++)
        if (v[i].op != tail[i]) return false;
    *class = (kotlin_class){package_of(text_at(k, v[0].b)), text_at(k, v[1].b), WR_NONE, false};
    if (v[-1].op == WR_OP_GLOBAL_GET) class->super = v[-1].a;
    class->known = class->package.n && class->name.n;
    return true;
}

static void read_globals(kotlin *k) {
    const wr_module *m = k->f->m;
    wr_arena *temp = &k->f->env->temp;
    wr_mark mark = wr_arena_mark(temp);
    wr_ins *list = WR_NEW(temp, wr_ins, MOST_INS);
    for (uint32_t i = m->nglobal_imports; i < m->nglobals; i++) {
        uint32_t n = read_ins(k, m->globals[i].init.code, list);
        if (read_class(k, list, n, &k->classes[i])) {
            k->nclasses += k->classes[i].known;
            continue;
        }
        for (uint32_t j = 0; j < n; j++) k->methods[i] |= list[j].op == WR_OP_REF_FUNC;
    }
    wr_arena_release(temp, &mark);
}

// --- Functions ---

static void note_owner(kotlin *k, uint32_t table, uint32_t class) {
    if (k->owner[table] != WR_NONE && k->owner[table] != class) k->several[table] = true;
    k->owner[table] = class;
}

static void read_uses(kotlin *k, uint32_t func) {
    const wr_summary *summary = &k->f->m->funcs[func].summary;
    uint32_t class = WR_NONE, only = WR_NONE, n = 0;
    bool one_package = true;
    for (uint32_t i = 0; i < summary->nuses; i++) {
        uint32_t at = wr_ref_index(summary->uses[i].ref);
        if (wr_ref_space(summary->uses[i].ref) != WR_GLOBAL || !k->classes[at].known) continue;
        only = at, n++;
        if (!says_where(&k->classes[at])) continue;
        one_package &= class == WR_NONE || wr_slice_eq(k->classes[at].package, k->classes[class].package);
        class = at;
    }
    if (class != WR_NONE && one_package)
        wr_finder_vote(k->f, func, WR_EVIDENCE_TYPE, k->classes[class].package, (wr_slice){0},
                       k->classes[class].name, 1);
    for (uint32_t i = 0; i < summary->nuses && n == 1; i++) {
        uint32_t at = wr_ref_index(summary->uses[i].ref);
        if (wr_ref_space(summary->uses[i].ref) == WR_GLOBAL && k->methods[at]) note_owner(k, at, only);
    }
}

static void list_methods(kotlin *k) {
    const wr_module *m = k->f->m;
    wr_arena *temp = &k->f->env->temp;
    wr_mark mark = wr_arena_mark(temp);
    wr_ins *list = WR_NEW(temp, wr_ins, MOST_INS);
    for (uint32_t i = m->nglobal_imports; i < m->nglobals; i++) {
        if (!k->methods[i] || k->owner[i] == WR_NONE || k->several[i]) continue;
        uint32_t n = read_ins(k, m->globals[i].init.code, list);
        for (uint32_t j = 0; j < n; j++) {
            kotlin_method method = {list[j].a, k->owner[i]};
            if (list[j].op == WR_OP_REF_FUNC) WR_PUSH(&k->f->env->pass, k->held, method);
        }
    }
    wr_arena_release(temp, &mark);
}

static int by_func(const void *a, const void *b) {
    const kotlin_method *x = a, *y = b;
    if (x->func != y->func) return x->func < y->func ? -1 : 1;
    return x->class < y->class ? -1 : x->class > y->class;
}

static bool derives(const kotlin *k, uint32_t class, uint32_t from) {
    for (uint32_t n = 0; class != WR_NONE && n < MOST_SUPERS; class = k->classes[class].super, n++)
        if (class == from) return true;
    return false;
}

// The class that all derive from; of classes of one package any will do.
static uint32_t common_class(const kotlin *k, const kotlin_method *v, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        uint32_t j = 0;
        while (j < n && (wr_slice_eq(k->classes[v[j].class].package, k->classes[v[i].class].package) ||
                         derives(k, v[j].class, v[i].class)))
            j++;
        if (j == n) return v[i].class;
    }
    return WR_NONE;
}

static void vote_for_methods(kotlin *k) {
    kotlin_method *v = k->held.v;
    if (k->held.n) qsort(v, k->held.n, sizeof *v, by_func);
    for (uint32_t i = 0, j; i < k->held.n; i = j) {
        for (j = i; j < k->held.n && v[j].func == v[i].func; j++) {}
        uint32_t class = common_class(k, v + i, j - i);
        if (class != WR_NONE)
            wr_finder_vote(k->f, v[i].func, WR_EVIDENCE_METHOD, k->classes[class].package, (wr_slice){0},
                           k->classes[class].name, 1);
    }
}

void wr_evidence_from_kotlin(wr_finder *f) {
    wr_arena *pass = &f->env->pass;
    kotlin k = {.f = f};
    if (!find_texts(&k)) return;
    k.classes = WR_NEW0(pass, kotlin_class, f->m->nglobals);
    k.methods = WR_NEW0(pass, bool, f->m->nglobals);
    k.several = WR_NEW0(pass, bool, f->m->nglobals);
    k.owner = WR_NEW(pass, uint32_t, f->m->nglobals);
    memset(k.owner, 0xff, f->m->nglobals * sizeof *k.owner);
    read_globals(&k);
    if (k.nclasses < LEAST_CLASSES) return;
    f->out->kotlin = true;
    for (uint32_t i = f->m->nfunc_imports; i < f->m->nfuncs; i++) read_uses(&k, i);
    list_methods(&k);
    vote_for_methods(&k);
}
