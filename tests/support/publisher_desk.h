/* SPDX-License-Identifier: Apache-2.0
 * A publisher in a folder of its own, with the files of a small ceremony, and three approvers. */
#ifndef KW_TESTS_SUPPORT_PUBLISHER_DESK_H
#define KW_TESTS_SUPPORT_PUBLISHER_DESK_H

#include "params/service.h"
#include "support/seeded_rng.h"
#include "support/tempdir.h"

enum {
    PUBLISHER_APPROVERS = 3,
};

typedef struct publisher_desk {
    tempdir dir;
    kw_arena arena;
    kw_store *store;
    kw_blobs *blobs;
    seeded_rng seeded;
    kw_rng rng;
    kw_publisher publisher; /* it is 2026-11-22 */
    kw_ed25519_key keys[PUBLISHER_APPROVERS];
    kw_approver approvers[PUBLISHER_APPROVERS]; /* "ada", "bea", "cem" */
    kw_approval_policy policy;                  /* two of the three */
} publisher_desk;

int publisher_desk_make(void **state);
int publisher_desk_drop(void **state);

/* A manifest of "wallet" in that version with a file of each kind, all of one ceremony on BN254. */
kw_draft publisher_desk_manifest(publisher_desk *desk, const char *semver);

/* Makes the draft and reads its row. */
kw_draft_row publisher_desk_draft(publisher_desk *desk, const char *semver);

/* What that approver says of a draft that was submitted. */
kw_approval publisher_desk_sign(const publisher_desk *desk, const kw_draft *draft, unsigned who);

#endif /* KW_TESTS_SUPPORT_PUBLISHER_DESK_H */
