/* SPDX-License-Identifier: Apache-2.0 */
#include "client/params_get.h"

#include "os/file.h"
#include "support/expect.h"
#include "support/params_desk.h"

static kw_status get(params_desk *d, const char *path)
{
    kw_error err = {0};
    kw_params_get get = {.metadata_dir = d->metadata_dir.text,
                         .metadata_url = d->server.metadata_url,
                         .keyids = KW_TUF_KEYIDS_STRICT,
                         .now = TUF_NOW,
                         .download = d->download->download};
    get.download.content = (kw_tuf_content){.has_length = false}; /* metadata says it */
    get.download.tree_root = (kw_hash32){{0}};
    get.download.path = kw_str_of(path);
    d->download->http.plain_loopback = true;
    kw_status st = kw_params_get_run(&d->download->report, &get, &err);
    assert_true(st == KW_OK || err.status == st);
    plain_server_hold(d->server.http); /* what is published is seen from here on */
    plain_server_release(d->server.http);
    return st;
}

static void run__gets_what_was_signed(void **state)
{
    params_desk *d = *state;
    EXPECT_OK(get(d, PARAMS_PATH));
    download_desk_expect_file(d->download);
    tuf_repo_expect_requests(&d->repo, 0,
                             "2.root.json timestamp.json 2.snapshot.json 2.targets.json");
}

/* A second start asks for the next root and the timestamp, and for no byte of the file. */
static void run__makes_two_requests_the_second_time(void **state)
{
    params_desk *d = *state;
    EXPECT_OK(get(d, PARAMS_PATH));
    unsigned requests = mirror_requests(d->download->mirrors[0]);
    EXPECT_OK(get(d, PARAMS_PATH));
    assert_true(d->download->report.was_there);
    tuf_repo_expect_requests(&d->repo, 4, "2.root.json timestamp.json");
    assert_int_equal(mirror_requests(d->download->mirrors[0]), requests);
}

static void run__refuses_what_was_not_signed(void **state)
{
    params_desk *d = *state;
    EXPECT_STATUS(get(d, "params/semaphore/1.0.1/a.zkey"), KW_NOT_FOUND);
    tuf_repo_role(&d->repo, "targets")->signers_count = 0;
    params_desk_publish(d, "params/semaphore/1.0.1/a.zkey", "1.0.1", "null");
    EXPECT_STATUS(get(d, "params/semaphore/1.0.1/a.zkey"), KW_THRESHOLD);
    download_desk_expect_none(d->download, "a.zkey");
    assert_int_equal(download_desk_sent(d->download), 0);
}

static void run__refuses_what_is_said_of_another_file(void **state)
{
    params_desk *d = *state;
    params_desk_publish(d, "params/semaphore/1.0.1/a.zkey", "1.0.0", "null");
    EXPECT_STATUS(get(d, "params/semaphore/1.0.1/a.zkey"), KW_BAD_INPUT);
    assert_int_equal(download_desk_sent(d->download), 0);
}

static void run__refuses_what_may_not_be_used_any_more(void **state)
{
    params_desk *d = *state;
    params_desk_publish(d, "params/semaphore/1.0.1/a.zkey", "1.0.1", "\"2026-12-31T00:00:00Z\"");
    EXPECT_STATUS(get(d, "params/semaphore/1.0.1/a.zkey"), KW_EXPIRED);
    assert_int_equal(download_desk_sent(d->download), 0);
}

static void run__refuses_paths_of_no_parameters(void **state)
{
    params_desk *d = *state;
    EXPECT_STATUS(get(d, "params/semaphore/../a.zkey"), KW_BAD_INPUT);
    EXPECT_STATUS(get(d, "catalog/compat.json"), KW_BAD_INPUT);
    assert_int_equal(d->repo.requests_count, 0);
}

static kw_status check_offline(params_desk *d, kw_unix_s now)
{
    const kw_params_get get = {
        .metadata_dir = d->metadata_dir.text,
        .is_offline = true,
        .keyids = KW_TUF_KEYIDS_STRICT,
        .now = now,
        .download = {.path = KW_STR(PARAMS_PATH), .file = d->download->file.text}};
    return kw_params_get_run(&d->download->report, &get, NULL);
}

static void run__checks_offline_what_is_there(void **state)
{
    params_desk *d = *state;
    EXPECT_STATUS(check_offline(d, TUF_NOW), KW_NOT_FOUND); /* no metadata yet */
    EXPECT_OK(get(d, PARAMS_PATH));
    size_t requests = d->repo.requests_count;
    EXPECT_OK(check_offline(d, TUF_NOW));
    assert_true(d->download->report.was_there);
    EXPECT_OK(
        kw_file_write_atomic(d->download->file.text, kw_span_of_str(KW_STR("x")), 0600, NULL));
    EXPECT_STATUS(check_offline(d, TUF_NOW), KW_HASH);
    EXPECT_OK(kw_file_remove(d->download->file.text, NULL));
    EXPECT_STATUS(check_offline(d, TUF_NOW), KW_NOT_FOUND);
    assert_int_equal(d->repo.requests_count, requests);
}

/* A clock beyond the year 9999 has no metadata that is good still. */
static void run__refuses_offline_what_has_expired(void **state)
{
    params_desk *d = *state;
    EXPECT_OK(get(d, PARAMS_PATH));
    EXPECT_STATUS(check_offline(d, INT64_C(253402300800)), KW_EXPIRED);
}

/* The mirrors here have no metadata: each was asked, and the last answer is told. */
static void run__asks_each_mirror_for_metadata_without_another_place(void **state)
{
    params_desk *d = *state;
    kw_params_get get = {.metadata_dir = d->metadata_dir.text,
                         .keyids = KW_TUF_KEYIDS_STRICT,
                         .now = TUF_NOW,
                         .download = d->download->download};
    get.download.path = KW_STR(PARAMS_PATH);
    EXPECT_STATUS(kw_params_get_run(&d->download->report, &get, NULL), KW_NOT_FOUND);
    for (size_t i = 0; i < DOWNLOAD_MIRRORS; i++) {
        assert_int_equal(mirror_requests(d->download->mirrors[i]), 2); /* root, timestamp */
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, params_desk_make, params_desk_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(run__gets_what_was_signed),
        CASE(run__makes_two_requests_the_second_time),
        CASE(run__refuses_what_was_not_signed),
        CASE(run__refuses_what_is_said_of_another_file),
        CASE(run__refuses_what_may_not_be_used_any_more),
        CASE(run__refuses_paths_of_no_parameters),
        CASE(run__checks_offline_what_is_there),
        CASE(run__refuses_offline_what_has_expired),
        CASE(run__asks_each_mirror_for_metadata_without_another_place),
    };
    return cmocka_run_group_tests_name("client/params_get", tests, NULL, NULL);
}
