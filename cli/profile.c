// `wring profile`: a module that counts its calls, and the script that reads the counts.
#include <stdio.h>
#include <string.h>

#include "component/component.h"
#include "output.h"
#include "support/assets.h"
#include "shrink.h"
#include "support/format.h"

static wr_exit fail(wr_exit status, const char *message) {
    wr_message_error("%s", message);
    return status;
}

static wr_exit write_reader(const wr_args *args) {
    const char *path = wr_args_value(args, WR_OPTION_READER);
    int error = wr_output_write(path ? path : "-", wr_slice_of(wr_asset_reader, wr_asset_reader_size));
    if (!error) return WR_EXIT_OK;
    wr_message_error("cannot write %s: %s", path ? path : "standard output", strerror(error));
    return WR_EXIT_IO;
}

static void print_notes(const wr_shrink *s) {
    const char *note;
    size_t n;
    for (size_t i = 0; (note = wring_note(s->job, i)); i++) wr_message_note("%s: %s", s->in, note);
    const void *bytes = wring_output(s->job, &n);
    fprintf(stderr, "%s: %s bytes; run it, and read its counters %s\n", s->out,
            wr_format_thousands(s->after).s,
            wr_component_recognize(wr_slice_of(bytes, n)) ? "as docs/COMPONENTS.md says"
                                                          : "with the script of `wring profile --reader`");
}

static wr_exit write_module(const wr_args *args, wring_options *options) {
    wr_shrink s = {.options = options,
                   .count = true,
                   .in = args->files[0],
                   .out = wr_args_value(args, WR_OPTION_OUTPUT)};
    wr_exit status = wr_shrink_file(&s);
    if (status != WR_EXIT_OK)
        wr_message_error("%s", s.message);
    else if (!wr_args_has(args, WR_OPTION_QUIET))
        print_notes(&s);
    wr_shrink_free(&s);
    return status;
}

int wr_cmd_profile(const wr_args *args) {
    char error[512];
    bool has_module = args->nfiles == 1 && wr_args_value(args, WR_OPTION_OUTPUT);
    if (wr_args_has(args, WR_OPTION_READER) && !args->nfiles && !wr_args_value(args, WR_OPTION_OUTPUT))
        return write_reader(args);
    if (!has_module || wr_args_has(args, WR_OPTION_READER))
        return fail(
            WR_EXIT_USAGE,
            "expected `wring profile IN -o OUT`, or `wring profile --reader`; see `wring help profile`");
    wring_options *options = wring_options_new();
    if (!options) return fail(WR_EXIT_LIMIT, "out of memory");
    wr_exit status = wr_shrink_set_options(options, args, error, sizeof error);
    status = status == WR_EXIT_OK ? write_module(args, options) : fail(status, error);
    wring_options_free(options);
    return status;
}
