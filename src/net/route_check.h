/* SPDX-License-Identifier: Apache-2.0
 * The start-up check of a route row: what was forgotten shuts. Pure. */
#ifndef KW_NET_ROUTE_CHECK_H
#define KW_NET_ROUTE_CHECK_H

#include "net/route.h"

/* CONFIG: the row is not complete or contradicts itself; the text names row and member. */
KW_MUST_USE kw_status kw_route_check(const kw_route *route, kw_error *err);

#endif /* KW_NET_ROUTE_CHECK_H */
