// Reads pclntab through passes/runtime/go.h, which has checked it.
#include "go_facts.h"

#include "passes/runtime/go.h"

// Spans come by address and don't overlap; what would begin in the span before is cut.
static void add_span(wr_go_facts *facts, uint64_t low, uint64_t high, wr_data_kind kind) {
    uint64_t free = facts->nspans ? facts->spans[facts->nspans - 1].high : 0;
    if (low < free) low = free;
    if (low < high) facts->spans[facts->nspans++] = (wr_data_span){low, high, kind};
}

typedef struct part {
    uint64_t low, high;
    wr_data_kind kind;
} part;

static part part_of(wr_go_span span, wr_data_kind kind) { return (part){span.at, (uint64_t)span.at + span.size, kind}; }

static void list_spans(const wr_go *go, wr_go_facts *facts) {
    part parts[] = {
        part_of(go->types, WR_KIND_GO_TYPES),    part_of(go->funcnametab, WR_KIND_GO_NAMES),
        part_of(go->cutab, WR_KIND_GO_LINES),    part_of(go->filetab, WR_KIND_GO_LINES),
        part_of(go->pctab, WR_KIND_GO_LINES),    part_of(go->pclntable, WR_KIND_GO_RECORDS),
        part_of(go->findfunctab, WR_KIND_GO_FINDFUNC),
    };
    for (size_t i = 1; i < WR_COUNT(parts); i++)
        for (size_t k = i; k && parts[k].low < parts[k - 1].low; k--) {
            part swapped = parts[k];
            parts[k] = parts[k - 1];
            parts[k - 1] = swapped;
        }
    for (size_t i = 0; i < WR_COUNT(parts); i++) add_span(facts, parts[i].low, parts[i].high, parts[i].kind);
}

void wr_find_go_facts(wr_env *env, const wr_module *m, wr_go_facts *facts) {
    wr_go go;
    *facts = (wr_go_facts){0};
    if (wr_go_find(env, &env->perm, m, &go) != WR_GO_FOUND) return;
    memcpy(facts->version, go.version, sizeof facts->version);
    facts->names = WR_NEW(&env->perm, wr_slice, m->nfuncs);
    for (uint32_t f = 0; f < m->nfuncs; f++) facts->names[f] = wr_go_name(&go, f);
    list_spans(&go, facts);
}
