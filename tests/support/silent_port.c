/* SPDX-License-Identifier: Apache-2.0
 * Sockets of servers that are not there. */
#include "support/silent_port.h"

#include "support/expect.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

silent_port silent_port_refusing(void)
{
    silent_port port = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    assert_int_equal(bind(port.fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(port.fd, (struct sockaddr *)&address, &size), 0);
    port.port = ntohs(address.sin_port);
    (void)snprintf(port.url, sizeof port.url, "https://127.0.0.1:%u", port.port);
    return port;
}

silent_port silent_port_open(void)
{
    silent_port port = silent_port_refusing();
    assert_int_equal(listen(port.fd, 64), 0);
    return port;
}

void silent_port_close(silent_port *port)
{
    (void)close(port->fd);
}
