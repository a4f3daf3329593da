/* SPDX-License-Identifier: Apache-2.0
 * Date of birth (emtp.md 4.3). */
#ifndef KW_EMTP_ENGINE_DOB_H
#define KW_EMTP_ENGINE_DOB_H

#include "base/error.h"
#include "base/span.h"

typedef enum kw_emtp_dob_rule {
    KW_EMTP_DOB_EXACT,    /* YYYY-MM-DD, a day of the calendar */
    KW_EMTP_DOB_LOOSE,    /* v1-ref: day 1..31 in every month */
    KW_EMTP_DOB_OR_MONTH, /* weak mode: YYYY-MM too */
} kw_emtp_dob_rule;

/* Checks a date, ASCII white space around it allowed, year 1800..2100. `out` borrows the date from
 * `text`. BAD_INPUT: another form, another alphabet of digits, no such day. */
KW_MUST_USE kw_status kw_emtp_dob_parse(kw_str *out, kw_str text, kw_emtp_dob_rule rule);

/* True when a parsed date has no day. */
static inline bool kw_emtp_dob_is_month(kw_str dob)
{
    return dob.len == sizeof "YYYY-MM" - 1;
}

#endif /* KW_EMTP_ENGINE_DOB_H */
