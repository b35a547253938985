// Stands in for zstd_fast.c and zstd_double_fast.c in the bundled libzstd. wring compresses at levels 5 and 19
// only, whose strategies are greedy and lazy searches and btultra2, so that those of the lowest levels are never
// called: libzstd merely has them in a table. A call would be a mistake here and ends the program.
#include "common/mem.h"
#include "compress/zstd_double_fast.h"
#include "compress/zstd_fast.h"

// clang-format off
#define BLOCK(name) \
    size_t ZSTD_compressBlock_##name(ZSTD_matchState_t *state, seqStore_t *sequences, U32 rep[ZSTD_REP_NUM], \
                                     void const *source, size_t size) { \
        __builtin_trap(); \
    }
#define BLOCKS(name) BLOCK(name) BLOCK(name##_extDict) BLOCK(name##_dictMatchState)

BLOCKS(fast)
BLOCKS(doubleFast)
// clang-format on

void ZSTD_fillHashTable(ZSTD_matchState_t *state, void const *end, ZSTD_dictTableLoadMethod_e method,
                        ZSTD_tableFillPurpose_e purpose) {
    __builtin_trap();
}

void ZSTD_fillDoubleHashTable(ZSTD_matchState_t *state, void const *end, ZSTD_dictTableLoadMethod_e method,
                              ZSTD_tableFillPurpose_e purpose) {
    __builtin_trap();
}
