/* SPDX-License-Identifier: Apache-2.0
 * What a cluster, a session, an agreement and an epoch are called: hashes of all that they depend
 * on, so that a signed byte means one thing in one place. Source: threshold.md sections 1, 2, 6. */
#ifndef KW_THRESHOLD_ENGINE_ROSTER_IDS_H
#define KW_THRESHOLD_ENGINE_ROSTER_IDS_H

#include "codec/reader.h"
#include "codec/writer.h"
#include "crypto/address.h"
#include "threshold/engine/group/group.h"
#include "threshold/engine/roster/quorum.h"

enum {
    KW_CONFIG_FIELDS_BYTES = 97, /* without the label */
    KW_SID_FIELDS_BYTES = 122,   /* from kind on */
};

/* Wire form, 97 bytes: u8 suite | u16 numerator | u16 denominator | u32 interval_s |
 * u32 reshare_every | u32 roster_lag_s | u32 delta_ms | 32 coin | 32 genesis_roster |
 * u64 beacon_start | u32 beacon_period_s. What may never differ between members. */
typedef struct kw_config_fields {
    uint8_t suite;
    kw_threshold_ratio ratio;
    uint32_t interval_s;
    uint32_t reshare_every; /* boundaries */
    uint32_t roster_lag_s;
    uint32_t delta_ms;
    kw_hash32 coin;
    kw_hash32 genesis_roster; /* its hash */
    uint64_t beacon_start;    /* Unix seconds; round v is due at start + v period */
    uint32_t beacon_period_s;
} kw_config_fields;

void kw_config_fields_write(kw_writer *w, const kw_config_fields *fields);
void kw_config_fields_read(kw_config_fields *out, kw_reader *r); /* zeros after a failure of r */
void kw_config_hash(kw_hash32 *out, const kw_config_fields *fields);

/* Zeros where there is no chain. */
typedef struct kw_cluster_fields {
    uint64_t chain_id;
    kw_address avs;
    uint32_t set_id;
    kw_hash32 config_hash;
} kw_cluster_fields;

void kw_cluster_id(kw_hash32 *out, const kw_cluster_fields *fields);

typedef enum kw_session_kind {
    KW_SESSION_GENESIS = 1,
    KW_SESSION_RESHARE = 2,
    KW_SESSION_TOKEN_KEY = 3,
} kw_session_kind;

/* Wire form, 122 bytes: u8 kind | u64 epoch | u64 timestamp | u32 attempt | 32 roster_old |
 * 32 roster_new | u16 t_old | u16 t_new | 32 previous | u8 suite. */
typedef struct kw_sid_fields {
    uint8_t kind;         /* kw_session_kind */
    uint64_t epoch;       /* that is being made; 1 at genesis */
    uint64_t timestamp;   /* Unix seconds of the boundary */
    uint32_t attempt;     /* 0 as scheduled, k for the k-th one started by hand there */
    kw_hash32 roster_old; /* hash; zeros at genesis */
    kw_hash32 roster_new;
    uint16_t t_old; /* 0 at genesis */
    uint16_t t_new;
    kw_hash32 previous; /* hash of the certificate before; zeros at genesis */
    uint8_t suite;
} kw_sid_fields;

void kw_sid_fields_write(kw_writer *w, const kw_sid_fields *fields);
void kw_sid_fields_read(kw_sid_fields *out, kw_reader *r); /* zeros after a failure of r */
void kw_sid(kw_hash32 *out, const kw_hash32 *cluster_id, const kw_sid_fields *fields);

/* What stands in the sid field of the agreements on opening and on handing over. */
void kw_open_id(kw_hash32 *out, const kw_hash32 *sid);
void kw_handover_id(kw_hash32 *out, const kw_hash32 *cluster_id, uint64_t epoch,
                    const kw_hash32 *previous);

/* The value agreed on: the hash of a set of ECHO messages, packed and in its order. LIMIT: more
 * than 65,535, or no whole number of hashes. */
KW_MUST_USE kw_status kw_set_value(kw_hash32 *out, kw_span hashes);

/* The same of dealers to open, ascending. */
void kw_open_value(kw_hash32 *out, const uint16_t *dealers, uint16_t count);

/* One dealing of D. */
typedef struct kw_dealing_ref {
    uint16_t dealer; /* index */
    kw_hash32 hash;  /* of its DEAL */
} kw_dealing_ref;

/* A name under which members ask for the EXTRACT of a dealing, whose hash they cannot know. */
void kw_extract_name(kw_hash32 *out, const kw_hash32 *deal);

/* All that the digest of an epoch covers. Borrows. */
typedef struct kw_digest_fields {
    kw_hash32 sid;
    kw_hash32 set; /* kw_set_value */
    const kw_dealing_ref *dealings;
    uint16_t dealings_count;
    uint16_t t;                    /* of the new roster */
    const kw_group_g2 *polynomial; /* t points; the first is the master key */
    kw_hash32 roster_new;
} kw_digest_fields;

void kw_epoch_digest(kw_hash32 *out, const kw_group *group, const kw_digest_fields *fields);

/* The hash of a certificate; the canary is the group's encoding of a point of G1. */
void kw_certificate_hash(kw_hash32 *out, const kw_hash32 *digest, kw_span canary);

#endif /* KW_THRESHOLD_ENGINE_ROSTER_IDS_H */
