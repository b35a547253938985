// Checks the options that say which exports the host uses: once, before any pass.
#ifndef WR_PASSES_MODULE_EXPORTS_H
#define WR_PASSES_MODULE_EXPORTS_H

#include "ir/module.h"
#include "passes/manager/config.h"

// Throws WR_USAGE if an option names an export that does not exist, or if no export is left, unless the
// options permit that. For a pattern that matches nothing, only calls `note` with a warning.
void wr_exports_check(wr_env *env, const wr_module *m, const wr_config *config,
                      void (*note)(void *user, const char *text), void *user);

#endif
