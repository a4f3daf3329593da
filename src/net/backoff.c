/* SPDX-License-Identifier: Apache-2.0
 * Back-off, and the two time fields of HTTP that it depends on. RFC 9110 sections 5.6.7, 10.2.3. */
#include "net/backoff.h"

#include "base/span.h"
#include "base/utc.h"

#include <stdio.h>

enum {
    DAY_S = 86400,
    RETRY_AFTER_S_MAX = DAY_S,
};

static const char weekdays[7][4] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

uint64_t kw_backoff_wait_ms(const kw_backoff *backoff, uint32_t attempts_done,
                            uint64_t retry_after_ms, uint64_t random)
{
    KW_ASSERT(attempts_done > 0 && backoff->base_ms > 0);
    uint64_t ceiling_ms = backoff->max_ms;
    if (attempts_done <= 32) {
        ceiling_ms = KW_MIN(ceiling_ms, (uint64_t)backoff->base_ms << (attempts_done - 1));
    }
    /* Uniform in 0..ceiling: the high word of a 64 by 64 bit product. */
    uint64_t wait_ms = (uint64_t)(((kw_u128)random * (ceiling_ms + 1)) >> 64);
    return KW_MAX(wait_ms, retry_after_ms);
}

bool kw_backoff_is_retryable(int http, bool is_idempotent)
{
    if (http == 429 || http == 503) {
        return true;
    }
    bool is_transient =
        http == 0 || http == 408 || http == 425 || http == 500 || http == 502 || http == 504;
    return is_transient && is_idempotent;
}

bool kw_retry_after_parse(uint64_t *out_ms, const char *text, int64_t now_s)
{
    uint64_t seconds = 0;
    int64_t at_s = 0;
    if (kw_str_to_u64(kw_str_of(text), UINT64_MAX, &seconds)) {
        *out_ms = KW_MIN(seconds, (uint64_t)RETRY_AFTER_S_MAX) * 1000;
        return true;
    }
    if (!kw_http_date_parse(&at_s, text)) {
        return false;
    }
    int64_t left_s = KW_MIN(KW_MAX(at_s - now_s, 0), RETRY_AFTER_S_MAX);
    *out_ms = (uint64_t)left_s * 1000;
    return true;
}

static bool find_name(const char (*names)[4], size_t count, const char *text, int *out)
{
    for (size_t i = 0; i < count; i++) {
        if (strncmp(names[i], text, 3) == 0) {
            *out = (int)i;
            return true;
        }
    }
    return false;
}

static bool read_number(const char *text, size_t digits, int *out)
{
    int value = 0;
    for (size_t i = 0; i < digits; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        value = value * 10 + (text[i] - '0');
    }
    *out = value;
    return true;
}

bool kw_http_date_parse(int64_t *out_s, const char *text)
{
    /* Letters stand for themselves, `a` for a letter of a name, `d` for a digit. */
    static const char shape[] = "aaa, dd aaa dddd dd:dd:dd GMT";
    if (strlen(text) != sizeof shape - 1) {
        return false;
    }
    for (size_t i = 0; i < sizeof shape - 1; i++) {
        if (shape[i] != 'a' && shape[i] != 'd' && shape[i] != text[i]) {
            return false;
        }
    }
    int weekday = 0;
    int month = 0;
    int day = 0;
    int year = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!find_name(weekdays, KW_COUNT(weekdays), text, &weekday) ||
        !find_name(months, KW_COUNT(months), text + 8, &month) || !read_number(text + 5, 2, &day) ||
        !read_number(text + 12, 4, &year) || !read_number(text + 17, 2, &hour) ||
        !read_number(text + 20, 2, &minute) || !read_number(text + 23, 2, &second)) {
        return false;
    }
    kw_date date = {.year = year, .month = (uint8_t)(month + 1), .day = (uint8_t)day};
    if (!kw_date_is_valid(date) || hour > 23 || minute > 59 || second > 59 ||
        kw_date_weekday(kw_date_to_days(date)) != weekday + 1) {
        return false;
    }
    *out_s = kw_date_to_days(date) * DAY_S + hour * 3600 + minute * 60 + second;
    return true;
}

void kw_http_date_format(char out[KW_HTTP_DATE_BYTES], int64_t at_s)
{
    int64_t days = at_s / DAY_S;
    unsigned second = (unsigned)(at_s % DAY_S);
    kw_date date = kw_date_of_days(days);
    KW_ASSERT(at_s >= 0 && date.year <= 9999);
    /* The remainders keep the compiler's length analysis within the buffer. */
    int written =
        snprintf(out, KW_HTTP_DATE_BYTES, "%s, %02u %s %04u %02u:%02u:%02u GMT",
                 weekdays[kw_date_weekday(days) - 1], date.day % 100U, months[date.month - 1],
                 (unsigned)date.year % 10000, second / 3600 % 24, second / 60 % 60, second % 60);
    KW_ASSERT(written == KW_HTTP_DATE_BYTES - 1);
}
