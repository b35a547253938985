// The page of a folder: its files as boxes, modules cut into packages, kinds of data and other parts.
#include "html.h"
#include "html_parts.h"
#include "report/render/json.h"

static json_t *contents(wr_env *env, const wr_audit *a) {
    json_t *tree = json_object();
    wr_json_set(tree, "groups", wr_html_groups(env, &a->groups));
    wr_json_set(tree, "dataKinds", wr_html_data_kinds(env, a));
    wr_json_set(tree, "parts", wr_html_parts(env, a));
    return tree;
}

static json_t *file_row(wr_env *env, const wr_shipped_file *files, uint32_t i) {
    const wr_shipped_file *file = &files[i];
    json_t *row = wr_html_pair(env, wr_slice_str(file->path), file->bytes.n);
    wr_html_add_number(row, file->brotli);
    json_array_append_new(row, wr_json_slice(env, wr_shipped_describe(env, files, i)));
    json_array_append_new(row, file->audit && file->same_as == i ? contents(env, file->audit) : json_null());
    return row;
}

wr_slice wr_html_files(wr_env *env, const wr_shipped_file *files, uint32_t n, const char *name) {
    wr_html_need_library(env);
    wr_advice all = wr_shipped_advice(env, files, n);
    json_t *top = json_object(), *rows = json_array();
    for (uint32_t i = 0; i < n; i++) json_array_append_new(rows, file_row(env, files, i));
    wr_json_set(top, "kind", json_string("files"));
    wr_json_set(top, "file", json_string(name));
    wr_json_set_number(top, "bytes", all.bytes);
    wr_json_set_number(top, "brotli", all.brotli);
    wr_json_set(top, "files", rows);
    wr_html_set_steps(env, top, &all);
    return wr_html_page(env, name, top);
}
