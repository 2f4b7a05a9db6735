#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct failure {
    int step;
    int error;
};

static int write_file(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return -1;
    ssize_t written = write(file, text, strlen(text));
    int error = errno;
    close(file);
    errno = error;
    return written < 0 ? -1 : 0;
}

static int map_users(unsigned user, unsigned group)
{
    char text[64];
    // The kernel lets an ordinary user map a group only after this.
    if (write_file("/proc/self/setgroups", "deny") != 0 && errno != ENOENT) return -1;
    snprintf(text, sizeof text, "0 %u 1", user);
    if (write_file("/proc/self/uid_map", text) != 0) return -1;
    snprintf(text, sizeof text, "0 %u 1", group);
    return write_file("/proc/self/gid_map", text);
}

static int raise_loopback(void)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    int result = ioctl(descriptor, SIOCSIFFLAGS, &request), error = errno;
    close(descriptor);
    errno = error;
    return result;
}

// The child of a process that may have threads: system calls only until exec. Returns the step that failed.
static int run_inside(
    const char *path, char *const *arguments, char *const *environment, int own_users, unsigned user, unsigned group,
    int kept, int alive)
{
    if (own_users && map_users(user, group) != 0) return CLINUX_LAB_USERS;
    // After the mapping, since a change of credentials clears it.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return CLINUX_LAB_PARENT;
    struct pollfd parent = {.fd = alive, .events = POLLIN};
    if (poll(&parent, 1, 0) != 0) {
        errno = ESRCH;
        return CLINUX_LAB_PARENT;
    }
    setsid();
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return CLINUX_LAB_MOUNTS;
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0) return CLINUX_LAB_PROC;
    if (mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") != 0) return CLINUX_LAB_RUN;
    if (raise_loopback() != 0) return CLINUX_LAB_LOOPBACK;
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_SETMASK, &blocked, NULL);
    if (kept >= 0) fcntl(kept, F_SETFD, 0);
    execve(path, arguments, environment);
    return CLINUX_LAB_EXECUTE;
}

int clinux_enter_lab(
    const char *path, char *const *arguments, char *const *environment, int as_root_of_own, int kept, int *step)
{
    int report[2], alive[2];
    unsigned user = geteuid(), group = getegid();
    unsigned long flags = CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | (as_root_of_own ? CLONE_NEWUSER : 0) | SIGCHLD;
    *step = CLINUX_LAB_CLONE;
    if (pipe2(report, O_CLOEXEC) != 0) return -errno;
    if (pipe2(alive, O_CLOEXEC) != 0) {
        int error = errno;
        close(report[0]);
        close(report[1]);
        return -error;
    }
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    // As fork, without what the library does around it.
    long pid = syscall(SYS_clone, flags, 0, 0, 0, 0);
    if (pid == 0) {
        close(report[0]);
        close(alive[1]);
        struct failure failure;
        failure.step =
            run_inside(path, arguments, environment, as_root_of_own, user, group, kept, alive[0]);
        failure.error = errno;
        if (write(report[1], &failure, sizeof failure) < 0) {}
        _exit(127);
    }
    int error = pid < 0 ? errno : 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(report[1]);
    close(alive[0]);
    struct failure failure = {0};
    ssize_t count = 0;
    // Ends without a word when the program has been executed.
    while (pid > 0 && (count = read(report[0], &failure, sizeof failure)) < 0 && errno == EINTR) {}
    close(report[0]);
    close(alive[1]);
    if (count == sizeof failure) {
        while (waitpid((pid_t)pid, NULL, 0) < 0 && errno == EINTR) {}
        *step = failure.step;
        error = failure.error;
    }
    return error != 0 ? -error : (int)pid;
}
