/* SPDX-License-Identifier: Apache-2.0
 * Identity-based encryption (Boneh and Franklin): who knows the cluster's public key encrypts to
 * an application, or to a round of the beacon, before anyone has its key d = s * Q_id. Here is what
 * the formats share; ibe_v2.h is ours, ibe_v1.h the reference system's. Source: threshold.md
 * section 7. */
#ifndef KW_THRESHOLD_ENGINE_USE_IBE_H
#define KW_THRESHOLD_ENGINE_USE_IBE_H

#include "crypto/secret.h"
#include "curve/bls_pair.h"
#include "curve/bls_wire.h"
#include "threshold/engine/group/limits.h"

/* The public key of a cluster, as clients pin it. */
typedef struct kw_ibe_master {
    kw_bls_g2 key;
    kw_bls_g2_bytes bytes; /* compressed */
    kw_hash32 hash;        /* SHA-256 of these: what headers name */
    kw_hash32 cluster_id;  /* whose beacon opens timelocks */
} kw_ibe_master;

/* From the 96 compressed bytes. Statuses of kw_bls_g2_decode_zcash; infinity is refused. */
KW_MUST_USE kw_status kw_ibe_master_init(kw_ibe_master *out, kw_span key,
                                         const kw_hash32 *cluster_id);

typedef enum kw_ibe_kind {
    KW_IBE_APPLICATION = 1, /* these two are wire values of v2 */
    KW_IBE_TIMELOCK = 2,
    KW_IBE_EIGENX = 256, /* an application of v1 */
} kw_ibe_kind;

/* Whose key opens a ciphertext. */
typedef struct kw_ibe_id {
    kw_ibe_kind kind;
    uint8_t len; /* 1..255; a timelock's is 8 */
    uint8_t bytes[KW_THRESHOLD_APP_ID_BYTES_MAX];
} kw_ibe_id;

/* `kind` is KW_IBE_APPLICATION or KW_IBE_EIGENX. BAD_INPUT: another, or no id of 1..255 bytes. */
KW_MUST_USE kw_status kw_ibe_id_of_app(kw_ibe_id *out, kw_ibe_kind kind, kw_span app_id);
kw_ibe_id kw_ibe_id_of_round(uint64_t round);

static inline kw_span kw_ibe_id_view(const kw_ibe_id *id)
{
    return (kw_span){id->bytes, id->len};
}

/* Q_id. CT: leaks kind and length of the id. */
void kw_ibe_id_point(kw_bls_g1 *out, const kw_ibe_id *id, const kw_ibe_master *master);

/* A checked key of one identity. Borrows the master. */
typedef struct kw_ibe_key {
    const kw_ibe_master *master;
    kw_ibe_id id;
    kw_bls_secret_g1 d;
} kw_ibe_key;

/* CORRUPT, as for everything that keeps a ciphertext shut: e(d, G2) is not e(Q_id, MPK).
 * CT: leaks that verdict. */
KW_MUST_USE kw_status kw_ibe_key_init(kw_ibe_key *out, const kw_ibe_master *master,
                                      const kw_ibe_id *id, const kw_bls_secret_g1 *d);
void kw_ibe_key_drop(kw_ibe_key *key); /* wipes */

/* Order of the coefficients when an element of GT is hashed; names of curve/bls_pair.h. */
typedef enum kw_ibe_order {
    KW_IBE_COEFF, /* v2 */
    KW_IBE_KYBER, /* v1 */
} kw_ibe_order;

/* The element of GT that sender and key share, as bytes. Secret. */
typedef struct kw_ibe_shared {
    kw_bls_gt_bytes gt;
} kw_ibe_shared;

void kw_ibe_shared_drop(kw_ibe_shared *shared); /* wipes */

static inline kw_secret_span kw_ibe_shared_view(const kw_ibe_shared *shared)
{
    return kw_secret_span_of(KW_SPAN(shared->gt.bytes));
}

/* To whom: borrows the master. */
typedef struct kw_ibe_to {
    const kw_ibe_master *master;
    kw_ibe_id id;
    bool is_hidden; /* v2: the header does not say the id; the reader knows it */
} kw_ibe_to;

/* e(r * Q_id, MPK), and U = r * G2 compressed.
 * CT: constant time in r; leaks kind and length of the id. */
void kw_ibe_share(kw_ibe_shared *out, kw_bls_g2_bytes *out_u, const kw_ibe_to *to,
                  const kw_bls_secret *r, kw_ibe_order order);

/* The same as e(d, U). CORRUPT: it is 1. CT: constant time in the key; leaks that verdict. */
KW_MUST_USE kw_status kw_ibe_unshare(kw_ibe_shared *out, const kw_ibe_key *key, const kw_bls_g2 *u,
                                     kw_ibe_order order);

#endif /* KW_THRESHOLD_ENGINE_USE_IBE_H */
