// Reads modules from files. Text in WebAssembly's text format is assembled by another program: wasm-tools, or
// WABT's wat2wasm, whichever is found.
#ifndef WR_CLI_MODULE_FILE_H
#define WR_CLI_MODULE_FILE_H

#include "message.h"
#include "support/file.h"

// Reads a file, "-" being standard input. Text stays text where no program for it is found, and the decoder
// says so. After WR_EXIT_IO `error` says why the file can't be read, after WR_EXIT_BAD_INPUT what the program
// says of the text, both without the file's name.
// After WR_EXIT_OK the caller must call wr_file_free().
wr_exit wr_module_file_read(wr_file *file, const char *path, char *error, size_t size);

#endif
