/* SPDX-License-Identifier: Apache-2.0
 * Downloads from real mirrors, with the failures that were seen in the field (distribution.md
 * section 9). Nothing here waits for a clock but the mirrors that stall. */
#include "client/download.h"

#include "os/file.h"
#include "os/part_file.h"
#include "os/thread.h"
#include "support/download_desk.h"
#include "support/expect.h"

enum {
    SOON_MS = 300, /* after which a mirror is called slow here */
};

static void run__gets_the_file_from_all_mirrors(void **state)
{
    download_desk *d = *state;
    EXPECT_OK(download_desk_run(d));
    download_desk_expect_file(d);
    assert_false(d->report.was_there);
    assert_int_equal(d->report.resumed_bytes, 0);
    assert_true(d->report.received_bytes >= DOWNLOAD_BYTES);
    for (size_t i = 0; i < DOWNLOAD_MIRRORS; i++) {
        download_desk_expect_mirror(d, i, false, NULL);
    }
}

static void run__asks_nobody_for_what_is_there(void **state)
{
    download_desk *d = *state;
    EXPECT_OK(download_desk_run(d));
    unsigned requests = mirror_requests(d->mirrors[0]);
    EXPECT_OK(download_desk_run(d));
    assert_true(d->report.was_there);
    assert_int_equal(mirror_requests(d->mirrors[0]), requests);
}

/* Every bad habit: the file comes from the others, whole, and the mirror is named. */
static void run__leaves_mirrors_that_are_not_to_be_believed(void **state)
{
    download_desk *d = *state;
    static const struct {
        mirror_habit habit;
        const char *fault;
    } cases[] = {
        {MIRROR_LIES, "it sends other bytes than were signed"},
        {MIRROR_SHOWS_A_PAGE, "it does not send the range that was asked for"},
        {MIRROR_HAS_NOTHING, "it does not have the file"},
        {MIRROR_ENCODES, "it encodes the bytes"},
        {MIRROR_IGNORES_RANGES, "it does not send the range that was asked for"},
        {MIRROR_SHIFTS_RANGES, "it sends another range than was asked for"},
        {MIRROR_CUTS_SHORT, "it sends less than was asked for"},
        {MIRROR_ADDS, "it sends more than was asked for"},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        mirror_behave(d->mirrors[2], cases[i].habit, 0);
        EXPECT_OK(download_desk_run(d));
        download_desk_expect_file(d);
        download_desk_expect_mirror(d, 2, true, cases[i].fault);
        download_desk_expect_mirror(d, 0, false, NULL);
        EXPECT_OK(kw_file_remove(d->file.text, NULL));
    }
}

static void run__asks_the_next_for_leaf_hashes(void **state)
{
    download_desk *d = *state;
    mirror_behave(d->mirrors[0], MIRROR_HAS_OTHER_TILES, 0);
    EXPECT_OK(download_desk_run(d));
    download_desk_expect_mirror(d, 0, true, "it has leaf hashes of another file");
    download_desk_expect_file(d);
    assert_int_equal(mirror_sent(d->mirrors[0]), 0); /* not asked for a byte of the file */
}

static void run__fails_when_no_mirror_is_left(void **state)
{
    download_desk *d = *state;
    for (size_t i = 0; i < DOWNLOAD_MIRRORS; i++) {
        mirror_behave(d->mirrors[i], MIRROR_LIES, 0);
    }
    EXPECT_STATUS(download_desk_run(d), KW_UNAVAILABLE);
    download_desk_expect_none(d, "a.zkey");
    for (size_t i = 0; i < DOWNLOAD_MIRRORS; i++) {
        mirror_behave(d->mirrors[i], MIRROR_HAS_NOTHING, 0);
    }
    EXPECT_STATUS(download_desk_run(d), KW_UNAVAILABLE); /* of leaf hashes already */
    download_desk_expect_none(d, "a.zkey");
}

static void run__gives_a_busy_mirror_five_tries(void **state)
{
    download_desk *d = *state;
    mirror_behave(d->mirrors[0], MIRROR_IS_BUSY, 0);
    d->download.mirrors_count = 1;
    EXPECT_STATUS(download_desk_run(d), KW_UNAVAILABLE);
    mirror_behave(d->mirrors[1], MIRROR_IS_BUSY, 0);
    d->download.mirrors_count = DOWNLOAD_MIRRORS;
    EXPECT_OK(download_desk_run(d));
    download_desk_expect_file(d);
}

/* Connections that break after 3 MiB and a bit: bytes of at most one leaf are lost each time. */
static void run__goes_on_after_connections_that_break(void **state)
{
    download_desk *d = *state;
    d->download.mirrors_count = 1;
    mirror_behave(d->mirrors[0], MIRROR_BREAKS_OFF, ((size_t)3 << 20) + 777);
    EXPECT_OK(download_desk_run(d));
    download_desk_expect_file(d);
    download_desk_expect_mirror(d, 0, false, "it breaks off");
    assert_true(d->report.received_bytes * 100 <= (uint64_t)DOWNLOAD_BYTES * 102);
}

static void run__does_not_wait_for_a_mirror_that_stalls(void **state)
{
    download_desk *d = *state;
    d->download.slow_ms = SOON_MS;
    mirror_behave(d->mirrors[0], MIRROR_STALLS, 0);
    EXPECT_OK(download_desk_run(d));
    download_desk_expect_file(d);
}

static void run__leaves_the_only_mirror_when_it_stalls(void **state)
{
    download_desk *d = *state;
    d->download.slow_ms = 1;
    d->download.mirrors_count = 1;
    d->download.backoff.attempts_max = 2;
    mirror_behave(d->mirrors[0], MIRROR_STALLS, 0);
    EXPECT_STATUS(download_desk_run(d), KW_UNAVAILABLE);
    download_desk_expect_mirror(d, 0, true, "it is too slow");
}

/* What a killed download has left, as its part file: half of it right, and a leaf that is not. */
static void run__uses_what_an_earlier_one_has_left(void **state)
{
    download_desk *d = *state;
    size_t half = (size_t)10 << 20;
    KW_AUTO(kw_part_file) part = {.is_open = false};
    EXPECT_OK(kw_part_file_open(&part, d->file.text, DOWNLOAD_BYTES, NULL));
    EXPECT_OK(kw_part_file_write(&part, 0, (kw_span){d->content, half}, NULL));
    EXPECT_OK(kw_part_file_write(&part, KW_LEAF_BYTES, kw_span_of_str(KW_STR("x")), NULL));
    kw_part_file_drop(&part);
    EXPECT_OK(download_desk_run(d));
    download_desk_expect_file(d);
    assert_int_equal(d->report.resumed_bytes, half - KW_LEAF_BYTES);
    assert_true(download_desk_sent(d) * 100 <= (uint64_t)DOWNLOAD_BYTES * 52);
}

static void run__replaces_a_file_that_is_wrong_when_the_new_one_is_whole(void **state)
{
    download_desk *d = *state;
    KW_AUTO(kw_buf) bytes = kw_buf_init(100);
    EXPECT_OK(kw_file_write_atomic(d->file.text, kw_span_of_str(KW_STR("old")), 0600, NULL));
    for (size_t i = 0; i < DOWNLOAD_MIRRORS; i++) {
        mirror_behave(d->mirrors[i], MIRROR_SHOWS_A_PAGE, 0);
    }
    EXPECT_STATUS(download_desk_run(d), KW_UNAVAILABLE);
    EXPECT_OK(kw_file_read(&bytes, d->file.text, NULL));
    EXPECT_STR(kw_buf_text(&bytes), "old");
    for (size_t i = 0; i < DOWNLOAD_MIRRORS; i++) {
        mirror_behave(d->mirrors[i], MIRROR_IS_HONEST, 0);
    }
    EXPECT_OK(download_desk_run(d));
    download_desk_expect_file(d);
}

/* The tree says one file and the flat hash another: nothing may come of it. */
static void run__refuses_what_contradicts_itself(void **state)
{
    download_desk *d = *state;
    d->download.content.has_sha512 = true; /* of zeros */
    EXPECT_STATUS(download_desk_run(d), KW_HASH);
    download_desk_expect_none(d, "a.zkey");
    download_desk_expect_none(d, "a.zkey.part");
}

static void run__needs_length_and_hash(void **state)
{
    download_desk *d = *state;
    d->download.content.has_length = false;
    EXPECT_STATUS(download_desk_run(d), KW_BAD_INPUT);
    d->download.content.has_length = true;
    d->download.content.has_sha256 = false;
    EXPECT_STATUS(download_desk_run(d), KW_BAD_INPUT);
    d->download.content.has_sha256 = true;
    d->download.mirrors_count = 0;
    EXPECT_STATUS(download_desk_run(d), KW_LIMIT);
}

/* Stops the download when the first bytes are there. */
static void stop_it(void *ctx, const kw_download_progress *now)
{
    atomic_bool *cancel = ctx;
    if (now->done_bytes > 0) {
        atomic_store(cancel, true);
    }
}

static void run__stops_when_it_is_told_and_goes_on_later(void **state)
{
    download_desk *d = *state;
    atomic_bool cancel = false;
    d->download.bytes_per_s_max = (uint64_t)20 << 20; /* so that it does not end first */
    d->download.on_progress = stop_it;
    d->download.ctx = &cancel;
    d->download.cancel = &cancel;
    EXPECT_STATUS(download_desk_run(d), KW_CANCELLED);
    download_desk_expect_none(d, "a.zkey");
    d->download.cancel = NULL;
    d->download.bytes_per_s_max = 0;
    EXPECT_OK(download_desk_run(d));
    assert_true(d->report.resumed_bytes > 0);
    download_desk_expect_file(d);
}

/* ---- two at once ---- */

typedef struct other {
    download_desk *desk;
    kw_download_report report;
    kw_status st;
} other;

static void run_other(void *ctx)
{
    other *o = ctx;
    o->st = kw_download_run(&o->report, &o->desk->download, NULL);
}

static void run__lets_one_of_many_do_the_work(void **state)
{
    download_desk *d = *state;
    other others[4];
    kw_thread threads[KW_COUNT(others)] = {0};
    unsigned workers = 0;
    for (size_t i = 0; i < KW_COUNT(others); i++) {
        others[i] = (other){.desk = d};
        EXPECT_OK(kw_thread_start(&threads[i], "download", run_other, &others[i], NULL));
    }
    for (size_t i = 0; i < KW_COUNT(others); i++) {
        kw_thread_join(&threads[i]);
        EXPECT_OK(others[i].st);
        workers += !others[i].report.was_there;
    }
    assert_int_equal(workers, 1);
    download_desk_expect_file(d);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, download_desk_make, download_desk_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(run__gets_the_file_from_all_mirrors),
        CASE(run__asks_nobody_for_what_is_there),
        CASE(run__leaves_mirrors_that_are_not_to_be_believed),
        CASE(run__asks_the_next_for_leaf_hashes),
        CASE(run__fails_when_no_mirror_is_left),
        CASE(run__gives_a_busy_mirror_five_tries),
        CASE(run__goes_on_after_connections_that_break),
        CASE(run__does_not_wait_for_a_mirror_that_stalls),
        CASE(run__leaves_the_only_mirror_when_it_stalls),
        CASE(run__uses_what_an_earlier_one_has_left),
        CASE(run__replaces_a_file_that_is_wrong_when_the_new_one_is_whole),
        CASE(run__refuses_what_contradicts_itself),
        CASE(run__needs_length_and_hash),
        CASE(run__stops_when_it_is_told_and_goes_on_later),
        CASE(run__lets_one_of_many_do_the_work),
    };
    return cmocka_run_group_tests_name("client/download", tests, NULL, NULL);
}
