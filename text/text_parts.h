// Shared by the files that write text; nobody else includes it.
#ifndef WR_TEXT_TEXT_PARTS_H
#define WR_TEXT_TEXT_PARTS_H

#include "ir/ins.h"
#include "text.h"

typedef struct wr_text_writer {
    wr_env *env;
    const wr_module *m;
    wr_buf *out;
    wr_slice *names; // of functions: identifiers with their $, or empty
} wr_text_writer;

void wr_text_put(wr_text_writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
void wr_text_heaptype(wr_text_writer *w, wr_heaptype heap);
void wr_text_valtype(wr_text_writer *w, wr_valtype type);
void wr_text_func(wr_text_writer *w, uint32_t func);
// " (param i32 i32)"; nothing if there are none.
void wr_text_values(wr_text_writer *w, const char *what, const wr_valtype *types, uint32_t n);
// " (type 3) (param i32)"
void wr_text_type_use(wr_text_writer *w, uint32_t type);
// A quoted string; bytes beyond ASCII are escaped.
void wr_text_string(wr_text_writer *w, wr_slice bytes);

void wr_text_types(wr_text_writer *w);
// One instruction without brackets: its name and immediates.
void wr_text_ins(wr_text_writer *w, const wr_ins *ins, const uint32_t *ext);
// A body, folded.
void wr_text_body(wr_text_writer *w, uint32_t func);
// The instructions of a constant expression, each in brackets.
void wr_text_constant(wr_text_writer *w, wr_slice code);
// Makes w->names.
void wr_text_find_names(wr_text_writer *w);

#endif
