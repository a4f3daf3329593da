/* SPDX-License-Identifier: Apache-2.0 */
#include "params/draft_rows.h"

#include "support/expect.h"
#include "support/publisher_desk.h"
#include "support/stores.h"

static kw_status read_wallet(publisher_desk *desk, kw_draft_row *out)
{
    return kw_draft_row_read(desk->store, out, &desk->arena, KW_STR("wallet"), KW_STR("1.0.0"),
                             NULL);
}

static void rows__are_read_as_they_were_written(void **state)
{
    publisher_desk *desk = *state;
    kw_draft_row row = {.draft = publisher_desk_manifest(desk, "1.0.0+small")};
    kw_draft_row same;
    EXPECT_OK(kw_draft_row_write(desk->store, &row, NULL));
    assert_int_equal(row.change, 1);
    EXPECT_OK(read_wallet(desk, &same));
    assert_int_equal(same.change, 1);
    EXPECT_STR(same.draft.semver, "1.0.0+small");
    assert_int_equal(same.draft.files.count, 4);
    same.draft.state = KW_RELEASE_CHECKED;
    EXPECT_OK(kw_draft_row_write(desk->store, &same, NULL));
    EXPECT_OK(read_wallet(desk, &row));
    assert_int_equal(row.change, 2);
    assert_int_equal(row.draft.state, KW_RELEASE_CHECKED);
}

static void write__refuses_what_was_changed_meanwhile(void **state)
{
    publisher_desk *desk = *state;
    kw_draft_row first = {.draft = publisher_desk_manifest(desk, "1.0.0")};
    kw_draft_row second = first;
    EXPECT_OK(kw_draft_row_write(desk->store, &first, NULL));
    EXPECT_STATUS(kw_draft_row_write(desk->store, &second, NULL), KW_CONFLICT);
    EXPECT_OK(read_wallet(desk, &second));
    EXPECT_OK(kw_draft_row_write(desk->store, &first, NULL));
    EXPECT_STATUS(kw_draft_row_write(desk->store, &second, NULL), KW_CONFLICT);
    assert_int_equal(second.change, 1);
}

static void read__says_what_is_absent_and_what_is_damaged(void **state)
{
    publisher_desk *desk = *state;
    kw_draft_row row = {.draft = publisher_desk_manifest(desk, "1.0.0")};
    EXPECT_STATUS(read_wallet(desk, &row), KW_NOT_FOUND);
    EXPECT_OK(kw_draft_row_write(desk->store, &row, NULL));
    stores_write(desk->store, "UPDATE params_drafts SET record = CAST('{}' AS BLOB)");
    EXPECT_STATUS(read_wallet(desk, &row), KW_CORRUPT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, publisher_desk_make, publisher_desk_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rows__are_read_as_they_were_written),
        TEST(write__refuses_what_was_changed_meanwhile),
        TEST(read__says_what_is_absent_and_what_is_damaged),
    };
    return cmocka_run_group_tests_name("unit/params/draft_rows", tests, NULL, NULL);
}
