/* SPDX-License-Identifier: Apache-2.0
 * Operators as a file names them: who they are, and where one reaches them. */
#ifndef KW_THRESHOLD_ENGINE_ROSTER_OPERATORS_H
#define KW_THRESHOLD_ENGINE_ROSTER_OPERATORS_H

#include "base/buf.h"
#include "codec/field.h"
#include "threshold/engine/roster/roster.h"

enum {
    KW_OPERATORS_BYTES_MAX = 1 << 20, /* of a file */
    KW_OPERATORS_ARENA_MAX = 8 << 20, /* what its decoder takes of its arena */
    KW_OPERATOR_URL_BYTES_MAX = 256,
};

/* How one reaches a member. Not part of the roster's hash: an operator may move. */
typedef struct kw_operator_place {
    kw_str peer_url;    /* "https://host:port" of its listener for operators; with a NUL behind */
    kw_str public_url;  /* of its listener for clients */
    kw_hash32 tls_spki; /* SHA-256 of the SubjectPublicKeyInfo of its certificate, both ways */
} kw_operator_place;

/* All-zero: nobody. Everything lives in an arena. */
typedef struct kw_operators {
    kw_roster roster;
    const kw_operator_place *places; /* of member `index` at index - 1 */
} kw_operators;

/* One member of a file: {"address": "0x..", "curve": "bn254" | "secp256k1", "key", "proof": hex,
 * "peer_url", "public_url", "tls_spki": hex}. */
typedef struct kw_operator_row {
    kw_str address;
    int curve; /* KW_PEER_BN254, KW_PEER_ECDSA */
    kw_span key;
    kw_span proof; /* of possession, kw_possession_digest */
    kw_str peer_url;
    kw_str public_url;
    kw_hash32 tls_spki;
} kw_operator_row;

extern const kw_schema kw_operator_row_schema;

typedef struct kw_operator_rows {
    kw_operator_row *items;
    size_t count;
} kw_operator_rows;

/* The operators that rows describe; the texts are borrowed from them. CONFLICT: two of them share
 * a certificate. BAD_INPUT: an address or URL is none. Else as kw_roster_make, which checks the
 * proofs of possession. */
KW_MUST_USE kw_status kw_operators_of_rows(kw_operators *out, kw_arena *arena,
                                           kw_operator_rows rows, kw_error *err);

/* Reads {"version": 1, "operators": [rows]}. BAD_INPUT: anything else; the text names the member.
 * Else as kw_operators_of_rows. */
KW_MUST_USE kw_status kw_operators_decode(kw_operators *out, kw_arena *arena, kw_span json,
                                          kw_error *err);

/* The rows of such a file as they stand there: kw_operators_of_rows checks them. LIMIT: larger than
 * KW_OPERATORS_BYTES_MAX. Else as kw_json_decode. */
KW_MUST_USE kw_status kw_operators_read_rows(kw_operator_rows *out, kw_arena *arena, kw_span json,
                                             kw_error *err);

/* Appends the file that kw_operators_decode reads. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_operators_encode(kw_buf *out, kw_operator_rows rows);

#endif /* KW_THRESHOLD_ENGINE_ROSTER_OPERATORS_H */
