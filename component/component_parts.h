// Shared by the files that read components; nobody else includes it.
#ifndef WR_COMPONENT_COMPONENT_PARTS_H
#define WR_COMPONENT_COMPONENT_PARTS_H

#include "component.h"
#include "support/reader.h"

#define WR_MAX_NESTING 100 // of components, and of component and instance types

// A reader of one section, and the component that its definitions go to.
typedef struct wr_def_reader {
    wr_env *env;
    wr_component_file *file;
    wr_component *c;
    wr_reader r;
    wr_def def; // being read
} wr_def_reader;

static inline uint32_t wr_def_place(const wr_def_reader *d) { return (uint32_t)(d->r.p - d->r.start); }

// Reads an index of a space and notes the reference. begin: where its entry begins, name: what it is called
// there.
void wr_component_read_ref(wr_def_reader *d, wr_sort space, uint32_t begin, wr_slice name);

// The name of an import or export, with its attributes.
wr_slice wr_component_read_name(wr_reader *r);

// Types are skipped, checked as far as their form goes. A core type may be a group: returns how many there
// are.
uint32_t wr_component_skip_core_type(wr_reader *r);
void wr_component_skip_valtype(wr_reader *r);
void wr_component_skip_results(wr_reader *r);
// Returns the sort that an externtype describes.
wr_sort wr_component_skip_extern_type(wr_reader *r);
// A definition of a type; a resource's destructor is a reference.
void wr_component_read_type(wr_def_reader *d);

void wr_component_read_canon(wr_def_reader *d);

// A sort, as one byte or as two for those of the core; which of the latter are accepted is the caller's
// business.
wr_sort wr_component_read_sort(wr_reader *r);
wr_sort wr_component_read_core_sort(wr_reader *r);

#endif
