/* SPDX-License-Identifier: Apache-2.0
 * A handover's end: SEALs, canary, certificate. Secret input: the share that seals. Source:
 * threshold.md section 6. */
#include "threshold/engine/handover/handover_parts.h"

#include "crypto/hash.h"
#include "threshold/engine/use/partial.h"

enum {
    SEAL_AGAIN_DELTAS = 2,
};

/* The candidate that won; NULL: nothing is decided, or it is not here. */
static const kw_candidate *winner(kw_handover *h)
{
    const kw_hash32 *digest = kw_handover_winner(h);
    if (digest == NULL) {
        return NULL;
    }
    const kw_candidate *c = kw_handover_candidate(h, digest);
    if (c == NULL) {
        kw_handover_miss(h, digest, h->agreement.state.certificate.senders[0]);
    }
    return c;
}

kw_status kw_handover_seal_take(kw_handover *h, const kw_authenticated *message, uint16_t sender)
{
    kw_letter *letter = NULL;
    size_t len = KW_MESSAGE_HEADER_BYTES + sizeof(kw_hash32) + h->setup.group->g1_bytes;
    if (message->payload.len != len) {
        return KW_BAD_INPUT;
    }
    const kw_letter_place place = {.sender = sender, .type = KW_MESSAGE_SEAL};
    kw_status st = kw_handover_keep(h, &letter, &place, message);
    if ((st == KW_OK || st == KW_CONFLICT) && h->seals_count < 2 * (size_t)h->quorum.n) {
        h->seals[h->seals_count++] = (kw_handover_seal){.letter = letter, .member = sender};
    }
    if (st == KW_OK && sender == h->self) {
        h->own_seal = letter;
    }
    return st;
}

/* Before the decision is known to be durable nothing is sealed: DECIDED came before. */
kw_status kw_handover_seal_next(kw_handover *h, kw_handover_action *out, uint64_t now)
{
    const kw_candidate *c = winner(h);
    if (c == NULL || h->self == 0 || h->is_certified) {
        return KW_OK;
    }
    if (h->own_seal != NULL) {
        if (now >= h->seal_again_at) {
            h->bundle[0] = h->own_seal;
            out->act = KW_HANDOVER_RELAY;
            out->letters = h->bundle;
            out->letters_count = 1;
            h->seal_again_at = now + (uint64_t)SEAL_AGAIN_DELTAS * h->setup.delta_ms;
        }
        return KW_OK;
    }
    const kw_group_secret *share = h->setup.port.share(h->setup.port.ctx, c);
    if (share == NULL) {
        return KW_OK;
    }
    kw_message message = {.header = kw_candidate_header(c, KW_MESSAGE_SEAL, &h->setup.self)};
    kw_message_scope scope = kw_candidate_scope(c, h->setup.group);
    const kw_purposed what = {KW_PURPOSE_EPOCH, KW_SPAN(c->digest.bytes)};
    message.body.commit.digest = c->digest;
    KW_TRY(kw_partial_sign(&message.body.commit.share, h->setup.group, share, &what));
    kw_declassify_group_g1(&message.body.commit.share, "a SEAL is sent to everyone");
    h->seal_again_at = now + (uint64_t)SEAL_AGAIN_DELTAS * h->setup.delta_ms;
    return kw_handover_say(h, out, &message, &scope);
}

/* Whether it is a SEAL of the winner, as far as its bytes say. */
static bool read_seal(kw_handover *h, kw_handover_seal *seal, const kw_candidate *c)
{
    kw_message message;
    kw_message_scope scope = kw_candidate_scope(c, h->setup.group);
    kw_span payload = seal->letter->message.payload;
    if (kw_message_decode(&message, h->setup.scratch, payload, &scope) != KW_OK) {
        return false;
    }
    kw_message_header wanted = kw_candidate_header(c, KW_MESSAGE_SEAL, &message.header.sender);
    seal->share = message.body.commit.share;
    return kw_hash32_equal(&message.header.sid, &wanted.sid) &&
           message.header.timestamp == wanted.timestamp &&
           message.header.attempt == wanted.attempt &&
           kw_hash32_equal(&message.body.commit.digest, &c->digest);
}

/* The epoch whose shares seal: the outgoing one, at genesis the one that is made. */
typedef struct sealing_epoch {
    uint64_t number;
    uint16_t t;
    const kw_group_g2 *polynomial;
} sealing_epoch;

static sealing_epoch sealing_of(const kw_handover *h, const kw_candidate *c)
{
    const kw_head *head = &h->setup.head;
    if (head->epoch == 0) {
        return (sealing_epoch){1, c->fields.t_new, c->polynomial};
    }
    return (sealing_epoch){head->epoch, head->t, head->polynomial};
}

/* SEALs that wait for a verdict, and room for it; in the scratch arena. */
typedef struct seal_batch {
    kw_handover_seal **seals;
    kw_partial *partials;
    kw_group_g2 *keys; /* at the members' indices */
    uint8_t *ok;
    size_t n;
} seal_batch;

static kw_status gather(kw_handover *h, seal_batch *out, const kw_candidate *c,
                        const sealing_epoch *epoch)
{
    kw_arena *arena = h->setup.scratch;
    size_t room = h->seals_count;
    out->seals = kw_arena_new(arena, room, sizeof(kw_handover_seal *));
    out->partials = kw_arena_new(arena, room, sizeof *out->partials);
    out->keys = kw_arena_new(arena, h->quorum.n, sizeof *out->keys);
    out->ok = kw_arena_new(arena, room, 1);
    if (out->seals == NULL || out->partials == NULL || out->keys == NULL || out->ok == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < room; i++) {
        kw_handover_seal *seal = &h->seals[i];
        if (seal->is_judged) {
            continue;
        }
        if (!read_seal(h, seal, c)) {
            seal->is_judged = true;
            continue;
        }
        KW_TRY(h->setup.group->g2_poly_eval(&out->keys[seal->member - 1], epoch->polynomial,
                                            epoch->t, seal->member));
        out->partials[out->n] = (kw_partial){epoch->number, seal->member, seal->share};
        out->seals[out->n++] = seal;
    }
    return KW_OK;
}

static kw_status judge_seals(kw_handover *h, const kw_candidate *c, const sealing_epoch *epoch)
{
    seal_batch batch = {0};
    KW_TRY(gather(h, &batch, c, epoch));
    if (batch.n == 0) {
        return KW_OK;
    }
    const kw_partials all = {
        h->setup.group, batch.partials, batch.n, {KW_PURPOSE_EPOCH, KW_SPAN(c->digest.bytes)}};
    const kw_share_keys keys = {h->setup.group, epoch->number, batch.keys, h->quorum.n};
    KW_TRY(kw_partials_verify(batch.ok, h->setup.scratch, &all, &keys, &h->setup.rng));
    for (size_t i = 0; i < batch.n; i++) {
        batch.seals[i]->is_judged = true;
        batch.seals[i]->is_good = batch.ok[i] == 1;
    }
    return KW_OK;
}

/* Members with a SEAL that is good, or may be. */
static size_t count_seals(const kw_handover *h, bool is_only_good)
{
    size_t count = 0;
    for (size_t i = 0; i < h->seals_count; i++) {
        const kw_handover_seal *seal = &h->seals[i];
        bool counts = seal->is_good || (!is_only_good && !seal->is_judged);
        for (size_t k = 0; k < i && counts; k++) { /* two bodies, of which both are good */
            counts = h->seals[k].member != seal->member || !(h->seals[k].is_good);
        }
        count += counts;
    }
    return count;
}

static kw_status combine(kw_handover *h, kw_group_g1 *out, const kw_candidate *c,
                         const sealing_epoch *epoch)
{
    kw_partial *partials = kw_arena_new(h->setup.scratch, epoch->t, sizeof *partials);
    if (partials == NULL) {
        return KW_LIMIT;
    }
    size_t n = 0;
    for (size_t i = 0; i < h->seals_count && n < epoch->t; i++) {
        const kw_handover_seal *seal = &h->seals[i];
        bool is_taken = !seal->is_good;
        for (size_t k = 0; k < n; k++) {
            is_taken = is_taken || partials[k].member == seal->member;
        }
        if (!is_taken) {
            partials[n++] = (kw_partial){epoch->number, seal->member, seal->share};
        }
    }
    const kw_partials all = {
        h->setup.group, partials, n, {KW_PURPOSE_EPOCH, KW_SPAN(c->digest.bytes)}};
    KW_AUTO(kw_group_secret_g1) whole = {0};
    KW_TRY(kw_partials_combine(&whole, h->setup.scratch, &all, &c->polynomial[0]));
    kw_declassify_group_secret_g1(out, &whole, "a canary is public");
    return KW_OK;
}

/* After a restart they may have to come again. */
static bool has_votes(const kw_handover *h, const kw_agreement_proof *votes)
{
    for (size_t i = 0; i < votes->count; i++) {
        if (kw_mailbox_find(&h->mailbox, &votes->ids[i]) == NULL) {
            return false;
        }
    }
    return true;
}

static kw_status put_together(kw_handover *h, const kw_candidate *c, const sealing_epoch *epoch)
{
    const kw_agreement_proof *votes = &h->agreement.state.certificate;
    if (!has_votes(h, votes)) {
        return KW_OK;
    }
    kw_authenticated *items = kw_arena_new(h->setup.lasting, votes->count, sizeof *items);
    if (items == NULL) {
        return KW_LIMIT;
    }
    kw_certificate made = {.candidate = *c, .precommits = {items, votes->count}};
    for (size_t i = 0; i < votes->count; i++) {
        items[i] = kw_mailbox_find(&h->mailbox, &votes->ids[i])->message;
    }
    KW_TRY(combine(h, &made.canary, c, epoch));
    kw_certificate_name(&made, h->setup.group);
    h->certificate = made;
    h->is_certified = true;
    return KW_OK;
}

kw_status kw_handover_certify(kw_handover *h, kw_handover_action *out, uint64_t now)
{
    KW_UNUSED(now);
    const kw_candidate *c = winner(h);
    if (c == NULL) {
        return KW_OK;
    }
    sealing_epoch epoch = sealing_of(h, c);
    if (!h->is_certified && count_seals(h, false) >= epoch.t) {
        KW_TRY(judge_seals(h, c, &epoch));
        if (count_seals(h, true) >= epoch.t) {
            KW_TRY(put_together(h, c, &epoch));
        }
    }
    if (h->is_certified && !h->is_told) {
        h->is_told = true;
        out->act = KW_HANDOVER_CERTIFIED;
        out->certificate = &h->certificate;
        out->digest = c->digest;
    }
    return KW_OK;
}
