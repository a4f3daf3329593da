/* SPDX-License-Identifier: Apache-2.0
 * Laws of records and tuples over random records from a seed: what one profile holds of the other,
 * what does not depend on spelling, and the cap. */
#include "support/emtp_case.h"
#include "support/expect.h"

#include <stdio.h>

enum {
    ROUNDS = 400,
    LINE_BYTES = 1 << 14
};

static const kw_emtp_options v1 = {0};
static const kw_emtp_options wide = {.wide = true};
static const kw_emtp_options reference = {.profile = KW_EMTP_V1_REF};

static const char *const names[] = {"Ann Lee",
                                    "Mr. JRR Tolkien Sr",
                                    "Dr Prof Mary-Jane O'Neil",
                                    "Henry V",
                                    "smith",
                                    "\u00d8 Lee",
                                    "J. R. R. Tolkien",
                                    "Jos\u00e9 Garc\u00eda-L\u00f3pez III",
                                    "Sir",
                                    "\u674e"};
/* Without extension, so that LAST10 of both profiles is the same. */
static const char *const phones[] = {"(212) 555-0100", "+1 212 555 0101", "0044 20 7946 0958",
                                     "5550100",        "+49 30 123456",   "12125550102"};
static const char *const addresses[] = {
    "\"1 A Court, Reno, NV 89501-0001\"", "\"20 Northmoor Rd, Oxford\"",
    ("{\"line1\":\"5 Elm Street Apt 4\",\"city\":\"Davis\",\"state\":\"CA\","
     "\"postal_code\":\"95616-1234\"}"),
    "{\"line1\":\"1 Place\",\"city\":\"\",\"state\":\"CA\",\"postal_code\":\"1\"}"};
static const char *const idnos[] = {"123-45-6789", "12345", "A1234 5678", "12"};

static uint64_t next_word(uint64_t *at)
{
    uint64_t z = *at += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

/* Up to 6 of a table. */
typedef struct choice {
    size_t items[6];
    size_t count;
} choice;

static choice choose(uint64_t *at, size_t from)
{
    choice c = {.count = next_word(at) % 7};
    for (size_t i = 0; i < c.count; i++) {
        c.items[i] = next_word(at) % from;
    }
    return c;
}

typedef struct recipe {
    size_t name;
    choice phones;
    choice addresses;
    choice idnos;
} recipe;

static recipe make_recipe(uint64_t *at)
{
    return (recipe){.name = next_word(at) % KW_COUNT(names),
                    .phones = choose(at, KW_COUNT(phones)),
                    .addresses = choose(at, KW_COUNT(addresses)),
                    .idnos = choose(at, KW_COUNT(idnos))};
}

/* The choices, the last one first when `is_backwards`. */
static choice turned(const choice *c, bool is_backwards)
{
    choice out = *c;
    for (size_t i = 0; is_backwards && i < c->count; i++) {
        out.items[i] = c->items[c->count - 1 - i];
    }
    return out;
}

static void append_list(kw_buf *out, const char *member, choice c, const char *const *texts,
                        const char *quote)
{
    EXPECT_OK(kw_buf_append_format(out, ",\"%s\":[", member));
    for (size_t i = 0; i < c.count; i++) {
        EXPECT_OK(kw_buf_append_format(out, "%s%s%s%s", i == 0 ? "" : ",", quote, texts[c.items[i]],
                                       quote));
    }
    EXPECT_OK(kw_buf_append_str(out, KW_STR("]")));
}

static void make_line(kw_buf *out, const recipe *r, bool is_backwards)
{
    kw_buf_clear(out);
    EXPECT_OK(
        kw_buf_append_format(out, "{\"full_name\":\"%s\",\"dob\":\"1980-02-03\"", names[r->name]));
    append_list(out, "phones", turned(&r->phones, is_backwards), phones, "\"");
    append_list(out, "addresses", turned(&r->addresses, is_backwards), addresses, "");
    append_list(out, "idnos", turned(&r->idnos, is_backwards), idnos, "\"");
    EXPECT_OK(kw_buf_append_str(out, KW_STR("}")));
}

static bool has_tuple(const emtp_case *c, kw_str tuple)
{
    for (size_t i = 0; i < c->tuples.count; i++) {
        if (kw_str_equal(kw_emtp_tuple_text(&c->tuples.items[i]), tuple)) {
            return true;
        }
    }
    return false;
}

/* The value of PHONE in a tuple; empty when it has none. */
static kw_str phone_in(kw_str tuple)
{
    while (tuple.len > 0) {
        kw_str field = {0};
        (void)kw_str_split(tuple, '|', &field, &tuple);
        if (kw_str_starts_with(field, KW_STR("PHONE="))) {
            return (kw_str){field.ptr + 6, field.len - 6};
        }
    }
    return (kw_str){0};
}

/* True when v1 gives that phone value for some use. */
static bool knows_phone(const emtp_case *c, kw_str value)
{
    for (size_t i = 0; i < c->person.phones_count; i++) {
        const kw_emtp_phone *phone = &c->person.phones[i];
        if (kw_str_equal(phone->e164, value) || kw_str_equal(phone->last10, value)) {
            return true;
        }
    }
    return value.len == 0;
}

static void v1_ref__lies_within_v1_but_for_phones(void **state)
{
    (void)state;
    uint64_t at = 1;
    KW_AUTO(kw_buf) line = kw_buf_init(LINE_BYTES);
    for (int round = 0; round < ROUNDS; round++) {
        recipe r = make_recipe(&at);
        make_line(&line, &r, false);
        KW_AUTO(emtp_case) a = emtp_case_run(kw_buf_text(&line), &v1);
        KW_AUTO(emtp_case) b = emtp_case_run(kw_buf_text(&line), &reference);
        EXPECT_STATUS(a.status, KW_OK);
        EXPECT_STATUS(b.status, KW_OK);
        for (size_t i = 0; a.tuples.dropped == 0 && i < b.tuples.count; i++) {
            kw_str tuple = kw_emtp_tuple_text(&b.tuples.items[i]);
            kw_str phone = phone_in(tuple);
            if (knows_phone(&a, phone) && !has_tuple(&a, tuple)) {
                print_error("round %d: %.*s is not in v1\n", round, KW_STR_ARG(tuple));
                fail();
            }
        }
    }
}

static void expect_same(const emtp_case *a, const emtp_case *b)
{
    assert_int_equal(a->tuples.count, b->tuples.count);
    assert_int_equal(a->tuples.dropped, b->tuples.dropped);
    for (size_t i = 0; i < a->tuples.count; i++) {
        assert_true(kw_str_equal(kw_emtp_tuple_text(&a->tuples.items[i]),
                                 kw_emtp_tuple_text(&b->tuples.items[i])));
        assert_int_equal(a->tuples.items[i].tier, b->tuples.items[i].tier);
    }
}

static void tuples__do_not_depend_on_the_order_of_lists(void **state)
{
    (void)state;
    uint64_t at = 2;
    KW_AUTO(kw_buf) line = kw_buf_init(LINE_BYTES);
    KW_AUTO(kw_buf) backwards = kw_buf_init(LINE_BYTES);
    for (int round = 0; round < ROUNDS; round++) {
        const kw_emtp_options *options = round % 3 == 0 ? &v1 : round % 3 == 1 ? &wide : &reference;
        recipe r = make_recipe(&at);
        make_line(&line, &r, false);
        make_line(&backwards, &r, true);
        KW_AUTO(emtp_case) a = emtp_case_run(kw_buf_text(&line), options);
        KW_AUTO(emtp_case) b = emtp_case_run(kw_buf_text(&backwards), options);
        expect_same(&a, &b);
    }
}

/* Changes the case of ASCII letters inside values; member names stay. */
static void swap_case_of_values(kw_buf *line)
{
    for (size_t i = 0; i + 1 < line->len; i++) {
        char c = (char)line->ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (is_letter) {
            line->ptr[i] = (uint8_t)(c ^ 0x20);
        }
    }
    static const char *const members[] = {"full_name", "dob",  "phones", "addresses",  "idnos",
                                          "line1",     "city", "state",  "postal_code"};
    for (size_t m = 0; m < KW_COUNT(members); m++) {
        size_t len = strlen(members[m]);
        for (size_t i = 0; i + len + 2 < line->len; i++) {
            kw_str part = {(const char *)line->ptr + i + 1, len};
            if (line->ptr[i] == '"' && line->ptr[i + len + 1] == '"' &&
                kw_str_equal_nocase(part, kw_str_of(members[m]))) {
                memcpy(line->ptr + i + 1, members[m], len);
            }
        }
    }
}

static void tuples__do_not_depend_on_the_case_of_letters(void **state)
{
    (void)state;
    uint64_t at = 3;
    KW_AUTO(kw_buf) line = kw_buf_init(LINE_BYTES);
    for (int round = 0; round < ROUNDS; round++) {
        recipe r = make_recipe(&at);
        make_line(&line, &r, false);
        KW_AUTO(emtp_case) a = emtp_case_run(kw_buf_text(&line), &v1);
        swap_case_of_values(&line);
        KW_AUTO(emtp_case) b = emtp_case_run(kw_buf_text(&line), &v1);
        EXPECT_STATUS(b.status, KW_OK);
        expect_same(&a, &b);
    }
}

static void wide__only_adds(void **state)
{
    (void)state;
    uint64_t at = 4;
    KW_AUTO(kw_buf) line = kw_buf_init(LINE_BYTES);
    for (int round = 0; round < ROUNDS; round++) {
        recipe r = make_recipe(&at);
        make_line(&line, &r, false);
        KW_AUTO(emtp_case) a = emtp_case_run(kw_buf_text(&line), &v1);
        KW_AUTO(emtp_case) b = emtp_case_run(kw_buf_text(&line), &wide);
        assert_true(b.tuples.count + b.tuples.dropped >= a.tuples.count + a.tuples.dropped);
        for (size_t i = 0; b.tuples.dropped == 0 && i < a.tuples.count; i++) {
            assert_true(has_tuple(&b, kw_emtp_tuple_text(&a.tuples.items[i])));
        }
    }
}

static void cap__cuts_only_what_is_above_it(void **state)
{
    (void)state;
    uint64_t at = 5;
    KW_AUTO(kw_buf) line = kw_buf_init(LINE_BYTES);
    size_t capped = 0;
    for (int round = 0; round < ROUNDS; round++) {
        recipe r = make_recipe(&at);
        make_line(&line, &r, false);
        KW_AUTO(emtp_case) a = emtp_case_run(kw_buf_text(&line), &wide);
        assert_in_range(a.tuples.count, 0, KW_EMTP_TUPLES_MAX);
        if (a.tuples.dropped > 0) {
            capped++;
            assert_int_equal(a.tuples.count, KW_EMTP_TUPLES_MAX);
        }
    }
    assert_true(capped > 0);
}

/* Normalising twice is the same for text, though not for names (emtp.md section 15). */
static void text__is_normalised_once_and_for_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
        kw_str once = {0};
        kw_str twice = {0};
        EXPECT_OK(kw_emtp_text_normalise(&arena, &once, kw_str_of(names[i])));
        EXPECT_OK(kw_emtp_text_normalise(&arena, &twice, once));
        assert_true(kw_str_equal(once, twice));
    }
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_emtp_name first = {0};
    kw_emtp_name again = {0};
    kw_str full = {0};
    EXPECT_OK(kw_emtp_name_read(&arena, &first, KW_STR("John V Junior"), KW_EMTP_V1));
    EXPECT_OK(kw_emtp_reading_form(&arena, &full, &first.readings[0], KW_EMTP_NAME_FULL));
    EXPECT_OK(kw_emtp_name_read(&arena, &again, full, KW_EMTP_V1_REF));
    assert_false(kw_str_equal(first.readings[0].suffix, again.readings[0].suffix));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(v1_ref__lies_within_v1_but_for_phones),
        cmocka_unit_test(tuples__do_not_depend_on_the_order_of_lists),
        cmocka_unit_test(tuples__do_not_depend_on_the_case_of_letters),
        cmocka_unit_test(wide__only_adds),
        cmocka_unit_test(cap__cuts_only_what_is_above_it),
        cmocka_unit_test(text__is_normalised_once_and_for_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
