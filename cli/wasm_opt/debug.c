// Takes a source map and DWARF through the steps of a command line; see the header.
#include "debug.h"

#include <stdio.h>
#include <string.h>

#include "cli/output.h"
#include "cli/signals.h"
#include "debuginfo/source_map.h"
#include "ir/decode/decode.h"
#include "sections.h"
#include "support/file.h"

// The library writes no files; the value only says that a source map is wanted.
#define WANTED "source map"

bool wr_line_debug_has_map(const wr_line_debug *debug) { return debug->map_in || debug->map_out; }

void wr_line_debug_read(wr_env *env, wr_line_debug *debug) {
    if (!debug->map_in) return;
    wr_file file;
    int error = wr_file_read(&file, debug->map_in);
    if (error) wr_throw(env, WR_IO, WR_NO_OFFSET, "cannot read %s: %s", debug->map_in, strerror(error));
    debug->map = wr_slice_copy(&env->perm, file.bytes);
    wr_file_free(&file);
}

// --- One run of the library ---

// Where the module is to say that its source map is: what the line says, or else what the module said before.
static const char *link_of(wr_env *env, const wr_line_debug *debug, wr_slice module) {
    if (debug->map_url) return debug->map_url;
    wr_module m;
    wr_decode_module(env, module, &m);
    wr_slice url = wr_source_map_link(&m);
    if (!url.n) return NULL;
    char *text = wr_alloc(&env->perm, url.n + 1);
    memcpy(text, url.p, url.n);
    text[url.n] = 0;
    return text;
}

wring_status wr_line_debug_set(wr_env *env, const wr_line_debug *debug, wr_slice module,
                               wring_options *options) {
    wring_status status = WRING_OK;
    if (debug->dwarf && wr_sections_have(env, module, ".debug_info"))
        status = wring_options_set(options, "dwarf", NULL);
    if (status != WRING_OK || !wr_line_debug_has_map(debug)) return status;
    status = wring_options_set(options, "source-map-out", WANTED);
    const char *url = link_of(env, debug, module);
    if (status == WRING_OK && url) status = wring_options_set(options, "source-map-url", url);
    return status;
}

static const void *find_map(void *user, const char *url, size_t *size) {
    const wr_line_debug *debug = user;
    (void)url;
    *size = debug->map.n;
    return debug->map.n ? debug->map.p : NULL;
}

wr_slice wr_line_debug_run(wr_env *env, wr_line_debug *debug, wring_job *job, wr_slice module) {
    size_t size;
    if (wr_line_debug_has_map(debug)) wring_job_on_find_map(job, find_map, debug);
    wr_signal_job(job);
    wring_status status = wring_optimize(job, module.p, module.n);
    wr_signal_job(NULL);
    if (status != WRING_OK) {
        wring_diagnostic d = wring_last_diagnostic(job);
        wr_diag diag = {.status = (wr_status)status, .offset = d.offset, .func = d.function};
        snprintf(diag.message, sizeof diag.message, "%s", d.message);
        wr_rethrow(env, &diag);
    }
    const void *bytes = wring_output(job, &size);
    wr_slice output = wr_slice_copy(&env->perm, wr_slice_of(bytes, size));
    bytes = wring_source_map(job, &size);
    if (wr_line_debug_has_map(debug)) debug->map = wr_slice_copy(&env->perm, wr_slice_of(bytes, size));
    return output;
}

// --- Steps that leave the code alone ---

void wr_line_debug_moved(wr_env *env, wr_line_debug *debug, wr_slice before, wr_slice after) {
    uint32_t from = wr_sections_code_offset(env, before), to = wr_sections_code_offset(env, after);
    if (!debug->map.n || from == to) return;
    wr_sources sources = {0};
    wr_source_map_read(env, debug->map, &sources);
    for (uint32_t i = 0; i < sources.rows.n; i++) sources.rows.v[i].at += to - from;
    debug->map = wr_source_map_write(env, debug->map, &sources, sources.rows.v, sources.rows.n);
}

wr_slice wr_line_debug_plain_map(wr_env *env, const wr_line_debug *debug) {
    wr_sources sources = {0};
    uint32_t n = 0;
    wr_source_map_read(env, debug->map, &sources);
    wr_source_row *rows = sources.rows.v;
    for (uint32_t i = 0; i < sources.rows.n; i++) {
        if (rows[i].file == WR_NONE) continue;
        rows[n] = rows[i];
        rows[n++].name = WR_NONE;
    }
    return wr_source_map_write(env, debug->map, &sources, rows, n);
}

// --- The result ---

void wr_line_debug_write(wr_env *env, const wr_line_debug *debug) {
    static const char empty[] = "{\"version\":3,\"sources\":[],\"names\":[],\"mappings\":\"\"}";
    if (!debug->map_out) return;
    int error = wr_output_write(debug->map_out, debug->map.n ? debug->map : wr_slice_str(empty));
    if (error) wr_throw(env, WR_IO, WR_NO_OFFSET, "cannot write %s: %s", debug->map_out, strerror(error));
}
