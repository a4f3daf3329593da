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
    /* ---- budgets: the most that an operator holds, whatever others send ----
     * Nothing grows but arenas and buffers with a maximum. What rosters decide has a function:
     * kw_session_memory_bytes_of, kw_handover_memory_bytes, kw_agreement_arena_bytes; of these,
     * what one member can cause, kw_session_member_bytes and kw_handover_member_bytes; and the sum
     * of everything, kw_operator_memory_of. The rest is here, in bytes. */
    /* Views of a session's agreements for which a member may send two bodies of every vote. */
    KW_THRESHOLD_SESSION_VIEWS = 64,
    /* Votes of one member in a handover: of 2,048 views two PRECOMMITs each, of under 500 bytes
     * with what is read from them, and two PREVOTEs of the 9 last; some PROPOSEs. */
    KW_THRESHOLD_HANDOVER_SENDER_BYTES_MAX = 2 << 20,
    /* Chains of its mailbox, and lists of letters. */
    KW_THRESHOLD_HANDOVER_LETTERS_BYTES_MAX = 1 << 20,
    /* A candidate: what its file decodes to, and copies of COMMITs that came later. */
    KW_THRESHOLD_HANDOVER_CANDIDATE_BYTES_MAX = 2 << 20,
    /* What the actions of one step, or the messages of one body, point to. */
    KW_THRESHOLD_STEP_BYTES_MAX = 16 << 20,
    /* The record of a session: of 512 members polynomials, and votes of one view. Locked memory. */
    KW_THRESHOLD_RECORD_BYTES_MAX = 16 << 20,
    /* A certificate at hand: its file, and what that decodes to. */
    KW_THRESHOLD_ERA_BYTES_MAX =
        KW_THRESHOLD_CERTIFICATE_BYTES_MAX + KW_THRESHOLD_CERTIFICATE_ARENA_MAX,
    KW_THRESHOLD_APP_ID_BYTES_MAX = 255,
    KW_THRESHOLD_ENTRY_BYTES_MAX = 4096, /* of a log or key set that the cluster signs */
};

#endif /* KW_THRESHOLD_ENGINE_GROUP_LIMITS_H */
