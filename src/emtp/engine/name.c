/* SPDX-License-Identifier: Apache-2.0
 * Readings of a name (emtp.md 4.2): honorifics and suffixes taken off, the rest cut in three. */
#include "emtp/engine/name.h"

static const char *const honorifics[] = {"MR",   "MRS", "MS",  "MISS", "DR",
                                         "PROF", "REV", "SIR", "MADAM"};

static const struct {
    const char *word;
    const char *suffix;
} suffixes[] = {{"JR", "JR"}, {"JUNIOR", "JR"}, {"SR", "SR"}, {"SENIOR", "SR"}, {"I", "I"},
                {"II", "II"}, {"III", "III"},   {"IV", "IV"}, {"V", "V"},       {"VI", "VI"}};

enum {
    PACKED_LETTERS_MIN = 2,
    PACKED_LETTERS_MAX = 4
};

static bool is_honorific(kw_str word)
{
    for (size_t i = 0; i < KW_COUNT(honorifics); i++) {
        if (kw_str_equal(word, kw_str_of(honorifics[i]))) {
            return true;
        }
    }
    return false;
}

/* The canonical suffix that a word is, or the empty text. */
static kw_str suffix_of(kw_str word)
{
    for (size_t i = 0; i < KW_COUNT(suffixes); i++) {
        if (kw_str_equal(word, kw_str_of(suffixes[i].word))) {
            return kw_str_of(suffixes[i].suffix);
        }
    }
    return (kw_str){0};
}

static kw_str last_of(kw_strs words)
{
    return words.count == 0 ? (kw_str){0} : words.items[words.count - 1];
}

static void drop_first(kw_strs *words)
{
    words->items++;
    words->count--;
}

/* Takes a suffix off the end when at least `stay` words remain. */
static kw_str take_suffix(kw_strs *words, size_t stay)
{
    kw_str suffix = suffix_of(last_of(*words));
    if (suffix.len == 0 || words->count < stay + 1) {
        return (kw_str){0};
    }
    words->count--;
    return suffix;
}

/* Given, middles and family of two or more words; a single word is the family. */
static void cut(kw_emtp_reading *out, kw_strs words)
{
    out->family = last_of(words);
    if (words.count >= 2) {
        out->given = words.items[0];
        out->middles = (kw_strs){words.items + 1, words.count - 2};
    }
}

static kw_emtp_reading read_spec(kw_strs words)
{
    kw_emtp_reading reading = {.kind = KW_EMTP_READING_SPEC};
    size_t suffix_words = suffix_of(last_of(words)).len > 0;
    while (words.count >= 3 + suffix_words && is_honorific(words.items[0])) {
        drop_first(&words);
    }
    reading.suffix = take_suffix(&words, 2);
    cut(&reading, words);
    return reading;
}

static kw_emtp_reading read_reference(kw_strs words)
{
    kw_emtp_reading reading = {.kind = KW_EMTP_READING_REFERENCE};
    if (words.count > 2 && is_honorific(words.items[0])) {
        drop_first(&words);
    }
    reading.suffix = take_suffix(&words, 1);
    cut(&reading, words);
    if (words.count == 1) {
        reading.given = reading.family;
    }
    return reading;
}

static bool texts_equal(kw_strs a, kw_strs b)
{
    if (a.count != b.count) {
        return false;
    }
    for (size_t i = 0; i < a.count; i++) {
        if (!kw_str_equal(a.items[i], b.items[i])) {
            return false;
        }
    }
    return true;
}

static bool readings_equal(const kw_emtp_reading *a, const kw_emtp_reading *b)
{
    return kw_str_equal(a->given, b->given) && texts_equal(a->middles, b->middles) &&
           kw_str_equal(a->family, b->family) && kw_str_equal(a->suffix, b->suffix);
}

/* True for what looks like initials written together: 2 to 4 letters, no vowel, no Y. */
static bool is_packed(kw_str given)
{
    if (given.len < PACKED_LETTERS_MIN || given.len > PACKED_LETTERS_MAX) {
        return false;
    }
    for (size_t i = 0; i < given.len; i++) {
        if (kw_emtp_is_digit(given.ptr[i]) || memchr("AEIOUY", given.ptr[i], 6) != NULL) {
            return false;
        }
    }
    return true;
}

/* The letters of `spec->given` as given and middles. LIMIT. */
static kw_status read_packed(kw_arena *arena, kw_emtp_reading *out, const kw_emtp_reading *spec)
{
    kw_str *letters = kw_arena_new(arena, spec->given.len, sizeof *letters);
    if (letters == NULL) {
        return KW_LIMIT;
    }
    for (size_t i = 0; i < spec->given.len; i++) {
        letters[i] = (kw_str){spec->given.ptr + i, 1};
    }
    *out = *spec;
    out->kind = KW_EMTP_READING_PACKED;
    out->given = letters[0];
    out->middles = (kw_strs){letters + 1, spec->given.len - 1};
    return KW_OK;
}

kw_status kw_emtp_name_read(kw_arena *arena, kw_emtp_name *out, kw_str full_name,
                            kw_emtp_profile profile)
{
    kw_str normalised = {0};
    kw_strs words = {0};
    KW_TRY(kw_emtp_text_normalise(arena, &normalised, full_name));
    KW_TRY(kw_emtp_text_words(arena, &words, normalised));
    *out = (kw_emtp_name){0};
    if (words.count == 0) {
        return KW_OK;
    }
    kw_emtp_reading reference = read_reference(words);
    if (profile == KW_EMTP_V1_REF) {
        out->readings[out->readings_count++] = reference;
        return KW_OK;
    }
    kw_emtp_reading spec = read_spec(words);
    out->readings[out->readings_count++] = spec;
    if (!readings_equal(&spec, &reference)) {
        out->readings[out->readings_count++] = reference;
    }
    if (spec.middles.count == 0 && is_packed(spec.given)) {
        KW_TRY(read_packed(arena, &out->readings[out->readings_count], &spec));
        out->readings_count++;
    }
    return KW_OK;
}

/* Room for every word of a reading and the spaces between them. */
static size_t line_bytes(const kw_emtp_reading *reading)
{
    size_t bytes = reading->given.len + reading->family.len + reading->suffix.len + 3;
    for (size_t i = 0; i < reading->middles.count; i++) {
        bytes += reading->middles.items[i].len + 1;
    }
    return bytes;
}

static kw_str initial(kw_str word)
{
    return (kw_str){word.ptr, KW_MIN(word.len, (size_t)1)};
}

static void add_middle_initials(kw_emtp_line *line, const kw_emtp_reading *reading)
{
    for (size_t i = 0; i < reading->middles.count; i++) {
        kw_emtp_line_add_word(line, initial(reading->middles.items[i]));
    }
}

static void add_collapsed(kw_emtp_line *line, const kw_emtp_reading *reading)
{
    kw_emtp_line_add(line, initial(reading->given));
    for (size_t i = 0; i < reading->middles.count; i++) {
        kw_emtp_line_add(line, initial(reading->middles.items[i]));
    }
}

kw_status kw_emtp_reading_form(kw_arena *arena, kw_str *out, const kw_emtp_reading *reading,
                               kw_emtp_name_form form)
{
    *out = (kw_str){0};
    if ((form == KW_EMTP_NAME_GIVEN_FAMILY_SUFFIX && reading->suffix.len == 0) ||
        (form == KW_EMTP_NAME_COLLAPSED && reading->middles.count == 0)) {
        return KW_OK;
    }
    kw_emtp_line line = {0};
    KW_TRY(kw_emtp_line_new(arena, &line, line_bytes(reading)));
    switch (form) {
    case KW_EMTP_NAME_FULL:
        kw_emtp_line_add_word(&line, reading->given);
        for (size_t i = 0; i < reading->middles.count; i++) {
            kw_emtp_line_add_word(&line, reading->middles.items[i]);
        }
        break;
    case KW_EMTP_NAME_GIVEN_FAMILY:
    case KW_EMTP_NAME_GIVEN_FAMILY_SUFFIX:
        kw_emtp_line_add_word(&line, reading->given);
        break;
    case KW_EMTP_NAME_INITIALS_FAMILY:
        kw_emtp_line_add_word(&line, initial(reading->given));
        add_middle_initials(&line, reading);
        break;
    case KW_EMTP_NAME_COLLAPSED:
        add_collapsed(&line, reading);
        break;
    case KW_EMTP_NAME_GIVEN_INITIAL_FAMILY:
        kw_emtp_line_add_word(&line, reading->given);
        add_middle_initials(&line, reading);
        break;
    }
    kw_emtp_line_add_word(&line, reading->family);
    if (form == KW_EMTP_NAME_GIVEN_FAMILY_SUFFIX) {
        kw_emtp_line_add_word(&line, reading->suffix);
    }
    *out = kw_emtp_line_text(&line);
    return KW_OK;
}
