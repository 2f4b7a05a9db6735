#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int clinux_pipe(int *read_end, int *write_end)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return -errno;
    *read_end = ends[0];
    *write_end = ends[1];
    return 0;
}

int clinux_memory_file(const void *bytes, uint64_t count)
{
    int descriptor = memfd_create("input", MFD_CLOEXEC);
    if (descriptor < 0) return -errno;
    const char *at = bytes;
    while (count > 0) {
        ssize_t written = write(descriptor, at, count);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            int error = written < 0 ? errno : EIO;
            close(descriptor);
            return -error;
        }
        at += written;
        count -= (uint64_t)written;
    }
    if (lseek(descriptor, 0, SEEK_SET) < 0) {
        int error = errno;
        close(descriptor);
        return -error;
    }
    return descriptor;
}

int clinux_open(int directory, const char *path, int flags, unsigned mode)
{
    int descriptor = openat(directory, path, flags | O_CLOEXEC, (mode_t)mode);
    return descriptor < 0 ? -errno : descriptor;
}

int clinux_open_folder(int directory, const char *name)
{
    struct open_how how = {
        .flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
        .resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS,
    };
    int descriptor = (int)syscall(SYS_openat2, directory, name, &how, sizeof how);
    return descriptor < 0 ? -errno : descriptor;
}

int clinux_rename(const char *from, const char *to)
{
    return rename(from, to) != 0 ? -errno : 0;
}
