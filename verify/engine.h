// Running modules in Node: finding it, and the small programs given to it.
#ifndef WR_VERIFY_ENGINE_H
#define WR_VERIFY_ENGINE_H

#include "support/base.h"

// Finds Node: the path given, else $WRING_NODE, else the PATH. path may be NULL. False when there is none.
bool wr_node_find(const char *path, char *out, size_t size);

// Runs a WASI program (argument: the module): its output on standard output, and how long running took as a
// workload says it.
extern const char wr_wasi_script[];
// Compiles the module several times, and says how long that took in the median.
extern const char wr_compile_script[];

#endif
