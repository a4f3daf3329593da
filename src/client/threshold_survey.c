/* SPDX-License-Identifier: Apache-2.0
 * Certificates from all operators. */
#include "client/threshold_survey.h"

#include <inttypes.h>
#include <stdio.h>

void kw_client_survey_drop(kw_client_survey *survey)
{
    kw_client_epoch_drop(&survey->newest);
}

/* Keeps a certificate that passed when it is the newest. */
static void take_epoch(kw_client_survey *survey, kw_client_epoch *epoch)
{
    const kw_group *group = &kw_group_bls12_381;
    const kw_candidate *fresh = &epoch->certificate.candidate;
    const kw_candidate *kept = &survey->newest.certificate.candidate;
    bool is_first = survey->newest.file.len == 0;
    if (!is_first && !group->g2_equal(&fresh->polynomial[0], &kept->polynomial[0])) {
        survey->is_split = true;
    }
    if (is_first || fresh->fields.epoch > kept->fields.epoch) {
        kw_client_epoch_drop(&survey->newest);
        survey->newest = *epoch;
        *epoch = (kw_client_epoch){0};
    }
}

/* NO_MEMORY, LIMIT of our own are no fault of the operator. */
static kw_status judge(kw_client_survey *survey, const kw_client_cluster *cluster,
                       const kw_client_answer *answer, uint64_t asked, kw_error *err)
{
    kw_client_member *member = &survey->members[answer->member - 1];
    KW_AUTO(kw_client_epoch) epoch = {0};
    *member = kw_client_member_of(answer);
    if (answer->st != KW_OK) {
        return KW_OK;
    }
    kw_span file = kw_buf_view(&answer->body);
    if (survey->newest.file.len > 0 && kw_span_equal_var(file, survey->newest.file)) {
        member->epoch = survey->newest.certificate.candidate.fields.epoch;
        return KW_OK;
    }
    member->st = kw_client_epoch_read(&epoch, cluster, file, NULL);
    KW_REQUIRE(member->st != KW_NO_MEMORY, err, KW_NO_MEMORY, "no memory for a certificate");
    uint64_t number = member->st == KW_OK ? epoch.certificate.candidate.fields.epoch : 0;
    if (member->st == KW_OK && asked != 0 && number != asked) {
        member->st = KW_REFUSED;
    }
    if (member->st != KW_OK) {
        bool is_room = member->st == KW_LIMIT; /* ours, maybe */
        member->standing = is_room ? KW_CLIENT_REFUSING : KW_CLIENT_LYING;
        return KW_OK;
    }
    member->epoch = number;
    take_epoch(survey, &epoch);
    return KW_OK;
}

kw_status kw_client_survey_run(kw_client_survey *out, const kw_client_cluster *cluster,
                               kw_client_calls *calls, uint64_t epoch, kw_error *err)
{
    char path[32] = "/epoch";
    if (epoch != 0) {
        (void)snprintf(path, sizeof path, "/epoch/%" PRIu64, epoch);
    }
    for (uint16_t member = 1; member <= cluster->operators.roster.n; member++) {
        const kw_client_ask ask = {.member = member, .path = path};
        KW_TRY_AT(err, kw_client_calls_add(calls, &ask, err), "asking the operators");
    }
    kw_status st = KW_OK;
    kw_client_answer answer = {0};
    while (kw_client_calls_next(calls, &answer)) {
        if (st == KW_OK) {
            st = judge(out, cluster, &answer, epoch, err);
        }
        kw_client_answer_drop(&answer);
    }
    return st;
}
