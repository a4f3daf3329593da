/* SPDX-License-Identifier: Apache-2.0
 * The records of a backup, big-endian. They stand in this order, each kind by itself ascending and
 * without repetition: files by role and path, certificates by epoch, applications by id.
 *
 *   about        u8 1 | u64 made at | 32 cluster id | 20 address | 96 master key | u8 key source
 *   file         u8 2 | u8 role | u16 mode | u16 length | path | content
 *   certificate  u8 3 | 32 hash | file of certificate.h
 *   application  u8 4 | u64 uses | u64 registered at | u8 length | id | policy, JSON
 *   end          u8 5 | u32 files | u32 certificates | u32 applications
 *
 * Times are Unix seconds. No share, no record of a session and no slot is in it: a share comes from
 * the next reshare alone (threshold.md section 6), and whoever goes on from old records of a
 * session signs twice (section 2). */
#ifndef KW_THRESHOLD_BACKUP_RECORD_H
#define KW_THRESHOLD_BACKUP_RECORD_H

#include "crypto/address.h"
#include "threshold/operator_key.h"

typedef enum kw_backup_kind {
    KW_BACKUP_ABOUT = 1,
    KW_BACKUP_FILE = 2,
    KW_BACKUP_CERTIFICATE = 3,
    KW_BACKUP_APP = 4,
    KW_BACKUP_END = 5,
} kw_backup_kind;

enum {
    KW_BACKUP_MASTER_BYTES = 96, /* a point of G2 of BLS12-381, compressed */
};

/* Whose backup it is. */
typedef struct kw_backup_about {
    uint64_t made_at;
    kw_hash32 cluster_id;
    kw_address address;
    uint8_t master_key[KW_BACKUP_MASTER_BYTES]; /* that the node pins */
    kw_operator_key_source key; /* SEALED: its file is here; else it must come from elsewhere */
} kw_backup_about;

/* What a file is for; the number is its place. */
typedef enum kw_backup_role {
    KW_BACKUP_CONFIGURATION = 1, /* of the daemon */
    KW_BACKUP_CLUSTER = 2,
    KW_BACKUP_OPERATORS = 3,
    KW_BACKUP_OPERATOR_KEY = 4, /* sealed as it is */
    KW_BACKUP_TLS = 5,          /* certificates, authorities, revocation lists */
    KW_BACKUP_TLS_KEY = 6,
    KW_BACKUP_TOKEN_KEYS = 7, /* public keys of the issuer of tokens */
} kw_backup_role;

typedef struct kw_backup_entry {
    kw_backup_role role;
    uint16_t mode; /* permission bits */
    kw_str path;   /* as the configuration names it; without a NUL */
    kw_secret_span content;
} kw_backup_entry;

typedef struct kw_backup_certificate {
    kw_hash32 hash; /* its name */
    kw_span file;
} kw_backup_certificate;

typedef struct kw_backup_app {
    uint64_t uses;
    int64_t registered_at;
    kw_str id;
    kw_str policy;
} kw_backup_app;

/* How many records of each kind there were. */
typedef struct kw_backup_counts {
    uint32_t files;
    uint32_t certificates;
    uint32_t apps;
} kw_backup_counts;

/* Borrows. */
typedef struct kw_backup_record {
    kw_backup_kind kind;
    union {
        kw_backup_about about;
        kw_backup_entry entry;
        kw_backup_certificate certificate;
        kw_backup_app app;
        kw_backup_counts counts;
    };
} kw_backup_record;

/* Appends a record. LIMIT: a text that is too long for its length, or past out->max. NO_MEMORY.
 * CT: leaks lengths. */
KW_MUST_USE kw_status kw_backup_record_encode(kw_secret_bytes *out, const kw_backup_record *record);

/* Reads one. BAD_INPUT: another form; a path, certificate, id or policy that is empty; a number out
 * of range. `out` borrows from `wire` and is written only on success. CT: leaks all but the content
 * of a file. */
KW_MUST_USE kw_status kw_backup_record_decode(kw_backup_record *out, kw_secret_span wire);

/* Where a reader or writer is in the order of records. All-zero is before the first. */
typedef struct kw_backup_order {
    kw_backup_kind last; /* 0: none yet */
    kw_backup_role role;
    kw_buf name; /* owned: path or id of the last */
    uint64_t epoch;
    kw_backup_counts counts;
} kw_backup_order;

void kw_backup_order_drop(kw_backup_order *order);

/* Takes the next record. CORRUPT: it may not come here, or it is the end with other counts.
 * NO_MEMORY. */
KW_MUST_USE kw_status kw_backup_order_take(kw_backup_order *order, const kw_backup_record *record);

/* Whether the end was taken. */
static inline bool kw_backup_order_is_done(const kw_backup_order *order)
{
    return order->last == KW_BACKUP_END;
}

#endif /* KW_THRESHOLD_BACKUP_RECORD_H */
