/* SPDX-License-Identifier: Apache-2.0
 * A third implementation, npm @chainsafe/blst, on signatures with keys in G1 and on the encodings
 * of keys and signatures. KW_TEST_SEED replays a run. */
#include "support/expect.h"
#include "support/json_tree.h"
#include "support/oracle.h"
#include "support/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PAIRS_COUNT "3000"

/* The first fields of lines `request TAB answer`. */
static void append_requests(kw_buf *out, kw_str pairs)
{
    kw_str pair = {0};
    while (kw_str_split(pairs, '\n', &pair, &pairs)) {
        kw_str request = {0};
        kw_str unused = {0};
        assert_true(kw_str_split(pair, '\t', &request, &unused));
        EXPECT_OK(kw_buf_append_str(out, request));
        EXPECT_OK(kw_buf_append_byte(out, '\n'));
    }
}

/* `refused` stands for any status. */
static bool is_answered(kw_str wanted, kw_str answer)
{
    if (!kw_str_equal(wanted, KW_STR("refused"))) {
        return kw_str_equal(wanted, answer);
    }
    KW_AUTO_PTR(kw_json) tree = json_tree_parse(answer);
    return kw_json_get(tree, "error") != NULL;
}

static size_t count_wrong(kw_str pairs, kw_str answers)
{
    size_t wrong = 0;
    kw_str pair = {0};
    kw_str answer = {0};
    while (kw_str_split(pairs, '\n', &pair, &pairs)) {
        kw_str request = {0};
        kw_str wanted = {0};
        (void)kw_str_split(pair, '\t', &request, &wanted);
        assert_true(kw_str_split(answers, '\n', &answer, &answers));
        if (!is_answered(wanted, answer)) {
            print_error("%.*s\nkw-curve: %.*s\n", KW_STR_ARG(pair), KW_STR_ARG(answer));
            wrong++;
        }
    }
    assert_int_equal(answers.len, 0);
    return wrong;
}

static void curves__agree_with_blst(void **state)
{
    (void)state;
    if (!oracle_is_there()) {
        skip();
    }
    char fresh[24];
    (void)snprintf(fresh, sizeof fresh, "%lld", (long long)time(NULL));
    const char *given = getenv("KW_TEST_SEED");
    const char *seed = given != NULL ? given : fresh;
    print_message("KW_TEST_SEED=%s\n", seed);
    process_result pairs = {0};
    process_result answers = {0};
    KW_AUTO(kw_buf) requests = kw_buf_init(64 << 20);
    const char *const oracle[] = {"node", KW_SOURCE_DIR "/tests/oracle/blst_pairs.mjs", seed,
                                  PAIRS_COUNT, NULL};
    const char *const program[] = {KW_BIN_DIR "/kw-curve", NULL};
    process_expect(&pairs, 0, oracle, (kw_str){0});
    append_requests(&requests, kw_buf_text(&pairs.out));
    process_expect(&answers, 0, program, kw_buf_text(&requests));
    assert_int_equal(count_wrong(kw_buf_text(&pairs.out), kw_buf_text(&answers.out)), 0);
    process_result_drop(&pairs);
    process_result_drop(&answers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curves__agree_with_blst),
    };
    return cmocka_run_group_tests_name("interop/curve_blst", tests, NULL, NULL);
}
