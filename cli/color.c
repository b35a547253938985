// Decides whether text is coloured, by the conventions of no-color.org and bixense.com/clicolors, which
// most command-line programs follow.
#include "color.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool wr_color_wanted(int fd) {
    const char *no = getenv("NO_COLOR"), *force = getenv("CLICOLOR_FORCE"), *term = getenv("TERM");
    if (no && *no) return false;
    if (force && *force && strcmp(force, "0") != 0) return true;
    return isatty(fd) && term && *term && strcmp(term, "dumb") != 0;
}
