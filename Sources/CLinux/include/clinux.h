#pragma once
/// Thin wrappers for system calls that Swift's Glibc module does not show. Plain integers only.
/// Each returns what the call returns, or -errno on failure.
#include <stdint.h>

// Processes (process.c)

/// Starts `path` in a session of its own: every signal default and unblocked, no descriptor but 0, 1, 2, which become
/// `input`, `output` and `errors` (-1: the null device). With `dies_with_parent`, SIGKILL when the calling thread ends.
/// Returns the pid, or -errno of what failed, a missing file (-ENOENT) and one that is no program (-ENOEXEC) included.
int clinux_spawn(
    const char *path, char *const *arguments, char *const *environment, int input, int output, int errors,
    int dies_with_parent);
int clinux_pidfd_open(int pid);
int clinux_pidfd_send_signal(int pidfd, int signal);

/// What `clinux_wait` saw.
enum {
    CLINUX_WAIT_RUNNING = 0,
    CLINUX_WAIT_STOPPED = 1,
    CLINUX_WAIT_EXITED = 2,
    CLINUX_WAIT_SIGNALED = 3,
};
/// State of a child, without waiting. `reap` takes the status of one that has ended; otherwise it stays waitable.
/// Returns one of CLINUX_WAIT_*; `value` is the exit code or the signal.
int clinux_wait(int pidfd, int reap, int *value);
int clinux_set_name(const char *name);

// Descriptors (descriptors.c)

int clinux_pipe(int *read_end, int *write_end);
/// An anonymous file in memory that holds these bytes, at its beginning.
int clinux_memory_file(const void *bytes, uint64_t count);
int clinux_open(int directory, const char *path, int flags, unsigned mode);
/// Opens a directory for reading: no link is followed, no mount is crossed (-EXDEV).
int clinux_open_folder(int directory, const char *name);
int clinux_rename(const char *from, const char *to);

// Waiting (events.c)

struct clinux_event {
    uint64_t token;
    uint32_t events;
    uint32_t unused;
};
enum {
    CLINUX_READABLE = 1,
    CLINUX_WRITABLE = 4,
    CLINUX_ERROR = 8,
    CLINUX_HANGUP = 16,
    CLINUX_PEER_CLOSED = 0x2000,
};
int clinux_epoll_create(void);
/// `operation`: 0 add, 1 modify, 2 remove.
int clinux_epoll_control(int epoll, int operation, int descriptor, uint32_t events, uint64_t token);
/// Waits at most `nanoseconds` (negative: without end); returns how many events it stored.
int clinux_epoll_wait(int epoll, struct clinux_event *events, int capacity, int64_t nanoseconds);
/// Waits until one descriptor is readable or ended; 1, or 0 when `nanoseconds` passed.
int clinux_wait_readable(int descriptor, int64_t nanoseconds);
int clinux_wait_writable(int descriptor, int64_t nanoseconds);
/// Waits of this thread end as exactly as the clock allows, and not up to 50 microseconds late to save wake-ups.
int clinux_exact_timers(void);
int clinux_event_create(void);
/// Blocks the signals of `mask` (bit n - 1: signal n) for this thread and returns a descriptor to read them from.
int clinux_signal_create(uint64_t mask);
/// The number of the next signal, 0 if there is none.
int clinux_signal_next(int descriptor);
int64_t clinux_monotonic(void);
/// Sleeps until CLOCK_MONOTONIC says so.
int clinux_sleep_until(int64_t at_nanoseconds);

// Sockets (sockets.c)

/// A non-blocking TCP socket that began to connect; `address` as numbers (IPv4 or IPv6).
int clinux_connect(const char *address, uint16_t port);
/// The error that a socket has pending, 0 if none.
int clinux_socket_error(int socket);
/// 0 if no byte of data has left by this TCP socket; 1 if some has, or nobody can say.
int clinux_socket_has_sent(int socket);
int clinux_set_blocking(int descriptor, int blocking);

// Filesystems (filesystems.c)

/// Free bytes for us, all bytes, and the filesystem's magic number.
int clinux_filesystem(const char *path, int64_t *free_bytes, int64_t *all_bytes, int64_t *type);
int clinux_allocate(int descriptor, int64_t bytes);
int clinux_sync_filesystem(int descriptor);

// Namespaces (namespaces.c)

/// The calling thread enters the network namespace of this file.
int clinux_enter_network(int descriptor);
/// Whether this process may make a user namespace: 0, or -errno.
int clinux_try_user_namespace(void);

/// What `clinux_enter_lab` was at when it failed.
enum {
    CLINUX_LAB_CLONE = 1,
    CLINUX_LAB_USERS = 2,
    CLINUX_LAB_PARENT = 3,
    CLINUX_LAB_MOUNTS = 4,
    CLINUX_LAB_PROC = 5,
    CLINUX_LAB_RUN = 6,
    CLINUX_LAB_LOOPBACK = 7,
    CLINUX_LAB_EXECUTE = 8,
};
/// Starts `path` as process 1 of new network, mount and pid namespaces (`as_root_of_own`: and of a user namespace whose
/// root is the caller), with a /proc and a /run of its own and the loopback interface up, in a session of its own.
/// SIGINT and SIGTERM are blocked in it, so that none is lost before it looks for them. It gets `kept` (not negative)
/// besides 0, 1 and 2, and SIGKILL when the calling thread ends. Returns its pid, or -errno with `step`.
int clinux_enter_lab(
    const char *path, char *const *arguments, char *const *environment, int as_root_of_own, int kept, int *step);

// Loop devices (loop.c)

/// Attaches a file to a free loop device and leaves the device open: returns the descriptor, `number` is N of
/// /dev/loopN. `mark` (at most 63 bytes) is kept with the device. With `clears`, it lets go of the file with its last
/// user; else only when detached.
int clinux_loop_attach(int file, const char *mark, int clears, int *number);
/// The mark of a loop device (at most 63 bytes and a zero); -ENXIO if nothing is attached.
int clinux_loop_mark(int device, char *mark);
int clinux_loop_detach(int device);
/// The device number of what is mounted at `path`, as major << 32 | minor; -errno.
int64_t clinux_device_of(const char *path);
/// An exclusive lock that goes with the descriptor; 0, or -EWOULDBLOCK while another process has it.
int clinux_try_lock(int descriptor);
