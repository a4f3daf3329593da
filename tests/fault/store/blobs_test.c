/* SPDX-License-Identifier: Apache-2.0
 * Every call that a disk can fail, and every allocation, at every point of a put: the blob is whole
 * or not there, and the next put stores it. */
#include "store/fs/fs.h"

#include "base/heap.h"
#include "os/fault.h"
#include "support/blobs_contract.h"
#include "support/expect.h"
#include "support/tempdir.h"

enum {
    TRIES_MAX = 40
};

static const kw_span bytes = {(const uint8_t *)"the bytes of a blob", 19};

static void expect_whole_or_nothing(kw_blobs *blobs, const kw_hash32 *id)
{
    KW_AUTO(kw_buf) got = kw_buf_init(100);
    kw_status st = kw_blobs_get(blobs, &got, id, NULL);
    if (st != KW_NOT_FOUND) {
        EXPECT_OK(st);
        EXPECT_SPAN(kw_buf_view(&got), bytes);
    }
}

/* True when there was no n-th call to fail. */
static bool put_with_fault(kw_blobs *blobs, kw_os_call call, uint64_t nth, kw_status with)
{
    kw_os_faults faults = {0};
    kw_error err = {0};
    kw_hash32 id = {{9}};
    kw_os_faults_use(&faults);
    kw_os_fail_from(&faults, call, nth, with);
    kw_status st = kw_blobs_put(blobs, &id, bytes, &err);
    bool has_failed = atomic_load(&faults.calls[call].failed) > 0;
    kw_os_faults_use(NULL);
    if (has_failed) {
        EXPECT_STATUS(st, with);
        assert_int_equal(err.status, with);
        assert_int_equal(id.bytes[0], 9);
    }
    kw_hash32 again;
    EXPECT_OK(kw_blobs_put(blobs, &again, bytes, NULL));
    KW_AUTO(kw_buf) got = kw_buf_init(100);
    EXPECT_OK(kw_blobs_get(blobs, &got, &again, NULL));
    return !has_failed;
}

static void put__leaves_no_half_blob_whatever_fails(void **state)
{
    (void)state;
    static const kw_os_call calls[] = {KW_OS_OPEN, KW_OS_WRITE, KW_OS_SYNC, KW_OS_RENAME};
    static const kw_status statuses[] = {KW_IO, KW_NO_SPACE};
    tempdir dir = tempdir_make();
    kw_blobs *blobs = NULL;
    EXPECT_OK(kw_blobs_open_fs(&blobs, dir.path, NULL));
    for (size_t i = 0; i < KW_COUNT(calls); i++) {
        for (size_t s = 0; s < KW_COUNT(statuses); s++) {
            uint64_t nth = 1;
            do {
                assert_true(nth < TRIES_MAX);
                blobs_contract_empty(blobs);
            } while (!put_with_fault(blobs, calls[i], nth++, statuses[s]));
            assert_true(nth > 2); /* at least one was failed */
        }
    }
    kw_blobs_free(blobs);
    tempdir_remove(&dir);
}

/* Who wrote a blob may have died before its name was durable: a put that finds it sees to that. */
static void put__of_what_is_there_makes_its_name_durable(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    kw_blobs *blobs = NULL;
    kw_hash32 id;
    kw_os_faults faults = {0};
    EXPECT_OK(kw_blobs_open_fs(&blobs, dir.path, NULL));
    EXPECT_OK(kw_blobs_put(blobs, &id, bytes, NULL));
    kw_os_faults_use(&faults);
    kw_os_fail_at(&faults, KW_OS_SYNC, 1);
    EXPECT_STATUS(kw_blobs_put(blobs, &id, bytes, NULL), KW_IO);
    EXPECT_OK(kw_blobs_put(blobs, &id, bytes, NULL));
    kw_os_faults_use(NULL);
    kw_blobs_free(blobs);
    tempdir_remove(&dir);
}

static void every__allocation_may_fail(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    bool has_failed = true;
    for (uint64_t nth = 1; has_failed; nth++) {
        assert_true(nth < TRIES_MAX);
        kw_blobs *blobs = NULL;
        kw_hash32 id = {{0}};
        (void)kw_heap_fail_at(nth);
        kw_status st = kw_blobs_open_fs(&blobs, dir.path, NULL);
        if (st == KW_OK) {
            st = kw_blobs_put(blobs, &id, bytes, NULL);
        }
        has_failed = kw_heap_fail_at(0) == 0;
        EXPECT_STATUS(st, has_failed ? KW_NO_MEMORY : KW_OK);
        assert_true(has_failed || nth > 3); /* some were failed */
        kw_blobs_free(blobs);
        EXPECT_OK(kw_blobs_open_fs(&blobs, dir.path, NULL));
        expect_whole_or_nothing(blobs, &id);
        blobs_contract_empty(blobs);
        kw_blobs_free(blobs);
    }
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(put__leaves_no_half_blob_whatever_fails),
        cmocka_unit_test(put__of_what_is_there_makes_its_name_durable),
        cmocka_unit_test(every__allocation_may_fail),
    };
    return cmocka_run_group_tests_name("fault/store/blobs", tests, NULL, NULL);
}
