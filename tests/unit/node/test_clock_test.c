/* SPDX-License-Identifier: Apache-2.0 */
#include "node/test_clock.h"

#include "os/file.h"
#include "support/expect.h"
#include "support/tempdir.h"

#define NOW_MS ((kw_unix_ms)1767225600000) /* 2026-01-01T00:00:00Z */

static void test_clock_parse__reads_moments_and_offsets(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t moved_ms;
    } cases[] = {{"2026-01-01T00:00:00Z", 0},
                 {" 2026-01-01T00:01:00Z\n", 60000},
                 {"2025-12-31T23:59:59Z", -1000},
                 {"+3600\n", 3600000},
                 {"-1", -1000},
                 {"+0", 0}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        int64_t moved_ms = 7;
        EXPECT_OK(kw_test_clock_parse(&moved_ms, kw_str_of(cases[i].text), NOW_MS, NULL));
        assert_int_equal(moved_ms, cases[i].moved_ms);
    }
}

static void test_clock_parse__refuses(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "3600",
                                        "+",
                                        "+1.5",
                                        "+01",
                                        "2026-01-01",
                                        "tomorrow",
                                        "-9999999999",
                                        "+999999999999",
                                        "9999-01-01T00:00:00Z",
                                        "1969-12-31T23:59:59Z"};
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        int64_t moved_ms = 7;
        kw_error err = {0};
        EXPECT_STATUS(kw_test_clock_parse(&moved_ms, kw_str_of(texts[i]), NOW_MS, &err), KW_CONFIG);
        assert_int_equal(err.status, KW_CONFIG);
        assert_int_equal(moved_ms, 7);
    }
}

static void write_file(const char *path, const char *text)
{
    EXPECT_OK(kw_file_write_atomic(path, kw_span_of_str(kw_str_of(text)), 0600, NULL));
}

static void test_clock_refresh__moves_the_clock_once_for_a_text(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    tempdir_path path = tempdir_join(&dir, "clock");
    kw_test_clock turned = {.path = path.text};
    kw_clock clock = kw_test_clock_port(&turned);
    kw_clock system = kw_clock_system();
    write_file(path.text, "+1000000\n");
    EXPECT_OK(kw_test_clock_refresh(&turned, NULL));
    assert_true(kw_clock_now_ms(&clock) >= kw_clock_now_ms(&system) + 999999 * INT64_C(1000));
    write_file(path.text, "2040-01-01T00:00:00Z");
    EXPECT_OK(kw_test_clock_refresh(&turned, NULL));
    kw_unix_ms then = kw_clock_now_ms(&clock);
    assert_true(then >= INT64_C(2208988800000));
    int64_t moved = turned.moved_ms;
    EXPECT_OK(kw_test_clock_refresh(&turned, NULL)); /* the same text: it runs on */
    assert_int_equal(turned.moved_ms, moved);
    assert_true(kw_clock_now_ms(&clock) >= then);
    write_file(path.text, "nonsense");
    EXPECT_STATUS(kw_test_clock_refresh(&turned, NULL), KW_CONFIG);
    assert_int_equal(turned.moved_ms, moved);
    EXPECT_OK(kw_file_remove(path.text, NULL));
    EXPECT_STATUS(kw_test_clock_refresh(&turned, NULL), KW_NOT_FOUND);
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clock_parse__reads_moments_and_offsets),
        cmocka_unit_test(test_clock_parse__refuses),
        cmocka_unit_test(test_clock_refresh__moves_the_clock_once_for_a_text),
    };
    return cmocka_run_group_tests_name("node/test_clock", tests, NULL, NULL);
}
