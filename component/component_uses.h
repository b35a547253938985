// Finds which exports of each core module a component uses, and which of its definitions have any effect.
#ifndef WR_COMPONENT_COMPONENT_USES_H
#define WR_COMPONENT_COMPONENT_USES_H

#include "component.h"

typedef struct wr_core_import {
    wr_slice module, name;
    uint8_t sort; // wr_sort
} wr_core_import;

typedef struct wr_core_export {
    wr_slice name;
    uint8_t sort;
    bool used;
} wr_core_export;

// The interface of a core module to the component around it.
typedef struct wr_core_face {
    wr_core_import *imports;
    wr_core_export *exports;
    uint32_t nimports, nexports;
    bool inert;       // instantiating it has no observable effect
    bool open;        // code outside the file may instantiate it, so all its exports are used
    uint32_t same_as; // the first core module of the component with the same bytes; usually itself
} wr_core_face;

typedef struct wr_component_uses {
    wr_component_file *file;
    wr_core_face *faces; // one for each core module
} wr_component_uses;

// Reads the imports and exports of a core module, which may have been optimized since. Results in the perm
// arena.
void wr_component_read_face(wr_env *env, wr_slice bytes, wr_core_face *face);

// Marks what is live: definitions, entries of core instances, exports of core modules. If `remove` is false,
// everything except exports is. Throws WR_BAD_INPUT if an instance lacks something that is requested of it.
void wr_component_mark(wr_env *env, wr_component_uses *uses, bool remove);

// An order in which core modules come before those that they import from, as far as there is one.
uint32_t *wr_component_order(wr_env *env, const wr_component_uses *uses);

#endif
