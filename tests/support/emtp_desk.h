/* SPDX-License-Identifier: Apache-2.0
 * A started EMTP domain and somebody who asks its handlers, without sockets between. */
#ifndef KW_TESTS_SUPPORT_EMTP_DESK_H
#define KW_TESTS_SUPPORT_EMTP_DESK_H

#include "emtp/service.h"
#include "guard/state.h"
#include "net/exchange.h"
#include "support/emtp_world.h"

typedef struct emtp_desk {
    emtp_world world;
    kw_arena arena; /* of the texts of the configuration */
    kw_emtp_config config;
    kw_emtp *emtp;
    kw_exchange *x; /* of the request that is being made */
    kw_caller caller;
    kw_guard_caller identity;
    kw_error err; /* of the last call */
} emtp_desk;

/* A domain that serves at https://k.example since `now`; `change` (may be NULL) sets options. */
void emtp_desk_make(emtp_desk *desk, void **state, const char *now,
                    void (*change)(kw_emtp_config *config));

/* The same store, opened again. */
void emtp_desk_restart(emtp_desk *desk);

void emtp_desk_remove(emtp_desk *desk);

/* Who asks from now on. */
void emtp_desk_be(emtp_desk *desk, const char *id, kw_role_set roles);

/* Calls the handler of a row; fails the test when no row has that method and path. `out` is zeroed
 * first. What a raw or streamed reply holds is the test's to release. */
KW_MUST_USE kw_status emtp_desk_call(emtp_desk *desk, kw_method method, const char *path, void *out,
                                     const void *in);

#endif /* KW_TESTS_SUPPORT_EMTP_DESK_H */
