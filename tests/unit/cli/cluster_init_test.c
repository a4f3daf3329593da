/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "codec/json.h"
#include "os/file.h"
#include "support/command_line.h"
#include "support/expect.h"
#include "support/operator_rows.h"
#include "support/tempdir.h"
#include "threshold/engine/roster/cluster_file.h"

#include <stdio.h>

static tempdir dir;
static operator_rows entries;

static int make(void **state)
{
    (void)state;
    dir = tempdir_make();
    operator_rows_make(&entries, 4);
    for (uint32_t i = 0; i < 4; i++) {
        char name[32];
        KW_AUTO(kw_buf) json = kw_buf_init(4096);
        (void)snprintf(name, sizeof name, "node%u.json", (unsigned)i + 1);
        EXPECT_OK(kw_json_encode(&json, &kw_operator_row_schema, &entries.items[i], KW_JSON_PLAIN));
        EXPECT_OK(
            kw_file_write_atomic(tempdir_join(&dir, name).text, kw_buf_view(&json), 0644, NULL));
    }
    return 0;
}

static int drop(void **state)
{
    (void)state;
    tempdir_remove(&dir);
    return 0;
}

/* `cluster init DIR/cluster.json --name test`, with the first operators and more options. */
static command_result init(uint32_t operators, const char *more)
{
    char words[4096];
    int len =
        snprintf(words, sizeof words, "cluster init %s/cluster.json --name test%s", dir.path, more);
    for (uint32_t i = 1; i <= operators; i++) {
        len += snprintf(words + len, sizeof words - (size_t)len, " --operator %s/node%u.json",
                        dir.path, (unsigned)i);
    }
    return command_line_run(&kw_keyward, words, 80);
}

static void read_cluster(kw_cluster_file *out, kw_arena *arena)
{
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    EXPECT_OK(kw_file_read(&json, tempdir_join(&dir, "cluster.json").text, NULL));
    EXPECT_OK(kw_cluster_file_decode(out, arena, kw_buf_view(&json), NULL));
}

static void init__writes_what_operators_read(void **state)
{
    (void)state;
    kw_cluster_file file;
    char digits[80];
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_OPERATORS_ARENA_MAX);
    KW_AUTO(command_result)
    result = init(4, " --suite 1 --interval-s 120 --reshare-every 3 --delta-ms 1000 --json");
    assert_int_equal(result.exit_code, 0);
    read_cluster(&file, &arena);
    assert_int_equal(file.config.suite, 1);
    assert_int_equal(file.config.interval_s, 120);
    assert_int_equal(file.config.reshare_every, 3);
    assert_int_equal(file.config.delta_ms, 1000);
    assert_int_equal(file.quorum.n, 4);
    assert_false(file.has_master);
    (void)snprintf(digits, sizeof digits, "\"cluster_id\":\"%02x%02x%02x%02x",
                   file.cluster_id.bytes[0], file.cluster_id.bytes[1], file.cluster_id.bytes[2],
                   file.cluster_id.bytes[3]);
    assert_non_null(strstr(result.out, digits));
    assert_non_null(strstr(result.out, "\"operators\":4,\"threshold\":3,\"tolerated\":1,"));
    assert_string_equal(result.err, "");
}

static void init__says_when_nobody_may_be_missing(void **state)
{
    (void)state;
    KW_AUTO(command_result) result = init(3, "");
    assert_int_equal(result.exit_code, 0);
    assert_non_null(strstr(result.err, "with 3 operators none may be missing"));
    assert_non_null(strstr(result.out, "quorum: 3\n"));
}

static void expect_refusal(uint32_t operators, const char *more, const char *code)
{
    kw_file_info info;
    KW_AUTO(command_result) result = init(operators, more);
    assert_true(result.exit_code != 0);
    if (strstr(result.err, code) == NULL) {
        fail_msg("no %s in %s", code, result.err);
    }
    EXPECT_STATUS(kw_file_stat(&info, tempdir_join(&dir, "cluster.json").text, NULL), KW_NOT_FOUND);
}

static void init__refuses_what_does_not_fit(void **state)
{
    (void)state;
    char twice[1200];
    (void)snprintf(twice, sizeof twice, " --operator %s/node2.json", dir.path);
    expect_refusal(0, "", "operator");
    expect_refusal(2, twice, "share a certificate");
    expect_refusal(4, " --threshold-numerator 9", "a threshold of 9/3 of 4 operators");
    expect_refusal(4, " --interval-s 2 --delta-ms 1000", "delta_ms");
    expect_refusal(4, " --avs 0xABCDEF0000000000000000000000000000000000", "avs");
    entries.items[0].proof = entries.items[1].proof; /* it does not hold the key that it names */
    KW_AUTO(kw_buf) json = kw_buf_init(4096);
    EXPECT_OK(kw_json_encode(&json, &kw_operator_row_schema, &entries.items[0], KW_JSON_PLAIN));
    EXPECT_OK(kw_file_write_atomic(tempdir_join(&dir, "node1.json").text, kw_buf_view(&json), 0644,
                                   NULL));
    expect_refusal(4, "", "while reading the genesis operators");
    tempdir_path missing = tempdir_join(&dir, "node4.json");
    EXPECT_OK(kw_file_remove(missing.text, NULL));
    expect_refusal(4, "", "No such file");
}

static void init__replaces_nothing(void **state)
{
    (void)state;
    KW_AUTO(command_result) first = init(4, "");
    KW_AUTO(command_result) second = init(3, "");
    assert_int_equal(first.exit_code, 0);
    assert_int_equal(second.exit_code, kw_status_exit_code(KW_CONFLICT));
    kw_cluster_file file;
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_OPERATORS_ARENA_MAX);
    read_cluster(&file, &arena);
    assert_int_equal(file.quorum.n, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(init__writes_what_operators_read, make, drop),
        cmocka_unit_test_setup_teardown(init__says_when_nobody_may_be_missing, make, drop),
        cmocka_unit_test_setup_teardown(init__refuses_what_does_not_fit, make, drop),
        cmocka_unit_test_setup_teardown(init__replaces_nothing, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
