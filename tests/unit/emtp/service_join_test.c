/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/service_join.h"

#include "os/file.h"

#include "support/expect.h"
#include "support/tempdir.h"

enum {
    RECORDS = 300,
    FILE_BYTES_MAX = 1 << 20
};

/* Token i: spread over all first bytes. */
static kw_hash32 token_of(uint32_t i)
{
    kw_hash32 token = {{(uint8_t)(i * 167), (uint8_t)(i >> 8), (uint8_t)i}};
    return token;
}

/* A file of the tokens first, first + step, ... */
static void write_file(const char *path, const char *kid, uint32_t first, uint32_t step)
{
    kw_emtk_record records[RECORDS];
    kw_emtk_record scratch[RECORDS];
    for (uint32_t i = 0; i < RECORDS; i++) {
        kw_hash32 token = token_of(first + i * step);
        records[i] = kw_emtk_record_make(i / 10 + 1, (uint8_t)(i % 3 + 1), &token);
    }
    kw_emtk_sort(records, scratch, RECORDS);
    KW_AUTO(kw_buf) file = kw_buf_init(FILE_BYTES_MAX);
    EXPECT_OK(kw_emtk_header_encode(&file, kw_str_of(kid), RECORDS));
    EXPECT_OK(kw_buf_append(&file, KW_SPAN(records)));
    EXPECT_OK(kw_file_write_atomic(path, kw_buf_view(&file), 0600, NULL));
}

typedef struct files {
    tempdir dir;
    tempdir_path a;
    tempdir_path b;
} files;

static files make_files(void)
{
    files f = {.dir = tempdir_make()};
    f.a = tempdir_join(&f.dir, "a.emtk");
    f.b = tempdir_join(&f.dir, "b.emtk");
    write_file(f.a.text, "kid", 0, 2);
    write_file(f.b.text, "kid", 0, 3);
    return f;
}

static kw_status join(kw_emtp_joined *out, const files *f, unsigned threads, size_t pairs_max)
{
    kw_emtp_join_options options = {.path_a = f->a.text,
                                    .path_b = f->b.text,
                                    .threads = threads,
                                    .bucket_max = KW_EMTP_BUCKET_MAX,
                                    .pairs_max = pairs_max};
    return kw_emtp_join_files(out, &options, NULL);
}

static void join__gives_the_same_on_any_number_of_threads(void **state)
{
    (void)state;
    files f = make_files();
    KW_AUTO(kw_emtp_joined) alone = {.kid = ""};
    EXPECT_OK(join(&alone, &f, 1, 10000));
    assert_string_equal(alone.kid, "kid");
    assert_int_equal(alone.join.tokens_shared, 100); /* multiples of 6 below 600 */
    uint64_t shared = 0;
    for (size_t i = 0; i < alone.join.pairs.count; i++) {
        shared += alone.join.pairs.items[i].shared;
    }
    assert_int_equal(shared, 100);
    for (unsigned threads = 2; threads <= KW_EMTP_JOIN_THREADS_MAX; threads += 7) {
        KW_AUTO(kw_emtp_joined) many = {.kid = ""};
        EXPECT_OK(join(&many, &f, threads, 10000));
        assert_int_equal(many.join.tokens_shared, 100);
        assert_int_equal(many.join.pairs.count, alone.join.pairs.count);
        assert_memory_equal(many.join.pairs.items, alone.join.pairs.items,
                            alone.join.pairs.count * sizeof alone.join.pairs.items[0]);
    }
    tempdir_remove(&f.dir);
}

static void join__refuses_files_of_other_keys(void **state)
{
    (void)state;
    files f = make_files();
    write_file(f.b.text, "other", 0, 3);
    KW_AUTO(kw_emtp_joined) joined = {.kid = ""};
    EXPECT_STATUS(join(&joined, &f, 2, 10000), KW_REFUSED);
    tempdir_remove(&f.dir);
}

/* Swaps two records of B, or cuts it, and expects the refusal on any number of threads. */
static void expect_damage(const files *f, size_t x, size_t y)
{
    KW_AUTO(kw_buf) file = kw_buf_init(FILE_BYTES_MAX);
    EXPECT_OK(kw_file_read(&file, f->b.text, NULL));
    kw_emtk_record *records =
        (kw_emtk_record *)(file.ptr + file.len - RECORDS * sizeof(kw_emtk_record));
    kw_emtk_record record = records[x];
    records[x] = records[y];
    records[y] = record;
    EXPECT_OK(kw_file_write_atomic(f->b.text, kw_buf_view(&file), 0600, NULL));
    for (unsigned threads = 1; threads <= 9; threads += 4) {
        KW_AUTO(kw_emtp_joined) joined = {.kid = ""};
        EXPECT_STATUS(join(&joined, f, threads, 10000), KW_BAD_INPUT);
    }
    records[y] = records[x];
    records[x] = record;
    EXPECT_OK(kw_file_write_atomic(f->b.text, kw_buf_view(&file), 0600, NULL));
}

static void join__refuses_files_that_are_out_of_order(void **state)
{
    (void)state;
    files f = make_files();
    expect_damage(&f, 0, RECORDS - 1);
    expect_damage(&f, 10, 11);
    expect_damage(&f, RECORDS / 2 - 1, RECORDS / 2);
    expect_damage(&f, 0, RECORDS / 2);
    KW_AUTO(kw_emtp_joined) joined = {.kid = ""};
    EXPECT_OK(join(&joined, &f, 2, 10000));
    tempdir_remove(&f.dir);
}

static void join__reports_missing_files_and_limits(void **state)
{
    (void)state;
    files f = make_files();
    KW_AUTO(kw_emtp_joined) joined = {.kid = ""};
    EXPECT_STATUS(join(&joined, &f, 2, 5), KW_LIMIT);
    EXPECT_OK(
        kw_file_write_atomic(f.b.text, (kw_span){(const uint8_t *)"KWEMTK1\n", 8}, 0600, NULL));
    EXPECT_STATUS(join(&joined, &f, 2, 10000), KW_BAD_INPUT);
    EXPECT_OK(kw_file_remove(f.b.text, NULL));
    EXPECT_STATUS(join(&joined, &f, 2, 10000), KW_NOT_FOUND);
    tempdir_remove(&f.dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(join__gives_the_same_on_any_number_of_threads),
        cmocka_unit_test(join__refuses_files_of_other_keys),
        cmocka_unit_test(join__refuses_files_that_are_out_of_order),
        cmocka_unit_test(join__reports_missing_files_and_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
