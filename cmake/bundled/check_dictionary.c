// Compares the tables that brotli_dictionary.c makes with brotli's own. Compiled and run by js/test/bundled.test.mjs.
#include <stdio.h>

#include "brotli_dictionary.c"
#include "enc/dictionary_hash.c"

int main(void) {
    BrotliEncoderDictionary d;
    BrotliInitEncoderDictionary(&d);
    int same = !memcmp(d.hash_table_words, kStaticDictionaryHashWords, sizeof kStaticDictionaryHashWords) &&
               !memcmp(d.hash_table_lengths, kStaticDictionaryHashLengths, sizeof kStaticDictionaryHashLengths) &&
               !memcmp(d.buckets, kStaticDictionaryBuckets, sizeof kStaticDictionaryBuckets) &&
               !memcmp(d.dict_words, kStaticDictionaryWords, sizeof kStaticDictionaryWords);
    puts(same ? "the same" : "different");
    return !same;
}
