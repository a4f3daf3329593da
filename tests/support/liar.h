/* SPDX-License-Identifier: Apache-2.0
 * An operator that says two things: a second HELLO for a session in which it says one already. Both
 * are signed with its key, so together they are proof of fraud (FP3). */
#ifndef KW_TESTS_SUPPORT_LIAR_H
#define KW_TESTS_SUPPORT_LIAR_H

#include "base/buf.h"
#include "crypto/rng.h"
#include "threshold/engine/roster/cluster_file.h"

/* What it knows; borrowed. */
typedef struct liar {
    const kw_cluster_file *cluster;
    const kw_roster *roster; /* operators at the boundary */
    kw_address self;
    kw_peer_signer signer;
    const kw_rng *rng;
} liar;

/* The reshare that follows the epoch of a certificate at a boundary (Unix seconds): appends a HELLO
 * for it, as the body of POST /reshare/hello. Fails the test, or ends the program, when it cannot.
 */
void liar_say_hello(const liar *who, kw_buf *out_json, kw_span certificate, uint64_t boundary_s);

#endif /* KW_TESTS_SUPPORT_LIAR_H */
