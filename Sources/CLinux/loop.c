#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int clinux_loop_attach(int file, const char *mark, int clears, int *number)
{
    int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    if (control < 0) return -errno;
    int result = -EBUSY;
    // Someone else may take the free device first.
    for (int attempt = 0; attempt < 64 && result == -EBUSY; attempt++) {
        char path[32];
        int free_number = ioctl(control, LOOP_CTL_GET_FREE);
        if (free_number < 0) {
            result = -errno;
            break;
        }
        snprintf(path, sizeof path, "/dev/loop%d", free_number);
        int device = open(path, O_RDWR | O_CLOEXEC);
        if (device < 0) {
            result = -errno;
            break;
        }
        struct loop_config config = {.fd = (uint32_t)file, .info = {.lo_flags = clears ? LO_FLAGS_AUTOCLEAR : 0}};
        snprintf((char *)config.info.lo_file_name, LO_NAME_SIZE, "%s", mark);
        if (ioctl(device, LOOP_CONFIGURE, &config) == 0) {
            *number = free_number;
            result = device;
        } else {
            result = -errno;
            close(device);
        }
    }
    close(control);
    return result;
}

int clinux_loop_mark(int device, char *mark)
{
    struct loop_info64 info;
    if (ioctl(device, LOOP_GET_STATUS64, &info) != 0) return -errno;
    info.lo_file_name[LO_NAME_SIZE - 1] = 0;
    strcpy(mark, (const char *)info.lo_file_name);
    return 0;
}

int clinux_loop_detach(int device)
{
    return ioctl(device, LOOP_CLR_FD) != 0 ? -errno : 0;
}

int64_t clinux_device_of(const char *path)
{
    struct stat found;
    if (stat(path, &found) != 0) return -errno;
    return (int64_t)major(found.st_dev) << 32 | minor(found.st_dev);
}

int clinux_try_lock(int descriptor)
{
    return flock(descriptor, LOCK_EX | LOCK_NB) != 0 ? -errno : 0;
}
