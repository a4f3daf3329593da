/* SPDX-License-Identifier: Apache-2.0
 * The vectors that tools/curve_vectors.mjs makes with @noble/curves, in process: every operation
 * and encoding of both curves, on values at the edges, and as often refused as not. */
#include "kw_curve/lines.h"

#include "support/curve_backend.h"
#include "support/expect.h"
#include "support/json_tree.h"
#include "support/tree.h"

#include <stdio.h>

/* The answer, {"id", "out"} or {"id", "error"}, is that of the case and has its id. */
static bool is_answered(const kw_json *wanted, const kw_json *question, const kw_json *answer)
{
    const kw_json *out = kw_json_get(wanted, "out");
    const char *member = out != NULL ? "out" : "error";
    const kw_json *value = kw_json_get(wanted, member);
    const kw_json *got = kw_json_get(answer, member);
    return value != NULL && got != NULL && json_tree_equal(value, got) &&
           json_tree_equal(json_tree_at(question, "id"), json_tree_at(answer, "id"));
}

static bool run_case(const kw_json *item)
{
    const kw_json *question = json_tree_at(item, "ask");
    KW_AUTO(kw_buf) line = kw_buf_init(CURVE_LINE_BYTES_MAX);
    KW_AUTO(kw_buf) answer = kw_buf_init(CURVE_LINE_BYTES_MAX);
    json_tree_print(&line, question);
    EXPECT_OK(curve_lines_answer(&answer, kw_buf_text(&line)));
    KW_AUTO_PTR(kw_json) tree = json_tree_parse(kw_buf_text(&answer));
    if (is_answered(item, question, tree)) {
        return true;
    }
    KW_AUTO(kw_buf) wanted = kw_buf_init(CURVE_LINE_BYTES_MAX);
    json_tree_print(&wanted, item);
    print_error("%.*s\nanswer: %.*s", KW_STR_ARG(kw_buf_text(&wanted)),
                KW_STR_ARG(kw_buf_text(&answer)));
    return false;
}

static void expect_file(const char *name)
{
    char path[128];
    assert_in_range(snprintf(path, sizeof path, "tests/vectors/curve/%s.json", name), 1,
                    sizeof path - 1);
    KW_AUTO(kw_buf) file = {0};
    tree_read(&file, path);
    KW_AUTO_PTR(kw_json) root = json_tree_parse(kw_buf_text(&file));
    const kw_json *cases = json_tree_at(root, "cases");
    assert_in_range(kw_json_count(cases), 80, 10000);
    kw_str unused = {0};
    const kw_json *item = NULL;
    size_t failed = 0;
    for (const void *at = NULL; kw_json_next(cases, &at, &unused, &item);) {
        failed += run_case(item) ? 0 : 1;
    }
    print_message("%s: %zu of %zu cases failed\n", name, failed, kw_json_count(cases));
    assert_int_equal(failed, 0);
}

#define FILE_TEST(name)                     \
    static void name##__agree(void **state) \
    {                                       \
        (void)state;                        \
        expect_file(#name);                 \
    }

FILE_TEST(bls12_381_fields)
FILE_TEST(bls12_381_towers)
FILE_TEST(bls12_381_encodings)
FILE_TEST(bls12_381_groups)
FILE_TEST(bls12_381_hashing)
FILE_TEST(bls12_381_pairings)
FILE_TEST(bn254_fields)
FILE_TEST(bn254_towers)
FILE_TEST(bn254_encodings)
FILE_TEST(bn254_groups)
FILE_TEST(bn254_hashing)
FILE_TEST(bn254_pairings)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bls12_381_fields__agree),   cmocka_unit_test(bls12_381_towers__agree),
        cmocka_unit_test(bn254_towers__agree),       cmocka_unit_test(bls12_381_encodings__agree),
        cmocka_unit_test(bls12_381_groups__agree),   cmocka_unit_test(bls12_381_hashing__agree),
        cmocka_unit_test(bls12_381_pairings__agree), cmocka_unit_test(bn254_fields__agree),
        cmocka_unit_test(bn254_encodings__agree),    cmocka_unit_test(bn254_groups__agree),
        cmocka_unit_test(bn254_hashing__agree),      cmocka_unit_test(bn254_pairings__agree),
    };
    return curve_run_on_backends("vectors/curve/noble", tests, KW_COUNT(tests));
}
