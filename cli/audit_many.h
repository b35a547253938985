// `wring audit` of several modules, or of a folder with its JavaScript.
#ifndef WR_CLI_AUDIT_MANY_H
#define WR_CLI_AUDIT_MANY_H

#include "inspect.h"

// Whether the command line asks for it: several files, or a folder.
bool wr_audit_is_many(const wr_args *args);

void wr_audit_many(wr_env *env, wr_inspect *inspect);

#endif
