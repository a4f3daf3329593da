/* SPDX-License-Identifier: Apache-2.0 */
#include "config/show.h"

#include "config/load.h"
#include "support/expect.h"

typedef struct log_config {
    kw_str path;
    uint32_t lines_max;
    kw_str token;
    kw_strs tags;
} log_config;

typedef struct config {
    log_config log;
} config;

static const kw_option log_options[] = {
    KW_OPTION(log_config, path, 64, .reloads = true,
              .help = "where lines go; empty: standard error"),
    KW_OPTION(log_config, lines_max, 99, .min = 1, .fallback = "7", .help = "lines kept"),
    KW_OPTION(log_config, token, 64, .flags = KW_SECRET | KW_REQ, .help = "of the sink"),
    KW_OPTION(log_config, tags, 8, .reloads = true),
};
KW_SCHEMA(log_config, log_options);

static const kw_section sections[] = {KW_SECTION(config, log, &log_config_schema, "the log")};
static const kw_config_shape shape = KW_CONFIG_SHAPE(config, sections);

static kw_str tags[] = {{"a: b", 4}, {"\"", 1}};

static void config_print__hides_secrets_and_reads_back(void **state)
{
    (void)state;
    config in = {.log = {.path = KW_STR("x\xc3\xbc"),
                         .lines_max = 3,
                         .token = KW_STR("hush"),
                         .tags = {tags, 2}}};
    KW_AUTO(kw_buf) text = kw_buf_init(4096);
    EXPECT_OK(kw_config_print(&text, &shape, &in));
    EXPECT_STR(kw_buf_text(&text), "log:\n  path: \"x\xc3\xbc\"\n  lines_max: 3\n"
                                   "  token: \"[redacted]\"\n  tags: [\"a: b\",\"\\\"\"]\n");
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_config_sources sources = {.yaml = kw_buf_view(&text)};
    config back = {0};
    EXPECT_OK(kw_config_load(&back, &arena, &shape, &sources, NULL));
    EXPECT_STR(back.log.path, "x\xc3\xbc");
    EXPECT_STR(back.log.tags.items[1], "\"");
    EXPECT_STR(back.log.token, "[redacted]");
}

static void config_reference__lists_every_option(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) text = kw_buf_init(8192);
    const char *c_text = NULL;
    EXPECT_OK(kw_config_reference(&text, &shape));
    EXPECT_OK(kw_buf_c_text(&text, &c_text));
    assert_non_null(strstr(c_text, "## log\n\nthe log\n"));
    assert_non_null(strstr(c_text, "| `lines_max` | number, 1 to 99 | `7` | no | lines kept |"));
    assert_non_null(strstr(c_text, "| `token` | text, bytes, 0 to 64 | must be given | no |"));
    assert_non_null(strstr(c_text, "| `path` | text, bytes, 0 to 64 |  | yes | where lines go"));
    for (size_t max = 0; max < text.len; max += 16) {
        KW_AUTO(kw_buf) small = kw_buf_init(max);
        EXPECT_STATUS(kw_config_reference(&small, &shape), KW_LIMIT);
    }
}

static void config_diff__names_changes_and_refuses_those_that_need_a_restart(void **state)
{
    (void)state;
    config before = {.log = {.path = KW_STR("a"), .lines_max = 3, .tags = {tags, 1}}};
    config after = before;
    KW_AUTO(kw_buf) names = kw_buf_init(256);
    EXPECT_OK(kw_config_diff(&names, &shape, &before, &after, NULL));
    assert_int_equal(names.len, 0);
    after.log.path = KW_STR("b");
    after.log.tags.count = 2;
    EXPECT_OK(kw_config_diff(&names, &shape, &before, &after, NULL));
    EXPECT_STR(kw_buf_text(&names), "log.path\nlog.tags\n");
    kw_error err = {0};
    after.log.lines_max = 4;
    EXPECT_STATUS(kw_config_diff(&names, &shape, &before, &after, &err), KW_CONFIG);
    assert_string_equal(err.text, "log.lines_max changes only with a restart");
    after = before;
    after.log.token = KW_STR("other");
    EXPECT_STATUS(kw_config_diff(&names, &shape, &before, &after, &err), KW_CONFIG);
    assert_string_equal(err.text, "log.token changes only with a restart");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config_print__hides_secrets_and_reads_back),
        cmocka_unit_test(config_reference__lists_every_option),
        cmocka_unit_test(config_diff__names_changes_and_refuses_those_that_need_a_restart),
    };
    return cmocka_run_group_tests_name("config/show", tests, NULL, NULL);
}
