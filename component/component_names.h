// The custom section "component-name": debug names of a component's definitions.
#ifndef WR_COMPONENT_COMPONENT_NAMES_H
#define WR_COMPONENT_COMPONENT_NAMES_H

#include "component.h"
#include "support/buf.h"

// Writes the payload of such a section with the definitions' new indices. A malformed section is copied as it
// is, since nobody can rely on it.
void wr_component_put_names(wr_env *env, wr_buf *out, const wr_component *c, const wr_csection *section);

#endif
