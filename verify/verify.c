// Do two modules behave the same? See verify.h. The modules and the runner are written to a temporary directory.
#include "verify.h"

#include <stdio.h>

#include "report/render/assets.h"
#include "engine.h"
#include "support/file.h"
#include "support/process.h"

typedef struct workplace {
    char dir[256];
    char script[320], before[320], after[320], report[320];
} workplace;

static bool prepare(workplace *w, wr_slice before, wr_slice after) {
    if (wr_temp_dir(w->dir, sizeof w->dir) != 0) return false;
    snprintf(w->script, sizeof w->script, "%s/verify.mjs", w->dir);
    snprintf(w->before, sizeof w->before, "%s/before.wasm", w->dir);
    snprintf(w->after, sizeof w->after, "%s/after.wasm", w->dir);
    snprintf(w->report, sizeof w->report, "%s/report.txt", w->dir);
    return wr_file_write(w->script, wr_slice_of(wr_asset_differential, wr_asset_differential_size)) == 0 &&
           wr_file_write(w->before, before) == 0 && wr_file_write(w->after, after) == 0;
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
    char seeds[32];
    snprintf(seeds, sizeof seeds, "--seeds=%u", v->seeds);
    const char *argv[] = {node, "--no-warnings", w->script, w->before, w->after, seeds, NULL};
    wr_command command = {.argv = argv, .out_path = w->report, .timeout = v->timeout, .cpu = -1};
    wr_outcome outcome;
    wr_run_command(&command, &outcome);
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
    if (!wr_node_find(v->node, node, sizeof node))
        snprintf(v->report, sizeof v->report, "Node was not found; install it, or give --node=PATH");
    else if (!prepare(&w, before, after))
        snprintf(v->report, sizeof v->report, "cannot write temporary files");
    else
        verdict = run(&w, v, node);
    if (w.dir[0]) wr_temp_dir_remove(w.dir);
    return verdict;
}
