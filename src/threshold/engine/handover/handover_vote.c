/* SPDX-License-Identifier: Apache-2.0
 * A handover's agreement: what its values are, and its messages as bytes. Source: threshold.md
 * sections 5, 6. */
#include "threshold/engine/handover/handover_parts.h"

#include "crypto/hash.h"
#include "threshold/engine/agreement/agreement_message.h"

/* Votes carry no field of a session, so only the group and the instance matter. */
static kw_message_scope scope_of(const kw_handover *h)
{
    return (kw_message_scope){.group = h->setup.group,
                              .kind = KW_SESSION_RESHARE,
                              .n = h->quorum.n,
                              .t = h->quorum.t,
                              .dealers = h->quorum.n,
                              .instance = KW_INSTANCE_HANDOVER};
}

/* How many COMMITs a proposal lists. */
static uint16_t listed(const kw_letter *proposal)
{
    kw_reader r = kw_reader_of(proposal->message.payload);
    (void)kw_read_span(&r, KW_MESSAGE_HEADER_BYTES + 2 * sizeof(uint32_t) + sizeof(kw_hash32));
    return kw_read_u16be(&r);
}

/* What this member is locked on or voted for it had formed, before a restart perhaps. */
static bool can_vote_for(const kw_handover *h, const kw_candidate *c)
{
    static const kw_message_type kinds[] = {KW_MESSAGE_PREVOTE, KW_MESSAGE_PRECOMMIT};
    const kw_agreement_state *state = &h->agreement.state;
    bool is_locked =
        state->locked_view != KW_AGREEMENT_NO_VIEW && kw_hash32_equal(&state->locked, &c->digest);
    if (is_locked || h->setup.port.can_form(h->setup.port.ctx, c)) {
        return true;
    }
    for (size_t i = 0; i < KW_COUNT(kinds) && h->self != 0; i++) {
        const kw_letter *at = kw_mailbox_next(&h->mailbox, kinds[i], NULL);
        for (; at != NULL; at = kw_mailbox_next(&h->mailbox, kinds[i], at)) {
            const kw_agreement_message *vote = at->read;
            if (at->place.sender == h->self && vote != NULL &&
                kw_hash32_equal(&vote->value, &c->digest)) {
                return true;
            }
        }
    }
    return false;
}

/* Whoever holds the candidate holds q COMMITs of it; the list only says that the proposer does. */
static kw_agreement_verdict judge(void *ctx, const kw_agreement_message *proposal)
{
    kw_handover *h = ctx;
    const kw_candidate *c = kw_handover_candidate(h, &proposal->value);
    if (c == NULL) {
        kw_handover_miss(h, &proposal->value, proposal->sender);
        return KW_AGREEMENT_LACKING;
    }
    const kw_letter *letter = kw_mailbox_find(&h->mailbox, &proposal->id);
    kw_quorum quorum;
    if (letter == NULL ||
        kw_quorum_of_threshold(&quorum, c->roster_new->n, c->fields.t_new) != KW_OK) {
        return KW_AGREEMENT_LACKING;
    }
    if (listed(letter) < quorum.q) {
        return KW_AGREEMENT_REFUSED;
    }
    return can_vote_for(h, c) ? KW_AGREEMENT_HELD : KW_AGREEMENT_LACKING;
}

static bool is_fresh(void *ctx, const kw_agreement_message *proposal)
{
    KW_UNUSED(ctx);
    KW_UNUSED(proposal);
    return true; /* nothing must be in a list but enough COMMITs */
}

static bool is_newer(const kw_sid_fields *a, const kw_sid_fields *b)
{
    return a->timestamp != b->timestamp ? a->timestamp > b->timestamp : a->attempt > b->attempt;
}

/* The newest: its members were there last. */
static bool offer(void *ctx, kw_hash32 *value)
{
    kw_handover *h = ctx;
    const kw_candidate *best = NULL;
    for (size_t i = 0; i < h->candidates_count; i++) {
        const kw_candidate *c = &h->candidates[i];
        if ((best == NULL || is_newer(&c->fields, &best->fields)) && can_vote_for(h, c)) {
            best = c;
        }
    }
    if (best != NULL) {
        *value = best->digest;
    }
    return best != NULL;
}

static kw_agreement_setup agreement_setup(kw_handover *h)
{
    return (kw_agreement_setup){.iid = h->iid,
                                .quorum = h->quorum,
                                .self = h->self,
                                .delta_ms = h->setup.delta_ms,
                                .arena = h->setup.lasting,
                                .port = {h, judge, is_fresh, offer}};
}

kw_status kw_handover_vote_begin(kw_handover *h)
{
    kw_agreement_setup setup = agreement_setup(h);
    return kw_agreement_init(&h->agreement, &setup);
}

kw_status kw_handover_vote_resume(kw_handover *h, kw_span record)
{
    kw_agreement_setup setup = agreement_setup(h);
    return kw_agreement_resume(&h->agreement, &setup, record);
}

static void drop(kw_handover *h, const kw_letter *letter)
{
    if (letter != NULL && letter->place.sender != h->self && !kw_handover_is_evidence(h, letter)) {
        kw_mailbox_drop(&h->mailbox, letter);
    }
}

/* What the agreement reads of a letter, for as long as that is kept. */
static kw_status remember(kw_handover *h, kw_letter *letter, const kw_agreement_message *vote)
{
    if (letter->read == NULL) {
        letter->read =
            letter->spare != NULL ? letter->spare : kw_arena_new(h->setup.lasting, 1, sizeof *vote);
    }
    if (letter->read == NULL) {
        return KW_LIMIT;
    }
    memcpy(letter->read, vote, sizeof *vote);
    return KW_OK;
}

static kw_status read_vote(kw_handover *h, kw_agreement_message *out,
                           const kw_authenticated *message, uint16_t sender)
{
    kw_message decoded;
    kw_message_scope scope = scope_of(h);
    KW_TRY(kw_message_decode(&decoded, h->setup.scratch, message->payload, &scope));
    KW_TRY(kw_agreement_message_of(out, &decoded, sender, &message->hash, scope.instance));
    if (out->view >= KW_AGREEMENT_VIEWS_MAX) {
        return KW_BAD_INPUT;
    }
    bool is_proposal = out->kind == KW_AGREEMENT_PROPOSE;
    uint16_t proposer = kw_agreement_proposer(&h->iid, h->quorum.n, out->view);
    return is_proposal && sender != proposer ? KW_REFUSED : KW_OK;
}

kw_status kw_handover_vote_take(kw_handover *h, const kw_authenticated *message, uint16_t sender,
                                uint16_t from)
{
    kw_agreement_message vote;
    kw_ballot_receipt receipt;
    kw_letter *letter = NULL;
    KW_TRY(read_vote(h, &vote, message, sender));
    const kw_letter_place place = {.sender = sender,
                                   .type = (kw_message_type)vote.kind,
                                   .instance = KW_INSTANCE_HANDOVER,
                                   .view = vote.view};
    kw_status kept = kw_handover_keep(h, &letter, &place, message);
    if (kept != KW_OK && kept != KW_END && kept != KW_CONFLICT) {
        return kept;
    }
    kw_status st = remember(h, letter, &vote);
    if (st != KW_OK) {
        drop(h, letter); /* it comes again */
        return st;
    }
    st = kw_agreement_take(&h->agreement, &receipt, &vote, from);
    if (!kw_hash32_is_none(&receipt.spare)) {
        drop(h, kw_mailbox_find(&h->mailbox, &receipt.spare));
    }
    if (st != KW_OK && st != KW_CONFLICT && st != KW_END) {
        drop(h, letter);
    }
    return st;
}

/* When a view has ended, most of its votes are of no use any more. */
static void sweep(kw_handover *h)
{
    static const kw_message_type kinds[] = {KW_MESSAGE_PROPOSE, KW_MESSAGE_PREVOTE,
                                            KW_MESSAGE_PRECOMMIT};
    if (h->swept_view == h->agreement.state.view) {
        return;
    }
    h->swept_view = h->agreement.state.view;
    for (size_t i = 0; i < KW_COUNT(kinds); i++) {
        const kw_letter *at = kw_mailbox_next(&h->mailbox, kinds[i], NULL);
        while (at != NULL) {
            const kw_letter *next = kw_mailbox_next(&h->mailbox, kinds[i], at);
            if (at->read == NULL || !kw_agreement_needs(&h->agreement, at->read)) {
                drop(h, at);
            }
            at = next;
        }
    }
}

/* The list of a proposal: that of `source`, else the COMMITs of the candidate. */
static kw_status fill_list(kw_handover *h, kw_propose *out, const kw_hash32 *source)
{
    const kw_candidate *c = kw_handover_candidate(h, &out->digest);
    const kw_letter *from = kw_hash32_is_none(source) ? NULL : kw_mailbox_find(&h->mailbox, source);
    if (from != NULL) {
        kw_message decoded;
        kw_message_scope scope = scope_of(h);
        KW_TRY(kw_message_decode(&decoded, h->setup.scratch, from->message.payload, &scope));
        out->hashes = decoded.body.propose.hashes;
        return KW_OK;
    }
    if (c == NULL) {
        return KW_CORRUPT; /* own values are held, unless a record says otherwise */
    }
    kw_hash32 *hashes = kw_arena_new(h->setup.scratch, c->commits.count, sizeof *hashes);
    if (hashes == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < c->commits.count; i++) {
        hashes[i] = c->commits.items[i].hash;
    }
    out->hashes = (kw_hash_list){hashes, (uint16_t)c->commits.count};
    return KW_OK;
}

/* The message that the agreement asks for. */
static kw_status send(kw_handover *h, kw_handover_action *out, const kw_agreement_action *action)
{
    const kw_agreement_message *wanted = &action->send;
    const kw_head *head = &h->setup.head;
    kw_message message = {.header = {.type = (kw_message_type)wanted->kind,
                                     .cluster_id = head->cluster_id,
                                     .sid = h->iid,
                                     .epoch = head->epoch + 1,
                                     .sender = h->setup.self}};
    if (wanted->kind == KW_AGREEMENT_PROPOSE) {
        kw_propose *propose = &message.body.propose;
        *propose = (kw_propose){
            .view = wanted->view, .valid_view = wanted->valid_view, .digest = wanted->value};
        KW_TRY(fill_list(h, propose, &action->source));
    } else {
        message.body.vote = (kw_vote){.view = wanted->view, .value = wanted->value};
    }
    kw_message_scope scope = scope_of(h);
    return kw_handover_say(h, out, &message, &scope);
}

static void relay(kw_handover *h, kw_handover_action *out, const kw_agreement_action *action)
{
    for (uint32_t i = 0; i < action->ids_count; i++) {
        const kw_letter *letter = kw_mailbox_find(&h->mailbox, &action->ids[i]);
        if (letter != NULL) {
            h->bundle[out->letters_count++] = letter;
        }
    }
    out->act = out->letters_count > 0 ? KW_HANDOVER_RELAY : KW_HANDOVER_IDLE;
    out->to = action->to;
    out->letters = h->bundle;
}

kw_status kw_handover_vote_next(kw_handover *h, kw_handover_action *out, uint64_t now)
{
    kw_agreement_action action;
    sweep(h);
    do {
        kw_agreement_next(&h->agreement, &action, now);
        switch (action.act) {
        case KW_AGREEMENT_IDLE:
            break;
        case KW_AGREEMENT_SEND:
            KW_TRY(send(h, out, &action));
            break;
        case KW_AGREEMENT_RELAY:
            relay(h, out, &action);
            break;
        case KW_AGREEMENT_DECIDED:
            out->act = KW_HANDOVER_DECIDED;
            out->digest = h->agreement.state.decided;
            break;
        }
    } while (action.act != KW_AGREEMENT_IDLE && out->act == KW_HANDOVER_IDLE);
    return KW_OK;
}

kw_status kw_handover_say(kw_handover *h, kw_handover_action *out, const kw_message *message,
                          const kw_message_scope *scope)
{
    bool is_seal = message->header.type == KW_MESSAGE_SEAL;
    bool is_proposal = message->header.type == KW_MESSAGE_PROPOSE;
    kw_letter_place place = {.sender = h->self,
                             .type = message->header.type,
                             .instance = is_seal ? KW_INSTANCE_SET : KW_INSTANCE_HANDOVER};
    if (!is_seal) {
        place.view = is_proposal ? message->body.propose.view : message->body.vote.view;
    }
    if (kw_mailbox_at(&h->mailbox, &place) != NULL) {
        return KW_OK;
    }
    KW_AUTO(kw_buf) payload = kw_buf_init(KW_THRESHOLD_PAYLOAD_BYTES_MAX);
    kw_writer w = kw_writer_to(&payload);
    kw_message_write(&w, message, scope);
    KW_TRY(kw_write_end(&w));
    kw_authenticated made;
    KW_TRY(kw_authenticated_make(&made, kw_buf_view(&payload), &h->setup.signer));
    kw_status st = is_seal ? kw_handover_seal_take(h, &made, h->self)
                           : kw_handover_vote_take(h, &made, h->self, h->self);
    if (st != KW_OK) {
        return st;
    }
    h->bundle[0] = kw_mailbox_find(&h->mailbox, &made.hash);
    out->act = KW_HANDOVER_SEND;
    out->letters = h->bundle;
    out->letters_count = 1;
    return KW_OK;
}
