// The custom section "component-name": names of a component's definitions, for people.
#ifndef WR_COMPONENT_COMPONENT_NAMES_H
#define WR_COMPONENT_COMPONENT_NAMES_H

#include "component.h"
#include "support/buf.h"

// Writes the payload of such a section with the indices that the definitions have now. A malformed one stays
// as it is: nobody may rely on it.
void wr_component_put_names(wr_env *env, wr_buf *out, const wr_component *c, const wr_csection *section);

#endif
