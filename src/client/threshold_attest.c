/* SPDX-License-Identifier: Apache-2.0
 * Epochs at a time, from certificates. Source: threshold.md sections 6, 7. */
#include "client/threshold_attest.h"

#include <inttypes.h>
#include <stdio.h>

/* One epoch: its boundary and its name. All-zero: nobody shows it. */
typedef struct shown {
    uint64_t timestamp;
    kw_client_attested attested;
} shown;

static kw_status ask_all(const kw_client_cluster *cluster, kw_client_calls *calls, uint64_t number,
                         kw_error *err)
{
    char path[32];
    (void)snprintf(path, sizeof path, "/epoch/%" PRIu64, number);
    for (uint16_t member = 1; member <= cluster->operators.roster.n; member++) {
        const kw_client_ask ask = {.member = member, .path = path, .mark = number};
        KW_TRY_AT(err, kw_client_calls_add(calls, &ask, err), "asking for an epoch");
    }
    return KW_OK;
}

/* What an operator cannot show, or shows in vain, is not believed, and that is all. */
static kw_status take(shown *out, const kw_client_cluster *cluster, const kw_client_answer *answer,
                      kw_error *err)
{
    KW_AUTO(kw_client_epoch) epoch = {0};
    if (answer->st != KW_OK) {
        return KW_OK;
    }
    kw_status st = kw_client_epoch_read(&epoch, cluster, kw_buf_view(&answer->body), NULL);
    KW_REQUIRE(st != KW_NO_MEMORY, err, KW_NO_MEMORY, "no memory for a certificate");
    const kw_candidate *candidate = &epoch.certificate.candidate;
    if (st == KW_OK && candidate->fields.epoch == answer->mark) {
        *out = (shown){candidate->fields.timestamp, {answer->mark, epoch.certificate.hash}};
    }
    return KW_OK;
}

/* There is one certificate of an epoch, so the first that holds is it. */
static kw_status show(shown *out, const kw_client_cluster *cluster, kw_client_calls *calls,
                      uint64_t number, kw_error *err)
{
    kw_client_answer answer = {0};
    kw_status st = ask_all(cluster, calls, number, err);
    *out = (shown){0};
    while (st == KW_OK && out->attested.epoch == 0 && kw_client_calls_next(calls, &answer)) {
        st = take(out, cluster, &answer, err);
        kw_client_answer_drop(&answer);
    }
    kw_client_calls_forget(calls);
    return st;
}

/* The highest that a good one names; 0: none does. */
static uint64_t named_of(const kw_client_moment *moment, uint16_t n)
{
    uint64_t highest = 0;
    for (uint16_t i = 0; i < n; i++) {
        const kw_client_member *member = &moment->members[i];
        if (member->standing == KW_CLIENT_GOOD && member->attested_epoch <= moment->newest) {
            highest = KW_MAX(highest, member->attested_epoch);
        }
    }
    return highest;
}

/* The epoch is `low` or later, and before `high`. First the one that is named is looked at, then
 * the one after it, which is the end if the name was right; else halves. One that nobody shows was
 * before the time, for the oldest are forgotten first. */
static kw_status search(shown *out, uint64_t *low, const kw_client_cluster *cluster,
                        kw_client_calls *calls, const kw_client_moment *moment, kw_error *err)
{
    uint64_t named = named_of(moment, cluster->operators.roster.n);
    uint64_t high = moment->newest + 1;
    for (unsigned turn = 0; high - *low > 1; turn++) {
        shown looked;
        uint64_t at = *low + (high - *low) / 2;
        if (turn < 2 && named != 0) {
            at = turn == 0 ? named : *low + 1;
        }
        KW_TRY(show(&looked, cluster, calls, at, err));
        if (looked.timestamp > (uint64_t)moment->time) {
            high = at;
        } else {
            *low = at;
            *out = looked;
        }
    }
    return KW_OK;
}

kw_status kw_client_attested_find(kw_client_attested *out, const kw_client_cluster *cluster,
                                  kw_client_calls *calls, const kw_client_moment *moment,
                                  kw_error *err)
{
    KW_REQUIRE(cluster->has_pin, err, KW_REFUSED, "no master key is pinned");
    shown best = {0};
    uint64_t low = 0;
    KW_TRY(search(&best, &low, cluster, calls, moment, err));
    KW_REQUIRE(low != 0, err, KW_NOT_FOUND, "at the attestation time there was no epoch yet");
    KW_REQUIRE(best.attested.epoch != 0, err, KW_UNAVAILABLE,
               "no operator shows the epoch of the attestation time");
    *out = best.attested;
    return KW_OK;
}
