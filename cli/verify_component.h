// The behaviour of two files, modules or components, for `wring verify` and `wring --verify`.
#ifndef WR_CLI_VERIFY_COMPONENT_H
#define WR_CLI_VERIFY_COMPONENT_H

#include "verify/verify.h"

// As wr_verify_run(), which handles modules. Of components each core module of `after` is compared with its
// counterpart in `before`, in what both export: what is left out there, the component does not use. How the
// core modules are tied together is not compared.
wr_verdict wr_verify_files(wr_verify *v, wr_slice before, wr_slice after);

#endif
