/* SPDX-License-Identifier: Apache-2.0
 * The coin of a transcript, and the cluster that takes it with `cluster init --coin-flip`. */
#include "cli/commands.h"

#include "os/file.h"
#include "support/coin_folder.h"
#include "support/expect.h"

#define REVEALS " %/reveal1.json %/reveal2.json %/reveal3.json %/reveal4.json"
#define THREE   " --operator %/node1.json --operator %/node2.json --operator %/node3.json"
#define ALL     THREE " --operator %/node4.json"

static int make(void **state)
{
    int failed = coin_folder_set_up(state);
    coin_folder_expect(*state, "coin-flip finish %/coin.json --quiet" REVEALS, KW_OK, "");
    return failed;
}

static void verify__needs_the_transcript_alone(void **state)
{
    coin_folder *folder = *state;
    KW_AUTO(command_result)
    result = coin_folder_run(folder, "coin-flip verify %/coin.json --json");
    assert_int_equal(result.exit_code, 0);
    assert_non_null(strstr(result.out, "\"operators\":4}"));
    coin_folder_expect(folder, "coin-flip verify %/none.json", KW_NOT_FOUND, "the transcript");
    coin_folder_expect(folder, "coin-flip verify %/reveal1.json", KW_BAD_INPUT, "checking");
    KW_AUTO(kw_buf) json = kw_buf_init(KW_COIN_TRANSCRIPT_BYTES_MAX);
    tempdir_path path = tempdir_join(&folder->dir, "coin.json");
    EXPECT_OK(kw_file_read(&json, path.text, NULL));
    uint8_t *digit = &json.ptr[json.len - 8]; /* of the last signature */
    *digit = *digit == '0' ? '1' : '0';
    EXPECT_OK(kw_file_write_atomic(path.text, kw_buf_view(&json), 0644, NULL));
    coin_folder_expect(folder, "coin-flip verify %/coin.json", KW_UNAUTHENTICATED,
                       "is not signed by it");
}

static void init__takes_the_coin_of_its_operators(void **state)
{
    coin_folder *folder = *state;
    coin_folder_expect(folder, "init %/cluster.json --name test --coin-flip %/coin.json" ALL, KW_OK,
                       "");
    KW_AUTO(command_result)
    result = coin_folder_run(folder, "coin-flip verify %/coin.json --cluster %/cluster.json");
    assert_int_equal(result.exit_code, 0);
    assert_non_null(strstr(result.out, "cluster: test\n"));
}

static void init__takes_no_coin_of_others(void **state)
{
    coin_folder *folder = *state;
    coin_folder_expect(folder, "init %/no.json --name test --coin-flip %/coin.json" THREE,
                       KW_REFUSED, "other operators flipped this coin");
    coin_folder_expect(folder, "init %/no.json --name test --coin-flip %/commit1.json" ALL,
                       KW_BAD_INPUT, "checking");
    coin_folder_expect(folder,
                       "init %/no.json --name test --coin-flip %/coin.json --coin "
                       "0101010101010101010101010101010101010101010101010101010101010101" ALL,
                       KW_USAGE, "a cluster has one coin");
    assert_false(coin_folder_has(folder, "no.json"));
}

static void verify__finds_a_cluster_with_another_coin(void **state)
{
    coin_folder *folder = *state;
    coin_folder_expect(folder, "init %/zeros.json --name test" ALL, KW_OK, "");
    coin_folder_expect(folder, "coin-flip verify %/coin.json --cluster %/zeros.json", KW_REFUSED,
                       "the cluster has another coin");
    coin_folder_expect(folder, "init %/three.json --name test" THREE, KW_OK, "");
    coin_folder_expect(folder, "coin-flip verify %/coin.json --cluster %/three.json", KW_REFUSED,
                       "other operators flipped");
    coin_folder_expect(folder, "coin-flip verify %/coin.json --cluster %/coin.json", KW_BAD_INPUT,
                       "coin.json");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make, coin_folder_tear_down)
    const struct CMUnitTest tests[] = {
        CASE(verify__needs_the_transcript_alone),
        CASE(init__takes_the_coin_of_its_operators),
        CASE(init__takes_no_coin_of_others),
        CASE(verify__finds_a_cluster_with_another_coin),
    };
    return cmocka_run_group_tests_name("cli/cluster_coin_flip_verify", tests, NULL, NULL);
}
