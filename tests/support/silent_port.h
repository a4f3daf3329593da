/* SPDX-License-Identifier: Apache-2.0
 * A port on loopback whose connections nobody accepts: calls to it hang. */
#ifndef KW_TESTS_SUPPORT_SILENT_PORT_H
#define KW_TESTS_SUPPORT_SILENT_PORT_H

#include <stdint.h>

typedef struct silent_port {
    int fd;
    uint16_t port;
    char url[64]; /* "https://127.0.0.1:<port>" */
} silent_port;

silent_port silent_port_open(void);

/* A port that is taken and refuses connections. */
silent_port silent_port_refusing(void);

void silent_port_close(silent_port *port);

#endif /* KW_TESTS_SUPPORT_SILENT_PORT_H */
