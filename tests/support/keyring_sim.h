/* SPDX-License-Identifier: Apache-2.0
 * A key server of pure functions under a virtual clock: what service_keys does with a store, done
 * with arrays. */
#ifndef KW_TESTS_SUPPORT_KEYRING_SIM_H
#define KW_TESTS_SUPPORT_KEYRING_SIM_H

#include "emtp/engine/keyring.h"

enum {
    KEYRING_SIM_KEYS_MAX = 4096,
    KEYRING_SIM_ROWS_MAX = 4096
};

typedef struct keyring_sim_row {
    kw_unix_s at;
    char action; /* '+' or '-' */
    size_t key;  /* index */
} keyring_sim_row;

typedef struct keyring_sim {
    kw_emtp_rule rule;
    int64_t ahead_s;
    kw_unix_s now;
    bool is_down;
    kw_emtp_key_info keys[KEYRING_SIM_KEYS_MAX];
    size_t keys_count;
    keyring_sim_row rows[KEYRING_SIM_ROWS_MAX];
    size_t rows_count;
} keyring_sim;

kw_emtp_keys keyring_sim_keys(const keyring_sim *sim);

/* Starts (again) at `now`. */
void keyring_sim_start(keyring_sim *sim, kw_unix_s now);

/* Lets the time pass; everything due happens at its second. */
void keyring_sim_run_to(keyring_sim *sim, kw_unix_s to);

/* From `now` on nothing happens until the next start. */
void keyring_sim_stop(keyring_sim *sim, kw_unix_s now);

void keyring_sim_revoke(keyring_sim *sim, kw_unix_s now, kw_str kid);

void keyring_sim_renew(keyring_sim *sim, kw_unix_s now);

#endif /* KW_TESTS_SUPPORT_KEYRING_SIM_H */
