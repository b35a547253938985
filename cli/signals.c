// Interrupts by SIGINT, SIGTERM and SIGHUP. The first one asks the running work to stop and to clean up after
// itself. A second one, or one that arrives when there is no work to ask, removes the temporary file and ends
// the program. This is the only file of the program with global state, since a signal handler has no
// argument.
#include "signals.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#include "support/system.h"

static _Atomic(wring_job *) current_job;
static _Atomic(const char *) current_file;
static _Atomic(atomic_bool *) current_flag;
static atomic_int caught;
static atomic_llong first_ms; // when it was caught
enum { SAME_MS = 500 };

static void end_by(int number) {
    const char *file = atomic_load(&current_file);
    if (file) unlink(file);
    signal(number, SIG_DFL);
    raise(number);
}

// timeout(1) sends its signal to the process and to its group: what follows at once is the same interruption.
static bool is_second(int number) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    long long now = (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000, none = 0;
    if (atomic_compare_exchange_strong(&first_ms, &none, now)) {
        atomic_store(&caught, number);
        return false;
    }
    return now - none > SAME_MS;
}

static void on_signal(int number) {
    bool again = is_second(number);
    wring_job *job = atomic_load(&current_job);
    atomic_bool *flag = atomic_load(&current_flag);
    if (again || (!job && !flag)) end_by(number);
    if (job) wring_cancel(job);
    if (flag) atomic_store(flag, true);
}

#if WR_HAS_PROCESSES
void wr_signals_catch(void) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction old;
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
    }
    signal(SIGXFSZ, SIG_IGN); // a file too large is an error of write(), not the end
}
#else
void wr_signals_catch(void) {
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
}
#endif

void wr_signal_job(wring_job *job) { atomic_store(&current_job, job); }
void wr_signal_file(const char *path) { atomic_store(&current_file, path); }
void wr_signal_flag(atomic_bool *flag) { atomic_store(&current_flag, flag); }

bool wr_signal_caught(void) { return atomic_load(&caught) != 0; }

void wr_signals_end(void) {
    int number = atomic_load(&caught);
    if (number) end_by(number);
}
