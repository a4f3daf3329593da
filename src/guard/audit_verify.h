/* SPDX-License-Identifier: Apache-2.0
 * Offline examination of an audit folder: needs the files and the verifier key, nothing that runs.
 * Works on a folder that a daemon is writing: what is not yet complete at its end is not judged. */
#ifndef KW_GUARD_AUDIT_VERIFY_H
#define KW_GUARD_AUDIT_VERIFY_H

#include "base/error.h"
#include "guard/engine/chain.h"

/* Exit codes of `keyward audit verify`. */
typedef enum kw_audit_verdict {
    KW_AUDIT_INTACT = 0,
    KW_AUDIT_ALTERED = 1, /* edited, deleted, reordered, inserted, forked, or time ran back > 5 s */
    KW_AUDIT_TRUNCATED = 2, /* fewer records than the anchor or the newest checkpoint covers */
    KW_AUDIT_UNREADABLE = 3 /* input error: no such folder, not a key, not a checkpoint */
} kw_audit_verdict;

typedef struct kw_audit_verify_options {
    const char *folder;
    kw_str vkey;   /* verifier key text, "<node>/audit+<hash>+<key>" */
    kw_str anchor; /* a checkpoint kept elsewhere; empty: none */
    void (*progress)(void *data, uint64_t bytes_done, uint64_t bytes_all); /* NULL: none */
    void *data;
} kw_audit_verify_options;

typedef struct kw_audit_report {
    kw_audit_verdict verdict;
    uint64_t records;     /* records that were read and fit */
    uint64_t checkpoints; /* signed checkpoints that were checked */
    uint64_t segments;
    uint64_t bytes;        /* of frames */
    uint64_t tail_bytes;   /* behind the last whole record: left by a crash or a running writer */
    uint64_t bad_sequence; /* the first record that does not fit; UINT64_MAX: none */
    kw_hash32 root;        /* RFC 6962 root of the records that fit */
    kw_unix_ms first_ms;   /* time of the first and of the last record */
    kw_unix_ms last_ms;
    char reason[96]; /* one sentence in English, NUL-terminated; empty when intact */
} kw_audit_report;

/* KW_OK whenever a verdict was reached, whatever it is; NO_MEMORY otherwise. */
KW_MUST_USE kw_status kw_audit_verify(kw_audit_report *out, const kw_audit_verify_options *options,
                                      kw_error *err);

/* Visits the records of a folder in order without judging the chain; stops at the first status
 * other than KW_OK and returns it. CORRUPT: a record cannot be read. NOT_FOUND: no such folder. */
typedef kw_status (*kw_audit_visit)(void *data, const kw_audit_record *record, kw_error *err);
KW_MUST_USE kw_status kw_audit_read(const char *folder, kw_audit_visit visit, void *data,
                                    kw_error *err);

#endif /* KW_GUARD_AUDIT_VERIFY_H */
