// Messages to the user; see the header.
#include "message.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdbool.h>
#include <unistd.h>

#include "color.h"

wr_exit wr_exit_of(wring_status status) {
    switch (status) {
    case WRING_OK: return WR_EXIT_OK;
    case WRING_USAGE: return WR_EXIT_USAGE;
    case WRING_BAD_INPUT: return WR_EXIT_BAD_INPUT;
    case WRING_IO: return WR_EXIT_IO;
    case WRING_NOMEM:
    case WRING_CANCELLED:
    case WRING_TIMEOUT: return WR_EXIT_LIMIT;
    case WRING_INTERNAL: break;
    }
    return WR_EXIT_INTERNAL;
}

#define RED "\033[1;31m"
#define CYAN "\033[1;36m"

// Names of files and values of options come from elsewhere, and must not steer a terminal.
static void disarm(char *text) {
    for (char *p = text; *p; p++)
        if (((unsigned char)*p < 0x20 && *p != '\n' && *p != '\t') || *p == 0x7f) *p = '?';
}

static void say(const char *color, const char *format, va_list args) {
    char text[2048];
    vsnprintf(text, sizeof text, format, args);
    disarm(text);
    bool colored = wr_color_wanted(STDERR_FILENO);
    fprintf(stderr, "%swring:%s %s\n", colored ? color : "", colored ? "\033[0m" : "", text);
}

void wr_message_error(const char *format, ...) {
    va_list args;
    va_start(args, format);
    say(RED, format, args);
    va_end(args);
}

void wr_message_note(const char *format, ...) {
    va_list args;
    va_start(args, format);
    say(CYAN, format, args);
    va_end(args);
}

void wr_message_diagnostic(const char *file, const wring_diagnostic *diagnostic, char *out, size_t size) {
    char offset[64] = "", function[32] = "";
    if (diagnostic->offset != UINT64_MAX)
        snprintf(offset, sizeof offset, "offset 0x%" PRIx64 " (%" PRIu64 ")", diagnostic->offset,
                 diagnostic->offset);
    if (diagnostic->function != UINT32_MAX)
        snprintf(function, sizeof function, "%sfunction %" PRIu32, offset[0] ? ", " : "",
                 diagnostic->function);
    bool placed = offset[0] || function[0];
    snprintf(out, size, "%s: %s%s%s%s%s", file, offset, function, placed ? ": " : "", diagnostic->message,
             diagnostic->status != WRING_INTERNAL ? ""
                                                  : "; this is a bug in wring, and nothing was written: "
                                                    "please report it, with the module, the options and "
                                                    "what `wring --version` prints");
}
