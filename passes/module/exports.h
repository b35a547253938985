// Which exports the user says that the host uses: checked once, before any pass.
#ifndef WR_PASSES_MODULE_EXPORTS_H
#define WR_PASSES_MODULE_EXPORTS_H

#include "ir/module.h"
#include "passes/manager/config.h"

// Throws WR_USAGE where a list names an export that isn't there, or leaves none, unless the options allow
// that. A pattern that matches nothing is only worth a warning.
void wr_exports_check(wr_env *env, const wr_module *m, const wr_config *config,
                      void (*note)(void *user, const char *text), void *user);

#endif
