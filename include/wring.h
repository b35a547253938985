/* libwring: shrinks WebAssembly modules.
 *
 * Bytes in, bytes out: the library reads a module, removes what nothing can reach, optimizes, and writes a
 * smaller valid module that behaves the same. It never prints, exits or keeps global state.
 *
 * Threads: every function may be called from any thread; one object may be used by one thread at a time,
 * except that wring_cancel() may be called from any thread while a job runs, and that options may be shared
 * by jobs that only read them. A job starts worker threads of its own (the `jobs` option) and joins them
 * before it returns.
 *
 * Ownership: whoever creates an object frees it with its _free function; all of those accept NULL. Strings
 * and bytes returned from an object live as long as the object, unless said otherwise. Sizes are in bytes,
 * times in seconds.
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
    WRING_USAGE = 1, /* an option is unknown or its value is wrong */
    WRING_BAD_INPUT =
        2, /* the module is malformed, invalid, or of a kind that is not handled (relocatable object) */
    WRING_IO = 3, /* cannot read or write; the library itself does neither but for the `profile` and
                     `with-binaryen` options */
    WRING_INTERNAL =
        4, /* a pass failed on a valid module, or the output is not valid: a bug in the library; no output */
    WRING_NOMEM = 5,     /* out of memory, or the memory limit is reached */
    WRING_CANCELLED = 6, /* wring_cancel() was called, or the progress callback returned 0 */
    WRING_TIMEOUT = 7    /* the time limit is reached */
} wring_status;

/* "0.1.0". */
WRING_API const char *wring_version(void);

/* What a status means, in a few words. */
WRING_API const char *wring_status_text(wring_status status);

/* --- Options
 * --------------------------------------------------------------------------------------------------- */

typedef struct wring_options wring_options;

/* Default options (level Os). NULL when out of memory. */
WRING_API wring_options *wring_options_new(void);
WRING_API void wring_options_free(wring_options *options);

/* Sets an option by the name that the command line has it under, without dashes: "O" with "z", "debug-names"
 * with NULL, "keep-exports" with "run,memory", "jobs" with "2", "memory-limit" with "512M", "time-limit" with
 * "30". The value is copied; NULL stands for "the option is given without a value". Options that take lists
 * add to what was given before. "profile" takes the path of a file, which each wring_optimize() reads anew,
 * with the profile of that very module, as docs/AUDIT.md describes it; the options keep a copy of the path,
 * the job nothing of the file. A malformed profile, or one that says that it is of another module, is
 * WRING_USAGE, with its line; a wrong one may cost size or speed, never more. Returns WRING_OK, WRING_USAGE
 * or WRING_NOMEM; on WRING_USAGE wring_options_error() says what is wrong. */
WRING_API wring_status wring_options_set(wring_options *options, const char *name, const char *value);

/* What the last wring_options_set() refused, "" if nothing. */
WRING_API const char *wring_options_error(const wring_options *options);

/* --- A job
 * ----------------------------------------------------------------------------------------------------- */

typedef struct wring_job wring_job;

/* A job with these options, which must outlive it. NULL when out of memory. */
WRING_API wring_job *wring_job_new(const wring_options *options);
WRING_API void wring_job_free(wring_job *job);

/* Called now and then from the thread that runs the job: the stage's name and how far the whole job is, 0 to
 * 1; it never goes back, and the last call of a job that went well says 1. Returning 0 cancels the job. */
typedef int (*wring_progress_fn)(void *user, const char *stage, double fraction);
WRING_API void wring_job_on_progress(wring_job *job, wring_progress_fn progress, void *user);

/* Called for each function that `dump-after` asks for, with its text; the text is gone after the call. */
typedef void (*wring_dump_fn)(void *user, const char *text, size_t size);
WRING_API void wring_job_on_dump(wring_job *job, wring_dump_fn dump, void *user);

/* Called with the module as it would be written if no pass were to come: once before any pass, named "", then
 * after each that ran, by its name (passes that run in rounds several times). Costs an encoding each time.
 * Where several outputs are made to choose from, there are no more calls from there on. The bytes are gone
 * after the call; returning 0 cancels the job. */
typedef int (*wring_snapshot_fn)(void *user, const char *pass, const void *module, size_t size);
WRING_API void wring_job_on_snapshot(wring_job *job, wring_snapshot_fn snapshot, void *user);

/* Called by wring_optimize() if an output was asked for that is made from the input's source map: `url` is
 * what the module says about it in its section sourceMappingURL, "" if nothing. Returns the map's bytes,
 * which must stay until the run ends, and their number; NULL for none. A map that is none ends the job with
 * WRING_USAGE. */
typedef const void *(*wring_find_map_fn)(void *user, const char *url, size_t *size);
WRING_API void wring_job_on_find_map(wring_job *job, wring_find_map_fn find, void *user);

/* Asks a running job to stop soon; from any thread, also from a signal handler. */
WRING_API void wring_cancel(wring_job *job);

/* Optimizes a module, or a component and the core modules in it, of `size` bytes, which the job reads but
 * does not keep or change. On WRING_OK the output is there; it is never larger than the input. On any other
 * status there is no output, and wring_diagnostic() says why. A job may run many times; each run forgets the
 * results of the one before. */
WRING_API wring_status wring_optimize(wring_job *job, const void *module, size_t size);

/* Makes a copy of a module that counts how often each function is entered and each import called, and does
 * the same otherwise: each has an exported i64 global named "wring count INDEX NAME", and the first one's
 * other name, "wring module IDENTITY", tells the module from others. Output and status as above, but that the
 * output is larger; WRING_USAGE if the module has counters already. */
WRING_API wring_status wring_instrument(wring_job *job, const void *module, size_t size);

/* Reads and validates a module, without optimizing it. */
WRING_API wring_status wring_validate(wring_job *job, const void *module, size_t size);

/* The output of the last wring_optimize() or wring_instrument() that returned WRING_OK; lives until the next
 * run or wring_job_free(). */
WRING_API const void *wring_output(const wring_job *job, size_t *size);

/* Made by the last wring_optimize() beside its output, if "source-map-out" or "symbols-out" are set; *size is
 * 0 if not. Live as long as the output. The library writes no file: whoever set the options does. */
WRING_API const void *wring_source_map(const wring_job *job, size_t *size);
WRING_API const void *wring_symbols(const wring_job *job, size_t *size);

typedef struct wring_diagnostic {
    wring_status status;
    uint64_t offset;     /* byte offset in the module; UINT64_MAX if none */
    uint32_t function;   /* function index; UINT32_MAX if none */
    const char *message; /* a sentence without offset or function; "" if all is well */
} wring_diagnostic;

/* What the last run ended with. */
WRING_API wring_diagnostic wring_last_diagnostic(const wring_job *job);

/* Things a user may want to know although the job went well ("binaryen stage failed: …"), by number; NULL
 * past the last. */
WRING_API const char *wring_note(const wring_job *job, size_t index);

/* What the memories of an instance of the output hold otherwise than those of the input, on purpose: tables
 * of Go's runtime. */
typedef enum wring_change_kind {
    WRING_CHANGED_BYTES, /* `size` bytes at `at` are something else at the start */
    WRING_MOVED_ITEM,    /* of the table of `limit` bytes at `table`, `size` bytes from offset `at` on are now
                            from offset `to`    on; so are addresses and offsets that point there, and the lengths
                            of what is left behind them */
    WRING_DEAD_WORD,     /* the 8-byte word with the value `at` is no longer written where nothing reads it */
    WRING_CRASHES        /* what a program prints when it crashes is shorter: asked for by `go-lean` */
} wring_change_kind;

typedef struct wring_memory_change {
    wring_change_kind kind;
    uint32_t memory; /* its index in the input */
    uint64_t at, size, to, table, limit;
} wring_memory_change;

/* Change `index` that the last run made; returns 0 past the last. All else in memory is the same at each step
 * of a run, so that what compares the two can tell such changes from mistakes. */
WRING_API int wring_changed_memory(const wring_job *job, size_t index, wring_memory_change *change);

/* How the job's time went: one entry a pass or phase that ran, in order. */
typedef struct wring_timing {
    const char *name;
    double seconds;        /* wall time */
    uint64_t bytes_before; /* of function bodies and data, before and after; equal for what changes nothing */
    uint64_t bytes_after;
} wring_timing;

/* Entry `index` of the last run; returns 0 past the last. */
WRING_API int wring_job_timing(const wring_job *job, size_t index, wring_timing *timing);

/* Most bytes that the last run held in its own allocations at once (the input and the output included only as
 * far as the job made copies). */
WRING_API size_t wring_job_peak_memory(const wring_job *job);

/* --- Passes
 * ---------------------------------------------------------------------------------------------------- */

typedef struct wring_pass_info {
    const char *name;
    const char *summary;
    const char *scope;  /* "module", "ipo", "function", "control", "stepwise", "size" or "runtime" */
    const char *levels; /* the levels that run it, as in "1 2 3 s z" */
} wring_pass_info;

/* Pass `index`, in the order in which passes first run; returns 0 past the last. */
WRING_API int wring_pass(size_t index, wring_pass_info *info);

#ifdef __cplusplus
}
#endif

#endif
