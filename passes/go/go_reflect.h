// Whether a program can call methods by reflection.
#ifndef WR_PASSES_GO_GO_REFLECT_H
#define WR_PASSES_GO_GO_REFLECT_H

#include "go.h"
#include "passes/manager/pass.h"

// True if the user asserts that the program calls none, or if that is proven, as follows.
//
// The code of a method is found by its offset in a method table, by the runtime's textOff. textOff serves
// interface tables and reflect.resolveTextOff. The latter is called by Type.Method, StructOf and
// methodReceiver, and methodReceiver is only asked for values that Value.Method made. So the program calls no
// methods by reflection if either only interface tables use textOff, or only methodReceiver uses
// resolveTextOff and no function is named Value.Method, inlined or not. That the expected callers have their
// names also shows that names are as Go wrote them. Requires the functions as Go's linker left them.
bool wr_go_calls_no_methods(const wr_context *c, const wr_go *go);

#endif
