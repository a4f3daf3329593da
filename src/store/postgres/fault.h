/* SPDX-License-Identifier: Apache-2.0
 * PostgreSQL's SQLSTATE codes as statuses of the house. */
#ifndef KW_STORE_POSTGRES_FAULT_H
#define KW_STORE_POSTGRES_FAULT_H

#include "base/error.h"

/* `sqlstate`: five characters, or NULL when the server said nothing (the connection is gone). */
KW_MUST_USE kw_status kw_postgres_status(const char *sqlstate);

/* True when the code means that the transaction cannot go on, whatever the statement was. */
bool kw_postgres_status_is_final(kw_status st);

#endif /* KW_STORE_POSTGRES_FAULT_H */
