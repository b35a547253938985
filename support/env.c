// Failure and limits of one thread's work. Unwinding to one catcher, with all memory in arenas, is Lua's
// idea.
#include "env.h"

#include <stdarg.h>
#include <time.h>

#include "format.h"

void wr_env_init(wr_env *env, wr_shared *shared) {
    *env = (wr_env){.shared = shared, .func = WR_NONE};
    wr_arena_init(&env->perm, env, (size_t)256 << 10);
    wr_arena_init(&env->temp, env, (size_t)64 << 10);
    wr_arena_init(&env->pass, env, (size_t)64 << 10);
    wr_arena_init(&env->code, env, (size_t)256 << 10);
    wr_arena_init(&env->old_code, env, (size_t)256 << 10);
}

void wr_env_free(wr_env *env) {
    wr_arena_free(&env->perm);
    wr_arena_free(&env->temp);
    wr_arena_free(&env->pass);
    wr_arena_free(&env->code);
    wr_arena_free(&env->old_code);
}

wr_status wr_try(wr_env *env, void (*fn)(wr_env *env, void *arg), void *arg) {
    jmp_buf here;
    jmp_buf *volatile outer = env->catcher;
    env->catcher = &here;
    wr_status status = WR_OK;
    if (setjmp(here) == 0)
        fn(env, arg);
    else
        status = env->diag.status;
    env->catcher = outer;
    return status;
}

bool wr_try_input(wr_env *env, void (*fn)(wr_env *env, void *arg), void *arg, wr_diag *bad) {
    wr_diag before = env->diag;
    wr_status status = wr_try(env, fn, arg);
    if (status != WR_OK && status != WR_BAD_INPUT) wr_rethrow(env, &env->diag);
    if (bad) *bad = status == WR_OK ? (wr_diag){0} : env->diag;
    env->diag = before;
    return status == WR_OK;
}

// Sanitizes a message, which may quote names from modules: one line, no control characters, and no partial
// UTF-8 character at the end if it was cut.
static void tidy(char *message) {
    char *last = message; // the first byte of the last character
    for (char *p = message; *p; p++) {
        unsigned char byte = (unsigned char)*p;
        if (byte < 0x20 || byte == 0x7f) *p = '?';
        if (wr_format_begins_char(byte)) last = p;
    }
    unsigned char lead = (unsigned char)*last;
    size_t length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (strlen(last) < length) *last = 0;
}

void wr_throw(wr_env *env, wr_status status, uint64_t offset, const char *format, ...) {
    va_list args;
    va_start(args, format);
    env->diag.status = status;
    env->diag.offset = offset;
    // These do not depend on the current function.
    bool is_elsewhere = status == WR_CANCELLED || status == WR_TIMEOUT || status == WR_USAGE;
    env->diag.func = is_elsewhere ? WR_NONE : env->func;
    vsnprintf(env->diag.message, sizeof env->diag.message, format, args);
    va_end(args);
    tidy(env->diag.message);
    longjmp(*env->catcher, 1);
}

void wr_rethrow(wr_env *env, const wr_diag *diag) {
    if (diag != &env->diag) env->diag = *diag;
    longjmp(*env->catcher, 1);
}

uint64_t wr_now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static bool is_late(const wr_shared *shared) {
    return shared->deadline_ns && wr_now_ns() > shared->deadline_ns;
}

bool wr_env_must_stop(const wr_env *env) {
    return atomic_load_explicit(&env->shared->cancelled, memory_order_relaxed) || is_late(env->shared);
}

void wr_check(wr_env *env) {
    if (atomic_load_explicit(&env->shared->cancelled, memory_order_relaxed))
        wr_throw(env, WR_CANCELLED, WR_NO_OFFSET, "cancelled");
    if (is_late(env->shared)) wr_throw(env, WR_TIMEOUT, WR_NO_OFFSET, "the time limit is reached");
}
