/* SPDX-License-Identifier: Apache-2.0
 * The secret of an operator: 32 bytes from which its signatures, its place in a roster and the keys
 * of its vault follow. It stands in a file that a passphrase opens (operator_key_file.h), in one of
 * 32 raw bytes, such as a systemd credential, or on a PKCS#11 token.
 * Source: threshold.md sections 1, 8. */
#ifndef KW_THRESHOLD_OPERATOR_KEY_H
#define KW_THRESHOLD_OPERATOR_KEY_H

#include "crypto/rng.h"
#include "hsm/hsm.h"
#include "threshold/engine/roster/roster.h"

/* In guarded memory. Immutable: any thread may use one. */
typedef struct kw_operator_secret kw_operator_secret;

typedef enum kw_operator_key_source {
    KW_OPERATOR_KEY_SEALED = 1, /* a file of operator_key_file.h */
    KW_OPERATOR_KEY_RAW = 2,    /* exactly 32 bytes, big-endian */
    KW_OPERATOR_KEY_TOKEN = 3,  /* the same as an object of a token */
} kw_operator_key_source;

typedef struct kw_operator_key_options {
    kw_operator_key_source source;
    const char *path;            /* TOKEN: name of the object */
    const char *passphrase_path; /* SEALED: its bytes without one newline at the end */
    uint8_t curve;               /* KW_PEER_ECDSA or KW_PEER_BN254 */
    kw_hsm *token;               /* TOKEN: used during the call only */
} kw_operator_key_options;

/* Reads it. SEALED: the passphrase is wrong, or a file or object is missing, not private
 * (os/file.h) or of another length. CONFIG: the sealed key is of another curve, or there is no such
 * curve or source. CORRUPT: it is no file of ours, or what it holds is no key. NO_MEMORY; what
 * hsm.h says of a token.
 * CT: takes as long as Argon2id; leaks the length of the passphrase and whether it was right. */
KW_MUST_USE kw_status kw_operator_secret_open(kw_operator_secret **out,
                                              const kw_operator_key_options *options,
                                              kw_error *err);

/* From its bytes, which the caller keeps. RANGE: no key of that curve: zero, or not below the
 * order. ARG: no such curve. NO_MEMORY. CT: constant time for what is accepted. */
KW_MUST_USE kw_status kw_operator_secret_of(kw_operator_secret **out, uint8_t curve,
                                            const kw_secret32 *bytes);

/* A new one. ARG, NO_MEMORY, ENTROPY_FAILURE. */
KW_MUST_USE kw_status kw_operator_secret_make(kw_operator_secret **out, uint8_t curve,
                                              const kw_rng *rng);

/* Wipes. Takes NULL. */
void kw_operator_secret_free(kw_operator_secret *secret);
KW_AUTO_PTR_DEFINE(kw_operator_secret);

/* KW_PEER_ECDSA or KW_PEER_BN254. CT: leaks nothing. */
uint8_t kw_operator_secret_curve(const kw_operator_secret *secret);

/* The public key as a roster has it: 128 bytes, or the 20 of an address. Borrowed.
 * CT: leaks nothing. */
kw_span kw_operator_secret_public(const kw_operator_secret *secret);

/* Signs with it; borrows. CT: constant time in the secret. */
kw_peer_signer kw_operator_secret_signer(const kw_operator_secret *secret);

/* The 32 bytes, for kw_vault_options. Borrowed. */
const kw_secret32 *kw_operator_secret_view(const kw_operator_secret *secret);

/* That the member with this address holds it: for a roster that comes from a file.
 * CT: constant time in the secret. */
KW_MUST_USE kw_status kw_operator_secret_prove(const kw_operator_secret *secret,
                                               kw_peer_signature *out, const kw_address *address);

#endif /* KW_THRESHOLD_OPERATOR_KEY_H */
