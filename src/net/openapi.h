/* SPDX-License-Identifier: Apache-2.0
 * OpenAPI 3.1 from route tables: the same rows that serve. */
#ifndef KW_NET_OPENAPI_H
#define KW_NET_OPENAPI_H

#include "base/buf.h"
#include "net/route.h"

/* Appends the document for the tables, paths in the order of the rows; equal tables give equal
 * bytes. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_openapi_write(kw_buf *out, const kw_mount *mounts, size_t mounts_count,
                                       const char *version);

#endif /* KW_NET_OPENAPI_H */
