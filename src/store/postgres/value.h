/* SPDX-License-Identifier: Apache-2.0
 * Values in PostgreSQL's binary format: BIGINT is 8 bytes big endian, TEXT and BYTEA are as they
 * are. */
#ifndef KW_STORE_POSTGRES_VALUE_H
#define KW_STORE_POSTGRES_VALUE_H

#include "base/error.h"
#include "store/limits.h"
#include "store/sql.h"

#include <libpq-fe.h>

#define KW_POSTGRES_BINARY 1 /* libpq's code of the format */

/* Arguments as libpq takes them; points into itself and into the arguments. */
typedef struct kw_postgres_params {
    const char *values[KW_STORE_ARGS_MAX]; /* NULL: SQL NULL */
    int lengths[KW_STORE_ARGS_MAX];
    int formats[KW_STORE_ARGS_MAX];
    uint8_t numbers[KW_STORE_ARGS_MAX][8];
} kw_postgres_params;

/* `args.count` <= KW_STORE_ARGS_MAX, each value checked for its length. Must not be copied. */
void kw_postgres_params_fill(kw_postgres_params *out, kw_sql_args args);

/* Type of a parameter; 0 (the server infers it) for KW_SQL_NULL. */
Oid kw_postgres_type_of(kw_sql_kind kind);

/* A column's value; text and bytes are borrowed. INTERNAL: a type outside the contract, or a
 * number of the wrong length. Also reads the shorter integers and BOOLEAN, which come from
 * expressions. */
KW_MUST_USE kw_status kw_postgres_value_of(kw_sql_value *out, Oid type, kw_span bytes);

#endif /* KW_STORE_POSTGRES_VALUE_H */
