/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cache.h"

#include "os/fault.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/tempdir.h"

#include <sys/stat.h>

static const char body[] = "{\"keys\":[]} and a secret";

/* A counter where randomness would be: nonces differ, and every run is the same. */
static kw_status count_up(void *ctx, kw_mspan out)
{
    uint64_t *counter = ctx;
    (*counter)++;
    for (size_t i = 0; i < out.len; i++) {
        out.ptr[i] = (uint8_t)(*counter + i);
    }
    return KW_OK;
}

typedef struct fixture {
    tempdir dir;
    tempdir_path path;
    uint64_t counter;
    kw_aead *aead;
    kw_secret_key *key;
    kw_client_cache cache;
} fixture;

static kw_secret_key *key_of(uint8_t fill)
{
    uint8_t bytes[32];
    memset(bytes, fill, sizeof bytes);
    KW_AUTO(kw_secret32) secret = {{0}};
    EXPECT_OK(kw_secret32_of(&secret, kw_secret_span_of(KW_SPAN(bytes))));
    kw_secret_key *key = NULL;
    EXPECT_OK(kw_secret_key_new(&key, &secret));
    return key;
}

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){.dir = tempdir_make()};
    f.path = tempdir_join(&f.dir, "cache");
    EXPECT_OK(kw_aead_new(&f.aead, (kw_rng){count_up, &f.counter}));
    f.key = key_of(7);
    f.cache = (kw_client_cache){f.path.text, "https://keys.example:8443", f.aead, f.key};
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    kw_aead_free(f->aead);
    kw_secret_key_free(f->key);
    tempdir_remove(&f->dir);
    return 0;
}

static kw_status store(const fixture *f, kw_unix_ms at)
{
    return kw_client_cache_store(&f->cache, kw_secret_span_of(kw_span_of_str(kw_str_of(body))), at,
                                 NULL);
}

static kw_status load(const kw_client_cache *cache)
{
    KW_AUTO(kw_secret_bytes) out = kw_secret_bytes_init(KW_CLIENT_ANSWER_BYTES_MAX);
    kw_unix_ms at = -1;
    kw_error err = {0};
    kw_status st = kw_client_cache_load(cache, &out, &at, &err);
    assert_int_equal(err.status, st);
    if (st != KW_OK) {
        assert_int_equal(at, -1);
    }
    return st;
}

static void cache__gives_back_what_was_stored(void **state)
{
    fixture *f = *state;
    EXPECT_OK(store(f, 1769903999123));
    KW_AUTO(kw_secret_bytes) out = kw_secret_bytes_init(KW_CLIENT_ANSWER_BYTES_MAX);
    kw_unix_ms at = 0;
    EXPECT_OK(kw_client_cache_load(&f->cache, &out, &at, NULL));
    assert_int_equal(at, 1769903999123);
    EXPECT_SPAN(kw_declassify_span(kw_secret_bytes_view(&out), "test"),
                kw_span_of_str(kw_str_of(body)));
}

static void cache__is_private_and_shows_nothing(void **state)
{
    fixture *f = *state;
    EXPECT_OK(store(f, 1));
    struct stat info;
    assert_int_equal(stat(f->path.text, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    KW_AUTO(kw_buf) file = kw_buf_init(1 << 20);
    EXPECT_OK(kw_file_read(&file, f->path.text, NULL));
    assert_null(memmem(file.ptr, file.len, "secret", 6));
    assert_null(memmem(file.ptr, file.len, "keys", 4));
}

static void cache__opens_only_with_its_key_for_its_server(void **state)
{
    fixture *f = *state;
    EXPECT_OK(store(f, 1));
    KW_AUTO_PTR(kw_secret_key) other_key = key_of(8);
    kw_client_cache stranger = f->cache;
    stranger.key = other_key;
    EXPECT_STATUS(load(&stranger), KW_CORRUPT);
    kw_client_cache elsewhere = f->cache;
    elsewhere.server_url = "https://keys.example:8444";
    EXPECT_STATUS(load(&elsewhere), KW_CORRUPT);
    EXPECT_OK(load(&f->cache));
}

static void cache__sees_every_changed_byte_and_every_cut(void **state)
{
    fixture *f = *state;
    EXPECT_OK(store(f, 1));
    KW_AUTO(kw_buf) file = kw_buf_init(1 << 20);
    EXPECT_OK(kw_file_read(&file, f->path.text, NULL));
    for (size_t i = 0; i < file.len; i++) {
        file.ptr[i] ^= 0x80;
        EXPECT_OK(kw_file_write_atomic(f->path.text, kw_buf_view(&file), 0600, NULL));
        EXPECT_STATUS(load(&f->cache), KW_CORRUPT);
        file.ptr[i] ^= 0x80;
        EXPECT_OK(kw_file_write_atomic(f->path.text, (kw_span){file.ptr, i}, 0600, NULL));
        EXPECT_STATUS(load(&f->cache), KW_CORRUPT);
    }
    EXPECT_OK(kw_file_remove(f->path.text, NULL));
    EXPECT_STATUS(load(&f->cache), KW_NOT_FOUND);
}

static void cache_store__keeps_the_old_cache_when_the_disk_fails(void **state)
{
    fixture *f = *state;
    EXPECT_OK(store(f, 1));
    static const kw_os_call calls[] = {KW_OS_OPEN, KW_OS_WRITE, KW_OS_SYNC, KW_OS_RENAME};
    kw_os_faults faults = {0};
    kw_os_faults_use(&faults);
    for (size_t i = 0; i < KW_COUNT(calls); i++) {
        kw_os_fail_from(&faults, calls[i], 1, KW_NO_SPACE);
        EXPECT_STATUS(store(f, 2), KW_NO_SPACE);
        kw_os_fail_at(&faults, calls[i], 0);
        KW_AUTO(kw_secret_bytes) out = kw_secret_bytes_init(KW_CLIENT_ANSWER_BYTES_MAX);
        kw_unix_ms at = 0;
        EXPECT_OK(kw_client_cache_load(&f->cache, &out, &at, NULL));
        assert_int_equal(at, 1);
    }
    kw_os_faults_use(NULL);
    EXPECT_OK(store(f, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cache__gives_back_what_was_stored, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cache__is_private_and_shows_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cache__opens_only_with_its_key_for_its_server, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(cache__sees_every_changed_byte_and_every_cut, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(cache_store__keeps_the_old_cache_when_the_disk_fails,
                                        set_up, tear_down),
    };
    return cmocka_run_group_tests_name("client/cache", tests, NULL, NULL);
}
