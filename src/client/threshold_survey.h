/* SPDX-License-Identifier: Apache-2.0
 * What each operator of a cluster shows: asked at once, checked one by one. Source: threshold.md
 * section 6. */
#ifndef KW_CLIENT_THRESHOLD_SURVEY_H
#define KW_CLIENT_THRESHOLD_SURVEY_H

#include "client/threshold_epoch.h"
#include "client/threshold_member.h"

/* What operators showed. All-zero is empty. */
typedef struct kw_client_survey {
    kw_client_member members[KW_THRESHOLD_MEMBERS_MAX]; /* by rank - 1 */
    kw_client_epoch newest;                             /* highest that passed; maybe none */
    bool is_split; /* nothing is pinned, and certificates name different keys */
} kw_client_survey;

void kw_client_survey_drop(kw_client_survey *survey);

/* Asks all for the certificate of an epoch, 0: their newest, and waits for all. Whatever they do
 * is in `out`, empty before. LIMIT, NO_MEMORY: as kw_client_calls_add. */
KW_MUST_USE kw_status kw_client_survey_run(kw_client_survey *out, const kw_client_cluster *cluster,
                                           kw_client_calls *calls, uint64_t epoch, kw_error *err);

#endif /* KW_CLIENT_THRESHOLD_SURVEY_H */
