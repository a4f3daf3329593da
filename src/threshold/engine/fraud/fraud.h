/* SPDX-License-Identifier: Apache-2.0
 * Whether a proof of fraud convicts, and whom. Nothing is believed but signatures: the identifiers
 * are recomputed from what they cover, so that whoever signed a message had this very cluster,
 * session and roster in mind. A verdict holds for who knows the cluster and its rosters; rosters
 * can be made up, honest members cannot be convicted under their own keys. Source: threshold.md
 * section 9. */
#ifndef KW_THRESHOLD_ENGINE_FRAUD_FRAUD_H
#define KW_THRESHOLD_ENGINE_FRAUD_FRAUD_H

#include "threshold/engine/epoch/candidate_file.h"
#include "threshold/engine/fraud/fraud_file.h"

/* name, whether it convicts, text */
#define KW_FRAUD_REASON_TABLE(X)                                                                \
    X(UNDECIDED, false, "not judged")                                                           \
    X(SHARE_BAD, true, "the share is not that of the commitments, or not below the order")      \
    X(COMPLAINT_FALSE, true, "the share complained about is that of the commitments")           \
    X(TWO_BODIES, true, "two different messages are signed where there may be one")             \
    X(EXTRACT_BAD, true, "the proof of the extraction fails")                                   \
    X(SOURCE_WRONG, true, "what is dealt is not the dealer's share of the epoch before")        \
    X(SESSION, false, "there is no session of such rosters, threshold and suite")               \
    X(ROSTERS, false, "the rosters are not those that the session names")                       \
    X(OTHER_SESSION, false, "a message is of another cluster or session")                       \
    X(SENDERS, false, "the messages are not from the members that this proof is about")         \
    X(STRANGER, false, "a sender is not in the roster whose members send such messages")        \
    X(SIGNATURE, false, "a signature is not that of the sender")                                \
    X(BODY, false, "a message is not well-formed")                                              \
    X(HELLO_UNNAMED, false, "the HELLO is not the one that the DEAL names")                     \
    X(DEALING_INVALID, false, "the proofs of the DEAL fail, or the SHARES are not its own")     \
    X(COMPLAINT_VOID, false, "the ECHO does not complain about this DEAL, or its proof fails")  \
    X(SHARE_GOOD, false, "the share is that of the commitments")                                \
    X(COMPLAINT_TRUE, false, "the share is bad, and the complaint true")                        \
    X(ONE_BODY, false, "both messages are the same")                                            \
    X(TWO_PLACES, false, "the messages are of two sessions, types or views")                    \
    X(EXTRACT_GOOD, false, "the proof of the extraction holds")                                 \
    X(CERTIFICATE, false, "the certificate is none, or not the one that the session continues") \
    X(SOURCE_RIGHT, false, "what is dealt is the dealer's share of the epoch before")

typedef enum kw_fraud_reason {
#define X(name, convicts, text) KW_FRAUD_##name,
    KW_FRAUD_REASON_TABLE(X)
#undef X
} kw_fraud_reason;

bool kw_fraud_convicts(kw_fraud_reason reason);
const char *kw_fraud_reason_text(kw_fraud_reason reason);

typedef struct kw_fraud_verdict {
    kw_fraud_reason reason;
    kw_hash32 cluster_id;
    kw_hash32 sid; /* of the file's session */
    /* Of who is convicted; zeros, and NULL, when nobody is. */
    kw_address member;
    uint16_t index;          /* in the roster below */
    const kw_roster *roster; /* one of the file's */
    kw_address other;        /* of a bad share: who complained; of a false complaint: the dealer */
    /* What the messages were signed for. A handover_id covers no sid: from one equivocation under
     * it follow files of many sessions, and still it is one. */
    kw_instance instance;
    kw_hash32 instance_id; /* the sid field: sid, open_id or handover_id */
} kw_fraud_verdict;

/* Judges. BAD_INPUT: kw_fraud_file_check refuses the file. LIMIT: the arena is full, there is no
 * verdict; KW_THRESHOLD_FRAUD_ARENA_MAX is enough. */
KW_MUST_USE kw_status kw_fraud_judge(kw_fraud_verdict *out, kw_arena *arena,
                                     const kw_fraud_file *file, const kw_candidate_form *form);

/* How a member files what it saw: appends the file, if it convicts. REFUSED: it does not; else as
 * kw_fraud_judge, and NO_MEMORY, LIMIT of the buffer. */
KW_MUST_USE kw_status kw_fraud_prove(kw_buf *out, kw_arena *arena, const kw_fraud_file *file,
                                     const kw_candidate_form *form);

#endif /* KW_THRESHOLD_ENGINE_FRAUD_FRAUD_H */
