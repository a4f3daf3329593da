/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "os/file.h"
#include "support/coin_folder.h"
#include "support/expect.h"

#define COMMITS " %/commit1.json %/commit2.json %/commit3.json %/commit4.json"
#define REVEALS " %/reveal1.json %/reveal2.json %/reveal3.json %/reveal4.json"

static void read_transcript(coin_folder *folder, kw_coin_transcript *out, const char *name)
{
    KW_AUTO(kw_buf) json = kw_buf_init(KW_COIN_TRANSCRIPT_BYTES_MAX);
    EXPECT_OK(kw_file_read(&json, tempdir_join(&folder->dir, name).text, NULL));
    EXPECT_OK(kw_coin_transcript_decode(out, &folder->desk.arena, kw_buf_view(&json), NULL));
}

static void finish__writes_the_transcript(void **state)
{
    coin_folder *folder = *state;
    kw_coin_transcript transcript;
    kw_coin_transcript same;
    kw_coin_flip flip;
    kw_hash32 coin;
    KW_AUTO(command_result)
    result = coin_folder_run(folder, "coin-flip finish %/coin.json --json" REVEALS);
    assert_string_equal(result.err, "");
    assert_int_equal(result.exit_code, 0);
    assert_non_null(strstr(result.out, "\"operators\":4}"));
    read_transcript(folder, &transcript, "coin.json");
    EXPECT_OK(
        kw_coin_flip_of_parts(&flip, &folder->desk.arena, coin_desk_reveals(&folder->desk), NULL));
    EXPECT_OK(kw_coin_flip_end(&flip, &coin, NULL));
    EXPECT_SPAN(KW_SPAN(transcript.coin.bytes), KW_SPAN(coin.bytes));
    KW_AUTO(command_result)
    mixed = coin_folder_run(folder, "coin-flip finish %/same.json" COMMITS REVEALS);
    assert_int_equal(mixed.exit_code, 0);
    read_transcript(folder, &same, "same.json");
    EXPECT_SPAN(KW_SPAN(same.coin.bytes), KW_SPAN(coin.bytes));
}

static void finish__says_who_has_not_revealed(void **state)
{
    coin_folder *folder = *state;
    const char *const words =
        "coin-flip finish %/coin.json" COMMITS " %/reveal1.json %/reveal3.json";
    coin_folder_expect(folder, words, KW_UNAVAILABLE, folder->desk.commitments[1].address.ptr);
    coin_folder_expect(folder, words, KW_UNAVAILABLE, folder->desk.commitments[3].address.ptr);
    coin_folder_expect(folder, words, KW_UNAVAILABLE, "2 of 4 operators have not revealed");
    KW_AUTO(command_result) result = coin_folder_run(folder, words);
    assert_null(strstr(result.err, folder->desk.commitments[0].address.ptr));
    assert_false(coin_folder_has(folder, "coin.json"));
}

static void finish__refuses_what_does_not_hold(void **state)
{
    coin_folder *folder = *state;
    const char *const words = "coin-flip finish %/coin.json" REVEALS;
    kw_coin_part changed = folder->desk.reveals[1];
    changed.value.bytes[0] ^= 1;
    coin_folder_write_part(folder, "reveal2.json", &changed);
    coin_folder_expect(folder, words, KW_UNAUTHENTICATED, "is not signed by it");
    coin_desk_sign_reveal(&folder->desk, 1, &changed);
    coin_folder_write_part(folder, "reveal2.json", &changed);
    coin_folder_expect(folder, words, KW_REFUSED, "is not the one that it committed to");
    coin_folder_expect(folder, "coin-flip finish %/coin.json %/reveal1.json %/reveal3.json",
                       KW_REFUSED, "is one missing");
    kw_coin_part second = folder->desk.commitments[1];
    second.commitment.bytes[0] ^= 1;
    coin_desk_sign_commitment(&folder->desk, 1, &second);
    coin_folder_write_part(folder, "reveal2.json", &second);
    coin_folder_expect(folder, "coin-flip finish %/coin.json" COMMITS REVEALS, KW_CONFLICT,
                       "signed two commitments");
    coin_folder_expect(folder, words, KW_CONFLICT, "another list of commitments");
    coin_folder_expect(folder, "coin-flip finish %/coin.json %/node1.json", KW_BAD_INPUT,
                       "node1.json");
    assert_false(coin_folder_has(folder, "coin.json"));
}

static void finish__replaces_nothing(void **state)
{
    coin_folder *folder = *state;
    coin_folder_expect(folder, "coin-flip finish %/node1.json" REVEALS, KW_CONFLICT,
                       "nothing is replaced");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, coin_folder_set_up, coin_folder_tear_down)
    const struct CMUnitTest tests[] = {
        CASE(finish__writes_the_transcript),
        CASE(finish__says_who_has_not_revealed),
        CASE(finish__refuses_what_does_not_hold),
        CASE(finish__replaces_nothing),
    };
    return cmocka_run_group_tests_name("cli/cluster_coin_flip_finish", tests, NULL, NULL);
}
