/* SPDX-License-Identifier: Apache-2.0
 * Cables between processes on loopback: what one sends to another goes through a port of its own
 * here, where it can be delayed, held back or cut, without root and without the kernel's netem. */
#ifndef KW_TESTS_SUPPORT_CABLES_H
#define KW_TESTS_SUPPORT_CABLES_H

#include <stdint.h>

enum {
    CABLES_ENDS_MAX = 16
};

typedef enum cable_kind {
    CABLE_OPEN,
    CABLE_SILENT, /* takes what comes and delivers it when it is open again */
    CABLE_CUT,    /* ends its connections, and each new one */
} cable_kind;

typedef struct cable_state {
    cable_kind kind;
    uint32_t delay_ms; /* of each byte, in both directions */
} cable_state;

/* One cable from each end to each other. A thread of its own moves the bytes. */
typedef struct cables cables;

cables *cables_make(uint32_t ends);
void cables_free(cables *c);

/* Where `from` reaches `to`: "https://127.0.0.1:PORT", as long as the cables live. */
const char *cables_url(const cables *c, uint32_t from, uint32_t to);

/* Says where `to` listens from now on: "https://127.0.0.1:PORT". Before that its cables are cut. */
void cables_plug(cables *c, uint32_t to, const char *url);

void cables_set(cables *c, uint32_t from, uint32_t to, cable_state state);

#endif /* KW_TESTS_SUPPORT_CABLES_H */
