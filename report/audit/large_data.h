// The large pieces of data: tables, texts and files of a kilobyte and more, which one place in the source
// put there, and the functions that refer to them.
#ifndef WR_REPORT_AUDIT_LARGE_DATA_H
#define WR_REPORT_AUDIT_LARGE_DATA_H

#include "data_kinds.h"

typedef struct wr_large_piece {
    uint8_t kind; // wr_data_kind
    uint32_t data;
    uint64_t offset, size; // in the segment
    uint64_t address;      // UINT64_MAX: not known
    const char *known;     // what it is, where its first bytes say so, or its path; NULL: unknown
    bool has_path;
    const char *instead;  // what helps against it; NULL: nothing in particular
    uint32_t user, users; // a function that refers to it (WR_NONE: none is known), and how many do
} wr_large_piece;

typedef struct wr_large_data {
    WR_VEC(wr_large_piece) v; // the largest first
} wr_large_data;

struct wr_audit;

// Fills in addresses and users of what wr_data_kinds_profile() found, and sorts it.
void wr_large_complete(const struct wr_audit *audit, wr_large_data *large);

// "16-bit numbers": what it is, as far as is known.
const char *wr_large_kind(const wr_large_piece *piece);
// "16-bit numbers, by func[331] and 3 more". In env->temp.
wr_slice wr_large_text(wr_env *env, const struct wr_audit *audit, const wr_large_piece *piece);

// --- For wr_data_kinds_profile() ---

typedef struct wr_large_finder {
    wr_arena *arena;
    wr_large_data *out;
    uint32_t data; // segment in hand
    wr_slice segment;
    const uint8_t *begin, *end; // of the run in hand; NULL: there is none
    uint64_t bytes[WR_DATA_KINDS];
    uint64_t gap; // bytes of other kinds since the last of the run's
    unsigned family;
    bool joins_texts; // Go's linker puts all texts in one place
} wr_large_finder;

// Bytes of one kind, each behind those before.
void wr_large_add(wr_large_finder *finder, wr_data_kind kind, const uint8_t *at, size_t n);
// The segment ends.
void wr_large_end(wr_large_finder *finder);

#endif
