/* SPDX-License-Identifier: Apache-2.0
 * The largest of everything that a member may send or a session may hold. */
#ifndef KW_THRESHOLD_ENGINE_GROUP_LIMITS_H
#define KW_THRESHOLD_ENGINE_GROUP_LIMITS_H

enum {
    KW_THRESHOLD_MEMBERS_MAX = 512, /* n of one roster; also the largest t */
    KW_THRESHOLD_SUITES_MAX = 16,   /* that a HELLO lists */
    /* Hashes in a PROPOSE or PREVOTE: of each member at most two bodies, which convict it. */
    KW_THRESHOLD_HASHES_MAX = 2 * KW_THRESHOLD_MEMBERS_MAX,
    /* Bytes of a payload; the largest is an ECHO with 512 complaints of 145 bytes. */
    KW_THRESHOLD_PAYLOAD_BYTES_MAX = 76 * 1024,
    KW_THRESHOLD_SIGNATURE_BYTES_MAX = 65,
    /* In one body: two HELLOs of each member of both rosters. */
    KW_THRESHOLD_MESSAGES_MAX = 4 * KW_THRESHOLD_MEMBERS_MAX,
    /* Characters of a message as JSON: base64 of payload and signature, hash, names. */
    KW_THRESHOLD_MESSAGE_TEXT_MAX = KW_THRESHOLD_PAYLOAD_BYTES_MAX / 3 * 4 + 512,
    /* What the decoder of one payload takes of its arena: 512 points of G2, and room to spare. */
    KW_THRESHOLD_MESSAGE_ARENA_MAX = 256 * 1024,
    /* Bytes of a proof of fraud: two rosters of 512 members and four messages, or one message and a
     * certificate; and what judging it takes of its arena. */
    KW_THRESHOLD_FRAUD_BYTES_MAX = 1 << 20,
    KW_THRESHOLD_FRAUD_ARENA_MAX = 8 << 20,
    /* Bytes of a certificate or candidate: two rosters, D, P, COMMITs and precommits of 512
     * members; what its decoder takes of its arena, and what checking it takes besides. */
    KW_THRESHOLD_CERTIFICATE_BYTES_MAX = 512 * 1024,
    KW_THRESHOLD_CERTIFICATE_ARENA_MAX = 1 << 20,
    KW_THRESHOLD_CERTIFICATE_CHECK_MAX = 4 << 20,
    KW_THRESHOLD_APP_ID_BYTES_MAX = 255,
    KW_THRESHOLD_ENTRY_BYTES_MAX = 4096, /* of a log or key set that the cluster signs */
};

#endif /* KW_THRESHOLD_ENGINE_GROUP_LIMITS_H */
