// Says what a folder ships. Files are listed by their bytes, with a word on what each is; then the steps
// that save most over all modules.
#include "shipped.h"

#include <stdlib.h>

#include "inlined.h"
#include "report/render/json.h"
#include "support/format.h"

typedef struct weighing {
    wr_shipped_file *files;
} weighing;

// What goes if the module that a script holds as text is a file beside it.
static void weigh_inlined(wr_env *env, wr_shipped_file *file) {
    wr_mark mark = wr_arena_mark(&env->temp);
    wr_inlined_module in = wr_inlined_module_find(env, file->bytes);
    if (!in.text.n) return;
    size_t before = (size_t)(in.text.p - file->bytes.p), after = before + in.text.n;
    wr_buf rest = wr_buf_in(&env->temp);
    wr_put_slice(&rest, wr_slice_of(file->bytes.p, before));
    wr_put_slice(&rest, wr_slice_of(file->bytes.p + after, file->bytes.n - after));
    uint64_t apart = wr_codec_weigh_quickly(env, WR_CODEC_BROTLI, wr_buf_slice(&rest)) +
                     wr_codec_weigh_quickly(env, WR_CODEC_BROTLI, in.module);
    file->inlined = in.text.n - in.module.n;
    file->inlined_brotli = file->brotli > apart ? file->brotli - apart : 0;
    wr_arena_release(&env->temp, &mark);
}

static void weigh(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    wr_shipped_file *file = &((weighing *)arg)->files[item];
    if (file->same_as != item || !file->bytes.n) return;
    file->brotli = wr_codec_weigh_quickly(env, WR_CODEC_BROTLI, file->bytes);
    if (!file->audit && !file->failure) weigh_inlined(env, file);
}

void wr_shipped_weigh(wr_pool *pool, wr_shipped_file *files, uint32_t n) {
    weighing w = {files};
    for (uint32_t i = 0; i < n; i++) {
        files[i].same_as = i;
        for (uint32_t k = i; k--;)
            if (wr_slice_eq(files[k].bytes, files[i].bytes)) files[i].same_as = k;
    }
    wr_parallel(pool, n, weigh, &w);
    for (uint32_t i = 0; i < n; i++) files[i].brotli = files[files[i].same_as].brotli;
}

// --- The files ---

typedef struct place {
    uint64_t bytes;
    uint32_t index;
} place;

static int by_bytes(const void *a, const void *b) {
    const place *x = a, *y = b;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? 1 : -1;
    return x->index < y->index ? -1 : x->index > y->index;
}

wr_slice wr_shipped_describe(wr_env *env, const wr_shipped_file *files, uint32_t i) {
    const wr_shipped_file *file = &files[i];
    wr_buf b = wr_buf_in(&env->temp);
    if (file->same_as != i) {
        wr_put_format(&b, "the same as %s", files[file->same_as].path);
    } else if (file->failure) {
        wr_put_format(&b, "can't be read: %s", file->failure);
    } else if (file->audit) {
        const wr_audit *a = file->audit;
        wr_put_format(&b, "%s functions", wr_format_thousands(a->m.nfuncs - a->m.nfunc_imports).s);
        if (wr_has_names(a) && a->groups.n > 1 && a->groups.v[0].name.p[0] != '(')
            wr_put_format(&b, ", most of it %.*s", (int)a->groups.v[0].name.n,
                          (const char *)a->groups.v[0].name.p);
    } else {
        wr_put_format(&b, file->inlined ? "script, with a module in it as text" : "script");
    }
    return wr_buf_slice(&b);
}

static void write_files(wr_page *page, const wr_shipped_file *files, uint32_t n, uint32_t top) {
    uint64_t bytes = 0, brotli = 0, rest = 0, brotli_rest = 0;
    place *order = WR_NEW(&page->env->temp, place, n);
    for (uint32_t i = 0; i < n; i++) {
        order[i] = (place){files[i].bytes.n, i};
        bytes += files[i].bytes.n, brotli += files[i].brotli;
    }
    if (n) qsort(order, n, sizeof *order, by_bytes);
    wr_page_line(page, "%u file%s: %s bytes, %s in brotli (at its fast quality 5)", n, n == 1 ? "" : "s",
                 wr_format_thousands(bytes).s, wr_format_thousands(brotli).s);
    wr_page_heading(page, "Files");
    wr_sheet sheet = wr_sheet_begin(page, ">bytes|>share|>brotli|file|what");
    for (uint32_t i = 0; i < n; i++) {
        const wr_shipped_file *file = &files[order[i].index];
        if (i >= top) {
            rest += file->bytes.n, brotli_rest += file->brotli;
            continue;
        }
        wr_sheet_number(&sheet, file->bytes.n);
        wr_sheet_share(&sheet, file->bytes.n, bytes);
        wr_sheet_number(&sheet, file->brotli);
        wr_sheet_name(&sheet, wr_slice_str(file->path), 60);
        wr_sheet_name(&sheet, wr_shipped_describe(page->env, files, order[i].index), 0);
    }
    if (n > top) {
        wr_sheet_number(&sheet, rest);
        wr_sheet_share(&sheet, rest, bytes);
        wr_sheet_number(&sheet, brotli_rest);
        wr_sheet_cell(&sheet, "(%s more file%s)", wr_format_thousands(n - top).s, n - top == 1 ? "" : "s");
        wr_sheet_cell(&sheet, "%s", "");
    }
    wr_sheet_end(&sheet);
}

// --- What to do ---

static int by_saving(const void *a, const void *b) {
    const wr_advice_row *x = *(const wr_advice_row *const *)a, *y = *(const wr_advice_row *const *)b;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? 1 : -1;
    return x < y ? -1 : x > y; // both lie in one array for each file, in the order of the files
}

enum { LEAST_INLINED = 512 }; // bytes saved that make a row

static wr_advice_row inlined_row(wr_env *env, const wr_shipped_file *file) {
    wr_buf reason = wr_buf_in(&env->perm);
    wr_put_format(
        &reason,
        "%s holds a module in base64; as a file beside it the module is smaller, and compiled while it loads",
        file->path);
    return (wr_advice_row){
        .command = wr_slice_str("emcc -sSINGLE_FILE=0 (with webpack asset/resource, not asset/inline)"),
        .reason = wr_buf_slice(&reason),
        .risk = "one more request",
        .measured = true,
        .bytes = file->inlined,
        .brotli = file->inlined_brotli};
}

wr_advice wr_shipped_advice(wr_env *env, const wr_shipped_file *files, uint32_t n) {
    uint32_t count = 0;
    wr_advice all = {0};
    const wr_advice_row **rows = WR_NEW(&env->temp, const wr_advice_row *, (size_t)n *WR_MOST_ADVICE);
    wr_advice_row *copies = WR_NEW(&env->temp, wr_advice_row, (size_t)n * WR_MOST_ADVICE);
    for (uint32_t i = 0; i < n; i++) {
        if (files[i].inlined >= LEAST_INLINED && files[i].same_as == i) {
            copies[count] = inlined_row(env, &files[i]);
            rows[count] = &copies[count];
            count++;
        }
        all.bytes += files[i].bytes.n, all.brotli += files[i].brotli;
        for (uint32_t k = 0; files[i].advice && files[i].same_as == i && k < files[i].advice->n; k++) {
            copies[count] = files[i].advice->rows[k];
            rows[count] = &copies[count];
            count++;
        }
        if (files[i].advice) all.measured |= files[i].advice->measured;
    }
    if (count) qsort(rows, count, sizeof *rows, by_saving);
    for (uint32_t i = 0; i < count && i < WR_MOST_ADVICE; i++) all.rows[all.n++] = *rows[i];
    return all;
}

void wr_shipped_write(wr_page *page, const wr_shipped_file *files, uint32_t n, uint32_t top) {
    write_files(page, files, n, top);
    wr_advice all = wr_shipped_advice(page->env, files, n);
    wr_advice_write(page, &all);
}

// --- JSON ---

static json_t *file_row(wr_env *env, const wr_shipped_file *files, uint32_t i) {
    const wr_shipped_file *file = &files[i];
    json_t *row = json_object();
    wr_json_set(row, "file", wr_json_slice(env, wr_slice_str(file->path)));
    wr_json_set_number(row, "bytes", file->bytes.n);
    wr_json_set_number(row, "brotli", file->brotli);
    wr_json_set(row, "kind", json_string(file->audit || file->failure ? "module" : "script"));
    if (file->same_as != i)
        wr_json_set(row, "same_as", wr_json_slice(env, wr_slice_str(files[file->same_as].path)));
    if (file->failure) wr_json_set(row, "failure", json_string(file->failure));
    if (file->audit)
        wr_json_set_number(row, "functions", file->audit->m.nfuncs - file->audit->m.nfunc_imports);
    return row;
}

wr_slice wr_shipped_json(wr_env *env, const wr_shipped_file *files, uint32_t n) {
    wr_json_writer w = wr_json_begin(env);
    wr_advice all = wr_shipped_advice(env, files, n);
    wr_json_put(&w, "schema", json_string("wring-audit-files"));
    wr_json_put(&w, "version", json_integer(1));
    wr_json_put(&w, "bytes", wr_json_number(all.bytes));
    wr_json_put(&w, "brotli", wr_json_number(all.brotli));
    wr_json_open_list(&w, "files");
    for (uint32_t i = 0; i < n; i++) wr_json_item(&w, file_row(env, files, i));
    wr_json_close_list(&w);
    wr_json_put(&w, "do_these", wr_advice_json(env, &all));
    return wr_json_end(&w);
}
