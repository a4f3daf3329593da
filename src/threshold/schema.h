/* SPDX-License-Identifier: Apache-2.0
 * Tables of the threshold domain. */
#ifndef KW_THRESHOLD_SCHEMA_H
#define KW_THRESHOLD_SCHEMA_H

#include "store/migrate.h"

#define KW_THRESHOLD_AREA "threshold"

extern const kw_migration kw_threshold_migrations[];
extern const size_t kw_threshold_migrations_count;

#endif /* KW_THRESHOLD_SCHEMA_H */
