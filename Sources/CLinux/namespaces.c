#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int clinux_enter_network(int descriptor)
{
    return setns(descriptor, CLONE_NEWNET) != 0 ? -errno : 0;
}

int clinux_try_user_namespace(void)
{
    // A raw clone, as fork: unshare would fail in a process with threads. The child ends at once.
    long pid = syscall(SYS_clone, (unsigned long)CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) syscall(SYS_exit_group, 0);
    if (pid < 0) return -errno;
    while (waitpid((pid_t)pid, NULL, 0) < 0)
        if (errno != EINTR) return -errno;
    return 0;
}
