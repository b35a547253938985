// Adds definitions to a component, which wr_component_write() writes between those that are there.
#ifndef WR_COMPONENT_COMPONENT_ADD_H
#define WR_COMPONENT_COMPONENT_ADD_H

#include "component.h"
#include "support/buf.h"

// Definitions being added. Indices of what was added are those of the output; nothing may be removed from the
// component.
typedef struct wr_component_adder {
    wr_env *env;
    wr_component *c;
    wr_buf out;
    wr_component_addition addition;
    uint32_t next[WR_SORTS];
} wr_component_adder;

typedef struct wr_component_entry {
    const char *name;
    uint8_t sort;
    uint32_t index;
} wr_component_entry;

// Adds in front of a section, after what was added before; if it is the number of sections, at the end.
// Places must not go backwards from one begin to the next.
void wr_component_add_begin(wr_component_adder *a, wr_env *env, wr_component *c, uint32_t section);
void wr_component_add_end(wr_component_adder *a);

// The index in the output of what has an index in the component as it is.
uint32_t wr_component_index_now(const wr_component *c, wr_sort sort, uint32_t index);
// The section that defines it.
uint32_t wr_component_section_of(const wr_component *c, wr_sort sort, uint32_t index);

// Each returns the index of what it adds.
uint32_t wr_component_add_module(wr_component_adder *a, wr_slice bytes);
// Instantiates a core module; all it imports is in one instance with the name "".
uint32_t wr_component_add_instantiate(wr_component_adder *a, uint32_t module,
                                      const wr_component_entry *entries, size_t n);
uint32_t wr_component_add_core_alias(wr_component_adder *a, wr_sort sort, uint32_t instance,
                                     const char *name);
uint32_t wr_component_add_alias(wr_component_adder *a, uint32_t instance, const char *name); // of a function
uint32_t wr_component_add_lower(wr_component_adder *a, uint32_t func, uint32_t memory); // WR_NONE: without
// Exports a core function, which gives the place of the place and size of a text, as a function that gives
// it.
void wr_component_add_text_export(wr_component_adder *a, const char *name, uint32_t core_func,
                                  uint32_t memory);
void wr_component_add_export(wr_component_adder *a, const char *name, uint32_t func);

// Gives a core instance one more argument, another core instance.
void wr_component_add_argument(wr_env *env, wr_def *instantiate, const char *name, uint32_t instance);

#endif
