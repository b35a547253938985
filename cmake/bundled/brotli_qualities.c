// Stands in for compress_fragment.c and compress_fragment_two_pass.c in the bundled libbrotlienc. wring
// compresses at qualities 5 and 11 only; these files serve qualities 0 and 1. A call would be a mistake here and
// ends the program.
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
