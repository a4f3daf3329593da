/* SPDX-License-Identifier: Apache-2.0
 * Postal addresses (emtp.md 4.5): street words shortened, free text cut at its commas, variants. */
#include "emtp/engine/addr.h"

typedef struct abbreviation {
    const char *word;
    const char *canonical;
} abbreviation;

/* The second form of line1 uses all rows, the first form those before COURT. */
static const abbreviation abbreviations[] = {
    {"STREET", "ST"}, {"AVENUE", "AVE"}, {"ROAD", "RD"},       {"BOULEVARD", "BLVD"},
    {"DRIVE", "DR"},  {"LANE", "LN"},    {"APARTMENT", "APT"}, {"SUITE", "STE"},
    {"COURT", "CT"},  {"PLACE", "PL"}};

enum {
    ABBREVIATIONS_FIRST = 8,
    STATE_LETTERS = 2,
    ZIP_DIGITS = 5,
    ZIP4_DIGITS = 9
};

/* One or two forms of a part, the canonical one first. */
typedef struct forms {
    kw_str items[2];
    size_t count;
} forms;

/* The normalised parts of an address; empty where there is none. */
typedef struct parts {
    kw_emtp_profile profile;
    kw_str line1;
    kw_str city;
    kw_str state;
    kw_str postal;
    bool is_us;
} parts;

static void add_form(forms *list, kw_str form)
{
    for (size_t i = 0; i < list->count; i++) {
        if (kw_str_equal(list->items[i], form)) {
            return;
        }
    }
    list->items[list->count++] = form;
}

static kw_str shortened(kw_str word, size_t rows)
{
    for (size_t i = 0; i < rows; i++) {
        if (kw_str_equal(word, kw_str_of(abbreviations[i].word))) {
            return kw_str_of(abbreviations[i].canonical);
        }
    }
    return word;
}

/* line1 with the first `rows` abbreviations. LIMIT. */
static kw_status abbreviate(kw_arena *arena, kw_str *out, kw_str line1, size_t rows)
{
    kw_emtp_line line = {0};
    KW_TRY(kw_emtp_line_new(arena, &line, line1.len));
    for (kw_str rest = line1; rest.len > 0;) {
        kw_str word = {0};
        (void)kw_str_split(rest, ' ', &word, &rest);
        kw_emtp_line_add_word(&line, shortened(word, rows));
    }
    *out = kw_emtp_line_text(&line);
    return KW_OK;
}

/* Both forms of line1; the reference program knows the second alone. LIMIT. */
static kw_status line1_forms(kw_arena *arena, forms *out, const parts *address)
{
    kw_str form = {0};
    if (address->profile == KW_EMTP_V1) {
        KW_TRY(abbreviate(arena, &form, address->line1, ABBREVIATIONS_FIRST));
        add_form(out, form);
    }
    KW_TRY(abbreviate(arena, &form, address->line1, KW_COUNT(abbreviations)));
    add_form(out, form);
    return KW_OK;
}

/* A US postal code of nine digits gives its base and itself, any other itself. */
static forms postal_forms(const parts *address)
{
    kw_str postal = address->postal;
    forms list = {0};
    bool has_gap = postal.len == ZIP4_DIGITS + 1 && postal.ptr[ZIP_DIGITS] == ' ';
    size_t tail_at = ZIP_DIGITS + has_gap;
    if (address->profile == KW_EMTP_V1 && address->is_us &&
        (postal.len == ZIP4_DIGITS || has_gap) &&
        kw_emtp_text_is_digits((kw_str){postal.ptr, ZIP_DIGITS}) &&
        kw_emtp_text_is_digits((kw_str){postal.ptr + tail_at, postal.len - tail_at})) {
        add_form(&list, (kw_str){postal.ptr, ZIP_DIGITS});
    }
    add_form(&list, postal);
    return list;
}

/* line1 cut before its first unit word; empty when that changes nothing or leaves nothing. */
static kw_str without_unit(kw_str line1)
{
    for (kw_str rest = line1; rest.len > 0;) {
        kw_str word = {0};
        (void)kw_str_split(rest, ' ', &word, &rest);
        if (kw_str_equal(word, KW_STR("APT")) || kw_str_equal(word, KW_STR("UNIT")) ||
            kw_str_equal(word, KW_STR("STE"))) {
            size_t head = (size_t)(word.ptr - line1.ptr);
            return (kw_str){line1.ptr, head == 0 ? 0 : head - 1};
        }
    }
    return (kw_str){0};
}

/* Adds the parts joined by `|` to the values, unless one is empty or the value is there. LIMIT. */
static kw_status add_value(kw_arena *arena, kw_emtp_addr_values *values, const kw_str *joined,
                           size_t count)
{
    size_t bytes = count;
    for (size_t i = 0; i < count; i++) {
        if (joined[i].len == 0) {
            return KW_OK;
        }
        bytes += joined[i].len;
    }
    kw_emtp_line line = {0};
    KW_TRY(kw_emtp_line_new(arena, &line, bytes));
    for (size_t i = 0; i < count; i++) {
        kw_emtp_line_add(&line, i == 0 ? KW_STR("") : KW_STR("|"));
        kw_emtp_line_add(&line, joined[i]);
    }
    kw_str value = kw_emtp_line_text(&line);
    for (size_t i = 0; i < values->count; i++) {
        if (kw_str_equal(values->items[i], value)) {
            return KW_OK;
        }
    }
    values->items[values->count++] = value;
    return KW_OK;
}

/* Adds what one form of line1 gives to the variants. LIMIT. */
static kw_status add_line1(kw_arena *arena, kw_emtp_address *out, const parts *address,
                           kw_str line1)
{
    kw_emtp_addr_values *to = out->variants;
    bool is_v1 = address->profile == KW_EMTP_V1;
    forms postals = postal_forms(address);
    kw_str nounit = is_v1 ? without_unit(line1) : (kw_str){0};
    const kw_str place[] = {line1, address->city, address->state};
    const kw_str nounit_place[] = {nounit, address->city, address->state};
    KW_TRY(add_value(arena, &to[KW_EMTP_ADDR_LINE1_CITY_STATE], place, KW_COUNT(place)));
    KW_TRY(add_value(arena, &to[KW_EMTP_ADDR_NOUNIT_CITY_STATE], nounit_place,
                     KW_COUNT(nounit_place)));
    for (size_t i = 0; i < postals.count; i++) {
        const kw_str post[] = {line1, postals.items[i]};
        const kw_str nounit_post[] = {nounit, postals.items[i]};
        const kw_str all[] = {line1, address->city, address->state, postals.items[i]};
        KW_TRY(add_value(arena, &to[KW_EMTP_ADDR_LINE1_POSTAL], post, KW_COUNT(post)));
        KW_TRY(
            add_value(arena, &to[KW_EMTP_ADDR_NOUNIT_POSTAL], nounit_post, KW_COUNT(nounit_post)));
        if (is_v1) {
            KW_TRY(add_value(arena, &to[KW_EMTP_ADDR_LINE1_CITY_STATE_POSTAL], all, KW_COUNT(all)));
        }
    }
    return KW_OK;
}

static bool is_state_code(kw_str word)
{
    return word.len == STATE_LETTERS && !kw_emtp_text_has_digit(word);
}

/* Cuts the last comma part: without a digit it is the state, or the city of two parts; with one,
 * the postal code behind an optional state. */
static void cut_last_part(parts *out, kw_str last, size_t parts_count)
{
    if (!kw_emtp_text_has_digit(last)) {
        *(parts_count == 2 ? &out->city : &out->state) = last;
        return;
    }
    kw_str head = {0};
    kw_str tail = {0};
    bool has_tail = kw_str_split(last, ' ', &head, &tail);
    if (has_tail && is_state_code(head)) {
        out->state = head;
        out->postal = tail;
    } else {
        out->postal = last;
    }
}

/* The parts between commas, normalised, without those of which nothing is left. LIMIT. */
static kw_status split_at_commas(kw_arena *arena, kw_strs *out, kw_str text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++) {
        count += text.ptr[i] == ',';
    }
    kw_str *items = kw_arena_new(arena, count, sizeof *items);
    if (items == NULL) {
        return KW_LIMIT;
    }
    *out = (kw_strs){.items = items};
    for (bool has_more = true; has_more;) {
        kw_str head = {0};
        kw_str part = {0};
        has_more = kw_str_split(text, ',', &head, &text);
        KW_TRY(kw_emtp_text_normalise(arena, &part, head));
        if (part.len > 0) {
            items[out->count++] = part;
        }
    }
    return KW_OK;
}

/* Finds the parts of an address in free text. LIMIT. */
static kw_status read_free_text(kw_arena *arena, parts *out, kw_str text)
{
    kw_strs pieces = {0};
    KW_TRY(split_at_commas(arena, &pieces, text));
    out->is_us = true;
    if (pieces.count == 0) {
        return KW_OK;
    }
    out->line1 = pieces.items[0];
    if (pieces.count == 1) {
        return KW_OK;
    }
    size_t city_at = pieces.count - 2; /* the last piece that is neither line1, state nor postal */
    cut_last_part(out, pieces.items[pieces.count - 1], pieces.count);
    if (pieces.count >= 4 && out->postal.len > 0 && out->state.len == 0) {
        for (size_t i = pieces.count - 2; i >= 1; i--) {
            if (is_state_code(pieces.items[i])) {
                out->state = pieces.items[i];
                city_at -= i == city_at;
                break;
            }
        }
    }
    if (city_at >= 1) {
        out->city = pieces.items[city_at];
    }
    return KW_OK;
}

/* Normalises the members of a structured address. LIMIT. */
static kw_status read_structured(kw_arena *arena, parts *out, const kw_emtp_address_input *input)
{
    kw_str country = {0};
    KW_TRY(kw_emtp_text_normalise(arena, &out->line1, input->line1));
    KW_TRY(kw_emtp_text_normalise(arena, &out->city, input->city));
    KW_TRY(kw_emtp_text_normalise(arena, &out->state, input->state));
    KW_TRY(kw_emtp_text_normalise(arena, &out->postal, input->postal_code));
    KW_TRY(kw_emtp_text_normalise(arena, &country, input->country));
    out->is_us = country.len == 0 || kw_str_equal(country, KW_STR("US"));
    return KW_OK;
}

kw_status kw_emtp_address_read(kw_arena *arena, kw_emtp_address *out,
                               const kw_emtp_address_input *input, kw_emtp_profile profile)
{
    *out = (kw_emtp_address){0};
    parts address = {.profile = profile};
    if (!input->is_free_text) {
        KW_TRY(read_structured(arena, &address, input));
    } else if (profile == KW_EMTP_V1) {
        KW_TRY(read_free_text(arena, &address, input->line1));
    }
    forms lines = {0};
    KW_TRY(line1_forms(arena, &lines, &address));
    for (size_t i = 0; i < lines.count; i++) {
        KW_TRY(add_line1(arena, out, &address, lines.items[i]));
    }
    return KW_OK;
}
