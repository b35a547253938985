// Calls the start function and then the constructors in an interpreter. The first that can't be evaluated
// ends this; of it, what was evaluated before that point is left out.
//
//   (memory (export "m") 1)
//   (func (export "init") (i32.store (i32.const 8) (i32.const 7)) (call $import))
//     ->
//   (memory (export "m") 1) (data (i32.const 8) "\07")
//   (func (export "init") (call $import))
//
// This is sound if the host calls the constructors first and in this order, before it looks at memory,
// globals and tables or changes them: whoever names constructors says so. Code that is evaluated depends on
// the module alone. What traps, calls an import, grows a memory, or has a result that isn't unique (NaN)
// isn't evaluated.
#include "ctors.h"

#include "analysis/interp.h"
#include "analysis/segments.h"
#include "ir/asm.h"
#include "ir/edit.h"

// Gaps of zeros that are cheaper to store than a further segment, and how many segments there may be.
enum { SHORT_GAP = 8, MOST_SEGMENTS = 10000 };
// The bytes that data may have after evaluation, beyond a multiple of the file.
enum { MORE_DATA = 1 << 20, MORE_TIMES = 4 };

// What is to be done with the export of a constructor.
typedef struct planned {
    wr_export *export;
    bool keeps, done;                // it is kept; it was evaluated wholly
    const uint64_t *results;         // in that case
    wr_interp_checkpoint checkpoint; // in the other
} planned;

typedef struct evaluation {
    wr_context *c;
    const wr_ctors *ctors;
    wr_interp *interp;
    wr_collector collector;
    WR_VEC(planned) plan;
} evaluation;

// --- New functions ---

static wr_ins number(wr_valtype type, uint64_t value) {
    switch (type) {
    case WR_I32: return I32((uint32_t)value);
    case WR_I64: return I64(value);
    case WR_F32: return WR_INS(F32_CONST, .b = value);
    default: return WR_INS(F64_CONST, .b = value);
    }
}

// Exports a new function of the same type instead.
static void replace_export(evaluation *e, wr_export *export, const wr_body *body) {
    wr_env *env = e->c->env;
    wr_module *m = e->c->m;
    export->index = wr_module_add_func(env, m, m->funcs[export->index].type, (wr_slice){0});
    wr_module_store_body(env, &e->collector, m, export->index, body);
}

// A function that only returns what the constructor returned.
static void keep_results(evaluation *e, wr_export *export, const uint64_t *results) {
    const wr_type *type = wr_func_type(e->c->m, export->index);
    wr_body body = {.func = export->index, .nparams = type->nparams, .nlocals = type->nparams};
    body.ins = WR_NEW(&e->c->env->temp, wr_ins, type->nresults + 1);
    for (uint32_t i = 0; i < type->nresults; i++)
        body.ins[body.n++] = number(type->values[type->nparams + i], results[i]);
    body.ins[body.n++] = END;
    replace_export(e, export, &body);
}

// A function that does what is left to do from the checkpoint on.
static void keep_rest(evaluation *e, wr_export *export, const wr_interp_checkpoint *checkpoint) {
    wr_env *env = e->c->env;
    wr_body body;
    uint32_t n = 0;
    wr_body_decode(env, &env->temp, e->c->m, export->index, &body);
    uint32_t rest = body.n - checkpoint->at;
    wr_ins *ins = WR_NEW(&env->temp, wr_ins, rest + 2 * (size_t)body.nlocals);
    for (uint32_t i = 0; i < body.nlocals; i++) {
        if (i >= body.nparams && !checkpoint->locals[i]) continue;
        ins[n++] = number(wr_body_local_type(e->c->m, &body, i), checkpoint->locals[i]);
        ins[n++] = SET(i);
    }
    memcpy(ins + n, body.ins + checkpoint->at, rest * sizeof *ins);
    body.ins = ins;
    body.n = n + rest;
    replace_export(e, export, &body);
}

static void apply_plan(evaluation *e) {
    for (uint32_t i = 0; i < e->plan.n; i++) {
        const planned *p = &e->plan.v[i];
        wr_arena_reset(&e->c->env->temp);
        if (!p->done)
            keep_rest(e, p->export, &p->checkpoint);
        else if (p->keeps)
            keep_results(e, p->export, p->results);
        else
            p->export->live = false;
    }
}

// --- The state afterwards ---

static void apply_globals(const evaluation *e) {
    wr_module *m = e->c->m;
    uint64_t value;
    for (uint32_t i = 0; i < m->nglobals; i++)
        if (m->globals[i].mutable && wr_interp_global(e->interp, i, &value))
            m->globals[i].init = wr_asm_const(&e->c->env->perm, number(m->globals[i].type, value));
}

typedef WR_VEC(wr_slice) pieces;

// The parts of an image without long gaps of zeros.
static uint64_t cut(wr_env *env, wr_slice image, size_t gap, pieces *list) {
    uint64_t bytes = 0;
    list->n = 0;
    for (size_t at = 0; at < image.n; at++) {
        if (!image.p[at]) continue;
        size_t end = at + 1;
        for (size_t i = end; i < image.n && i - end <= gap; i++)
            if (image.p[i]) end = i + 1;
        WR_PUSH(&env->temp, *list, wr_slice_of(image.p + at, end - at));
        bytes += end - at;
        at = end;
    }
    return bytes;
}

static uint64_t count_data(const wr_module *m) {
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < m->ndatas; i++) bytes += m->datas[i].bytes.n;
    return bytes;
}

static void replace_data(const evaluation *e, wr_slice image, const pieces *list) {
    wr_env *env = e->c->env;
    wr_module *m = e->c->m;
    for (uint32_t i = 0; i < m->ndatas; i++)
        if (m->datas[i].mode == WR_ACTIVE) m->datas[i].live = false;
    for (uint32_t i = 0; i < list->n; i++) {
        wr_slice piece = list->v[i];
        wr_expr at = wr_asm_const(&env->perm, I32(piece.p - image.p));
        wr_module_add_data(
            env, m,
            (wr_data){.mode = WR_ACTIVE, .at = at, .bytes = wr_slice_copy(&env->perm, piece), .live = true});
    }
}

// Returns false if the data would be too much.
static bool find_pieces(const evaluation *e, wr_slice image, pieces *list) {
    const wr_module *m = e->c->m;
    uint64_t most = count_data(m) + MORE_DATA + MORE_TIMES * (uint64_t)m->input.n;
    size_t gap = SHORT_GAP;
    do {
        if (cut(e->c->env, image, gap, list) > most) return false;
        gap *= 2;
    } while (list->n > MOST_SEGMENTS);
    return true;
}

// --- One constructor ---

static wr_export *find_export(const evaluation *e, const char *name) {
    const wr_module *m = e->c->m;
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].live && m->exports[i].space == WR_FUNC && wr_slice_is(m->exports[i].name, name))
            return &m->exports[i];
    wr_throw(e->c->env, WR_USAGE, WR_NO_OFFSET, "export not found: %s", name);
}

static bool is_kept(const evaluation *e, const char *name) {
    for (size_t i = 0; i < e->ctors->kept.n; i++)
        if (!strcmp(e->ctors->kept.items[i], name)) return true;
    return false;
}

// What wr_interp_results gives lives until the next call.
static const uint64_t *copy_results(const evaluation *e, uint32_t func) {
    uint32_t n = wr_func_type(e->c->m, func)->nresults;
    uint64_t *copy = WR_NEW(&e->c->env->pass, uint64_t, n);
    if (n) memcpy(copy, wr_interp_results(e->interp), n * sizeof *copy);
    return copy;
}

// Returns false if this one ends it.
static bool evaluate_one(evaluation *e, const char *name) {
    wr_buf *said = e->ctors->said;
    planned p = {.export = find_export(e, name), .keeps = is_kept(e, name)};
    uint32_t func = p.export->index;
    wr_put_format(said, "trying to eval %s\n", name);
    if (wr_func_type(e->c->m, func)->nparams && !e->ctors->no_input) {
        wr_put_format(said, "  ...stopping due to params\n  ...stopping\n");
        return false;
    }
    p.done = wr_interp_eval(e->interp, func, &p.checkpoint);
    if (p.done) p.results = copy_results(e, func);
    if (p.done || p.checkpoint.written) WR_PUSH(&e->c->env->pass, e->plan, p);
    if (p.done) {
        wr_put_format(said, "  ...success on %s.\n", name);
        return true;
    }
    wr_put_format(said, "  ...%s since could not eval: %s\n  ...stopping\n",
                  p.checkpoint.written ? "partial evalling successful, but stopping" : "stopping (in block)",
                  e->c->env->diag.message);
    return false;
}

static bool begin(evaluation *e) {
    wr_env *env = e->c->env;
    const wr_module *m = e->c->m;
    wr_interp_checkpoint checkpoint;
    uint8_t *named = WR_NEW0(&env->pass, uint8_t, m->nmemories + 1);
    wr_segments_named_memories(m, named);
    snprintf(env->diag.message, sizeof env->diag.message, "code names active segments");
    e->interp = named[0] ? NULL : wr_interp_begin(env, m, e->ctors->no_input);
    bool ok = e->interp && (m->start == WR_NONE || wr_interp_eval(e->interp, m->start, &checkpoint));
    if (!ok)
        wr_put_format(e->ctors->said, "  ...stopping since could not create module instance: %s\n",
                      env->diag.message);
    return ok;
}

void wr_ctors_evaluate(wr_context *c, const wr_ctors *ctors) {
    wr_env *env = c->env;
    evaluation e = {.c = c, .ctors = ctors};
    pieces list = {0};
    size_t before = ctors->said->n;
    for (size_t i = 0; i < ctors->names.n; i++) find_export(&e, ctors->names.items[i]);
    bool go_on = begin(&e);
    for (size_t i = 0; go_on && i < ctors->names.n; i++) go_on = evaluate_one(&e, ctors->names.items[i]);
    if (e.plan.n) {
        wr_slice image = wr_interp_memory(e.interp);
        if (find_pieces(&e, image, &list)) {
            wr_collector_init(&e.collector, &env->perm);
            if (c->m->nmemories) replace_data(&e, image, &list);
            apply_globals(&e);
            apply_plan(&e);
            c->m->start = WR_NONE;
        } else {
            ctors->said->n = before;
            wr_put_format(ctors->said, "  ...stopping since the data would be too large\n");
        }
    }
    wr_arena_reset(&env->pass);
}
