// Names of locals and labels for a module whose code was moved. The encoder (ir/encode/encode_names.c) knows
// the parameters of all functions, and everything about functions that no pass changed. Here the others get
// theirs, from the instructions that are left:
//
//     input                                      output
//     (local $i i32) (local $sum i32)            (local $sum i32)
//     local.set $sum    ;; at 0x120              local.set 0    ;; origin 0x120, so local 0 is $sum
//     loop $again       ;; at 0x130              loop           ;; origin 0x130, so it is $again
//
// A local has the name of the local whose writes it takes; if it takes none, of the one whose reads. If these
// are several of different names, because locals were coalesced, it has no name. A parameter has the name of
// the one that is read there, whatever else is written to it later. Locals of inlined functions count under
// their own names. A label has the name of the label that the same instruction had, once in a
// function.
#ifndef WR_DEBUGINFO_LOCAL_NAMES_H
#define WR_DEBUGINFO_LOCAL_NAMES_H

#include "code_map.h"

// Whether the module names any local or label.
bool wr_local_names_exist(wr_env *env, const wr_module *m);

// Returns the contents of the output's name section with these names added, in env->perm; empty if there are
// none to add, or names are malformed. Both modules are freshly decoded.
wr_slice wr_local_names_add(wr_env *env, const wr_module *input, const wr_module *output,
                            const wr_code_map *map);

#endif
