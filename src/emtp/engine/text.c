/* SPDX-License-Identifier: Apache-2.0
 * The general step as a context-free map of code points (emtp.md 4.1). Handles personal data:
 * everything lands in the caller's arena, which is wiped after use. */
#include "emtp/engine/text.h"

#include "codec/utf8.h"

typedef struct text_entry {
    uint32_t point;
    char text[8]; /* at most 6 characters */
} text_entry;

typedef struct text_range {
    uint32_t first;
    uint32_t last;
} text_range;

#include "emtp/engine/codepoints.inc.h"

/* The generator asserts it: no code point becomes longer than twice its UTF-8 form. */
enum {
    GROWTH_MAX = 2
};

/* What the map says of one code point. */
static const char *text_of_point(uint32_t point)
{
    size_t low = 0;
    size_t high = KW_COUNT(text_entries);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (text_entries[middle].point < point) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < KW_COUNT(text_entries) && text_entries[low].point == point) {
        return text_entries[low].text;
    }
    low = 0;
    high = KW_COUNT(text_dropped);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (text_dropped[middle].last < point) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool is_dropped = low < KW_COUNT(text_dropped) && text_dropped[low].first <= point;
    return is_dropped ? "" : " ";
}

/* Puts one mapped character; spaces wait until a character follows, so runs and ends vanish. */
static void put(kw_emtp_line *line, bool *has_gap, char c)
{
    bool is_kept = (c >= 'A' && c <= 'Z') || kw_emtp_is_digit(c);
    if (!is_kept) {
        *has_gap = line->len > 0;
        return;
    }
    if (*has_gap) {
        line->at[line->len++] = ' ';
        *has_gap = false;
    }
    line->at[line->len++] = c;
}

kw_status kw_emtp_text_normalise(kw_arena *arena, kw_str *out, kw_str text)
{
    kw_emtp_line line = {0};
    KW_TRY(kw_emtp_line_new(arena, &line, GROWTH_MAX * text.len));
    bool has_gap = false;
    for (kw_str rest = text; rest.len > 0;) {
        char c = rest.ptr[0];
        if ((uint8_t)c < 0x80) {
            put(&line, &has_gap, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
            rest = (kw_str){rest.ptr + 1, rest.len - 1};
            continue;
        }
        uint32_t point = 0;
        (void)kw_utf8_next(&rest, &point); /* the replacement character maps to a space */
        for (const char *mapped = text_of_point(point); *mapped != '\0'; mapped++) {
            put(&line, &has_gap, *mapped);
        }
    }
    *out = kw_emtp_line_text(&line);
    return KW_OK;
}

kw_status kw_emtp_text_words(kw_arena *arena, kw_strs *out, kw_str normalised)
{
    size_t count = normalised.len > 0;
    for (size_t i = 0; i < normalised.len; i++) {
        count += normalised.ptr[i] == ' ';
    }
    kw_str *items = kw_arena_new(arena, count, sizeof *items);
    if (items == NULL) {
        return KW_LIMIT;
    }
    kw_str rest = normalised;
    for (size_t i = 0; i < count; i++) {
        (void)kw_str_split(rest, ' ', &items[i], &rest);
    }
    *out = (kw_strs){items, count};
    return KW_OK;
}

kw_status kw_emtp_line_new(kw_arena *arena, kw_emtp_line *out, size_t bytes)
{
    char *at = kw_arena_new(arena, bytes, 1);
    if (at == NULL) {
        return KW_LIMIT;
    }
    *out = (kw_emtp_line){.at = at};
    return KW_OK;
}

void kw_emtp_line_add(kw_emtp_line *line, kw_str text)
{
    if (text.len > 0) {
        memcpy(line->at + line->len, text.ptr, text.len);
        line->len += text.len;
    }
}

void kw_emtp_line_add_word(kw_emtp_line *line, kw_str word)
{
    if (line->len > 0 && word.len > 0) {
        line->at[line->len++] = ' ';
    }
    kw_emtp_line_add(line, word);
}

bool kw_emtp_text_is_digits(kw_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!kw_emtp_is_digit(text.ptr[i])) {
            return false;
        }
    }
    return text.len > 0;
}

bool kw_emtp_text_has_digit(kw_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (kw_emtp_is_digit(text.ptr[i])) {
            return true;
        }
    }
    return false;
}
