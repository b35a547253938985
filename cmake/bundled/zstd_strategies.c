// Stands in for zstd_fast.c, zstd_double_fast.c and zstd_lazy.c in the bundled libzstd. wring compresses at
// level 19 only, which is the strategy btultra2 whatever the size, so that the searches of the lower levels,
// 230 KB of code, are never called: libzstd merely has them in a table. A call would be a mistake here and
// ends the program.
#include "common/mem.h"
#include "compress/zstd_double_fast.h"
#include "compress/zstd_fast.h"
#include "compress/zstd_lazy.h"

#define BLOCK(name) \
    size_t ZSTD_compressBlock_##name(ZSTD_matchState_t *state, seqStore_t *sequences, U32 rep[ZSTD_REP_NUM], \
                                     void const *source, size_t size) { \
        __builtin_trap(); \
    }
#define BLOCKS(name) BLOCK(name) BLOCK(name##_extDict) BLOCK(name##_dictMatchState)
#define BLOCK_ROWS(name) BLOCK(name##_row) BLOCK(name##_extDict_row) BLOCK(name##_dictMatchState_row)
#define DEDICATED(name) BLOCK(name##_dedicatedDictSearch) BLOCK(name##_dedicatedDictSearch_row)

BLOCKS(fast)
BLOCKS(doubleFast)
BLOCKS(greedy)
BLOCK_ROWS(greedy) DEDICATED(greedy) BLOCKS(lazy) BLOCK_ROWS(lazy) DEDICATED(lazy) BLOCKS(lazy2)
    BLOCK_ROWS(lazy2) DEDICATED(lazy2) BLOCKS(btlazy2)

        void ZSTD_fillHashTable(ZSTD_matchState_t *state, void const *end, ZSTD_dictTableLoadMethod_e method,
                                ZSTD_tableFillPurpose_e purpose) {
    __builtin_trap();
}

void ZSTD_fillDoubleHashTable(ZSTD_matchState_t *state, void const *end, ZSTD_dictTableLoadMethod_e method,
                              ZSTD_tableFillPurpose_e purpose) {
    __builtin_trap();
}

U32 ZSTD_insertAndFindFirstIndex(ZSTD_matchState_t *state, const BYTE *at) { __builtin_trap(); }
void ZSTD_row_update(ZSTD_matchState_t *const state, const BYTE *at) { __builtin_trap(); }
void ZSTD_dedicatedDictSearch_lazy_loadDictionary(ZSTD_matchState_t *state, const BYTE *const at) {
    __builtin_trap();
}
