// What a run of a counting module (`wring profile`) said, as text:
//
//   # wring profile 1
//   # module IDENTITY              of the module as it was, as wr_profile_identity() gives it; may be missing
//   COUNT<TAB>INDEX<TAB>NAME       INDEX: the function, or imported function, in the module as it was; NAME:
//   for people
//
// Lines may come in any order, and more than one for a function, whose counts are added, so that the profiles
// of several runs can be joined. Other lines that begin with # are comments.
#ifndef WR_INSTRUMENT_PROFILE_H
#define WR_INSTRUMENT_PROFILE_H

#include "ir/module.h"
#include "passes/manager/state.h"

// Calls by function, in env->perm; what the profile doesn't name was not called. Throws WR_USAGE, with the
// line, for what is no profile, or the profile of another module. The identity is compared where the profile
// gives it.
uint64_t *wr_profile_read(wr_env *env, wr_slice text, const wr_module *m);

enum { WR_PROFILE_IDENTITY = 32 };

// Tells modules apart, builds of one program among them: the number of functions and a hash of the names of
// imports and exports and the sizes of bodies. out has WR_PROFILE_IDENTITY bytes.
void wr_profile_identity(const wr_module *m, char *out);

#endif
