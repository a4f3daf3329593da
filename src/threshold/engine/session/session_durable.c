/* SPDX-License-Identifier: Apache-2.0
 * Which messages of others outlive a restart: what a member that was cut off needs to get its
 * share, of whoever is gone since. Source: threshold.md section 6. */
#include "threshold/engine/session/session_parts.h"

/* Own ones are durable before they leave; PROPOSE and votes are in the record. */
static const kw_message_type kinds[] = {KW_MESSAGE_HELLO,   KW_MESSAGE_DEAL,
                                        KW_MESSAGE_SHARES,  KW_MESSAGE_ECHO,
                                        KW_MESSAGE_EXTRACT, KW_MESSAGE_RECONSTRUCT};

static bool is_in_set(const kw_session *s, const session_deal *deal)
{
    for (uint16_t i = 0; i < s->decided.count; i++) {
        const kw_dealing_ref *ref = &s->decided.refs[i];
        if (ref->dealer == deal->place.dealer) {
            return session_is_same(&ref->hash, &deal->letter->message.hash);
        }
    }
    return false;
}

/* SHARES belong to the dealing of D that names their root. */
static bool are_in_set(const kw_session *s, const kw_letter *shares)
{
    const kw_letter_place place = {.sender = shares->place.sender, .type = KW_MESSAGE_DEAL};
    const kw_letter *at = kw_mailbox_at(&s->mailbox, &place);
    for (; at != NULL; at = at->second) {
        const session_deal *deal = at->read;
        if (deal != NULL && deal->shares_letter == shares && is_in_set(s, deal)) {
            return true;
        }
    }
    return false;
}

static bool is_needed(const kw_session *s, const kw_letter *letter)
{
    bool is_read = letter->read != NULL && letter->place.sender != s->self;
    if (is_read && letter->place.type == KW_MESSAGE_DEAL) {
        return is_in_set(s, letter->read);
    }
    if (is_read && letter->place.type == KW_MESSAGE_SHARES) {
        return are_in_set(s, letter);
    }
    return is_read;
}

/* In the order of `kinds`; NULL: there are no more. */
static const kw_letter *next_needed(kw_session *s)
{
    while (s->durable_kinds < KW_COUNT(kinds)) {
        s->durable_last = kw_mailbox_next(&s->mailbox, kinds[s->durable_kinds], s->durable_last);
        if (s->durable_last == NULL) {
            s->durable_kinds++;
        } else if (is_needed(s, s->durable_last)) {
            return s->durable_last;
        }
    }
    return NULL;
}

bool session_next_durable(kw_session *s, kw_session_action *out)
{
    if (s->phase != KW_SESSION_COMMITS) {
        return false;
    }
    size_t count = 0;
    while (count < SESSION_KEEP_AT_ONCE && (s->durable[count] = next_needed(s)) != NULL) {
        count++;
    }
    out->act = count > 0 ? KW_SESSION_KEEP : KW_SESSION_IDLE;
    out->letters = s->durable;
    out->letters_count = count;
    return count > 0;
}

void session_note_durable(kw_session *s)
{
    s->durable_kinds = KW_COUNT(kinds);
}

bool session_is_durable(const kw_session *s)
{
    return s->durable_kinds == KW_COUNT(kinds);
}
