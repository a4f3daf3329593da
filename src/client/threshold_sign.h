/* SPDX-License-Identifier: Apache-2.0
 * The key of an application, put together from parts that operators give: all are asked at once,
 * and t that were checked are enough. Source: threshold.md section 7. */
#ifndef KW_CLIENT_THRESHOLD_SIGN_H
#define KW_CLIENT_THRESHOLD_SIGN_H

#include "client/threshold_epoch.h"
#include "client/threshold_member.h"
#include "client/threshold_part.h"

/* All-zero is none. The key is secret from here on. */
typedef struct kw_client_application {
    kw_group_secret_g1 key;                             /* s * H1(id) */
    uint64_t epoch;                                     /* of the shares that made it */
    uint16_t threshold;                                 /* parts that it took; 0: there is no key */
    kw_client_member members[KW_THRESHOLD_MEMBERS_MAX]; /* by rank - 1 */
} kw_client_application;

void kw_client_application_drop(kw_client_application *application); /* wipes */

/* What operators sign for an identity of an application. Borrows. */
kw_purposed kw_client_purposed_of(const kw_ibe_id *id);

/* Asks all operators and stops at t verified parts of one epoch, whose certificate it fetches from
 * those who signed first, and checks under the pin; asks up to three times while operators go from
 * one epoch to the next. How each did is in `out->members` in any case: GOOD: its part was used;
 * SLOW: it was not needed. `out` is empty before. REFUSED: no key is pinned. BAD_INPUT, LIMIT: as
 * kw_client_part_request. When too few parts came: as kw_client_members_fail. NO_MEMORY,
 * ENTROPY_FAILURE. CT: variable time in the parts, as kw_partials_combine says. */
KW_MUST_USE kw_status kw_client_application_ask(kw_client_application *out,
                                                const kw_client_cluster *cluster,
                                                kw_client_calls *calls,
                                                const kw_client_request *request, const kw_rng *rng,
                                                kw_error *err);

#endif /* KW_CLIENT_THRESHOLD_SIGN_H */
