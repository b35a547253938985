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
    // By function, the inner map of the name section; empty if there is none.
    wr_slice *local_maps, *label_maps;
    // Of the current function, by local and by label in the order of the code; NULL: none has a name.
    wr_slice *locals, *labels;
    uint32_t nlocals, nlabels;
    wr_u32s open; // numbers of the labels around the current instruction, outermost first
} wr_text_writer;

void wr_text_put(wr_text_writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
void wr_text_heaptype(wr_text_writer *w, wr_heaptype heap);
void wr_text_valtype(wr_text_writer *w, wr_valtype type);
void wr_text_func(wr_text_writer *w, uint32_t func);
void wr_text_local(wr_text_writer *w, uint32_t local);
// A label as a branch names it.
void wr_text_label(wr_text_writer *w, uint32_t depth);
// " (param i32 i32)"; nothing if there are none.
void wr_text_values(wr_text_writer *w, const char *what, const wr_valtype *types, uint32_t n);
// " (param $first i32)"; the local is one of the current function's.
void wr_text_named(wr_text_writer *w, const char *what, uint32_t local, wr_valtype type);
// " (type 3) (param i32)"
void wr_text_type_use(wr_text_writer *w, uint32_t type);
// The same of the current function, with the names of its parameters.
void wr_text_func_type(wr_text_writer *w, uint32_t type);
// A quoted string; bytes beyond ASCII are escaped.
void wr_text_string(wr_text_writer *w, wr_slice bytes);

void wr_text_types(wr_text_writer *w);
// One instruction without brackets: its name, its label ($name, or empty) and its immediates.
void wr_text_ins(wr_text_writer *w, const wr_ins *ins, const uint32_t *ext, wr_slice label);
// A function's type, its locals, and its code, folded.
void wr_text_body(wr_text_writer *w, uint32_t func);
// The instructions of a constant expression, each in brackets.
void wr_text_constant(wr_text_writer *w, wr_slice code);
// Makes the names of functions, and of a function's locals and labels.
void wr_text_find_names(wr_text_writer *w);
void wr_text_enter_function(wr_text_writer *w, uint32_t func, uint32_t nlocals, uint32_t nlabels);

#endif
