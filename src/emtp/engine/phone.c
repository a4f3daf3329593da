/* SPDX-License-Identifier: Apache-2.0
 * Telephone numbers by the rows of emtp.md 4.4, and as the reference program reads them. */
#include "emtp/engine/phone.h"

enum {
    EXTENSION_DIGITS_MAX = 6,
    DIGITS_BEFORE_EXTENSION_MIN = 7,
    VALUE_DIGITS_MIN = 4,
    E164_DIGITS_MIN = 8,
    E164_DIGITS_MAX = 15,
    US_DIGITS = 10,
};

static size_t count_digits(kw_str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += kw_emtp_is_digit(text.ptr[i]);
    }
    return count;
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

/* Bytes before a marker (x, #, ext) that ends at `end`; `end` itself when there is none. */
static size_t before_marker(kw_str text, size_t end)
{
    if (end > 0 && is_one_of(text.ptr[end - 1], "xX#")) {
        return end - 1;
    }
    if (end >= 3 && kw_str_equal_nocase((kw_str){text.ptr + end - 3, 3}, KW_STR("ext"))) {
        return end - 3;
    }
    return end;
}

/* The text before an extension: marker, any of space . :, 1..6 digits, spaces to the end. Read
 * backwards, as the form is anchored there. */
static kw_str without_extension(kw_str text)
{
    size_t end = text.len;
    while (end > 0 && text.ptr[end - 1] == ' ') {
        end--;
    }
    size_t digits_end = end;
    while (end > 0 && kw_emtp_is_digit(text.ptr[end - 1])) {
        end--;
    }
    size_t digits = digits_end - end;
    if (digits < 1 || digits > EXTENSION_DIGITS_MAX) {
        return text;
    }
    while (end > 0 && is_one_of(text.ptr[end - 1], " .:")) {
        end--;
    }
    kw_str head = {text.ptr, before_marker(text, end)};
    bool is_extension = head.len < end && count_digits(head) >= DIGITS_BEFORE_EXTENSION_MIN;
    return is_extension ? head : text;
}

/* Length of the country code at the front of digits that do not begin with 0 (ITU-T E.164). */
static size_t country_code_digits(kw_str digits)
{
    static const char two_digit_codes[][3] = {
        "20", "27", "28", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45",
        "46", "47", "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62",
        "63", "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98"};
    if (digits.ptr[0] == '1' || digits.ptr[0] == '7') {
        return 1;
    }
    for (size_t i = 0; i < KW_COUNT(two_digit_codes); i++) {
        if (kw_str_starts_with(digits, kw_str_of(two_digit_codes[i]))) {
            return KW_MIN(digits.len, (size_t)2);
        }
    }
    return KW_MIN(digits.len, (size_t)3);
}

static kw_str without_first(kw_str text, size_t count)
{
    return (kw_str){text.ptr + count, text.len - count};
}

static kw_str last_ten(kw_str digits)
{
    return digits.len < US_DIGITS ? (kw_str){0} : without_first(digits, digits.len - US_DIGITS);
}

/* Prefix and digits in one text. LIMIT. */
static kw_status make_e164(kw_arena *arena, kw_str *out, kw_str prefix, kw_str digits)
{
    kw_emtp_line line = {0};
    KW_TRY(kw_emtp_line_new(arena, &line, prefix.len + digits.len));
    kw_emtp_line_add(&line, prefix);
    kw_emtp_line_add(&line, digits);
    *out = kw_emtp_line_text(&line);
    return KW_OK;
}

/* Drops what is too short to mean anything, and what E.164 cannot be. */
static void keep_sound_values(kw_emtp_phone *phone)
{
    size_t e164_digits = phone->e164.len == 0 ? 0 : phone->e164.len - 1;
    if (e164_digits < E164_DIGITS_MIN || e164_digits > E164_DIGITS_MAX) {
        phone->e164 = (kw_str){0};
    }
    if (phone->national.len < VALUE_DIGITS_MIN) {
        phone->national = (kw_str){0};
    }
}

/* `digits`: all digits as written; `has_plus`: a `+` stands before the first of them. */
static kw_status read_v1(kw_arena *arena, kw_emtp_phone *out, kw_str digits, bool has_plus,
                         bool from_us)
{
    kw_str subject =
        !has_plus && kw_str_starts_with(digits, KW_STR("00")) ? without_first(digits, 2) : digits;
    bool is_international = has_plus || subject.len < digits.len;
    out->last10 = last_ten(digits);
    out->national = digits;
    if (is_international && subject.len > 0 && subject.ptr[0] != '0') {
        KW_TRY(make_e164(arena, &out->e164, KW_STR("+"), subject));
        out->national = without_first(subject, country_code_digits(subject));
    } else if (!is_international && from_us && digits.len == US_DIGITS) {
        KW_TRY(make_e164(arena, &out->e164, KW_STR("+1"), digits));
    } else if (!is_international && from_us && digits.len == US_DIGITS + 1 &&
               digits.ptr[0] == '1') {
        KW_TRY(make_e164(arena, &out->e164, KW_STR("+"), digits));
        out->national = out->last10;
    }
    keep_sound_values(out);
    return KW_OK;
}

static kw_status read_reference(kw_arena *arena, kw_emtp_phone *out, kw_str digits)
{
    if (digits.len == 0) {
        return KW_OK;
    }
    bool is_us = digits.len == US_DIGITS;
    bool has_us_code = digits.len == US_DIGITS + 1 && digits.ptr[0] == '1';
    kw_str prefix = is_us ? KW_STR("+1") : digits.len > US_DIGITS ? KW_STR("+") : KW_STR("");
    KW_TRY(make_e164(arena, &out->e164, prefix, digits));
    out->last10 = last_ten(digits);
    out->national = has_us_code ? out->last10 : digits;
    return KW_OK;
}

kw_status kw_emtp_phone_read(kw_arena *arena, kw_emtp_phone *out, kw_str text,
                             const kw_emtp_options *options)
{
    kw_str number = options->profile == KW_EMTP_V1_REF ? text : without_extension(text);
    kw_emtp_line digits = {0};
    KW_TRY(kw_emtp_line_new(arena, &digits, number.len));
    bool has_plus = false;
    for (size_t i = 0; i < number.len; i++) {
        if (kw_emtp_is_digit(number.ptr[i])) {
            digits.at[digits.len++] = number.ptr[i];
        } else if (number.ptr[i] == '+' && digits.len == 0) {
            has_plus = true;
        }
    }
    *out = (kw_emtp_phone){0};
    if (options->profile == KW_EMTP_V1_REF) {
        return read_reference(arena, out, kw_emtp_line_text(&digits));
    }
    return read_v1(arena, out, kw_emtp_line_text(&digits), has_plus, !options->phones_not_from_us);
}
