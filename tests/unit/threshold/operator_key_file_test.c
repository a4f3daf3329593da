/* SPDX-License-Identifier: Apache-2.0
 * The file of an operator's secret, byte for byte, and every way to spoil it. */
#include "threshold/operator_key_file.h"

#include "os/fault.h"
#include "os/file.h"
#include "store/limits.h"
#include "support/expect.h"
#include "support/hexed.h"
#include "support/seeded_rng.h"
#include "support/tempdir.h"

static const kw_argon2id_cost cheap = {.memory_kib = 64, .passes = 1};

static kw_operator_key_file known_file(void)
{
    kw_operator_key_file file = {.curve = KW_PEER_BN254, .cost = {.memory_kib = 64, .passes = 2}};
    memset(file.salt.bytes, 0x11, sizeof file.salt.bytes);
    memset(file.sealed, 0x22, sizeof file.sealed);
    return file;
}

static void encode__has_the_documented_layout(void **state)
{
    KW_UNUSED(state);
    uint8_t wire[KW_OPERATOR_KEY_FILE_BYTES];
    kw_operator_key_file file = known_file();
    kw_operator_key_file_encode(wire, &file);
    expect_hexed((kw_span){wire, 13}, "4b574b31020000004000000002");
    for (size_t i = 13; i < sizeof wire; i++) {
        assert_int_equal(wire[i], i < 29 ? 0x11 : 0x22);
    }
    kw_operator_key_file again = {0};
    EXPECT_OK(kw_operator_key_file_decode(&again, KW_SPAN(wire)));
    assert_int_equal(again.curve, KW_PEER_BN254);
    assert_int_equal(again.cost.memory_kib, 64);
    assert_int_equal(again.cost.passes, 2);
}

static void decode__refuses_what_is_none(void **state)
{
    KW_UNUSED(state);
    static const struct {
        size_t at;
        uint8_t value;
    } wrong[] = {{0, 'k'}, {3, '2'}, {4, 0}, {4, 3}, {5, 0xff}, {8, 0}, {9, 1}, {12, 0}};
    uint8_t wire[KW_OPERATOR_KEY_FILE_BYTES + 1] = {0};
    kw_operator_key_file file = known_file();
    kw_operator_key_file_encode(wire, &file);
    for (size_t len = 0; len <= sizeof wire; len++) {
        EXPECT_STATUS(kw_operator_key_file_decode(&file, (kw_span){wire, len}),
                      len == KW_OPERATOR_KEY_FILE_BYTES ? KW_OK : KW_BAD_INPUT);
    }
    for (size_t i = 0; i < KW_COUNT(wrong); i++) {
        uint8_t before = wire[wrong[i].at];
        wire[wrong[i].at] = wrong[i].value;
        EXPECT_STATUS(
            kw_operator_key_file_decode(&file, (kw_span){wire, KW_OPERATOR_KEY_FILE_BYTES}),
            KW_BAD_INPUT);
        wire[wrong[i].at] = before;
    }
}

/* A key in a file, and the passphrase beside it. */
typedef struct desk {
    tempdir dir;
    tempdir_path key;
    tempdir_path passphrase;
    seeded_rng rng;
    kw_operator_secret *secret;
} desk;

static void desk_make(desk *d)
{
    *d = (desk){.dir = tempdir_make(), .rng = {.seed = 5}};
    kw_rng port = seeded_rng_port(&d->rng);
    d->key = tempdir_join(&d->dir, "key");
    d->passphrase = tempdir_join(&d->dir, "passphrase");
    EXPECT_OK(kw_operator_secret_make(&d->secret, KW_PEER_ECDSA, &port));
    EXPECT_OK(kw_file_write_atomic(d->passphrase.text, kw_span_of_str(KW_STR("correct horse")),
                                   0600, NULL));
}

static void desk_drop(desk *d)
{
    kw_operator_secret_free(d->secret);
    tempdir_remove(&d->dir);
}

static kw_operator_key_lock lock_of(desk *d, const char *passphrase)
{
    return (kw_operator_key_lock){.passphrase =
                                      kw_secret_span_of(kw_span_of_str(kw_str_of(passphrase))),
                                  .cost = cheap,
                                  .rng = seeded_rng_port(&d->rng)};
}

static kw_status write_key(desk *d, const kw_operator_key_lock *lock)
{
    kw_error err = {0};
    kw_status st = kw_operator_key_file_write(d->key.text, d->secret, lock, &err);
    assert_int_equal(err.status, st);
    return st;
}

static kw_status read_key(const desk *d)
{
    kw_error err = {0};
    KW_AUTO(kw_secret32) found = {0};
    uint8_t curve = 0;
    kw_status st = kw_operator_key_file_read(&found, &curve, d->key.text, d->passphrase.text, &err);
    assert_int_equal(err.status, st);
    if (st == KW_OK) {
        assert_int_equal(curve, KW_PEER_ECDSA);
        assert_true(kw_declassify_mask(
            kw_secret32_equal(&found, kw_operator_secret_view(d->secret)), "a test knows both"));
    }
    return st;
}

static void write__never_writes_over_a_key(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(desk) d = {0};
    desk_make(&d);
    kw_operator_key_lock lock = lock_of(&d, "correct horse");
    kw_file_info info;
    EXPECT_OK(write_key(&d, &lock));
    EXPECT_OK(read_key(&d));
    EXPECT_STATUS(write_key(&d, &lock), KW_CONFLICT);
    EXPECT_OK(read_key(&d));
    EXPECT_OK(kw_file_stat(&info, d.key.text, NULL));
    assert_int_equal(info.mode, 0600);
    assert_int_equal(info.size, KW_OPERATOR_KEY_FILE_BYTES);
}

static void write__refuses_what_would_not_open(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(desk) d = {0};
    desk_make(&d);
    char longest[KW_SEAL_PASSPHRASE_BYTES_MAX + 2] = {0};
    memset(longest, 'x', KW_SEAL_PASSPHRASE_BYTES_MAX + 1);
    kw_operator_key_lock lock = lock_of(&d, longest);
    EXPECT_STATUS(write_key(&d, &lock), KW_BAD_INPUT);
    lock = lock_of(&d, "seven b");
    EXPECT_STATUS(write_key(&d, &lock), KW_BAD_INPUT);
    lock = lock_of(&d, "correct horse");
    lock.cost.memory_kib = 1;
    EXPECT_STATUS(write_key(&d, &lock), KW_BAD_INPUT);
    lock.cost = cheap;
    for (uint64_t good = 1; good <= 2; good++) { /* the nonce; both */
        d.rng.fail_after = good == 1 ? d.rng.requests + 1 : d.rng.requests;
        EXPECT_STATUS(write_key(&d, &lock), KW_ENTROPY_FAILURE);
    }
    d.rng.fail_after = 0;
    EXPECT_STATUS(read_key(&d), KW_SEALED);
    kw_os_faults faults = {0};
    kw_os_faults_use(&faults);
    kw_os_fail_at(&faults, KW_OS_SYNC, 1);
    EXPECT_STATUS(write_key(&d, &lock), KW_IO);
    kw_os_faults_use(NULL);
    EXPECT_STATUS(read_key(&d), KW_SEALED);
    EXPECT_OK(write_key(&d, &lock));
}

static void read__refuses_every_altered_byte(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(desk) d = {0};
    desk_make(&d);
    kw_operator_key_lock lock = lock_of(&d, "correct horse");
    EXPECT_OK(write_key(&d, &lock));
    KW_AUTO(kw_buf) file = kw_buf_init(KW_OPERATOR_KEY_FILE_BYTES);
    EXPECT_OK(kw_file_read(&file, d.key.text, NULL));
    for (size_t i = 0; i < file.len; i++) {
        file.ptr[i] ^= 1;
        EXPECT_OK(kw_file_write_atomic(d.key.text, kw_buf_view(&file), 0600, NULL));
        file.ptr[i] ^= 1;
        /* Magic, curve and an insane cost are seen; anything else gives another key or AAD. */
        static const size_t form[] = {0, 1, 2, 3, 4, 5, 9, 10, 11, 12};
        bool is_form = false;
        for (size_t k = 0; k < KW_COUNT(form); k++) {
            is_form = is_form || form[k] == i;
        }
        EXPECT_STATUS(read_key(&d), is_form ? KW_CORRUPT : KW_SEALED);
    }
    EXPECT_OK(kw_file_write_atomic(d.key.text, (kw_span){file.ptr, 88}, 0600, NULL));
    EXPECT_STATUS(read_key(&d), KW_CORRUPT);
    EXPECT_OK(kw_file_write_atomic(d.key.text, kw_buf_view(&file), 0640, NULL));
    EXPECT_STATUS(read_key(&d), KW_SEALED);
    EXPECT_OK(kw_file_write_atomic(d.key.text, kw_buf_view(&file), 0600, NULL));
    EXPECT_OK(read_key(&d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encode__has_the_documented_layout),
        cmocka_unit_test(decode__refuses_what_is_none),
        cmocka_unit_test(write__never_writes_over_a_key),
        cmocka_unit_test(write__refuses_what_would_not_open),
        cmocka_unit_test(read__refuses_every_altered_byte),
    };
    return cmocka_run_group_tests_name("threshold/operator_key_file", tests, NULL, NULL);
}
