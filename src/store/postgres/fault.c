/* SPDX-License-Identifier: Apache-2.0
 * Codes: https://www.postgresql.org/docs/15/errcodes-appendix.html */
#include "store/postgres/fault.h"

#include "base/span.h"

/* The first row whose prefix fits; a class (two characters) stands after its own exceptions. */
static const struct {
    const char *prefix;
    kw_status st;
} rows[] = {
    {"08P01", KW_INTERNAL}, /* protocol violation: a wrong number of arguments */
    {"08", KW_UNAVAILABLE}, /* connection exception */
    {"22", KW_BAD_INPUT},   /* data exception */
    {"23502", KW_REFUSED},  /* not null */
    {"23514", KW_REFUSED},  /* check */
    {"23", KW_CONFLICT},    /* unique, foreign key, exclusion */
    {"40", KW_CONFLICT},    /* serialization failure, deadlock */
    {"53100", KW_NO_SPACE}, /* disk full */
    {"53200", KW_NO_MEMORY}, {"53300", KW_UNAVAILABLE}, /* too many connections */
    {"54", KW_LIMIT},                                   /* program limit exceeded */
    {"55P03", KW_BUSY},                                 /* lock not available */
    {"57014", KW_TIMED_OUT},                            /* query cancelled: the statement timeout */
    {"57P", KW_UNAVAILABLE},                            /* the server shuts down or has crashed */
    {"58", KW_IO},                                      /* system error */
    {"XX001", KW_CORRUPT},   {"XX002", KW_CORRUPT},
};

kw_status kw_postgres_status(const char *sqlstate)
{
    if (sqlstate == NULL) {
        return KW_UNAVAILABLE;
    }
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        if (kw_str_starts_with(kw_str_of(sqlstate), kw_str_of(rows[i].prefix))) {
            return rows[i].st;
        }
    }
    return KW_INTERNAL;
}

bool kw_postgres_status_is_final(kw_status st)
{
    return st == KW_NO_SPACE || st == KW_IO || st == KW_CORRUPT || st == KW_UNAVAILABLE;
}
