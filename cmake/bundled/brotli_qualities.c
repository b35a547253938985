// Stands in for backward_references.c, compress_fragment.c, compress_fragment_two_pass.c and
// dictionary_hash.c in the bundled libbrotlienc. wring compresses at quality 11 only, which searches in
// backward_references_hq.c; the searches of the lower qualities and their hashes of the dictionary would be
// another 180 KB. A call would be a mistake here and ends the program; the hashes are read by
// backward_references.c alone.
#include "enc/backward_references.h"
#include "enc/compress_fragment.h"
#include "enc/compress_fragment_two_pass.h"

// Not by dictionary_hash.h, which gives them their full length.
const uint16_t kStaticDictionaryHashWords[1];
const uint8_t kStaticDictionaryHashLengths[1];

void BrotliCreateBackwardReferences(size_t num_bytes, size_t position, const uint8_t *ringbuffer, size_t mask,
                                    ContextLut literal_context_lut, const BrotliEncoderParams *params,
                                    Hasher *hasher, int *dist_cache, size_t *last_insert_len,
                                    Command *commands, size_t *num_commands, size_t *num_literals) {
    __builtin_trap();
}

void BrotliCompressFragmentFast(MemoryManager *m, const uint8_t *input, size_t input_size,
                                BROTLI_BOOL is_last, int *table, size_t table_size, uint8_t cmd_depth[128],
                                uint16_t cmd_bits[128], size_t *cmd_code_numbits, uint8_t *cmd_code,
                                size_t *storage_ix, uint8_t *storage) {
    __builtin_trap();
}

void BrotliCompressFragmentTwoPass(MemoryManager *m, const uint8_t *input, size_t input_size,
                                   BROTLI_BOOL is_last, uint32_t *command_buf, uint8_t *literal_buf,
                                   int *table, size_t table_size, size_t *storage_ix, uint8_t *storage) {
    __builtin_trap();
}
