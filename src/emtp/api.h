/* SPDX-License-Identifier: Apache-2.0
 * Routes of the EMTP domain; their context is a kw_emtp. Source: emtp.md section 8. */
#ifndef KW_EMTP_API_H
#define KW_EMTP_API_H

#include "net/route.h"

/* Clients: keys, manifests, code, streams, notices. */
extern const kw_route kw_emtp_routes[];
extern const size_t kw_emtp_routes_count;

/* Administration: rotation, revocation, participants, export. */
extern const kw_route kw_emtp_admin_routes[];
extern const size_t kw_emtp_admin_routes_count;

#endif /* KW_EMTP_API_H */
