#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct timespec duration(int64_t nanoseconds)
{
    struct timespec time = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    return time;
}

int clinux_epoll_create(void)
{
    int descriptor = epoll_create1(EPOLL_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}

int clinux_epoll_control(int epoll, int operation, int descriptor, uint32_t events, uint64_t token)
{
    static const int operations[] = {EPOLL_CTL_ADD, EPOLL_CTL_MOD, EPOLL_CTL_DEL};
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(epoll, operations[operation], descriptor, &event) != 0 ? -errno : 0;
}

int clinux_epoll_wait(int epoll, struct clinux_event *events, int capacity, int64_t nanoseconds)
{
    struct epoll_event found[256];
    if (capacity > 256) capacity = 256;
    struct timespec time = duration(nanoseconds < 0 ? 0 : nanoseconds);
    // glibc has epoll_pwait2 only from 2.35 on; the kernel from 5.11.
    int count = (int)syscall(SYS_epoll_pwait2, epoll, found, capacity, nanoseconds < 0 ? NULL : &time, NULL, 0);
    if (count < 0 && (errno == ENOSYS || errno == EPERM)) {
        int64_t milliseconds = nanoseconds < 0 ? -1 : (nanoseconds + 999999) / 1000000;
        count = epoll_wait(epoll, found, capacity, milliseconds > 1000000000 ? 1000000000 : (int)milliseconds);
    }
    // Who was stopped and goes on is interrupted, and may find its deadlines passed: what came meanwhile comes first.
    if (count < 0 && errno == EINTR) {
        count = epoll_wait(epoll, found, capacity, 0);
        if (count < 0 && errno == EINTR) count = 0;
    }
    if (count < 0) return -errno;
    for (int i = 0; i < count; i++) {
        events[i].token = found[i].data.u64;
        events[i].events = found[i].events;
    }
    return count;
}

static int wait_for(int descriptor, short events, int64_t nanoseconds)
{
    int64_t end = nanoseconds < 0 ? 0 : clinux_monotonic() + nanoseconds;
    for (;;) {
        struct pollfd one = {.fd = descriptor, .events = events};
        int64_t left = nanoseconds < 0 ? 0 : end - clinux_monotonic();
        struct timespec time = duration(left < 0 ? 0 : left);
        int count = ppoll(&one, 1, nanoseconds < 0 ? NULL : &time, NULL);
        if (count >= 0) return count;
        if (errno != EINTR) return -errno;
    }
}

int clinux_wait_readable(int descriptor, int64_t nanoseconds)
{
    return wait_for(descriptor, POLLIN, nanoseconds);
}

int clinux_wait_writable(int descriptor, int64_t nanoseconds)
{
    return wait_for(descriptor, POLLOUT, nanoseconds);
}

int clinux_exact_timers(void)
{
    return prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL) < 0 ? -errno : 0;
}

int clinux_event_create(void)
{
    int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return descriptor < 0 ? -errno : descriptor;
}

int clinux_signal_create(uint64_t mask)
{
    sigset_t set;
    sigemptyset(&set);
    for (int number = 1; number <= 64; number++)
        if (mask & (1ULL << (number - 1))) sigaddset(&set, number);
    int error = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (error != 0) return -error;
    int descriptor = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return descriptor < 0 ? -errno : descriptor;
}

int clinux_signal_next(int descriptor)
{
    struct signalfd_siginfo info;
    ssize_t count = read(descriptor, &info, sizeof info);
    if (count < 0) return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    return count == sizeof info ? (int)info.ssi_signo : 0;
}

int64_t clinux_monotonic(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int clinux_sleep_until(int64_t at_nanoseconds)
{
    struct timespec time = duration(at_nanoseconds);
    int error;
    while ((error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL)) == EINTR) {}
    return -error;
}
