// Which core module of the component supplies each import of each other one.
#ifndef WR_COMPONENT_COMPONENT_SUPPLIERS_H
#define WR_COMPONENT_COMPONENT_SUPPLIERS_H

#include "component_uses.h"

typedef struct wr_core_supplier {
    uint32_t module; // WR_NONE: it comes from elsewhere, or not from one place
    uint32_t export; // number of the export in that module's interface
} wr_core_supplier;

// By core module, by import. Everything is looked at that is live since the last marking, so whatever
// instance of the module there is, its import is an instance's export of that name. A module that others may
// instantiate has no known suppliers. Results are in the perm arena.
wr_core_supplier **wr_component_suppliers(wr_env *env, const wr_component_uses *uses);

#endif
