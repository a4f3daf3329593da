/* SPDX-License-Identifier: Apache-2.0
 * Two normalisers that share no code, ours in C and sdk/js/emtp.mjs, agree on random records. */
#include "emtp/engine/tuple.h"

#include "support/expect.h"
#include "support/process.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    RECORDS_COUNT = 4000
};

/* xorshift64*: small, seeded, replayable. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static const char *pick(uint64_t *state, const char *const *list, size_t count)
{
    return list[next_random(state) % count];
}

#define PICK(state, list) pick(state, list, KW_COUNT(list))

static const char *const names[] = {"Mr",
                                    "Dr.",
                                    "MISS",
                                    "Sir",
                                    "John",
                                    "JRR",
                                    "J.",
                                    "Jos\xc3\xa9",
                                    "Garc\xc3\xad"
                                    "a-L\xc3\xb3pez",
                                    "O'Neil",
                                    "Stra\xc3\x9f"
                                    "e",
                                    "\xc5\x81ukasz",
                                    "M\xc3\xbcller",
                                    "van",
                                    "der",
                                    "Berg",
                                    "V",
                                    "II",
                                    "Jr.",
                                    "Senior",
                                    "\xe5\xbc\xa0\xe4\xbc\x9f",
                                    "X\xc3\xa6",
                                    "BCD",
                                    "TY",
                                    "e\xcc\x81lan",
                                    "3rd",
                                    "\xef\xac\x81n",
                                    "\xc4\xb1rmak",
                                    "\xf0\x9d\x9a\xa4"
                                    "an",
                                    "Smith",
                                    "Tolkien"};
static const char *const gaps[] = {" ", "  ", "-", ".", "\xc2\xa0", ", "};
static const char *const phones[] = {"(212) 555-0100",
                                     "+1-212-555-0100",
                                     "0044 20 7946 0958",
                                     "+49 30 123456",
                                     "555-0100",
                                     "12125550100",
                                     "+0 123 4567",
                                     "00",
                                     "212 555 0100 ext. 12",
                                     "2125550100x7",
                                     "555x1234567",
                                     "+7 912 345-67-89",
                                     "+852 2345 6789",
                                     "abc",
                                     "+44 (0)20 7946 0958",
                                     "1",
                                     "020 7946 0958 #5",
                                     "011 44 20 7946 0958",
                                     "+1 212 555 01000000000",
                                     "x12"};
static const char *const lines[] = {"20 Northmoor Road",
                                    "1 Place Apt 2",
                                    "12 Court Street",
                                    "Apartment 4",
                                    "5 Unit 6 Lane",
                                    "Suite",
                                    "9 A St",
                                    "77 Long Blvd #3",
                                    "",
                                    "\u0141\u00f3dzka 5",
                                    "4 Elm Court"};
static const char *const cities[] = {"Oxford", "New York", "", "Reno", "S\xc3\xa3o Paulo"};
static const char *const states[] = {"OX", "NY", "NV", "", "New South Wales"};
static const char *const postals[] = {"OX2 6",     "89501",       "89501-1234", "89501 1234",
                                      "895011234", "10004-12345", "",           "K1A 0B1"};
static const char *const countries[] = {"US", "us", "GB", "", "DE"};
static const char *const ids[] = {
    "123-45-6789", "SSN 123-45-6789", "1234-5678", "12 34 5", "A1B22C333", "1234",
    "123",         "123456789",       "1.2.3.4.5", "1--2345", "x"};
static const char *const days[] = {"1984-05-17",    "1892-01-03", "2000-02-29",
                                   " 1970-12-31\t", "1900-02-29", "1799-01-01",
                                   "2023-4-1",      "2100-12-31", ""};

static void add_name(kw_buf *out, uint64_t *state)
{
    size_t words = 1 + next_random(state) % 5;
    for (size_t i = 0; i < words; i++) {
        EXPECT_OK(
            kw_buf_append_format(out, "%s%s", i == 0 ? "" : PICK(state, gaps), PICK(state, names)));
    }
}

static void add_list(kw_buf *out, uint64_t *state, const char *member, const char *const *list,
                     size_t list_count)
{
    size_t count = next_random(state) % 3;
    EXPECT_OK(kw_buf_append_format(out, ",\"%s\":[", member));
    for (size_t i = 0; i < count; i++) {
        EXPECT_OK(kw_buf_append_format(out, "%s\"%s\"", i == 0 ? "" : ",",
                                       pick(state, list, list_count)));
    }
    EXPECT_OK(kw_buf_append_byte(out, ']'));
}

static void add_addresses(kw_buf *out, uint64_t *state)
{
    size_t count = next_random(state) % 3;
    EXPECT_OK(kw_buf_append_str(out, KW_STR(",\"addresses\":[")));
    for (size_t i = 0; i < count; i++) {
        const char *comma = i == 0 ? "" : ",";
        if (next_random(state) % 2 == 0) {
            EXPECT_OK(kw_buf_append_format(out, "%s\"%s, %s, %s %s\"", comma, PICK(state, lines),
                                           PICK(state, cities), PICK(state, states),
                                           PICK(state, postals)));
        } else {
            EXPECT_OK(kw_buf_append_format(
                out,
                "%s{\"line1\":\"%s\",\"city\":\"%s\",\"state\":\"%s\",\"postal_code\":\"%s\","
                "\"country\":\"%s\"}",
                comma, PICK(state, lines), PICK(state, cities), PICK(state, states),
                PICK(state, postals), PICK(state, countries)));
        }
    }
    EXPECT_OK(kw_buf_append_byte(out, ']'));
}

static void add_record(kw_buf *out, uint64_t *state)
{
    EXPECT_OK(kw_buf_append_str(out, KW_STR("{\"full_name\":\"")));
    add_name(out, state);
    const char *day = next_random(state) % 4 == 0 ? PICK(state, days) : days[0];
    EXPECT_OK(kw_buf_append_format(out, "\",\"dob\":\"%s\"", day[0] == ' ' ? "1970-12-31 " : day));
    add_addresses(out, state);
    add_list(out, state, "phones", phones, KW_COUNT(phones));
    add_list(out, state, "idnos", ids, KW_COUNT(ids));
    EXPECT_OK(kw_buf_append_str(out, KW_STR("}\n")));
}

/* What tests/interop/emtp_lines.mjs would answer, by the C engine. */
static void answer(kw_buf *out, kw_str line, const kw_emtp_options *options)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_EMTP_ARENA_BYTES_MAX);
    kw_emtp_person person = {0};
    kw_emtp_reject reject = {0};
    kw_status st = kw_emtp_record_read(&arena, &person, &reject, line, options);
    if (st == KW_BAD_INPUT) {
        const char *member = kw_emtp_member_name(reject.member);
        EXPECT_OK(kw_buf_append_format(out, "! %s %s", kw_emtp_fault_name(reject.fault),
                                       member == NULL ? "-" : member));
        return;
    }
    EXPECT_OK(st);
    kw_emtp_tuples tuples = {0};
    EXPECT_OK(kw_emtp_tuples_make(&arena, &tuples, &person, options));
    for (size_t i = 0; i < tuples.count; i++) {
        EXPECT_OK(kw_buf_append_format(out, "%s%u %.*s", i == 0 ? "" : "\t",
                                       (unsigned)tuples.items[i].tier,
                                       KW_STR_ARG(kw_emtp_tuple_text(&tuples.items[i]))));
    }
}

static void compare(const char *node_options, const kw_emtp_options *options, uint64_t seed)
{
    print_message("seed %llu, options %s\n", (unsigned long long)seed, node_options);
    KW_AUTO(kw_buf) records = kw_buf_init(64 << 20);
    for (int i = 0; i < RECORDS_COUNT; i++) {
        add_record(&records, &seed);
    }
    process_result result = {0};
    const char *const argv[] = {"node", KW_SOURCE_DIR "/tests/interop/emtp_lines.mjs", node_options,
                                NULL};
    process_expect(&result, 0, argv, kw_buf_text(&records));
    kw_str lines_left = kw_buf_text(&records);
    kw_str answers_left = kw_buf_text(&result.out);
    for (int i = 0; i < RECORDS_COUNT; i++) {
        kw_str line = {0};
        kw_str theirs = {0};
        assert_true(kw_str_split(lines_left, '\n', &line, &lines_left));
        assert_true(kw_str_split(answers_left, '\n', &theirs, &answers_left));
        KW_AUTO(kw_buf) ours = kw_buf_init(1 << 20);
        answer(&ours, line, options);
        if (!kw_str_equal(kw_buf_text(&ours), theirs)) {
            print_error("%.*s\nC:  %.*s\nJS: %.*s\n", KW_STR_ARG(line),
                        KW_STR_ARG(kw_buf_text(&ours)), KW_STR_ARG(theirs));
            fail();
        }
    }
    process_result_drop(&result);
}

static bool has_node(void)
{
    process_result result = {0};
    const char *const argv[] = {"sh", "-c", "command -v node", NULL};
    process_run(&result, argv, (kw_str){0});
    bool found = result.exit_code == 0;
    process_result_drop(&result);
    return found;
}

static void normalisers__agree_on_random_records(void **state)
{
    (void)state;
    if (!has_node()) {
        print_message("node is not installed\n");
        skip();
    }
    const char *given = getenv("KW_TEST_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : UINT64_C(20260121);
    compare("{}", &(kw_emtp_options){0}, seed);
    compare("{\"wide\":true}", &(kw_emtp_options){.wide = true}, seed + 1);
    compare("{\"weak\":true}", &(kw_emtp_options){.weak = true}, seed + 2);
    compare("{\"country\":\"GB\"}", &(kw_emtp_options){.phones_not_from_us = true}, seed + 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normalisers__agree_on_random_records),
    };
    return cmocka_run_group_tests_name("interop/emtp_js", tests, NULL, NULL);
}
