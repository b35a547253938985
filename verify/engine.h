// Runs modules in Node: finds it, and holds the small scripts that it is given.
#ifndef WR_VERIFY_ENGINE_H
#define WR_VERIFY_ENGINE_H

#include "support/base.h"

// Finds Node: the given path, else $WRING_NODE, else the PATH. `path` may be NULL. Returns false if there is
// none.
bool wr_engine_find_node(const char *path, char *out, size_t size);

// Runs a WASI program (argument: the module). Prints its output, and how long it ran as a workload reports
// it.
extern const char wr_engine_wasi_script[];
// Compiles the module several times and prints the median time.
extern const char wr_engine_compile_script[];

#endif
