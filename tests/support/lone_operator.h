/* SPDX-License-Identifier: Apache-2.0
 * A cluster of one: it makes a key and passes it on to itself, with files, store and slots as a
 * real one has, but nobody to call. */
#ifndef KW_TESTS_SUPPORT_LONE_OPERATOR_H
#define KW_TESTS_SUPPORT_LONE_OPERATOR_H

#include "support/operator_rows.h"
#include "support/seeded_rng.h"
#include "support/tempdir.h"
#include "threshold/service.h"

enum {
    LONE_INTERVAL_S = 600,
};

typedef struct lone_operator {
    tempdir dir;
    operator_rows file;
    tempdir_path cluster; /* texts of the configuration */
    tempdir_path key;
    tempdir_path slots;
    tempdir_path database;
    seeded_rng rng;
    kw_rng port;
    _Atomic int64_t moved_ms; /* ahead of the machine's clock */
    kw_clock clock;
    kw_threshold_config config;
    kw_signing_keys signing; /* while it runs */
    kw_slots_place place;    /* the same */
    kw_store *store;
    kw_threshold *threshold; /* NULL while it does not run */
} lone_operator;

/* Makes the files; nothing runs. It stays where it is. */
void lone_operator_make(lone_operator *lone);

/* Opens what is there. */
KW_MUST_USE kw_status lone_operator_open(lone_operator *lone, kw_error *err);

/* As after a crash. */
void lone_operator_close(lone_operator *lone);

/* Turns the clock to the next boundary and waits until the epoch serves. */
void lone_operator_pass(lone_operator *lone, uint64_t epoch);

/* The newest share; fails the test when there is none. */
kw_holder_key lone_operator_key(lone_operator *lone, kw_group_g2 *master);

void lone_operator_drop(lone_operator *lone);

#endif /* KW_TESTS_SUPPORT_LONE_OPERATOR_H */
