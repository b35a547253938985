// Shared by go_pack.c, which writes the columns that pclntab is stored as, and go_unpack.c, which writes the
// code that makes pclntab of them.
//
// A column holds numbers of one meaning as varints. Each has a cell of two words in memory: where to read on,
// and the last value. Cells begin at go_packed.cells, the columns follow. Signed numbers are zigzag coded,
// most of them as the difference to the last value.
//
//   word w of a record's fixed part    difference, but for offsets of pctab: 0 none, 1 a new table, else
//   offset + 1 entry i of its pcdata              offset of pctab entry i of its funcdata            0 none,
//   else 1 + difference for each of these, two columns of pctab: the values (each table ends with a 0 that is
//   not its first) and the PC differences of the tables that are met first there inline trees bytes to skip
//   from the tree before, number of entries; for each entry what
//                                      function (0: a new one, else 1 + number), and its parent's PC; for
//                                      each new function: its id, name, start line
#ifndef WR_PASSES_GO_GO_PACK_H
#define WR_PASSES_GO_GO_PACK_H

#include "go_pclntab.h"
#include "passes/manager/pass.h"

enum {
    WR_GO_TREE_SKIP,
    WR_GO_TREE_COUNT,
    WR_GO_TREE_WHICH,
    WR_GO_TREE_PARENT,
    WR_GO_TREE_ID,
    WR_GO_TREE_NAME,
    WR_GO_TREE_LINE,
    WR_GO_TREE_COLUMNS
};
#define WR_GO_CELL 8

typedef struct wr_go_packed {
    unsigned words, npcdata, nfuncdata; // of a record: words of the fixed part, most entries of the others
    uint32_t ntrees;
    uint32_t cells; // address
    uint32_t known; // address: where each function of inline trees was met first
    uint32_t end;   // address: behind what unpacking needs; all from cells on is zero before and after
} wr_go_packed;

// Columns are numbered: words of a record, then as many of values and of PCs, then those of trees, then one
// that is none: its cell holds the address where the next table of pctab goes.
static inline unsigned wr_go_word_columns(const wr_go_packed *p) {
    return p->words + p->npcdata + p->nfuncdata;
}
static inline unsigned wr_go_tree_column(const wr_go_packed *p) { return 3 * wr_go_word_columns(p); }
static inline unsigned wr_go_pctab_cell(const wr_go_packed *p) {
    return wr_go_tree_column(p) + WR_GO_TREE_COLUMNS;
}
static inline unsigned wr_go_cells(const wr_go_packed *p) { return wr_go_pctab_cell(p) + 1; }

// Adds functions that unpack; returns the one to start with. It calls `first` before, unless that is WR_NONE.
uint32_t wr_go_add_unpacker(wr_context *c, const wr_go *go, const wr_go_packed *p, uint32_t first);

#endif
