// Profiles: the counts from a run of an instrumented module (`wring profile`), as text:
//
//   # wring profile 1
//   # module IDENTITY              of the original module, from wr_profile_identity(); may be missing
//   COUNT<TAB>INDEX<TAB>NAME       INDEX: the function or import in the original module; NAME: for people
//   # end of the profile           may be missing
//
// Lines may come in any order. Several lines for one function add up, so profiles of several runs can be
// concatenated. A profile of a component has its core modules one after another. Other lines that begin with
// # are comments. What stands before the first line and after the last is no part of it, since a component
// writes its profile to standard error.
#ifndef WR_INSTRUMENT_PROFILE_H
#define WR_INSTRUMENT_PROFILE_H

#include "ir/module.h"
#include "passes/manager/state.h"

// Returns the number of calls by function, in env->perm; functions that the profile does not name were not
// called. Throws WR_USAGE, with the line, if the text is not a profile, or is not of this module. That is
// seen from the identities: lines that are another module's count only if none are this one's.
uint64_t *wr_profile_read(wr_env *env, wr_slice text, const wr_module *m);

// Whether the profile gives the identity of this module.
bool wr_profile_has(wr_env *env, wr_slice text, const wr_module *m);

enum { WR_PROFILE_IDENTITY = 32 };

// Writes an identity that tells modules apart, even builds of the same program: the number of functions, and
// a hash of the names of imports and exports and of the sizes of bodies. `out` has WR_PROFILE_IDENTITY bytes.
void wr_profile_identity(const wr_module *m, char *out);

#endif
