/* SPDX-License-Identifier: Apache-2.0
 * The audit record and the chain it forms, as pure values.
 *
 * A frame of a segment file is a record and its guard; integers are big endian, `s8` is a u8 length
 * and that many bytes, `s16` a u16 length and that many bytes:
 *   u16 length of the record, at most 4,096
 *   record: u8 version = 1 | u64 sequence, from 0 | i64 time, Unix ms | 32 hash of the previous
 *           record, zeros before the first | u8 method | u8 outcome (status number)
 *           | 16 address, IPv4 as mapped | u64 key version | s8 node | s8 tenant | s8 actor
 *           | s8 action | s16 object | s8 detail | s8 request id | s8 approval id
 *   8 guard: first bytes of the record's hash; tells a torn write from a record
 * The hash of a record is its RFC 6962 leaf hash, SHA-256(0x00 | record); the leaves in sequence
 * order form the tree that checkpoints sign. */
#ifndef KW_GUARD_ENGINE_CHAIN_H
#define KW_GUARD_ENGINE_CHAIN_H

#include "base/buf.h"
#include "base/error.h"
#include "base/utc.h"
#include "guard/engine/ip.h"

#define KW_AUDIT_FRAME_HEAD_BYTES 2
#define KW_AUDIT_FRAME_TAIL_BYTES 8

/* name, its spelling */
#define KW_AUTH_METHOD_TABLE(X) \
    X(NONE, "none")             \
    X(SYSTEM, "system")         \
    X(API_KEY, "api_key")       \
    X(CERTIFICATE, "certificate")

/* How the actor of a record was known. */
typedef enum kw_auth_method {
#define X(name, spelling) KW_AUTH_##name,
    KW_AUTH_METHOD_TABLE(X)
#undef X
} kw_auth_method;

/* NUL-terminated spelling, static. */
const char *kw_auth_method_name(kw_auth_method method);

/* Views into the record's bytes. */
typedef struct kw_audit_record {
    uint64_t sequence;
    kw_unix_ms time_ms;
    kw_hash32 previous;
    kw_auth_method method;
    kw_status outcome;
    kw_ip address;
    uint64_t version;
    kw_str node;
    kw_str tenant;
    kw_str actor;
    kw_str action;
    kw_str object;
    kw_str detail;
    kw_str request_id;
    kw_str approval_id;
} kw_audit_record;

/* Where a chain stands: what the next record must continue. All-zero is the empty chain. */
typedef struct kw_audit_chain {
    uint64_t size;      /* records so far = sequence of the next */
    kw_hash32 previous; /* hash of the last one */
    kw_unix_ms time_ms; /* of the last one */
} kw_audit_chain;

/* Appends the frame of `record` to `out` and moves the chain on; sequence, previous hash and time
 * are set here: the time never runs back, a clock that does repeats the last one. `previous` and
 * `sequence` of `record` do not matter.
 * BAD_INPUT: a text too long, a control character, not UTF-8, method or outcome unknown;
 * LIMIT, NO_MEMORY. Nothing changes on failure. `out_hash`: the record's hash. */
KW_MUST_USE kw_status kw_audit_frame_append(kw_audit_chain *chain, kw_buf *out, kw_hash32 *out_hash,
                                            const kw_audit_record *record);

/* The part of the check that does not need the chain. BAD_INPUT as above. */
KW_MUST_USE kw_status kw_audit_record_check(const kw_audit_record *record);

/* Reads one record. BAD_INPUT: not of the form above, or a text that an append refuses. */
KW_MUST_USE kw_status kw_audit_record_decode(kw_audit_record *out, kw_span bytes);

/* The same without looking into the texts: for whoever has their hash and follows a chain. */
KW_MUST_USE kw_status kw_audit_record_decode_unchecked(kw_audit_record *out, kw_span bytes);

/* Takes the next frame off `rest`. END: no bytes. BAD_INPUT: cut off, too long, or the guard does
 * not fit; `rest` is unchanged then. `out_hash` is the hash of `out_record`. */
KW_MUST_USE kw_status kw_audit_frame_next(kw_span *out_record, kw_hash32 *out_hash, kw_span *rest);

/* The same without computing the hash: gives the frame's length in bytes, for whoever only looks
 * for borders. END: no bytes. BAD_INPUT: cut off or too long. */
KW_MUST_USE kw_status kw_audit_frame_length(size_t *out, kw_span rest);

/* The part of a record that ties it to the one before. */
typedef struct kw_audit_link {
    uint64_t sequence;
    kw_unix_ms time_ms;
    kw_hash32 previous;
} kw_audit_link;

static inline kw_audit_link kw_audit_link_of(const kw_audit_record *record)
{
    return (kw_audit_link){record->sequence, record->time_ms, record->previous};
}

/* What is wrong with a record as the next of a chain. */
typedef enum kw_audit_fault {
    KW_AUDIT_FAULT_NONE,
    KW_AUDIT_FAULT_SEQUENCE, /* deleted, inserted or reordered */
    KW_AUDIT_FAULT_PREVIOUS, /* the record before it was replaced, or this one's link */
    KW_AUDIT_FAULT_TIME      /* more than 5 s before the record before it */
} kw_audit_fault;

/* Checks a record's link against the chain and, without fault, moves the chain on. */
KW_MUST_USE kw_audit_fault kw_audit_chain_follow(kw_audit_chain *chain, const kw_audit_link *link,
                                                 const kw_hash32 *hash);

#endif /* KW_GUARD_ENGINE_CHAIN_H */
