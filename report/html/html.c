// Writes the page of a module or of a diff. Its data is stored in columns rather than as objects, because
// a module has tens of thousands of functions and the page should open at once. page.js draws it; its head
// describes the fields.
#include "html.h"

#include "asset.h"
#include "html_parts.h"

#include "support/assets.h"
#include "report/audit/boundary.h"
#include "report/render/json.h"
#include "report/render/page.h"
#include "report/audit/queries.h"
#include "report/audit/quotes.h"

enum { MOST_NODES = 20000, MOST_EDGES = 300000, LONGEST_NAME = 300 };

void wr_html_add_number(json_t *list, uint64_t n) { json_array_append_new(list, wr_json_number(n)); }

static void add_name(wr_env *env, json_t *list, wr_slice name) {
    json_array_append_new(list, wr_json_slice(env, wr_page_printable(&env->temp, name, LONGEST_NAME)));
}

json_t *wr_html_pair(wr_env *env, wr_slice name, uint64_t bytes) {
    json_t *row = json_array();
    add_name(env, row, name);
    wr_html_add_number(row, bytes);
    return row;
}

// --- The audit ---

json_t *wr_html_groups(wr_env *env, const wr_buckets *buckets) {
    json_t *list = json_array();
    for (uint32_t i = 0; i < buckets->n; i++) {
        json_t *row = wr_html_pair(env, buckets->v[i].name, buckets->v[i].bytes);
        wr_html_add_number(row, buckets->v[i].functions);
        json_array_append_new(list, row);
    }
    return list;
}

json_t *wr_html_parts(wr_env *env, const wr_audit *a) {
    json_t *list = json_array();
    for (unsigned part = 0; part < WR_PARTS; part++) {
        if (part == WR_PART_CODE || part == WR_PART_DECLARATION || part == WR_PART_DATA ||
            part == WR_PART_CUSTOM)
            continue;
        if (a->inv.bytes[part])
            json_array_append_new(
                list, wr_html_pair(env, wr_slice_str(wr_size_map_part_labels[part]), a->inv.bytes[part]));
    }
    for (uint32_t i = 0; i < a->m.ncustoms; i++)
        json_array_append_new(list, wr_html_pair(env, a->m.customs[i].name, a->inv.custom_size[i]));
    return list;
}

json_t *wr_html_data_kinds(wr_env *env, const wr_audit *a) {
    json_t *list = json_array();
    for (unsigned kind = 0; kind < WR_DATA_KINDS; kind++)
        if (a->data.bytes[kind])
            json_array_append_new(
                list, wr_html_pair(env, wr_slice_str(wr_data_kind_labels[kind]), a->data.bytes[kind]));
    return list;
}

static json_t *data_symbols(wr_env *env, const wr_audit *a) {
    json_t *list = json_array();
    for (uint32_t i = 0; i < a->linking.n; i++)
        json_array_append_new(
            list, wr_html_pair(env, wr_data_symbol_text(env, a, &a->linking.v[i]), a->linking.v[i].size));
    return list;
}

static json_t *calls_of(const wr_audit *a) {
    json_t *list = json_array();
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++) wr_html_add_number(list, a->calls[f]);
    return list;
}

// By function, the functions that it calls, as places in the list; NULL if a page of that size would open
// slowly.
static json_t *callees(const wr_audit *a) {
    uint64_t edges = 0;
    json_t *lists = json_array();
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++) {
        const wr_summary *summary = &a->m.funcs[f].summary;
        json_t *list = json_array();
        for (uint32_t i = 0; i < summary->nuses && edges < MOST_EDGES; i++) {
            uint32_t callee = wr_ref_index(summary->uses[i].ref);
            if (wr_ref_space(summary->uses[i].ref) != WR_FUNC || callee < a->m.nfunc_imports) continue;
            wr_html_add_number(list, callee - a->m.nfunc_imports);
            edges++;
        }
        json_array_append_new(lists, list);
    }
    if (edges < MOST_EDGES) return lists;
    json_decref(lists);
    return NULL;
}

// By function: a text that tells those without names apart, or null.
static json_t *says(wr_env *env, const wr_audit *a) {
    uint32_t n = a->m.nfuncs - a->m.nfunc_imports, *funcs = WR_NEW(&env->perm, uint32_t, n);
    for (uint32_t i = 0; i < n; i++) funcs[i] = a->m.nfunc_imports + i;
    const wr_slice *quotes = wr_quotes_find(env, a, funcs, n);
    json_t *list = json_array();
    for (uint32_t i = 0; i < n; i++) {
        if (quotes[i].n)
            add_name(env, list, quotes[i]);
        else
            json_array_append_new(list, json_null());
    }
    return list;
}

// By function: its share in the compressed file.
static json_t *compressed(const wr_audit *a, const wr_compressed_costs *costs) {
    json_t *list = json_array();
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++)
        wr_html_add_number(list, (uint64_t)costs->funcs[f]);
    return list;
}

// Likewise of the parts that are no functions.
static json_t *compressed_parts(wr_env *env, const wr_compressed_costs *costs) {
    json_t *list = json_array();
    for (uint32_t i = 0; i < costs->n; i++) {
        const wr_compressed_cost *row = &costs->rows[i];
        bool functions = wr_slice_is(row->name, wr_size_map_part_labels[WR_PART_CODE]) ||
                         wr_slice_is(row->name, wr_size_map_part_labels[WR_PART_DECLARATION]);
        if (row->kind == WR_COST_PART && !functions && row->packed > 0)
            json_array_append_new(list, wr_html_pair(env, row->name, (uint64_t)row->packed));
    }
    return list;
}

static json_t *functions(wr_env *env, const wr_audit *a) {
    json_t *names = json_array(), *group = json_array(), *bytes = json_array(), *instructions = json_array();
    json_t *retained = json_array(), *data = json_array();
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++) {
        uint32_t node = a->graph.base[WR_FUNC] + f;
        add_name(env, names, a->symbols.funcs[f].text);
        wr_html_add_number(group, a->groups.of[f]);
        wr_html_add_number(bytes, wr_func_bytes(a, f));
        wr_html_add_number(instructions, a->m.funcs[f].summary.ninstructions);
        wr_html_add_number(retained, a->graph.retained[node]);
        wr_html_add_number(data, a->graph.retained_data[node]);
    }
    json_t *columns = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:i}", "name", names, "group", group, "bytes",
                                bytes, "instructions", instructions, "retained", retained, "data", data,
                                "first", (int)a->m.nfunc_imports);
    json_t *called = callees(a);
    if (called) wr_json_set(columns, "callees", called);
    if (a->calls) wr_json_set(columns, "calls", calls_of(a));
    if (a->evidence.funcs) wr_json_set(columns, "says", says(env, a));
    return columns;
}

// The nodes that retain most. What a node's dominator retains is never less, so the list holds whole
// branches.
static json_t *dominators(wr_env *env, const wr_audit *a) {
    json_t *name = json_array(), *bytes = json_array(), *retained = json_array(), *data = json_array(),
           *parent = json_array();
    uint32_t n, *order = wr_audit_nodes_by_retained(env, a, &n);
    uint32_t *place = WR_NEW(&env->temp, uint32_t, a->graph.n);
    if (n > MOST_NODES) n = MOST_NODES;
    memset(place, 0xff, a->graph.n * sizeof *place);
    for (uint32_t i = 0; i < n; i++) place[order[i]] = i;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t up = place[a->graph.idom[order[i]]];
        add_name(env, name, wr_queries_node_name(&env->temp, a, order[i]));
        wr_html_add_number(bytes, a->graph.size[order[i]]);
        wr_html_add_number(retained, a->graph.retained[order[i]]);
        wr_html_add_number(data, a->graph.retained_data[order[i]]);
        json_array_append_new(parent, json_integer(up == WR_NONE ? -1 : (json_int_t)up));
    }
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "name", name, "bytes", bytes, "retained", retained, "data",
                     data, "parent", parent);
}

static json_t *imports(wr_env *env, const wr_audit *a) {
    json_t *list = json_array();
    wr_import_use *uses = wr_import_uses(env, a);
    for (uint32_t i = 0; i < a->m.nfunc_imports; i++) {
        json_t *row = json_array();
        add_name(env, row, a->symbols.funcs[uses[i].func].text);
        add_name(env, row, wr_boundary_signature(&env->temp, wr_func_type(&a->m, uses[i].func)));
        wr_html_add_number(row, uses[i].sites);
        wr_html_add_number(row, uses[i].loop_sites);
        wr_html_add_number(row, uses[i].callers);
        if (a->calls) wr_html_add_number(row, uses[i].calls);
        json_array_append_new(list, row);
    }
    return list;
}

static json_t *findings(wr_env *env, const wr_audit *a) {
    json_t *list = json_array();
    for (unsigned id = 0; id < WR_FINDING_COUNT; id++) {
        if (!a->findings[id].bytes) continue;
        json_t *row = wr_html_pair(env, wr_slice_str(wr_saving_labels[id]), a->findings[id].bytes);
        wr_html_add_number(row, a->findings[id].count);
        json_array_append_new(list, row);
    }
    return list;
}

void wr_html_set_steps(wr_env *env, json_t *top, const wr_advice *advice) {
    json_t *hints = json_array();
    for (uint32_t i = 0; i < advice->nrebuild; i++)
        json_array_append_new(hints, wr_json_slice(env, advice->rebuild[i]));
    wr_json_set(top, "steps", wr_advice_json(env, advice));
    wr_json_set(top, "hints", hints);
}

static json_t *estimate_rows(const wr_estimate *estimate) {
    json_t *list = json_array();
    for (uint32_t i = 0; i < estimate->n; i++) {
        const wr_estimate_row *row = &estimate->rows[i];
        json_t *cells = json_pack("[s, I, s]", row->pass, (json_int_t)row->bytes, row->summary);
        if (estimate->codec != WR_CODEC_RAW)
            json_array_append_new(cells, json_integer((json_int_t)row->packed));
        json_array_append_new(list, cells);
    }
    return list;
}

// --- Pages ---

enum { FRAME = 64 << 10 }; // about what a page has besides its data

static void put(wr_buf *out, const char *text) { wr_put_slice(out, wr_slice_str(text)); }

static void put_escaped(wr_buf *out, const char *text) {
    for (; *text; text++) {
        if (*text == '<')
            put(out, "&lt;");
        else if (*text == '&')
            put(out, "&amp;");
        else
            wr_put_u8(out, (uint8_t)*text);
    }
}

void wr_html_need_library(wr_env *env) {
    if (!wr_asset_d3_size)
        wr_throw(env, WR_USAGE, WR_NO_OFFSET,
                 "this program was built without d3-hierarchy, which --html pages need");
}

wr_slice wr_html_page(wr_env *env, const char *title, json_t *data) {
    wr_slice text = wr_json_text(env, data, JSON_COMPACT | JSON_ESCAPE_SLASH);
    wr_buf out = wr_buf_in(&env->perm);
    wr_buf_room(&out, text.n + FRAME);
    put(&out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
              "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    put_escaped(&out, title);
    put(&out, "</title>\n<style>\n");
    wr_html_put_asset(&out, wr_asset_css, wr_asset_css_size);
    put(&out, "</style>\n</head>\n<body>\n<script id=\"data\" type=\"application/json\">");
    wr_put_slice(&out, text);
    put(&out, "</script>\n<script>\n");
    wr_html_put_asset(&out, wr_asset_d3, wr_asset_d3_size);
    put(&out, "\n</script>\n<script>\n");
    wr_html_put_asset(&out, wr_asset_map, wr_asset_map_size);
    put(&out, "</script>\n<script>\n");
    wr_html_put_asset(&out, wr_asset_js, wr_asset_js_size);
    put(&out, "</script>\n</body>\n</html>\n");
    return wr_buf_slice(&out);
}

static const char *language_name(const wr_audit *a) {
    static const char *const names[] = {"c", "cxx", "rust", "go", "kotlin"};
    return names[a->symbols.language];
}

wr_slice wr_html_audit(wr_env *env, const wr_audit *a, const wr_estimate *estimate,
                       const wr_compressed_costs *costs, const wr_advice *advice, const char *name) {
    wr_html_need_library(env);
    json_t *top = json_object();
    wr_json_set(top, "kind", json_string("audit"));
    wr_json_set(top, "file", json_string(name));
    wr_json_set_number(top, "bytes", a->m.input.n);
    wr_json_set(top, "language", json_string(language_name(a)));
    wr_json_set(top, "names", a->symbols.source ? json_string(a->symbols.source) : json_null());
    wr_json_set(top, "parts", wr_html_parts(env, a));
    wr_json_set(top, "dataKinds", wr_html_data_kinds(env, a));
    if (a->linking.n) wr_json_set(top, "dataSymbols", data_symbols(env, a));
    wr_json_set(top, "groups", wr_html_groups(env, &a->groups));
    wr_json_set(top, "generics", wr_html_groups(env, &a->instances));
    json_t *columns = functions(env, a);
    if (costs->n) {
        wr_json_set(columns, "compressed", compressed(a, costs));
        wr_json_set(top, "codec", json_string(wr_compressed_share_label(costs->codec, a->m.input.n)));
        wr_json_set(top, "compressedParts", compressed_parts(env, costs));
    }
    wr_json_set(top, "functions", columns);
    wr_json_set(top, "dominators", dominators(env, a));
    wr_json_set(top, "imports", imports(env, a));
    wr_json_set(top, "findings", findings(env, a));
    wr_html_set_steps(env, top, advice);
    if (estimate->rows) wr_json_set(top, "estimate", estimate_rows(estimate));
    return wr_html_page(env, name, top);
}

// --- The diff ---

static json_t *group_changes(wr_env *env, const wr_diff_group *list, uint32_t n) {
    json_t *rows = json_array();
    for (uint32_t i = 0; i < n; i++) {
        json_t *row = wr_html_pair(env, list[i].name, list[i].old_bytes);
        wr_html_add_number(row, list[i].new_bytes);
        json_array_append_new(rows, row);
    }
    return rows;
}

static json_t *function_changes(wr_env *env, const wr_diff *d) {
    json_t *rows = json_array();
    for (uint32_t i = 0; i < d->nrows; i++) {
        json_t *row = wr_html_pair(env, wr_diff_name(d, &d->rows[i]), d->rows[i].old_bytes);
        wr_html_add_number(row, d->rows[i].new_bytes);
        add_name(env, row, wr_diff_group_name(d, &d->rows[i]));
        json_array_append_new(row, json_string(wr_diff_state_words[wr_diff_state_of(&d->rows[i])]));
        json_array_append_new(rows, row);
    }
    return rows;
}

wr_slice wr_html_diff(wr_env *env, const wr_diff *d, const char *before, const char *after) {
    wr_html_need_library(env);
    json_t *top = json_object();
    wr_json_set(top, "kind", json_string("diff"));
    wr_json_set(top, "fileBefore", json_string(before));
    wr_json_set(top, "file", json_string(after));
    wr_json_set_number(top, "before", d->before->m.input.n);
    wr_json_set_number(top, "bytes", d->after->m.input.n);
    wr_json_set(top, "language", json_string(language_name(d->after)));
    wr_json_set(top, "parts", group_changes(env, d->parts, d->nparts));
    wr_json_set(top, "groups", group_changes(env, d->groups, d->ngroups));
    wr_json_set(top, "dataKinds", group_changes(env, d->kinds, d->nkinds));
    wr_json_set(top, "changes", function_changes(env, d));
    wr_json_set_number(top, "same", d->same + d->renumbered);
    return wr_html_page(env, after, top);
}
