// The core modules that a component gets to hold the counters of its other core modules, and to write them
// as a profile.
#ifndef WR_INSTRUMENT_COUNTER_MODULE_H
#define WR_INSTRUMENT_COUNTER_MODULE_H

#include "support/buf.h"

// A core module whose calls are counted.
typedef struct wr_counted_module {
    uint32_t number; // in the component
    uint32_t nfuncs;
    wr_slice text;         // from wr_counters_describe()
    const uint32_t *sizes; // of the lines of the text
} wr_counted_module;

typedef struct wr_counted_modules {
    WR_VEC(wr_counted_module) list;
} wr_counted_modules;

// A module that exports a memory, "memory", in which the profile has room.
wr_slice wr_counter_memory(wr_env *env, const wr_counted_modules *counted);

#define WR_PROFILE_FUNCTION "wring profile"

// A module that holds the counters and exports them, and with them
//   "wring profile" (result i32)  writes the profile, and returns the place of its place and size
//   "dump"                        writes it to standard error, unless that was done; if `dumps`
//   "exit 0" (param i32), …       do so too, and then what the import of that name does; as many as `exits`
//   "memory"                      the memory, for readers
// It imports all it needs from "": "memory"; if `dumps`, also "stderr" and "write", lowered from
// get-stderr and [method]output-stream.blocking-write-and-flush, and the exits.
wr_slice wr_counter_module(wr_env *env, const wr_counted_modules *counted, bool dumps, uint32_t exits);

// A module that exports "run" (result i32), which calls the import "run" from "", and then "dump".
wr_slice wr_counter_runner(wr_env *env);

#endif
