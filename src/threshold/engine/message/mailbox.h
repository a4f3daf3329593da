/* SPDX-License-Identifier: Apache-2.0
 * The signed messages that one session or handover keeps: to work on, to give to members that lack
 * them, and as evidence. Of each sender and place two bodies at most, which convict it, and a
 * bounded number of bytes. Source: threshold.md section 2. */
#ifndef KW_THRESHOLD_ENGINE_MESSAGE_MAILBOX_H
#define KW_THRESHOLD_ENGINE_MESSAGE_MAILBOX_H

#include "threshold/engine/message/authenticated.h"
#include "threshold/engine/message/message.h"

/* Where an honest sender signs one body only. */
typedef struct kw_letter_place {
    uint16_t sender; /* a number of the caller's, 1..senders: its rank in an audience */
    kw_message_type type;
    kw_instance instance; /* of a PROPOSE, PREVOTE, PRECOMMIT; else KW_INSTANCE_SET */
    uint32_t view;        /* of the same; else 0 */
} kw_letter_place;

/* A kept message. Lives until it is dropped, or as long as the mailbox, and never moves. */
typedef struct kw_letter {
    kw_authenticated message; /* its payload is the mailbox's */
    kw_letter_place place;
    void *read;  /* what the caller read from it; NULL: nothing, it is malformed */
    void *spare; /* what was read from a dropped one of this type, to be used again; NULL */
    struct kw_letter *second; /* another body for the same place, which came later; NULL */
    /* Private. */
    kw_hash32 name;
    struct kw_letter *next_hash;  /* in the bucket of the hash */
    struct kw_letter *next_name;  /* in the bucket of the name */
    struct kw_letter *next_place; /* of its bucket, older; of dropped ones the sender's next */
    struct kw_letter *next_type;  /* of the same type, newer */
    uint8_t *room;                /* memory of the payload */
    size_t room_bytes;
} kw_letter;

/* Private. */
typedef struct kw_mailbox {
    kw_arena *arena;
    kw_letter **by_hash;  /* [buckets] */
    kw_letter **by_name;  /* [buckets] */
    kw_letter **by_place; /* [buckets], newest first */
    kw_letter **dropped;  /* [senders]: their memory serves the same sender again */
    size_t *used;         /* [senders] bytes */
    kw_letter *first[KW_MESSAGE_SEAL + 1];
    kw_letter *last[KW_MESSAGE_SEAL + 1];
    size_t sender_bytes_max;
    size_t buckets;
    uint16_t senders;
} kw_mailbox;

/* Borrows the arena, which has a maximum and outlives the mailbox. LIMIT: it is full. */
KW_MUST_USE kw_status kw_mailbox_init(kw_mailbox *out, kw_arena *arena, uint16_t senders,
                                      size_t sender_bytes_max);

/* How many bodies for one place are kept, and at whose cost. */
typedef enum kw_letter_rule {
    KW_LETTER_TWO, /* two convict; at the cost of the sender */
    /* Any number, at the cost of the sender: votes. What others count for a decision has to count
     * here, too, whatever else its sender signed. */
    KW_LETTER_MANY,
    /* Any number, at nobody's cost here: own ones, and what somebody named. The caller charges who
     * named it. */
    KW_LETTER_WANTED,
} kw_letter_rule;

/* Keeps a copy of a message whose sender is known to have signed it. Statuses:
 *   OK        new; `out` is the copy
 *   END       known; `out` is the one we have
 *   CONFLICT  the sender signed another body for this place: evidence. Both are kept: `out` is the
 *             new one, kw_mailbox_at gives the first
 *   REFUSED   a body too many: not kept
 *   LIMIT     the sender has used up its bytes, or the arena is full: not kept */
KW_MUST_USE kw_status kw_mailbox_add(kw_mailbox *mailbox, kw_letter **out,
                                     const kw_letter_place *place, const kw_authenticated *message,
                                     kw_letter_rule rule);

/* Forgets a letter that nothing points to any more; its memory, and that of what was read from it,
 * serves the next letter of the same sender and type. */
void kw_mailbox_drop(kw_mailbox *mailbox, const kw_letter *letter);

/* Counts `bytes` of memory that reading a sender's message takes. False: it has used up its own. */
bool kw_mailbox_charge(kw_mailbox *mailbox, uint16_t sender, size_t bytes);

/* Gives a letter that has none a second name under which it is found, too: SHARES by their root.
 * Letters may share one: whoever copies the shares of another has the same root. */
void kw_mailbox_name(kw_mailbox *mailbox, kw_letter *letter, const kw_hash32 *name);

/* By the hash of the payload; NULL. */
const kw_letter *kw_mailbox_find(const kw_mailbox *mailbox, const kw_hash32 *hash);

/* All letters of a name, one by one, in the order in which they were named: no later copy hides an
 * original. NULL begins, and is the end. */
const kw_letter *kw_mailbox_named(const kw_mailbox *mailbox, const kw_hash32 *name,
                                  const kw_letter *after);

/* The first body for a place, from where `second` goes on; NULL. */
const kw_letter *kw_mailbox_at(const kw_mailbox *mailbox, const kw_letter_place *place);

/* All letters of a type in the order in which they came; NULL begins, and is the end. */
const kw_letter *kw_mailbox_next(const kw_mailbox *mailbox, kw_message_type type,
                                 const kw_letter *after);

#endif /* KW_THRESHOLD_ENGINE_MESSAGE_MAILBOX_H */
