// chrono-tz, which Rust programs take time zones from, keeps for each zone when its offset changed:
//
//   (499255200, "AKST", -32400, 0), (514983600, "AKDT", -32400, 3600), …
//
// A record has 24 bytes: seconds since 1970 in 64 bits, and four words in an order that the compiler chooses:
// a text's address and length, the offset from UTC, and what daylight saving adds. All zones of a program
// take a megabyte. Windows of a table are looked at by themselves, as zones may begin at other places
// modulo 24.
#include "zone_tables.h"

#include "support/reader.h"

enum { RECORD = 24, WINDOW = 8, FARTHEST = 57600, MOST_APART = 200 }; // records in a window, seconds, years

static int64_t time_of(const uint8_t *at) { return (int64_t)((uint64_t)wr_le32(at + 4) << 32 | wr_le32(at)); }

// Whether the word is what daylight saving adds, in each record.
static bool is_daylight_saving(const uint8_t *at) {
    bool adds = false;
    for (size_t i = 0; i < WINDOW; i++) {
        uint32_t word = wr_le32(at + i * RECORD);
        if (word != 0 && word != 3600 && word != 1800 && word != 7200) return false;
        adds |= word != 0;
    }
    return adds;
}

static bool is_offset(const uint8_t *at) {
    bool far = false;
    for (size_t i = 0; i < WINDOW; i++) {
        int64_t word = (int32_t)wr_le32(at + i * RECORD);
        if (word < -FARTHEST || word > FARTHEST || word % 60) return false;
        far |= word < -FARTHEST / 16 || word > FARTHEST / 16;
    }
    return far;
}

static bool are_records(const uint8_t *at) {
    bool saving = false, offset = false;
    for (size_t i = 1; i < WINDOW; i++) {
        int64_t time = time_of(at + i * RECORD), before = time_of(at + (i - 1) * RECORD);
        if (time <= before || (uint64_t)time - (uint64_t)before > MOST_APART * 366ull * 86400) return false;
    }
    for (size_t word = 8; word < RECORD; word += 4) {
        bool saves = !saving && is_daylight_saving(at + word);
        saving |= saves;
        offset |= !saves && is_offset(at + word);
    }
    return saving && offset;
}

bool wr_zone_table_recognize(const uint8_t *at, uint64_t size) {
    enum { BYTES = WINDOW * RECORD };
    uint64_t windows = size < BYTES + RECORD ? 0 : (size - RECORD) / BYTES, found = 0;
    for (uint64_t i = 0; i < windows; i++)
        for (size_t phase = 0; phase < RECORD; phase += 4) {
            if (!are_records(at + i * BYTES + phase)) continue;
            found++;
            break;
        }
    return windows >= 4 && found * 4 > windows;
}
