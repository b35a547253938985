// Reads modules from files, text by way of another program. See module_file.h.
#include "module_file.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "ir/decode/not_wasm.h"
#include "support/process.h"

typedef struct assembler {
    const char *name;
    const char *words[3]; // before the input
} assembler;

// wasm-tools knows more proposals, and components.
static const assembler assemblers[] = {
    {"wasm-tools", {"parse"}},
    {"wat2wasm", {"--enable-all", "--debug-names"}},
};

static const assembler *find_assembler(char *program, size_t size) {
    for (size_t i = 0; i < WR_COUNT(assemblers); i++)
        if (wr_file_find_program(assemblers[i].name, program, size)) return &assemblers[i];
    return NULL;
}

// The first line of what a program complained of, which says what is wrong and mostly where.
static void first_line(const wr_outcome *outcome, char *out, size_t size) {
    if (outcome->ending != WR_EXITED || !outcome->errors[0])
        wr_outcome_text(outcome, out, size);
    else
        snprintf(out, size, "%.*s", (int)strcspn(outcome->errors, "\n"), outcome->errors);
}

static wr_exit run_assembler(const assembler *a, const char *program, const char *in, const char *out,
                             char *error, size_t size) {
    const char *argv[8] = {program};
    size_t n = 1;
    for (size_t i = 0; i < WR_COUNT(a->words) && a->words[i]; i++) argv[n++] = a->words[i];
    argv[n++] = in, argv[n++] = "-o", argv[n++] = out;
    wr_command command = {.argv = argv, .cpu = -1};
    wr_outcome outcome;
    char why[400];
    wr_process_run(&command, &outcome);
    if (wr_succeeded(&outcome)) return WR_EXIT_OK;
    first_line(&outcome, why, sizeof why);
    snprintf(error, size, "%s cannot assemble the text: %s", a->name, why);
    return WR_EXIT_BAD_INPUT;
}

static wr_exit io_failed(const char *what, int number, char *error, size_t size) {
    snprintf(error, size, "%s%s", what, strerror(number));
    return WR_EXIT_IO;
}

// Puts the module in the place of its text. What was read is still mapped when its file is gone.
static wr_exit assemble(wr_file *file, const char *path, const assembler *a, const char *program, char *error,
                        size_t size) {
    char dir[PATH_MAX], text[PATH_MAX + 16], module[PATH_MAX + 16];
    int failed = wr_file_make_temp_dir(dir, sizeof dir);
    if (failed) return io_failed("no temporary directory: ", failed, error, size);
    snprintf(text, sizeof text, "%s/module.wat", dir);
    snprintf(module, sizeof module, "%s/module.wasm", dir);
    bool is_file = strcmp(path, "-") != 0;
    failed = is_file ? 0 : wr_file_write(text, file->bytes);
    wr_exit status = failed ? io_failed("no temporary file: ", failed, error, size)
                            : run_assembler(a, program, is_file ? path : text, module, error, size);
    if (status == WR_EXIT_OK) {
        wr_file made;
        failed = wr_file_read(&made, module);
        if (failed) {
            status = io_failed("what was assembled: ", failed, error, size);
        } else {
            wr_file_free(file);
            *file = made;
        }
    }
    wr_file_remove_temp_dir(dir);
    return status;
}

wr_exit wr_module_file_read(wr_file *file, const char *path, char *error, size_t size) {
    char program[PATH_MAX];
    int failed = wr_file_read(file, path);
    if (failed) return io_failed("", failed, error, size);
    const assembler *a = wr_not_wasm_is_text(file->bytes) ? find_assembler(program, sizeof program) : NULL;
    if (!a) return WR_EXIT_OK;
    wr_exit status = assemble(file, path, a, program, error, size);
    if (status != WR_EXIT_OK) wr_file_free(file);
    return status;
}
