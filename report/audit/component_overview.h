// Says what fills a component: its core modules, its own definitions by kind, and the cost of each imported
// interface.
#ifndef WR_REPORT_AUDIT_COMPONENT_OVERVIEW_H
#define WR_REPORT_AUDIT_COMPONENT_OVERVIEW_H

#include "component/component.h"
#include "report/render/page.h"
#include "support/pool.h"

typedef struct wr_core_module_size {
    uint64_t bytes, code, data, custom;
    uint32_t nfuncs; // with bodies
    uint32_t inside; // depth of the component that it is in
} wr_core_module_size;

typedef struct wr_interface_size {
    wr_slice name;
    uint64_t bytes;     // of its type, its import, its aliases and the functions lowered from them
    uint32_t functions; // lowered
    // In the core modules that get them:
    uint32_t callers;        // functions that call one
    uint64_t code, retained; // bytes of these, and with what nothing else needs
} wr_interface_size;

typedef struct wr_component_overview {
    wr_slice input;
    wr_component_file file;
    wr_core_module_size *modules;
    uint64_t parts[WR_CSECTIONS]; // bytes of sections, headers included, of all components; core modules' and
                                  // components' headers only
    uint64_t preambles;
    wr_interface_size *interfaces; // of the file's own component
    uint32_t ninterfaces;
} wr_component_overview;

// Reads the component. Results live as long as the pool and the input.
void wr_component_overview_make(wr_pool *pool, wr_slice input, wr_component_overview *overview);
void wr_component_overview_write(wr_page *page, const wr_component_overview *overview, const char *file);

// --- For the files of this folder ---

// Sets `interfaces`; the rest is there.
void wr_component_interfaces_measure(wr_pool *pool, wr_component_overview *overview);

#endif
