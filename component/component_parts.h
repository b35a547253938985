// Internal interface of the files that read components.
#ifndef WR_COMPONENT_COMPONENT_PARTS_H
#define WR_COMPONENT_COMPONENT_PARTS_H

#include "component.h"
#include "support/reader.h"

#define WR_MAX_NESTING 100 // limit on the nesting of components, and of component and instance types

// Reads one section and adds its definitions to a component.
typedef struct wr_def_reader {
    wr_env *env;
    wr_component_file *file;
    wr_component *c;
    wr_reader r;
    wr_def def; // the definition being read
} wr_def_reader;

static inline uint32_t wr_def_place(const wr_def_reader *d) { return (uint32_t)(d->r.p - d->r.start); }

// Reads an index of a space and records the reference. begin: the start of its list entry; name: its name
// there.
void wr_component_read_ref(wr_def_reader *d, wr_sort space, uint32_t begin, wr_slice name);

// Reads the name of an import or export, with its attributes.
wr_slice wr_component_read_name(wr_reader *r);

// Types are skipped; only their form is checked. A core type may be a recursion group: returns the number of
// types.
uint32_t wr_component_skip_core_type(wr_reader *r);
void wr_component_skip_valtype(wr_reader *r);
void wr_component_skip_results(wr_reader *r);
// Returns the sort that an externtype describes.
wr_sort wr_component_skip_extern_type(wr_reader *r);
// Reads a type definition. A resource's destructor is a reference.
void wr_component_read_type(wr_def_reader *d);

void wr_component_read_canon(wr_def_reader *d);

// Reads a sort: one byte, or two bytes for sorts of the core. The caller decides which of the latter it
// accepts.
wr_sort wr_component_read_sort(wr_reader *r);
wr_sort wr_component_read_core_sort(wr_reader *r);

#endif
