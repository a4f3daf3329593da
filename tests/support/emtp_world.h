/* SPDX-License-Identifier: Apache-2.0
 * What the EMTP services stand on, real but for time and randomness: store, sealer, guard. */
#ifndef KW_TESTS_SUPPORT_EMTP_WORLD_H
#define KW_TESTS_SUPPORT_EMTP_WORLD_H

#include "emtp/service.h"
#include "support/seeded_rng.h"
#include "support/stores.h"

typedef struct emtp_world {
    stores *all;
    kw_store_options options; /* of the store, to open it again */
    tempdir dir;              /* audit log, seal key */
    kw_clock_manual time;
    kw_clock clock;
    seeded_rng seeded;
    kw_rng rng;
    kw_store *store;
    kw_sealer *sealer;
    kw_guard *guard;
} emtp_world;

/* A new, empty world at a moment; `state` is that of stores.h. It must not move afterwards. */
void emtp_world_make(emtp_world *world, void **state, const char *now);

/* Closes everything and opens it again, as a restart does. */
void emtp_world_restart(emtp_world *world);

/* Turns the clock to a moment. */
void emtp_world_turn(emtp_world *world, const char *now);

kw_unix_s emtp_world_now(const emtp_world *world);

void emtp_world_remove(emtp_world *world);

/* Seconds of an RFC 3339 text; fails the test when it is none. */
kw_unix_s moment(const char *text);

#endif /* KW_TESTS_SUPPORT_EMTP_WORLD_H */
