/* SPDX-License-Identifier: Apache-2.0
 * From the house's statuses and errors to those of the public API. */
#ifndef KW_CLIENT_OUTCOME_H
#define KW_CLIENT_OUTCOME_H

#include "base/error.h"
#include "keyward/status.h"

/* The public twin of a status, which has the same number; INTERNAL for those that no caller of the
 * library can do anything about. */
kw_client_status kw_client_status_of(kw_status st);

/* The twin of `st`; when it is no success, `error` (may be NULL) gets the text of `err`. */
kw_client_status kw_client_outcome(kw_status st, const kw_error *err, kw_client_error *error);

#endif /* KW_CLIENT_OUTCOME_H */
