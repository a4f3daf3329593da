/* SPDX-License-Identifier: Apache-2.0
 * One operator that runs: the engine's operator, what it keeps, and whom it talks to, moved by the
 * clock and by messages. All of it is under one lock, but for the shares that serve: those are read
 * without waiting for a session.
 *
 *     boundary, POST, answer, moment -> kw_operator -> vault (durable) -> courier
 *
 * Source: threshold.md sections 2, 3, 6, 8. */
#ifndef KW_THRESHOLD_HOLDER_H
#define KW_THRESHOLD_HOLDER_H

#include "obs/log.h"
#include "os/snapshot.h"
#include "threshold/courier.h"
#include "threshold/engine/roster/cluster_file.h"
#include "threshold/operators_source.h"
#include "threshold/contacts.h"
#include "threshold/holder_watch.h"
#include "threshold/reshares.h"
#include "threshold/vault.h"

/* What it is made of; borrowed, and outlives it. */
typedef struct kw_holder_options {
    const kw_cluster_file *cluster;
    kw_operators_source operators;
    kw_vault *vault;
    kw_store *store; /* that the vault is in */
    kw_address self;
    kw_own_keys keys; /* that it signs with */
    const kw_rng *rng;
    kw_clock clock;      /* civil */
    const char *ca_file; /* as kw_courier_options */
    const char *certificate_file;
    const char *key_file;
    uint64_t rejoined_at;     /* kw_vault_rejoined_at; the cluster file pins the key then */
    uint64_t retention_s;     /* how long certificates are kept, once there is a later one */
    const char *evidence_dir; /* where proofs of fraud go, as files; NULL: nowhere */
    kw_log *log;              /* NULL: none */
    kw_metrics *metrics;      /* NULL: none */
} kw_holder_options;

/* Any thread. */
typedef struct kw_holder kw_holder;

/* Goes on from what the vault has; talks to nobody yet. CORRUPT: records that no operator wrote;
 * else as kw_vault_read, kw_courier_open. */
KW_MUST_USE kw_status kw_holder_new(kw_holder **out, const kw_holder_options *options,
                                    kw_error *err);

/* Starts the thread that boundaries and deadlines move. LIMIT, NO_MEMORY: no thread. */
KW_MUST_USE kw_status kw_holder_start(kw_holder *holder, kw_error *err);

/* Ends the thread and all calls to others. May run twice. */
void kw_holder_stop(kw_holder *holder);

/* No request may be in flight. Stops. Takes NULL. */
void kw_holder_free(kw_holder *holder);
KW_AUTO_PTR_DEFINE(kw_holder);

/* Who is behind a certificate. Never blocks. False: no operator. */
bool kw_holder_knows(kw_holder *holder, kw_address *out, const kw_hash32 *tls_spki);

/* A POST of messages; borrows. */
typedef struct kw_holder_delivery {
    const kw_address *from; /* who delivered it */
    const char *path;       /* where to, of paths.h; NULL: wherever */
    kw_span json;
} kw_holder_delivery;

/* Takes the messages and does what follows. `out->st` is the answer. BAD_INPUT: no such JSON, or a
 * message that does not belong to the path. UNAVAILABLE: the store takes no records, and nothing
 * was taken. */
KW_MUST_USE kw_status kw_holder_post(kw_holder *holder, kw_operator_reply *out,
                                     const kw_holder_delivery *delivery, kw_error *err);

/* Takes part in a resharing at a boundary (Unix seconds) at which none is due: `out_attempt` is 1
 * then, and 0 when one is due and nothing has to be done. Only together with enough others it makes
 * an epoch; alone it changes nothing. CONFLICT: there is no key to reshare yet, or the boundary has
 * come. UNAVAILABLE: the store takes no records, or this operator is on its way back. Else as
 * kw_reshares_add. */
KW_MUST_USE kw_status kw_holder_reshare(kw_holder *holder, uint32_t *out_attempt,
                                        uint64_t boundary_s, kw_error *err);

/* What GET /message/{hash} answers with. */
typedef struct kw_holder_found {
    bool is_file; /* a certificate or a candidate, in bytes; else messages, JSON */
    kw_buf bytes;
} kw_holder_found;

/* `out` is all-zero before; the caller drops `out->bytes`. NOT_FOUND, NO_MEMORY, LIMIT. */
KW_MUST_USE kw_status kw_holder_find(kw_holder *holder, kw_holder_found *out, const kw_hash32 *hash,
                                     kw_error *err);

/* Appends the file of an epoch's certificate, 0: of the newest. NOT_FOUND, NO_MEMORY; CORRUPT and
 * else as kw_store_read for one that only the store still has. */
KW_MUST_USE kw_status kw_holder_certificate(kw_holder *holder, kw_buf *out, uint64_t epoch,
                                            kw_error *err);

/* The epoch that was the newest at a moment, by the boundaries of the sessions that made them.
 * NOT_FOUND: there was none, or it is forgotten. CORRUPT; else as kw_store_read. */
KW_MUST_USE kw_status kw_holder_epoch_at(kw_holder *holder, uint64_t *out, uint64_t time_s,
                                         kw_error *err);

/* A share that serves, and whose it is. */
typedef struct kw_holder_key {
    uint64_t epoch;
    uint64_t timestamp; /* of its boundary, Unix seconds */
    uint16_t member;    /* own index, 1..n */
    uint16_t n;
    uint16_t t;
    kw_group_secret share;
    const kw_group_g2 *polynomial; /* P, t points; the first is the master key */
    kw_hash32 certificate;
} kw_holder_key;

/* All shares of now, the newest epoch first: for the time of handing over there are two. */
typedef struct kw_holder_keys {
    size_t count;
    kw_holder_key items[KW_OPERATOR_ERAS_MAX];
} kw_holder_keys;

/* A hold on kw_holder_keys; `object` is NULL while this operator has no share. Short: no I/O. */
kw_snapshot_hold kw_holder_keys_enter(kw_holder *holder);

/* How it was after the last step. Does not wait for one that goes on. */
void kw_holder_look(kw_holder *holder, kw_holder_state *out);

/* As kw_courier_states. */
size_t kw_holder_peers(kw_holder *holder, kw_courier_state *out, size_t room);

#endif /* KW_THRESHOLD_HOLDER_H */
