/* SPDX-License-Identifier: Apache-2.0
 * Tables of the params domain. */
#ifndef KW_PARAMS_SCHEMA_H
#define KW_PARAMS_SCHEMA_H

#include "store/store.h"

/* Brings the tables up to this release. Statuses of kw_store_migrate. */
KW_MUST_USE kw_status kw_params_migrate(kw_store *store, kw_error *err);

#endif /* KW_PARAMS_SCHEMA_H */
