/* SPDX-License-Identifier: Apache-2.0
 * What must hold in every run. The first violation is kept. Source: threshold.md section 10. */
#ifndef KW_TESTS_KW_SIM_WATCH_H
#define KW_TESTS_KW_SIM_WATCH_H

#include "kw_sim/world.h"

void sim_watch_blame(sim_world *world, const char *format, ...) KW_PRINTF(2, 3);

/* An operator believes a certificate. */
void sim_watch_certificate(sim_node *node, uint64_t epoch);

/* An operator says that an epoch serves. */
void sim_watch_activation(sim_node *node, uint64_t epoch);

/* An honest operator sends: it never signs two bodies for one place, and opens at most f dealers.
 * True: an EXTRACT is among the messages. */
bool sim_watch_sending(sim_node *node, kw_authenticated_list messages);

/* An operator files a proof of fraud. */
void sim_watch_evidence(sim_node *node, kw_span file);

/* The time of the b-th boundary is over. */
void sim_watch_boundary(sim_world *world, uint16_t b);

#endif /* KW_TESTS_KW_SIM_WATCH_H */
