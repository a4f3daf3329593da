/* SPDX-License-Identifier: Apache-2.0
 * A server under test for tools/bench_http.py: serves until its standard input ends. Prints one
 * line "<https port> <http port> <folder with ca.pem>". Argument: loop threads (default 1). */
#include "os/thread.h"
#include "support/net_server.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    static net_server s; /* too large for the stack of a bench */
    net_server_prepare(&s);
    s.config.loops = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1;
    s.config.connections_per_network_max = s.config.connections_max;
    net_server_start(&s);
    printf("%u %u %s\n", (unsigned)kw_server_port(s.server, KW_LISTENER_PUBLIC),
           (unsigned)kw_server_port(s.server, KW_LISTENER_METRICS), s.certs.dir.path);
    (void)fflush(stdout);
    while (getchar() != EOF) {
        /* Whoever started us closes our input to stop us. */
    }
    net_server_stop(&s);
    return 0;
}
