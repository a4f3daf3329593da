/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/checkpoint.h"

#include "support/expect.h"

/* The root is the hash of the empty tree. */
#define EMPTY_ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"

static void format__and_parse_agree(void **state)
{
    (void)state;
    kw_merkle_tree tree = {0};
    kw_checkpoint made = {.origin = KW_STR("node-1/audit")};
    kw_merkle_root(&tree, &made.head.root);
    KW_AUTO(kw_buf) text = kw_buf_init(200);
    EXPECT_OK(kw_checkpoint_format(&text, &made));
    EXPECT_STR(kw_buf_text(&text), "node-1/audit\n0\n" EMPTY_ROOT);
    kw_checkpoint read = {0};
    EXPECT_OK(kw_checkpoint_parse(&read, kw_buf_text(&text), NULL));
    EXPECT_STR(read.origin, "node-1/audit");
    assert_int_equal(read.head.size, 0);
    EXPECT_SPAN(KW_SPAN(read.head.root.bytes), KW_SPAN(made.head.root.bytes));
}

static void parse__accepts_large_sizes_and_extension_lines(void **state)
{
    (void)state;
    kw_checkpoint read = {0};
    EXPECT_OK(kw_checkpoint_parse(
        &read, KW_STR("log\n9223372036854775807\n" EMPTY_ROOT "more\nlines\n"), NULL));
    assert_true(read.head.size == INT64_MAX);
}

static void parse__refuses_malformed_checkpoints(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "log\n",
        "log\n0\n",
        "\n0\n" EMPTY_ROOT,
        "log\n00\n" EMPTY_ROOT,
        "log\n-1\n" EMPTY_ROOT,
        "log\n\n" EMPTY_ROOT,
        "log\n1 \n" EMPTY_ROOT,
        "log\n9223372036854775808\n" EMPTY_ROOT,
        "lo\tg\n0\n" EMPTY_ROOT,
        "log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF==\n",
        "log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n",
        "log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "log\n0\n" EMPTY_ROOT "no line end",
    };
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        kw_checkpoint read = {.head.size = 7};
        EXPECT_STATUS(kw_checkpoint_parse(&read, kw_str_of(bad[i]), NULL), KW_BAD_INPUT);
        assert_int_equal(read.head.size, 7);
    }
}

static void format__refuses_origins_that_are_not_a_line(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "a\nb", "\xff"};
    KW_AUTO(kw_buf) text = kw_buf_init(200);
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        kw_checkpoint checkpoint = {.origin = kw_str_of(bad[i])};
        EXPECT_STATUS(kw_checkpoint_format(&text, &checkpoint), KW_BAD_INPUT);
    }
    KW_AUTO(kw_buf) small = kw_buf_init(40);
    kw_checkpoint good = {.origin = KW_STR("log")};
    EXPECT_STATUS(kw_checkpoint_format(&small, &good), KW_LIMIT);
    assert_int_equal(text.len + small.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(format__and_parse_agree),
        cmocka_unit_test(parse__accepts_large_sizes_and_extension_lines),
        cmocka_unit_test(parse__refuses_malformed_checkpoints),
        cmocka_unit_test(format__refuses_origins_that_are_not_a_line),
    };
    return cmocka_run_group_tests_name("crypto/checkpoint", tests, NULL, NULL);
}
