// Loaded into a server by LD_PRELOAD: fsync and fdatasync take longer while the control file says so, and note there what
// they took. With nothing asked for, that is two looks at the clock beside a disk's work.
#define _GNU_SOURCE
#include "slow_fsync.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef int sync_call(int);

static struct slow_fsync_control *control;

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

// The file is made, in its full length, by whoever started the server.
__attribute__((constructor)) static void load(void) {
    const char *path = getenv("HOLDFAST_SLOW_FSYNC");
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
