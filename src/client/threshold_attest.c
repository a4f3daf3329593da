/* SPDX-License-Identifier: Apache-2.0
 * Epochs at a time, from certificates. Source: threshold.md sections 6, 7. */
#include "client/threshold_attest.h"

#include <inttypes.h>
#include <stdio.h>

/* Asks; `out_highest` gets the highest epoch that somebody names, 0: nobody names one. */
static kw_status ask_named(kw_client_calls *calls, uint64_t *out_highest,
                           const kw_client_member *members, uint16_t n, kw_error *err)
{
    char path[32];
    uint64_t highest = 0;
    for (uint16_t i = 0; i < n; i++) {
        uint64_t named = members[i].attested_epoch;
        if (members[i].standing != KW_CLIENT_GOOD || named == 0) {
            continue;
        }
        (void)snprintf(path, sizeof path, "/epoch/%" PRIu64, named);
        const kw_client_ask ask = {.member = (uint16_t)(i + 1), .path = path, .mark = named};
        KW_TRY_AT(err, kw_client_calls_add(calls, &ask, err), "asking for an epoch");
        highest = KW_MAX(highest, named);
    }
    *out_highest = highest;
    return KW_OK;
}

/* What an operator cannot show, or shows in vain, is not believed, and that is all. */
static kw_status take_certificate(kw_client_attested *best, const kw_client_cluster *cluster,
                                  const kw_client_answer *answer, kw_unix_s time, kw_error *err)
{
    KW_AUTO(kw_client_epoch) epoch = {0};
    if (answer->st != KW_OK || answer->mark <= best->epoch) {
        return KW_OK;
    }
    kw_status st = kw_client_epoch_read(&epoch, cluster, kw_buf_view(&answer->body), NULL);
    KW_REQUIRE(st != KW_NO_MEMORY, err, KW_NO_MEMORY, "no memory for a certificate");
    const kw_certificate *certificate = &epoch.certificate;
    if (st == KW_OK && certificate->candidate.fields.epoch == answer->mark &&
        certificate->candidate.fields.timestamp <= (uint64_t)time) {
        *best = (kw_client_attested){answer->mark, certificate->hash};
    }
    return KW_OK;
}

kw_status kw_client_attested_find(kw_client_attested *out, const kw_client_cluster *cluster,
                                  kw_client_calls *calls, const kw_client_member *members,
                                  kw_unix_s time, kw_error *err)
{
    KW_REQUIRE(cluster->has_pin, err, KW_REFUSED, "no master key is pinned");
    kw_client_attested best = {.epoch = 0};
    uint64_t highest = 0;
    kw_client_answer answer = {0};
    kw_status st = ask_named(calls, &highest, members, cluster->operators.roster.n, err);
    while (st == KW_OK && best.epoch < highest && kw_client_calls_next(calls, &answer)) {
        st = take_certificate(&best, cluster, &answer, time, err);
        kw_client_answer_drop(&answer);
    }
    kw_client_calls_forget(calls);
    KW_TRY(st);
    KW_REQUIRE(best.epoch != 0, err, KW_UNAVAILABLE,
               "no operator shows the epoch of the attestation time");
    *out = best;
    return KW_OK;
}
