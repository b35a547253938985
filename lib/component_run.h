// The work on a component whose core modules go through jobs of their own.
#ifndef WR_LIB_COMPONENT_RUN_H
#define WR_LIB_COMPONENT_RUN_H

#include "component/component_uses.h"
#include "instrument/known_imports.h"
#include "job.h"

typedef struct wr_component_work {
    wring_job *job;
    wr_env *env;
    wr_component_file file;
    wr_component_uses uses;
    wr_slice *made;          // by core module: its current bytes
    wr_known_imports *known; // by core module; NULL: nothing is known
    uint32_t *unused;        // by core module: exports that its last turn left, although nobody uses them
    bool remove;             // whether to remove definitions that nothing needs
    bool again;              // a module has another turn, of which no notes are taken
    uint64_t done;           // bytes of core modules done so far
} wr_component_work;

// Reads a component and the interfaces of its core modules. If definitions may be removed, identical core
// modules are found too.
void wr_component_open(wr_component_work *cj, wr_env *env, wring_job *job, wr_slice input, bool remove);
// Reads the interfaces of the core modules as they are now.
void wr_component_read_faces(wr_component_work *cj);
// Finds core modules of one component with identical bytes.
void wr_component_find_same(wr_component_work *cj);

// Does work of job.h on a core module; its output, if any, becomes the module's bytes. The rewriting may be
// NULL. What is thrown says which module it was.
void wr_component_run_module(wr_component_work *cj, uint32_t module, const wr_config *config,
                             const wr_rewriting *rewriting, void (*work)(wr_env *, void *));

// Checks the component around the core modules in the job's output, which their own jobs validated already.
void wr_component_require_sound(wr_env *env, wring_job *job);

#endif
