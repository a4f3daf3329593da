/* SPDX-License-Identifier: Apache-2.0
 * PostgreSQL 15 as a back-end: prepared statements, binary values, connections that come back. */
#ifndef KW_STORE_POSTGRES_POSTGRES_H
#define KW_STORE_POSTGRES_POSTGRES_H

#include "store/driver.h"

extern const kw_sql_driver kw_postgres_driver;

#endif /* KW_STORE_POSTGRES_POSTGRES_H */
