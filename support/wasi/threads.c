// POSIX threads, as far as wring uses them, over wasi-threads (WebAssembly/wasi-threads): the host starts a
// thread in an instance of its own over the same memory when `thread-spawn` is called. The C library that Zig
// brings for WASI has only the header. Built for WASI with WRING_WASI_THREADS.
//
// A host may take long to start a thread, and a pool starts threads anew for each loop. So threads stay: one
// whose work is done waits for more, and work that no thread has begun when it is joined is done by who joins
// it. So nobody waits for a host to start a thread, and none has to, ever.
//
// A thread that traps ends the program. The host says so by setting the thread's state to TRAPPED, after
// which whoever waits for a thread or a lock traps too.
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_THREADS = 64, STACK = 1 << 20, UNUSED = 1024, CHECK_NS = 100 * 1000 * 1000 };

enum {
    IDLE,     // without work; the host may still be about to start the thread
    ASSIGNED, // its work was not begun yet
    RUNNING,
    DONE,
    TRAPPED, // set by the host alone
};

// What thread-spawn gets. The host knows where the state is, wasi_thread_start where the stack's top is.
typedef struct thread {
    atomic_int state;
    uint8_t *top, *stack; // the stack grows down from its top
    void *(*start)(void *);
    void *argument;
} thread;

static thread threads[MAX_THREADS];
static pthread_mutex_t threads_lock; // for assigning work

__attribute__((import_module("wasi"), import_name("thread-spawn"))) int32_t wr_thread_spawn(thread *t);
_Noreturn void wr_thread_main(thread *t);
long wr_thread_sysconf(int name);
void __wasm_init_tls(void *block);

// The host calls wasi_thread_start(id, thread) in the new instance, whose stack pointer is at first that of
// the program.
__asm__(".globaltype __stack_pointer, i32\n"
        ".globl wasi_thread_start\n"
        ".export_name wasi_thread_start, wasi_thread_start\n"
        ".type wasi_thread_start,@function\n"
        "wasi_thread_start:\n"
        ".functype wasi_thread_start (i32, i32) -> ()\n"
        "local.get 1\n"
        "i32.load 4\n"
        "global.set __stack_pointer\n"
        "local.get 1\n"
        "call wr_thread_main\n"
        "end_function\n");

// Waits while *word is `value`, but not for ever.
static void wait_while(atomic_int *word, int value) {
    __builtin_wasm_memory_atomic_wait32((int *)word, value, CHECK_NS);
    for (unsigned i = 0; i < MAX_THREADS; i++)
        if (atomic_load(&threads[i].state) == TRAPPED) __builtin_trap();
}

static void wake(atomic_int *word) { __builtin_wasm_memory_atomic_notify((int *)word, 1); }

// Nothing guards the end of a stack, but what lies there is 0 for as long as the stack was never full.
static void check_stack(const thread *t) {
    for (unsigned i = 0; i < UNUSED; i++)
        if (t->stack[i]) __builtin_trap();
}

static bool take_work(thread *t) {
    int assigned = ASSIGNED;
    return atomic_compare_exchange_strong(&t->state, &assigned, RUNNING);
}

_Noreturn void wr_thread_main(thread *t) {
    __wasm_init_tls(t->top);
    for (;;) {
        int now = atomic_load(&t->state);
        if (now != ASSIGNED) {
            __builtin_wasm_memory_atomic_wait32((int *)&t->state, now, -1);
        } else if (take_work(t)) {
            t->start(t->argument);
            check_stack(t);
            atomic_store(&t->state, DONE);
            wake(&t->state);
        }
    }
}

// Has the host start a thread, of which only its storage may be there yet. Its own variables lie above its
// stack.
static bool start_thread(thread *t) {
    if (!t->stack) t->stack = malloc(STACK + __builtin_wasm_tls_size());
    if (!t->stack) return false;
    memset(t->stack, 0, UNUSED);
    t->top = t->stack + STACK;
    return wr_thread_spawn(t) >= 0;
}

// A thread without work, or NULL. Threads are started in order, and stay.
static thread *find_idle(void) {
    static unsigned nstarted;
    for (unsigned i = 0; i < nstarted; i++)
        if (atomic_load(&threads[i].state) == IDLE) return &threads[i];
    if (nstarted == MAX_THREADS || !start_thread(&threads[nstarted])) return NULL;
    return &threads[nstarted++];
}

int pthread_create(pthread_t *restrict made, const pthread_attr_t *restrict attributes,
                   void *(*start)(void *), void *restrict argument) {
    (void)attributes;
    pthread_mutex_lock(&threads_lock);
    thread *t = find_idle();
    if (t) {
        t->start = start, t->argument = argument;
        atomic_store(&t->state, ASSIGNED);
        wake(&t->state);
    }
    pthread_mutex_unlock(&threads_lock);
    *made = (pthread_t)t;
    return t ? 0 : EAGAIN;
}

// What the work returned is not kept.
int pthread_join(pthread_t joined, void **result) {
    thread *t = (thread *)joined;
    (void)result;
    if (take_work(t)) t->start(t->argument), atomic_store(&t->state, DONE);
    for (int now; (now = atomic_load(&t->state)) != DONE;) wait_while(&t->state, now);
    atomic_store(&t->state, IDLE);
    return 0;
}

// --- Mutexes: 0 when free, 1 when taken, 2 when others may wait as well (U. Drepper, "Futexes Are Tricky")
// ---

_Static_assert(sizeof(pthread_mutex_t) >= sizeof(atomic_int), "a mutex has room for its state");

int pthread_mutex_init(pthread_mutex_t *restrict mutex, const pthread_mutexattr_t *restrict attributes) {
    (void)attributes;
    memset(mutex, 0, sizeof *mutex);
    return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *mutex) {
    (void)mutex;
    return 0;
}

int pthread_mutex_lock(pthread_mutex_t *mutex) {
    atomic_int *word = (atomic_int *)mutex;
    int was = 0;
    if (atomic_compare_exchange_strong(word, &was, 1)) return 0;
    while (atomic_exchange(word, 2) != 0) wait_while(word, 2);
    return 0;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex) {
    atomic_int *word = (atomic_int *)mutex;
    if (atomic_exchange(word, 0) == 2) wake(word);
    return 0;
}

// --- What the host says ---

// sysconf() for the pool. WASI has no call for the number of processors, so hosts may tell it in the
// environment.
long wr_thread_sysconf(int name) {
    const char *told = name == _SC_NPROCESSORS_ONLN ? getenv("WRING_PROCESSORS") : NULL;
    return told ? strtol(told, NULL, 10) : -1;
}
