// The reference graph of a Go program as Go's linker saw it. In the module, every Go function is in the table
// and may be called by the runtime's dispatch loop, so that nothing seems to depend on anything. The linker
// knew better: it began at main.main and the runtime, and followed calls and the addresses of functions in
// data (closures, interface tables, method tables). Init functions go with the other functions of their
// package.
#ifndef WR_REPORT_AUDIT_GO_PROGRAM_H
#define WR_REPORT_AUDIT_GO_PROGRAM_H

#include "audit.h"

// Functions and other entities have the nodes that they have in the audit's graph; pieces of data are its
// own. Results are in env->perm. What it says to retain goes when the program is built again without it;
// wring itself can't take it from the module. If the memory can't be read, this is the audit's graph.
void wr_go_program_graph(wr_env *env, const wr_audit *audit, wr_graph *graph);

#endif
