/* SPDX-License-Identifier: Apache-2.0
 * A key server of pure functions under a virtual clock. */
#include "support/keyring_sim.h"

#include "support/expect.h"

kw_emtp_keys keyring_sim_keys(const keyring_sim *sim)
{
    return (kw_emtp_keys){sim->keys, sim->keys_count};
}

static void add_key(keyring_sim *sim, const kw_emtp_key_info *key)
{
    assert_true(sim->keys_count < KEYRING_SIM_KEYS_MAX);
    sim->keys[sim->keys_count] = *key;
    sim->keys_count++;
}

static void add_row(keyring_sim *sim, char action, size_t key)
{
    assert_true(sim->rows_count < KEYRING_SIM_ROWS_MAX);
    sim->rows[sim->rows_count] = (keyring_sim_row){sim->now, action, key};
    sim->rows_count++;
}

static void list_keys(keyring_sim *sim)
{
    size_t due[KEYRING_SIM_KEYS_MAX];
    size_t count = kw_emtp_keys_unlisted(due, keyring_sim_keys(sim), sim->now);
    for (size_t i = 0; i < count; i++) {
        sim->keys[due[i]].is_listed = true;
        add_row(sim, '+', due[i]);
    }
}

static void do_what_is_due(keyring_sim *sim)
{
    kw_emtp_key_info missing[KW_EMTP_MISSING_MAX];
    size_t count =
        kw_emtp_keys_missing(missing, &sim->rule, keyring_sim_keys(sim), sim->now, sim->ahead_s);
    for (size_t i = 0; i < count; i++) {
        add_key(sim, &missing[i]);
    }
    list_keys(sim);
}

void keyring_sim_start(keyring_sim *sim, kw_unix_s now)
{
    sim->now = now;
    sim->is_down = false;
    do_what_is_due(sim);
}

void keyring_sim_run_to(keyring_sim *sim, kw_unix_s to)
{
    while (!sim->is_down) {
        kw_unix_s next =
            kw_emtp_keys_next_moment(&sim->rule, keyring_sim_keys(sim), sim->now, sim->ahead_s);
        assert_true(next > sim->now);
        if (next > to) {
            break;
        }
        sim->now = next;
        do_what_is_due(sim);
    }
    sim->now = to;
}

void keyring_sim_stop(keyring_sim *sim, kw_unix_s now)
{
    keyring_sim_run_to(sim, now);
    sim->is_down = true;
}

void keyring_sim_revoke(keyring_sim *sim, kw_unix_s now, kw_str kid)
{
    keyring_sim_run_to(sim, now);
    size_t index = kw_emtp_keys_find(keyring_sim_keys(sim), kid);
    assert_true(index < sim->keys_count);
    sim->keys[index].revoked_at = now;
    if (sim->keys[index].is_listed) {
        sim->keys[index].is_listed = false;
        add_row(sim, '-', index);
    }
    kw_emtp_key_info next = {0};
    if (kw_emtp_key_replacement(&next, keyring_sim_keys(sim), index, now)) {
        add_key(sim, &next);
    }
    list_keys(sim);
}

void keyring_sim_renew(keyring_sim *sim, kw_unix_s now)
{
    keyring_sim_run_to(sim, now);
    kw_emtp_key_info next = kw_emtp_key_renewal(&sim->rule, keyring_sim_keys(sim), now);
    add_key(sim, &next);
    list_keys(sim);
}
