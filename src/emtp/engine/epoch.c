/* SPDX-License-Identifier: Apache-2.0
 * Epoch arithmetic and kid forms. Source: emtp.md section 7; ISO 8601 weeks. */
#include "emtp/engine/epoch.h"

#include "base/error.h"

#include <stdio.h>

enum {
    DAY_S = 86400,
    WEEK_S = 7 * DAY_S,
    REPLACEMENT_MAX = 999999
};

bool kw_emtp_rule_is_valid(const kw_emtp_rule *rule)
{
    bool is_period_right =
        rule->cadence != KW_EMTP_CUSTOM ||
        (rule->period_s >= KW_EMTP_PERIOD_S_MIN && rule->period_s <= KW_EMTP_PERIOD_S_MAX);
    return rule->cadence >= KW_EMTP_MONTHLY && rule->cadence <= KW_EMTP_CUSTOM && is_period_right &&
           rule->overlap >= 1 && rule->overlap <= KW_EMTP_OVERLAP_MAX;
}

static kw_unix_s month_start(int64_t months_since_0)
{
    kw_date first = {.year = (int32_t)(months_since_0 / 12),
                     .month = (uint8_t)(months_since_0 % 12 + 1),
                     .day = 1};
    return kw_date_to_days(first) * DAY_S;
}

kw_unix_s kw_emtp_epoch_start(const kw_emtp_rule *rule, kw_unix_s now)
{
    KW_ASSERT(now >= 0 && now <= KW_EMTP_MOMENT_MAX);
    int64_t days = now / DAY_S;
    switch (rule->cadence) {
    case KW_EMTP_MONTHLY: {
        kw_date date = kw_date_of_days(days);
        return month_start((int64_t)date.year * 12 + date.month - 1);
    }
    case KW_EMTP_WEEKLY:
        return (days + 1 - kw_date_weekday(days)) * DAY_S;
    case KW_EMTP_DAILY:
        return days * DAY_S;
    case KW_EMTP_CUSTOM:
        return now - now % rule->period_s;
    case KW_EMTP_NO_CADENCE:
        break;
    }
    KW_ASSERT(rule->cadence != KW_EMTP_NO_CADENCE);
    return now;
}

kw_unix_s kw_emtp_epoch_shift(const kw_emtp_rule *rule, kw_unix_s start, int epochs)
{
    switch (rule->cadence) {
    case KW_EMTP_MONTHLY: {
        kw_date date = kw_date_of_days(start / DAY_S);
        return month_start((int64_t)date.year * 12 + date.month - 1 + epochs);
    }
    case KW_EMTP_WEEKLY:
        return start + (int64_t)epochs * WEEK_S;
    case KW_EMTP_DAILY:
        return start + (int64_t)epochs * DAY_S;
    case KW_EMTP_CUSTOM:
        return start + epochs * rule->period_s;
    case KW_EMTP_NO_CADENCE:
        break;
    }
    KW_ASSERT(rule->cadence != KW_EMTP_NO_CADENCE);
    return start;
}

kw_emtp_window kw_emtp_epoch_window(const kw_emtp_rule *rule, kw_unix_s start)
{
    return (kw_emtp_window){.not_before = start, .not_after = kw_emtp_epoch_shift(rule, start, 1)};
}

/* Writes the bare form of an epoch's kid; the result is its length. */
static int write_form(kw_emtp_kid *out, kw_emtp_cadence cadence, kw_unix_s start)
{
    char utc[KW_RFC3339_BYTES];
    kw_utc_format(utc, start); /* 2026-01-15T08:00:00Z */
    int32_t year = 0;
    int week = 0;
    switch (cadence) {
    case KW_EMTP_MONTHLY:
        return snprintf(out->text, sizeof out->text, "%.7s", utc);
    case KW_EMTP_WEEKLY:
        kw_date_iso_week(start / DAY_S, &year, &week);
        return snprintf(out->text, sizeof out->text, "%04d-W%02d", year, week);
    case KW_EMTP_DAILY:
        return snprintf(out->text, sizeof out->text, "%.10s", utc);
    case KW_EMTP_CUSTOM:
        return snprintf(out->text, sizeof out->text, "c%.4s%.2s%.2sT%.2s%.2s%.2sZ", utc, utc + 5,
                        utc + 8, utc + 11, utc + 14, utc + 17);
    case KW_EMTP_NO_CADENCE:
        break;
    }
    return 0;
}

kw_emtp_kid kw_emtp_epoch_kid(const kw_emtp_rule *rule, kw_unix_s start, uint32_t n)
{
    KW_ASSERT(n <= REPLACEMENT_MAX);
    kw_emtp_kid kid = {0};
    int len = write_form(&kid, rule->cadence, start);
    KW_ASSERT(len > 0 && len < 32);
    if (n > 0) {
        int more = snprintf(kid.text + len, sizeof kid.text - (size_t)len, ".%u", n);
        KW_ASSERT(more > 0);
    }
    return kid;
}

bool kw_emtp_kid_of_text(kw_emtp_kid *out, kw_str text)
{
    if (text.len == 0 || text.len > KW_EMTP_KID_BYTES_MAX || !kw_str_is_made_of(text, "._-")) {
        return false;
    }
    kw_emtp_kid kid = {0};
    memcpy(kid.text, text.ptr, text.len);
    *out = kid;
    return true;
}

/* The digits of `text` from `at` as a number; the caller has checked the shape. */
static int digits(kw_str text, size_t at, size_t count)
{
    int value = 0;
    for (size_t i = at; i < at + count; i++) {
        value = value * 10 + (text.ptr[i] - '0');
    }
    return value;
}

/* True when `text` has the shape: d stands for a digit, all else for itself. */
static bool has_shape(kw_str text, const char *shape)
{
    if (text.len != strlen(shape)) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        bool is_digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        if (shape[i] == 'd' ? !is_digit : text.ptr[i] != shape[i]) {
            return false;
        }
    }
    return true;
}

static bool read_day(kw_unix_s *out, kw_date date)
{
    if (!kw_date_is_valid(date)) {
        return false;
    }
    *out = kw_date_to_days(date) * DAY_S;
    return true;
}

static bool read_week(kw_unix_s *out, kw_str kid)
{
    int64_t monday = 0;
    if (!kw_date_of_iso_week(&monday, digits(kid, 0, 4), digits(kid, 6, 2))) {
        return false;
    }
    *out = monday * DAY_S;
    return true;
}

static bool read_custom(kw_unix_s *out, kw_str kid)
{
    char utc[KW_RFC3339_BYTES];
    int len = snprintf(utc, sizeof utc, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", kid.ptr + 1, kid.ptr + 5,
                       kid.ptr + 7, kid.ptr + 10, kid.ptr + 12, kid.ptr + 14);
    KW_ASSERT(len == KW_RFC3339_BYTES - 1);
    return kw_utc_parse(out, kw_str_of(utc));
}

/* Reads a bare form; `start` may still lie outside the years that we take. */
static bool read_form(kw_emtp_kid_form *out, kw_str kid)
{
    if (has_shape(kid, "dddd-dd")) {
        out->cadence = KW_EMTP_MONTHLY;
        return read_day(&out->start, (kw_date){digits(kid, 0, 4), (uint8_t)digits(kid, 5, 2), 1});
    }
    if (has_shape(kid, "dddd-Wdd")) {
        out->cadence = KW_EMTP_WEEKLY;
        return read_week(&out->start, kid);
    }
    if (has_shape(kid, "dddd-dd-dd")) {
        out->cadence = KW_EMTP_DAILY;
        return read_day(&out->start, (kw_date){digits(kid, 0, 4), (uint8_t)digits(kid, 5, 2),
                                               (uint8_t)digits(kid, 8, 2)});
    }
    if (has_shape(kid, "cddddddddTddddddZ")) {
        out->cadence = KW_EMTP_CUSTOM;
        return read_custom(&out->start, kid);
    }
    return false;
}

bool kw_emtp_kid_parse(kw_emtp_kid_form *out, kw_str kid)
{
    kw_emtp_kid_form form = {0};
    kw_str bare = {0};
    kw_str number = {0};
    if (kw_str_split(kid, '.', &bare, &number)) {
        uint64_t n = 0;
        if (!kw_str_to_u64(number, REPLACEMENT_MAX, &n) || n == 0) {
            return false;
        }
        form.replacement = (uint32_t)n;
    }
    if (!read_form(&form, bare) || form.start < 0 || form.start >= KW_EMTP_MOMENT_MAX) {
        return false;
    }
    *out = form;
    return true;
}

kw_unix_s kw_emtp_expires_at(kw_str kid, kw_emtp_window window, int overlap)
{
    kw_emtp_kid_form form = {0};
    if (!kw_emtp_kid_parse(&form, kid) || window.not_after <= form.start ||
        window.not_after - form.start > KW_EMTP_PERIOD_S_MAX) {
        return window.not_after;
    }
    /* A custom period is not in the kid; its start and the key's end tell it. */
    kw_emtp_rule rule = {
        .cadence = form.cadence, .period_s = window.not_after - form.start, .overlap = overlap};
    if (kw_emtp_epoch_shift(&rule, form.start, 1) != window.not_after) {
        return window.not_after;
    }
    return kw_emtp_epoch_shift(&rule, form.start, 1 + overlap);
}
