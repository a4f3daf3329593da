/* SPDX-License-Identifier: Apache-2.0
 * Letters in chains: by hash, by name, by place, by type. */
#include "threshold/engine/message/mailbox.h"

#include "base/error.h"

enum {
    BUCKETS_PER_SENDER = 16, /* honest ones send some more */
    ROOM_MIN = 256,          /* rooms are powers of two, so that they are used again */
};

kw_status kw_mailbox_init(kw_mailbox *out, kw_arena *arena, uint16_t senders,
                          size_t sender_bytes_max)
{
    kw_mailbox made = {.arena = arena, .sender_bytes_max = sender_bytes_max, .senders = senders};
    made.buckets = (size_t)BUCKETS_PER_SENDER * senders;
    made.by_hash = kw_arena_new(arena, made.buckets, sizeof(kw_letter *));
    made.by_name = kw_arena_new(arena, made.buckets, sizeof(kw_letter *));
    made.by_place = kw_arena_new(arena, made.buckets, sizeof(kw_letter *));
    made.dropped = kw_arena_new(arena, senders, sizeof(kw_letter *));
    made.used = kw_arena_new(arena, senders, sizeof *made.used);
    if (made.by_hash == NULL || made.by_name == NULL || made.by_place == NULL ||
        made.dropped == NULL || made.used == NULL) {
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

/* Places of one sender go to different buckets, and so do equal ones of different senders. */
static size_t bucket_of_place(const kw_mailbox *mailbox, const kw_letter_place *place)
{
    uint32_t number = (uint32_t)(place->sender - 1) * BUCKETS_PER_SENDER;
    number += (uint32_t)place->type + 5 * place->view + (uint32_t)place->instance;
    return number % mailbox->buckets;
}

/* The oldest letter of the place: its first body. */
static kw_letter *first_at(const kw_mailbox *mailbox, const kw_letter_place *place)
{
    kw_letter *found = NULL;
    kw_letter *at = mailbox->by_place[bucket_of_place(mailbox, place)];
    for (; at != NULL; at = at->next_place) {
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

/* Takes a dropped letter of the same sender and type that has room enough; NULL: none. */
static kw_letter *use_again(kw_mailbox *mailbox, const kw_letter_place *place, size_t len)
{
    kw_letter **link = &mailbox->dropped[place->sender - 1];
    while (*link != NULL && ((*link)->place.type != place->type || (*link)->room_bytes < len)) {
        link = &(*link)->next_place;
    }
    kw_letter *found = *link;
    if (found != NULL) {
        *link = found->next_place;
    }
    return found;
}

static kw_status new_letter(kw_letter **out, kw_mailbox *mailbox, const kw_letter_place *place,
                            size_t len, kw_letter_rule rule)
{
    kw_letter *made = rule == KW_LETTER_WANTED ? NULL : use_again(mailbox, place, len);
    size_t room_bytes = ROOM_MIN;
    while (room_bytes < len) {
        room_bytes *= 2;
    }
    room_bytes = rule == KW_LETTER_MANY ? room_bytes : len;
    if (made == NULL) {
        if (rule != KW_LETTER_WANTED &&
            !kw_mailbox_charge(mailbox, place->sender, sizeof *made + room_bytes)) {
            return KW_LIMIT;
        }
        made = kw_arena_new(mailbox->arena, 1, sizeof *made);
        uint8_t *room = kw_arena_new(mailbox->arena, room_bytes, 1);
        if (made == NULL || room == NULL) {
            return KW_LIMIT;
        }
        *made = (kw_letter){.room = room, .room_bytes = room_bytes};
    }
    *out = made;
    return KW_OK;
}

static void link_letter(kw_mailbox *mailbox, kw_letter *letter)
{
    kw_letter **hash = &mailbox->by_hash[bucket_of(mailbox, &letter->message.hash)];
    letter->next_hash = *hash;
    *hash = letter;
    kw_letter **place = &mailbox->by_place[bucket_of_place(mailbox, &letter->place)];
    letter->next_place = *place;
    *place = letter;
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
    kw_letter *made = NULL;
    KW_TRY(new_letter(&made, mailbox, place, message->payload.len, rule));
    *made = (kw_letter){.message = *message,
                        .place = *place,
                        .spare = made->spare,
                        .room = made->room,
                        .room_bytes = made->room_bytes};
    memcpy(made->room, message->payload.ptr, message->payload.len);
    made->message.payload.ptr = made->room;
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
        kw_letter **link = &mailbox->by_name[bucket_of(mailbox, name)];
        while (*link != NULL) {
            link = &(*link)->next_name;
        }
        letter->name = *name;
        letter->next_name = NULL;
        *link = letter;
    }
}

static void unlink_body(kw_letter *first, const kw_letter *letter)
{
    for (kw_letter *at = first; at != NULL; at = at->second) {
        if (at->second == letter) {
            at->second = letter->second;
            return;
        }
    }
}

static void unlink_type(kw_mailbox *mailbox, const kw_letter *letter)
{
    kw_message_type type = letter->place.type;
    kw_letter *before = NULL;
    kw_letter **link = &mailbox->first[type];
    while (*link != letter) {
        before = *link;
        link = &before->next_type;
    }
    *link = letter->next_type;
    if (mailbox->last[type] == letter) {
        mailbox->last[type] = before;
    }
}

void kw_mailbox_drop(kw_mailbox *mailbox, const kw_letter *kept)
{
    kw_letter *letter = find_hash(mailbox, &kept->message.hash);
    KW_ASSERT(letter == kept);
    kw_letter **link = &mailbox->by_hash[bucket_of(mailbox, &letter->message.hash)];
    unlink_body(first_at(mailbox, &letter->place), letter);
    unlink_type(mailbox, letter);
    while (*link != letter) {
        link = &(*link)->next_hash;
    }
    *link = letter->next_hash;
    link = &mailbox->by_place[bucket_of_place(mailbox, &letter->place)];
    while (*link != letter) {
        link = &(*link)->next_place;
    }
    *link = letter->next_place;
    link = &mailbox->by_name[bucket_of(mailbox, &letter->name)];
    while (*link != NULL && *link != letter) {
        link = &(*link)->next_name;
    }
    if (*link == letter) {
        *link = letter->next_name;
    }
    letter->spare = letter->read == NULL ? letter->spare : letter->read;
    letter->next_place = mailbox->dropped[letter->place.sender - 1];
    mailbox->dropped[letter->place.sender - 1] = letter;
}
