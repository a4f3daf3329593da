/* SPDX-License-Identifier: Apache-2.0
 * Approval by m of n people: one asks, others sign the SHA-256 of what was asked, the one who asked
 * never counts. Pure: who may approve and what time it is are arguments, so that the decision can
 * be made again when the action runs. Source: hardening.md section 3.
 *
 * A request is this JSON and no other bytes (members in this order, no white space):
 *   {"action":"params.release.publish","arguments":HEX,"expires":"2026-01-31T23:59:59Z",
 *    "k":"kw/approval@1","nonce":HEX,"requester":"ID","tenant":"TENANT"} */
#ifndef KW_GUARD_ENGINE_APPROVAL_H
#define KW_GUARD_ENGINE_APPROVAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/utc.h"
#include "crypto/ed25519.h"

/* Most bytes of a request's JSON. */
#define KW_APPROVAL_REQUEST_BYTES_MAX 1024

/* A request is in force for at most this long. */
#define KW_APPROVAL_LIFE_S_MAX ((int64_t)72 * 3600)

/* Most approvers of a policy, and most approvals that are looked at. */
#define KW_APPROVERS_MAX 64

/* The member "k": keeps a request apart from all else that is signed. */
typedef enum kw_approval_form {
    KW_APPROVAL_V1, /* "kw/approval@1" */
} kw_approval_form;

/* What is asked. Texts are views. */
typedef struct kw_approval_request {
    kw_str action;       /* the permission that the action needs, such as params.release.publish */
    kw_hash32 arguments; /* of all that the action is done with: other arguments, other request */
    kw_unix_s expires;   /* the first second in which it is no longer in force */
    kw_approval_form k;
    kw_hash32 nonce;  /* random: who asks the same again asks for new approvals */
    kw_str requester; /* id of an identity */
    kw_str tenant;
} kw_approval_request;

/* Appends the JSON. BAD_INPUT: a text is empty, too long, or has letters that its kind does not
 * have; a time before 1970 or after 9999. LIMIT, NO_MEMORY of the buffer. */
KW_MUST_USE kw_status kw_approval_request_encode(kw_buf *out, const kw_approval_request *request,
                                                 kw_error *err);

/* Reads it; texts of `out` live in the arena. BAD_INPUT: not the one encoding of a request. LIMIT:
 * the arena is full, or longer than KW_APPROVAL_REQUEST_BYTES_MAX. */
KW_MUST_USE kw_status kw_approval_request_decode(kw_approval_request *out, kw_arena *arena,
                                                 kw_span json, kw_error *err);

/* One of the people who may approve. */
typedef struct kw_approver {
    kw_str id; /* of an identity */
    kw_ed25519_public key;
} kw_approver;

/* Who may, and how many must. */
typedef struct kw_approval_policy {
    const kw_approver *approvers;
    size_t count;       /* at most KW_APPROVERS_MAX */
    uint32_t threshold; /* at least 1: nothing is approved by nobody */
} kw_approval_policy;

/* An approver's signature over the SHA-256 of the request's JSON. */
typedef struct kw_approval {
    kw_str approver;
    kw_ed25519_signature signature;
} kw_approval;

/* CT: leaks the length of the JSON. */
void kw_approval_sign(kw_ed25519_signature *out, const kw_ed25519_key *key, kw_span request_json);

/* BAD_INPUT: `request_json` is no request. FORBIDDEN: not an approver, or one who is, or shares a
 * key with, the one who asked. REFUSED: the request is not in force. UNAUTHENTICATED: the signature
 * does not verify. */
KW_MUST_USE kw_status kw_approval_check(const kw_approval *approval, kw_span request_json,
                                        const kw_approval_policy *policy, kw_unix_s now,
                                        kw_error *err);

typedef struct kw_approvals {
    const kw_approval *items;
    size_t count;
} kw_approvals;

/* How many different keys approve: each approval is checked against this policy and time, so
 * whoever has left since, and what expired, counts nothing. Those beyond KW_APPROVERS_MAX are not
 * looked at. */
size_t kw_approvals_count(kw_approvals approvals, kw_span request_json,
                          const kw_approval_policy *policy, kw_unix_s now);

/* True when enough of the policy's people approve. */
bool kw_approvals_suffice(kw_approvals approvals, kw_span request_json,
                          const kw_approval_policy *policy, kw_unix_s now);

#endif /* KW_GUARD_ENGINE_APPROVAL_H */
