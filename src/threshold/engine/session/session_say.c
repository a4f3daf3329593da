/* SPDX-License-Identifier: Apache-2.0
 * What a session sends: own messages are made, signed, and taken like those of others. */
#include "base/error.h"
#include "threshold/engine/session/session_parts.h"

enum {
    DRAWS_MAX = 8, /* a secret that is zero comes once in 2^61 draws at most */
};

bool session_draw(kw_session *s, kw_group_secret *out)
{
    kw_status st = KW_RANGE;
    for (size_t i = 0; i < DRAWS_MAX && st == KW_RANGE; i++) {
        uint8_t random[KW_GROUP_WIDE_BYTES];
        st = kw_rng_fill(&s->setup.rng, KW_MSPAN(random));
        if (st == KW_OK) {
            st = s->setup.group->secret_of_random(out, KW_SPAN(random));
        }
        kw_wipe(random, sizeof random);
    }
    if (st != KW_OK) {
        session_fail(s);
    }
    return st == KW_OK;
}

static void fill_header(const kw_session *s, kw_message_header *header, const kw_hash32 *sid)
{
    header->suite = s->setup.fields.suite;
    header->cluster_id = s->setup.cluster_id;
    header->sid = *sid;
    header->epoch = s->setup.fields.epoch;
    header->timestamp = s->setup.fields.timestamp;
    header->attempt = s->setup.fields.attempt;
    header->sender = s->setup.self;
}

static const kw_peer_signer *signer_for(const kw_session *s, const kw_message_header *header,
                                        kw_instance instance)
{
    const kw_author_rosters rosters = {s->dealers_roster, s->setup.roster_new};
    bool deals = kw_author_roster(&rosters, header, instance) == s->dealers_roster;
    bool has_two = s->setup.dealer_signer.sign != NULL;
    return deals && has_two ? &s->setup.dealer_signer : &s->setup.signer;
}

static kw_status say(kw_session *s, kw_letter **out, const kw_message *message, uint64_t now)
{
    KW_AUTO(kw_buf) payload = kw_buf_init(KW_THRESHOLD_PAYLOAD_BYTES_MAX);
    kw_message_scope scope = s->scope;
    bool is_of_opening = session_is_same(&message->header.sid, &s->open_id);
    scope.instance = is_of_opening ? KW_INSTANCE_OPEN : KW_INSTANCE_SET;
    kw_writer w = kw_writer_to(&payload);
    kw_message_write(&w, message, &scope);
    KW_TRY(kw_write_end(&w));
    kw_authenticated signed_message;
    const kw_peer_signer *signer = signer_for(s, &message->header, scope.instance);
    KW_TRY(kw_authenticated_make(&signed_message, kw_buf_view(&payload), signer));
    return session_receive(s, out, &signed_message, s->self, now);
}

kw_status session_try_say(kw_session *s, kw_message *message, const kw_hash32 *sid, uint64_t now)
{
    kw_letter *letter = NULL;
    fill_header(s, &message->header, sid);
    KW_ASSERT(s->outbox_count < SESSION_OUTBOX_MAX);
    kw_status st = say(s, &letter, message, now);
    if (st != KW_OK) {
        session_fail(s); /* also when it would be a second body */
        return st;
    }
    s->outbox[s->outbox_count++] = letter;
    return KW_OK;
}

bool session_say(kw_session *s, kw_message *message, const kw_hash32 *sid, uint64_t now)
{
    return session_try_say(s, message, sid, now) == KW_OK;
}

void session_relay(kw_session *s, const kw_letter *letter)
{
    if (letter != NULL && s->relay_count < s->relay_max) {
        s->relay[s->relay_count++] = letter;
    }
}
