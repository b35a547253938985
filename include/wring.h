/* libwring: an optimizer that makes WebAssembly modules smaller.
 *
 * Bytes in, bytes out: the library reads a module, removes what is unreachable, optimizes the rest, and
 * writes a smaller valid module that behaves the same. It never prints, never exits and keeps no global
 * state. A minimal use:
 *
 *     wring_options *options = wring_options_new();
 *     wring_options_set(options, "O", "z");
 *     wring_job *job = wring_job_new(options);
 *     if (wring_optimize(job, bytes, size) == WRING_OK)
 *         output = wring_output(job, &output_size);
 *     else
 *         report(wring_last_diagnostic(job).message);
 *
 * Threads: any thread may call any function, but an object may be used by only one thread at a time. There
 * are two exceptions: wring_cancel() may be called from any thread while a job runs, and several jobs may
 * share one options object, since they only read it. A job starts worker threads of its own (the `jobs`
 * option) and joins them before it returns. Callbacks are called on the thread that runs the job.
 *
 * Ownership: whoever creates an object frees it with the matching _free function; each of these accepts NULL.
 * Strings and bytes that an object returns live as long as the object, unless noted otherwise.
 *
 * Units: sizes and offsets are in bytes, times in seconds.
 *
 * Errors: functions that can fail return a wring_status; constructors return NULL when memory runs out.
 */
#ifndef WRING_H
#define WRING_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define WRING_API __attribute__((visibility("default")))
#else
#define WRING_API
#endif

#define WRING_VERSION_MAJOR 0
#define WRING_VERSION_MINOR 1
#define WRING_VERSION_PATCH 0

typedef enum wring_status {
    WRING_OK = 0,
    WRING_USAGE = 1,     /* An option is unknown, or its value is wrong. */
    WRING_BAD_INPUT = 2, /* The module is malformed, invalid or unsupported, such as an object file. */
    WRING_IO = 3,        /* Reading or writing failed. The library itself does so only for the `profile` and
                            `with-binaryen` options. */
    WRING_INTERNAL = 4,  /* A pass failed on a valid module, or the output is invalid: a bug in the library.
                            There is no output. */
    WRING_NOMEM = 5,     /* Out of memory, or the memory limit was reached. */
    WRING_CANCELLED = 6, /* wring_cancel() was called, or a callback returned 0. */
    WRING_TIMEOUT = 7    /* The time limit was reached. */
} wring_status;

/* The version of the library, such as "0.1.0". */
WRING_API const char *wring_version(void);

/* Describes a status in a few words. */
WRING_API const char *wring_status_text(wring_status status);

/* --- Options --- */

typedef struct wring_options wring_options;

/* Returns the default options (level Os), or NULL when out of memory. */
WRING_API wring_options *wring_options_new(void);
WRING_API void wring_options_free(wring_options *options);

/* Sets an option by its name on the command line, without the dashes: "O" to "z", "debug-names" to NULL,
 * "keep-exports" to "run,memory", "jobs" to "2", "memory-limit" to "512M", "time-limit" to "30". The value is
 * copied; NULL means that the option is given without a value. Options that take lists add to what earlier
 * calls gave.
 *
 * "profile" takes the path of a file with the profile of the very module to be optimized, as docs/AUDIT.md
 * describes. The options keep a copy of the path; each wring_optimize() reads the file anew and keeps nothing
 * of it. A profile that is malformed, or that names another module, makes that run fail with WRING_USAGE and
 * the line of the fault. A profile with wrong counts may cost size or speed, never correctness.
 *
 * Returns WRING_OK, WRING_USAGE or WRING_NOMEM; after WRING_USAGE, wring_options_error() says what is wrong.
 */
WRING_API wring_status wring_options_set(wring_options *options, const char *name, const char *value);

/* Says why the last wring_options_set() was refused; "" if it was not. */
WRING_API const char *wring_options_error(const wring_options *options);

/* --- A job --- */

typedef struct wring_job wring_job;

/* Creates a job with these options, which must outlive it. Returns NULL when out of memory. */
WRING_API wring_job *wring_job_new(const wring_options *options);
WRING_API void wring_job_free(wring_job *job);

/* Progress callback, called now and then with the name of the current stage and the fraction of the whole job
 * that is done, from 0 to 1. The fraction never decreases, and the last call of a successful job passes 1.
 * Returning 0 cancels the job. */
typedef int (*wring_progress_fn)(void *user, const char *stage, double fraction);
WRING_API void wring_job_on_progress(wring_job *job, wring_progress_fn progress, void *user);

/* Called with the text of each function that `dump-after` asks for. The text is gone after the call. */
typedef void (*wring_dump_fn)(void *user, const char *text, size_t size);
WRING_API void wring_job_on_dump(wring_job *job, wring_dump_fn dump, void *user);

/* Called with the module as it would be written if no further pass ran: once before any pass, with the name
 * "", then after each pass that ran, with its name (several times for a pass that runs in several rounds).
 * Each call costs an encoding of the module. When several outputs are made to choose from, there are no more
 * calls from that point on. The bytes are valid only during the call. Returning 0 cancels the job. */
typedef int (*wring_snapshot_fn)(void *user, const char *pass, const void *module, size_t size);
WRING_API void wring_job_on_snapshot(wring_job *job, wring_snapshot_fn snapshot, void *user);

/* Called by wring_optimize() if a requested output is made from the input's source map, and by wring_audit().
 * `url` is the content of the module's sourceMappingURL section, or "" if there is none. Returns the bytes of
 * the map, which must stay valid until the run ends, and sets *size; returns NULL if there is no map. Bytes
 * that are not a source map end the job with WRING_USAGE. */
typedef const void *(*wring_find_map_fn)(void *user, const char *url, size_t *size);
WRING_API void wring_job_on_find_map(wring_job *job, wring_find_map_fn find, void *user);

/* Asks a running job to stop soon. May be called from any thread and from a signal handler. */
WRING_API void wring_cancel(wring_job *job);

/* Optimizes a module of `size` bytes, or a component together with the core modules in it. The job reads the
 * bytes, but neither keeps nor changes them. On WRING_OK there is an output, which is never larger than the
 * input. On any other status there is none, and wring_last_diagnostic() says why. A job may run many times;
 * each run discards the results of the previous one. */
WRING_API wring_status wring_optimize(wring_job *job, const void *module, size_t size);

/* Makes a copy of a module that counts the entries of each function and the calls of each import, and
 * otherwise behaves the same. Each counter is an exported i64 global named "wring count INDEX NAME". The
 * first counter has a second export, "wring module IDENTITY", which tells the module from others. Output and
 * status are as for wring_optimize(), except that the output is larger. Returns WRING_USAGE if the module
 * already has counters. */
WRING_API wring_status wring_instrument(wring_job *job, const void *module, size_t size);

/* Audits a module: what is in it, what each function and segment weighs and keeps alive, and what could be
 * left out. The output is UTF-8 text, the JSON that `wring audit --json` writes and docs/AUDIT.md describes,
 * without `do_these`; it is not terminated by a zero. These options count: "keep-exports", "profile", "for"
 * (adds compressed sizes), and the limits. A source map is asked for by the callback of
 * wring_job_on_find_map(), and the audit goes without if there is none. Returns WRING_USAGE for a component,
 * WRING_BAD_INPUT for a module that is malformed or, outside of function bodies, invalid. */
WRING_API wring_status wring_audit(wring_job *job, const void *module, size_t size);

/* Reads and validates a module without optimizing it. */
WRING_API wring_status wring_validate(wring_job *job, const void *module, size_t size);

/* Returns the output of the last wring_optimize(), wring_instrument() or wring_audit() that returned
 * WRING_OK. The bytes live until the next run or wring_job_free(). */
WRING_API const void *wring_output(const wring_job *job, size_t *size);

/* Return what the last wring_optimize() made beside its output if "source-map-out" or "symbols-out" is set;
 * *size is 0 if it made none. The bytes live as long as the output. The library writes no file: that is up to
 * whoever set the options. */
WRING_API const void *wring_source_map(const wring_job *job, size_t *size);
WRING_API const void *wring_symbols(const wring_job *job, size_t *size);

typedef struct wring_diagnostic {
    wring_status status;
    uint64_t offset;     /* Byte offset in the module; UINT64_MAX if unknown. */
    uint32_t function;   /* Function index; UINT32_MAX if unknown. */
    const char *message; /* A sentence without offset or function; "" after success. */
} wring_diagnostic;

/* Describes how the last run ended. */
WRING_API wring_diagnostic wring_last_diagnostic(const wring_job *job);

/* Returns remarks that may interest the user although the job succeeded ("binaryen stage failed: …"), by
 * number; NULL past the last. */
WRING_API const char *wring_note(const wring_job *job, size_t index);

/* The ways in which the memories of an instance of the output intentionally differ from those of the input.
 * They concern tables of Go's runtime. */
typedef enum wring_change_kind {
    WRING_CHANGED_BYTES, /* `size` bytes at `at` differ from the start on. */
    WRING_MOVED_ITEM,    /* In the table of `limit` bytes at `table`, `size` bytes moved from offset `at` to
                            offset `to`. Addresses and offsets that point there moved along, and the lengths of
                            what stays behind them changed. */
    WRING_DEAD_WORD, /* The 8-byte word with value `at` is no longer written in places that nothing reads. */
    WRING_CRASHES    /* What a program prints when it crashes is shorter, as `go-lean` asks. */
} wring_change_kind;

typedef struct wring_memory_change {
    wring_change_kind kind;
    uint32_t memory; /* Memory index in the input. */
    uint64_t at, size, to, table, limit;
} wring_memory_change;

/* Returns the `index`-th change that the last run made; returns 0 past the last. Everything else in memory is
 * the same at each step of an execution, so a comparison of the two modules can tell these changes from
 * miscompiles. */
WRING_API int wring_changed_memory(const wring_job *job, size_t index, wring_memory_change *change);

/* The time that one pass or phase took. Entries are in order of execution. */
typedef struct wring_timing {
    const char *name;
    double seconds;        /* Wall time. */
    uint64_t bytes_before; /* Size of function bodies and data before and after; equal if the entry changes
                              nothing. */
    uint64_t bytes_after;
} wring_timing;

/* Returns the `index`-th entry of the last run; returns 0 past the last. */
WRING_API int wring_job_timing(const wring_job *job, size_t index, wring_timing *timing);

/* The peak, in bytes, of the last run's own allocations. Input and output count only as far as the job copied
 * them. */
WRING_API size_t wring_job_peak_memory(const wring_job *job);

/* --- Passes --- */

typedef struct wring_pass_info {
    const char *name;
    const char *summary;
    const char *scope;  /* One of "module", "ipo", "function", "control", "stepwise", "size", "runtime". */
    const char *levels; /* The levels that run the pass, such as "1 2 3 s z". */
} wring_pass_info;

/* Returns the `index`-th pass, in the order in which passes first run; returns 0 past the last. */
WRING_API int wring_pass(size_t index, wring_pass_info *info);

#ifdef __cplusplus
}
#endif

#endif
