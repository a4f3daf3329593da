/* SPDX-License-Identifier: Apache-2.0
 * Routes of the threshold domain; their context is a kw_threshold. Source: threshold.md sections 2,
 * 7. */
#ifndef KW_THRESHOLD_API_H
#define KW_THRESHOLD_API_H

#include "net/route.h"

/* Clients: the public key, certificates of epochs. */
extern const kw_route kw_threshold_routes[];
extern const size_t kw_threshold_routes_count;

/* Other operators: messages, certificates. */
extern const kw_route kw_threshold_peer_routes[];
extern const size_t kw_threshold_peer_routes_count;

/* Administration: applications, resharings. */
extern const kw_route kw_threshold_admin_routes[];
extern const size_t kw_threshold_admin_routes_count;

#endif /* KW_THRESHOLD_API_H */
