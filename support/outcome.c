// Describes how a child process ended.
#include <stdio.h>
#include <string.h>

#include "process.h"
#include "format.h"

static const char *signal_name(int number) {
#if defined(__wasi__) || defined(_WIN32)
    (void)number; // there are no child processes here
    return "a signal";
#else
    return strsignal(number);
#endif
}

// The line of the text that ends before `end`, without white space at its end.
static wr_slice line_before(const char *text, size_t end) {
    size_t start = end;
    while (start && text[start - 1] != '\n') start--;
    while (end > start && strchr("\r \t", text[end - 1])) end--;
    return wr_slice_of(text + start, end - start);
}

// Node ends its report of an uncaught exception with stack frames, a blank line and its own version.
static bool is_noise(wr_slice line) {
    return !line.n || wr_slice_starts(line, "    at ") || wr_slice_starts(line, "Node.js v");
}

// Returns the last line of the text that says something.
static wr_slice last_line(const char *text) {
    for (size_t end = strlen(text);; end--) {
        wr_slice line = line_before(text, end);
        if (!is_noise(line)) return line;
        end = (size_t)((const char *)line.p - text);
        if (!end) return wr_slice_of(text, 0);
    }
}

wr_slice wr_outcome_tail(const wr_outcome *outcome, unsigned most) {
    const char *text = outcome->errors;
    size_t first = 0, last = 0;
    for (size_t end = strlen(text); most; end = first - 1) {
        wr_slice line = line_before(text, end);
        first = (size_t)((const char *)line.p - text);
        bool version = wr_slice_starts(line, "Node.js v");
        if (!last && line.n && !version) last = first + line.n;
        most -= last != 0;
        if (!first) break;
    }
    return wr_slice_of(text + first, last > first ? last - first : 0);
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
    case WR_TIMED_OUT: snprintf(out, size, "stopped after %s", wr_format_duration(outcome->seconds).s); break;
    case WR_TOO_LARGE: snprintf(out, size, "stopped, as it needed more memory than it may"); break;
    case WR_INTERRUPTED: snprintf(out, size, "interrupted"); break;
    case WR_NOT_STARTED: snprintf(out, size, "cannot be started: %s", strerror(outcome->code)); break;
    }
}
