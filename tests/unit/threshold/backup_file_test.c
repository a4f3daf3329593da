/* SPDX-License-Identifier: Apache-2.0
 * The file of a backup: its form byte for byte, and every way to spoil it. */
#include "threshold/backup_file.h"

#include "base/heap.h"
#include "store/limits.h"
#include "support/expect.h"
#include "support/hexed.h"
#include "support/seeded_rng.h"
#include "threshold/limits.h"

static const kw_argon2id_cost cheap = {.memory_kib = 8, .passes = 1};
static const char *const texts[] = {"first", "", "third and last"};

static kw_secret_span secret_of(const char *text)
{
    return kw_secret_span_of(kw_span_of_str(kw_str_of(text)));
}

/* A file of `texts`; the last one is marked as such when `is_whole`. */
static kw_buf make_file(uint64_t seed, bool is_whole)
{
    seeded_rng seeded = {.seed = seed};
    kw_buf file = kw_buf_init(4096);
    kw_backup_writer w = {0};
    const kw_operator_key_lock lock = {
        .passphrase = secret_of("correct horse"), .cost = cheap, .rng = seeded_rng_port(&seeded)};
    EXPECT_OK(kw_backup_writer_open(&w, &file, &lock, NULL));
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        bool is_last = is_whole && i + 1 == KW_COUNT(texts);
        EXPECT_OK(kw_backup_writer_add(&w, secret_of(texts[i]), is_last));
    }
    kw_backup_writer_drop(&w);
    return file;
}

/* Opens and reads to the end; what the first failure was. */
static kw_status read_all(kw_span file, const char *passphrase)
{
    kw_backup_reader r = {0};
    kw_error err = {0};
    kw_secret_bytes record = kw_secret_bytes_init(KW_BACKUP_RECORD_BYTES_MAX);
    kw_status st = kw_backup_reader_open(&r, file, secret_of(passphrase), &err);
    while (st == KW_OK) {
        st = kw_backup_reader_next(&r, &record, &err);
    }
    assert_int_equal(err.status, st);
    kw_secret_bytes_drop(&record);
    kw_backup_reader_drop(&r);
    return st;
}

static void reader__gives_what_was_written_twice(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_buf) file = make_file(1, true);
    KW_AUTO(kw_secret_bytes) record = kw_secret_bytes_init(KW_BACKUP_RECORD_BYTES_MAX);
    kw_backup_reader r = {0};
    EXPECT_OK(kw_backup_reader_open(&r, kw_buf_view(&file), secret_of("correct horse"), NULL));
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < KW_COUNT(texts); i++) {
            EXPECT_OK(kw_backup_reader_next(&r, &record, NULL));
            kw_span plain = kw_declassify_span(kw_secret_bytes_view(&record), "a test");
            assert_true(kw_str_equal(kw_str_of_span(plain), kw_str_of(texts[i])));
        }
        EXPECT_STATUS(kw_backup_reader_next(&r, &record, NULL), KW_END);
        kw_backup_reader_rewind(&r);
    }
    kw_backup_reader_drop(&r);
    kw_backup_reader_drop(&r);
}

static void writer__has_the_documented_layout(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_buf) file = make_file(1, true);
    kw_backup_file seen = {0};
    assert_int_equal(file.len, 28 + 3 * 20 + strlen(texts[0]) + strlen(texts[2]));
    expect_hexed((kw_span){file.ptr, 12}, "4b5742310000000800000001");
    expect_hexed((kw_span){file.ptr + 28, 4}, "00000015"); /* 5 bytes and the tag */
    EXPECT_OK(kw_backup_file_decode(&seen, kw_buf_view(&file)));
    assert_int_equal(seen.cost.memory_kib, 8);
    assert_int_equal(seen.cost.passes, 1);
    assert_memory_equal(seen.salt.bytes, file.ptr + 12, 16);
    assert_int_equal(seen.frames_count, 3);
    assert_ptr_equal(seen.frames.ptr, file.ptr + 28);
    KW_AUTO(kw_buf) other = make_file(2, true); /* another salt */
    assert_memory_not_equal(file.ptr + 12, other.ptr + 12, 16);
}

static void reader__refuses_every_changed_byte(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_buf) file = make_file(1, true);
    for (size_t i = 0; i < file.len; i++) {
        file.ptr[i] ^= 1;
        kw_status st = read_all(kw_buf_view(&file), "correct horse");
        if (st != KW_CORRUPT && st != KW_SEALED) {
            fail_msg("byte %zu: %s", i, kw_status_name(st));
        }
        file.ptr[i] ^= 1;
    }
    EXPECT_STATUS(read_all(kw_buf_view(&file), "correct horse"), KW_END);
}

static void reader__refuses_every_cut(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_buf) file = make_file(1, true);
    size_t first = 28 + 20 + strlen(texts[0]);
    for (size_t len = 0; len < file.len; len++) {
        /* Its first frame alone has the form of a file, but does not say that it is the last. */
        kw_status wanted = len == first ? KW_SEALED : KW_CORRUPT;
        EXPECT_STATUS(read_all((kw_span){file.ptr, len}, "correct horse"), wanted);
    }
    EXPECT_OK(kw_buf_append_byte(&file, 0));
    EXPECT_STATUS(read_all(kw_buf_view(&file), "correct horse"), KW_CORRUPT);
}

static void reader__refuses_frames_in_another_order(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_buf) file = make_file(1, true);
    uint8_t *second = file.ptr + 28 + 20 + strlen(texts[0]);
    uint8_t frame[20];
    memcpy(frame, second, sizeof frame); /* the empty one goes behind the last */
    memmove(second, second + 20, 20 + strlen(texts[2]));
    memcpy(file.ptr + file.len - 20, frame, sizeof frame);
    EXPECT_STATUS(read_all(kw_buf_view(&file), "correct horse"), KW_CORRUPT);
}

static void reader__refuses_a_file_without_its_last_frame(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_buf) file = make_file(1, false);
    EXPECT_STATUS(read_all(kw_buf_view(&file), "correct horse"), KW_CORRUPT);
}

static void reader__needs_the_passphrase(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_buf) file = make_file(1, true);
    EXPECT_STATUS(read_all(kw_buf_view(&file), "correct horsf"), KW_SEALED);
    EXPECT_STATUS(read_all(kw_buf_view(&file), ""), KW_SEALED);
    EXPECT_STATUS(read_all(kw_buf_view(&file), "correct horse"), KW_END);
}

static void decode__refuses_costs_that_nobody_should_pay(void **state)
{
    KW_UNUSED(state);
    static const struct {
        size_t at;
        uint8_t value;
    } wrong[] = {{0, 'k'}, {3, '2'}, {4, 0xff}, {7, 0}, {8, 1}, {11, 0}, {11, 17}};
    KW_AUTO(kw_buf) file = make_file(1, true);
    kw_backup_file seen = {0};
    for (size_t i = 0; i < KW_COUNT(wrong); i++) {
        uint8_t before = file.ptr[wrong[i].at];
        file.ptr[wrong[i].at] = wrong[i].value;
        EXPECT_STATUS(kw_backup_file_decode(&seen, kw_buf_view(&file)), KW_BAD_INPUT);
        file.ptr[wrong[i].at] = before;
    }
    assert_int_equal(seen.frames_count, 0);
}

static void writer__refuses_passphrases_and_records(void **state)
{
    KW_UNUSED(state);
    seeded_rng seeded = {.seed = 1};
    kw_backup_writer w = {0};
    KW_AUTO(kw_buf) file = kw_buf_init(64);
    kw_operator_key_lock lock = {
        .passphrase = secret_of("seven c"), .cost = cheap, .rng = seeded_rng_port(&seeded)};
    EXPECT_STATUS(kw_backup_writer_open(&w, &file, &lock, NULL), KW_BAD_INPUT);
    lock.passphrase = secret_of("eight ch");
    lock.cost.passes = KW_SEAL_PASSES_MAX + 1;
    EXPECT_STATUS(kw_backup_writer_open(&w, &file, &lock, NULL), KW_BAD_INPUT);
    lock.cost = cheap;
    EXPECT_OK(kw_backup_writer_open(&w, &file, &lock, NULL));
    static const uint8_t large[KW_BACKUP_RECORD_BYTES_MAX + 1];
    EXPECT_STATUS(kw_backup_writer_add(&w, kw_secret_span_of(KW_SPAN(large)), false), KW_LIMIT);
    EXPECT_STATUS(kw_backup_writer_add(&w, secret_of("more than 16 bytes"), false), KW_LIMIT);
    assert_int_equal(file.len, 28); /* nothing of it stayed */
    EXPECT_OK(kw_backup_writer_add(&w, secret_of("sixteen bytes ok"), true));
    kw_backup_writer_drop(&w);
}

static void writer_and_reader__survive_a_lack_of_memory(void **state)
{
    KW_UNUSED(state);
    seeded_rng seeded = {.seed = 1};
    KW_AUTO(kw_buf) whole = make_file(1, true);
    const kw_operator_key_lock lock = {
        .passphrase = secret_of("correct horse"), .cost = cheap, .rng = seeded_rng_port(&seeded)};
    kw_status st = KW_NO_MEMORY;
    for (uint64_t k = 1; st == KW_NO_MEMORY; k++) {
        KW_AUTO(kw_buf) file = kw_buf_init(4096);
        kw_backup_writer w = {0};
        kw_heap_fail_at(k);
        st = kw_backup_writer_open(&w, &file, &lock, NULL);
        kw_heap_fail_at(0);
        kw_backup_writer_drop(&w);
    }
    EXPECT_OK(st);
    st = KW_NO_MEMORY;
    for (uint64_t k = 1; st == KW_NO_MEMORY; k++) {
        kw_backup_reader r = {0};
        kw_heap_fail_at(k);
        st = kw_backup_reader_open(&r, kw_buf_view(&whole), lock.passphrase, NULL);
        kw_heap_fail_at(0);
        kw_backup_reader_drop(&r);
    }
    EXPECT_OK(st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader__gives_what_was_written_twice),
        cmocka_unit_test(writer__has_the_documented_layout),
        cmocka_unit_test(reader__refuses_every_changed_byte),
        cmocka_unit_test(reader__refuses_every_cut),
        cmocka_unit_test(reader__refuses_frames_in_another_order),
        cmocka_unit_test(reader__refuses_a_file_without_its_last_frame),
        cmocka_unit_test(reader__needs_the_passphrase),
        cmocka_unit_test(decode__refuses_costs_that_nobody_should_pay),
        cmocka_unit_test(writer__refuses_passphrases_and_records),
        cmocka_unit_test(writer_and_reader__survive_a_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
