/* SPDX-License-Identifier: Apache-2.0 */
#include "os/map.h"

#include "os/fault.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/tempdir.h"

static void open__shows_the_whole_file(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    tempdir_path path = tempdir_join(&dir, "file");
    static uint8_t bytes[10000];
    memset(bytes, 3, sizeof bytes);
    EXPECT_OK(kw_file_write_atomic(path.text, KW_SPAN(bytes), 0600, NULL));
    kw_map map = {0};
    EXPECT_OK(kw_map_open(&map, path.text, NULL));
    EXPECT_SPAN(map.bytes, KW_SPAN(bytes));
    kw_map_drop(&map);
    kw_map_drop(&map); /* may run twice */
    EXPECT_OK(kw_file_write_atomic(path.text, (kw_span){0}, 0600, NULL));
    EXPECT_OK(kw_map_open(&map, path.text, NULL));
    assert_int_equal(map.bytes.len, 0);
    kw_map_drop(&map);
    tempdir_remove(&dir);
}

static void open__refuses_what_cannot_be_mapped(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    tempdir_path path = tempdir_join(&dir, "file");
    kw_map map = {0};
    EXPECT_STATUS(kw_map_open(&map, path.text, NULL), KW_NOT_FOUND);
    EXPECT_STATUS(kw_map_open(&map, "/dev/null", NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_map_open(&map, dir.path, NULL), KW_BAD_INPUT);
    EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(KW_STR("x")), 0600, NULL));
    kw_os_faults faults = {0};
    kw_os_faults_use(&faults);
    kw_os_fail_at(&faults, KW_OS_ALLOCATE, 1);
    EXPECT_STATUS(kw_map_open(&map, path.text, NULL), KW_IO);
    kw_os_faults_use(NULL);
    assert_int_equal(map.bytes.len, 0);
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open__shows_the_whole_file),
        cmocka_unit_test(open__refuses_what_cannot_be_mapped),
    };
    return cmocka_run_group_tests_name("os/map", tests, NULL, NULL);
}
