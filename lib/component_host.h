// What of its host a component can use to write its profile when it ends.
#ifndef WR_LIB_COMPONENT_HOST_H
#define WR_LIB_COMPONENT_HOST_H

#include "component/component_add.h"

enum { WR_COMPONENT_EXITS = 2 };

extern const char wr_component_get_stderr[], wr_component_stream_write[];
extern const char *const wr_component_exits[WR_COMPONENT_EXITS];

typedef struct wr_component_host {
    uint32_t before;              // the first section that defines a core instance
    uint32_t out, streams, exits; // imported instances that come before it, or WR_NONE
    bool can_write;               // it takes what it needs to write to standard error
    bool takes_exit[WR_COMPONENT_EXITS];
} wr_component_host;

// Of a component that has core instances.
wr_component_host wr_component_find_host(const wr_component *c);

// Whether a core function of the component is that way to leave the program.
bool wr_component_lowers_exit(const wr_component *c, const wr_component_host *h, unsigned exit,
                              uint32_t core_func);

#endif
