// Small modules for tests, given as hexadecimal sections, decoded and validated.
#ifndef WR_TESTS_UNIT_MODULE_TEXT_H
#define WR_TESTS_UNIT_MODULE_TEXT_H

#include "ir/module.h"
#include "support/buf.h"
#include "support/pool.h"
#include "suite.h"

#define VOID "60 00 00"
#define TO_I32 "60 00 01 7f"
#define OF_I32 "60 01 7f 00"
#define PAIR "4e 02 4d 01 5f 00 4c 00 5f 00" // an empty struct and its descriptor

// The sections of a case: entries in hexadecimal, separated by semicolons. Counts and sizes are worked out;
// sections whose text begins with = are taken as they are.
typedef struct module_text {
    const char *type, *import, *func, *table, *memory, *tag, *global, *export, *start, *elem, *data_count,
        *code, *data;
} module_text;

// A module that was decoded and validated, or what was wrong with it.
typedef struct fixture {
    wr_shared shared;
    wr_pool pool;
    wr_module m;
    wr_slice bytes;
    wr_status status;
    wr_diag diag;
} fixture;

// Append the bytes that hexadecimal text stands for, and a whole module.
void put_hex(wr_buf *b, const char *text, size_t n);
void put_module(wr_arena *arena, wr_buf *out, const module_text *t);
// Makes a pool for the fixture; decodes and validates its bytes; does both with the bytes of a text.
void open_bytes(fixture *f, unsigned jobs);
void run_bytes(fixture *f);
void run_text(fixture *f, const module_text *text);
// Frees all, and checks that nothing is left.
void close_fixture(fixture *f);

#endif
