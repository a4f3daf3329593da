/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/pki_folder.h"

#include "os/clock.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/tempdir.h"

#include <stdio.h>
#include <stdlib.h>

static void folder__keeps_an_authority_and_replaces_nothing(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    char *text = NULL;
    size_t len = 0;
    kw_cli cli = {.out = open_memstream(&text, &len), .arena = &arena, .is_json = true};
    KW_AUTO_PTR(kw_x509_ca) ca = NULL;
    EXPECT_OK(kw_x509_ca_new(&ca, "test", kw_pki_not_before(), 1, NULL));
    KW_AUTO(kw_x509_pair) pair = {0};
    EXPECT_OK(kw_x509_ca_export(ca, &pair, NULL));
    EXPECT_OK(kw_pki_folder_write(&cli, kw_str_of(dir.path), KW_STR("ca"), &pair, NULL));
    EXPECT_STATUS(kw_pki_folder_write(&cli, kw_str_of(dir.path), KW_STR("ca"), &pair, NULL),
                  KW_CONFLICT);
    kw_file_info info = {0};
    EXPECT_OK(kw_file_stat(&info, tempdir_join(&dir, "ca.key").text, NULL));
    assert_int_equal(info.mode, 0600);
    KW_AUTO_PTR(kw_x509_ca) again = NULL;
    EXPECT_OK(kw_pki_folder_open(&cli, &again, kw_str_of(dir.path), NULL));
    assert_int_equal(fclose(cli.out), 0);
    free(text);
    tempdir_remove(&dir);
}

static void open__refuses_what_is_no_authority(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_cli cli = {.arena = &arena};
    kw_x509_ca *ca = NULL;
    EXPECT_STATUS(kw_pki_folder_open(&cli, &ca, kw_str_of(dir.path), NULL), KW_NOT_FOUND);
    EXPECT_OK(kw_file_write_atomic(tempdir_join(&dir, "ca.pem").text,
                                   kw_span_of_str(KW_STR("no certificate")), 0644, NULL));
    EXPECT_OK(kw_file_write_atomic(tempdir_join(&dir, "ca.key").text,
                                   kw_span_of_str(KW_STR("no key")), 0600, NULL));
    EXPECT_STATUS(kw_pki_folder_open(&cli, &ca, kw_str_of(dir.path), NULL), KW_BAD_INPUT);
    EXPECT_OK(kw_file_write_atomic(tempdir_join(&dir, "ca.key").text,
                                   kw_span_of_str(KW_STR("no key")), 0644, NULL));
    EXPECT_STATUS(kw_pki_folder_open(&cli, &ca, kw_str_of(dir.path), NULL), KW_FORBIDDEN);
    assert_null(ca);
    tempdir_remove(&dir);
}

static void not_before__is_a_little_ago(void **state)
{
    (void)state;
    kw_clock clock = kw_clock_system();
    kw_unix_s now = kw_clock_now_ms(&clock) / 1000;
    assert_in_range(now - kw_pki_not_before(), 1, 3600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folder__keeps_an_authority_and_replaces_nothing),
        cmocka_unit_test(open__refuses_what_is_no_authority),
        cmocka_unit_test(not_before__is_a_little_ago),
    };
    return cmocka_run_group_tests_name("cli/pki_folder", tests, NULL, NULL);
}
