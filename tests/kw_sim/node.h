/* SPDX-License-Identifier: Apache-2.0
 * One operator: an engine, what carries out its actions, and how it falls and rises. */
#ifndef KW_TESTS_KW_SIM_NODE_H
#define KW_TESTS_KW_SIM_NODE_H

#include "kw_sim/world.h"

void sim_node_open(sim_node *node, sim_world *world, uint16_t number);
void sim_node_close(sim_node *node);

/* What the alarm or the parcel asks for, and all that the engine does about it. */
void sim_node_alarm(sim_node *node, uint32_t alarm);
void sim_node_hear(sim_node *node, uint16_t from, uint32_t parcel);

/* Unix ms by its clock. */
uint64_t sim_node_now(const sim_node *node);

/* Signs as the operator. */
kw_authenticated sim_node_sign(sim_node *node, kw_span payload);

#endif /* KW_TESTS_KW_SIM_NODE_H */
