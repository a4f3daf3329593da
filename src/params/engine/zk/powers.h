/* SPDX-License-Identifier: Apache-2.0
 * Is each point of a run the one before it times tau? A random combination says so with one pairing
 * equation: sum r_i P_(i+1) is to sum r_i P_i as tau H is to H. */
#ifndef KW_PARAMS_ENGINE_ZK_POWERS_H
#define KW_PARAMS_ENGINE_ZK_POWERS_H

#include "params/engine/zk/work.h"

typedef struct kw_zk_powers {
    kw_zk_run run;
    kw_zk_point base; /* H, of the other group */
    kw_zk_point step; /* tau H */
} kw_zk_powers;

/* Walks over the run; at KW_ZK_FULL the powers are checked, and a wrong one is found and named.
 * `out_first` is the first point. ZK_INVALID, or as kw_zk_walk. */
KW_MUST_USE kw_status kw_zk_powers_check(kw_zk_point *out_first, kw_zk_work *w,
                                         const kw_zk_powers *powers, kw_error *err);

#endif /* KW_PARAMS_ENGINE_ZK_POWERS_H */
