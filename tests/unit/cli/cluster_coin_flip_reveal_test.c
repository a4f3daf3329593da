/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "codec/json.h"
#include "os/file.h"
#include "support/coin_folder.h"
#include "support/expect.h"
#include "support/softhsm.h"

#define ALL " %/commit1.json %/commit2.json %/commit3.json %/commit4.json"

static void reveal__prints_the_value_for_the_list(void **state)
{
    coin_folder *folder = *state;
    kw_coin_part part = {0};
    const kw_coin_part *wanted = &folder->desk.reveals[2];
    KW_AUTO(command_result)
    result = coin_folder_run(folder, "coin-flip reveal %/3.value" ALL COIN_SELF("3"));
    assert_int_equal(result.exit_code, 0);
    assert_non_null(strstr(result.err, "4 operators have committed; all must see the list "));
    EXPECT_OK(kw_json_decode(&part, &folder->desk.arena, &kw_coin_part_schema,
                             kw_span_of_str(kw_str_of(result.out)), NULL));
    EXPECT_SPAN(KW_SPAN(part.value.bytes), KW_SPAN(wanted->value.bytes));
    EXPECT_SPAN(KW_SPAN(part.list.bytes), KW_SPAN(wanted->list.bytes));
    EXPECT_SPAN(part.reveal, wanted->reveal);
}

static void reveal__takes_a_key_on_a_token(void **state)
{
    coin_folder *folder = *state;
    const kw_secret32 *key = kw_operator_secret_view(folder->desk.secrets[1]);
    softhsm hsm = softhsm_seat(&folder->dir, kw_secret32_view(key));
    KW_AUTO(command_result)
    result = coin_folder_run(folder,
                             "coin-flip reveal %/2.value" ALL " --entry %/node2.json" SOFTHSM_SEAT);
    assert_int_equal(result.exit_code, 0);
    assert_true(strlen(result.out) > 0);
    coin_folder_expect(folder,
                       "coin-flip reveal %/3.value" ALL " --entry %/node3.json" SOFTHSM_SEAT,
                       KW_REFUSED, "the key operator is not that of the entry");
    softhsm_drop(&hsm);
}

/* A refusal shows nothing on standard output. */
static void expect_silent(coin_folder *folder, const char *words, kw_status wanted,
                          const char *text)
{
    coin_folder_expect(folder, words, wanted, text);
    KW_AUTO(command_result) result = coin_folder_run(folder, words);
    assert_string_equal(result.out, "");
}

static void reveal__waits_for_all_commitments(void **state)
{
    coin_folder *folder = *state;
    expect_silent(folder, "coin-flip reveal %/3.value %/commit3.json" COIN_SELF("3"), KW_REFUSED,
                  "is one missing");
    expect_silent(
        folder,
        "coin-flip reveal %/3.value %/commit1.json %/commit2.json %/commit3.json" COIN_SELF("3"),
        KW_REFUSED, "commitments of 3 operators");
    expect_silent(folder, "coin-flip reveal %/3.value" COIN_SELF("3"), KW_USAGE,
                  "COMMITMENTS must be given");
}

static void reveal__refuses_when_another_commitment_is_shown_as_its_own(void **state)
{
    coin_folder *folder = *state;
    kw_coin_part other = folder->desk.commitments[2];
    other.commitment.bytes[0] ^= 1;
    coin_folder_write_part(folder, "commit3.json", &other); /* that it did not sign */
    expect_silent(folder, "coin-flip reveal %/3.value" ALL COIN_SELF("3"), KW_UNAUTHENTICATED,
                  "is not signed by it");
    coin_desk_sign_commitment(&folder->desk, 2, &other); /* that it signed for an earlier flip */
    coin_folder_write_part(folder, "commit3.json", &other);
    expect_silent(folder, "coin-flip reveal %/3.value" ALL COIN_SELF("3"), KW_REFUSED,
                  "nothing is revealed");
}

static void reveal__refuses_a_copied_commitment(void **state)
{
    coin_folder *folder = *state;
    kw_coin_part copy = folder->desk.commitments[0];
    copy.commitment = folder->desk.commitments[2].commitment;
    coin_desk_sign_commitment(&folder->desk, 0, &copy);
    coin_folder_write_part(folder, "commit1.json", &copy);
    expect_silent(folder, "coin-flip reveal %/3.value" ALL COIN_SELF("3"), KW_CONFLICT,
                  "one copied it");
}

/* Somebody who has seen what others revealed shows another commitment, and asks them again. */
static void reveal__reveals_for_one_list(void **state)
{
    coin_folder *folder = *state;
    kw_coin_part late = folder->desk.commitments[0];
    coin_folder_expect(folder, "coin-flip reveal %/3.value" ALL COIN_SELF("3"), KW_OK, "must see");
    coin_folder_expect(folder, "coin-flip reveal %/3.value" ALL COIN_SELF("3"), KW_OK, "must see");
    late.commitment.bytes[0] ^= 1;
    coin_desk_sign_commitment(&folder->desk, 0, &late);
    coin_folder_write_part(folder, "commit1.json", &late);
    expect_silent(folder, "coin-flip reveal %/3.value" ALL COIN_SELF("3"), KW_CONFLICT,
                  "was revealed for another list");
}

static void reveal__needs_the_own_key_and_value(void **state)
{
    coin_folder *folder = *state;
    expect_silent(folder, "coin-flip reveal %/2.value" ALL COIN_SELF("3"), KW_REFUSED,
                  "nothing is revealed");
    expect_silent(folder,
                  "coin-flip reveal %/3.value" ALL " --entry %/node3.json --key raw --key-file "
                  "%/1.key",
                  KW_REFUSED, "is not that of the entry");
    expect_silent(folder, "coin-flip reveal %/none" ALL COIN_SELF("3"), KW_NOT_FOUND,
                  "reading the value");
    kw_span bytes = kw_span_of_str(KW_STR("seven b"));
    EXPECT_OK(kw_file_write_atomic(tempdir_join(&folder->dir, "open").text, bytes, 0644, NULL));
    EXPECT_OK(kw_file_write_atomic(tempdir_join(&folder->dir, "short").text, bytes, 0600, NULL));
    expect_silent(folder, "coin-flip reveal %/open" ALL COIN_SELF("3"), KW_FORBIDDEN,
                  "reading the value");
    expect_silent(folder, "coin-flip reveal %/short" ALL COIN_SELF("3"), KW_BAD_INPUT,
                  "a value has 32 bytes");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, coin_folder_set_up, coin_folder_tear_down)
    const struct CMUnitTest tests[] = {
        CASE(reveal__prints_the_value_for_the_list),
        CASE(reveal__takes_a_key_on_a_token),
        CASE(reveal__waits_for_all_commitments),
        CASE(reveal__refuses_when_another_commitment_is_shown_as_its_own),
        CASE(reveal__refuses_a_copied_commitment),
        CASE(reveal__reveals_for_one_list),
        CASE(reveal__needs_the_own_key_and_value),
    };
    return cmocka_run_group_tests_name("cli/cluster_coin_flip_reveal", tests, NULL, NULL);
}
