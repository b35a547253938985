// Shared by go_pack.c, which writes the columns that pclntab is stored as, and go_unpack.c, which writes the
// code that rebuilds pclntab from them.
//
// A column holds numbers of one meaning, as varints. Each column has a cell of two words in memory: the
// address to read from next, and the last value. The cells begin at wr_go_packed.cells, followed by the
// columns. Signed numbers are zigzag-coded; most are differences to the last value. The columns are:
//
//   word w of a record's fixed part   difference; for offsets of pctab instead:
//                                     0 none, 1 a new table, else offset + 1
//   entry i of its pcdata             offset of pctab, as above
//   entry i of its funcdata           0 none, else 1 + difference
//   for each of these, two of pctab   the values (each table ends with a 0 that is not its first), and the
//                                     PC differences, of the tables that are met first there
//   inline trees                      bytes to skip after the previous tree; number of entries;
//                                     for each entry: its function (0: a new one, else 1 + number), and its
//                                     parent's PC; for each new function: its id, name, start line
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
    // Of a record: words of the fixed part; the most entries of pcdata and of funcdata.
    unsigned words, npcdata, nfuncdata;
    uint32_t ntrees;
    uint32_t cells; // address of the cells
    uint32_t known; // address of a list of where each function of inline trees was met first
    uint32_t end; // address of the end of what unpacking needs; memory from cells on is zero before and after
} wr_go_packed;

// The numbering of columns: the words of a record, then as many columns of values and of PCs, then those of
// trees. The last number is no column: its cell holds the address where the next table of pctab goes.
static inline unsigned wr_go_word_columns(const wr_go_packed *p) {
    return p->words + p->npcdata + p->nfuncdata;
}
static inline unsigned wr_go_tree_column(const wr_go_packed *p) { return 3 * wr_go_word_columns(p); }
static inline unsigned wr_go_pctab_cell(const wr_go_packed *p) {
    return wr_go_tree_column(p) + WR_GO_TREE_COLUMNS;
}
static inline unsigned wr_go_cells(const wr_go_packed *p) { return wr_go_pctab_cell(p) + 1; }

// Adds the functions that unpack, and returns the one to start with. It calls `first` beforehand, unless that
// is WR_NONE.
uint32_t wr_go_add_unpacker(wr_context *c, const wr_go *go, const wr_go_packed *p, uint32_t first);

#endif
