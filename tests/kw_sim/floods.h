/* SPDX-License-Identifier: Apache-2.0
 * Operators that say more than anybody may: a thousand bodies, each signed, where one is due. They
 * are no behaviours of faults.h, so that seeds keep the runs that they stand for. */
#ifndef KW_TESTS_KW_SIM_FLOODS_H
#define KW_TESTS_KW_SIM_FLOODS_H

#include "kw_sim/faults.h"

/* One for each type of message, by its number; 0: HELLOs of sessions that are none. */
extern const sim_fault sim_floods[];
extern const size_t sim_floods_count;

/* Faulty by name only. */
extern const sim_fault sim_fault_none;

#endif /* KW_TESTS_KW_SIM_FLOODS_H */
