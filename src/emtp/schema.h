/* SPDX-License-Identifier: Apache-2.0
 * Tables of the EMTP domain. */
#ifndef KW_EMTP_SCHEMA_H
#define KW_EMTP_SCHEMA_H

#include "store/migrate.h"

#define KW_EMTP_AREA "emtp"

extern const kw_migration kw_emtp_migrations[];
extern const size_t kw_emtp_migrations_count;

#endif /* KW_EMTP_SCHEMA_H */
