/* SPDX-License-Identifier: Apache-2.0
 * Letters in chains: by hash, by name, by sender, by type. */
#include "threshold/engine/mailbox.h"

#include "base/error.h"

enum {
    BUCKETS_PER_SENDER = 8,
};

kw_status kw_mailbox_init(kw_mailbox *out, kw_arena *arena, uint16_t senders,
                          size_t sender_bytes_max)
{
    kw_mailbox made = {.arena = arena, .sender_bytes_max = sender_bytes_max, .senders = senders};
    made.buckets = (size_t)BUCKETS_PER_SENDER * senders;
    made.by_hash = kw_arena_new(arena, made.buckets, sizeof(kw_letter *));
    made.by_name = kw_arena_new(arena, made.buckets, sizeof(kw_letter *));
    made.by_sender = kw_arena_new(arena, senders, sizeof(kw_letter *));
    made.used = kw_arena_new(arena, senders, sizeof *made.used);
    if (made.by_hash == NULL || made.by_name == NULL || made.by_sender == NULL ||
        made.used == NULL) {
        return KW_LIMIT;
    }
    *out = made;
    return KW_OK;
}

static bool is_same(const kw_hash32 *a, const kw_hash32 *b)
{
    return kw_span_equal_var(KW_SPAN(a->bytes), KW_SPAN(b->bytes));
}

static size_t bucket_of(const kw_mailbox *mailbox, const kw_hash32 *hash)
{
    uint32_t number = 0;
    memcpy(&number, hash->bytes, sizeof number);
    return number % mailbox->buckets;
}

static kw_letter *find_hash(const kw_mailbox *mailbox, const kw_hash32 *hash)
{
    kw_letter *at = mailbox->by_hash[bucket_of(mailbox, hash)];
    while (at != NULL && !is_same(&at->message.hash, hash)) {
        at = at->next_hash;
    }
    return at;
}

const kw_letter *kw_mailbox_find(const kw_mailbox *mailbox, const kw_hash32 *hash)
{
    return find_hash(mailbox, hash);
}

const kw_letter *kw_mailbox_named(const kw_mailbox *mailbox, const kw_hash32 *name,
                                  const kw_letter *after)
{
    const kw_letter *at =
        after == NULL ? mailbox->by_name[bucket_of(mailbox, name)] : after->next_name;
    while (at != NULL && !is_same(&at->name, name)) {
        at = at->next_name;
    }
    return at;
}

static bool is_place(const kw_letter_place *a, const kw_letter_place *b)
{
    return a->sender == b->sender && a->type == b->type && a->instance == b->instance &&
           a->view == b->view;
}

/* The oldest letter of the place: its first body. */
static kw_letter *first_at(const kw_mailbox *mailbox, const kw_letter_place *place)
{
    kw_letter *found = NULL;
    for (kw_letter *at = mailbox->by_sender[place->sender - 1]; at != NULL; at = at->next_sender) {
        found = is_place(&at->place, place) ? at : found;
    }
    return found;
}

const kw_letter *kw_mailbox_at(const kw_mailbox *mailbox, const kw_letter_place *place)
{
    KW_ASSERT(place->sender >= 1 && place->sender <= mailbox->senders);
    return first_at(mailbox, place);
}

const kw_letter *kw_mailbox_next(const kw_mailbox *mailbox, kw_message_type type,
                                 const kw_letter *after)
{
    return after == NULL ? mailbox->first[type] : after->next_type;
}

bool kw_mailbox_charge(kw_mailbox *mailbox, uint16_t sender, size_t bytes)
{
    size_t *used = &mailbox->used[sender - 1];
    if (bytes > mailbox->sender_bytes_max - *used) {
        return false;
    }
    *used += bytes;
    return true;
}

static kw_status copy(kw_letter **out, kw_mailbox *mailbox, const kw_letter_place *place,
                      const kw_authenticated *message)
{
    kw_letter *made = kw_arena_new(mailbox->arena, 1, sizeof *made);
    if (made == NULL) {
        return KW_LIMIT;
    }
    *made = (kw_letter){.message = *message, .place = *place};
    KW_TRY(kw_arena_copy_span(mailbox->arena, &made->message.payload, message->payload));
    *out = made;
    return KW_OK;
}

static void link_letter(kw_mailbox *mailbox, kw_letter *letter)
{
    kw_letter **hash = &mailbox->by_hash[bucket_of(mailbox, &letter->message.hash)];
    letter->next_hash = *hash;
    *hash = letter;
    kw_letter **sender = &mailbox->by_sender[letter->place.sender - 1];
    letter->next_sender = *sender;
    *sender = letter;
    kw_message_type type = letter->place.type;
    if (mailbox->first[type] == NULL) {
        mailbox->first[type] = letter;
    } else {
        mailbox->last[type]->next_type = letter;
    }
    mailbox->last[type] = letter;
}

/* Behind the other bodies of its place. */
static void link_body(kw_letter *first, kw_letter *letter)
{
    while (first->second != NULL) {
        first = first->second;
    }
    first->second = letter;
}

kw_status kw_mailbox_add(kw_mailbox *mailbox, kw_letter **out, const kw_letter_place *place,
                         const kw_authenticated *message, kw_letter_rule rule)
{
    KW_ASSERT(place->sender >= 1 && place->sender <= mailbox->senders);
    kw_letter *known = find_hash(mailbox, &message->hash);
    if (known != NULL) {
        *out = known;
        return KW_END;
    }
    kw_letter *first = first_at(mailbox, place);
    if (first != NULL && first->second != NULL && rule == KW_LETTER_TWO) {
        return KW_REFUSED;
    }
    size_t bytes = sizeof *first + message->payload.len;
    if (rule != KW_LETTER_WANTED && !kw_mailbox_charge(mailbox, place->sender, bytes)) {
        return KW_LIMIT;
    }
    kw_letter *made = NULL;
    KW_TRY(copy(&made, mailbox, place, message));
    link_letter(mailbox, made);
    *out = made;
    if (first == NULL) {
        return KW_OK;
    }
    link_body(first, made);
    return KW_CONFLICT;
}

void kw_mailbox_name(kw_mailbox *mailbox, kw_letter *letter, const kw_hash32 *name)
{
    static const kw_hash32 none = {{0}};
    if (is_same(&letter->name, &none)) {
        kw_letter **bucket = &mailbox->by_name[bucket_of(mailbox, name)];
        letter->name = *name;
        letter->next_name = *bucket;
        *bucket = letter;
    }
}
