/* SPDX-License-Identifier: Apache-2.0
 * Civil time in UTC as arithmetic: no clock, no zone, no locale. */
#ifndef KW_BASE_UTC_H
#define KW_BASE_UTC_H

#include "base/span.h"

/* Seconds since 1970-01-01T00:00:00Z without leap seconds. */
typedef int64_t kw_unix_s;

/* Milliseconds of the same count. */
typedef int64_t kw_unix_ms;

/* A calendar day of the proleptic Gregorian calendar. */
typedef struct kw_date {
    int32_t year;  /* 0..9999 */
    uint8_t month; /* 1..12 */
    uint8_t day;   /* 1..31 */
} kw_date;

/* "2026-01-31T23:59:59Z" and a NUL. */
#define KW_RFC3339_BYTES 21

/* 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z: what four digits of a year can say. */
#define KW_UTC_S_MIN INT64_C(-62167219200)
#define KW_UTC_S_MAX INT64_C(253402300799)

/* True for a day that exists, year 0..9999. */
bool kw_date_is_valid(kw_date date);

/* Days since 1970-01-01; the date must be valid. Source: H. Hinnant, chrono-Compatible Low-Level
 * Date Algorithms, days_from_civil. */
int64_t kw_date_to_days(kw_date date);

kw_date kw_date_of_days(int64_t days);

/* 1 = Monday .. 7 = Sunday (ISO 8601). */
int kw_date_weekday(int64_t days);

/* ISO 8601 week of a day: its year and its number 1..53. */
void kw_date_iso_week(int64_t days, int32_t *out_year, int *out_week);

/* Monday of an ISO week as days since 1970-01-01; false when the year has no such week. */
KW_MUST_USE bool kw_date_of_iso_week(int64_t *out_days, int32_t year, int week);

/* Writes RFC 3339 with `Z` and whole seconds; the year must be 0..9999. */
void kw_utc_format(char out[KW_RFC3339_BYTES], kw_unix_s at);

/* Reads exactly "YYYY-MM-DDThh:mm:ssZ", a moment that exists (no leap second); else false. */
KW_MUST_USE bool kw_utc_parse(kw_unix_s *out, kw_str text);

#endif /* KW_BASE_UTC_H */
