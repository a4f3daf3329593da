/* SPDX-License-Identifier: Apache-2.0
 * A gate for tests of net/: admits everyone, or refuses as told; counts; can hold responses until a
 * thread lets them go. */
#ifndef KW_TESTS_SUPPORT_NET_GATE_H
#define KW_TESTS_SUPPORT_NET_GATE_H

#include "net/gate.h"
#include "os/thread.h"

#include <stdatomic.h>

/* All-zero admits everyone. The statuses may be changed while a server runs. */
typedef struct net_gate {
    _Atomic int greet_status;
    _Atomic int admit_status;
    _Atomic int settle_status;
    _Atomic bool holds; /* responses wait for net_gate_let_go */
    _Atomic unsigned greeted;
    _Atomic unsigned admitted;
    _Atomic unsigned settled;
    _Atomic int last_outcome;   /* kw_status */
    _Atomic bool last_had_cert; /* the peer of the last admit */
    char last_cert[256];        /* its identity; read it after the answer */
    kw_mutex lock;
    kw_held *held[64];
    size_t held_count;
} net_gate;

kw_gate net_gate_port(net_gate *gate);

/* Releases all that is held, with `st`, from the calling thread; returns how many. */
size_t net_gate_let_go(net_gate *gate, kw_status st);

#endif /* KW_TESTS_SUPPORT_NET_GATE_H */
