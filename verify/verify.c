// Runs two modules and compares their behaviour. See verify.h. The modules and the runner are written to a
// temporary directory.
#include "verify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "support/assets.h"
#include "engine.h"
#include "support/file.h"
#include "support/process.h"

typedef struct workplace {
    char dir[256];
    char script[320], before[320], after[320], report[320], changed[320];
} workplace;

// Writes declared changes of memory as [["bytes", memory, at, size, to, table, limit], …].
static int write_changed(const char *path, const wring_job *job) {
    static const char *const kinds[] = {"bytes", "moved", "dead", "crashes"};
    FILE *file = fopen(path, "w");
    if (!file) return errno;
    wring_memory_change c;
    fputc('[', file);
    for (size_t i = 0; job && wring_changed_memory(job, i, &c); i++)
        fprintf(file, "%s[\"%s\",%" PRIu32 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "]",
                i ? ",\n" : "", kinds[c.kind], c.memory, c.at, c.size, c.to, c.table, c.limit);
    fputc(']', file);
    return fclose(file) ? errno : 0;
}

static bool prepare(workplace *w, const wring_job *job, wr_slice before, wr_slice after) {
    if (wr_file_make_temp_dir(w->dir, sizeof w->dir) != 0) return false;
    snprintf(w->script, sizeof w->script, "%s/verify.mjs", w->dir);
    snprintf(w->before, sizeof w->before, "%s/before.wasm", w->dir);
    snprintf(w->after, sizeof w->after, "%s/after.wasm", w->dir);
    snprintf(w->report, sizeof w->report, "%s/report.txt", w->dir);
    snprintf(w->changed, sizeof w->changed, "%s/changed.json", w->dir);
    return wr_file_write(w->script, wr_slice_of(wr_asset_differential, wr_asset_differential_size)) == 0 &&
           wr_file_write(w->before, before) == 0 && wr_file_write(w->after, after) == 0 &&
           write_changed(w->changed, job) == 0;
}

static void read_report(const workplace *w, wr_verify *v) {
    wr_file file;
    if (wr_file_read(&file, w->report) != 0) return;
    size_t n = file.bytes.n < sizeof v->report - 1 ? file.bytes.n : sizeof v->report - 1;
    if (n) memcpy(v->report, file.bytes.p, n);
    while (n && v->report[n - 1] == '\n') n--;
    v->report[n] = 0;
    wr_file_free(&file);
}

static wr_verdict run(const workplace *w, wr_verify *v, const char *node) {
    char seeds[32], start[48], changed[360];
    snprintf(seeds, sizeof seeds, "--seeds=%u", v->seeds);
    snprintf(start, sizeof start, "--start=%.0f", v->timeout * 1000); // time to compile and instantiate
    snprintf(changed, sizeof changed, "--changed=%s", w->changed);
    const char *argv[] = {node,      "--no-warnings", w->script,
                          w->before, w->after,        seeds,
                          start,     changed,         v->some_exports ? "--some-exports" : NULL,
                          NULL};
    wr_command command = {.argv = argv, .out_path = w->report, .timeout = v->timeout, .cpu = -1};
    wr_outcome outcome;
    wr_process_run(&command, &outcome);
    read_report(w, v);
    if (outcome.ending == WR_EXITED && outcome.code == 0) return WR_SAME;
    if (outcome.ending == WR_EXITED && outcome.code == 1) return WR_DIFFERENT;
    if (!v->report[0]) wr_outcome_text(&outcome, v->report, sizeof v->report);
    return WR_NO_ANSWER;
}

wr_verdict wr_verify_run(wr_verify *v, wr_slice before, wr_slice after) {
    char node[1024];
    workplace w = {0};
    wr_verdict verdict = WR_NO_ANSWER;
    v->report[0] = 0;
    if (!wr_engine_find_node(v->node, node, sizeof node))
        snprintf(v->report, sizeof v->report, "Node was not found; install it, or give --node=PATH");
    else if (!prepare(&w, v->job, before, after))
        snprintf(v->report, sizeof v->report, "cannot write temporary files");
    else
        verdict = run(&w, v, node);
    if (w.dir[0]) wr_file_remove_temp_dir(w.dir);
    return verdict;
}
