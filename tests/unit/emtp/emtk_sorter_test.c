/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/emtk_sorter.h"

#include "base/heap.h"
#include "os/fault.h"

#include "support/expect.h"
#include "support/tempdir.h"

enum {
    FILE_BYTES_MAX = 1 << 20
};

static kw_status append(void *ctx, kw_span bytes, kw_error *err)
{
    KW_UNUSED(err);
    return kw_buf_append(ctx, bytes);
}

static kw_emtk_record make_record(uint32_t i)
{
    uint64_t word = (i + 1) * 0x9e3779b97f4a7c15U;
    kw_hash32 token = {{0}};
    memcpy(token.bytes, &word, sizeof word);
    token.bytes[0] = (uint8_t)(i % 5 == 0 ? 7 : token.bytes[0]);
    return kw_emtk_record_make(i + 1, (uint8_t)(i % 4), &token);
}

/* Sorts `count` records with little memory into a file. */
static kw_status sort_all(kw_buf *out, uint32_t count, const char *folder)
{
    KW_AUTO_PTR(kw_emtk_sorter) sorter = NULL;
    KW_TRY(kw_emtk_sorter_new(&sorter, KW_EMTK_SORTER_BYTES_MIN, folder, NULL));
    for (uint32_t i = 0; i < count; i += 3) {
        kw_emtk_record some[3] = {make_record(i), make_record(i + 1), make_record(i + 2)};
        KW_TRY(kw_emtk_sorter_add(sorter, some, KW_MIN(3U, count - i), NULL));
    }
    return kw_emtk_sorter_finish(sorter, KW_STR("kid"), (kw_emtk_sink){append, out}, NULL);
}

static void sorter__writes_files_of_any_size(void **state)
{
    (void)state;
    static const uint32_t counts[] = {0, 1, 50, 51, 52, 102, 103, 500, 2000};
    tempdir dir = tempdir_make();
    for (size_t i = 0; i < KW_COUNT(counts); i++) {
        KW_AUTO(kw_buf) file = kw_buf_init(FILE_BYTES_MAX);
        kw_emtk read = {0};
        EXPECT_OK(sort_all(&file, counts[i], dir.path));
        EXPECT_OK(kw_emtk_decode(&read, kw_buf_view(&file), NULL));
        EXPECT_OK(kw_emtk_check(&read, NULL, NULL));
        assert_int_equal(read.count, counts[i]);
        uint64_t rows = 0;
        for (size_t k = 0; k < read.count; k++) {
            rows += kw_emtk_row(&read.records[k]);
        }
        assert_int_equal(rows, (uint64_t)counts[i] * (counts[i] + 1) / 2); /* all are there */
    }
    tempdir_remove(&dir);
}

static void sorter__needs_no_folder_while_memory_lasts(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) file = kw_buf_init(FILE_BYTES_MAX);
    EXPECT_OK(sort_all(&file, 51, "/nonexistent"));
    kw_buf_clear(&file);
    EXPECT_STATUS(sort_all(&file, 52, "/nonexistent"), KW_NOT_FOUND);
}

static void sorter__refuses_more_runs_than_memory(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    KW_AUTO(kw_buf) file = kw_buf_init(FILE_BYTES_MAX);
    EXPECT_STATUS(sort_all(&file, 51 * 52, dir.path), KW_LIMIT);
    tempdir_remove(&dir);
}

static void sorter__refuses_a_bad_kid_and_a_full_sink(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_emtk_sorter) sorter = NULL;
    EXPECT_OK(kw_emtk_sorter_new(&sorter, 0, "/", NULL));
    KW_AUTO(kw_buf) file = kw_buf_init(FILE_BYTES_MAX);
    EXPECT_STATUS(kw_emtk_sorter_finish(sorter, KW_STR("a b"), (kw_emtk_sink){append, &file}, NULL),
                  KW_BAD_INPUT);
    KW_AUTO(kw_buf) full = kw_buf_init(10);
    EXPECT_STATUS(kw_emtk_sorter_finish(sorter, KW_STR("kid"), (kw_emtk_sink){append, &full}, NULL),
                  KW_LIMIT);
}

static void sorter__survives_every_failing_allocation_and_call(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    bool is_done = false;
    for (uint64_t nth = 1; !is_done; nth++) {
        KW_AUTO(kw_buf) file = kw_buf_init(FILE_BYTES_MAX);
        kw_heap_fail_at(nth);
        kw_status st = sort_all(&file, 200, dir.path);
        kw_heap_fail_at(0);
        is_done = st == KW_OK;
        assert_true(is_done || st == KW_NO_MEMORY);
        assert_in_range(nth, 1, 100);
    }
    static const kw_os_call calls[] = {KW_OS_OPEN, KW_OS_WRITE, KW_OS_READ};
    for (size_t c = 0; c < KW_COUNT(calls); c++) {
        is_done = false;
        for (uint64_t nth = 1; !is_done; nth++) {
            kw_os_faults faults = {0};
            KW_AUTO(kw_buf) file = kw_buf_init(FILE_BYTES_MAX);
            kw_os_faults_use(&faults);
            kw_os_fail_at(&faults, calls[c], nth);
            kw_status st = sort_all(&file, 200, dir.path);
            kw_os_faults_use(NULL);
            is_done = st == KW_OK;
            assert_true(is_done || st == KW_IO);
            assert_true(!is_done || nth > 1);
            assert_in_range(nth, 1, 100);
        }
    }
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorter__writes_files_of_any_size),
        cmocka_unit_test(sorter__needs_no_folder_while_memory_lasts),
        cmocka_unit_test(sorter__refuses_more_runs_than_memory),
        cmocka_unit_test(sorter__refuses_a_bad_kid_and_a_full_sink),
        cmocka_unit_test(sorter__survives_every_failing_allocation_and_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
