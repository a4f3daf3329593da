/* SPDX-License-Identifier: Apache-2.0
 * A guard over a SQLite store in a temporary folder. */
#ifndef KW_TESTS_SUPPORT_GUARD_H
#define KW_TESTS_SUPPORT_GUARD_H

#include "guard/guard.h"
#include "os/clock.h"
#include "store/store.h"

#include "support/sealers.h"

/* Lives on the heap or as a static; guard_world_remove when done. */
typedef struct guard_world {
    tempdir dir;
    kw_arena arena;
    kw_clock_manual time;
    kw_clock clock;
    seeded_rng rng_state;
    kw_rng rng;
    sealer_file sealer_file;
    kw_store *store;
    kw_sealer *sealer;
    kw_guard_config config; /* defaults, node "n1", bootstrap row; a test may change it, reopen */
    tempdir_path audit_dir;
    kw_str bootstrap_row;
    kw_guard *guard;
} guard_world;

/* Certificate name of the administrator of `bootstrap_row`. */
#define GUARD_WORLD_ADMIN_URI "spiffe://test/security"

void guard_world_make(guard_world *world);
void guard_world_remove(guard_world *world);

/* Closes the guard and opens it again over the same store. */
void guard_world_reopen(guard_world *world);

/* The daemon itself, and the administrator of the bootstrap row. */
kw_guard_actor guard_world_system(void);
kw_guard_actor guard_world_admin(void);

/* Adds an enabled identity with role `client` and an API key; the key's text goes to `out`. */
void guard_world_add_client(guard_world *world, const char *id, kw_api_key_text *out);

#endif /* KW_TESTS_SUPPORT_GUARD_H */
