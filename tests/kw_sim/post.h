/* SPDX-License-Identifier: Apache-2.0
 * Parcels between operators, and who tries again when the weather took one. */
#ifndef KW_TESTS_KW_SIM_POST_H
#define KW_TESTS_KW_SIM_POST_H

#include "kw_sim/world.h"

/* Copies everything into the run's memory. */
uint32_t sim_post_parcel(sim_world *world, const sim_parcel *parcel);

/* On its way, and again until its time is over. */
void sim_post_send(sim_world *world, uint16_t from, uint16_t to, uint32_t parcel);

/* The same, after `delay_ms`. */
void sim_post_later(sim_world *world, uint16_t from, uint16_t to, uint32_t parcel,
                    uint64_t delay_ms);

/* One message. */
void sim_post_message(sim_world *world, uint16_t from, uint16_t to, const kw_authenticated *message,
                      uint64_t until_ms);

#endif /* KW_TESTS_KW_SIM_POST_H */
