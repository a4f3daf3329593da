/* SPDX-License-Identifier: Apache-2.0
 * Operators as real processes: keywardd each, with a folder, a CA and a key of its own, on loopback
 * and on ports that the system chose. */
#ifndef KW_TESTS_SUPPORT_COMMITTEE_H
#define KW_TESTS_SUPPORT_COMMITTEE_H

#include "support/cables.h"
#include "support/house.h"
#include "support/operator_rows.h"

typedef struct committee_plan {
    uint32_t count;         /* houses */
    uint32_t genesis;       /* how many of them make the first key */
    uint32_t suite;         /* 1, 2 */
    uint32_t interval_s;    /* between boundaries */
    const char *key;        /* lines that name the operator key; NULL: "data/operator.key", raw */
    const char *more;       /* lines for the section "threshold" of each; NULL: none */
    bool has_cables;        /* operators reach each other through `cables` */
    uint32_t reshare_every; /* boundaries from one epoch to the next; 0: 1 */
} committee_plan;

typedef struct committee {
    committee_plan plan;
    operator_rows file; /* keys, and rows of all houses */
    house *houses[OPERATOR_ROWS_MAX];
    cables *cables;   /* NULL: none */
    uint32_t members; /* bit i: house i is one of the operators now */
} committee;

/* Makes folders and files; nothing runs. */
committee *committee_make(const committee_plan *plan);

/* Starts a house; its ports are new, so list the operators again. */
void committee_start(committee *c, uint32_t at);

/* Tells all houses that run who the operators are now: bit i is house i. */
void committee_list(committee *c, uint32_t members);

/* Waits until the house has the certificate of that epoch, or a later one. Returns its number. */
uint64_t committee_wait_epoch(committee *c, uint32_t at, uint64_t epoch);

/* GET a path of the public listener; its HTTP status. */
int committee_get(committee *c, uint32_t at, const char *path, process_result *result);

/* Kills a house and starts it again; it has other ports, which all are told. */
void committee_restart(committee *c, uint32_t at);

/* The newest epoch whose certificate the house has; 0: none. */
uint64_t committee_newest(committee *c, uint32_t at);

/* Looks at all houses that run: no two certificates of an epoch differ, each was sealed by the one
 * master key of all, no operator was convicted, and no operator's key is in a log. At least one
 * epoch. */
void committee_expect_sound(committee *c);

/* Stops what runs. */
void committee_free(committee *c);

#endif /* KW_TESTS_SUPPORT_COMMITTEE_H */
