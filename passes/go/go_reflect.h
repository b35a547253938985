// Whether a program can call methods by reflection.
#ifndef WR_PASSES_GO_GO_REFLECT_H
#define WR_PASSES_GO_GO_REFLECT_H

#include "go.h"
#include "passes/manager/pass.h"

// True if the user says that it calls none, or if that is proven. The code of a method is found by its offset
// in a method table: by the runtime's textOff, for interface tables and for reflect.resolveTextOff. That is
// called by Type.Method, StructOf and methodReceiver; and what the last is asked for are values made by
// Value.Method. So either nothing but interface tables asks textOff; or nothing but methodReceiver asks
// resolveTextOff, and nothing is named Value.Method, inlined or not. The names of the callers also show that
// names are told as they are. Needs functions as Go's linker left them.
bool wr_go_calls_no_methods(const wr_context *c, const wr_go *go);

#endif
