/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "codec/json.h"
#include "os/file.h"
#include "support/coin_folder.h"
#include "support/expect.h"
#include "support/softhsm.h"

#define ALL                                                                    \
    " --operator %/node1.json --operator %/node2.json --operator %/node3.json" \
    " --operator %/node4.json"

/* The printed commitment is of the value in the file; the others take it with theirs. */
static void commit__keeps_the_value_and_prints_the_commitment(void **state)
{
    coin_folder *folder = *state;
    kw_coin_flip flip;
    kw_file_info info;
    kw_coin_part parts[4];
    KW_AUTO(kw_secret32) value = {{0}};
    KW_AUTO(kw_buf) bytes = kw_buf_init(64);
    coin_desk *desk = &folder->desk;
    KW_AUTO(command_result)
    result = coin_folder_run(folder, "coin-flip commit %/new.value" ALL COIN_SELF("2"));
    assert_string_equal(result.err, "");
    assert_int_equal(result.exit_code, 0);
    memcpy(parts, desk->commitments, sizeof parts);
    EXPECT_OK(kw_json_decode(&parts[1], &desk->arena, &kw_coin_part_schema,
                             kw_span_of_str(kw_str_of(result.out)), NULL));
    EXPECT_OK(kw_coin_flip_of_parts(&flip, &desk->arena, (kw_coin_parts){parts, 4}, NULL));
    EXPECT_OK(kw_file_stat(&info, tempdir_join(&folder->dir, "new.value").text, NULL));
    assert_int_equal(info.mode, 0600);
    EXPECT_OK(kw_file_read(&bytes, tempdir_join(&folder->dir, "new.value").text, NULL));
    EXPECT_OK(kw_secret32_of(&value, kw_secret_span_of(kw_buf_view(&bytes))));
    kw_coin_seat seat = coin_desk_seat(desk, 1);
    EXPECT_OK(kw_coin_reveal(&parts[1], &desk->arena, &flip, &seat, &value, NULL));
}

static void commit__takes_a_key_on_a_token(void **state)
{
    coin_folder *folder = *state;
    const kw_secret32 *key = kw_operator_secret_view(folder->desk.secrets[1]);
    softhsm hsm = softhsm_seat(&folder->dir, kw_secret32_view(key));
    KW_AUTO(command_result)
    result = coin_folder_run(folder, "coin-flip commit %/new.value" ALL
                                     " --entry %/node2.json" SOFTHSM_SEAT);
    assert_int_equal(result.exit_code, 0);
    assert_true(strlen(result.out) > 0);
    coin_folder_expect(folder,
                       "coin-flip commit %/none.value" ALL " --entry %/node3.json" SOFTHSM_SEAT,
                       KW_REFUSED, "the key operator is not that of the entry");
    softhsm_drop(&hsm);
}

static void commit__draws_another_value_each_time(void **state)
{
    coin_folder *folder = *state;
    KW_AUTO(command_result)
    first = coin_folder_run(folder, "coin-flip commit %/a.value" ALL COIN_SELF("1"));
    KW_AUTO(command_result)
    second = coin_folder_run(folder, "coin-flip commit %/b.value" ALL COIN_SELF("1"));
    assert_int_equal(first.exit_code, 0);
    assert_int_equal(second.exit_code, 0);
    assert_string_not_equal(first.out, second.out);
}

static void commit__uses_no_value_twice(void **state)
{
    coin_folder *folder = *state;
    coin_folder_expect(folder, "coin-flip commit %/1.value" ALL COIN_SELF("1"), KW_CONFLICT,
                       "a value is used once");
}

static void commit__writes_nothing_that_others_would_refuse(void **state)
{
    coin_folder *folder = *state;
    coin_folder_expect(folder,
                       "coin-flip commit %/new.value --operator %/node1.json" COIN_SELF("2"),
                       KW_REFUSED, "none of the operators who flip");
    coin_folder_expect(folder,
                       "coin-flip commit %/new.value" ALL " --operator %/node1.json" COIN_SELF("1"),
                       KW_CONFLICT, "share a certificate");
    coin_folder_expect(folder,
                       "coin-flip commit %/new.value" ALL
                       " --entry %/node2.json --key raw --key-file %/4.key",
                       KW_REFUSED, "is not that of the entry");
    coin_folder_expect(
        folder, "coin-flip commit %/new.value" ALL " --entry %/node2.json --key-file %/2.key",
        KW_USAGE, "needs --passphrase-file");
    coin_folder_expect(folder,
                       "coin-flip commit %/new.value" ALL
                       " --entry %/none.json --key raw --key-file %/2.key",
                       KW_NOT_FOUND, "reading an entry");
    coin_folder_expect(folder, "coin-flip commit %/new.value" COIN_SELF("2"), KW_USAGE, "operator");
    assert_false(coin_folder_has(folder, "new.value"));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, coin_folder_set_up, coin_folder_tear_down)
    const struct CMUnitTest tests[] = {
        CASE(commit__keeps_the_value_and_prints_the_commitment),
        CASE(commit__takes_a_key_on_a_token),
        CASE(commit__draws_another_value_each_time),
        CASE(commit__uses_no_value_twice),
        CASE(commit__writes_nothing_that_others_would_refuse),
    };
    return cmocka_run_group_tests_name("cli/cluster_coin_flip_commit", tests, NULL, NULL);
}
