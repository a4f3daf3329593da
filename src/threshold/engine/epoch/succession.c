/* SPDX-License-Identifier: Apache-2.0
 * From epoch to epoch. Source: threshold.md sections 3, 6. */
#include "threshold/engine/epoch/succession.h"

#include "crypto/hash.h"

kw_status kw_head_before_genesis(kw_head *out, const kw_hash32 *cluster_id,
                                 const kw_config_fields *config, const kw_roster *roster)
{
    if (!kw_hash32_equal(&roster->hash, &config->genesis_roster)) {
        return KW_REFUSED;
    }
    *out = (kw_head){
        .cluster_id = *cluster_id,
        .suite = config->suite,
        .ratio = config->ratio,
        .roster = roster,
    };
    return KW_OK;
}

kw_head kw_head_after(const kw_head *before, const kw_certificate *certificate)
{
    const kw_candidate *c = &certificate->candidate;
    kw_head head = *before;
    head.epoch = c->fields.epoch;
    head.certificate = certificate->hash;
    head.roster = c->roster_new;
    head.t = c->fields.t_new;
    head.polynomial = c->polynomial;
    return head;
}

/* The genesis roster names itself: it is both the outgoing and the new one. */
static bool is_of_outgoing(const kw_head *head, const kw_sid_fields *fields)
{
    const kw_hash32 *outgoing = head->epoch == 0 ? &fields->roster_new : &fields->roster_old;
    return kw_hash32_equal(outgoing, &head->roster->hash) && fields->t_old == head->t;
}

kw_status kw_head_check_candidate(const kw_head *head, const kw_candidate *candidate,
                                  const kw_group *group, kw_error *err)
{
    const kw_sid_fields *fields = &candidate->fields;
    kw_session_kind kind = head->epoch == 0 ? KW_SESSION_GENESIS : KW_SESSION_RESHARE;
    uint8_t suite = head->epoch == 0 ? head->suite : KW_SUITE_FELDMAN;
    kw_quorum quorum;
    KW_REQUIRE(kw_hash32_equal(&candidate->cluster_id, &head->cluster_id), err, KW_REFUSED,
               "another cluster");
    KW_REQUIRE(fields->epoch == head->epoch + 1 && fields->kind == kind && fields->suite == suite,
               err, KW_REFUSED, "not the epoch after the one that is known");
    KW_REQUIRE(kw_hash32_equal(&fields->previous, &head->certificate), err, KW_REFUSED,
               "another certificate before");
    KW_REQUIRE(is_of_outgoing(head, fields), err, KW_REFUSED, "another outgoing roster");
    KW_REQUIRE(kw_quorum_of(&quorum, candidate->roster_new->n, head->ratio) == KW_OK &&
                   quorum.t == fields->t_new,
               err, KW_REFUSED, "not the threshold of the cluster");
    KW_REQUIRE(head->polynomial == NULL ||
                   group->g2_equal(&head->polynomial[0], &candidate->polynomial[0]),
               err, KW_REFUSED, "another master key");
    return KW_OK;
}

kw_status kw_head_check_certificate(const kw_head *head, const kw_certificate *certificate,
                                    const kw_candidate_judge *judge, kw_error *err)
{
    KW_TRY(kw_head_check_candidate(head, &certificate->candidate, judge->group, err));
    KW_REQUIRE(kw_certificate_is_sealed(certificate, judge->group), err, KW_UNAUTHENTICATED,
               "the canary is not signed by the cluster's key");
    KW_TRY_AT(err, kw_candidate_judge_signatures(judge, head->roster, certificate->precommits),
              "checking precommits");
    KW_TRY_AT(err, kw_candidate_prove(&certificate->candidate, judge), "checking COMMITs");
    return KW_OK;
}
