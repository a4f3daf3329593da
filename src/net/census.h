/* SPDX-License-Identifier: Apache-2.0
 * Counts connections of the server and of each network (/24 or /64), for their limits. */
#ifndef KW_NET_CENSUS_H
#define KW_NET_CENSUS_H

#include "net/endpoint.h"

/* Thread-safe; touched once at accept and once at close. */
typedef struct kw_census kw_census;

/* Room for `connections_max` at once. NO_MEMORY. */
KW_MUST_USE kw_status kw_census_new(kw_census **out, uint32_t connections_max,
                                    uint32_t per_network_max);

/* Takes NULL. */
void kw_census_free(kw_census *census);

KW_AUTO_PTR_DEFINE(kw_census);

/* One connection more. BUSY: a limit is reached, nothing is counted. */
KW_MUST_USE kw_status kw_census_enter(kw_census *census, const kw_endpoint *address);

/* One less; it must have entered. */
void kw_census_leave(kw_census *census, const kw_endpoint *address);

#endif /* KW_NET_CENSUS_H */
