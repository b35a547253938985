// Writes the tables of an audit row by row, each as a list of objects in module order or by size.
#include "audit_json.h"

#include "report/audit/boundary.h"
#include "report/audit/quotes.h"
#include "report/render/json.h"

enum { VERSION = 1 };

typedef struct writer {
    wr_env *env;
    const wr_audit *a;
    const wr_compressed_costs *costs;
    wr_json_writer out;
} writer;

static json_t *slice(const writer *w, wr_slice s) { return wr_json_slice(w->env, s); }
static void put(writer *w, const char *key, json_t *value) { wr_json_put(&w->out, key, value); }
static void put_row(writer *w, json_t *row) { wr_json_item(&w->out, row); }

static void parts(writer *w) {
    for (unsigned part = 0; part < WR_PARTS; part++) {
        json_t *row = json_object();
        wr_json_set(row, "part", json_string(wr_size_map_part_keys[part]));
        wr_json_set_number(row, "bytes", w->a->inv.bytes[part]);
        wr_json_set_number(row, "count", w->a->inv.count[part]);
        put_row(w, row);
    }
}

static void custom_sections(writer *w) {
    for (uint32_t i = 0; i < w->a->m.ncustoms; i++) {
        json_t *row = json_object();
        wr_json_set(row, "name", slice(w, w->a->m.customs[i].name));
        wr_json_set_number(row, "bytes", w->a->inv.custom_size[i]);
        put_row(w, row);
    }
}

static json_t *evidence_of(const writer *w, const wr_attribution *known) {
    json_t *row = json_object();
    wr_json_set(row, "kind", json_string(wr_evidence_keys[known->kind]));
    if (known->name.n) wr_json_set(row, "name", slice(w, known->name));
    if (known->why.n) wr_json_set(row, "from", slice(w, known->why));
    wr_json_set_number(row, "confidence", known->confidence);
    return row;
}

static json_t *function(const writer *w, uint32_t f, wr_slice says) {
    const wr_audit *a = w->a;
    const wr_symbol *symbol = &a->symbols.funcs[f];
    uint32_t node = a->graph.base[WR_FUNC] + f;
    json_t *row = json_object();
    wr_json_set_number(row, "index", f);
    wr_json_set(row, "name", slice(w, symbol->text));
    if (symbol->raw.n && !wr_slice_eq(symbol->raw, symbol->text))
        wr_json_set(row, "symbol", slice(w, symbol->raw));
    wr_json_set(row, "group", slice(w, wr_audit_group_name(a, f)));
    if (symbol->instance) wr_json_set(row, "generic", slice(w, symbol->family));
    wr_json_set_number(row, "bytes", wr_func_bytes(a, f));
    wr_json_set_number(row, "instructions", a->m.funcs[f].summary.ninstructions);
    if (a->evidence.funcs && a->evidence.funcs[f].group.n)
        wr_json_set(row, "evidence", evidence_of(w, &a->evidence.funcs[f]));
    if (says.n) wr_json_set(row, "says", slice(w, says));
    if (w->costs->n) wr_json_set(row, "compressed", json_integer((json_int_t)w->costs->funcs[f]));
    if (a->calls) wr_json_set_number(row, "calls", a->calls[f]);
    if (!wr_is_live_func(a, f)) {
        wr_json_set(row, "dead", json_true());
        return row;
    }
    wr_json_set_number(row, "retained", a->graph.retained[node]);
    wr_json_set_number(row, "retained_data", a->graph.retained_data[node]);
    return row;
}

static void functions(writer *w) {
    uint32_t first = w->a->m.nfunc_imports, n = w->a->m.nfuncs - first, *list;
    list = WR_NEW(&w->env->perm, uint32_t, n);
    for (uint32_t i = 0; i < n; i++) list[i] = first + i;
    const wr_slice *says = wr_quotes_find(w->env, w->a, list, n);
    for (uint32_t i = 0; i < n; i++) put_row(w, function(w, first + i, says[i]));
}

static void buckets(writer *w, const wr_buckets *b) {
    for (uint32_t i = 0; i < b->n; i++) {
        json_t *row = json_object();
        wr_json_set(row, "name", slice(w, b->v[i].name));
        wr_json_set_number(row, "bytes", b->v[i].bytes);
        wr_json_set_number(row, "functions", b->v[i].functions);
        wr_json_set_number(row, "largest", b->v[i].largest);
        put_row(w, row);
    }
}

static void imports(writer *w) {
    const wr_audit *a = w->a;
    wr_import_use *uses = wr_import_uses(w->env, a);
    for (uint32_t i = 0; i < a->m.nfunc_imports; i++) {
        const wr_import *import = &a->m.imports[a->m.funcs[uses[i].func].import];
        json_t *row = json_object();
        wr_json_set(row, "module", slice(w, import->module));
        wr_json_set(row, "name", slice(w, import->name));
        wr_json_set(row, "signature",
                    slice(w, wr_boundary_signature(&w->env->temp, wr_func_type(&a->m, uses[i].func))));
        wr_json_set_number(row, "call_sites", uses[i].sites);
        wr_json_set_number(row, "call_sites_in_loops", uses[i].loop_sites);
        wr_json_set_number(row, "callers", uses[i].callers);
        wr_json_set_number(row, "bytes_a_call", uses[i].traffic);
        if (a->calls) wr_json_set_number(row, "calls", uses[i].calls);
        put_row(w, row);
    }
}

static void exports(writer *w) {
    static const char *const kinds[] = {"function", "table", "memory", "global", "tag"};
    const wr_audit *a = w->a;
    for (uint32_t i = 0; i < a->m.nexports; i++) {
        const wr_export *export = &a->m.exports[i];
        uint32_t node = a->graph.base[export->space] + export->index;
        json_t *row = json_object();
        wr_json_set(row, "name", slice(w, export->name));
        wr_json_set(row, "kind", json_string(kinds[export->space]));
        wr_json_set_number(row, "index", export->index);
        wr_json_set_number(row, "retained", a->graph.retained[node]);
        wr_json_set_number(row, "retained_data", a->graph.retained_data[node]);
        put_row(w, row);
    }
}

static json_t *data_kinds(const wr_data_profile *profile) {
    json_t *row = json_object();
    for (unsigned kind = 0; kind < WR_DATA_KINDS; kind++)
        wr_json_set_number(row, wr_data_kind_keys[kind], profile->bytes[kind]);
    return row;
}

static void segments(writer *w) {
    for (uint32_t i = 0; i < w->a->m.ndatas; i++) {
        json_t *row = json_object();
        wr_json_set_number(row, "index", i);
        if (w->a->symbols.datas[i].n) wr_json_set(row, "name", slice(w, w->a->symbols.datas[i]));
        wr_json_set_number(row, "bytes", w->a->inv.size[WR_DATA][i]);
        put_row(w, row);
    }
}

static void data_symbols(writer *w) {
    const wr_linking *linking = &w->a->linking;
    for (uint32_t i = 0; i < linking->n; i++) {
        const wr_data_symbol *symbol = &linking->v[i];
        json_t *row = json_object();
        wr_slice text = wr_data_symbol_text(w->env, w->a, symbol);
        wr_json_set(row, "name", slice(w, text));
        if (!wr_slice_eq(text, symbol->name)) wr_json_set(row, "symbol", slice(w, symbol->name));
        wr_json_set_number(row, "segment", symbol->data);
        wr_json_set_number(row, "offset", symbol->offset);
        wr_json_set_number(row, "bytes", symbol->size);
        put_row(w, row);
    }
}

static void large_data(writer *w) {
    for (uint32_t i = 0; i < w->a->large.v.n; i++) {
        const wr_large_piece *piece = &w->a->large.v.v[i];
        json_t *row = json_object();
        wr_json_set(row, "kind", json_string(wr_data_kind_keys[piece->kind]));
        if (piece->known) wr_json_set(row, "known", slice(w, wr_slice_str(piece->known)));
        wr_json_set_number(row, "segment", piece->data);
        wr_json_set_number(row, "offset", piece->offset);
        wr_json_set_number(row, "bytes", piece->size);
        if (piece->user != WR_NONE) wr_json_set_number(row, "user", piece->user);
        wr_json_set_number(row, "users", piece->users);
        put_row(w, row);
    }
}

static void embedded_files(writer *w) {
    const wr_embedded_files *files = &w->a->space.files;
    for (uint32_t i = 0; i < files->n; i++) {
        json_t *row = json_object();
        const char *format = files->v[i].format;
        wr_json_set(row, files->v[i].has_path ? "path" : "format", slice(w, wr_slice_str(format)));
        wr_json_set_number(row, "segment", files->v[i].data);
        wr_json_set_number(row, "offset", files->v[i].offset);
        wr_json_set_number(row, "bytes", files->v[i].size);
        put_row(w, row);
    }
}

static void findings(writer *w) {
    for (unsigned id = 0; id < WR_FINDING_COUNT; id++) {
        json_t *row = json_object();
        wr_json_set(row, "what", json_string(wr_savings_finding_keys[id]));
        wr_json_set_number(row, "bytes", w->a->findings[id].bytes);
        wr_json_set_number(row, "count", w->a->findings[id].count);
        put_row(w, row);
    }
}

static json_t *costs_of(const writer *w, const wr_compressed_costs *costs) {
    static const char *const kinds[] = {[WR_COST_PART] = "part",
                                        [WR_COST_GROUP] = "group",
                                        [WR_COST_FUNCTION] = "function",
                                        [WR_COST_FINDING] = "removable"};
    json_t *list = json_array();
    for (uint32_t i = 0; i < costs->n; i++) {
        json_t *row = json_object();
        wr_json_set(row, kinds[costs->rows[i].kind], slice(w, costs->rows[i].name));
        wr_json_set_number(row, "bytes", costs->rows[i].bytes);
        wr_json_set(row, "compressed", json_integer((json_int_t)costs->rows[i].packed));
        json_array_append_new(list, row);
    }
    return json_pack("{s:s, s:I, s:o}", "codec", wr_codec_keys[costs->codec], "bytes",
                     (json_int_t)costs->packed, "rows", list);
}

static json_t *estimate_of(const wr_estimate *estimate) {
    bool packed = estimate->codec != WR_CODEC_RAW;
    json_t *list = json_array();
    for (uint32_t i = 0; i < estimate->n; i++) {
        json_t *row = json_object();
        wr_json_set(row, "pass", json_string(estimate->rows[i].pass));
        wr_json_set(row, "change", json_integer((json_int_t)estimate->rows[i].bytes));
        if (packed) wr_json_set(row, "compressed_change", json_integer((json_int_t)estimate->rows[i].packed));
        json_array_append_new(list, row);
    }
    json_t *top = json_pack("{s:I, s:o}", "bytes", (json_int_t)estimate->bytes, "passes", list);
    if (packed) wr_json_set_number(top, "compressed", estimate->packed);
    return top;
}

static void put_general(writer *w, const char *name) {
    const wr_audit *a = w->a;
    put(w, "schema", json_string("wring-audit"));
    put(w, "version", json_integer(VERSION));
    put(w, "file", slice(w, wr_slice_str(name)));
    put(w, "bytes", wr_json_number(a->m.input.n));
    put(w, "names", a->symbols.source ? slice(w, wr_slice_str(a->symbols.source)) : json_null());
}

static void put_list(writer *w, const char *key, void (*rows)(writer *w)) {
    wr_json_open_list(&w->out, key);
    rows(w);
    wr_json_close_list(&w->out);
}

static void groups(writer *w) { buckets(w, &w->a->groups); }
static void generics(writer *w) { buckets(w, &w->a->instances); }

wr_slice wr_audit_json(wr_env *env, const wr_audit *a, const wr_compressed_costs *costs,
                       const wr_estimate *estimate, const wr_advice *advice, const char *name) {
    writer w = {env, a, costs, wr_json_begin(env)};
    put_general(&w, name);
    put_list(&w, "parts", parts);
    put_list(&w, "custom_sections", custom_sections);
    put_list(&w, "groups", groups);
    put_list(&w, "generics", generics);
    put_list(&w, "functions", functions);
    put_list(&w, "imports", imports);
    put_list(&w, "exports", exports);
    put(&w, "data_kinds", data_kinds(&a->data));
    put_list(&w, "data_segments", segments);
    if (a->linking.n) put_list(&w, "data_symbols", data_symbols);
    put_list(&w, "embedded_files", embedded_files);
    put_list(&w, "large_data", large_data);
    put_list(&w, "removable", findings);
    if (advice->n) put(&w, "do_these", wr_advice_json(env, advice));
    if (estimate->rows) put(&w, "estimate", estimate_of(estimate));
    if (costs->n) put(&w, "compressed", costs_of(&w, costs));
    return wr_json_end(&w.out);
}
