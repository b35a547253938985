// The environment that work runs in: failure, memory and limits.
//
// A wr_env belongs to one thread. Work that can fail runs under wr_try(). Code below it that meets bad input,
// a limit or a failed allocation calls wr_throw(), which unwinds (longjmp) to that wr_try(). All memory is in
// arenas that the env owns, so unwinding leaks nothing and there is a single cleanup path. A wr_shared holds
// what all threads of a job share: limits, the cancel flag, memory accounting, and injection of allocation
// faults for tests.
#ifndef WR_SUPPORT_ENV_H
#define WR_SUPPORT_ENV_H

#include <setjmp.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base.h"

typedef struct wr_diag {
    wr_status status;
    uint64_t offset; // byte offset in the module, or WR_NO_OFFSET
    uint32_t func;   // function index, or WR_NONE
    char message[256];
} wr_diag;

typedef struct wr_shared {
    atomic_size_t mem_used; // bytes now allocated in arena chunks
    atomic_size_t mem_peak;
    size_t mem_limit;         // in bytes; 0: no limit
    atomic_size_t fail_after; // fault injection: the N-th chunk allocation from now on fails; 0: never
    atomic_bool cancelled;    // set by any thread to stop the job
    uint64_t deadline_ns;     // on the monotonic clock; 0: none
    bool (*progress)(void *user, const char *stage, double fraction); // may be NULL; false cancels
    void *progress_user;
} wr_shared;

typedef struct wr_chunk wr_chunk;
typedef struct wr_env wr_env;

// A bump allocator. Memory lives until the arena is reset or freed. A block of WR_BIG_BLOCK bytes or more has
// a chunk of its own, which wr_grow resizes in place if it can.
typedef struct wr_arena {
    wr_env *env;
    wr_chunk *chunks; // all chunks, newest first; the head is the one being filled
    wr_chunk *big;    // chunks with a single block
    uint8_t *at, *end;
    size_t chunk_size;
} wr_arena;

struct wr_env {
    wr_shared *shared;
    jmp_buf *catcher;
    wr_diag diag;      // the last failure
    wr_arena perm;     // results that live as long as the job
    wr_arena pass;     // lives until the current pass ends
    wr_arena code;     // bodies that passes wrote, and their summaries; see wr_module_compact_code
    wr_arena old_code; // the previous `code` while wr_module_compact_code moves its contents
    wr_arena temp;     // scratch; whoever starts a new work item resets it
    uint32_t func;     // the current function, for diagnostics, or WR_NONE
};

void wr_env_init(wr_env *env, wr_shared *shared);
void wr_env_free(wr_env *env);

// Runs fn. Returns WR_OK, or the status of what was thrown inside, with env->diag filled.
wr_status wr_try(wr_env *env, void (*fn)(wr_env *env, void *arg), void *arg);

// Runs fn, which reads something that a module may have wrong and still be good, such as a custom section.
// Returns whether it was good; if not, *bad (which may be NULL) says why, and else its status is WR_OK.
// env->diag stays as it was. All other failures are thrown on.
bool wr_try_input(wr_env *env, void (*fn)(wr_env *env, void *arg), void *arg, wr_diag *bad);

_Noreturn void wr_throw(wr_env *env, wr_status status, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
_Noreturn void wr_rethrow(wr_env *env, const wr_diag *diag);

// Throws if the job was cancelled or is out of time. Cheap enough to call once for each function.
void wr_check(wr_env *env);
// Whether wr_check() would throw, for callers that must free something first.
bool wr_env_must_stop(const wr_env *env);

uint64_t wr_now_ns(void);

#define WR_BIG_BLOCK ((size_t)64 << 10)

void wr_arena_init(wr_arena *arena, wr_env *env, size_t chunk_size);
void wr_arena_free(wr_arena *arena);
// Frees all blocks at once, keeping one chunk for reuse.
void wr_arena_reset(wr_arena *arena);
// Returns a block of n bytes, aligned to 16. wr_alloc0 clears it, wr_alloc does not. Both throw WR_NOMEM.
void *wr_alloc(wr_arena *arena, size_t n);
void *wr_alloc0(wr_arena *arena, size_t n);
// Grows a block, which may move: the old pointer is invalid afterwards. `old` may be NULL.
void *wr_grow(wr_arena *arena, void *old, size_t old_n, size_t n);
// Frees a single block of WR_BIG_BLOCK bytes or more before its arena is freed.
void wr_arena_give_back(wr_arena *arena, void *block);
// The size in bytes of all chunks.
size_t wr_arena_size(const wr_arena *arena);

// A checkpoint of an arena. Releasing it frees everything allocated since. Until then, blocks from before the
// checkpoint must be neither grown nor given back.
typedef struct wr_mark {
    wr_chunk *chunks, *big;
    uint8_t *at, *end;
} wr_mark;
wr_mark wr_arena_mark(const wr_arena *arena);
void wr_arena_release(wr_arena *arena, const wr_mark *mark);

wr_slice wr_slice_copy(wr_arena *arena, wr_slice s);

// Allocates an array of n items; the total size is checked against overflow.
void *wr_alloc_items(wr_arena *arena, size_t n, size_t size);
#define WR_NEW(arena, type, n) ((type *)wr_alloc_items((arena), (n), sizeof(type)))
#define WR_NEW0(arena, type, n) \
    ((type *)wr_zero_items(wr_alloc_items((arena), (n), sizeof(type)), (n) * sizeof(type)))
static inline void *wr_zero_items(void *p, size_t n) { return memset(p, 0, n); }

// Growable arrays. Example: WR_VEC(int) list = {0}; WR_PUSH(arena, list, 7).
#define WR_VEC(type) \
    struct { \
        type *v; \
        uint32_t n, cap; \
    }
#define WR_PUSH(arena, vec, item) \
    do { \
        if ((vec).n == (vec).cap) \
            wr_vec_grow((arena), (void **)&(vec).v, &(vec).cap, (vec).n, 1, sizeof(*(vec).v)); \
        (vec).v[(vec).n++] = (item); \
    } while (0)
// Makes room for `more` items beyond vec.n.
#define WR_RESERVE(arena, vec, more) \
    do { \
        if ((vec).cap - (vec).n < (more)) \
            wr_vec_grow((arena), (void **)&(vec).v, &(vec).cap, (vec).n, (more), sizeof(*(vec).v)); \
    } while (0)
void wr_vec_grow(wr_arena *arena, void **items, uint32_t *cap, uint32_t n, size_t more, size_t size);

typedef WR_VEC(uint32_t) wr_u32s;

#endif
