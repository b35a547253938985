// Which exports of each core module a component uses, and which of its definitions do anything.
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

// What one core module shows the component that it is in.
typedef struct wr_core_face {
    wr_core_import *imports;
    wr_core_export *exports;
    uint32_t nimports, nexports;
    bool inert;       // instantiating it does nothing that anybody can notice
    bool open;        // code that is not in the file may instantiate it: all exports are used
    uint32_t same_as; // the first core module of the component with the same bytes; usually itself
} wr_core_face;

typedef struct wr_component_uses {
    wr_component_file *file;
    wr_core_face *faces; // of each core module
} wr_component_uses;

// Reads the imports and exports of a core module, which may have been optimized since. In the perm arena.
void wr_component_read_face(wr_env *env, wr_slice bytes, wr_core_face *face);

// Marks what is live: definitions, entries of core instances, exports of core modules. `remove` false:
// everything is but exports. Throws WR_BAD_INPUT where an instance lacks what is asked of it.
void wr_component_mark(wr_env *env, wr_component_uses *uses, bool remove);

// An order of the core modules in which those that import from another one come before it, as far as there is
// one.
uint32_t *wr_component_order(wr_env *env, const wr_component_uses *uses);

#endif
