/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/operators_source.h"

#include "os/file.h"
#include "support/expect.h"
#include "support/operator_rows.h"
#include "support/tempdir.h"

static void file_source__reads_what_the_file_says_now(void **state)
{
    (void)state;
    operator_rows rows;
    tempdir dir = tempdir_make();
    tempdir_path path = tempdir_join(&dir, "operators.json");
    kw_operators_file file = {path.text};
    kw_operators_source source = kw_operators_file_source(&file);
    kw_arena arena = kw_arena_init(KW_OPERATORS_ARENA_MAX);
    kw_operators read = {0};
    EXPECT_STATUS(source.get(source.ctx, &read, &arena, 600, NULL), KW_NOT_FOUND);
    for (uint32_t n = 1; n <= 3; n++) {
        KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
        operator_rows_make(&rows, n);
        EXPECT_OK(kw_operators_encode(&json, rows.rows));
        EXPECT_OK(kw_file_write_atomic(path.text, kw_buf_view(&json), 0600, NULL));
        EXPECT_OK(source.get(source.ctx, &read, &arena, 600, NULL));
        assert_int_equal(read.roster.n, n);
    }
    EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(KW_STR("{")), 0600, NULL));
    kw_error err = {0};
    EXPECT_STATUS(source.get(source.ctx, &read, &arena, 600, &err), KW_BAD_INPUT);
    assert_non_null(strstr(err.text, "operators.json"));
    assert_int_equal(read.roster.n, 3);
    kw_arena_drop(&arena);
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_source__reads_what_the_file_says_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
