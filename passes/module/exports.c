// Exports that the user says the host does not use: the largest source of dead code, and one that no analysis of the
// module alone can find. The flags name the assumption. Of a core module in a component the component says it.
#include "passes/manager/pass.h"

// A pattern that matches nothing is probably a slip of the pen.
static void note_unmatched(wr_context *c, const wr_patterns *patterns) {
    for (size_t i = 0; i < patterns->n; i++) {
        wr_patterns one = {.items = &patterns->items[i], .n = 1};
        bool found = false;
        for (uint32_t k = 0; k < c->m->nexports && !found; k++)
            found = wr_patterns_match(&one, c->m->exports[k].name);
        if (!found) wr_pass_note(c, "no export is named \"%s\"", patterns->items[i]);
    }
}

void wr_pass_exports(wr_context *c) {
    const wr_config *config = c->config;
    for (uint32_t i = 0; i < c->m->nexports; i++) {
        wr_export *export = &c->m->exports[i];
        if (config->keep_exports.given && !wr_patterns_match(&config->keep_exports, export->name)) export->live = false;
        if (wr_patterns_match(&config->remove_exports, export->name)) export->live = false;
        if (config->used_exports && !config->used_exports[i]) export->live = false;
    }
    note_unmatched(c, &config->keep_exports);
    note_unmatched(c, &config->remove_exports);
}
