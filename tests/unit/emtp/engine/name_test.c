/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/name.h"

#include "support/expect.h"

#include <stdio.h>

enum {
    ARENA_BYTES = 1 << 20
};

/* A reading as one text: GIVEN/MIDDLES/FAMILY/SUFFIX, "" when there is none of that kind. */
static void print_reading(char out[256], const kw_emtp_name *name, kw_emtp_reading_kind kind)
{
    out[0] = '\0';
    for (size_t i = 0; i < name->readings_count; i++) {
        const kw_emtp_reading *r = &name->readings[i];
        if (r->kind != kind) {
            continue;
        }
        char middles[128] = "";
        for (size_t k = 0; k < r->middles.count; k++) {
            size_t len = strlen(middles);
            (void)snprintf(middles + len, sizeof middles - len, "%s%.*s", k == 0 ? "" : " ",
                           KW_STR_ARG(r->middles.items[k]));
        }
        (void)snprintf(out, 256, "%.*s/%s/%.*s/%.*s", KW_STR_ARG(r->given), middles,
                       KW_STR_ARG(r->family), KW_STR_ARG(r->suffix));
    }
}

static void name_read__finds_the_readings_of_a_name(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *spec;
        const char *reference; /* "": the same as spec */
        const char *packed;
    } cases[] = {
        {"MR. JRR Tolkien", "JRR//TOLKIEN/", "", "J/R R/TOLKIEN/"},
        {"J. R. R. Tolkien", "J/R R/TOLKIEN/", "", ""},
        {"John Tolkien Sr.", "JOHN//TOLKIEN/SR", "", ""},
        {"John Tolkien Senior", "JOHN//TOLKIEN/SR", "", ""},
        {"Mr Smith Jr", "MR//SMITH/JR", "SMITH//SMITH/JR", "M/R/SMITH/JR"},
        {"Mr V Smith", "V//SMITH/", "", ""},
        {"Mr. Dr. John Smith", "JOHN//SMITH/", "DR/JOHN/SMITH/", ""},
        {"Henry V", "HENRY//V/", "HENRY//HENRY/V", ""},
        {"Smith", "//SMITH/", "SMITH//SMITH/", ""},
        {"Dr", "//DR/", "DR//DR/", ""},
        {"Mr Dr Sir", "DR//SIR/", "", "D/R/SIR/"},
        {"Smith Jr Sr", "SMITH//JR/SR", "", ""},
        {"John Smith VII", "JOHN/SMITH/VII/", "", ""},
        {"JRRTS Tolkien", "JRRTS//TOLKIEN/", "", ""},
        {"DY Lee", "DY//LEE/", "", ""},
        {"J2 Smith", "J2//SMITH/", "", ""},
        {"JR R Tolkien", "JR/R/TOLKIEN/", "", ""},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
        kw_emtp_name name = {0};
        char text[256];
        EXPECT_OK(kw_emtp_name_read(&arena, &name, kw_str_of(cases[i].name), KW_EMTP_V1));
        print_reading(text, &name, KW_EMTP_READING_SPEC);
        assert_string_equal(text, cases[i].spec);
        print_reading(text, &name, KW_EMTP_READING_REFERENCE);
        assert_string_equal(text, cases[i].reference);
        print_reading(text, &name, KW_EMTP_READING_PACKED);
        assert_string_equal(text, cases[i].packed);
    }
}

static void name_read__gives_the_reference_alone_in_v1_ref(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
    kw_emtp_name name = {0};
    char text[256];
    EXPECT_OK(kw_emtp_name_read(&arena, &name, KW_STR("JRR Tolkien"), KW_EMTP_V1_REF));
    assert_int_equal(name.readings_count, 1);
    print_reading(text, &name, KW_EMTP_READING_REFERENCE);
    assert_string_equal(text, "JRR//TOLKIEN/");
}

static void name_read__has_no_reading_of_nothing(void **state)
{
    (void)state;
    static const char *const cases[] = {"", "...", "\u674e \u5c0f\u9f99"};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
        kw_emtp_name name = {.readings_count = 9};
        EXPECT_OK(kw_emtp_name_read(&arena, &name, kw_str_of(cases[i]), KW_EMTP_V1));
        assert_int_equal(name.readings_count, 0);
    }
}

static void expect_forms(const char *full_name, const char *const wanted[KW_EMTP_NAME_FORMS])
{
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
    kw_emtp_name name = {0};
    EXPECT_OK(kw_emtp_name_read(&arena, &name, kw_str_of(full_name), KW_EMTP_V1));
    for (size_t i = 0; i < KW_EMTP_NAME_FORMS; i++) {
        kw_emtp_name_form form = (kw_emtp_name_form)i;
        kw_str text = {0};
        EXPECT_OK(kw_emtp_reading_form(&arena, &text, &name.readings[0], form));
        EXPECT_STR(text, wanted[form]);
    }
}

static void forms__are_those_of_the_table(void **state)
{
    (void)state;
    expect_forms("John Ronald Reuel Tolkien Sr",
                 (const char *const[]){"JOHN RONALD REUEL TOLKIEN", "JOHN TOLKIEN",
                                       "JOHN TOLKIEN SR", "J R R TOLKIEN", "JRR TOLKIEN",
                                       "JOHN R R TOLKIEN"});
    expect_forms("Ann Lee",
                 (const char *const[]){"ANN LEE", "ANN LEE", "", "A LEE", "", "ANN LEE"});
    expect_forms("Smith", (const char *const[]){"SMITH", "SMITH", "", "SMITH", "", "SMITH"});
}

static void name_read__reports_every_full_arena(void **state)
{
    (void)state;
    size_t refused = 0;
    for (size_t bytes = 0; bytes < 4096; bytes += 16) {
        KW_AUTO(kw_arena) arena = kw_arena_init(bytes);
        kw_emtp_name name = {0};
        kw_status st = kw_emtp_name_read(&arena, &name, KW_STR("Mr JRR Tolkien"), KW_EMTP_V1);
        if (st == KW_OK) {
            kw_str form = {0};
            st = kw_emtp_reading_form(&arena, &form, &name.readings[0], KW_EMTP_NAME_FULL);
        }
        if (st == KW_OK) {
            assert_true(refused > 0);
            return;
        }
        EXPECT_STATUS(st, KW_LIMIT);
        refused++;
    }
    fail_msg("4 KiB are not enough for a name");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(name_read__finds_the_readings_of_a_name),
        cmocka_unit_test(name_read__gives_the_reference_alone_in_v1_ref),
        cmocka_unit_test(name_read__has_no_reading_of_nothing),
        cmocka_unit_test(forms__are_those_of_the_table),
        cmocka_unit_test(name_read__reports_every_full_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
