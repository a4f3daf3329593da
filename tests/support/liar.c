/* SPDX-License-Identifier: Apache-2.0
 * An operator that says two things. */
#include "support/liar.h"

#include "support/expect.h"
#include "threshold/engine/epoch/certificate.h"
#include "threshold/engine/message/message.h"

static const uint8_t suites[] = {KW_SUITE_FELDMAN, KW_SUITE_PEDERSEN};

static kw_sid_fields next_session(const liar *who, const kw_certificate *before, uint64_t boundary)
{
    kw_quorum quorum;
    EXPECT_OK(kw_quorum_of(&quorum, who->roster->n, who->cluster->config.ratio));
    return (kw_sid_fields){
        .kind = KW_SESSION_RESHARE,
        .epoch = before->candidate.fields.epoch + 1,
        .timestamp = boundary,
        .roster_old = before->candidate.roster_new->hash,
        .roster_new = who->roster->hash,
        .t_old = before->candidate.fields.t_new,
        .t_new = quorum.t,
        .previous = before->hash,
        .suite = KW_SUITE_FELDMAN,
    };
}

static void draw(const liar *who, kw_group_secret *out)
{
    uint8_t random[KW_GROUP_WIDE_BYTES];
    EXPECT_OK(kw_rng_fill(who->rng, KW_MSPAN(random)));
    EXPECT_OK(kw_group_bls12_381.secret_of_random(out, KW_SPAN(random)));
}

/* With a session key that nobody will use. */
static void write_hello(const liar *who, kw_buf *payload, const kw_certificate *before,
                        const kw_sid_fields *fields)
{
    const kw_group *group = &kw_group_bls12_381;
    kw_group_secret key;
    kw_group_secret nonce;
    kw_hash32 sid;
    kw_sid(&sid, &who->cluster->cluster_id, fields);
    draw(who, &key);
    draw(who, &nonce);
    kw_message m = {.header = {.type = KW_MESSAGE_HELLO,
                               .suite = fields->suite,
                               .cluster_id = who->cluster->cluster_id,
                               .sid = sid,
                               .epoch = fields->epoch,
                               .timestamp = fields->timestamp,
                               .sender = who->self}};
    m.body.hello.suites = KW_SPAN(suites);
    m.body.hello.head = before->hash;
    group->g1_base(&m.body.hello.ek, &key);
    const kw_pok_place place = {KW_POK_EK, sid, who->self};
    kw_pok_g1_make(&m.body.hello.proof, group, &place, &key, &nonce);
    const kw_message_scope scope = {.group = group, .suite = fields->suite};
    kw_writer w = kw_writer_to(payload);
    kw_message_write(&w, &m, &scope);
    EXPECT_OK(kw_write_end(&w));
}

void liar_say_hello(const liar *who, kw_buf *out_json, kw_span certificate, uint64_t boundary_s)
{
    const kw_candidate_form form = {&kw_group_bls12_381, &kw_peer_schemes_all};
    kw_arena arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_ARENA_MAX);
    kw_certificate before;
    EXPECT_OK(kw_certificate_decode(&before, &arena, certificate, &form));
    kw_sid_fields fields = next_session(who, &before, boundary_s);
    KW_AUTO(kw_buf) payload = kw_buf_init(4096);
    kw_authenticated message;
    write_hello(who, &payload, &before, &fields);
    EXPECT_OK(kw_authenticated_make(&message, kw_buf_view(&payload), &who->signer));
    EXPECT_OK(kw_authenticated_encode(out_json, &message));
    kw_arena_drop(&arena);
}
