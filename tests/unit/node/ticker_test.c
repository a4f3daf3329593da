/* SPDX-License-Identifier: Apache-2.0
 * The timer thread over a real domain and a turned clock. */
#include "node/ticker.h"

#include "os/file.h"
#include "support/emtp_desk.h"
#include "support/expect.h"

/* Waits for what the thread does; it looks at a test clock twenty times a second. */
static void wait_for(const emtp_desk *desk, const char *sql, int64_t wanted)
{
    kw_clock monotonic = kw_clock_monotonic();
    kw_unix_ms end = kw_clock_now_ms(&monotonic) + 30000;
    while (stores_number(desk->world.store, sql) != wanted) {
        assert_true(kw_clock_now_ms(&monotonic) < end);
        kw_sleep_ms(5);
    }
}

static void ticker__rotates_when_the_clock_is_turned(void **state)
{
    emtp_desk desk;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", NULL);
    tempdir_path path = tempdir_join(&desk.world.dir, "clock");
    EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(KW_STR("+0")), 0600, NULL));
    kw_test_clock turned = {.path = path.text};
    kw_ticker ticker = {.emtp = desk.emtp,
                        .guard = desk.world.guard,
                        .clock = &desk.world.clock,
                        .test_clock = &turned};
    EXPECT_OK(kw_ticker_start(&ticker, NULL));
    emtp_world_turn(&desk.world, "2026-02-01T00:00:00Z");
    wait_for(&desk, "SELECT COUNT(*) FROM emtp_keys", 3);
    wait_for(&desk, "SELECT is_listed FROM emtp_keys WHERE kid = '2026-02'", 1);
    assert_false(ticker.is_failing);
    kw_ticker_stop(&ticker);
    kw_ticker_stop(&ticker); /* twice is fine */
    emtp_desk_remove(&desk);
}

static void keep_for_an_hour(kw_emtp_config *config)
{
    config->stream_retention_s = 3600;
}

static void ticker__compacts_streams(void **state)
{
    emtp_desk desk;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", keep_for_an_hour);
    tempdir_path path = tempdir_join(&desk.world.dir, "clock");
    EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(KW_STR("+0")), 0600, NULL));
    kw_test_clock turned = {.path = path.text};
    kw_ticker ticker = {.emtp = desk.emtp,
                        .guard = desk.world.guard,
                        .clock = &desk.world.clock,
                        .test_clock = &turned};
    EXPECT_OK(kw_ticker_start(&ticker, NULL));
    emtp_world_turn(&desk.world, "2026-02-01T00:00:00Z"); /* the key of 2025-12 ends */
    wait_for(&desk, "SELECT COUNT(*) FROM emtp_stream_rows WHERE stream = 'keys'", 4);
    emtp_world_turn(&desk.world, "2026-02-01T02:00:00Z");
    wait_for(&desk, "SELECT COUNT(*) FROM emtp_stream_rows WHERE stream = 'keys'", 3);
    assert_int_equal(stores_number(desk.world.store,
                                   "SELECT MIN(seq) FROM emtp_stream_rows WHERE stream = 'keys'"),
                     2);
    kw_ticker_stop(&ticker);
    assert_false(ticker.is_failing);
    emtp_desk_remove(&desk);
}

static void ticker__says_that_it_fails_and_recovers(void **state)
{
    emtp_desk desk;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", NULL);
    tempdir_path path = tempdir_join(&desk.world.dir, "clock");
    EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(KW_STR("nonsense")), 0600, NULL));
    kw_test_clock turned = {.path = path.text};
    kw_ticker ticker = {.emtp = desk.emtp,
                        .guard = desk.world.guard,
                        .clock = &desk.world.clock,
                        .test_clock = &turned};
    EXPECT_OK(kw_ticker_start(&ticker, NULL));
    kw_clock monotonic = kw_clock_monotonic();
    kw_unix_ms end = kw_clock_now_ms(&monotonic) + 30000;
    while (!ticker.is_failing && kw_clock_now_ms(&monotonic) < end) {
        kw_sleep_ms(5);
    }
    assert_true(ticker.is_failing);
    EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(KW_STR("+0")), 0600, NULL));
    while (ticker.is_failing && kw_clock_now_ms(&monotonic) < end) {
        kw_sleep_ms(5);
    }
    assert_false(ticker.is_failing);
    kw_ticker_stop(&ticker);
    emtp_desk_remove(&desk);
}

static void ticker_stop__takes_one_that_never_ran(void **state)
{
    (void)state;
    kw_ticker ticker = {0};
    kw_ticker_stop(&ticker);
    assert_true(ticker.is_stopping);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticker__rotates_when_the_clock_is_turned),
        cmocka_unit_test(ticker__compacts_streams),
        cmocka_unit_test(ticker__says_that_it_fails_and_recovers),
        cmocka_unit_test(ticker_stop__takes_one_that_never_ran),
    };
    return cmocka_run_group_tests_name("node/ticker", tests, stores_setup_sqlite, stores_teardown);
}
