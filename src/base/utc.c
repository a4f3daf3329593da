/* SPDX-License-Identifier: Apache-2.0
 * Civil time in UTC. Source: H. Hinnant, chrono-Compatible Low-Level Date Algorithms; RFC 3339. */
#include "base/utc.h"

#include "base/error.h"

#include <stdio.h>

enum {
    DAY_S = 86400,
    DAYS_PER_ERA = 146097
};

static bool is_leap(int32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool kw_date_is_valid(kw_date date)
{
    static const uint8_t days_in_month[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (date.year < 0 || date.year > 9999 || date.month < 1 || date.month > 12 || date.day < 1) {
        return false;
    }
    int days = days_in_month[date.month - 1] + (date.month == 2 && is_leap(date.year) ? 1 : 0);
    return date.day <= days;
}

int64_t kw_date_to_days(kw_date date)
{
    /* Years start in March, so the leap day is the last of its year. */
    int64_t year = date.month <= 2 ? (int64_t)date.year - 1 : date.year;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t month = date.month + (date.month > 2 ? -3 : 9);
    int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - 719468;
}

kw_date kw_date_of_days(int64_t days)
{
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    int64_t day_of_era = shifted - era * DAYS_PER_ERA;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    int64_t calendar_month = month + (month < 10 ? 3 : -9);
    return (kw_date){.year = (int32_t)(year_of_era + era * 400 + (calendar_month <= 2 ? 1 : 0)),
                     .month = (uint8_t)calendar_month,
                     .day = (uint8_t)(day_of_year - (153 * month + 2) / 5 + 1)};
}

int kw_date_weekday(int64_t days)
{
    /* 1970-01-01 was a Thursday. */
    int64_t offset = (days + 3) % 7;
    return (int)(offset < 0 ? offset + 7 : offset) + 1;
}

void kw_date_iso_week(int64_t days, int32_t *out_year, int *out_week)
{
    /* The week belongs to the year of its Thursday. */
    int64_t thursday = days + 4 - kw_date_weekday(days);
    int32_t year = kw_date_of_days(thursday).year;
    int64_t first = kw_date_to_days((kw_date){.year = year, .month = 1, .day = 1});
    *out_year = year;
    *out_week = (int)((thursday - first) / 7) + 1;
}

bool kw_date_of_iso_week(int64_t *out_days, int32_t year, int week)
{
    if (week < 1 || week > 53) {
        return false;
    }
    int64_t fourth = kw_date_to_days((kw_date){.year = year, .month = 1, .day = 4});
    int64_t monday = fourth - (kw_date_weekday(fourth) - 1) + 7 * (int64_t)(week - 1);
    int32_t year_back = 0;
    int week_back = 0;
    kw_date_iso_week(monday, &year_back, &week_back);
    if (year_back != year || week_back != week) {
        return false;
    }
    *out_days = monday;
    return true;
}

void kw_utc_format(char out[KW_RFC3339_BYTES], kw_unix_s at)
{
    int64_t days = at >= 0 ? at / DAY_S : (at - (DAY_S - 1)) / DAY_S;
    int second = (int)(at - days * DAY_S);
    kw_date date = kw_date_of_days(days);
    KW_ASSERT(date.year >= 0 && date.year <= 9999);
    /* The remainders keep the compiler's length analysis within the buffer. */
    int written = snprintf(out, KW_RFC3339_BYTES, "%04u-%02u-%02uT%02u:%02u:%02uZ",
                           (unsigned)date.year % 10000, date.month % 100U, date.day % 100U,
                           (unsigned)(second / 3600) % 100, (unsigned)(second / 60) % 60,
                           (unsigned)second % 60);
    KW_ASSERT(written == KW_RFC3339_BYTES - 1);
}

static bool read_digits(const char *at, int count, int *out)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (at[i] < '0' || at[i] > '9') {
            return false;
        }
        value = value * 10 + (at[i] - '0');
    }
    *out = value;
    return true;
}

bool kw_utc_parse(kw_unix_s *out, kw_str text)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";
    if (text.len != sizeof shape - 1) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (shape[i] != 'd' && shape[i] != text.ptr[i]) {
            return false;
        }
    }
    int part[6] = {0};
    static const struct {
        int offset;
        int count;
    } places[] = {{0, 4}, {5, 2}, {8, 2}, {11, 2}, {14, 2}, {17, 2}};
    for (size_t i = 0; i < KW_COUNT(places); i++) {
        if (!read_digits(text.ptr + places[i].offset, places[i].count, &part[i])) {
            return false;
        }
    }
    kw_date date = {.year = part[0], .month = (uint8_t)part[1], .day = (uint8_t)part[2]};
    if (!kw_date_is_valid(date) || part[3] > 23 || part[4] > 59 || part[5] > 59) {
        return false;
    }
    *out = kw_date_to_days(date) * DAY_S + part[3] * 3600 + part[4] * 60 + part[5];
    return true;
}
