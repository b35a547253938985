// `wring batch`: many jobs in one process, so that test drivers don't pay for starting it each time. A job
// that fails answers with its status. A job that crashes ends the process, and the driver starts another one.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shrink.h"

// The options of a line, as words: pieces of the line itself.
static int split(char *text, char **words, int most) {
    int n = 0;
    for (char *word = strtok(text, " "); word && n < most; word = strtok(NULL, " ")) words[n++] = word;
    return n;
}

static void answer(wr_exit status, const char *message) {
    printf("%d\t", status);
    for (; *message; message++) putchar(*message == '\n' || *message == '\t' ? ' ' : *message);
    putchar('\n');
    fflush(stdout);
}

static wr_exit run(const wr_args *common, const wr_args *own, const char *in, const char *out, char *message,
                   size_t size) {
    wr_shrink shrink = {.options = wring_options_new(), .in = in, .out = out};
    wr_exit status =
        shrink.options ? wr_shrink_set_options(shrink.options, common, message, size) : WR_EXIT_LIMIT;
    if (status == WR_EXIT_OK) status = wr_shrink_set_options(shrink.options, own, message, size);
    if (status == WR_EXIT_OK) {
        wr_shrink_set_debug(&shrink, own);
        status = wr_shrink_file(&shrink);
        if (status == WR_EXIT_OK)
            snprintf(message, size, "%llu -> %llu", (unsigned long long)shrink.before,
                     (unsigned long long)shrink.after);
        else
            snprintf(message, size, "%s", shrink.message);
    }
    wr_shrink_free(&shrink);
    wring_options_free(shrink.options);
    return status;
}

static void do_line(const wr_args *common, char *line) {
    enum { MOST = 256 };
    char *words[MOST], message[1024] = "out of memory";
    char *in = line, *out = strchr(line, '\t');
    if (!out) {
        answer(WR_EXIT_USAGE, "expected IN<TAB>OUT<TAB>OPTIONS");
        return;
    }
    *out++ = 0;
    char *options = strchr(out, '\t');
    if (options) *options++ = 0;
    wr_args args;
    wr_exit status = WR_EXIT_USAGE;
    if (wr_args_parse(&args, WR_CMD_BATCH, split(options ? options : "", words, MOST), words))
        status = run(common, &args, in, out, message, sizeof message);
    else
        snprintf(message, sizeof message, "%s", args.error);
    wr_args_free(&args);
    answer(status, message);
}

int wr_cmd_batch(const wr_args *args) {
    char *line = NULL;
    size_t cap = 0;
    if (args->nfiles) {
        wr_message_error("batch reads its jobs from standard input, and takes no file names");
        return WR_EXIT_USAGE;
    }
    for (ssize_t n; (n = getline(&line, &cap, stdin)) > 0;) {
        if (line[n - 1] == '\n') line[n - 1] = 0;
        if (*line) do_line(args, line);
    }
    free(line);
    return WR_EXIT_OK;
}
