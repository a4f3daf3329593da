/* SPDX-License-Identifier: Apache-2.0
 * A cluster of four whose dealer 2 and member 3 may misbehave, and the proofs of it. In a reshare
 * one member leaves, one joins, and others have new keys. */
#ifndef KW_TESTS_SUPPORT_FRAUD_DESK_H
#define KW_TESTS_SUPPORT_FRAUD_DESK_H

#include "support/dealt.h"
#include "support/epoch_desk.h"
#include "threshold/engine/fraud/fraud.h"

enum {
    FRAUD_DESK_VICTIM = 3,       /* index in the new roster; the dealer is DEALT_DEALER */
    FRAUD_DESK_ROOM = 1 << 16,   /* for one file */
    FRAUD_DESK_ARENA = 64 << 20, /* for all that a test judges */
};

/* Stays where it is: parts point at each other. */
typedef struct fraud_desk {
    kw_arena arena; /* of all but the dealing */
    dealt dealt;    /* the dealing: damage it before it is signed */
    epoch_desk epochs;
    desk_epoch before;             /* of a reshare: the epoch that it continues */
    peer dealers[DEALT_MEMBERS];   /* by index in the dealers' roster */
    peer receivers[DEALT_MEMBERS]; /* by index in the new roster */
    kw_fraud_session session;
    kw_hash32 cluster_id;
    kw_authenticated hellos[DEALT_MEMBERS];
    kw_authenticated messages[KW_FRAUD_MESSAGES_MAX]; /* of the last file */
    kw_buf certificate;                               /* of the last file */
    kw_fraud_file judged;                             /* as it came back from its bytes */
} fraud_desk;

/* `kind`: genesis, or a reshare, which takes suite 1. */
void fraud_desk_open(fraud_desk *desk, const kw_group *group, kw_session_kind kind, uint8_t suite);
void fraud_desk_close(fraud_desk *desk);

/* A message of the session, its body yet to be filled. */
kw_message fraud_desk_message(const fraud_desk *desk, kw_message_type type, const peer *sender);

/* The message with the signature of its sender; lives as long as the desk. */
kw_authenticated fraud_desk_sign(fraud_desk *desk, const kw_message *message, const peer *sender);

/* Files that borrow from the desk. `kind`: KW_FRAUD_SHARE or KW_FRAUD_COMPLAINT. */
kw_fraud_file fraud_desk_complain(fraud_desk *desk, kw_fraud_kind kind);
kw_fraud_file fraud_desk_extract(fraud_desk *desk, bool is_good);

/* Of a reshare: the DEAL, of the dealer's own share or of another. */
kw_fraud_file fraud_desk_source(fraud_desk *desk, bool is_good);

/* A PRECOMMIT of view 0 for some value, in that agreement. */
kw_message fraud_desk_vote(const fraud_desk *desk, const peer *sender, kw_instance instance);

/* The message, and the same with its last bit flipped. */
kw_fraud_file fraud_desk_twice(fraud_desk *desk, const kw_message *message, const peer *sender);

/* Two PREVOTEs of the member, with nil and a value. */
kw_fraud_file fraud_desk_vote_twice(fraud_desk *desk);

/* A file of these messages: what the desk signed, in any order. */
kw_fraud_file fraud_desk_file(fraud_desk *desk, kw_fraud_kind kind, size_t count);

/* The bytes of a file; it must be writable. */
void fraud_desk_write(kw_buf *out, const kw_fraud_file *file);

/* Writes, decodes, writes again to the same bytes, and judges. */
kw_fraud_verdict fraud_desk_judge(fraud_desk *desk, const kw_fraud_file *file);

#endif /* KW_TESTS_SUPPORT_FRAUD_DESK_H */
