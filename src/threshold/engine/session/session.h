/* SPDX-License-Identifier: Apache-2.0
 * One session at one member: from HELLO to the COMMITs of a new epoch, in a key generation or a
 * resharing. The member deals, receives, both, or only looks on, as the rosters say. A pure state
 * machine: messages and moments go in, actions come out.
 *
 *     kw_session_take(s, &message, from, now);         for each message of others
 *     do {
 *         kw_session_next(s, &action, now);            after each change, and at wake_at
 *     } while (act on it, action.act != KW_SESSION_IDLE);
 *
 * What another member does wrong is dropped, judged or reported; it never aborts the session of an
 * honest one by itself. Times are Unix milliseconds. Source: threshold.md sections 2 to 6. */
#ifndef KW_THRESHOLD_ENGINE_SESSION_SESSION_H
#define KW_THRESHOLD_ENGINE_SESSION_SESSION_H

#include "crypto/rng.h"
#include "threshold/engine/roster/audience.h"
#include "threshold/engine/epoch/candidate.h"
#include "threshold/engine/message/mailbox.h"

#define KW_SESSION_NEVER UINT64_MAX

enum {
    KW_SESSION_DELTA_MS_MIN = 8, /* a Delta has eight rounds of asking */
};

/* Lives in the arena of its setup. One thread at a time. */
typedef struct kw_session kw_session;

/* Memory of one session; the caller gives each a maximum (kw_session_memory_bytes), and drops them
 * after the session. */
typedef struct kw_session_memory {
    kw_arena *lasting; /* messages, and what is read from them */
    kw_arena *secrets; /* polynomials and shares; wiped by kw_session_drop */
    kw_arena *scratch; /* of a single step; reset at will */
} kw_session_memory;

/* Everything that pointers lead to outlives the session. */
typedef struct kw_session_setup {
    const kw_group *group;
    kw_hash32 cluster_id;
    kw_sid_fields fields;        /* kind: GENESIS or RESHARE; the boundary is its timestamp */
    kw_group_g1 h;               /* kw_pedersen_generator; of suite 2 */
    const kw_roster *roster_old; /* empty at genesis */
    const kw_roster *roster_new;
    kw_quorum quorum; /* of the new roster; its t is fields.t_new */
    kw_hash32 head;   /* hash of the newest certificate that this member has; none: zeros */
    /* Of a reshare, from the certificate before: P, fields.t_old points. */
    const kw_group_g2 *polynomial_old;
    const kw_group_secret *source; /* own share of the outgoing epoch; NULL: it cannot deal */
    uint32_t delta_ms;             /* at least KW_SESSION_DELTA_MS_MIN */
    uint64_t give_up_ms;           /* aborts then, if it has no share of its own by then */
    kw_address self;               /* in one of the rosters */
    kw_peer_signer signer;         /* of its key in the new roster; of who leaves: in the old one */
    kw_peer_signer dealer_signer;  /* of another key that the old roster has; sign NULL: `signer` */
    kw_rng rng;
    kw_session_memory memory;
} kw_session_setup;

/* Maxima for the three arenas that no session of these rosters reaches, whatever others send. */
typedef struct kw_session_memory_bytes {
    size_t lasting;
    size_t secrets;
    size_t scratch;
} kw_session_memory_bytes;

kw_session_memory_bytes kw_session_memory_bytes_of(const kw_session_setup *setup);

/* Of `lasting`, what one member can cause alone: what it sends, what is kept of others because it
 * names it, what is looked for because it names it, and its votes in both agreements. */
size_t kw_session_member_bytes(const kw_session_setup *setup);

typedef enum kw_session_act {
    KW_SESSION_IDLE, /* nothing before the next message or kw_session_wake_at */
    /* New messages of this member, signed: make them durable together with kw_session_save, in one
     * transaction; then send each to every other member of both rosters. The session has taken
     * them. When this fails, drop the session: it goes on from the last record. */
    KW_SESSION_SEND,
    KW_SESSION_RELAY, /* send `letters` again, in one body, to `to` */
    KW_SESSION_PULL,  /* ask `to` for the messages `ids` (GET /message/{hash}) */
    /* kw_session_share is the new share: seal it on disk, then kw_session_share_sealed. */
    KW_SESSION_PREPARED,
    /* kw_session_candidate has q valid COMMITs, or more than at the last time. */
    KW_SESSION_CANDIDATE,
    /* Make `letters`, which others signed, durable until the epoch after is certified: members that
     * were cut off need them, and may ask after a restart. A few at a time, once the set and the
     * polynomial are known: of each member its HELLOs and ECHOs, of D all that others said. */
    KW_SESSION_KEEP,
    KW_SESSION_FRAUD,   /* `evidence`, once for each deed */
    KW_SESSION_ABORTED, /* once; nothing has changed */
} kw_session_act;

/* A deed of threshold.md section 9 and the signed messages that prove it, in the order of its
 * table: of FP1 and FP2 DEAL, HELLO, SHARES, ECHO; of FP3 the two bodies; of FP4 DEAL, EXTRACT; of
 * FP5 the DEAL, to which the certificate before belongs. */
typedef struct kw_session_evidence {
    uint8_t number;   /* 1..5 */
    uint16_t culprit; /* rank in the audience */
    const kw_letter *letters[4];
    uint8_t letters_count;
} kw_session_evidence;

/* Pointers are valid until the next call of kw_session_next, _take or _drop. */
typedef struct kw_session_action {
    kw_session_act act;
    uint16_t to;                     /* RELAY: rank in the audience, 0: all others. PULL: rank */
    const kw_letter *const *letters; /* SEND, RELAY, KEEP */
    size_t letters_count;
    const kw_hash32 *ids; /* PULL */
    size_t ids_count;
    const kw_session_evidence *evidence; /* FRAUD */
} kw_session_action;

/* Starts at `now`, which may be before the boundary or long after it. ARG: the setup contradicts
 * itself: kind, suite, rosters, quorum, a self that is in neither roster. REFUSED: a token key, of
 * which there are no sessions yet. LIMIT: an arena is too small. NO_MEMORY; ENTROPY_FAILURE; as the
 * signer of the HELLO. CT: constant time in source. */
KW_MUST_USE kw_status kw_session_begin(kw_session **out, const kw_session_setup *setup,
                                       uint64_t now);

/* Wipes every secret and the secret arena; the session is gone. Takes NULL. */
void kw_session_drop(kw_session *session);

/* Whether a message with this header is one of the session: HELLO to COMMIT, with its sid or the id
 * of its agreement on opening. SEALs and votes of a handover are not. */
bool kw_session_is_addressed(const kw_session *session, const kw_message_header *header);

/* Takes a message that the member of rank `from` delivered (0: nobody in particular), who need not
 * be its sender. The caller has verified that the sender signed it. OK: new, kept. END: known.
 * CONFLICT: new, and another body for the same place is known: evidence follows. NOT_FOUND: of
 * another session, or the sender is in neither roster. REFUSED: not of its sender's part, a third
 * body, a proposal of another than the proposer, a proof that fails. LIMIT: more than its sender
 * may send, or too far ahead. Else what is wrong with its bytes (message.h). */
KW_MUST_USE kw_status kw_session_take(kw_session *session, const kw_authenticated *message,
                                      uint16_t from, uint64_t now);

/* The next thing to do at `now`, never less than before. */
void kw_session_next(kw_session *session, kw_session_action *out, uint64_t now);

/* When to call kw_session_next at the latest; NEVER. */
uint64_t kw_session_wake_at(const kw_session *session);

/* Everybody whom the session concerns; `to` and `from` are ranks in it. Lives as the session. */
const kw_audience *kw_session_audience(const kw_session *session);

/* Messages of the session, also own ones, that answer GET /message/{hash}: the one with this hash,
 * or SHARES by their root, a PROPOSE by its value, an EXTRACT that holds by kw_extract_name; these
 * may be several. NULL begins, and is the end. */
const kw_letter *kw_session_find(const kw_session *session, const kw_hash32 *hash,
                                 const kw_letter *after);

/* The new share of this member, from PREPARED on; NULL: none. Lives as the session. */
const kw_group_secret *kw_session_share(const kw_session *session);

/* The share is durable: COMMIT may say so. Without effect before PREPARED. */
void kw_session_share_sealed(kw_session *session);

/* The epoch of the session is certified. Who has no share of it still gets one while others serve
 * the dealings: it does not give up any more. Nothing is dealt from now on: forgets the
 * polynomials, and who is no member of the new roster its session key. */
void kw_session_certified(kw_session *session);

/* What is known of the new epoch, with the valid COMMITs so far; borrows from the session. False:
 * the polynomial is not known, or there are fewer than q of them. */
bool kw_session_candidate(const kw_session *session, kw_candidate *out);

/* Appends what must be durable before the messages of a SEND leave: session keys, polynomials, the
 * list of ECHOs, locks. Secret; the own messages are not in it. LIMIT, NO_MEMORY.
 * CT: leaks lengths. */
KW_MUST_USE kw_status kw_session_save(const kw_session *session, kw_secret_bytes *out);

/* Whether a record of now has no secret: session key and polynomials are gone. */
bool kw_session_has_no_secrets(const kw_session *session);

/* Goes on from the last record and all messages that became durable, own ones and others', in the
 * place of kw_session_begin; what else others sent comes again or is pulled. BAD_INPUT: not a
 * record of this session, or own messages that do not go with it. Else as kw_session_begin.
 * CT: constant time in the secrets of a good record. */
KW_MUST_USE kw_status kw_session_resume(kw_session **out, const kw_session_setup *setup,
                                        kw_secret_span record, kw_authenticated_list durable,
                                        uint64_t now);

#endif /* KW_THRESHOLD_ENGINE_SESSION_SESSION_H */
