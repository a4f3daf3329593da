/* SPDX-License-Identifier: Apache-2.0
 * Binary values: src/backend/utils/adt of PostgreSQL, functions int8send, textsend, byteasend. */
#include "store/postgres/value.h"

/* Stable numbers of pg_type; libpq has no public header for them. */
enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_NAME = 19,
    OID_VARCHAR = 1043,
};

Oid kw_postgres_type_of(kw_sql_kind kind)
{
    switch (kind) {
    case KW_SQL_NULL:
        return 0;
    case KW_SQL_INT:
        return OID_INT8;
    case KW_SQL_TEXT:
        return OID_TEXT;
    case KW_SQL_BLOB:
        return OID_BYTEA;
    }
    return 0;
}

static void put_be64(uint8_t out[8], uint64_t value)
{
    for (int i = 7; i >= 0; i--) {
        out[i] = (uint8_t)value;
        value >>= 8;
    }
}

void kw_postgres_params_fill(kw_postgres_params *out, kw_sql_args args)
{
    for (size_t i = 0; i < args.count; i++) {
        const kw_sql_value *value = &args.items[i];
        out->formats[i] = KW_POSTGRES_BINARY;
        if (value->kind == KW_SQL_NULL) {
            out->values[i] = NULL;
            out->lengths[i] = 0;
        } else if (value->kind == KW_SQL_INT) {
            put_be64(out->numbers[i], (uint64_t)value->number);
            out->values[i] = (const char *)out->numbers[i];
            out->lengths[i] = 8;
        } else {
            /* NULL would mean SQL NULL: an empty value points at something. */
            out->values[i] = value->bytes.len == 0 ? "" : (const char *)value->bytes.ptr;
            out->lengths[i] = (int)value->bytes.len;
        }
    }
}

/* Big endian two's complement of 1, 2, 4 or 8 bytes. */
static int64_t get_be(kw_span bytes)
{
    uint64_t value = (bytes.ptr[0] & 0x80U) != 0 ? UINT64_MAX : 0;
    for (size_t i = 0; i < bytes.len; i++) {
        value = value << 8 | bytes.ptr[i];
    }
    return (int64_t)value;
}

static size_t integer_bytes(Oid type)
{
    static const struct {
        Oid type;
        size_t bytes;
    } rows[] = {{OID_INT8, 8}, {OID_INT4, 4}, {OID_INT2, 2}, {OID_BOOL, 1}};
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        if (rows[i].type == type) {
            return rows[i].bytes;
        }
    }
    return 0;
}

kw_status kw_postgres_value_of(kw_sql_value *out, Oid type, kw_span bytes)
{
    size_t wanted = integer_bytes(type);
    if (wanted != 0) {
        if (bytes.len != wanted) {
            return KW_INTERNAL;
        }
        *out = kw_sql_int(get_be(bytes));
        return KW_OK;
    }
    if (type == OID_TEXT || type == OID_VARCHAR || type == OID_NAME) {
        *out = kw_sql_text(kw_str_of_span(bytes));
        return KW_OK;
    }
    if (type == OID_BYTEA) {
        *out = kw_sql_blob(bytes);
        return KW_OK;
    }
    return KW_INTERNAL;
}
