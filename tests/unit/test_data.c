// What data looks like: tables of numbers, and files inside.
#include <math.h>

#include "report/audit/data_tables.h"
#include "report/audit/embedded.h"
#include "report/audit/zone_tables.h"
#include "suite.h"
#include "support/hash.h"

enum { TABLE = 1024 };

static wr_data_kind guess(const void *table, bool aligned) {
    return wr_data_tables_guess(wr_slice_of(table, TABLE), aligned);
}

START_TEST(tables_of_numbers) {
    double doubles[TABLE / 8];
    float floats[TABLE / 4];
    uint16_t halves[TABLE / 2];
    uint32_t words[TABLE / 4];
    uint64_t noise[TABLE / 8];
    uint8_t bytes[TABLE];
    for (unsigned i = 0; i < TABLE / 8; i++) doubles[i] = sin(i) * 3, noise[i] = wr_mix(i + 1);
    for (unsigned i = 0; i < TABLE / 4; i++) floats[i] = (float)cos(i), words[i] = i * 2654435u & 0xffffff;
    for (unsigned i = 0; i < TABLE / 2; i++) halves[i] = (uint16_t)(0x4e00 + i); // a block of Unicode
    for (unsigned i = 0; i < TABLE; i++) bytes[i] = (uint8_t)(i * i % 11);
    ck_assert_uint_eq(guess(doubles, true), WR_KIND_FLOATS);
    ck_assert_uint_eq(guess(floats, false), WR_KIND_FLOATS);
    ck_assert_uint_eq(guess(halves, true), WR_KIND_HALVES);
    ck_assert_uint_eq(guess(words, true), WR_KIND_WORDS);
    ck_assert_uint_eq(guess(noise, true), WR_KIND_DENSE);
    ck_assert_uint_eq(guess(bytes, true), WR_KIND_BYTES);
    ck_assert_uint_eq(wr_data_tables_guess(wr_slice_of(noise, 16), true), WR_KIND_OTHER);
}
END_TEST

// Seconds, a text's address and length, the offset from UTC, daylight saving; in any order of the last four.
START_TEST(tables_of_time_zones) {
    enum { RECORDS = 64, WORDS = 6 };
    for (unsigned turn = 0; turn < 4; turn++) {
        uint32_t table[RECORDS * WORDS];
        for (unsigned i = 0; i < RECORDS; i++) {
            uint32_t facts[] = {0x24c000 + i % 2 * 5, 4, (uint32_t)-32400, i % 2 * 3600};
            table[WORDS * i] = 1000000 + i * 15000000, table[WORDS * i + 1] = 0;
            for (unsigned k = 0; k < 4; k++) table[WORDS * i + 2 + k] = facts[(k + turn) % 4];
        }
        ck_assert(wr_zone_table_recognize((const uint8_t *)table, sizeof table));
        ck_assert(wr_zone_table_recognize((const uint8_t *)(table + turn + 1), sizeof table - 16));
        ck_assert(!wr_zone_table_recognize((const uint8_t *)table, 100));
        for (unsigned i = 0; i < RECORDS; i++) table[WORDS * i] ^= i % 3 << 30; // not in order
        ck_assert(!wr_zone_table_recognize((const uint8_t *)table, sizeof table));
    }
}
END_TEST

static wr_embedded_files find_files(wr_env *env, const char *data, size_t n) {
    wr_data segment = {.bytes = wr_slice_of(data, n)};
    wr_module m = {.datas = &segment, .ndatas = 1};
    wr_place place = {1024, segment.bytes, 0};
    wr_places places = {.v = &place, .n = 1};
    wr_embedded_files files;
    wr_embedded_find(env, &m, &places, &files);
    return files;
}

static void check_files(wr_env *env, void *arg) {
    static const char data[] =
        "xx\x89PNG\r\n\x1a\n\0\0\0\1IHDRx\1\2\3\4\0\0\0\0IEND\1\2\3\4"
        "{\"name\": \"a\", \"list\": [{\"key\": 1}, {\"key\": \"}\"}], \"text\": \"0123456789012345678901\"} "
        "{\"no\": end GIF89a with nothing behind it that a GIF image has, RIFFand so on until the end of "
        "data";
    wr_embedded_files files = find_files(env, data, sizeof data - 1);
    (void)arg;
    ck_assert_uint_eq(files.n, 2);
    ck_assert_str_eq(files.v[0].format, "PNG image");
    ck_assert_uint_eq(files.v[0].offset, 2);
    ck_assert_uint_eq(files.v[0].size, 33);
    ck_assert_str_eq(files.v[1].format, "JSON");
    ck_assert_uint_eq(files.v[1].offset, 35);
}

// Two files behind their paths and the table of Emscripten's packager, which begins at 1024 + 32; the second
// file is empty. The same words without an end are no table.
static void check_embedded_paths(wr_env *env, void *arg) {
    static char data[] = "/lib/a.bin\0contents!\0/b\0        "
                         "\0\4\0\0\x9\0\0\0\xb\4\0\0"
                         "\x15\4\0\0\0\0\0\0\x18\4\0\0"
                         "\0\0\0\0 and more";
    (void)arg;
    wr_embedded_files files = find_files(env, data, sizeof data);
    ck_assert_uint_eq(files.n, 1);
    ck_assert(files.v[0].has_path);
    ck_assert_str_eq(files.v[0].format, "/lib/a.bin");
    ck_assert_uint_eq(files.v[0].offset, 11);
    ck_assert_uint_eq(files.v[0].size, 9);
    data[56] = 1;
    ck_assert_uint_eq(find_files(env, data, sizeof data).n, 0);
}

// A picture, behind which stands what programs have that recognize pictures.
static void check_pictures(wr_env *env, void *arg) {
    static const char data[] =
        "xx\xff\xd8\xff\xe0\0\x08JFIF\0\0\xff\xc0\0\x05\1\2\3\xff\xda\0\x04\1\1scan\xff\0more\xff\xd9yy"
        "\xff\xd8\xff\xe0\xff\xd8\xff\xe1 signatures of JPEG, and an end marker without a picture: \xff\xd9 "
        "the rest";
    wr_embedded_files files = find_files(env, data, sizeof data - 1);
    (void)arg;
    ck_assert_uint_eq(files.n, 1);
    ck_assert_str_eq(files.v[0].format, "JPEG image");
    ck_assert_uint_eq(files.v[0].offset, 2);
    ck_assert_uint_eq(files.v[0].size, 37);
}

// The beginning of Brotli's dictionary is quoted by programs that look for it; the dictionary also ends as it
// does.
static void check_dictionary(wr_env *env, void *arg) {
    enum { SIZE = 122784 };
    static const char first[] = "timedownlifeleftback", last[] = "क्रियता";
    static char data[SIZE + 16];
    memcpy(data, first, sizeof first);
    (void)arg;
    ck_assert_uint_eq(find_files(env, data, sizeof data).n, 0);
    memcpy(data + SIZE - (sizeof last - 1), last, sizeof last - 1);
    wr_embedded_files files = find_files(env, data, sizeof data);
    ck_assert_uint_eq(files.n, 1);
    ck_assert_uint_eq(files.v[0].size, SIZE);
}

START_TEST(files_in_data) {
    check_in_env(check_files);
    check_in_env(check_embedded_paths);
    check_in_env(check_pictures);
    check_in_env(check_dictionary);
}
END_TEST

void add_tests(TCase *tests) {
    tcase_add_test(tests, tables_of_numbers);
    tcase_add_test(tests, tables_of_time_zones);
    tcase_add_test(tests, files_in_data);
}
