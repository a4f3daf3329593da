/* SPDX-License-Identifier: Apache-2.0 */
#include "node/args.h"

#include "support/expect.h"

static kw_status read_words(kw_node_args *out, kw_arena *arena, const char *const *words,
                            size_t count)
{
    kw_str texts[8];
    for (size_t i = 0; i < count; i++) {
        texts[i] = kw_str_of(words[i]);
    }
    return kw_node_args_read(out, arena, (kw_strs){texts, count}, NULL);
}

static void args_read__takes_options(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(65536);
    kw_node_args args = {0};
    static const char *const words[] = {
        "--config", "a.yaml", "--set", "log.level=debug", "--set", "net.loops=2", "--check-config"};
    EXPECT_OK(read_words(&args, &arena, words, KW_COUNT(words)));
    EXPECT_STR(args.config, "a.yaml");
    assert_int_equal(args.set.count, 2);
    assert_true(args.check_config);
    assert_false(args.print_config);
}

static void args_read__refuses(void **state)
{
    (void)state;
    static const char *const words[] = {"--confg", "word", "--config", "--version=x"};
    KW_AUTO(kw_arena) arena = kw_arena_init(65536);
    for (size_t i = 0; i < KW_COUNT(words); i++) {
        kw_node_args args = {0};
        EXPECT_STATUS(read_words(&args, &arena, &words[i], 1), KW_USAGE);
    }
}

static void args_help__lists_every_option(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) text = kw_buf_init(65536);
    const char *page = NULL;
    EXPECT_OK(kw_node_args_help(&text));
    EXPECT_OK(kw_buf_c_text(&text, &page));
    static const char *const names[] = {"--config",       "--set",          "--test-clock",
                                        "--check-config", "--print-config", "--help",
                                        "--version",      "SIGHUP"};
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        assert_non_null(strstr(page, names[i]));
    }
    KW_AUTO(kw_buf) small = kw_buf_init(16);
    EXPECT_STATUS(kw_node_args_help(&small), KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(args_read__takes_options),
        cmocka_unit_test(args_read__refuses),
        cmocka_unit_test(args_help__lists_every_option),
    };
    return cmocka_run_group_tests_name("node/args", tests, NULL, NULL);
}
