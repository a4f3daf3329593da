/* SPDX-License-Identifier: Apache-2.0
 * What makes an epoch valid. Source: threshold.md section 6. */
#include "threshold/engine/epoch/certificate.h"

#include "crypto/hash.h"
#include "threshold/engine/use/partial.h"

static const uint8_t magic[4] = {'K', 'W', 'C', '1'};

const kw_roster *kw_certificate_voters(const kw_certificate *certificate)
{
    const kw_candidate *c = &certificate->candidate;
    return c->fields.kind == KW_SESSION_GENESIS ? c->roster_new : c->roster_old;
}

void kw_certificate_iid(kw_hash32 *out, const kw_certificate *certificate)
{
    const kw_candidate *c = &certificate->candidate;
    kw_handover_id(out, &c->cluster_id, c->fields.epoch, &c->fields.previous);
}

void kw_certificate_name(kw_certificate *certificate, const kw_group *group)
{
    kw_group_g1_bytes wire = {{0}};
    group->g1_encode(&wire, &certificate->canary);
    kw_certificate_hash(&certificate->hash, &certificate->candidate.digest,
                        kw_group_g1_view(group, &wire));
}

/* Who signs precommits, and what all of them say. */
typedef struct ballot_rule {
    const kw_certificate *certificate;
    kw_message_scope scope;
    kw_hash32 iid;
    uint32_t view; /* of the first one */
    uint16_t last; /* index of the one before; 0: none */
} ballot_rule;

static kw_status check_precommit(ballot_rule *rule, kw_arena *arena,
                                 const kw_authenticated *precommit)
{
    const kw_candidate *c = &rule->certificate->candidate;
    kw_message message;
    KW_TRY(kw_message_decode(&message, arena, precommit->payload, &rule->scope));
    const kw_message_header *header = &message.header;
    uint16_t index = kw_roster_index(kw_certificate_voters(rule->certificate), &header->sender);
    uint32_t view = message.body.vote.view;
    if (header->type != KW_MESSAGE_PRECOMMIT || index == 0 || header->epoch != c->fields.epoch ||
        !kw_hash32_equal(&header->cluster_id, &c->cluster_id) ||
        !kw_hash32_equal(&header->sid, &rule->iid) ||
        !kw_hash32_equal(&message.body.vote.value, &c->digest) ||
        (rule->last > 0 && view != rule->view)) {
        return KW_REFUSED;
    }
    if (index <= rule->last) {
        return KW_ENCODING;
    }
    rule->last = index;
    rule->view = view;
    return KW_OK;
}

static kw_status check_precommits(const kw_certificate *certificate, kw_arena *arena,
                                  const kw_group *group)
{
    const kw_candidate *c = &certificate->candidate;
    bool is_first = c->fields.kind == KW_SESSION_GENESIS;
    kw_quorum quorum;
    KW_TRY(kw_quorum_of_threshold(&quorum, kw_certificate_voters(certificate)->n,
                                  is_first ? c->fields.t_new : c->fields.t_old));
    if (certificate->precommits.count != quorum.b) {
        return KW_LENGTH;
    }
    ballot_rule rule = {.certificate = certificate, .scope = kw_candidate_scope(c, group)};
    rule.scope.instance = KW_INSTANCE_HANDOVER;
    kw_certificate_iid(&rule.iid, certificate);
    for (size_t i = 0; i < certificate->precommits.count; i++) {
        KW_TRY(check_precommit(&rule, arena, &certificate->precommits.items[i]));
    }
    return KW_OK;
}

kw_status kw_certificate_decode(kw_certificate *out, kw_arena *arena, kw_span file,
                                const kw_candidate_form *form)
{
    kw_certificate made;
    kw_reader r = kw_reader_of(file);
    kw_span start = kw_read_span(&r, sizeof magic);
    if (!kw_span_equal_var(start, KW_SPAN(magic))) {
        return KW_BAD_INPUT;
    }
    KW_TRY(kw_candidate_body_read(&made.candidate, arena, &r, form));
    kw_span canary = kw_read_span(&r, form->group->g1_bytes);
    KW_TRY(kw_authenticated_list_read(&made.candidate.commits, arena, &r));
    KW_TRY(kw_authenticated_list_read(&made.precommits, arena, &r));
    KW_TRY(kw_read_end(&r));
    KW_TRY(form->group->g1_decode(&made.canary, canary));
    KW_TRY(kw_candidate_check(&made.candidate, form->group));
    KW_TRY(check_precommits(&made, arena, form->group));
    kw_certificate_name(&made, form->group);
    *out = made;
    return KW_OK;
}

uint64_t kw_certificate_epoch_of(kw_span file)
{
    kw_reader r = kw_reader_of(file);
    kw_span start = kw_read_span(&r, sizeof magic);
    (void)kw_read_span(&r, 2 + sizeof(kw_hash32)); /* kind, suite, cluster_id */
    uint64_t epoch = kw_read_u64be(&r);
    return kw_read_is_good(&r) && kw_span_equal_var(start, KW_SPAN(magic)) ? epoch : 0;
}

kw_status kw_certificate_encode(kw_buf *out, const kw_certificate *certificate,
                                const kw_group *group)
{
    kw_writer w = kw_writer_to(out);
    kw_write_span(&w, KW_SPAN(magic));
    kw_candidate_body_write(&w, &certificate->candidate, group);
    kw_write_g1(&w, group, &certificate->canary);
    kw_authenticated_list_write(&w, certificate->candidate.commits);
    kw_authenticated_list_write(&w, certificate->precommits);
    return kw_write_end(&w);
}

bool kw_certificate_is_sealed(const kw_certificate *certificate, const kw_group *group)
{
    const kw_candidate *c = &certificate->candidate;
    /* The master key is that of a roster of one. */
    const kw_share_keys master = {group, c->fields.epoch, c->polynomial, 1};
    const kw_partial canary = {c->fields.epoch, 1, certificate->canary};
    const kw_purposed what = {KW_PURPOSE_EPOCH, KW_SPAN(c->digest.bytes)};
    bool yes = false;
    return kw_partial_verify(&yes, &master, &canary, &what) == KW_OK && yes;
}

kw_status kw_certificate_check_pinned(const kw_certificate *certificate, const kw_group *group,
                                      const kw_hash32 *cluster_id, const kw_group_g2 *master)
{
    const kw_candidate *c = &certificate->candidate;
    if (!kw_hash32_equal(&c->cluster_id, cluster_id) ||
        !group->g2_equal(&c->polynomial[0], master)) {
        return KW_REFUSED;
    }
    return kw_certificate_is_sealed(certificate, group) ? KW_OK : KW_UNAUTHENTICATED;
}
