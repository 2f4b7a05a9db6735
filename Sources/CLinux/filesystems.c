#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/vfs.h>
#include <unistd.h>

int clinux_filesystem(const char *path, int64_t *free_bytes, int64_t *all_bytes, int64_t *type)
{
    struct statfs found;
    if (statfs(path, &found) != 0) return -errno;
    *free_bytes = (int64_t)found.f_bavail * found.f_bsize;
    *all_bytes = (int64_t)found.f_blocks * found.f_bsize;
    *type = (int64_t)(uint64_t)found.f_type;
    return 0;
}

int clinux_allocate(int descriptor, int64_t bytes)
{
    return fallocate(descriptor, 0, 0, bytes) != 0 ? -errno : 0;
}

int clinux_sync_filesystem(int descriptor)
{
    return syncfs(descriptor) != 0 ? -errno : 0;
}
