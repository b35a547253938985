// What audit, diff and budget have in common: input files that are only read, workers under the limits that
// the options set, and reports that go to files or to standard output.
#ifndef WR_CLI_INSPECT_H
#define WR_CLI_INSPECT_H

#include "message.h"
#include "options.h"
#include "passes/manager/config.h"
#include "report/render/page.h"
#include "support/codec.h"
#include "support/file.h"
#include "support/pool.h"

typedef struct wr_inspect {
    const wr_args *args;
    wring_options *options;
    const wr_config *config; // from the library's options
    wr_shared shared;
    wr_pool pool;
    wr_file *files; // those read so far, in env->perm
    uint32_t nfiles, files_cap;
    const char *reading; // the file to name in error messages; NULL: none
    void (*work)(wr_env *env, struct wr_inspect *s);
    wr_exit status;
} wr_inspect;

// Sets everything up, runs work under wr_try and reports failures. Returns the exit status.
wr_exit wr_inspect_run(const wr_args *args, void (*work)(wr_env *env, wr_inspect *s));

// The bytes of a file, or of standard input for "-". They live until wr_inspect_run() returns. Throws WR_IO.
wr_slice wr_inspect_read(wr_env *env, wr_inspect *s, const char *path);

// The module in a file. For a component, this is the core module that --core-module names; without that
// option it throws WR_USAGE.
wr_slice wr_inspect_module(wr_env *env, wr_inspect *s, const char *path);

// The number given with an option, or `without` if the option is absent. Throws WR_USAGE.
uint32_t wr_inspect_number(wr_env *env, const wr_inspect *s, wr_option_id option, uint32_t without);

// The codec that --for names; WR_CODEC_RAW without that option.
wr_codec wr_inspect_codec(const wr_inspect *s);

typedef struct wr_compare_format {
    wr_option_id option;
    wr_slice (*write)(wr_env *env, void *arg);
} wr_compare_format;

// How the report that goes to standard output as text looks.
wr_page_style wr_inspect_text_style(void);

// Writes each format to the file given with its option. A format without a file goes to standard output; if
// there is none such, `plain` goes there.
void wr_inspect_write(wr_env *env, wr_inspect *s, const wr_compare_format *formats, size_t n,
                      wr_slice (*plain)(wr_env *env, void *arg), void *arg);

#endif
