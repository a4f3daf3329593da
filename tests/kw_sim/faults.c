/* SPDX-License-Identifier: Apache-2.0
 * The behaviours of threshold.md section 10, by name. Who tells another proof of section 9 than the
 * row says, or none, is found out by tests/sim. */
#include "kw_sim/faults_inner.h"

enum {
    FP1 = 1,
    FP2,
    FP3,
    FP4,
    FP5,
};

const sim_fault sim_faults[] = {
    {.name = "wrong share", .send = sim_fault_wrong_share, .proof = FP1},
    {.name = "share + r", .send = sim_fault_share_plus_order, .proof = FP1},
    {.name = "wrong degree", .send = sim_fault_wrong_degree},
    {.name = "zero coefficient", .send = sim_fault_zero_coefficient},
    {.name = "equivocating DEAL", .send = sim_fault_two_deals, .proof = FP3},
    {.name = "late DEAL", .send = sim_fault_late_deal},
    {.name = "withheld SHARES", .send = sim_fault_withheld_shares},
    {.name = "left-out receiver", .send = sim_fault_left_out_receiver},
    {.name = "copied R", .send = sim_fault_copied_r},
    {.name = "stale source share", .send = sim_fault_stale_source, .proof = FP5},
    {.name = "HELLO to some", .send = sim_fault_hello_to_some},
    {.name = "two HELLOs", .send = sim_fault_two_hellos, .proof = FP3},
    {.name = "false HAVE", .send = sim_fault_false_have},
    {.name = "ECHO to some", .send = sim_fault_echo_to_some},
    {.name = "two ECHOs", .send = sim_fault_two_echoes, .proof = FP3},
    {.name = "false echo", .send = sim_fault_false_echo},
    {.name = "false complaint", .send = sim_fault_false_complaint, .proof = FP2},
    {.name = "complaint of nothing", .send = sim_fault_complaint_of_nothing},
    {.name = "double vote", .send = sim_fault_double_vote, .proof = FP3},
    {.name = "double proposal", .send = sim_fault_double_proposal, .proof = FP3},
    {.name = "duplicate index", .send = sim_fault_duplicate_index},
    {.name = "silent extraction", .send = sim_fault_silent_extraction},
    {.name = "lying extraction", .send = sim_fault_lying_extraction, .proof = FP4},
    {.name = "EXTRACT to some", .send = sim_fault_extract_to_some},
    {.name = "wrong RECONSTRUCT", .send = sim_fault_wrong_reconstruct},
    {.name = "wrong COMMIT", .send = sim_fault_wrong_commit},
    {.name = "wrong canary", .send = sim_fault_wrong_canary},
    {.name = "late end", .send = sim_fault_late_end},
    {.name = "junk flood", .send = sim_fault_junk, .begin = sim_fault_junk_begin},
    {.name = "replayed sid", .send = sim_fault_replay},
    {.name = "fake certificate", .answer = sim_fault_fake_certificate},
};
const size_t sim_faults_count = KW_COUNT(sim_faults);
