/* SPDX-License-Identifier: Apache-2.0
 * Threads that put again what is idle while others remove it: what a put has acknowledged stays,
 * for it is young from then on. Also for ThreadSanitizer. */
#include "store/fs/fs.h"

#include "os/thread.h"
#include "support/expect.h"
#include "support/tempdir.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

enum {
    ROUNDS = 300,
    PUTTERS = 2,
    REMOVERS = 2,
};

static const kw_unix_s lately_s = 1700000000;
static const kw_span bytes = {(const uint8_t *)"idle for years", 14};

/* One round: all begin at the barrier. */
typedef struct race {
    tempdir dir;
    kw_hash32 id;
    pthread_barrier_t begin;
    pthread_barrier_t end;
} race;

static kw_blobs *open_at(const race *r)
{
    kw_blobs *blobs = NULL;
    EXPECT_OK(kw_blobs_open_fs(&blobs, r->dir.path, NULL));
    return blobs;
}

static void put_often(void *ctx)
{
    race *r = ctx;
    kw_blobs *blobs = open_at(r);
    for (int i = 0; i < ROUNDS; i++) {
        kw_hash32 id;
        (void)pthread_barrier_wait(&r->begin);
        EXPECT_OK(i % 3 == 0 ? kw_blobs_mend(blobs, bytes, NULL)
                             : kw_blobs_put(blobs, &id, bytes, NULL));
        (void)pthread_barrier_wait(&r->end);
    }
    kw_blobs_free(blobs);
}

static void remove_often(void *ctx)
{
    race *r = ctx;
    kw_blobs *blobs = open_at(r);
    for (int i = 0; i < ROUNDS; i++) {
        (void)pthread_barrier_wait(&r->begin);
        kw_status st = kw_blobs_remove(blobs, &r->id, lately_s, NULL);
        assert_true(st == KW_OK || st == KW_NOT_FOUND || st == KW_CONFLICT);
        (void)pthread_barrier_wait(&r->end);
    }
    kw_blobs_free(blobs);
}

static void put__is_never_undone_by_a_removal_beside_it(void **state)
{
    (void)state;
    const struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    static race r;
    r = (race){.dir = tempdir_make()};
    kw_blobs *blobs = open_at(&r);
    char path[600];
    EXPECT_OK(kw_blobs_put(blobs, &r.id, bytes, NULL));
    (void)snprintf(path, sizeof path, "%s/cas/%02x/", r.dir.path, r.id.bytes[0]);
    for (size_t i = 0; i < sizeof r.id.bytes; i++) {
        (void)snprintf(path + strlen(path), 3, "%02x", r.id.bytes[i]);
    }
    (void)snprintf(path + strlen(path), sizeof ".chunk", ".chunk");
    assert_int_equal(pthread_barrier_init(&r.begin, NULL, PUTTERS + REMOVERS + 1), 0);
    assert_int_equal(pthread_barrier_init(&r.end, NULL, PUTTERS + REMOVERS + 1), 0);
    kw_thread threads[PUTTERS + REMOVERS] = {0};
    for (size_t i = 0; i < KW_COUNT(threads); i++) {
        EXPECT_OK(kw_thread_start(&threads[i], "racer", i < PUTTERS ? put_often : remove_often, &r,
                                  NULL));
    }
    for (int i = 0; i < ROUNDS; i++) {
        assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
        (void)pthread_barrier_wait(&r.begin);
        (void)pthread_barrier_wait(&r.end);
        KW_AUTO(kw_buf) got = kw_buf_init(100);
        EXPECT_OK(kw_blobs_get(blobs, &got, &r.id, NULL));
        EXPECT_STATUS(kw_blobs_remove(blobs, &r.id, lately_s, NULL), KW_CONFLICT);
    }
    for (size_t i = 0; i < KW_COUNT(threads); i++) {
        kw_thread_join(&threads[i]);
    }
    (void)pthread_barrier_destroy(&r.begin);
    (void)pthread_barrier_destroy(&r.end);
    kw_blobs_free(blobs);
    tempdir_remove(&r.dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(put__is_never_undone_by_a_removal_beside_it),
    };
    return cmocka_run_group_tests_name("property/store/blobs_race", tests, NULL, NULL);
}
