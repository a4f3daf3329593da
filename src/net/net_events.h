/* SPDX-License-Identifier: Apache-2.0
 * What net/ writes to the log. */
#ifndef KW_NET_NET_EVENTS_H
#define KW_NET_NET_EVENTS_H

#include "net/exchange.h"

/* A refused request: 5xx as a warning, the rest at level info. */
void kw_net_log_refusal(const kw_exchange *x, kw_status st);

#endif /* KW_NET_NET_EVENTS_H */
