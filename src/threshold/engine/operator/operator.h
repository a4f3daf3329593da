/* SPDX-License-Identifier: Apache-2.0
 * One operator's part in a cluster: a session at each boundary, the handover of the epoch, what is
 * kept and what serves. A pure state machine: boundaries, messages, answers and moments go in,
 * actions come out.
 *
 *     kw_operator_take(&op, &reply, &messages, now);  and the other inputs below
 *     do {
 *         kw_operator_next(&op, &action, now);        after each input, and at wake_at
 *     } while (carry it out, action.act != KW_OPERATOR_IDLE);
 *
 * The next call says that the action before was carried out. Inputs that come while too many
 * actions wait are refused with BUSY. PERSIST actions fill a transaction, which is durable before
 * any other action is carried out: so nothing leaves that a restart would not know of. Source:
 * threshold.md sections 2, 3, 6. */
#ifndef KW_THRESHOLD_ENGINE_OPERATOR_OPERATOR_H
#define KW_THRESHOLD_ENGINE_OPERATOR_OPERATOR_H

#include "threshold/engine/epoch/epochs.h"
#include "threshold/engine/handover/handover.h"
#include "threshold/engine/roster/own_key.h"
#include "threshold/engine/session/session.h"

typedef struct kw_operator_setup {
    const kw_group *group;
    const kw_peer_schemes *schemes; /* of rosters in certificates */
    kw_cluster_fields cluster;      /* its config_hash follows from `config` */
    kw_config_fields config;
    const kw_group_g2 *pin; /* the master key that this operator was told; NULL: none */
    kw_address self;
    kw_own_keys keys; /* its key, and during a rotation the one before or after it */
    const kw_rng *rng;
    kw_peer_verifier verifier;
} kw_operator_setup;

typedef enum kw_operator_act {
    KW_OPERATOR_IDLE, /* nothing before the next input or kw_operator_wake_at */
    /* Put `record` into the transaction, in the place of one with its kind, scope and id. */
    KW_OPERATOR_PERSIST,
    /* Remove from the store, with the keys that seal them, all records of `record`'s kind and
     * scope: part of the transaction. What is put in their place later has other keys. */
    KW_OPERATOR_ERASE,
    KW_OPERATOR_SEND,      /* POST `messages` in one body to each of `to`, again until `until_ms` */
    KW_OPERATOR_PULL,      /* GET /message/{hash} from `to`, each of `ids` */
    KW_OPERATOR_ASK,       /* GET /epoch/{epoch} from `to`; 0: GET /epoch, the newest */
    KW_OPERATOR_CERTIFIED, /* `epoch` is the newest: its certificate is part of the transaction */
    KW_OPERATOR_ACTIVATE,  /* `epoch` serves from now on */
    KW_OPERATOR_EVIDENCE,  /* `bytes` is a fraud proof, a file */
    KW_OPERATOR_ABORTED,   /* the session `scope` ended without an epoch; for the log */
} kw_operator_act;

typedef enum kw_record_kind {
    KW_RECORD_CERTIFICATE = 1, /* scope: its hash */
    KW_RECORD_EPOCHS,
    KW_RECORD_SHARE,    /* scope: sid */
    KW_RECORD_SESSION,  /* scope: sid */
    KW_RECORD_HANDOVER, /* scope: handover_id */
    /* scope: sid; id: hash of the payload. Own ones, and those of others that members which were
     * cut off may ask for. */
    KW_RECORD_MESSAGE,
} kw_record_kind;

/* What the store keeps, sealed; a restart hands all of them back. */
typedef struct kw_operator_record {
    kw_record_kind kind;
    kw_hash32 scope;
    kw_hash32 id;         /* zeros where one scope has one */
    kw_secret_span bytes; /* valid until the next call */
} kw_operator_record;

typedef struct kw_operator_action {
    kw_operator_act act;
    const kw_address *to; /* members; never this operator itself */
    size_t to_count;
    kw_authenticated_list messages; /* these and all else valid until the next call */
    uint64_t until_ms;
    const kw_hash32 *ids;
    size_t ids_count;
    uint64_t epoch;
    kw_operator_record record;
    kw_hash32 scope;
    kw_span bytes;
} kw_operator_action;

/* What a POST is answered with. */
typedef struct kw_operator_reply {
    kw_status st;   /* OK: all is new or known; else the worst of the body */
    bool has_head;  /* a HELLO was of a session that cannot be: */
    kw_hash32 head; /* the newest certificate here */
} kw_operator_reply;

typedef struct kw_operator_boundary {
    uint64_t timestamp; /* Unix seconds, a multiple of the interval */
    uint32_t attempt;   /* 0: as scheduled */
    const kw_roster *roster;
} kw_operator_boundary;

enum {
    KW_OPERATOR_SESSIONS_MAX = 3, /* at once; the oldest gives way */
    KW_OPERATOR_ERAS_MAX = 3,     /* certificates at hand: the newest and those before it */
    KW_OPERATOR_SHARES_MAX = KW_EPOCHS_MAX,
    KW_OPERATOR_FORMED_MAX = 32,                          /* sids that it remembers having formed */
    KW_OPERATOR_AGENDA_MAX = 64,                          /* actions of one step */
    KW_OPERATOR_AGENDA_BUSY = KW_OPERATOR_AGENDA_MAX / 2, /* with so many no input is taken */
    KW_OPERATOR_ROSTER_ARENA_MAX = KW_THRESHOLD_MEMBERS_MAX * (sizeof(kw_member) + 16),
    /* Of a session, beside what it takes itself: both rosters, and P of the outgoing epoch. */
    KW_OPERATOR_SLOT_ARENA_MAX =
        2 * KW_OPERATOR_ROSTER_ARENA_MAX + KW_THRESHOLD_MEMBERS_MAX * sizeof(kw_group_g2),
};

/* An epoch whose certificate this operator has checked. Private. */
typedef struct kw_operator_era {
    kw_arena arena; /* what the others point to */
    kw_span file;
    kw_certificate certificate;
    kw_head head; /* after it */
} kw_operator_era;

/* A session that goes on, or whose messages others may still ask for. Private. */
typedef struct kw_operator_slot {
    kw_session *session; /* NULL: the slot is free */
    kw_hash32 sid;
    kw_sid_fields fields;
    kw_arena lasting;
    kw_arena secrets;
    kw_arena scratch;
    kw_roster roster_old; /* their members live in `lasting` */
    kw_roster roster_new;
} kw_operator_slot;

/* An own share that is sealed on disk. Private. */
typedef struct kw_operator_share {
    bool is_held;
    kw_hash32 sid; /* of the session that made it */
    uint64_t epoch;
    uint16_t member; /* own index in its roster */
    kw_group_secret value;
} kw_operator_share;

/* Private. One thread at a time. */
typedef struct kw_operator {
    kw_operator_setup setup;
    kw_hash32 cluster_id;
    kw_group_g1 h;
    kw_arena genesis; /* the genesis roster, once it was seen */
    kw_roster genesis_roster;
    kw_head before; /* genesis; its roster is NULL while that is not known */
    kw_operator_era eras[KW_OPERATOR_ERAS_MAX]; /* the newest first */
    size_t eras_count;
    kw_epochs epochs;
    kw_operator_slot slots[KW_OPERATOR_SESSIONS_MAX];
    kw_arena secrets;          /* guarded */
    kw_operator_share *shares; /* KW_OPERATOR_SHARES_MAX, in `secrets` */
    kw_handover *handover;     /* to the epoch after the newest; NULL: nothing to hand over */
    kw_hash32 handover_id;
    kw_arena handover_lasting;
    kw_arena handover_scratch;
    /* Its last record that was planned with all that rests on it: from there it goes on when it had
     * to stop, or when its head is not known yet. Empty: it has said nothing. */
    kw_buf handover_record;
    kw_buf handover_draft;                    /* the record that is being made */
    kw_hash32 formed[KW_OPERATOR_FORMED_MAX]; /* sids that boundaries led to, in a ring */
    size_t formed_count;
    kw_arena boundary_arena; /* the roster of the last boundary */
    kw_operator_boundary boundary;
    kw_roster boundary_roster;
    kw_operator_action agenda[KW_OPERATOR_AGENDA_MAX];
    size_t agenda_count;
    size_t agenda_at;
    kw_operator_slot *sealing; /* its share becomes durable with this agenda; NULL: none */
    kw_arena step;             /* what actions point to */
    kw_secret_bytes record;
    kw_buf file;
    uint64_t ask_at; /* a node that is no member looks again then what is new */
    /* Certificates that others made us ask for since the boundary, by their index in its roster;
     * 0: all that are not in it. */
    uint8_t heads_asked[KW_THRESHOLD_MEMBERS_MAX + 1];
    uint64_t ask_epoch; /* which certificate is asked for; 0: the newest */
    uint16_t asks_left; /* members of the boundary's roster that are still to be asked */
} kw_operator;

/* Begins with nothing known. Borrows what the setup points to. CONFIG: the configuration has no
 * interval, no Delta of 8 ms at least, no such suite, or reshares at no boundary. NO_MEMORY. */
KW_MUST_USE kw_status kw_operator_init(kw_operator *out, const kw_operator_setup *setup);

/* Goes on from the records of a store, in any order, in the place of kw_operator_init. CORRUPT:
 * records that this operator did not write. */
KW_MUST_USE kw_status kw_operator_resume(kw_operator *out, const kw_operator_setup *setup,
                                         const kw_operator_record *records, size_t count,
                                         uint64_t now);

void kw_operator_drop(kw_operator *op);

/* A boundary has come: forms sid and starts a session, if one is due. Copies the roster. Later by
 * this operator's clock is fine, and again, too: what has begun goes on. UNAVAILABLE: the signer
 * was, or none is here for the key that the roster has; BUSY; LIMIT, NO_MEMORY, ENTROPY_FAILURE;
 * REFUSED: the roster has no valid threshold. After a failure no session runs, and the same call
 * may begin it. */
KW_MUST_USE kw_status kw_operator_begin(kw_operator *op, const kw_operator_boundary *boundary,
                                        uint64_t now);

/* Messages of one POST, or of the answer to a PULL, that the member `from` delivered. Who signed
 * them is found out here; bad ones are dropped and said so. `reply->st`: BAD_INPUT: malformed;
 * UNAUTHENTICATED: a signature is not its sender's, or that is no member; NOT_FOUND: of no session
 * here; CONFLICT: a second body, which is evidence; LIMIT: more than a sender may fill. */
void kw_operator_take(kw_operator *op, kw_operator_reply *reply, kw_authenticated_list messages,
                      const kw_address *from, uint64_t now);

/* The member `from` answered a POST with the hash of its newest certificate. */
void kw_operator_take_head(kw_operator *op, const kw_address *from, const kw_hash32 *head);

/* A file that the member `from` answered with: a certificate, which is adopted if it is newer and
 * verifies, or a candidate; a 404 has no bytes. END: nothing new. NOT_FOUND: certificates before it
 * are missing, and asked for. BUSY. Else what is wrong with it. */
KW_MUST_USE kw_status kw_operator_take_file(kw_operator *op, const kw_address *from, kw_span bytes,
                                            uint64_t now);

/* The next thing to do at `now` (Unix ms, never less than before). */
void kw_operator_next(kw_operator *op, kw_operator_action *out, uint64_t now);

/* When to call kw_operator_next at the latest; KW_SESSION_NEVER. */
uint64_t kw_operator_wake_at(const kw_operator *op);

/* Answers GET /message/{hash}: the message with this hash, or all of a name (kw_session_find), one
 * by one: who copies the shares of another has the same root, and the asker cannot tell which it
 * wants. None of its own before all actions are carried out, for it may not be durable. NULL
 * begins, and is the end. Borrowed until the next input. */
const kw_authenticated *kw_operator_message(const kw_operator *op, const kw_hash32 *hash,
                                            const kw_authenticated *after);

/* Answers GET /epoch/{number}, 0: the newest, and by hash GET /message/{hash}. Borrowed until the
 * next input; empty: there is none. */
kw_span kw_operator_certificate(const kw_operator *op, uint64_t epoch);
kw_span kw_operator_certificate_of(const kw_operator *op, const kw_hash32 *hash);

/* Answers GET /message/{hash} of a candidate by its digest: appends the file. NOT_FOUND, LIMIT,
 * NO_MEMORY. */
KW_MUST_USE kw_status kw_operator_candidate(const kw_operator *op, kw_buf *out,
                                            const kw_hash32 *digest);

/* The share of an epoch, 0: of the one that serves. Borrows. */
typedef struct kw_operator_key {
    uint16_t member; /* own index */
    const kw_group_secret *share;
    const kw_certificate *certificate;
} kw_operator_key;

/* False: this operator has no share of it. */
bool kw_operator_key_of(const kw_operator *op, kw_operator_key *out, uint64_t epoch);

/* The certificate of an epoch, 0: the newest; NULL. Borrowed until the next input. */
const kw_certificate *kw_operator_decoded(const kw_operator *op, uint64_t epoch);

#endif /* KW_THRESHOLD_ENGINE_OPERATOR_OPERATOR_H */
