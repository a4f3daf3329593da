/* SPDX-License-Identifier: Apache-2.0
 * A proof of fraud as a file: all that a third party needs to judge, and nothing else. Integers are
 * big-endian:
 *
 *   "KWF1" | u8 kind | u64 chain_id | 20 avs | u32 set_id | 97 configuration | 122 session |
 *   old roster | new roster | messages | of kind 5: u32 length | previous certificate
 *
 * with configuration and session as in ids.h, rosters as in roster.h (genesis: the old one is u16
 * 0), messages as bytes as in authenticated.h, the certificate as in certificate.h. Source:
 * threshold.md section 9. */
#ifndef KW_THRESHOLD_ENGINE_FRAUD_FRAUD_FILE_H
#define KW_THRESHOLD_ENGINE_FRAUD_FRAUD_FILE_H

#include "threshold/engine/message/authenticated.h"
#include "threshold/engine/message/message.h"

/* What is proven, by which messages, in this order. */
typedef enum kw_fraud_kind {
    KW_FRAUD_SHARE = 1,    /* DEAL, HELLO that it names, SHARES, ECHO that complains: a bad share */
    KW_FRAUD_COMPLAINT,    /* the same: a good share */
    KW_FRAUD_EQUIVOCATION, /* two bodies of one sender for one sid field, type and view */
    KW_FRAUD_EXTRACTION,   /* DEAL, EXTRACT that does not open it */
    KW_FRAUD_SOURCE,       /* DEAL of a reshare that deals another share than its dealer's */
} kw_fraud_kind;

enum {
    KW_FRAUD_MESSAGES_MAX = 4,
};

/* The session, as those who signed its messages knew it. */
typedef struct kw_fraud_session {
    kw_cluster_fields cluster; /* config_hash is that of config */
    kw_config_fields config;
    kw_sid_fields fields;
    kw_roster roster_old;
    kw_roster roster_new;
} kw_fraud_session;

/* Borrows. */
typedef struct kw_fraud_file {
    kw_fraud_kind kind;
    kw_fraud_session session;
    kw_authenticated_list messages;
    kw_span certificate; /* of KW_FRAUD_SOURCE: what the session says it continues; not read yet */
} kw_fraud_file;

/* BAD_INPUT: not a file of this form, with the messages of its kind; the error says where. LIMIT:
 * the arena is full; KW_THRESHOLD_FRAUD_ARENA_MAX is enough. Whether what the file says fits
 * together is for fraud.h. */
KW_MUST_USE kw_status kw_fraud_file_decode(kw_fraud_file *out, kw_arena *arena, kw_span file,
                                           const kw_peer_schemes *schemes, kw_error *err);

/* The same of a file that was put together: BAD_INPUT when these are not the messages of its kind,
 * by number and type. */
KW_MUST_USE kw_status kw_fraud_file_check(const kw_fraud_file *file);

/* Appends the file; the one check is kw_write_end. */
void kw_fraud_file_write(kw_writer *w, const kw_fraud_file *file);

#endif /* KW_THRESHOLD_ENGINE_FRAUD_FRAUD_FILE_H */
