// Stands in for compress_fragment.c, compress_fragment_two_pass.c and two functions of brotli_bit_stream.c in
// the bundled libbrotlienc, with 17 KB of tables. wring compresses at qualities 5 and 11 only; these serve
// qualities 0 to 3. A call would be a mistake here and ends the program.
#include "enc/brotli_bit_stream.h"
#include "enc/compress_fragment.h"
#include "enc/compress_fragment_two_pass.h"

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

void BrotliStoreMetaBlockFast(MemoryManager *m, const uint8_t *input, size_t start, size_t length,
                              size_t mask, BROTLI_BOOL is_last, const BrotliEncoderParams *params,
                              const Command *commands, size_t n_commands, size_t *storage_ix,
                              uint8_t *storage) {
    __builtin_trap();
}

void BrotliStoreMetaBlockTrivial(MemoryManager *m, const uint8_t *input, size_t start, size_t length,
                                 size_t mask, BROTLI_BOOL is_last, const BrotliEncoderParams *params,
                                 const Command *commands, size_t n_commands, size_t *storage_ix,
                                 uint8_t *storage) {
    __builtin_trap();
}
