// The boundary between the module and its host: imports with the places that call them, and exports with what
// they retain.
#ifndef WR_REPORT_AUDIT_BOUNDARY_H
#define WR_REPORT_AUDIT_BOUNDARY_H

#include "audit.h"
#include "report/render/page.h"

typedef struct wr_import_use {
    uint32_t func; // index of the imported function
    uint32_t sites, loop_sites, callers;
    uint32_t traffic; // bytes of arguments and results of one call; a reference counts as 8
    uint64_t calls;   // from a profile
} wr_import_use;

// The imported functions, sorted by calls, then by call sites in loops, then by call sites; there are
// nfunc_imports of them. In env->perm.
wr_import_use *wr_import_uses(wr_env *env, const wr_audit *audit);

void wr_boundary_write(wr_page *page, const wr_audit *audit, uint32_t top);

// A function type as text: "(i32, i32) -> i64". In arena.
wr_slice wr_boundary_signature(wr_arena *arena, const wr_type *type);

#endif
