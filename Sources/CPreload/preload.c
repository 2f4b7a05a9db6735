// Loaded into a server by LD_PRELOAD: fsync and fdatasync take longer while the control file says so, and note there what
// they took; the wall clock is off by as much as it says, and the monotonic one never. With nothing asked for, that is two
// looks at the clock beside a disk's work, and one at a word beside each look at the clock.
#define _GNU_SOURCE
#include "preload.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

typedef int sync_call(int);

static struct preload_control *control;

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

// The file is made, in its full length, by whoever started the server.
__attribute__((constructor)) static void load(void) {
    const char *path = getenv("HOLDFAST_PRELOAD");
    if (!path) return;
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) return;
    struct stat found;
    if (fstat(file, &found) == 0 && found.st_size >= (off_t)sizeof *control) {
        void *place = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (place != MAP_FAILED) {
            control = place;
            __atomic_store_n(&control->pid, getpid(), __ATOMIC_RELAXED);
        }
    }
    close(file);
}

// In short naps, so that whoever takes the delay away need not wait for those that are under way.
// Returns whether the whole of what was asked for has passed.
static int hold_up(int64_t began, int64_t delay) {
    for (;;) {
        int64_t left = began + delay - now();
        if (left <= 0) return 1;
        if (__atomic_load_n(&control->delay, __ATOMIC_RELAXED) == 0) return 0;
        if (left > 10000000) left = 10000000;
        struct timespec nap = {0, left};
        nanosleep(&nap, NULL);
    }
}

static int slowly(sync_call *call, int file) {
    if (!control) return call(file);
    int64_t began = now();
    int64_t delay = __atomic_load_n(&control->delay, __ATOMIC_RELAXED);
    int held = delay > 0 && hold_up(began, delay);
    int result = call(file);
    int error = errno;
    int64_t took = now() - began;
    __atomic_store_n(&control->last, took, __ATOMIC_RELAXED);
    if (held) {
        int64_t longest = __atomic_load_n(&control->longest, __ATOMIC_RELAXED);
        while (took > longest && !__atomic_compare_exchange_n(
            &control->longest, &longest, took, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {}
        __atomic_add_fetch(&control->slowed, 1, __ATOMIC_RELEASE);
    }
    __atomic_add_fetch(&control->done, 1, __ATOMIC_RELEASE);
    errno = error;
    return result;
}

// Found at each first use, for threads may come here before the constructor has run.
#define REAL(name)                                                                        \
    static _Atomic(sync_call *) known;                                                    \
    sync_call *call = atomic_load_explicit(&known, memory_order_relaxed);                 \
    if (!call) {                                                                          \
        call = (sync_call *)dlsym(RTLD_NEXT, name);                                       \
        if (!call) {                                                                      \
            errno = ENOSYS;                                                               \
            return -1;                                                                    \
        }                                                                                 \
        atomic_store_explicit(&known, call, memory_order_relaxed);                        \
    }

int fsync(int file) {
    REAL("fsync")
    return slowly(call, file);
}

int fdatasync(int file) {
    REAL("fdatasync")
    return slowly(call, file);
}

// The C library's own, from the constructor on. Allocators look at the clock before that, when nothing may be looked up:
// the kernel answers them.
typedef int clock_call(clockid_t, struct timespec *);
static _Atomic(clock_call *) real_clock;

__attribute__((constructor)) static void find_clock(void) {
    atomic_store_explicit(&real_clock, (clock_call *)dlsym(RTLD_NEXT, "clock_gettime"), memory_order_release);
}

int clock_gettime(clockid_t id, struct timespec *t) {
    clock_call *call = atomic_load_explicit(&real_clock, memory_order_acquire);
    int result = call ? call(id, t) : (int)syscall(SYS_clock_gettime, id, t);
    if (result != 0 || !control || (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE)) return result;
    int64_t step = __atomic_load_n(&control->step, __ATOMIC_RELAXED);
    if (step == 0) return 0;
    int64_t told = t->tv_sec * 1000000000LL + t->tv_nsec + step;
    t->tv_sec = told / 1000000000LL;
    t->tv_nsec = told % 1000000000LL;
    __atomic_add_fetch(&control->told, 1, __ATOMIC_RELAXED);
    return 0;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone) {
    (void)zone;
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) == 0) {
        t->tv_sec = now.tv_sec;
        t->tv_usec = now.tv_nsec / 1000;
    }
    return 0;
}

time_t time(time_t *place) {
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_REALTIME, &now);
    if (place) *place = now.tv_sec;
    return now.tv_sec;
}
