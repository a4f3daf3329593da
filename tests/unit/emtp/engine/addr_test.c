/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/addr.h"

#include "support/expect.h"

/* All variants of an address, values joined by `;`, variants by ` / `. */
static void expect_variants(const kw_emtp_address_input *input, kw_emtp_profile profile,
                            const char *wanted)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_emtp_address address = {0};
    EXPECT_OK(kw_emtp_address_read(&arena, &address, input, profile));
    KW_AUTO(kw_buf) joined = kw_buf_init(4096);
    for (size_t v = 0; v < KW_EMTP_ADDR_VARIANTS; v++) {
        EXPECT_OK(kw_buf_append_str(&joined, v == 0 ? KW_STR("") : KW_STR(" / ")));
        for (size_t i = 0; i < address.variants[v].count; i++) {
            EXPECT_OK(kw_buf_append_str(&joined, i == 0 ? KW_STR("") : KW_STR(";")));
            EXPECT_OK(kw_buf_append_str(&joined, address.variants[v].items[i]));
        }
    }
    EXPECT_STR(kw_buf_text(&joined), wanted);
}

static void expect_free(const char *text, const char *wanted)
{
    expect_variants(&(kw_emtp_address_input){.is_free_text = true, .line1 = kw_str_of(text)},
                    KW_EMTP_V1, wanted);
}

static void address_read__makes_variants_of_parts(void **state)
{
    (void)state;
    kw_emtp_address_input oxford = {.line1 = KW_STR("20 Northmoor Rd"),
                                    .city = KW_STR("Oxford"),
                                    .state = KW_STR("OX"),
                                    .postal_code = KW_STR("OX2 6")};
    expect_variants(&oxford, KW_EMTP_V1,
                    "20 NORTHMOOR RD|OX2 6 / 20 NORTHMOOR RD|OXFORD|OX /  /  / "
                    "20 NORTHMOOR RD|OXFORD|OX|OX2 6");
    expect_variants(&oxford, KW_EMTP_V1_REF,
                    "20 NORTHMOOR RD|OX2 6 / 20 NORTHMOOR RD|OXFORD|OX /  /  / ");
    oxford.city = KW_STR("...");
    expect_variants(&oxford, KW_EMTP_V1, "20 NORTHMOOR RD|OX2 6 /  /  /  / ");
    oxford.line1 = KW_STR("");
    expect_variants(&oxford, KW_EMTP_V1, " /  /  /  / ");
}

static void address_read__puts_the_canonical_value_first(void **state)
{
    (void)state;
    kw_emtp_address_input albany = {.line1 = KW_STR("1 Court Place Suite 9"),
                                    .city = KW_STR("Albany"),
                                    .state = KW_STR("NY"),
                                    .postal_code = KW_STR("12207-0001")};
    expect_variants(&albany, KW_EMTP_V1,
                    "1 COURT PLACE STE 9|12207;1 COURT PLACE STE 9|12207 0001;"
                    "1 CT PL STE 9|12207;1 CT PL STE 9|12207 0001 / "
                    "1 COURT PLACE STE 9|ALBANY|NY;1 CT PL STE 9|ALBANY|NY / "
                    "1 COURT PLACE|12207;1 COURT PLACE|12207 0001;1 CT PL|12207;"
                    "1 CT PL|12207 0001 / 1 COURT PLACE|ALBANY|NY;1 CT PL|ALBANY|NY / "
                    "1 COURT PLACE STE 9|ALBANY|NY|12207;1 COURT PLACE STE 9|ALBANY|NY|12207 0001;"
                    "1 CT PL STE 9|ALBANY|NY|12207;1 CT PL STE 9|ALBANY|NY|12207 0001");
    expect_variants(&albany, KW_EMTP_V1_REF,
                    "1 CT PL STE 9|12207 0001 / 1 CT PL STE 9|ALBANY|NY /  /  / ");
}

static void address_read__cuts_nine_digits_in_the_us_only(void **state)
{
    (void)state;
    static const struct {
        const char *postal;
        const char *country;
        const char *wanted;
    } cases[] = {
        {"941051234", "", "1 A|94105;1 A|941051234 /  /  /  / "},
        {"94105-1234", "us", "1 A|94105;1 A|94105 1234 /  /  /  / "},
        {"94105 1234", "CA", "1 A|94105 1234 /  /  /  / "},
        {"94105 1234", "U.S.", "1 A|94105 1234 /  /  /  / "},
        {"94105-1234", "\u4e2d", "1 A|94105;1 A|94105 1234 /  /  /  / "},
        {"9410-51234", "US", "1 A|9410 51234 /  /  /  / "},
        {"94105 12345", "US", "1 A|94105 12345 /  /  /  / "},
        {"94105", "US", "1 A|94105 /  /  /  / "},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_emtp_address_input input = {.line1 = KW_STR("1 A"),
                                       .postal_code = kw_str_of(cases[i].postal),
                                       .country = kw_str_of(cases[i].country)};
        expect_variants(&input, KW_EMTP_V1, cases[i].wanted);
    }
}

static void address_read__finds_parts_in_free_text(void **state)
{
    (void)state;
    expect_free("20 NORTHMOOR ROAD, Oxford, OX2 6", "20 NORTHMOOR RD|OX2 6 /  /  /  / ");
    expect_free("1 A St, Oxford, UK", " / 1 A ST|OXFORD|UK /  /  / ");
    expect_free("1 A St, Reno", " /  /  /  / ");
    expect_free("1 A St", " /  /  /  / ");
    expect_free(", ,", " /  /  /  / ");
    expect_free("1 A St, CA 94105", "1 A ST|94105 /  /  /  / ");
    expect_free("1 A St, Reno, NV, USA, 89501",
                "1 A ST|89501 / 1 A ST|USA|NV /  /  / 1 A ST|USA|NV|89501");
    expect_free("1 A St, NV, CA, Reno, 89501",
                "1 A ST|89501 / 1 A ST|RENO|CA /  /  / 1 A ST|RENO|CA|89501");
    expect_free("1 A St, CA, 94105", "1 A ST|94105 /  /  /  / ");
    expect_free("1 A St, NV, CA, 89501", "1 A ST|89501 / 1 A ST|NV|CA /  /  / 1 A ST|NV|CA|89501");
    expect_free("1 A St,, ... ,Reno ,NV 89501",
                "1 A ST|89501 / 1 A ST|RENO|NV /  /  / 1 A ST|RENO|NV|89501");
}

static void address_read__cuts_before_the_first_unit_word(void **state)
{
    (void)state;
    expect_free("Unit 7, LS1 1AA", "UNIT 7|LS1 1AA /  /  /  / ");
    expect_free("12 Unit 3 Apt 4 Road, BA1", "12 UNIT 3 APT 4 RD|BA1 /  / 12|BA1 /  / ");
    expect_free("12 Aptly Rd, BA1", "12 APTLY RD|BA1 /  /  /  / ");
}

static void address_read__ignores_free_text_in_v1_ref(void **state)
{
    (void)state;
    expect_variants(
        &(kw_emtp_address_input){.is_free_text = true, .line1 = KW_STR("1 A St, Reno, NV 89501")},
        KW_EMTP_V1_REF, " /  /  /  / ");
}

static void address_read__reports_every_full_arena(void **state)
{
    (void)state;
    kw_emtp_address_input input = {.is_free_text = true,
                                   .line1 = KW_STR("1 Court Apt 2, Reno, NV 89501-0001")};
    size_t refused = 0;
    for (size_t bytes = 0; bytes < 8192; bytes += 16) {
        KW_AUTO(kw_arena) arena = kw_arena_init(bytes);
        kw_emtp_address address = {0};
        kw_status st = kw_emtp_address_read(&arena, &address, &input, KW_EMTP_V1);
        if (st == KW_OK) {
            assert_in_range(refused, 10, 1000);
            return;
        }
        EXPECT_STATUS(st, KW_LIMIT);
        refused++;
    }
    fail_msg("8 KiB are not enough for an address");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_read__makes_variants_of_parts),
        cmocka_unit_test(address_read__puts_the_canonical_value_first),
        cmocka_unit_test(address_read__cuts_nine_digits_in_the_us_only),
        cmocka_unit_test(address_read__finds_parts_in_free_text),
        cmocka_unit_test(address_read__cuts_before_the_first_unit_word),
        cmocka_unit_test(address_read__ignores_free_text_in_v1_ref),
        cmocka_unit_test(address_read__reports_every_full_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
