// Stands in for encoder_dict.c, dictionary_hash.c and the arrays of static_dict_lut.h in the bundled libbrotlienc where
// the size of the program counts: makes these tables, 290 KB, from the dictionary's words when the first encoder is
// made. check_dictionary.c compares them with brotli's own.
//
// Both tables find words by a hash of their first four bytes. The one for quality 11 has, for each bucket, its words by
// length and number, then their forms with a capital and in capitals, as far as these are ASCII and no word or earlier
// form says the same. The one for lower qualities has room for two words a bucket, one of at least eight bytes and one
// shorter. Which words these are where there are several follows no rule, so that is kept below.
#include "enc/encoder_dict.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "common/transform.h"
#include "enc/hash.h"

enum { SHORTEST = 4, LONGEST = 24, LONG = 8, BUCKETS = 1 << 15, WORDS = 31705, LAST = 0x80, CAPITAL = 10, CAPITALS = 11 };

// For each half bucket that has several words, the number of the chosen one, by length and number.
static const uint8_t choices[] = {
    0, 1, 0, 13, 2, 0, 3, 1, 1, 0, 1, 0, 0, 0, 0, 6, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 1, 1, 0, 1, 1, 1, 2, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 2, 0, 0, 0, 0, 10, 0, 0, 3, 0, 1, 0,
    0, 0, 0, 0, 2, 1, 1, 0, 0, 0, 2, 0, 0, 1, 0, 1, 1, 1, 1, 0, 0, 3, 0, 1, 3, 1, 0, 0, 6, 0, 0, 0, 1, 1, 0,
    0, 0, 0, 1, 1, 0, 1, 0, 4, 1, 0, 0, 2, 0, 0, 3, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0,
    2, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 3, 0, 0, 0, 1, 0, 0, 2, 0, 3, 1, 0, 1,
    1, 0, 0, 1, 0, 6, 0, 0, 1, 0, 0, 1, 1, 3, 0, 3, 0, 0, 1, 5, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0,
    0, 1, 4, 3, 0, 0, 1, 3, 0, 0, 1, 0, 2, 0, 4, 0, 0, 3, 0, 0, 0, 0, 0, 0, 2, 0, 1, 2, 0, 13, 0, 1, 1, 0,
    1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 0, 1, 0, 1, 0, 0, 1, 3, 0, 2, 1, 0, 0, 0, 1, 0, 0,
    1, 0, 0, 0, 2, 2, 0, 6, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 3, 1, 0, 0, 0, 1,
    2, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 8, 3, 3, 3, 2, 1, 0, 0, 0, 3, 0, 1, 52, 3, 0,
    0, 0, 0, 0, 2, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 3, 1, 0, 0, 0, 0, 3, 1, 0, 0, 0, 1, 1, 1, 0, 0, 2, 1, 2, 0,
    23, 0, 7, 0, 1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 2, 0, 0, 5, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1, 3, 0, 1, 0, 0, 2,
    0, 1, 0, 1, 0, 1, 3, 1, 0, 0, 0, 3, 1, 0, 1, 2, 2, 1, 0, 1, 6, 1, 2, 1, 1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0,
    0, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 2, 0, 1, 0, 1, 0, 1, 1, 1, 1, 4, 0, 0, 2, 0, 6, 1, 0,
    0, 0, 1, 14, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 1, 0, 1, 0, 5, 0, 0, 2, 4, 3,
    3, 0, 1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 1, 0, 6, 1, 0, 0, 2, 1, 0, 0, 2, 12, 0, 5, 1, 0, 0,
    3, 0, 0, 2, 1, 5, 0, 0, 0, 0, 3, 3, 2, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 2, 1, 0, 0,
    1, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 4, 2, 1, 0, 1, 0, 1, 0, 1, 0, 0, 1,
    0, 1, 0, 0, 1, 7, 3, 1, 2, 0, 1, 0, 0, 0, 1, 1, 0, 4, 1, 1, 0, 1, 0, 0, 5, 1, 0, 1, 0, 0, 0, 0, 2, 0, 1,
    3, 0, 0, 1, 1, 0, 9, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0,
    1, 2, 4, 0, 1, 1, 0, 0, 2, 0, 2, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 4, 1, 0, 0, 1, 0, 0, 0, 0, 3, 0, 2,
    99, 0, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 4, 1, 0, 2, 0, 0, 0, 1, 0, 2, 1, 0, 1,
    2, 1, 1, 0, 0, 1, 0, 1, 2, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 15, 0, 3, 1, 0, 0, 0, 0, 0, 1, 1,
    0, 0, 0, 1, 1, 1, 2, 1, 1, 0, 1, 0, 1, 1, 3, 0, 1, 1, 0, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 0, 15, 0, 4, 0,
    0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 2, 1, 4, 1, 4, 1, 1, 0, 0, 1, 0, 0, 0, 0, 3, 1, 0,
    37, 1, 2, 0, 0, 6, 1, 1, 2, 0, 0, 7, 1, 0, 5, 2, 0, 1, 2, 1, 2, 0, 0, 1, 6, 1, 0, 0, 1, 0, 2, 0, 1, 1,
    1, 1, 2, 0, 1, 0, 2, 6, 0, 3, 0, 1, 0, 1, 0, 1, 3, 1, 0, 1, 0, 0, 1, 0, 1, 4, 0, 0, 1, 0, 1, 0, 1, 0, 0,
    1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 1, 0, 1, 0, 2, 0, 8, 2, 0, 1, 2, 1, 2, 2,
    0, 0, 1, 1, 0, 17, 1, 5, 2, 3, 0, 2, 0, 1, 3, 0, 0, 0, 5, 0, 0, 0, 0, 1, 2, 0, 0, 25, 0, 2, 0, 0, 1, 0,
    0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 2, 21, 0, 0, 0, 0, 0, 0, 3, 3, 1, 0, 0, 1,
    0, 0, 0, 0, 1, 1, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 7, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 1,
    1, 0, 0, 0, 0, 0, 2, 0, 0, 2, 0, 1, 0, 3, 1, 0, 0, 1, 1, 0, 1, 1, 9, 2, 0, 0, 1, 3, 0, 0, 1, 0, 0, 2, 1,
    0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 1, 0, 2, 0, 1, 1, 0, 0, 3, 1, 0, 0, 2, 0, 0, 0, 0, 0, 2, 1, 0, 2, 1, 1, 0,
    1, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 0, 4, 1, 4, 1, 2, 4,
    1, 1, 0, 0, 0, 3, 0, 4, 1, 0, 0, 1, 0, 0, 1, 0, 2, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 6, 0, 3,
    3, 1, 1, 0, 9, 0, 0, 1, 3, 0, 2, 0, 0, 0, 1, 0, 0, 4, 1, 1, 1, 1, 0, 0, 1, 0, 0, 8, 0, 0, 0, 6, 2, 1, 0,
    0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 2, 0, 0, 0, 0, 4, 1, 0, 0, 0, 1, 0, 5, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,
    1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 12, 1, 0, 0, 1, 2,
    0, 4, 1, 0, 0, 2, 1, 0, 1, 6, 0, 0, 1, 0, 0, 8, 5, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1,
    4, 1, 1, 0, 1, 0, 7, 0, 4, 1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 2, 1, 0, 0, 2, 1, 1, 1, 2, 1, 2, 1,
    0, 0, 0, 1, 2, 1, 0, 2, 1, 0, 0, 0, 0, 0, 1, 3, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 1, 9, 1, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 2, 0, 0, 0, 0, 1, 0, 2, 0, 1, 0, 1, 0, 3, 0, 1, 1, 2, 0, 0, 0, 0, 0, 0,
    1, 0, 0, 0, 0, 1, 2, 1, 1, 0, 1, 0, 0, 0, 1, 2, 2, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 2, 1, 0, 0, 2, 8, 1, 1,
    0, 1, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 3, 1, 0, 1, 0, 0, 2, 0, 2, 0, 1, 1, 3, 0, 1,
    0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 5, 0, 3, 4, 1, 1, 5, 1, 0, 0, 2, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 3,
    0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 4, 1, 0, 0, 0, 1, 0, 1, 2, 0, 0, 0, 0, 1, 0, 2, 4, 0,
    2, 1, 1, 1, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 1, 3, 0, 1, 0, 0, 2, 0, 1, 0, 0, 0, 1,
    1, 0, 0, 25, 6, 0, 3, 1, 0, 0, 2, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 2, 2, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0,
    1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 2, 1, 2, 3, 0, 0, 1, 0, 0, 6, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 2, 1, 0, 0,
    1, 2, 0, 4, 2, 0, 2, 0, 3, 0, 0, 0, 1, 1, 1, 1, 0, 2, 2, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 0, 2, 2, 1, 0,
    0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 4, 0, 9, 1, 1, 1, 0, 0, 0, 4, 1, 0, 0, 1, 1, 0, 1, 0, 0, 6, 0, 0,
    3, 0, 1, 0, 0, 0, 2, 6, 0, 0, 3, 0, 2, 0, 4, 1, 0, 6, 0, 0, 0, 0, 1, 1, 2, 2, 0, 2, 1, 1, 0, 0, 0, 1, 0,
    1, 0, 1, 0, 2, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 5, 0, 0, 0, 1, 39, 0, 4, 5, 3, 0, 0, 1, 0, 0, 0, 3, 0, 0,
    2, 0, 1, 0, 1, 0, 0, 0, 0, 1, 2, 1, 0, 0, 1, 1, 2, 1, 0, 0, 1, 1, 1, 1, 9, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1,
    1, 0, 0, 1, 3, 0, 0, 0, 1, 0, 1, 0, 0, 1, 2, 2, 0, 0, 1, 0, 0, 3, 0, 0, 0, 0, 0, 0, 2, 1, 1, 2, 0, 0, 0,
    3, 1, 1, 1, 1, 11, 1, 3, 8, 0, 4, 5, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 2, 0, 1, 0, 2, 0, 8, 0, 0,
    0, 1, 0, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 5, 3, 8, 0, 1, 0, 2, 3, 0, 0, 0, 0, 0, 0, 3, 2, 0, 0, 0, 0, 2, 0,
    1, 0, 1, 0, 1, 1, 1, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 3, 1, 1, 8, 3, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0,
    0, 1, 1, 0, 3, 1, 0, 3, 2, 0, 1, 0, 3, 0, 1, 0, 1, 1, 4, 1, 1, 0, 0, 0, 0, 2, 0, 0, 1, 1, 1, 0, 10, 3,
    0, 0, 0, 0, 2, 3, 1, 0, 0, 1, 1, 0, 0, 2, 5, 1, 0, 0, 0, 1, 1, 0, 0, 0, 2, 2, 0, 0, 0, 1, 0, 0, 1, 1, 0,
    0, 0, 2, 1, 0, 0, 0, 1, 2, 0, 0, 2, 4, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1, 1, 0, 0, 0,
    0, 0, 0, 6, 1, 1, 0, 6, 0, 1, 1, 3, 1, 0, 3, 0, 0, 14, 0, 3, 2, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0,
    1, 1, 0, 1, 0, 1, 0, 0, 1, 0, 0, 3, 0, 0, 0, 1, 0, 0, 3, 2, 0, 0, 0, 1, 2, 1, 1, 1, 3, 6, 1, 0, 2, 1, 0,
    0, 0, 6, 0, 0, 0, 0, 0, 1, 0, 0, 1, 7, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 6, 2, 0, 1, 0, 0, 2, 1, 0, 3, 0, 1,
    0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 20, 0, 0, 2, 0, 0, 1, 1,
    2, 0, 2, 7, 3, 0, 0, 2, 2, 1, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 4, 0, 0, 0, 1, 2, 0, 1, 0, 2, 1, 0, 1,
    2, 1, 1, 1, 0, 1, 0, 2, 1, 0, 0, 6, 0, 0, 0, 2, 0, 4, 5, 1, 18, 0, 0, 1, 0, 1, 1, 0, 2, 4, 0, 3, 1, 0,
    2, 0, 0, 0, 2, 1, 1, 2, 2, 1, 2, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 1, 1, 2, 0, 1, 0, 0, 0, 0, 0, 2,
    0, 0, 7, 0, 0, 1, 2, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 2, 1, 3, 0, 1, 0, 1, 0, 0, 2, 1, 1, 0, 0, 0, 2,
    0, 1, 2, 2, 1, 0, 2, 0, 0, 1, 0, 1, 0, 0, 0, 0, 3, 2, 0, 0, 1, 1, 4, 2, 0, 0, 0, 0, 1, 0, 0, 1, 0, 2, 0,
    0, 0, 0, 1, 0, 1, 0, 0, 0, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 0, 0, 1, 0, 1, 0, 1, 0, 1, 1, 2,
    2, 0, 4, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 1, 1, 0, 2, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 1,
    0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 1, 2, 0, 4, 1, 1, 0, 0,
};

// The tables, and what is needed to make them.
static struct {
    uint8_t made;
    uint16_t hash_words[BUCKETS];
    uint8_t hash_lengths[BUCKETS];
    uint16_t buckets[BUCKETS];
    DictWord words[WORDS];
    DictWord found[WORDS]; // in no order, each with the next of its bucket
    uint16_t next[WORDS], first[BUCKETS], last[BUCKETS], nfound;
    uint8_t count[BUCKETS], wanted[BUCKETS];
} t;
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

static size_t count_of(const BrotliDictionary *d, size_t length) {
    return d->size_bits_by_length[length] ? (size_t)1 << d->size_bits_by_length[length] : 0;
}

static uint32_t hash(const uint8_t *bytes, unsigned bits) {
    uint32_t word = bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    return word * kDictHashMul32 >> (32 - bits);
}

static uint8_t upper(uint8_t byte) { return byte >= 'a' && byte <= 'z' ? byte ^ 32 : byte; }

// Writes a word in one of its forms.
static void spell(const BrotliDictionary *d, DictWord word, uint8_t *out) {
    const uint8_t *bytes = d->data + d->offsets_by_length[word.len] + (size_t)word.len * word.idx;
    for (size_t i = 0; i < word.len; i++) {
        bool raised = word.transform == CAPITALS || (word.transform == CAPITAL && i == 0);
        out[i] = raised ? upper(bytes[i]) : bytes[i];
    }
}

static bool is_ascii(const uint8_t *bytes, size_t n) {
    while (n && bytes[n - 1] < 128) n--;
    return !n;
}

static bool is_found(const BrotliDictionary *d, uint32_t bucket, const uint8_t *bytes, size_t length) {
    uint8_t other[LONGEST];
    for (unsigned at = t.first[bucket]; at; at = t.next[at]) {
        if (t.found[at].len != length) continue;
        spell(d, t.found[at], other);
        if (!memcmp(other, bytes, length)) return true;
    }
    return false;
}

static void add_form(const BrotliDictionary *d, DictWord word) {
    uint8_t bytes[LONGEST];
    spell(d, word, bytes);
    uint32_t bucket = hash(bytes, 15);
    if (word.transform == CAPITALS && !is_ascii(bytes, word.len)) return;
    if (word.transform && is_found(d, bucket, bytes, word.len)) return;
    t.found[++t.nfound] = word;
    *(t.first[bucket] ? &t.next[t.last[bucket]] : &t.first[bucket]) = t.nfound;
    t.last[bucket] = t.nfound;
}

static void for_each_word(const BrotliDictionary *d, void (*visit)(const BrotliDictionary *, DictWord)) {
    for (size_t length = SHORTEST; length <= LONGEST; length++)
        for (size_t i = 0; i < count_of(d, length); i++)
            visit(d, (DictWord){(uint8_t)length, 0, (uint16_t)i});
}

static void add_forms(const BrotliDictionary *d, DictWord word) {
    add_form(d, (DictWord){word.len, CAPITAL, word.idx});
    add_form(d, (DictWord){word.len, CAPITALS, word.idx});
}

// Lays the buckets out one after another.
static void lay_out(void) {
    uint16_t n = 1;
    for (uint32_t bucket = 0; bucket < BUCKETS; bucket++) {
        if (t.first[bucket]) t.buckets[bucket] = n;
        for (unsigned at = t.first[bucket]; at; at = t.next[at]) t.words[n++] = t.found[at];
        if (t.first[bucket]) t.words[n - 1].len |= LAST;
    }
}

static uint32_t half_of(const BrotliDictionary *d, DictWord word) {
    uint8_t bytes[LONGEST];
    spell(d, word, bytes);
    return hash(bytes, 14) * 2 + (word.len < LONG);
}

static void count_word(const BrotliDictionary *d, DictWord word) { t.count[half_of(d, word)]++; }

static void choose_word(const BrotliDictionary *d, DictWord word) {
    uint32_t half = half_of(d, word);
    if (t.wanted[half]-- != 0) return;
    t.hash_words[half] = word.idx;
    t.hash_lengths[half] = word.len;
}

static void make_tables(const BrotliDictionary *d) {
    for_each_word(d, add_form);
    for_each_word(d, add_forms);
    lay_out();
    for_each_word(d, count_word);
    for (size_t half = 0, n = 0; half < BUCKETS; half++)
        if (t.count[half] > 1) t.wanted[half] = choices[n++];
    for_each_word(d, choose_word);
    t.made = 1;
}

void BrotliInitEncoderDictionary(BrotliEncoderDictionary *dict) {
    dict->words = BrotliGetDictionary();
    pthread_mutex_lock(&making);
    if (!t.made) make_tables(dict->words);
    pthread_mutex_unlock(&making);
    dict->num_transforms = (uint32_t)BrotliGetTransforms()->num_transforms;
    dict->hash_table_words = t.hash_words;
    dict->hash_table_lengths = t.hash_lengths;
    dict->buckets = t.buckets;
    dict->dict_words = t.words;
    dict->cutoffTransformsCount = kCutoffTransformsCount;
    dict->cutoffTransforms = kCutoffTransforms;
}
