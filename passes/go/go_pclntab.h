// The parts of pclntab that several passes read: the fields of function records, the tables of pctab, and
// inline trees.
#ifndef WR_PASSES_GO_GO_PCLNTAB_H
#define WR_PASSES_GO_GO_PCLNTAB_H

#include "go.h"

// Byte offsets of a record's fields.
enum {
    WR_GO_NAME = 4,
    WR_GO_PCSP = 16,
    WR_GO_PCFILE = 20,
    WR_GO_PCLINE = 24,
    WR_GO_NPCDATA = 28,
    WR_GO_CU = 32,
    WR_GO_START_LINE = 36
};
enum { WR_GO_PCDATA_INLINE = 2, WR_GO_PCDATA_ARG_LIVE = 3 };
enum {
    WR_GO_FUNCDATA_ARGS = 0,
    WR_GO_FUNCDATA_LOCALS = 1,
    WR_GO_FUNCDATA_INLINE = 3,
    WR_GO_FUNCDATA_ARG_INFO = 5,
    WR_GO_FUNCDATA_ARG_LIVE = 6,
};
#define WR_GO_NO_FUNCDATA UINT32_MAX

// The address of entry i of the pcdata, or of the funcdata, of function f (an index in go->funcs).
static inline uint32_t wr_go_pcdata_at(const wr_go *go, uint32_t f, uint32_t i) {
    return go->funcs[f].record + go->fixed + 4 * i;
}
static inline uint32_t wr_go_funcdata_at(const wr_go *go, uint32_t f, uint32_t i) {
    return wr_go_pcdata_at(go, f, go->funcs[f].npcdata + i);
}

// The length in bytes of the table at an offset of pctab: pairs of varints, ended by a pair (other than the
// first) that begins with 0. Returns 0 if it extends past pctab.
uint32_t wr_go_table_length(const wr_go *go, uint32_t offset);
// The highest value of such a table plus one.
uint32_t wr_go_count_values(const wr_go *go, uint32_t offset);

// The size in bytes of an entry of an inline tree.
static inline uint32_t wr_go_tree_entry(const wr_go *go) { return go->minor >= 20 ? 16 : 20; }
// The number of entries in the inline tree of function f: as many as its pcdata refers to.
uint32_t wr_go_tree_count(const wr_go *go, uint32_t f);

// go_names.c: empties the table of function names, but for what the runtime itself reads. dead: by record,
// whether its function is gone. Leaves the table as it is if it would grow.
void wr_go_drop_names(wr_go *go, wr_arena *temp, const uint8_t *dead);

#endif
