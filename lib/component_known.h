// What a component lets one core module know of another.
#ifndef WR_LIB_COMPONENT_KNOWN_H
#define WR_LIB_COMPONENT_KNOWN_H

#include "component/component_suppliers.h"
#include "instrument/known_imports.h"

// Makes sure that a core module is valid, before its code is read.
typedef void (*wr_check_module_fn)(void *user, uint32_t module);

// By core module: the imports of which the component says what they are. The component must have been marked,
// and its core modules be as they are in the file. `check` may be NULL if they are valid. Results are in the
// perm arena.
wr_known_imports *wr_component_known(wr_env *env, const wr_component_uses *uses, wr_check_module_fn check,
                                     void *user);

#endif
