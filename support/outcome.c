// Describes how a child process ended.
#include <stdio.h>
#include <string.h>

#include "process.h"
#include "text.h"

static const char *signal_name(int number) {
#if defined(__wasi__) || defined(_WIN32)
    (void)number; // there are no child processes here
    return "a signal";
#else
    return strsignal(number);
#endif
}

// Returns the last line of the text that is not blank.
static wr_slice last_line(const char *text) {
    size_t end = strlen(text);
    while (end && strchr("\r\n \t", text[end - 1])) end--;
    size_t start = end;
    while (start && text[start - 1] != '\n') start--;
    return wr_slice_of(text + start, end - start);
}

void wr_outcome_text(const wr_outcome *outcome, char *out, size_t size) {
    wr_slice line = last_line(outcome->errors);
    if (line.n > 200) line.n = 200;
    const char *colon = line.n ? ": " : "";
    int n = (int)line.n;
    switch (outcome->ending) {
    case WR_EXITED:
        snprintf(out, size, "exit code %d%s%.*s", outcome->code, colon, n, (const char *)line.p);
        break;
    case WR_KILLED:
        snprintf(out, size, "killed by signal %d (%s)%s%.*s", outcome->code, signal_name(outcome->code),
                 colon, n, (const char *)line.p);
        break;
    case WR_TIMED_OUT: snprintf(out, size, "stopped after %s", wr_duration(outcome->seconds).s); break;
    case WR_TOO_LARGE: snprintf(out, size, "stopped, as it needed more memory than it may"); break;
    case WR_INTERRUPTED: snprintf(out, size, "interrupted"); break;
    case WR_NOT_STARTED: snprintf(out, size, "cannot be started: %s", strerror(outcome->code)); break;
    }
}
