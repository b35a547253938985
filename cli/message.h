// Messages to the user on standard error, and the program's exit statuses.
#ifndef WR_CLI_MESSAGE_H
#define WR_CLI_MESSAGE_H

#include <stddef.h>

#include "wring.h"

typedef enum wr_exit {
    WR_EXIT_OK = 0,
    WR_EXIT_USAGE = 1,
    WR_EXIT_BAD_INPUT = 2,
    WR_EXIT_IO = 3,
    WR_EXIT_INTERNAL = 4,
    WR_EXIT_LIMIT = 5,     // out of memory or time
    WR_EXIT_DIFFERENT = 6, // compare, verify: two modules behave differently
    WR_EXIT_OVER = 7,      // budget: a limit is exceeded
} wr_exit;

wr_exit wr_exit_of(wring_status status);

// Prints "wring: " and the message on one line. A complaint is about an error, a note about a run that goes
// on; they differ in their colour alone, where there is one.
void wr_message_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void wr_message_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

// The text for a job that failed: "FILE: offset 0x1a2b (6699), function 17: expected …".
void wr_message_diagnostic(const char *file, const wring_diagnostic *diagnostic, char *out, size_t size);

#endif
