/* SPDX-License-Identifier: Apache-2.0
 * The epoch keys of a key server: made, served, replaced, revoked. Each change is audited before
 * and durable before anyone sees it. Source: emtp.md section 7. */
#ifndef KW_EMTP_SERVICE_KEYS_H
#define KW_EMTP_SERVICE_KEYS_H

#include "crypto/rng.h"
#include "emtp/key_answer.h"
#include "emtp/stream.h"
#include "guard/identity.h"
#include "guard/audit.h"
#include "store/seal.h"

/* Safe for any number of threads. */
typedef struct kw_emtp_key_service kw_emtp_key_service;

/* Everything is borrowed and outlives the service. */
typedef struct kw_emtp_key_ports {
    kw_store *store; /* with the tables of schema.h */
    const kw_sealer *sealer;
    const kw_rng *rng;
    kw_audit *audit;
    kw_emtp_stream *stream; /* named KW_EMTP_STREAM_KEYS */
} kw_emtp_key_ports;

typedef struct kw_emtp_key_rules {
    kw_emtp_rule rule;
    int64_t ahead_s;   /* keys are made so long before their epoch, at most one epoch */
    bool prepublish;   /* list the next key in the stream when it is made, without its bytes */
    bool test_key;     /* make and serve the published test key besides; tests only */
    kw_str public_url; /* "https://host:port" in front of manifest paths; borrowed */
} kw_emtp_key_rules;

#define KW_EMTP_STREAM_KEYS KW_STR("keys")

/* What a change did. */
typedef struct kw_emtp_key_change {
    kw_emtp_kid kid;   /* the new key; empty: none was made */
    bool has_new_rows; /* the key stream grew: receivers want to know */
    kw_unix_s next;    /* the next moment at which something is due */
} kw_emtp_key_change;

/* Does what is due at `now` and publishes the first answer: at least two epochs are served.
 * CONFIG: the rule is not valid. REFUSED: the store holds the published test key, and the rules do
 * not allow it. Statuses of kw_emtp_keys_tick. */
KW_MUST_USE kw_status kw_emtp_key_service_open(kw_emtp_key_service **out,
                                               const kw_emtp_key_rules *rules,
                                               const kw_emtp_key_ports *ports, kw_unix_s now,
                                               kw_error *err);

/* Nobody uses it any more; answers may still be held. Takes NULL. */
void kw_emtp_key_service_free(kw_emtp_key_service *service);
KW_AUTO_PTR_DEFINE(kw_emtp_key_service);

/* Does what is due at `now`: makes keys, lists those that begin, takes those that ended off the
 * stream and erases their bytes; takes over what other nodes did. SEALED, ENTROPY_FAILURE,
 * AUDIT_UNAVAILABLE, LIMIT; else as kw_store_write. */
KW_MUST_USE kw_status kw_emtp_keys_tick(kw_emtp_key_service *service, kw_emtp_key_change *out,
                                        kw_unix_s now, kw_error *err);

/* Begins a new key of the present epoch at `now`; the old one is served on until its end: an early
 * renewal. LIMIT: too many live keys. Else as kw_emtp_keys_tick. */
KW_MUST_USE kw_status kw_emtp_keys_rotate(kw_emtp_key_service *service, kw_emtp_key_change *out,
                                          const kw_guard_actor *actor, kw_unix_s now,
                                          kw_error *err);

/* Takes a key out of service at once and for good; the key of an epoch that has not ended gets a
 * replacement, which `out->kid` names. NOT_FOUND; GONE: revoked before, or expired. Else as
 * kw_emtp_keys_tick. */
KW_MUST_USE kw_status kw_emtp_keys_revoke(kw_emtp_key_service *service, kw_emtp_key_change *out,
                                          kw_str kid, const kw_guard_actor *actor, kw_unix_s now,
                                          kw_error *err);

/* The answer of GET /keys at `now`, held once for the caller (kw_emtp_key_answer_release), without
 * locks or I/O. NULL: none is right at this moment, because the clock ran ahead of the tick. */
KW_MUST_USE kw_emtp_key_answer *kw_emtp_keys_answer(kw_emtp_key_service *service, kw_unix_s now);

/* JSON of one key. NOT_FOUND: no such key, or it has not begun. GONE: revoked or expired. */
KW_MUST_USE kw_status kw_emtp_keys_manifest(kw_emtp_key_service *service, kw_secret_bytes *out,
                                            kw_str kid, kw_unix_s now, kw_error *err);

/* Copies the descriptions of all keys that have not expired; `out` has room. */
KW_MUST_USE kw_status kw_emtp_keys_list(kw_emtp_key_service *service, kw_emtp_key_list *out,
                                        kw_unix_s now, kw_error *err);

#endif /* KW_EMTP_SERVICE_KEYS_H */
