/* SPDX-License-Identifier: Apache-2.0
 * Every bound of guard/ in one place. */
#ifndef KW_GUARD_LIMITS_H
#define KW_GUARD_LIMITS_H

/* Identities */
#define KW_IDENTITY_ID_BYTES_MAX     128
#define KW_IDENTITY_NAME_BYTES_MAX   256 /* URI SAN, DNS SAN or 64 hex characters of an SPKI hash */
#define KW_IDENTITY_TENANT_BYTES_MAX 64
#define KW_IDENTITY_BINDINGS_MAX     8
#define KW_IDENTITY_NETWORKS_MAX     32
#define KW_IDENTITY_API_KEYS_MAX     2 /* live ones: the old and the new during a rotation */
#define KW_IDENTITIES_MAX            100000
#define KW_BINDING_LIFE_MS_MAX       ((int64_t)366 * 86400 * 1000)
#define KW_API_KEY_LIFE_MS_MAX       ((int64_t)366 * 86400 * 1000)

/* Audit */
#define KW_AUDIT_RECORD_BYTES_MAX   4096
#define KW_AUDIT_NODE_BYTES_MAX     64
#define KW_AUDIT_ACTION_BYTES_MAX   64
#define KW_AUDIT_OBJECT_BYTES_MAX   1024
#define KW_AUDIT_REQUEST_BYTES_MAX  64
#define KW_AUDIT_QUEUE_RECORDS_MAX  8192
#define KW_AUDIT_QUEUE_BYTES_MAX    (8 << 20)
#define KW_AUDIT_BATCH_RECORDS_MAX  512
#define KW_AUDIT_GATHER_RECORD_US   100  /* a busy log waits so long for each that may come, ... */
#define KW_AUDIT_GATHER_US_MIN      2000 /* ... at least and at most this in all */
#define KW_AUDIT_GATHER_US_MAX      10000
#define KW_AUDIT_SEGMENT_BYTES      (64 << 20)
#define KW_AUDIT_CHECKPOINT_RECORDS 1024
#define KW_AUDIT_CHECKPOINT_MS      1000
#define KW_AUDIT_TIME_BACK_MS_MAX   5000
#define KW_AUDIT_DISK_FREE_PERCENT  5

#endif /* KW_GUARD_LIMITS_H */
