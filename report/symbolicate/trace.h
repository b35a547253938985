// Parses stack traces as engines write them: finds the place in a module that a line of a trace names.
//
//     at f (wasm://wasm/0a1b:wasm-function[7]:0x1d6)        Chrome, Node, Edge; Deno, with [0] always
//     f@https://example.org/app.wasm:wasm-function[7]:0x1d6 Firefox
//     <?>.wasm-function[7]@[wasm code]                      Safari up to 18: the function alone
//     f@<?>:wasm-function[7]                                Safari from 26 on: the same
//     0:  0x1d6 - <unknown>!f                               Wasmtime
//     0:  <unknown>!<wasm function 7>                       Wasmtime without a table of addresses
//     at f (app[7]:0x1d6)                                   Wasmer
//     f (0001425a:0x1d6)                                    Chrome's tools, for a module without a URL
//     https://example.org/app.wasm?v=2:0x1d6                tools
//     app.wasm:1:471                                        tools; a column, which JavaScript counts from 1
//     "instruction_addr": "0x1d6"                           events for Sentry
#ifndef WR_REPORT_SYMBOLICATE_TRACE_H
#define WR_REPORT_SYMBOLICATE_TRACE_H

#include "support/base.h"

typedef struct wr_trace_place {
    uint32_t func;   // index; WR_NONE: not given
    uint64_t offset; // in the file; WR_NO_OFFSET: not given
} wr_trace_place;

// Whether the line names a place.
bool wr_trace_read_line(wr_slice line, wr_trace_place *place);

#endif
