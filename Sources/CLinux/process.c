#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

// Between vfork and exec the child shares our memory: only system calls, and nothing that another thread relies on.
static int run_child(
    const char *path, char *const *arguments, char *const *environment, const int wanted[3], int dies_with_parent,
    pid_t parent)
{
    int ends[3];
    setsid();
    // The call itself: the library's refuses the two signals that it keeps for itself, which may have come ignored.
    static const uint64_t default_action[4] = {0};
    for (int signal_number = 1; signal_number <= 64; signal_number++)
        syscall(SYS_rt_sigaction, signal_number, default_action, NULL, sizeof(uint64_t));
    // Copies above 2 first: the parent may have had 0, 1 or 2 closed, and so have been given one of them as a pipe.
    for (int i = 0; i < 3; i++) {
        ends[i] = wanted[i] < 0 ? open("/dev/null", O_RDWR | O_CLOEXEC) : wanted[i];
        if (ends[i] >= 0 && ends[i] < 3) ends[i] = fcntl(ends[i], F_DUPFD, 3);
        if (ends[i] < 0) return errno;
    }
    for (int i = 0; i < 3; i++)
        if (dup2(ends[i], i) < 0) return errno;
    if (syscall(SYS_close_range, 3U, ~0U, 0U) != 0)
        for (int descriptor = 3; descriptor < 65536; descriptor++) close(descriptor);
    if (dies_with_parent) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
        if (getppid() != parent) return ESRCH;
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(path, arguments, environment);
    return errno;
}

int clinux_spawn(
    const char *path, char *const *arguments, char *const *environment, int input, int output, int errors,
    int dies_with_parent)
{
    const int wanted[3] = {input, output, errors};
    volatile int failure = 0;
    pid_t parent = getpid();
    sigset_t all, before;
    sigfillset(&all);
    // No handler of ours may run in the child, which shares our memory.
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = vfork();
    if (pid == 0) {
        failure = run_child(path, arguments, environment, wanted, dies_with_parent, parent);
        _exit(127);
    }
    int error = pid < 0 ? errno : failure;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (pid > 0 && error != 0)
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
    return error != 0 ? -error : pid;
}

int clinux_pidfd_open(int pid)
{
    int descriptor = (int)syscall(SYS_pidfd_open, pid, 0);
    return descriptor < 0 ? -errno : descriptor;
}

int clinux_pidfd_send_signal(int pidfd, int signal)
{
    return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}

int clinux_wait(int pidfd, int reap, int *value)
{
    siginfo_t info = {0};
    int options = WEXITED | WNOHANG | (reap ? 0 : WSTOPPED | WNOWAIT);
    while (waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, options) < 0)
        if (errno != EINTR) return -errno;
    *value = info.si_status;
    if (info.si_pid == 0) return CLINUX_WAIT_RUNNING;
    switch (info.si_code) {
    case CLD_EXITED: return CLINUX_WAIT_EXITED;
    case CLD_KILLED:
    case CLD_DUMPED: return CLINUX_WAIT_SIGNALED;
    case CLD_STOPPED:
    case CLD_TRAPPED: return CLINUX_WAIT_STOPPED;
    default: return CLINUX_WAIT_RUNNING;
    }
}

int clinux_set_name(const char *name)
{
    return prctl(PR_SET_NAME, name) < 0 ? -errno : 0;
}
