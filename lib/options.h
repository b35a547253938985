// The options object: the public setters fill a wr_config.
#ifndef WR_LIB_OPTIONS_H
#define WR_LIB_OPTIONS_H

#include "passes/manager/config.h"
#include "wring.h"

struct wring_options {
    wr_config config;
    char error[256];
};

#endif
