/* SPDX-License-Identifier: Apache-2.0
 * Retention of streams through the real daemon: rows that were replaced go after their time, open
 * answers go on, and a restart shows the same. */
#include "support/expect.h"
#include "support/house.h"

#include "os/clock.h"

#include <signal.h>
#include <stdio.h>

static int set_up(void **state)
{
    house *h = house_make("test:\n  allow: true\nemtp:\n  stream_retention_s: 86400\n");
    house_set_clock(h, "2026-01-10T08:00:00Z");
    house_start(h);
    house_register(h);
    *state = h;
    return 0;
}

static int tear_down(void **state)
{
    house_free(*state);
    return 0;
}

/* SeqNos and actions of the rows above `since_id`, as "1+ 2+ ". */
static void read_rows(house *h, char out[256], int since_id)
{
    process_result result = {0};
    char url[256];
    (void)snprintf(url, sizeof url, "%s/v1/emtp/stp/keys?hold=0&since_id=%d", h->public_url,
                   since_id);
    assert_int_equal(house_get(h, &result, HOUSE_CLINIC, url), 200);
    out[0] = '\0';
    for (kw_str rest = kw_buf_text(&result.out); rest.len > 0;) {
        kw_str line = {0};
        kw_str seq = {0};
        kw_str action = {0};
        assert_true(kw_str_split(rest, '\n', &line, &rest));
        assert_true(kw_str_split(line, '\t', &seq, &line));
        assert_true(kw_str_split(line, '\t', &action, &line)); /* the moment */
        assert_true(kw_str_split(line, '\t', &action, &line));
        size_t len = strlen(out);
        (void)snprintf(out + len, 256 - len, "%.*s%.*s ", KW_STR_ARG(seq), KW_STR_ARG(action));
    }
    process_result_drop(&result);
}

static void wait_for_rows(house *h, int since_id, const char *wanted)
{
    char got[256] = "";
    uint64_t end_ns = kw_monotonic_ns() + PROCESS_LIMIT_MS * UINT64_C(1000000);
    read_rows(h, got, since_id);
    while (strcmp(got, wanted) != 0) {
        if (kw_monotonic_ns() > end_ns) {
            fail_msg("the rows are %s, wanted %s", got, wanted);
        }
        kw_sleep_ms(20);
        read_rows(h, got, since_id);
    }
}

/* The next row that a follower prints. */
static void expect_followed(process *follower, const char *wanted)
{
    KW_AUTO(kw_buf) line = kw_buf_init(4096);
    assert_true(process_read_line(follower, &line));
    if (memmem(line.ptr, line.len, wanted, strlen(wanted)) == NULL) {
        fail_msg("followed %.*s, wanted %s", KW_STR_ARG(kw_buf_text(&line)), wanted);
    }
}

static process follow(house *h)
{
    char url[256];
    tempdir_path ca = house_path(h, "pki/ca.pem");
    tempdir_path key = house_path(h, "clinic.key");
    tempdir_path log = house_path(h, "follow.log");
    (void)snprintf(url, sizeof url, "%s/v1/emtp/stp/keys", h->public_url);
    const char *const argv[] = {
        KW_BIN_DIR "/keyward", "emtp",   "stream", "follow", url, "--ca", ca.text,
        "--api-key-file",      key.text, NULL};
    return process_start(argv, log.text);
}

static void streams__keep_full_history_for_a_day(void **state)
{
    house *h = *state;
    wait_for_rows(h, 0, "1+ 2+ ");
    process follower = follow(h);
    expect_followed(&follower, "manifests/2025-12\t");
    expect_followed(&follower, "manifests/2026-01\t");
    house_set_clock(h, "2026-02-01T00:00:00Z");
    wait_for_rows(h, 0, "1+ 2+ 3+ 4- ");
    house_set_clock(h, "2026-02-02T01:00:00Z");
    wait_for_rows(h, 0, "2+ 3+ 4- ");
    wait_for_rows(h, 1, "2+ 3+ 4- "); /* who had the row learns that it is gone */
    wait_for_rows(h, -1, "4- ");
    expect_followed(&follower, "manifests/2026-02\t");
    expect_followed(&follower, "\t-\t");
    house_set_clock(h, "2026-03-01T00:00:00Z");
    expect_followed(&follower, "manifests/2026-03\t"); /* over the compaction */
    assert_int_equal(process_stop(&follower), 128 + SIGTERM);
    wait_for_rows(h, 4, "5+ 6- ");
    house_stop(h);
    house_start(h);
    wait_for_rows(h, 0, "2+ 3+ 4- 5+ 6- ");
    house_set_clock(h, "2026-03-02T01:00:00Z");
    wait_for_rows(h, 0, "3+ 4- 5+ 6- ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(streams__keep_full_history_for_a_day, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("retention", tests, NULL, NULL);
}
