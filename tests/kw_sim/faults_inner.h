/* SPDX-License-Identifier: Apache-2.0
 * The functions that faults.c lists: each does with one message what its name says; false: it lets
 * the message pass. */
#ifndef KW_TESTS_KW_SIM_FAULTS_INNER_H
#define KW_TESTS_KW_SIM_FAULTS_INNER_H

#include "kw_sim/faults.h"

/* ---- faults_deal.c ---- */
bool sim_fault_wrong_share(sim_node *self, const sim_letter *letter);
bool sim_fault_share_plus_order(sim_node *self, const sim_letter *letter);
bool sim_fault_wrong_degree(sim_node *self, const sim_letter *letter);
bool sim_fault_zero_coefficient(sim_node *self, const sim_letter *letter);
bool sim_fault_two_deals(sim_node *self, const sim_letter *letter);
bool sim_fault_late_deal(sim_node *self, const sim_letter *letter);
bool sim_fault_withheld_shares(sim_node *self, const sim_letter *letter);
bool sim_fault_left_out_receiver(sim_node *self, const sim_letter *letter);
bool sim_fault_copied_r(sim_node *self, const sim_letter *letter);
bool sim_fault_stale_source(sim_node *self, const sim_letter *letter);

/* ---- faults_echo.c ---- */
bool sim_fault_hello_to_some(sim_node *self, const sim_letter *letter);
bool sim_fault_two_hellos(sim_node *self, const sim_letter *letter);
bool sim_fault_false_have(sim_node *self, const sim_letter *letter);
bool sim_fault_echo_to_some(sim_node *self, const sim_letter *letter);
bool sim_fault_two_echoes(sim_node *self, const sim_letter *letter);
bool sim_fault_false_echo(sim_node *self, const sim_letter *letter);
bool sim_fault_false_complaint(sim_node *self, const sim_letter *letter);
bool sim_fault_complaint_of_nothing(sim_node *self, const sim_letter *letter);

/* ---- faults_vote.c ---- */
bool sim_fault_double_vote(sim_node *self, const sim_letter *letter);
bool sim_fault_double_proposal(sim_node *self, const sim_letter *letter);
bool sim_fault_duplicate_index(sim_node *self, const sim_letter *letter);
bool sim_fault_silent_extraction(sim_node *self, const sim_letter *letter);
bool sim_fault_lying_extraction(sim_node *self, const sim_letter *letter);
bool sim_fault_extract_to_some(sim_node *self, const sim_letter *letter);
bool sim_fault_wrong_reconstruct(sim_node *self, const sim_letter *letter);
bool sim_fault_wrong_commit(sim_node *self, const sim_letter *letter);
bool sim_fault_wrong_canary(sim_node *self, const sim_letter *letter);
bool sim_fault_late_end(sim_node *self, const sim_letter *letter);

/* ---- faults_flood.c ---- */
bool sim_fault_junk(sim_node *self, const sim_letter *letter);
void sim_fault_junk_begin(sim_node *self);
bool sim_fault_replay(sim_node *self, const sim_letter *letter);

/* ---- faults_certificate.c ---- */
bool sim_fault_fake_certificate(sim_node *self, uint16_t to, const sim_parcel *asked);

#endif /* KW_TESTS_KW_SIM_FAULTS_INNER_H */
