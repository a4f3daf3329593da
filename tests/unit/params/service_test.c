/* SPDX-License-Identifier: Apache-2.0 */
#include "params/service.h"

#include "support/expect.h"
#include "support/publisher_desk.h"

#define VECTORS KW_SOURCE_DIR "/tests/vectors/params"

static kw_draft_row submitted(publisher_desk *desk)
{
    kw_draft_row row = publisher_desk_draft(desk, "1.0.0");
    EXPECT_OK(
        kw_publisher_submit(&desk->publisher, &row, &desk->arena, KW_STR("coordinator"), NULL));
    return row;
}

static kw_status approve(publisher_desk *desk, kw_draft_row *row, const kw_approval *items,
                         size_t count)
{
    kw_error err = {0};
    kw_status st = kw_publisher_approve(&desk->publisher, row, &desk->policy,
                                        (kw_approvals){items, count}, &err);
    assert_int_equal(err.status, st);
    return st;
}

static void draft__goes_from_a_manifest_to_approval(void **state)
{
    publisher_desk *desk = *state;
    kw_draft_row row = submitted(desk);
    kw_draft_row stored;
    assert_int_equal(row.draft.state, KW_RELEASE_CHECKED);
    const kw_approval both[] = {publisher_desk_sign(desk, &row.draft, 0),
                                publisher_desk_sign(desk, &row.draft, 2)};
    EXPECT_OK(approve(desk, &row, both, 2));
    EXPECT_OK(kw_draft_row_read(desk->store, &stored, &desk->arena, KW_STR("wallet"),
                                KW_STR("1.0.0"), NULL));
    assert_int_equal(stored.draft.state, KW_RELEASE_APPROVED);
    KW_AUTO(kw_buf) report = kw_buf_init(1 << 20);
    EXPECT_OK(kw_blobs_get(desk->blobs, &report, &stored.draft.report, NULL));
}

static void draft__may_be_made_anew_until_it_is_approved(void **state)
{
    publisher_desk *desk = *state;
    kw_draft_row row = submitted(desk);
    row = publisher_desk_draft(desk, "1.0.0");
    assert_int_equal(row.draft.state, KW_RELEASE_DRAFT);
    row = submitted(desk);
    const kw_approval both[] = {publisher_desk_sign(desk, &row.draft, 0),
                                publisher_desk_sign(desk, &row.draft, 1)};
    EXPECT_OK(approve(desk, &row, both, 2));
    kw_draft again = publisher_desk_manifest(desk, "1.0.0");
    EXPECT_STATUS(kw_publisher_draft(&desk->publisher, &again, &desk->arena, VECTORS, NULL),
                  KW_BAD_STATE);
    EXPECT_STATUS(
        kw_publisher_submit(&desk->publisher, &row, &desk->arena, KW_STR("coordinator"), NULL),
        KW_BAD_STATE);
    EXPECT_STATUS(approve(desk, &row, both, 2), KW_BAD_STATE);
}

static void draft__refuses_files_that_are_not_there(void **state)
{
    publisher_desk *desk = *state;
    kw_draft draft = publisher_desk_manifest(desk, "1.0.0");
    kw_draft_row row;
    EXPECT_STATUS(kw_publisher_draft(&desk->publisher, &draft, &desk->arena, desk->dir.path, NULL),
                  KW_NOT_FOUND);
    EXPECT_STATUS(
        kw_draft_row_read(desk->store, &row, &desk->arena, KW_STR("wallet"), KW_STR("1.0.0"), NULL),
        KW_NOT_FOUND);
}

static void submit__keeps_a_refused_draft_and_its_report(void **state)
{
    publisher_desk *desk = *state;
    kw_draft draft = publisher_desk_manifest(desk, "1.0.0");
    draft.files.items[2].from = KW_STR("bls12_381.vk.json");
    EXPECT_OK(kw_publisher_draft(&desk->publisher, &draft, &desk->arena, VECTORS, NULL));
    kw_draft_row row;
    EXPECT_OK(kw_draft_row_read(desk->store, &row, &desk->arena, KW_STR("wallet"), KW_STR("1.0.0"),
                                NULL));
    EXPECT_STATUS(
        kw_publisher_submit(&desk->publisher, &row, &desk->arena, KW_STR("coordinator"), NULL),
        KW_ZK_INVALID);
    assert_int_equal(row.draft.state, KW_RELEASE_DRAFT);
    assert_int_equal(row.draft.request.len, 0);
    KW_AUTO(kw_buf) report = kw_buf_init(1 << 20);
    EXPECT_OK(kw_blobs_get(desk->blobs, &report, &row.draft.report, NULL));
    EXPECT_STATUS(approve(desk, &row, NULL, 0), KW_BAD_STATE);
}

static void approve__counts_different_approvers_of_these_files(void **state)
{
    publisher_desk *desk = *state;
    kw_draft_row row = submitted(desk);
    const kw_approval one = publisher_desk_sign(desk, &row.draft, 1);
    const kw_approval twice[] = {one, one};
    EXPECT_STATUS(approve(desk, &row, NULL, 0), KW_THRESHOLD);
    EXPECT_STATUS(approve(desk, &row, twice, 2), KW_THRESHOLD);
    kw_approval forged[] = {one, publisher_desk_sign(desk, &row.draft, 2)};
    forged[1].signature.bytes[3] ^= 1;
    EXPECT_STATUS(approve(desk, &row, forged, 2), KW_THRESHOLD);
    forged[1].signature.bytes[3] ^= 1;
    row.draft.files.items[0].sha256.bytes[0] ^= 1; /* other files than were asked for */
    EXPECT_STATUS(approve(desk, &row, forged, 2), KW_REFUSED);
    row.draft.files.items[0].sha256.bytes[0] ^= 1;
    EXPECT_OK(approve(desk, &row, forged, 2));
}

static void approve__excludes_who_asked(void **state)
{
    publisher_desk *desk = *state;
    kw_draft_row row = publisher_desk_draft(desk, "1.0.0");
    EXPECT_OK(kw_publisher_submit(&desk->publisher, &row, &desk->arena, KW_STR("ada"), NULL));
    const kw_approval both[] = {publisher_desk_sign(desk, &row.draft, 0),
                                publisher_desk_sign(desk, &row.draft, 1)};
    EXPECT_STATUS(approve(desk, &row, both, 2), KW_THRESHOLD);
}

static void approve__ends_after_72_hours(void **state)
{
    publisher_desk *desk = *state;
    kw_draft_row row = submitted(desk);
    const kw_approval both[] = {publisher_desk_sign(desk, &row.draft, 0),
                                publisher_desk_sign(desk, &row.draft, 1)};
    desk->publisher.now += KW_APPROVAL_LIFE_S_MAX;
    EXPECT_STATUS(approve(desk, &row, both, 2), KW_REFUSED);
    desk->publisher.now -= 1;
    EXPECT_OK(approve(desk, &row, both, 2));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, publisher_desk_make, publisher_desk_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(draft__goes_from_a_manifest_to_approval),
        TEST(draft__may_be_made_anew_until_it_is_approved),
        TEST(draft__refuses_files_that_are_not_there),
        TEST(submit__keeps_a_refused_draft_and_its_report),
        TEST(approve__counts_different_approvers_of_these_files),
        TEST(approve__excludes_who_asked),
        TEST(approve__ends_after_72_hours),
    };
    return cmocka_run_group_tests_name("unit/params/service", tests, NULL, NULL);
}
