/* SPDX-License-Identifier: Apache-2.0
 * From one epoch to the next: candidates, and who is asked for what is missing. Source:
 * threshold.md section 6. */
#include "threshold/engine/handover/handover.h"

#include "crypto/hash.h"
#include "threshold/engine/handover/handover_parts.h"

enum {
    FETCHES_BEFORE_ANOTHER = 2, /* nobody may have what a faulty member proposed */
    ASK_AFTER_DELTAS = 4,       /* an undisturbed handover takes less */
    ASK_DOUBLINGS_MAX = 4,
};

static kw_status quorum_of(kw_quorum *out, const kw_head *head)
{
    return head->epoch == 0 ? kw_quorum_of(out, head->roster->n, head->ratio)
                            : kw_quorum_of_threshold(out, head->roster->n, head->t);
}

static const size_t sender_bytes =
    KW_THRESHOLD_HANDOVER_SENDER_BYTES_MAX + 2 * sizeof(kw_handover_seal);

size_t kw_handover_memory_bytes(const kw_handover_setup *setup)
{
    kw_quorum quorum = {.n = setup->head.roster->n};
    return sizeof(kw_handover) + kw_agreement_arena_bytes(&quorum) +
           (size_t)quorum.n * sender_bytes + KW_THRESHOLD_HANDOVER_LETTERS_BYTES_MAX +
           (size_t)KW_HANDOVER_CANDIDATES_MAX * KW_THRESHOLD_HANDOVER_CANDIDATE_BYTES_MAX;
}

size_t kw_handover_member_bytes(const kw_quorum *quorum)
{
    return sender_bytes + kw_agreement_member_bytes(quorum);
}

kw_status kw_handover_make(kw_handover **out, const kw_handover_setup *setup)
{
    kw_quorum quorum;
    if (quorum_of(&quorum, &setup->head) != KW_OK) {
        return KW_REFUSED;
    }
    kw_handover *h = kw_arena_new(setup->lasting, 1, sizeof *h);
    if (h == NULL) {
        return KW_LIMIT;
    }
    bool votes = setup->signer.sign != NULL;
    *h = (kw_handover){.setup = *setup,
                       .quorum = quorum,
                       .self = votes ? kw_roster_index(setup->head.roster, &setup->self) : 0,
                       .seal_again_at = KW_HANDOVER_NEVER,
                       .ask_at = KW_HANDOVER_NEVER};
    kw_handover_id(&h->iid, &setup->head.cluster_id, setup->head.epoch + 1,
                   &setup->head.certificate);
    KW_TRY(kw_mailbox_init(&h->mailbox, setup->lasting, quorum.n,
                           KW_THRESHOLD_HANDOVER_SENDER_BYTES_MAX));
    h->seals = kw_arena_new(setup->lasting, 2 * (size_t)quorum.n, sizeof *h->seals);
    h->bundle = kw_arena_new(setup->lasting, 2 * (size_t)quorum.n + 4, sizeof(kw_letter *));
    h->is_convicted = kw_arena_new(setup->lasting, quorum.n, sizeof *h->is_convicted);
    if (h->seals == NULL || h->bundle == NULL || h->is_convicted == NULL) {
        return KW_LIMIT;
    }
    *out = h;
    return KW_OK;
}

kw_status kw_handover_begin(kw_handover **out, const kw_handover_setup *setup)
{
    kw_handover *h = NULL;
    KW_TRY(kw_handover_make(&h, setup));
    KW_TRY(kw_handover_vote_begin(h));
    *out = h;
    return KW_OK;
}

const kw_candidate *kw_handover_candidate(const kw_handover *h, const kw_hash32 *digest)
{
    for (size_t i = 0; i < h->candidates_count; i++) {
        if (kw_hash32_equal(&h->candidates[i].digest, digest)) {
            return &h->candidates[i];
        }
    }
    return NULL;
}

const kw_letter *kw_handover_find(const kw_handover *h, const kw_hash32 *hash)
{
    return kw_mailbox_find(&h->mailbox, hash);
}

const kw_hash32 *kw_handover_winner(const kw_handover *h)
{
    return h->agreement.state.is_decided ? &h->agreement.state.decided : NULL;
}

static uint16_t sender_of(const kw_candidate *c, const kw_authenticated *commit)
{
    kw_message_header header;
    kw_status st = kw_message_header_decode(&header, commit->payload);
    return st == KW_OK ? kw_roster_index(c->roster_new, &header.sender) : 0;
}

/* COMMITs of members whose none is known yet, into their places. */
static kw_status add_commits(kw_handover *h, size_t at, const kw_candidate *from)
{
    kw_candidate *c = &h->candidates[at];
    kw_authenticated *items = h->commits[at];
    size_t count = c->commits.count;
    for (size_t i = 0; i < from->commits.count; i++) {
        kw_authenticated commit = from->commits.items[i];
        uint16_t sender = sender_of(c, &commit);
        size_t place = 0;
        while (place < count && sender_of(c, &items[place]) < sender) {
            place++;
        }
        if (place < count && sender_of(c, &items[place]) == sender) {
            continue;
        }
        KW_TRY(kw_arena_copy_span(h->setup.lasting, &commit.payload, commit.payload));
        memmove(&items[place + 1], &items[place], (count - place) * sizeof *items);
        items[place] = commit;
        c->commits.count = ++count;
    }
    return KW_OK;
}

static kw_status add_candidate(kw_handover *h, const kw_candidate *candidate)
{
    size_t at = h->candidates_count;
    if (at == KW_HANDOVER_CANDIDATES_MAX) {
        return KW_LIMIT;
    }
    KW_TRY(kw_candidate_copy(&h->candidates[at], h->setup.lasting, candidate));
    kw_authenticated *items =
        kw_arena_new(h->setup.lasting, candidate->roster_new->n, sizeof *items);
    if (items == NULL) {
        return KW_LIMIT;
    }
    memcpy(items, h->candidates[at].commits.items, candidate->commits.count * sizeof *items);
    h->commits[at] = items;
    h->candidates[at].commits.items = items;
    h->candidates_count++;
    return KW_OK;
}

static void begin_to_ask(kw_handover *h, uint64_t now)
{
    if (h->ask_at == KW_HANDOVER_NEVER) {
        h->ask_at = now + (uint64_t)ASK_AFTER_DELTAS * h->setup.delta_ms;
    }
}

kw_status kw_handover_offer(kw_handover *h, const kw_candidate *candidate, uint64_t now)
{
    KW_TRY(kw_head_check_candidate(&h->setup.head, candidate, h->setup.group, NULL));
    const kw_candidate *known = kw_handover_candidate(h, &candidate->digest);
    if (known != NULL) {
        size_t before = known->commits.count;
        KW_TRY(add_commits(h, (size_t)(known - h->candidates), candidate));
        return known->commits.count > before ? KW_OK : KW_END;
    }
    KW_TRY(add_candidate(h, candidate));
    if (h->want.is_set && kw_hash32_equal(&h->want.digest, &candidate->digest)) {
        h->want.is_set = false;
    }
    begin_to_ask(h, now);
    kw_agreement_enter(&h->agreement, now);
    return KW_OK;
}

bool kw_handover_is_addressed(const kw_handover *h, const kw_message_header *header)
{
    const kw_head *head = &h->setup.head;
    if (header->epoch != head->epoch + 1 ||
        !kw_hash32_equal(&header->cluster_id, &head->cluster_id)) {
        return false;
    }
    return kw_message_is_vote(header->type) ? kw_hash32_equal(&header->sid, &h->iid)
                                            : header->type == KW_MESSAGE_SEAL;
}

kw_status kw_handover_take(kw_handover *h, const kw_authenticated *message, uint16_t from,
                           uint64_t now)
{
    kw_message_header header;
    KW_TRY(kw_message_header_decode(&header, message->payload));
    uint16_t sender = kw_roster_index(h->setup.head.roster, &header.sender);
    if (!kw_handover_is_addressed(h, &header) || sender == 0) {
        return KW_NOT_FOUND;
    }
    begin_to_ask(h, now);
    kw_arena_reset(h->setup.scratch);
    if (header.type == KW_MESSAGE_SEAL) {
        return kw_handover_seal_take(h, message, sender);
    }
    kw_status st = kw_handover_vote_take(h, message, sender, from);
    uint16_t some_honest = (uint16_t)(h->quorum.f + 1);
    if (kw_ballots_reached_by(&h->agreement.ballots, some_honest) != KW_AGREEMENT_NO_VIEW) {
        kw_agreement_enter(&h->agreement, now);
    }
    return st;
}

bool kw_handover_is_evidence(const kw_handover *h, const kw_letter *letter)
{
    for (size_t i = 0; i < h->evidence_count; i++) {
        if (h->evidence[i] == letter) {
            return true;
        }
    }
    return false;
}

/* SEALs of any session share a place; two of different sessions convict nobody. */
static bool is_same_session(const kw_letter *a, const kw_letter *b)
{
    kw_message_header one;
    kw_message_header two;
    return kw_message_header_decode(&one, a->message.payload) == KW_OK &&
           kw_message_header_decode(&two, b->message.payload) == KW_OK &&
           kw_hash32_equal(&one.sid, &two.sid);
}

static bool is_noted(const kw_handover *h, uint16_t sender)
{
    bool found = h->is_convicted[sender - 1];
    for (size_t i = 0; i < h->evidence_count && !found; i++) {
        found = h->evidence[i]->place.sender == sender;
    }
    return found;
}

/* One proof is enough of each sender. */
static void note_evidence(kw_handover *h, const kw_letter *letter)
{
    const kw_letter *first = kw_mailbox_at(&h->mailbox, &letter->place);
    if (!is_noted(h, letter->place.sender) && h->evidence_count < KW_COUNT(h->evidence) &&
        is_same_session(first, letter)) {
        h->evidence[h->evidence_count] = first;
        h->evidence[h->evidence_count + 1] = letter;
        h->evidence_count += 2;
    }
}

kw_status kw_handover_keep(kw_handover *h, kw_letter **out, const kw_letter_place *place,
                           const kw_authenticated *message)
{
    kw_letter_rule rule = place->type == KW_MESSAGE_SEAL ? KW_LETTER_TWO : KW_LETTER_MANY;
    kw_status st = kw_mailbox_add(&h->mailbox, out, place, message, rule);
    if (st == KW_CONFLICT) {
        note_evidence(h, *out);
    }
    return st;
}

void kw_handover_convict(kw_handover *h, const kw_letter *letter)
{
    h->is_convicted[letter->place.sender - 1] = true;
}

void kw_handover_miss(kw_handover *h, const kw_hash32 *digest, uint16_t first)
{
    bool is_same = kw_hash32_equal(&h->want.digest, digest);
    if (!h->want.is_set || (!is_same && h->want.tries >= FETCHES_BEFORE_ANOTHER)) {
        h->want = (kw_handover_want){.is_set = true, .digest = *digest, .first = first};
    }
}

/* Members by turns, from `first` on, but not this one; 0: there is no other. */
static uint16_t turn(const kw_handover *h, uint16_t first, uint32_t tries)
{
    uint16_t n = h->quorum.n;
    if (n == 1 && h->self == 1) {
        return 0;
    }
    uint32_t at = (first - 1u + tries) % n;
    return (uint16_t)(1 + (at + 1 == h->self ? (at + 1) % n : at));
}

static kw_status report(kw_handover *h, kw_handover_action *out, uint64_t now)
{
    KW_UNUSED(now);
    if (h->evidence_count > 0) {
        h->evidence_count -= 2;
        h->bundle[0] = h->evidence[h->evidence_count];
        h->bundle[1] = h->evidence[h->evidence_count + 1];
        out->act = KW_HANDOVER_EVIDENCE;
        out->letters = h->bundle;
        out->letters_count = 2;
    }
    return KW_OK;
}

static kw_status fetch(kw_handover *h, kw_handover_action *out, uint64_t now)
{
    kw_handover_want *want = &h->want;
    if (want->is_set && !h->is_certified && now >= want->ask_at) {
        out->to = turn(h, want->first, want->tries++);
        out->act = out->to == 0 ? KW_HANDOVER_IDLE : KW_HANDOVER_FETCH;
        out->digest = want->digest;
        want->ask_at = now + h->setup.delta_ms;
    }
    return KW_OK;
}

/* Messages may never come again, of members that are done with it; their certificate does. */
static kw_status ask(kw_handover *h, kw_handover_action *out, uint64_t now)
{
    if (!h->is_certified && now >= h->ask_at) {
        out->to = turn(h, 1, h->asked);
        out->act = out->to == 0 ? KW_HANDOVER_IDLE : KW_HANDOVER_ASK;
        uint32_t doublings = KW_MIN(h->asked, (uint32_t)ASK_DOUBLINGS_MAX);
        h->ask_at = now + ((uint64_t)ASK_AFTER_DELTAS * h->setup.delta_ms << doublings);
        h->asked++;
    }
    return KW_OK;
}

kw_status kw_handover_next(kw_handover *h, kw_handover_action *out, uint64_t now)
{
    static kw_status (*const steps[])(kw_handover *, kw_handover_action *, uint64_t) = {
        report, kw_handover_vote_next, kw_handover_seal_next, kw_handover_certify, fetch, ask,
    };
    *out = (kw_handover_action){.act = KW_HANDOVER_IDLE};
    kw_arena_reset(h->setup.scratch);
    for (size_t i = 0; i < KW_COUNT(steps) && out->act == KW_HANDOVER_IDLE; i++) {
        KW_TRY(steps[i](h, out, now));
    }
    return KW_OK;
}

uint64_t kw_handover_wake_at(const kw_handover *h)
{
    uint64_t at = kw_agreement_wake_at(&h->agreement);
    if (h->is_certified) {
        return at;
    }
    at = h->want.is_set ? KW_MIN(at, h->want.ask_at) : at;
    return KW_MIN(at, KW_MIN(h->seal_again_at, h->ask_at));
}
