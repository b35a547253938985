// Adds names of locals and labels to the output's name section. See local_names.h.
#include "local_names.h"

#include <stdlib.h>

#include "ir/ins.h"
#include "ir/names.h"
#include "sources.h"
#include "support/hash.h"
#include "support/map.h"
#include "support/search.h"

// A name of a module: its index, or the offset of the instruction with that label, and where the name stands.
typedef struct named {
    uint32_t index, at;
} named;

typedef struct func_names {
    wr_slice map; // of the section: empty if there is none
    named *v;     // sorted
    uint32_t n;
    bool is_read, is_placed; // is_placed: labels are known by their instructions
} func_names;

// The names of one module, by function.
typedef struct module_names {
    const wr_module *m;
    func_names *locals, *labels;
} module_names;

// A label of the output: its number, the place of its name, and the inline site that it came with.
typedef struct named_label {
    uint32_t number, name, site;
} named_label;

// What is known of a local of the output: the names of the locals that it takes the writes and the reads of,
// and of a parameter, which parameter is read there.
typedef struct evidence {
    uint32_t written, read, argument; // places of names in the input; 0: none
} evidence;

enum { SEVERAL = 1 }; // no name stands there

typedef struct naming {
    wr_env *env;
    const wr_code_map *map;
    module_names before, after;
    wr_slice section; // of the output: the contents of its name section
    wr_slice result;
    wr_buf locals, labels; // the entries of both subsections
    uint32_t nlocals, nlabels;
    bool any; // more than there was
    // The current function of the output:
    uint32_t func, row, nparams;
    evidence *known;                 // by local
    WR_VEC(named_label) labels_here; // that have names
    wr_map used;                     // of these, by name and site
} naming;

// --- Names of a module ---

static func_names *find_maps(naming *n, const wr_module *m, unsigned sub) {
    wr_arena *temp = &n->env->temp;
    const wr_slice *maps = wr_names_maps_of(n->env, temp, m, sub);
    func_names *funcs = WR_NEW0(temp, func_names, m->nfuncs);
    for (uint32_t i = 0; i < m->nfuncs; i++) funcs[i].map = maps[i];
    return funcs;
}

static module_names names_of(naming *n, const wr_module *m) {
    return (module_names){m, find_maps(n, m, WR_NAMES_LOCAL), find_maps(n, m, WR_NAMES_LABEL)};
}

static int by_index(const void *a, const void *b) {
    const named *x = a, *y = b;
    return x->index < y->index ? -1 : x->index > y->index;
}

static const func_names *read_names(naming *n, const wr_module *m, func_names *names) {
    if (names->is_read) return names;
    names->is_read = true;
    if (!names->map.n) return names;
    wr_reader r = wr_reader_of(n->env, names->map, 0);
    uint32_t count = wr_read_count(&r, 2, "names");
    names->v = WR_NEW(&n->env->temp, named, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t index = wr_read_u32(&r);
        const uint8_t *at = r.p;
        if (wr_read_name(&r).n) names->v[names->n++] = (named){index, (uint32_t)(at - m->input.p)};
    }
    if (names->n) qsort(names->v, names->n, sizeof *names->v, by_index);
    return names;
}

static uint32_t find_name(const func_names *names, uint32_t index) {
    uint32_t low;
    WR_SEARCH(low, 0, names->n, names->v[low].index < index);
    return low < names->n && names->v[low].index == index ? names->v[low].at : 0;
}

// The length of a name and its bytes, as they stand in the module.
static wr_slice name_at(const naming *n, const wr_module *m, uint32_t at) {
    wr_reader r = wr_reader_of(n->env, wr_slice_of(m->input.p + at, m->input.n - at), 0);
    uint32_t size = wr_read_u32(&r);
    return wr_slice_of(m->input.p + at, (size_t)(r.p - (m->input.p + at)) + size);
}

// Puts the offsets of instructions in place of the numbers of labels.
static const func_names *read_labels(naming *n, uint32_t func) {
    func_names *names = &n->before.labels[func];
    const wr_module *m = n->before.m;
    read_names(n, m, names);
    if (names->is_placed || !names->n) return names;
    names->is_placed = true;
    wr_reader r = wr_ins_reader(n->env, m->funcs[func].body, wr_func_offset(m, func));
    wr_u32s ext = {0};
    wr_ins ins;
    uint32_t label = 0, k = 0;
    while (!wr_at_end(&r) && k < names->n) {
        uint32_t at = (uint32_t)wr_offset(&r);
        ext.n = 0;
        wr_ins_read(&r, &n->env->temp, &ext, &ins);
        if (!wr_opens_block(ins.op)) continue;
        if (names->v[k].index == label++) names->v[k++].index = at;
    }
    names->n = k;
    return names;
}

// --- One function of the output ---

static void tell(const naming *n, uint32_t *what, uint32_t name) {
    const wr_module *m = n->before.m;
    if (!*what)
        *what = name;
    else if (*what != name && *what != SEVERAL && !wr_slice_eq(name_at(n, m, *what), name_at(n, m, name)))
        *what = SEVERAL;
}

// The local that the input's instruction at an offset accesses; WR_NONE: it accesses none.
static uint32_t local_at(naming *n, uint32_t func, uint32_t at) {
    const wr_func *f = &n->before.m->funcs[func];
    size_t skip = (size_t)(at - wr_func_offset(n->before.m, func));
    wr_reader r = wr_reader_of(n->env, wr_slice_of(f->body.p + skip, f->body.n - skip), at);
    wr_u32s ext = {0};
    wr_ins ins;
    wr_ins_read(&r, &n->env->pass, &ext, &ins);
    return wr_names_local(ins.op) ? wr_ins_local(&ins) : WR_NONE;
}

static void read_access(naming *n, const wr_ins *ins, const wr_code_row *row, uint32_t func,
                        uint32_t origin) {
    func_names *names = &n->before.locals[func];
    evidence *e = &n->known[wr_ins_local(ins)];
    bool is_read = ins->op == WR_OP_LOCAL_GET;
    if (!names->map.n || (!is_read && row->is_made)) return;
    uint32_t local = local_at(n, func, origin);
    uint32_t name = local == WR_NONE ? 0 : find_name(read_names(n, n->before.m, names), local);
    bool is_argument = wr_ins_local(ins) < n->nparams && local < wr_func_type(n->before.m, func)->nparams;
    if (!name) return;
    tell(n, is_read ? &e->read : &e->written, name);
    if (is_read && is_argument && !row->site) tell(n, &e->argument, name);
}

// Only the first copy of a label has its name.
static void add_label(naming *n, uint32_t number, uint32_t name, uint32_t site) {
    const named_label *known = n->labels_here.v;
    uint64_t hash = wr_hash_word(name, site);
    uint32_t same;
    WR_MAP_FIND(&n->used, hash, same, known[same].name == name && known[same].site == site);
    if (same != WR_NONE) return;
    wr_map_add(&n->used, &n->env->pass, hash, n->labels_here.n);
    named_label first = {number, name, site};
    WR_PUSH(&n->env->pass, n->labels_here, first);
}

// The row of the map for the instruction at an offset; NULL: its origin is not known.
static const wr_code_row *row_at(naming *n, uint32_t at) {
    const wr_code_map *map = n->map;
    uint32_t end = wr_code_rows_end(map, n->func);
    while (n->row + 1 < end && map->rows.v[n->row + 1].at <= at) n->row++;
    const wr_code_row *row = n->row < end ? &map->rows.v[n->row] : NULL;
    return row && row->at <= at && row->origin ? row : NULL;
}

static void read_instruction(naming *n, const wr_ins *ins, uint32_t at, uint32_t label) {
    bool is_access = wr_names_local(ins->op) && n->known;
    if (!is_access && !wr_opens_block(ins->op)) return;
    const wr_code_row *row = row_at(n, at);
    if (!row) return;
    uint32_t origin = row->origin + (at - row->at), func = wr_source_input_func(n->before.m, origin);
    if (func == WR_NONE) return;
    if (is_access) {
        read_access(n, ins, row, func, origin);
    } else if (n->before.labels[func].map.n) {
        uint32_t name = find_name(read_labels(n, func), origin);
        if (name) add_label(n, label, name, row->site);
    }
}

static void put_name(wr_buf *out, uint32_t index, wr_slice name) {
    wr_put_uleb(out, index);
    wr_put_slice(out, name);
}

static void put_map(wr_buf *out, uint32_t func, uint32_t n, const wr_buf *map) {
    wr_put_uleb(out, func);
    wr_put_uleb(out, n);
    wr_put_slice(out, wr_buf_slice(map));
}

static void put_locals(naming *n, uint32_t func, uint32_t nlocals) {
    const func_names *old = read_names(n, n->after.m, &n->after.locals[func]);
    wr_buf map = wr_buf_in(&n->env->pass);
    uint32_t count = 0;
    for (uint32_t i = 0; i < nlocals; i++) {
        uint32_t name = find_name(old, i), is_old = name;
        const evidence *e = &n->known[i];
        if (!name) name = e->argument ? e->argument : e->written ? e->written : e->read;
        if (!name || name == SEVERAL) continue;
        put_name(&map, i, name_at(n, is_old ? n->after.m : n->before.m, name));
        n->any |= !is_old;
        count++;
    }
    n->nlocals += count > 0;
    if (count) put_map(&n->locals, func, count, &map);
}

static void put_labels(naming *n, uint32_t func) {
    wr_buf map = wr_buf_in(&n->env->pass);
    uint32_t count = n->labels_here.n;
    for (uint32_t i = 0; i < count; i++)
        put_name(&map, n->labels_here.v[i].number, name_at(n, n->before.m, n->labels_here.v[i].name));
    n->any |= count > 0;
    n->nlabels += count > 0;
    if (count) put_map(&n->labels, func, count, &map);
}

// Takes over what the encoder wrote.
static void copy_map(wr_buf *out, uint32_t *count, uint32_t func, const func_names *names) {
    if (!names->map.n) return;
    wr_put_uleb(out, func);
    wr_put_slice(out, names->map);
    (*count)++;
}

static void name_function(naming *n, uint32_t index) {
    uint32_t func = n->map->nimports + index;
    const wr_module *m = n->after.m;
    const wr_func *f = &m->funcs[func];
    wr_arena_reset(&n->env->pass);
    n->func = index, n->row = n->map->funcs[index].first;
    n->used = (wr_map){0}, n->labels_here.v = NULL, n->labels_here.n = n->labels_here.cap = 0;
    wr_reader r = wr_reader_of(n->env, f->body, wr_func_offset(m, func));
    wr_local_runs runs = {0};
    n->nparams = wr_func_type(m, func)->nparams;
    uint32_t nlocals = wr_ins_read_locals(&r, &n->env->pass, &runs) + n->nparams;
    n->known = nlocals <= WR_MAX_LOCALS ? WR_NEW0(&n->env->pass, evidence, nlocals) : NULL;
    wr_u32s ext = {0};
    wr_ins ins;
    for (uint32_t label = 0; !wr_at_end(&r);) {
        uint32_t at = (uint32_t)wr_offset(&r);
        ext.n = 0;
        wr_ins_read(&r, &n->env->pass, &ext, &ins);
        read_instruction(n, &ins, at, label);
        label += wr_opens_block(ins.op);
    }
    if (n->known)
        put_locals(n, func, nlocals);
    else
        copy_map(&n->locals, &n->nlocals, func, &n->after.locals[func]);
    if (n->after.labels[func].map.n)
        copy_map(&n->labels, &n->nlabels, func, &n->after.labels[func]);
    else
        put_labels(n, func);
}

// --- The section ---

static void put_subsection(wr_buf *out, unsigned sub, uint32_t n, const wr_buf *maps) {
    if (!n) return;
    wr_put_u8(out, (uint8_t)sub);
    wr_put_uleb(out, wr_uleb_size(n) + maps->n);
    wr_put_uleb(out, n);
    wr_put_slice(out, wr_buf_slice(maps));
}

// Appends those of the section's subsections whose numbers are in a range.
static void copy_subsections(const naming *n, unsigned low, unsigned high, wr_buf *out) {
    wr_reader r = wr_reader_of(n->env, n->section, 0);
    while (!wr_at_end(&r)) {
        uint8_t sub = wr_read_u8(&r);
        wr_slice payload = wr_read_bytes(&r, wr_read_u32(&r));
        if (sub < low || sub > high) continue;
        wr_put_u8(out, sub);
        wr_put_sized(out, payload);
    }
}

static void add_names(wr_env *env, void *arg) {
    naming *n = arg;
    n->before = names_of(n, n->before.m);
    n->after = names_of(n, n->after.m);
    for (uint32_t i = 0; i < n->map->nfuncs; i++) name_function(n, i);
    if (!n->any) return;
    wr_buf out = wr_buf_in(&env->perm);
    copy_subsections(n, 0, WR_NAMES_LOCAL - 1, &out);
    put_subsection(&out, WR_NAMES_LOCAL, n->nlocals, &n->locals);
    put_subsection(&out, WR_NAMES_LABEL, n->nlabels, &n->labels);
    copy_subsections(n, WR_NAMES_LABEL + 1, UINT8_MAX, &out);
    n->result = wr_buf_slice(&out);
}

wr_slice wr_local_names_add(wr_env *env, const wr_module *input, const wr_module *output,
                            const wr_code_map *map) {
    naming n = {.env = env, .map = map, .before = {.m = input}, .after = {.m = output}};
    n.locals = wr_buf_in(&env->temp), n.labels = wr_buf_in(&env->temp);
    for (uint32_t i = 0; i < output->ncustoms; i++)
        if (wr_slice_is(output->customs[i].name, "name")) n.section = output->customs[i].payload;
    bool is_good = wr_try_input(env, add_names, &n, NULL);
    return is_good ? n.result : (wr_slice){0};
}

bool wr_local_names_exist(wr_env *env, const wr_module *m) {
    wr_mark mark = wr_arena_mark(&env->temp);
    const wr_slice *locals = wr_names_maps_of(env, &env->temp, m, WR_NAMES_LOCAL);
    const wr_slice *labels = wr_names_maps_of(env, &env->temp, m, WR_NAMES_LABEL);
    bool any = false;
    for (uint32_t i = 0; i < m->nfuncs; i++) any |= locals[i].n || labels[i].n;
    wr_arena_release(&env->temp, &mark);
    return any;
}
