/* SPDX-License-Identifier: Apache-2.0
 * Date of birth: one form, ASCII digits, a day that exists (emtp.md 4.3). */
#include "emtp/engine/dob.h"

#include "base/utc.h"
#include "emtp/engine/text.h"

enum {
    YEAR_MIN = 1800,
    YEAR_MAX = 2100
};

/* Reads `len` digits at `at`; false when one is none. */
static bool read_digits(int *out, kw_str text, size_t at, size_t len)
{
    if (!kw_emtp_text_is_digits((kw_str){text.ptr + at, len})) {
        return false;
    }
    *out = 0;
    for (size_t i = at; i < at + len; i++) {
        *out = *out * 10 + (text.ptr[i] - '0');
    }
    return true;
}

kw_status kw_emtp_dob_parse(kw_str *out, kw_str text, kw_emtp_dob_rule rule)
{
    kw_str trimmed = kw_str_trim(text);
    bool is_month = kw_emtp_dob_is_month(trimmed) && rule == KW_EMTP_DOB_OR_MONTH;
    if ((trimmed.len != sizeof "YYYY-MM-DD" - 1 && !is_month) || trimmed.ptr[4] != '-' ||
        (!is_month && trimmed.ptr[7] != '-')) {
        return KW_BAD_INPUT;
    }
    int year = 0;
    int month = 0;
    int day = 1;
    if (!read_digits(&year, trimmed, 0, 4) || !read_digits(&month, trimmed, 5, 2) ||
        (!is_month && !read_digits(&day, trimmed, 8, 2))) {
        return KW_BAD_INPUT;
    }
    if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1 || day > 31) {
        return KW_BAD_INPUT;
    }
    kw_date date = {.year = year, .month = (uint8_t)month, .day = (uint8_t)day};
    if (rule != KW_EMTP_DOB_LOOSE && !kw_date_is_valid(date)) {
        return KW_BAD_INPUT;
    }
    *out = trimmed;
    return KW_OK;
}
