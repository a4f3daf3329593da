/* SPDX-License-Identifier: Apache-2.0
 * The canonical payload of a message: one header and one body, so that a signature means one thing
 * anywhere. Big-endian, 112 bytes before the body:
 *
 *   0 "KWT1" | 4 u8 type | 5 u8 suite | 6 u16 flags = 0 | 8 32 cluster_id | 40 32 sid |
 *   72 u64 epoch | 80 u64 timestamp | 88 u32 attempt | 92 20 sender | 112 body
 *
 * Source: threshold.md section 2. */
#ifndef KW_THRESHOLD_ENGINE_MESSAGE_MESSAGE_H
#define KW_THRESHOLD_ENGINE_MESSAGE_MESSAGE_H

#include "threshold/engine/message/msg_deal.h"
#include "threshold/engine/message/msg_echo.h"
#include "threshold/engine/message/msg_finish.h"
#include "threshold/engine/message/msg_vote.h"

enum {
    KW_MESSAGE_HEADER_BYTES = 112,
};

typedef enum kw_message_type {
    KW_MESSAGE_HELLO = 1,
    KW_MESSAGE_DEAL,
    KW_MESSAGE_SHARES,
    KW_MESSAGE_HAVE,
    KW_MESSAGE_ECHO,
    KW_MESSAGE_PROPOSE,
    KW_MESSAGE_PREVOTE,
    KW_MESSAGE_PRECOMMIT,
    KW_MESSAGE_EXTRACT,
    KW_MESSAGE_RECONSTRUCT,
    KW_MESSAGE_COMMIT,
    KW_MESSAGE_SEAL,
} kw_message_type;

/* PROPOSE, PREVOTE, PRECOMMIT: of an agreement, and in views. */
bool kw_message_is_vote(kw_message_type type);

typedef struct kw_message_header {
    kw_message_type type;
    uint8_t suite;
    kw_hash32 cluster_id;
    kw_hash32 sid; /* of the agreements on opening and handing over: their instance id */
    uint64_t epoch;
    uint64_t timestamp; /* Unix seconds of the boundary */
    uint32_t attempt;
    kw_address sender;
} kw_message_header;

typedef struct kw_message {
    kw_message_header header;
    union { /* by header.type */
        kw_hello hello;
        kw_deal deal;
        kw_shares shares;
        kw_have have;
        kw_echo echo;
        kw_propose propose;
        kw_vote vote; /* PREVOTE, PRECOMMIT */
        kw_extract extract;
        kw_reconstruct reconstruct;
        kw_commit commit; /* COMMIT, SEAL */
    } body;
} kw_message;

/* The header alone, to find the session. BAD_INPUT: short, magic, flags, an unknown type. */
KW_MUST_USE kw_status kw_message_header_decode(kw_message_header *out, kw_span payload);

/* All of a payload. REFUSED: the suite is not that of the scope, or the header of a handover has
 * session fields; else what msg_*.h say of the bodies. `out` is written on success only and borrows
 * from payload and arena. */
KW_MUST_USE kw_status kw_message_decode(kw_message *out, kw_arena *arena, kw_span payload,
                                        const kw_message_scope *scope);

/* Appends the payload; the one check is kw_write_end. */
void kw_message_write(kw_writer *w, const kw_message *message, const kw_message_scope *scope);

#endif /* KW_THRESHOLD_ENGINE_MESSAGE_MESSAGE_H */
