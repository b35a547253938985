// Arenas: bump allocation in chunks, with big blocks in chunks of their own. Every chunk counts against the
// job's memory limit. Tests make the N-th chunk allocation fail.
#include <assert.h>
#include <stdlib.h>

#include "env.h"

struct wr_chunk {
    wr_chunk *next, *prev;
    size_t n;      // bytes of payload
    size_t align_; // keeps the payload aligned to 16
};

static_assert(sizeof(wr_chunk) % 16 == 0, "payload alignment");

static uint8_t *payload(wr_chunk *chunk) { return (uint8_t *)(chunk + 1); }

// Counts n more bytes, or throws if that exceeds the limit. Also injects allocation faults.
static void charge(wr_env *env, size_t n) {
    wr_shared *shared = env->shared;
    if (WR_UNLIKELY(atomic_load_explicit(&shared->fail_after, memory_order_relaxed) != 0) &&
        atomic_fetch_sub(&shared->fail_after, 1) == 1)
        wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory (injected)");
    size_t used = atomic_fetch_add(&shared->mem_used, n) + n;
    if (shared->mem_limit && used > shared->mem_limit) {
        atomic_fetch_sub(&shared->mem_used, n);
        wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "the memory limit of %zu bytes is reached", shared->mem_limit);
    }
    size_t peak = atomic_load_explicit(&shared->mem_peak, memory_order_relaxed);
    while (used > peak && !atomic_compare_exchange_weak(&shared->mem_peak, &peak, used)) {}
}

static void discharge(wr_env *env, size_t n) { atomic_fetch_sub(&env->shared->mem_used, n); }

static void link_chunk(wr_chunk **list, wr_chunk *chunk) {
    chunk->prev = NULL;
    chunk->next = *list;
    if (*list) (*list)->prev = chunk;
    *list = chunk;
}

static wr_chunk *new_chunk(wr_env *env, wr_chunk **list, size_t n) {
    charge(env, n);
    wr_chunk *chunk = malloc(sizeof *chunk + n);
    if (!chunk) {
        discharge(env, n);
        wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory (%zu bytes wanted)", n);
    }
    chunk->n = n;
    link_chunk(list, chunk);
    return chunk;
}

// Frees the chunks of a list that are newer than `last`.
static void free_newer(wr_env *env, wr_chunk **list, wr_chunk *last) {
    for (wr_chunk *chunk = *list, *next; chunk != last; chunk = next) {
        next = chunk->next;
        discharge(env, chunk->n);
        free(chunk);
    }
    *list = last;
    if (last) last->prev = NULL;
}

static void free_list(wr_env *env, wr_chunk **list) { free_newer(env, list, NULL); }

void wr_arena_init(wr_arena *arena, wr_env *env, size_t chunk_size) {
    *arena = (wr_arena){.env = env, .chunk_size = chunk_size};
}

void wr_arena_free(wr_arena *arena) {
    free_list(arena->env, &arena->chunks);
    free_list(arena->env, &arena->big);
    arena->at = arena->end = NULL;
}

void wr_arena_reset(wr_arena *arena) {
    free_list(arena->env, &arena->big);
    if (!arena->chunks) return;
    free_list(arena->env, &arena->chunks->next);
    arena->at = payload(arena->chunks);
    arena->end = arena->at + arena->chunks->n;
}

wr_mark wr_arena_mark(const wr_arena *arena) {
    return (wr_mark){arena->chunks, arena->big, arena->at, arena->end};
}

void wr_arena_release(wr_arena *arena, const wr_mark *mark) {
    free_newer(arena->env, &arena->big, mark->big);
    free_newer(arena->env, &arena->chunks, mark->chunks);
    arena->at = mark->at;
    arena->end = mark->end;
}

size_t wr_arena_size(const wr_arena *arena) {
    size_t n = 0;
    for (const wr_chunk *chunk = arena->chunks; chunk; chunk = chunk->next) n += chunk->n;
    for (const wr_chunk *chunk = arena->big; chunk; chunk = chunk->next) n += chunk->n;
    return n;
}

// Rounds up to the alignment. The result is never 0, so every block has an address of its own.
static size_t rounded(wr_arena *arena, size_t n) {
    if (n > SIZE_MAX / 2)
        wr_throw(arena->env, WR_NOMEM, WR_NO_OFFSET, "an allocation of %zu bytes is too large", n);
    return (n + 15 + (n == 0)) & ~(size_t)15;
}

// In checked builds a block begins with values that nothing else has: who reads what was never written
// makes another output than the usual build.
static void *fresh(void *block, size_t n) {
#ifdef WR_CHECKED
    memset(block, 0xa5, n);
#else
    (void)n;
#endif
    return block;
}

void *wr_alloc(wr_arena *arena, size_t n) {
    n = rounded(arena, n);
    if (n >= WR_BIG_BLOCK) return fresh(payload(new_chunk(arena->env, &arena->big, n)), n);
    if (WR_UNLIKELY((size_t)(arena->end - arena->at) < n)) {
        size_t size = arena->chunk_size > n ? arena->chunk_size : n;
        wr_chunk *chunk = new_chunk(arena->env, &arena->chunks, size);
        arena->at = payload(chunk);
        arena->end = arena->at + size;
    }
    void *block = arena->at;
    arena->at += n;
    return fresh(block, n);
}

void *wr_alloc0(wr_arena *arena, size_t n) { return memset(wr_alloc(arena, n), 0, n); }

void *wr_alloc_items(wr_arena *arena, size_t n, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes))
        wr_throw(arena->env, WR_NOMEM, WR_NO_OFFSET, "an allocation of %zu items is too large", n);
    return wr_alloc(arena, bytes);
}

static void *grow_big(wr_arena *arena, void *old, size_t n) {
    wr_chunk *chunk = (wr_chunk *)old - 1;
    if (n <= chunk->n) return old;
    size_t more = n - chunk->n;
    charge(arena->env, more);
    wr_chunk *moved = realloc(chunk, sizeof *chunk + n);
    if (!moved) {
        discharge(arena->env, more);
        wr_throw(arena->env, WR_NOMEM, WR_NO_OFFSET, "out of memory (%zu bytes wanted)", n);
    }
    moved->n = n;
    if (moved->prev)
        moved->prev->next = moved;
    else
        arena->big = moved;
    if (moved->next) moved->next->prev = moved;
    return payload(moved);
}

void *wr_grow(wr_arena *arena, void *old, size_t old_n, size_t n) {
    n = rounded(arena, n);
    if (!old) return wr_alloc(arena, n);
    old_n = rounded(arena, old_n);
    if (n <= old_n) return old;
    if (old_n >= WR_BIG_BLOCK) return grow_big(arena, old, n);
    if ((uint8_t *)old + old_n == arena->at && (size_t)(arena->end - arena->at) >= n - old_n &&
        n < WR_BIG_BLOCK) {
        arena->at += n - old_n;
        return old;
    }
    return memcpy(wr_alloc(arena, n), old, old_n);
}

void wr_arena_give_back(wr_arena *arena, void *block) {
    wr_chunk *chunk = (wr_chunk *)block - 1;
    if (chunk->prev)
        chunk->prev->next = chunk->next;
    else
        arena->big = chunk->next;
    if (chunk->next) chunk->next->prev = chunk->prev;
    discharge(arena->env, chunk->n);
    free(chunk);
}

wr_slice wr_slice_copy(wr_arena *arena, wr_slice s) {
    if (s.n == 0) return s;
    return wr_slice_of(memcpy(wr_alloc(arena, s.n), s.p, s.n), s.n);
}

void wr_vec_grow(wr_arena *arena, void **items, uint32_t *cap, uint32_t n, size_t more, size_t size) {
    size_t want = (size_t)n + more;
    size_t new_cap = *cap < 8 ? 8 : (size_t)*cap * 2;
    if (new_cap < want) new_cap = want;
    if (new_cap > UINT32_MAX - 1)
        wr_throw(arena->env, WR_NOMEM, WR_NO_OFFSET, "a list of %zu items is too long", want);
    *items = wr_grow(arena, *items, (size_t)*cap * size, new_cap * size);
    *cap = (uint32_t)new_cap;
}
