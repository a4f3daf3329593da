/* SPDX-License-Identifier: Apache-2.0
 * Votes of either agreement of a session: what is read from them, which are kept, and those of this
 * member. Source: threshold.md section 5. */
#include "threshold/engine/session/session_parts.h"

/* ---- proposals ---- */
const session_vote *session_read_proposal(const kw_letter *letter)
{
    return letter != NULL && letter->place.type == KW_MESSAGE_PROPOSE ? letter->read : NULL;
}

const session_vote *session_proposal(const kw_session *s, const kw_hash32 *id,
                                     const kw_hash32 *value)
{
    const session_vote *found = session_read_proposal(kw_mailbox_find(&s->mailbox, id));
    const kw_letter *at = NULL;
    while (found == NULL && (at = kw_mailbox_named(&s->mailbox, value, at)) != NULL) {
        found = session_read_proposal(at);
    }
    return found;
}

/* ---- what comes in ---- */
/* Memory for what is read from a vote: that of a dropped one, where there is one. */
static session_vote *new_vote(kw_session *s, const kw_letter *letter)
{
    kw_arena *arena = s->setup.memory.lasting;
    session_vote *made = letter->spare;
    if (made == NULL) {
        made = kw_arena_new(arena, 1, sizeof *made);
    }
    if (made != NULL && made->opened == NULL && letter->place.instance == KW_INSTANCE_OPEN) {
        made->opened = kw_arena_new(arena, s->scope.dealers, sizeof *made->opened);
        made = made->opened == NULL ? NULL : made;
    }
    return made;
}

static void copy_opened(session_vote *out, const kw_propose *propose)
{
    out->opened_count = kw_propose_opened_count(propose);
    for (uint16_t i = 0; i < out->opened_count; i++) {
        out->opened[i] = kw_propose_opened_at(propose, i);
    }
}

kw_status session_read_vote(kw_session *s, kw_letter *letter, const kw_message *m, uint64_t now)
{
    KW_UNUSED(now);
    session_vote *read = new_vote(s, letter);
    if (read == NULL) {
        return KW_LIMIT;
    }
    uint16_t member = session_member_of(s, letter);
    KW_TRY(kw_agreement_message_of(&read->vote, m, member, &letter->message.hash,
                                   letter->place.instance));
    if (m->header.type == KW_MESSAGE_PROPOSE) {
        read->hashes = m->body.propose.hashes;
        copy_opened(read, &m->body.propose);
        kw_mailbox_name(&s->mailbox, letter, &read->vote.value);
    } else {
        read->hashes = m->body.vote.wanted;
    }
    letter->read = read;
    return KW_OK;
}

/* Later proposers have what an earlier one left out. */
static void want_listed(kw_session *s, const kw_letter *letter, uint64_t now)
{
    const session_vote *read = letter->read;
    for (uint16_t i = 0; i < read->hashes.count && !s->has_set; i++) {
        if (kw_mailbox_find(&s->mailbox, &read->hashes.items[i]) == NULL) {
            session_want(s, &read->hashes.items[i], KW_MESSAGE_ECHO, letter->place.sender, now);
        }
    }
}

static bool is_evidence(const kw_session *s, const kw_letter *letter)
{
    for (const session_report *at = s->reports; at != NULL; at = at->next) {
        for (uint8_t i = 0; i < at->evidence.letters_count; i++) {
            if (at->evidence.letters[i] == letter) {
                return true;
            }
        }
    }
    return false;
}

/* However many bodies somebody signs, the memory of a few is used again and again. */
static void drop_vote(kw_session *s, const kw_letter *letter)
{
    if (letter != NULL && letter->place.sender != s->self && !is_evidence(s, letter)) {
        kw_mailbox_drop(&s->mailbox, letter);
    }
}

kw_status session_take_vote(kw_session *s, const kw_letter *letter, uint16_t from, uint64_t now)
{
    const session_vote *read = letter->read;
    bool is_open = letter->place.instance == KW_INSTANCE_OPEN;
    uint16_t bringer = from == 0 ? 0 : kw_audience_at(&s->audience, from)->new_index;
    kw_ballot_receipt receipt;
    kw_status st = kw_agreement_take(is_open ? &s->open : &s->set, &receipt, &read->vote, bringer);
    s->has_open_votes = s->has_open_votes || is_open;
    if (st == KW_OK && letter->place.type == KW_MESSAGE_PREVOTE) {
        want_listed(s, letter, now);
    }
    if (!session_is_none(&receipt.spare)) {
        drop_vote(s, kw_mailbox_find(&s->mailbox, &receipt.spare));
    }
    if (st != KW_OK && st != KW_CONFLICT && st != KW_END) {
        drop_vote(s, letter);
    }
    return st;
}

/* When a view has ended, most of its votes are of no use any more. */
static void drop_old_votes(kw_session *s, const kw_agreement *agreement)
{
    static const kw_message_type kinds[] = {KW_MESSAGE_PROPOSE, KW_MESSAGE_PREVOTE,
                                            KW_MESSAGE_PRECOMMIT};
    kw_instance instance = agreement == &s->open ? KW_INSTANCE_OPEN : KW_INSTANCE_SET;
    for (size_t i = 0; i < KW_COUNT(kinds); i++) {
        const kw_letter *at = kw_mailbox_next(&s->mailbox, kinds[i], NULL);
        while (at != NULL) {
            const kw_letter *next = kw_mailbox_next(&s->mailbox, kinds[i], at);
            const session_vote *read = at->read;
            if (at->place.instance == instance &&
                (read == NULL || !kw_agreement_needs(agreement, &read->vote))) {
                drop_vote(s, at);
            }
            at = next;
        }
    }
}

/* ---- what goes out ---- */
static bool fill_propose(kw_session *s, kw_propose *out, const kw_agreement_action *action,
                         bool is_open)
{
    const kw_hash_list own = {s->offered, s->offered_count};
    bool is_new = session_is_none(&action->source);
    const session_vote *source =
        is_new ? NULL : session_proposal(s, &action->source, &action->send.value);
    if (source == NULL && !is_new) {
        return false;
    }
    out->view = action->send.view;
    out->valid_view = action->send.valid_view;
    if (!is_open) {
        out->hashes = source == NULL ? own : source->hashes;
        return true;
    }
    const uint16_t *dealers = source == NULL ? s->opened : source->opened;
    uint16_t count = source == NULL ? s->opened_count : source->opened_count;
    uint8_t *bytes = kw_arena_new(s->setup.memory.scratch, KW_MAX(count, 1), 2);
    for (uint16_t i = 0; bytes != NULL && i < count; i++) {
        bytes[2 * i] = (uint8_t)(dealers[i] >> 8);
        bytes[2 * i + 1] = (uint8_t)dealers[i];
    }
    out->opened = (kw_span){bytes, 2 * (size_t)count};
    return bytes != NULL;
}

static bool fill_vote(const kw_session *s, kw_vote *out, const kw_agreement_action *action)
{
    out->view = action->send.view;
    out->value = action->send.value;
    return !action->wants || session_list_wanted(s, &out->wanted, &action->source);
}

static void say_vote(kw_session *s, const kw_agreement_action *action, bool is_open)
{
    kw_message m = {.header.type = (kw_message_type)action->send.kind};
    bool is_good = action->send.kind == KW_AGREEMENT_PROPOSE
                       ? fill_propose(s, &m.body.propose, action, is_open)
                       : fill_vote(s, &m.body.vote, action);
    if (!is_good) {
        session_fail(s);
        return;
    }
    session_say(s, &m, is_open ? &s->open_id : &s->sid, s->now);
}

bool session_drive(kw_session *s, kw_agreement *agreement, uint64_t now)
{
    kw_agreement_action action;
    kw_agreement_next(agreement, &action, now);
    switch (action.act) {
    case KW_AGREEMENT_IDLE:
        return false;
    case KW_AGREEMENT_SEND:
        if (action.send.kind == KW_AGREEMENT_PREVOTE && action.send.view > 0) {
            drop_old_votes(s, agreement);
        }
        say_vote(s, &action, agreement == &s->open);
        break;
    case KW_AGREEMENT_RELAY:
        for (uint32_t i = 0; i < action.ids_count; i++) {
            session_relay(s, kw_mailbox_find(&s->mailbox, &action.ids[i]));
        }
        s->relay_to = action.to == 0 ? 0 : session_rank_of(s, action.to);
        break;
    case KW_AGREEMENT_DECIDED:
        break;
    }
    return true;
}
