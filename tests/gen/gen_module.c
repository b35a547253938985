// Random modules around random code: types, imports, tables, memories, globals, segments, exports of
// everything. Numbers are sometimes written with padding, and bodies declare locals in awkward ways, to
// exercise the decoder.
#include "generate.h"

#include <stdio.h>

#include "gen.h"

wr_valtype gen_number_type(gen *g) {
    static const wr_valtype types[] = {WR_I32, WR_I32, WR_I32, WR_I64, WR_I64, WR_F32, WR_F64, WR_V128};
    wr_valtype type = types[below(&g->rng, 8)];
    return type == WR_V128 && !g->simd ? WR_I32 : type;
}

static wr_valtype boundary_type(gen *g) { // types that a host can pass
    wr_valtype type = gen_number_type(g);
    return type == WR_V128 ? WR_I64 : type;
}

static void choose_features(gen *g) {
    g->simd = chance(&g->rng, 3);
    g->refs = chance(&g->rng, 2);
    g->gc = g->refs && chance(&g->rng, 2);
    g->desc = g->gc && chance(&g->rng, 3);
    g->eh = g->refs && chance(&g->rng, 2);
    g->tail = chance(&g->rng, 4);
    g->threads = chance(&g->rng, 6);
    g->multi_memory = chance(&g->rng, 6);
    g->is64 = chance(&g->rng, 10);
    gen_choose_rare_features(g);
}

static void choose_types(gen *g) {
    g->ntypes = 2 + below(&g->rng, 8);
    for (uint32_t i = 0; i < g->ntypes; i++) {
        signature *s = &g->types[i];
        s->nparams = below(&g->rng, 4);
        s->nresults = i < 2 ? 0 : chance(&g->rng, 5) ? 2 : below(&g->rng, 2);
        for (uint32_t k = 0; k < s->nparams; k++) s->params[k] = boundary_type(g);
        for (uint32_t k = 0; k < s->nresults; k++) s->results[k] = boundary_type(g);
        if (i && chance(&g->rng, 4)) *s = g->types[i - 1]; // duplicates
    }
    g->struct_type = g->ntypes;
    g->array_type = g->ntypes + 1;
    g->bytes_type = g->ntypes + 2;
    g->functions_type = g->ntypes + 3;
    g->described_type = g->ntypes + (g->rare ? 4 : 2);
}

static uint32_t some_of(gen *g, uint32_t n) { return chance(&g->more, 4) ? below(&g->more, n + 1) : 0; }

static void choose_imports(gen *g) {
    if (!g->rare) return;
    g->imported_memories = some_of(g, g->nmemories);
    g->imported_tables = some_of(g, g->ntables);
    g->imported_globals = some_of(g, g->nglobals);
    g->imported_tags = some_of(g, g->ntags);
    for (uint32_t i = 0; i < g->imported_globals; i++) g->globals[i].imported = true;
}

static void choose_spaces(gen *g) {
    g->nimports = below(&g->rng, 4);
    g->nfuncs = g->nimports + 1 + below(&g->rng, 12);
    for (uint32_t i = 0; i < g->nfuncs; i++) {
        g->funcs[i] = below(&g->rng, g->ntypes);
        if (i > g->nimports && chance(&g->rng, 3)) g->funcs[i] = g->funcs[i - 1];
    }
    g->nglobals = below(&g->rng, 8);
    for (uint32_t i = 0; i < g->nglobals; i++)
        g->globals[i] = (global_info){gen_number_type(g), chance(&g->rng, 3) ? false : true, false};
    g->nmemories = chance(&g->rng, 6) ? 0 : g->multi_memory ? 2 : 1;
    g->ntables = chance(&g->rng, 4) ? 0 : 1 + (g->refs ? below(&g->rng, 2) : 0);
    g->ntags = g->eh || g->legacy ? 1 + below(&g->rng, 2) : 0;
    g->ndatas = g->nmemories ? 2 + below(&g->rng, 5) : 0;
    g->passive_data = g->ndatas && chance(&g->rng, 2) ? g->ndatas - 1 : WR_NONE;
    g->nelems = g->ntables ? 2 : 0;
    g->passive_elem = g->nelems && g->refs ? 1 : WR_NONE;
    choose_imports(g);
    // Without a draw, so that all other modules stay what they were.
    bool is_sparse = g->rare && g->passive_data != WR_NONE && (g->more.state >> 40 & 3) == 0;
    g->sparse = is_sparse ? 100 + (uint32_t)(g->more.state >> 48 & 255) : 0;
}

// --- Sections ---

static void put_uleb(gen *g, wr_buf *b, uint64_t value) {
    if (value < 64 && chance(&g->rng, 30)) { // padded
        wr_put_u8(b, (uint8_t)(value | 0x80));
        wr_put_u8(b, 0);
    } else {
        wr_put_uleb(b, value);
    }
}

static void put_section(wr_buf *out, uint8_t id, const wr_buf *payload) {
    wr_put_u8(out, id);
    wr_put_sized(out, wr_buf_slice(payload));
}

static void put_signature(wr_buf *b, const signature *s) {
    wr_put_u8(b, 0x60);
    wr_put_uleb(b, s->nparams);
    for (uint32_t i = 0; i < s->nparams; i++) wr_valtype_write(b, s->params[i]);
    wr_put_uleb(b, s->nresults);
    for (uint32_t i = 0; i < s->nresults; i++) wr_valtype_write(b, s->results[i]);
}

static void put_types(gen *g, wr_buf *out) {
    wr_buf b = wr_buf_in(&g->env->perm);
    put_uleb(g, &b, g->ntypes + (g->gc ? g->rare ? 4 : 2 : 0) + g->desc);
    for (uint32_t i = 0; i < g->ntypes; i++) put_signature(&b, &g->types[i]);
    if (g->gc) {
        wr_put_bytes(&b, "\x5f\x03\x7f\x01\x7e\x01\x78\x01", 8);
        wr_put_bytes(&b, "\x5e\x7f\x01", 3);
        if (g->rare) wr_put_bytes(&b, "\x5e\x78\x01\x5e\x70\x01", 6);
    }
    if (g->desc) {
        uint8_t group[] = {0x4e, 2, 0x4d, (uint8_t)(g->described_type + 1), 0x5f, 1,
                           0x7f, 0, 0x4c, (uint8_t)g->described_type,       0x5f, 0};
        wr_put_bytes(&b, group, sizeof group);
    }
    put_section(out, WR_SEC_TYPE, &b);
}

static void put_memory_type(gen *g, wr_buf *b, uint32_t i) {
    wr_put_u8(b, (uint8_t)(1 | (g->threads && i == 0 ? 2 : 0) | (g->is64 && i == 0 ? 4 : 0)));
    wr_put_bytes(b, "\x01\x03", 2);
}

static void put_table_type(wr_buf *b) { wr_put_bytes(b, "\x70\x01\x0c\x20", 4); } // funcref 12 32

static void put_tag_type(wr_buf *b, uint32_t i) {
    wr_put_u8(b, 0);
    wr_put_uleb(b, i);
}

static void put_global_type(gen *g, wr_buf *b, uint32_t i) {
    wr_valtype_write(b, g->globals[i].type);
    wr_put_u8(b, g->globals[i].mutable);
}

static void put_import_name(wr_buf *b, char letter, uint32_t i, uint8_t kind) {
    char name[16];
    snprintf(name, sizeof name, "%c%u", letter, i);
    wr_put_sized(b, wr_slice_str("env"));
    wr_put_sized(b, wr_slice_str(name));
    wr_put_u8(b, kind);
}

static void put_imports(gen *g, wr_buf *out) {
    wr_buf b = wr_buf_in(&g->env->perm);
    put_uleb(g, &b,
             g->nimports + g->imported_memories + g->imported_tables + g->imported_globals +
                 g->imported_tags);
    for (uint32_t i = 0; i < g->nimports; i++) {
        put_import_name(&b, 'f', i, WR_FUNC);
        put_uleb(g, &b, g->funcs[i]);
    }
    for (uint32_t i = 0; i < g->imported_tables; i++)
        put_import_name(&b, 't', i, WR_TABLE), put_table_type(&b);
    for (uint32_t i = 0; i < g->imported_memories; i++)
        put_import_name(&b, 'm', i, WR_MEMORY), put_memory_type(g, &b, i);
    for (uint32_t i = 0; i < g->imported_globals; i++)
        put_import_name(&b, 'g', i, WR_GLOBAL), put_global_type(g, &b, i);
    for (uint32_t i = 0; i < g->imported_tags; i++) put_import_name(&b, 'e', i, WR_TAG), put_tag_type(&b, i);
    put_section(out, WR_SEC_IMPORT, &b);
}

static void put_functions(gen *g, wr_buf *out) {
    wr_buf b = wr_buf_in(&g->env->perm);
    wr_put_uleb(&b, g->nfuncs - g->nimports);
    for (uint32_t i = g->nimports; i < g->nfuncs; i++) put_uleb(g, &b, g->funcs[i]);
    put_section(out, WR_SEC_FUNCTION, &b);
}

static void put_tables_and_memories(gen *g, wr_buf *out) {
    wr_buf b = wr_buf_in(&g->env->perm);
    wr_put_uleb(&b, g->ntables - g->imported_tables);
    for (uint32_t i = g->imported_tables; i < g->ntables; i++) put_table_type(&b);
    if (g->ntables) put_section(out, WR_SEC_TABLE, &b);
    b.n = 0;
    wr_put_uleb(&b, g->nmemories - g->imported_memories);
    for (uint32_t i = g->imported_memories; i < g->nmemories; i++) put_memory_type(g, &b, i);
    if (g->nmemories) put_section(out, WR_SEC_MEMORY, &b);
    b.n = 0;
    wr_put_uleb(&b, g->ntags - g->imported_tags);
    for (uint32_t i = g->imported_tags; i < g->ntags; i++) put_tag_type(&b, i);
    if (g->ntags) put_section(out, WR_SEC_TAG, &b);
}

static void put_globals(gen *g, wr_buf *out) {
    wr_buf b = wr_buf_in(&g->env->perm);
    wr_put_uleb(&b, g->nglobals - g->imported_globals);
    g->code = &b;
    for (uint32_t i = g->imported_globals; i < g->nglobals; i++) {
        put_global_type(g, &b, i);
        gen_const(g, g->globals[i].type);
        wr_put_u8(&b, 0x0b);
    }
    put_section(out, WR_SEC_GLOBAL, &b);
}

static void put_export(wr_buf *b, char letter, uint32_t i, uint8_t kind) {
    char name[16];
    snprintf(name, sizeof name, "%c%u", letter, i);
    wr_put_sized(b, wr_slice_str(name));
    wr_put_u8(b, kind);
    wr_put_uleb(b, i);
}

static void put_exports(gen *g, wr_buf *out) {
    wr_buf b = wr_buf_in(&g->env->perm), count = wr_buf_in(&g->env->perm);
    uint32_t n = 0;
    for (uint32_t i = g->nimports; i < g->nfuncs; i++)
        if (!chance(&g->rng, 4)) put_export(&b, 'f', i, WR_FUNC), n++;
    for (uint32_t i = 0; i < g->nmemories; i++) put_export(&b, 'm', i, WR_MEMORY), n++;
    for (uint32_t i = 0; i < g->nglobals; i++)
        if (g->globals[i].type != WR_V128) put_export(&b, 'g', i, WR_GLOBAL), n++;
    if (g->ntables && chance(&g->rng, 2)) put_export(&b, 't', 0, WR_TABLE), n++;
    wr_put_uleb(&count, n);
    wr_put_slice(&count, wr_buf_slice(&b));
    put_section(out, WR_SEC_EXPORT, &count);
}

static void put_func_list(gen *g, wr_buf *b, uint32_t n) {
    wr_put_uleb(b, n);
    for (uint32_t i = 0; i < n; i++) wr_put_uleb(b, below(&g->rng, g->nfuncs));
}

static void put_elems(gen *g, wr_buf *out) {
    wr_buf b = wr_buf_in(&g->env->perm);
    bool declares = g->refs; // every function may be named by ref.func
    if (!g->nelems && !declares) return;
    wr_put_uleb(&b, g->nelems + declares);
    if (g->nelems) {
        wr_put_bytes(&b, "\x00\x41", 2);
        wr_put_sleb(&b, below(&g->rng, 4));
        wr_put_u8(&b, 0x0b);
        put_func_list(g, &b, 1 + below(&g->rng, 8));
        wr_put_bytes(&b, g->passive_elem != WR_NONE ? "\x01\x00" : "\x00\x41\x00\x0b",
                     g->passive_elem != WR_NONE ? 2 : 4);
        put_func_list(g, &b, 2);
    }
    if (declares) {
        wr_put_bytes(&b, "\x03\x00", 2);
        wr_put_uleb(&b, g->nfuncs);
        for (uint32_t i = 0; i < g->nfuncs; i++) wr_put_uleb(&b, i);
    }
    put_section(out, WR_SEC_ELEMENT, &b);
}

// Bytes that repeat each other in runs, near and far, with zeros between.
static void put_repeating(gen *g, wr_buf *b, uint32_t n) {
    size_t start = b->n;
    while (b->n - start < n) {
        uint32_t run = 1 + below(&g->rng, chance(&g->rng, 8) ? 700 : 30), distance = 0;
        unsigned kind = below(&g->rng, 4);
        if (kind > 1 && b->n > start) distance = 1 + below(&g->rng, (uint32_t)(b->n - start));
        if (run > n - (b->n - start)) run = (uint32_t)(n - (b->n - start));
        while (run--) wr_put_u8(b, distance ? b->p[b->n - distance] : kind ? (uint8_t)rng_next(&g->rng) : 0);
    }
}

// A few bytes and many zeros in turns.
static void put_sparse(gen *g, wr_buf *b) {
    wr_put_uleb(b, g->sparse);
    for (uint32_t i = 0, zeros = below(&g->rng, 30); i < g->sparse; i++) {
        bool is_zero = zeros && zeros--;
        if (!is_zero && chance(&g->rng, 4)) zeros = below(&g->rng, 200);
        wr_put_u8(b, is_zero ? 0 : (uint8_t)rng_next(&g->rng));
    }
}

static void put_datas(gen *g, wr_buf *out) {
    wr_buf b = wr_buf_in(&g->env->perm);
    wr_put_uleb(&b, g->ndatas);
    for (uint32_t i = 0; i < g->ndatas; i++) {
        uint32_t memory = i != g->passive_data && g->nmemories > 1 && chance(&g->rng, 3) ? 1 : 0;
        wr_put_u8(&b, i == g->passive_data ? 1 : memory ? 2 : 0);
        if (memory) wr_put_uleb(&b, memory);
        if (i != g->passive_data) {
            wr_put_u8(&b, g->is64 && memory == 0 ? 0x42 : 0x41);
            wr_put_sleb(&b, below(&g->rng, chance(&g->rng, 3) ? 64 : 4000));
            wr_put_u8(&b, 0x0b);
        }
        if (g->sparse && i == g->passive_data) {
            put_sparse(g, &b);
            continue;
        }
        bool repeats = chance(&g->rng, 6);
        uint32_t n = below(&g->rng, repeats ? 3000 : 60);
        wr_put_uleb(&b, n);
        if (repeats) put_repeating(g, &b, n);
        for (uint32_t k = 0; k < n && !repeats; k++)
            wr_put_u8(&b, chance(&g->rng, 2) ? 0 : (uint8_t)rng_next(&g->rng));
    }
    put_section(out, WR_SEC_DATA, &b);
}

// --- Bodies ---

static void put_locals(gen *g, wr_buf *body) {
    uint32_t n = 0;
    wr_buf runs = wr_buf_in(&g->env->perm);
    for (uint32_t i = g->nparams; i < g->nlocals; i++, n++) {
        if (chance(&g->rng, 10)) { // a run of none
            wr_put_bytes(&runs, "\x00\x7d", 2);
            n++;
        }
        put_uleb(g, &runs, 1);
        wr_valtype_write(&runs, g->locals[i]);
    }
    wr_put_uleb(body, n);
    wr_put_slice(body, wr_buf_slice(&runs));
}

static void put_body(gen *g, wr_buf *out, uint32_t func) {
    const signature *s = &g->types[g->funcs[func]];
    wr_buf code = wr_buf_in(&g->env->perm), body = wr_buf_in(&g->env->perm);
    g->code = &code;
    g->self = s;
    g->nparams = g->nlocals = s->nparams;
    memcpy(g->locals, s->params, sizeof s->params);
    for (uint32_t i = below(&g->rng, 8); i > 0; i--) g->locals[g->nlocals++] = gen_number_type(g);
    g->labels[0] = (label){.n = s->nresults};
    memcpy(g->labels[0].types, s->results, sizeof s->results);
    g->nlabels = 1;
    g->jumpy = chance(&g->rng, 3);
    g->budget = 4 + (int)below(&g->rng, g->jumpy ? 250 : 120);
    for (uint32_t i = 1 + below(&g->rng, 10); i > 0; i--) gen_statement(g);
    for (uint32_t i = 0; i < s->nresults; i++) gen_value(g, s->results[i]);
    wr_put_u8(&code, 0x0b);
    put_locals(g, &body);
    wr_put_slice(&body, wr_buf_slice(&code));
    wr_put_sized(out, wr_buf_slice(&body));
}

static void put_code(gen *g, wr_buf *out) {
    wr_buf b = wr_buf_in(&g->env->perm);
    wr_put_uleb(&b, g->nfuncs - g->nimports);
    for (uint32_t i = g->nimports; i < g->nfuncs; i++) {
        rng before = g->rng;
        if (i + 1 < g->nfuncs && chance(&g->rng, 3) && g->funcs[i] == g->funcs[i + 1]) {
            put_body(g, &b, i); // and the same, or nearly the same, again
            g->rng = before;
            rng_next(&g->rng);
            i++;
        }
        put_body(g, &b, i);
    }
    put_section(out, WR_SEC_CODE, &b);
}

static void list_ops(void) {
    memset(&gen_ops, 0, sizeof gen_ops);
    for (unsigned op = 0; op < WR_OPS; op++) {
        const wr_opinfo *info = &wr_opinfos[op];
        if (info->custom || info->npush > 1) continue;
        if (info->push == WR_SIG_ADDRESS) {
            gen_ops.ops[WR_I32][gen_ops.n[WR_I32]++] = (uint16_t)op;
            gen_ops.ops[WR_I64][gen_ops.n[WR_I64]++] = (uint16_t)op;
        } else {
            gen_ops.ops[info->push][gen_ops.n[info->push]++] = (uint16_t)op;
        }
    }
}

wr_slice gen_module(gen *g) {
    list_ops();
    choose_features(g);
    choose_types(g);
    choose_spaces(g);
    wr_buf out = wr_buf_in(&g->env->perm);
    wr_put_bytes(&out, "\0asm\1\0\0\0", 8);
    put_types(g, &out);
    put_imports(g, &out);
    put_functions(g, &out);
    put_tables_and_memories(g, &out);
    put_globals(g, &out);
    put_exports(g, &out);
    put_elems(g, &out);
    if (g->ndatas) {
        wr_buf count = wr_buf_in(&g->env->perm);
        wr_put_uleb(&count, g->ndatas);
        put_section(&out, WR_SEC_DATA_COUNT, &count);
    }
    put_code(g, &out);
    if (g->ndatas) put_datas(g, &out);
    return wr_buf_slice(&out);
}

typedef struct request {
    uint64_t seed;
    void (*take)(void *user, wr_slice module);
    void *user;
} request;

static void make(wr_env *env, void *arg) {
    request *q = arg;
    gen g = {.env = env, .rng = {q->seed * 0x9e3779b97f4a7c15u + 1}};
    for (int i = 0; i < 4; i++) rng_next(&g.rng);
    gen_choose_rare(&g, q->seed);
    gen_begin_repeats(&g, q->seed);
    q->take(q->user, gen_module(&g));
}

bool wr_generate(uint64_t seed, void (*take)(void *user, wr_slice module), void *user) {
    wr_shared shared = {0};
    wr_env env;
    wr_env_init(&env, &shared);
    request q = {seed, take, user};
    wr_status status = wr_try(&env, make, &q);
    wr_env_free(&env);
    return status == WR_OK;
}
