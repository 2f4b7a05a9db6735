#define _GNU_SOURCE
#include "clinux.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int clinux_connect(const char *address, uint16_t port)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    const struct sockaddr *target;
    socklen_t length;
    if (inet_pton(AF_INET, address, &four.sin_addr) == 1) {
        target = (const struct sockaddr *)&four;
        length = sizeof four;
    } else if (inet_pton(AF_INET6, address, &six.sin6_addr) == 1) {
        target = (const struct sockaddr *)&six;
        length = sizeof six;
    } else {
        return -EINVAL;
    }
    int descriptor = socket(target->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -errno;
    int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(descriptor, target, length) != 0 && errno != EINPROGRESS) {
        int error = errno;
        close(descriptor);
        return -error;
    }
    return descriptor;
}

int clinux_socket_error(int socket)
{
    int error = 0;
    socklen_t length = sizeof error;
    return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) != 0 ? errno : error;
}

int clinux_set_blocking(int descriptor, int blocking)
{
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0) return -errno;
    flags = blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
    return fcntl(descriptor, F_SETFL, flags) < 0 ? -errno : 0;
}
