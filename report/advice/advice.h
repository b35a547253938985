// "Do these": the few steps that would make a module smaller, each with a command to copy, the bytes that it
// saves, and its risk. The bytes are measured by running the optimizer on the module, or proven by the
// reference graph; a step for which neither can be done is only named, without a number.
#ifndef WR_REPORT_ADVICE_ADVICE_H
#define WR_REPORT_ADVICE_ADVICE_H

#include "glue.h"
#include "report/audit/audit.h"
#include "report/render/page.h"
#include "trial.h"

enum { WR_MOST_ADVICE = 5 };

typedef struct wr_advice_row {
    wr_slice command; // to copy
    wr_slice reason;  // what it does, and what speaks for it
    const char *risk;
    bool measured;          // else proven: at least so many bytes go
    bool counted;           // the bytes are those of what the row names; else the reference graph says it
    uint64_t bytes, brotli; // saved by this step alone; brotli 0: not known, or nothing
} wr_advice_row;

typedef struct wr_advice {
    wr_advice_row rows[WR_MOST_ADVICE]; // most bytes first
    uint32_t n;
    bool measured;           // the optimizer was run
    uint64_t bytes, brotli;  // of the module; brotli 0: not measured
    const wr_slice *rebuild; // steps without a number: how the module could be built
    uint32_t nrebuild;
} wr_advice;

typedef struct wr_advice_options {
    const char *file;      // as commands are to name it
    bool measure;          // run the optimizer
    bool thorough;         // with whatever may help, however long it takes
    wr_glue glue;          // n 0: there is none
    const char *glue_file; // the first of it, for people
    wr_trial_base_fn *base;
    void *user; // for base
} wr_advice_options;

void wr_advice_make(wr_pool *pool, const wr_audit *audit, const wr_advice_options *options,
                    wr_advice *advice);
void wr_advice_write(wr_page *page, const wr_advice *advice);
// As a JSON array of objects: command, reason, risk, basis, bytes, brotli.
struct json_t *wr_advice_json(wr_env *env, const wr_advice *advice);

// --- For the files of this folder ---

typedef struct wr_adviser {
    wr_pool *pool;
    wr_env *env;
    const wr_audit *a;
    const wr_advice_options *options;
    wr_advice *advice;
    WR_VEC(wr_advice_row) rows;
    WR_VEC(wr_slice) rebuild;
} wr_adviser;

// A formatted text in the main env's perm arena; a zero byte follows it.
wr_slice wr_advice_text(wr_adviser *adviser, const char *format, ...) __attribute__((format(printf, 2, 3)));

// The module's file, quoted for a shell where that is needed.
wr_slice wr_advice_file(wr_adviser *adviser);
// "wring app.wasm -o app.min.wasm OPTIONS".
wr_slice wr_advice_shrink(wr_adviser *adviser, const char *options);

// Adds rows that the graph proves: packages and functions that one place alone needs.
void wr_advice_on_users(wr_adviser *adviser);
// Adds exports of one prefix that keep much together, and says what many small exports take.
void wr_advice_on_export_families(wr_adviser *adviser);
// Adds large tables, texts and files in data.
void wr_advice_on_data(wr_adviser *adviser);
// Adds what the toolchain that made the module could do better.
void wr_advice_on_toolchain(wr_adviser *adviser);

#endif
