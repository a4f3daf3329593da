/* SPDX-License-Identifier: Apache-2.0
 * What comes in: whose message it is, whether that member signed it, and who takes it. Source:
 * threshold.md section 2. */
#include "crypto/hash.h"
#include "threshold/engine/message/author.h"
#include "threshold/engine/operator/operator_inner.h"

/* A message on its way in; one of the two takes it. */
typedef struct arrival {
    const kw_authenticated *message;
    kw_message_header header;
    kw_operator_slot *slot; /* NULL: the handover */
} arrival;

/* A body that comes in, in the step's arena. */
typedef struct delivery {
    arrival *arrivals;
    kw_peer_claim *claims;
    uint8_t *ok;
    size_t count;
    uint64_t now;
} delivery;

static void worsen(kw_operator_reply *reply, kw_status st)
{
    if (reply->st == KW_OK || reply->st == KW_NOT_FOUND) {
        reply->st = st;
    }
}

static bool open_delivery(kw_operator *op, delivery *out, size_t count)
{
    if (op->agenda_count == 0) { /* else actions still point into it */
        kw_arena_reset(&op->step);
    }
    out->arrivals = kw_arena_new(&op->step, count, sizeof *out->arrivals);
    out->claims = kw_arena_new(&op->step, count, sizeof *out->claims);
    out->ok = kw_arena_new(&op->step, count, sizeof *out->ok);
    return out->arrivals != NULL && out->claims != NULL && out->ok != NULL;
}

static const kw_member *member_of(const kw_roster *roster, const kw_address *address)
{
    uint16_t index = kw_roster_index(roster, address);
    return index == 0 ? NULL : kw_roster_at(roster, index);
}

static kw_operator_slot *slot_for(kw_operator *op, const kw_message_header *header)
{
    for (size_t i = 0; i < KW_OPERATOR_SESSIONS_MAX; i++) {
        kw_operator_slot *slot = &op->slots[i];
        if (slot->session != NULL && kw_session_is_addressed(slot->session, header)) {
            return slot;
        }
    }
    return NULL;
}

/* Who should have signed it, in the roster of whoever takes it; NULL: no member. */
static const kw_member *signer_of(kw_operator *op, const arrival *a)
{
    if (a->slot == NULL) {
        return member_of(kw_operator_head(op)->roster, &a->header.sender);
    }
    bool is_reshare = a->slot->fields.kind == KW_SESSION_RESHARE;
    const kw_roster *receivers = &a->slot->roster_new;
    const kw_author_rosters rosters = {is_reshare ? &a->slot->roster_old : receivers, receivers};
    return kw_author_of(&rosters, &a->header, KW_INSTANCE_SET); /* as of opening */
}

/* By its hash: what is found under that as another name is another message. */
static bool is_known(kw_operator *op, const arrival *a)
{
    const kw_hash32 *hash = &a->message->hash;
    if (a->slot != NULL) {
        const kw_letter *letter = kw_session_find(a->slot->session, hash, NULL);
        return letter != NULL && kw_hash32_equal(&letter->message.hash, hash);
    }
    const kw_authenticated *message = kw_operator_handover_message(op, hash);
    return message != NULL && kw_hash32_equal(&message->hash, hash);
}

/* A HELLO that names a certificate which is not ours: who brings it can show that one. */
static void note_head(kw_operator *op, const arrival *a, const kw_address *from)
{
    if (a->header.type != KW_MESSAGE_HELLO || from == NULL) {
        return;
    }
    kw_reader r = kw_reader_of(a->message->payload);
    (void)kw_read_span(&r, KW_MESSAGE_HEADER_BYTES);
    (void)kw_read_span(&r, kw_read_u16be(&r)); /* the suites */
    kw_span head = kw_read_span(&r, sizeof(kw_hash32));
    kw_hash32 hash;
    if (kw_read_is_good(&r)) {
        memcpy(hash.bytes, head.ptr, sizeof hash.bytes);
        kw_operator_take_head(op, from, &hash);
    }
}

/* A HELLO of another session than here, or anything about an epoch that is made. */
static bool is_behind(const kw_operator *op, const kw_message_header *header)
{
    return header->type == KW_MESSAGE_HELLO ||
           (op->eras_count > 0 && header->epoch <= op->eras[0].head.epoch);
}

static kw_status hand_over(kw_operator *op, const arrival *a, const kw_address *from, uint64_t now)
{
    if (a->slot == NULL) {
        return kw_operator_handover_take(op, a->message, from, now);
    }
    const kw_audience *audience = kw_session_audience(a->slot->session);
    uint16_t rank = from == NULL ? 0 : kw_audience_rank(audience, from);
    kw_status st = kw_session_take(a->slot->session, a->message, rank, now);
    if (st == KW_OK) {
        note_head(op, a, from);
    }
    return st;
}

/* Finds the taker; puts it into the delivery if it is worth a look at its signature. */
static void sort(kw_operator *op, delivery *d, kw_operator_reply *reply,
                 const kw_authenticated *message, const kw_address *from)
{
    arrival a = {.message = message};
    if (kw_message_header_decode(&a.header, message->payload) != KW_OK) {
        worsen(reply, KW_BAD_INPUT);
        return;
    }
    a.slot = slot_for(op, &a.header);
    bool is_cluster = kw_hash32_equal(&a.header.cluster_id, &op->cluster_id);
    if (!is_cluster || (a.slot == NULL && !kw_operator_handover_is_addressed(op, &a.header))) {
        reply->st = reply->st == KW_OK ? KW_NOT_FOUND : reply->st;
        if (is_cluster) {
            reply->has_head = reply->has_head || is_behind(op, &a.header);
            note_head(op, &a, from);
        }
        return;
    }
    if (is_known(op, &a)) { /* verified before; who sends it again may lag behind */
        kw_status st = hand_over(op, &a, from, d->now);
        KW_UNUSED(st);
        return;
    }
    const kw_member *signer = signer_of(op, &a);
    if (signer == NULL) {
        worsen(reply, KW_UNAUTHENTICATED);
        return;
    }
    d->claims[d->count] = kw_authenticated_claim(message, signer);
    d->arrivals[d->count] = a;
    d->count++;
}

void kw_operator_take(kw_operator *op, kw_operator_reply *reply, kw_authenticated_list messages,
                      const kw_address *from, uint64_t now)
{
    *reply = (kw_operator_reply){.st = KW_OK};
    const kw_head *head = kw_operator_head(op);
    reply->head = head == NULL ? (kw_hash32){{0}} : head->certificate;
    delivery d = {.now = now};
    if (messages.count > KW_THRESHOLD_MESSAGES_MAX || !open_delivery(op, &d, messages.count)) {
        reply->st = KW_LIMIT;
        return;
    }
    for (size_t i = 0; i < messages.count; i++) {
        sort(op, &d, reply, &messages.items[i], from);
    }
    kw_peer_verifier *verifier = &op->setup.verifier;
    if (d.count > 0 && verifier->verify(verifier->ctx, d.ok, d.claims, d.count) != KW_OK) {
        reply->st = KW_UNAVAILABLE;
        return;
    }
    for (size_t i = 0; i < d.count; i++) {
        kw_status st = d.ok[i] == 1 ? hand_over(op, &d.arrivals[i], from, now) : KW_UNAUTHENTICATED;
        if (st != KW_OK && st != KW_END) {
            worsen(reply, st);
        }
    }
}

/* An own one may not be durable yet while there are actions to carry out. */
static bool may_leave(const kw_operator *op, const kw_authenticated *message)
{
    kw_message_header header;
    bool is_own = kw_message_header_decode(&header, message->payload) == KW_OK &&
                  kw_operator_is_self(op, &header.sender);
    return op->agenda_count == 0 || !is_own;
}

/* The one behind `after`, which `is_past` says was met. */
static const kw_authenticated *find_in(const kw_operator *op, const kw_session *session,
                                       const kw_hash32 *hash, const kw_authenticated *after,
                                       bool *is_past)
{
    const kw_letter *at = NULL;
    while ((at = kw_session_find(session, hash, at)) != NULL) {
        if (*is_past && may_leave(op, &at->message)) {
            return &at->message;
        }
        *is_past = *is_past || &at->message == after;
    }
    return NULL;
}

const kw_authenticated *kw_operator_message(const kw_operator *op, const kw_hash32 *hash,
                                            const kw_authenticated *after)
{
    bool is_past = after == NULL;
    for (size_t i = 0; i < KW_OPERATOR_SESSIONS_MAX; i++) {
        const kw_session *session = op->slots[i].session;
        const kw_authenticated *found =
            session == NULL ? NULL : find_in(op, session, hash, after, &is_past);
        if (found != NULL) {
            return found;
        }
    }
    const kw_authenticated *last = kw_operator_handover_message(op, hash);
    return last != NULL && is_past && may_leave(op, last) ? last : NULL;
}
