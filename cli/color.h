// Whether text for people may have colours.
#ifndef WR_CLI_COLOR_H
#define WR_CLI_COLOR_H

#include <stdbool.h>

// NO_COLOR turns colours off, CLICOLOR_FORCE turns them on; otherwise they go to a terminal that isn't
// "dumb". fd: where the text goes.
bool wr_color_wanted(int fd);

#endif
