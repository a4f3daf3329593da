/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/publisher_folder.h"

#include "base/arena.h"

#include "support/expect.h"
#include "support/publisher_cli.h"

static kw_status read_policy(const tempdir *dir, const char *json)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_approval_policy policy;
    publisher_cli_write(dir, "policy.json", json);
    return kw_publisher_policy_read(&policy, &arena, kw_str_of(dir->path), NULL);
}

static void policy__has_approvers_and_a_threshold(void **state)
{
    const tempdir *dir = *state;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_approval_policy policy;
    EXPECT_OK(kw_publisher_policy_read(&policy, &arena, kw_str_of(dir->path), NULL));
    assert_true(policy.count == 3 && policy.threshold == 2);
    EXPECT_STR(policy.approvers[2].id, "cem");
    EXPECT_STATUS(kw_publisher_policy_read(&policy, &arena, KW_STR("/nowhere/at/all"), NULL),
                  KW_NOT_FOUND);
    EXPECT_STATUS(read_policy(dir, "{\"approvers\":[],\"threshold\":1}"), KW_BAD_INPUT);
    EXPECT_STATUS(read_policy(dir, "{\"approvers\":[\"ada\"],\"threshold\":1}"), KW_BAD_INPUT);
    EXPECT_STATUS(read_policy(dir, "{\"approvers\":[\"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4"
                                   "ZCbV54Id2LKaANYcrnKv3U2k\"],\"threshold\":2}"),
                  KW_BAD_INPUT);
    EXPECT_OK(read_policy(dir, "{\"approvers\":[\"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4"
                               "ZCbV54Id2LKaANYcrnKv3U2k\"],\"threshold\":1}"));
}

static void approval__is_read_from_a_file(void **state)
{
    const tempdir *dir = *state;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_approval approval;
    publisher_cli_submit(dir);
    publisher_cli_keep(dir, "params sign %/request.json --key %/bea.key", "b.json");
    EXPECT_OK(kw_approval_file_read(&approval, &arena, kw_str_of(tempdir_join(dir, "b.json").text),
                                    NULL));
    EXPECT_STR(approval.approver, "bea");
    publisher_cli_write(dir, "b.json", "{\"approver\":\"bea\",\"signature\":\"00\"}");
    EXPECT_STATUS(
        kw_approval_file_read(&approval, &arena, kw_str_of(tempdir_join(dir, "b.json").text), NULL),
        KW_BAD_INPUT);
}

static void folder__is_made_and_opened_again(void **state)
{
    const tempdir *dir = *state;
    tempdir_path path = tempdir_join(dir, "new");
    KW_AUTO(kw_publisher_folder) folder = {.store = NULL};
    KW_AUTO(kw_publisher_folder) other = {.store = NULL};
    EXPECT_OK(kw_publisher_folder_open(&folder, kw_str_of(path.text), NULL));
    assert_non_null(folder.publisher.store);
    kw_publisher_folder_drop(&folder);
    kw_publisher_folder_drop(&folder);
    EXPECT_OK(kw_publisher_folder_open(&folder, kw_str_of(path.text), NULL));
    publisher_cli_write(dir, "file", "no folder");
    EXPECT_STATUS(kw_publisher_folder_open(&other, kw_str_of(tempdir_join(dir, "file").text), NULL),
                  KW_CONFLICT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, publisher_cli_make, publisher_cli_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(policy__has_approvers_and_a_threshold),
        TEST(folder__is_made_and_opened_again),
        TEST(approval__is_read_from_a_file),
    };
    return cmocka_run_group_tests_name("unit/cli/publisher_folder", tests, NULL, NULL);
}
