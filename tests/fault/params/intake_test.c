/* SPDX-License-Identifier: Apache-2.0
 * Every call that a disk can fail while files of a draft are taken in: no draft is there then, and
 * the same again makes it. */
#include "os/fault.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/publisher_desk.h"

#include <stdio.h>

enum {
    CALLS_MAX = 40,
};

/* A draft of one file, whose bytes are new in each version. */
static kw_status draft(publisher_desk *desk, const char *semver)
{
    kw_draft made = publisher_desk_manifest(desk, semver);
    kw_error err = {0};
    made.files.count = 1;
    made.files.items[0].from = KW_STR("file");
    kw_status st = kw_publisher_draft(&desk->publisher, &made, &desk->arena, desk->dir.path, &err);
    assert_int_equal(err.status, st);
    return st;
}

static kw_status read_wallet(publisher_desk *desk, const char *version)
{
    kw_draft_row row;
    return kw_draft_row_read(desk->store, &row, &desk->arena, KW_STR("wallet"), kw_str_of(version),
                             NULL);
}

/* True when the draft was made because no call was left to fail. */
static bool draft_with_fault(publisher_desk *desk, kw_os_call call, uint64_t nth)
{
    kw_os_faults faults = {0};
    char semver[32];
    (void)snprintf(semver, sizeof semver, "1.%d.%u", (int)call, (unsigned)nth);
    EXPECT_OK(kw_file_write_atomic(tempdir_join(&desk->dir, "file").text,
                                   kw_span_of_str(kw_str_of(semver)), 0600, NULL));
    kw_os_faults_use(&faults);
    kw_os_fail_at(&faults, call, nth);
    kw_status st = draft(desk, semver);
    kw_os_faults_use(NULL);
    bool has_failed = atomic_load(&faults.calls[call].failed) > 0;
    EXPECT_STATUS(st, has_failed ? KW_IO : KW_OK);
    EXPECT_STATUS(read_wallet(desk, semver), has_failed ? KW_NOT_FOUND : KW_OK);
    EXPECT_OK(draft(desk, semver));
    EXPECT_OK(read_wallet(desk, semver));
    return !has_failed;
}

static void draft__is_made_whole_or_not_at_all(void **state)
{
    static const kw_os_call calls[] = {KW_OS_OPEN, KW_OS_READ, KW_OS_WRITE, KW_OS_SYNC,
                                       KW_OS_RENAME};
    for (size_t i = 0; i < KW_COUNT(calls); i++) {
        uint64_t nth = 1;
        while (!draft_with_fault(*state, calls[i], nth)) {
            nth++;
            assert_true(nth < CALLS_MAX);
        }
        assert_true(nth > 1); /* at least one point was hit */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(draft__is_made_whole_or_not_at_all, publisher_desk_make,
                                        publisher_desk_drop),
    };
    return cmocka_run_group_tests_name("fault/params/intake", tests, NULL, NULL);
}
