// Runs a child with fork and exec, then waits for its standard error and its end together.
//
// The child leads a process group of its own, so that a timeout also kills the processes it started. A failed
// exec is reported through a pipe that a successful exec closes.
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "env.h"
#include "system.h"

#ifdef __linux__
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

enum { TICK_MS = 100 }; // how often the cancel flag and the memory are checked

typedef struct pipes {
    int exec[2];   // carries the child's errno if exec failed
    int errors[2]; // its standard error
    int in, out;   // files for its standard input and output
} pipes;

typedef struct child {
    const wr_command *command;
    wr_outcome *outcome;
    pid_t pid;
    int pidfd; // readable once the child has ended; -1 on old kernels
    int errors;
    size_t nerrors;
    uint64_t start, deadline;
    struct rusage usage;
    int status;
} child;

static void close_fd(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static void close_pipes(pipes *p) {
    close_fd(&p->exec[0]), close_fd(&p->exec[1]);
    close_fd(&p->errors[0]), close_fd(&p->errors[1]);
    close_fd(&p->in), close_fd(&p->out);
}

static int open_pipe(int ends[2]) {
#ifdef __linux__
    return pipe2(ends, O_CLOEXEC);
#else
    return pipe(ends) || fcntl(ends[0], F_SETFD, FD_CLOEXEC) || fcntl(ends[1], F_SETFD, FD_CLOEXEC) ? -1 : 0;
#endif
}

static int open_pipes(pipes *p, const wr_command *command) {
    const char *out_path = command->out_path;
    *p = (pipes){{-1, -1}, {-1, -1}, -1, -1};
    if (open_pipe(p->exec) || open_pipe(p->errors)) return errno;
    p->in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    p->out = command->inherit
                 ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
                 : open(out_path ? out_path : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    return p->in < 0 || p->out < 0 ? errno : 0;
}

#ifdef __linux__
static void pin(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)cpu, &set);
    sched_setaffinity(0, sizeof set, &set); // not being allowed to pin is no reason to fail
}

// Makes the child die with its parent, and pins it to a processor.
static void bind_child(int cpu) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (cpu >= 0) pin(cpu);
}

// A descriptor that is readable once the child has ended; -1 on old kernels.
static int open_pidfd(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

static uint64_t peak_bytes(const struct rusage *usage) { return (uint64_t)usage->ru_maxrss << 10; }

int wr_process_last_cpu(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set)) return -1;
    int last = -1;
    for (int i = 0; i < CPU_SETSIZE; i++)
        if (CPU_ISSET((size_t)i, &set)) last = i;
    return last;
}
#else
static void bind_child(int cpu) { (void)cpu; }

static int open_pidfd(pid_t pid) {
    (void)pid;
    return -1;
}

static uint64_t peak_bytes(const struct rusage *usage) {
    return (uint64_t)usage->ru_maxrss;
} // macOS counts in bytes

int wr_process_last_cpu(void) { return -1; }
#endif

// Runs in the child between fork and exec: only async-signal-safe calls are allowed here.
_Noreturn static void become(const wr_command *command, pipes *p) {
    setpgid(0, 0);
    bind_child(command->cpu);
    bool own_errors = !command->inherit;
    if (dup2(p->in, 0) >= 0 && dup2(p->out, 1) >= 0 && (!own_errors || dup2(p->errors[1], 2) >= 0))
        execv(command->argv[0], (char *const *)command->argv);
    int error = errno;
    ssize_t told = write(p->exec[1], &error, sizeof error);
    _exit(told > 0 ? 127 : 126);
}

static void end_with(child *c, wr_ending ending, int code) {
    c->outcome->ending = ending;
    c->outcome->code = code;
}

// Starts the child. Returns false with the outcome filled if that failed.
static bool start(child *c, pipes *p) {
    int error = open_pipes(p, c->command);
    if (!error) {
        c->pid = fork();
        if (c->pid == 0) become(c->command, p);
        if (c->pid < 0) error = errno;
    }
    if (error) {
        end_with(c, WR_NOT_STARTED, error);
        return false;
    }
    setpgid(c->pid, c->pid);
    close_fd(&p->exec[1]);
    close_fd(&p->errors[1]);
    ssize_t got;
    while ((got = read(p->exec[0], &error, sizeof error)) < 0 && errno == EINTR) {}
    if (got != (ssize_t)sizeof error) return true;
    waitpid(c->pid, NULL, 0);
    end_with(c, WR_NOT_STARTED, error);
    return false;
}

// Reads what is available on the child's standard error, keeping the end of it. Returns false at the end of
// the stream.
static bool drain(child *c) {
    char *errors = c->outcome->errors;
    const size_t room = sizeof c->outcome->errors - 1, half = room / 2;
    if (c->nerrors > half) {
        memmove(errors, errors + c->nerrors - half, half);
        c->nerrors = half;
    }
    ssize_t n = read(c->errors, errors + c->nerrors, room - c->nerrors);
    if (n > 0) c->nerrors += (size_t)n;
    errors[c->nerrors] = 0;
    return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

static bool reaped(child *c) { return wait4(c->pid, &c->status, WNOHANG, &c->usage) == c->pid; }

// Whether the child uses too much memory. A resource limit would count address space, of which JavaScript
// engines reserve a lot but use little.
static bool too_large(const child *c) {
    if (!c->command->memory_limit) return false;
    char path[64];
    unsigned long long pages = 0;
    snprintf(path, sizeof path, "/proc/%ld/statm", (long)c->pid);
    FILE *file = fopen(path, "re");
    if (!file) return false;
    int got = fscanf(file, "%*u %llu", &pages);
    fclose(file);
    return got == 1 && pages * (uint64_t)sysconf(_SC_PAGESIZE) > c->command->memory_limit;
}

static bool over(child *c) {
    const atomic_bool *cancel = c->command->cancel;
    if (cancel && atomic_load(cancel))
        end_with(c, WR_INTERRUPTED, 0);
    else if (c->deadline && wr_now_ns() >= c->deadline)
        end_with(c, WR_TIMED_OUT, 0);
    else if (too_large(c))
        end_with(c, WR_TOO_LARGE, 0);
    else
        return false;
    kill(-c->pid, SIGKILL);
    while (wait4(c->pid, &c->status, 0, &c->usage) < 0 && errno == EINTR) {}
    return true;
}

static int tick(const child *c) {
    if (c->pidfd < 0) return 2;
    if (!c->deadline) return TICK_MS;
    uint64_t now = wr_now_ns(), left = c->deadline > now ? (c->deadline - now) / 1000000 + 1 : 0;
    return left < TICK_MS ? (int)left : TICK_MS;
}

static void wait_for_end(child *c) {
    struct pollfd fds[2] = {{.fd = c->pidfd, .events = POLLIN}, {.fd = c->errors, .events = POLLIN}};
    for (;;) {
        poll(fds, 2, tick(c));
        if (fds[1].revents && !drain(c)) fds[1].fd = -1;
        if ((c->pidfd < 0 || fds[0].revents) && reaped(c)) break;
        if (over(c)) return;
    }
    if (WIFSIGNALED(c->status))
        end_with(c, WR_KILLED, WTERMSIG(c->status));
    else
        end_with(c, WR_EXITED, WEXITSTATUS(c->status));
}

void wr_process_run(const wr_command *command, wr_outcome *outcome) {
    *outcome = (wr_outcome){.ending = WR_NOT_STARTED};
    child c = {.command = command, .outcome = outcome, .start = wr_now_ns()};
    if (command->timeout > 0) c.deadline = c.start + (uint64_t)(command->timeout * 1e9);
    pipes p;
    if (start(&c, &p)) {
        c.errors = p.errors[0];
        fcntl(c.errors, F_SETFL, O_NONBLOCK);
        c.pidfd = open_pidfd(c.pid);
        wait_for_end(&c);
        outcome->seconds = (double)(wr_now_ns() - c.start) * 1e-9;
        outcome->peak_memory = peak_bytes(&c.usage);
        if (c.pidfd >= 0) close(c.pidfd);
        for (int left = 64;
             left > 0 && poll(&(struct pollfd){.fd = c.errors, .events = POLLIN}, 1, 0) > 0 && drain(&c);)
            left--;
    }
    close_pipes(&p);
}
