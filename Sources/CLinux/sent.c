#include "clinux.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

// A file of its own: the kernel's header and the C library's name the same things.
int clinux_socket_has_sent(int socket)
{
    struct tcp_info info = {0};
    socklen_t length = sizeof info;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return 1;
    if (length < offsetof(struct tcp_info, tcpi_data_segs_out) + sizeof info.tcpi_data_segs_out) return 1;
    return info.tcpi_data_segs_out > 0;
}
