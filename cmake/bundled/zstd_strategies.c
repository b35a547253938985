// Stands in for zstd_fast.c, zstd_double_fast.c and most searches of zstd_lazy.c and zstd_opt.c in the
// bundled libzstd. wring compresses at levels 5 and 19 only, without dictionaries and with rows for more than
// 16 KiB. The bytes stay where they are, so that all that was compressed is one piece of memory (extDict is
// for two). The strategies of level 5 are greedy, and lazy for up to 16 KiB; that of 19 is btultra2. The
// other searches are never called: libzstd merely has them in a table. A call would be a mistake here and
// ends the program.
#include "common/mem.h"
#include "compress/zstd_double_fast.h"
#include "compress/zstd_fast.h"
#include "compress/zstd_lazy.h"
#include "compress/zstd_opt.h"

// clang-format off
#define BLOCK(name) \
    size_t ZSTD_compressBlock_##name(ZSTD_matchState_t *state, seqStore_t *sequences, U32 rep[ZSTD_REP_NUM], \
                                     void const *source, size_t size) { \
        __builtin_trap(); \
    }
#define BLOCKS(name) BLOCK(name) BLOCK(name##_extDict) BLOCK(name##_dictMatchState)

BLOCKS(fast)
BLOCKS(doubleFast)
BLOCKS(lazy2)
BLOCK(greedy)
BLOCK(greedy_dictMatchState)
BLOCK(greedy_dedicatedDictSearch)
BLOCK(greedy_dictMatchState_row)
BLOCK(greedy_dedicatedDictSearch_row)
BLOCK(greedy_extDict)
BLOCK(greedy_extDict_row)
BLOCK(lazy_dictMatchState)
BLOCK(lazy_dedicatedDictSearch)
BLOCK(lazy_row)
BLOCK(lazy_dictMatchState_row)
BLOCK(lazy_dedicatedDictSearch_row)
BLOCK(lazy_extDict)
BLOCK(lazy_extDict_row)
BLOCK(lazy2_dedicatedDictSearch)
BLOCK(lazy2_row)
BLOCK(lazy2_dictMatchState_row)
BLOCK(lazy2_dedicatedDictSearch_row)
BLOCK(lazy2_extDict_row)
BLOCKS(btlazy2)
BLOCKS(btopt)
BLOCK(btultra)
BLOCK(btultra_extDict)
BLOCK(btultra_dictMatchState)
// clang-format on

void ZSTD_fillHashTable(ZSTD_matchState_t *state, void const *end, ZSTD_dictTableLoadMethod_e method,
                        ZSTD_tableFillPurpose_e purpose) {
    __builtin_trap();
}

void ZSTD_fillDoubleHashTable(ZSTD_matchState_t *state, void const *end, ZSTD_dictTableLoadMethod_e method,
                              ZSTD_tableFillPurpose_e purpose) {
    __builtin_trap();
}
