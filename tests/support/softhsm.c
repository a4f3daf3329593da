/* SPDX-License-Identifier: Apache-2.0
 * SoftHSM by its own program. */
#include "support/softhsm.h"

#include "os/dir.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/process.h"

#include <stdlib.h>

softhsm softhsm_make(void)
{
    softhsm hsm = {.dir = tempdir_make()};
    tempdir_path tokens = tempdir_join(&hsm.dir, "tokens");
    tempdir_path conf = tempdir_join(&hsm.dir, "softhsm2.conf");
    hsm.pin = tempdir_join(&hsm.dir, "pin");
    KW_AUTO(kw_buf) text = kw_buf_init(4096);
    EXPECT_OK(kw_dir_make(tokens.text, 0700, NULL));
    EXPECT_OK(
        kw_buf_append_format(&text, "directories.tokendir = %s\nlog.level = ERROR\n", tokens.text));
    EXPECT_OK(kw_file_write_atomic(conf.text, kw_buf_view(&text), 0600, NULL));
    EXPECT_OK(
        kw_file_write_atomic(hsm.pin.text, kw_span_of_str(KW_STR(SOFTHSM_PIN "\n")), 0600, NULL));
    assert_int_equal(setenv("SOFTHSM2_CONF", conf.text, 1), 0);
    return hsm;
}

void softhsm_drop(softhsm *hsm)
{
    tempdir_remove(&hsm->dir);
}

void softhsm_add(const softhsm *hsm, const char *label)
{
    KW_UNUSED(hsm);
    const char *const argv[] = {"softhsm2-util", "--init-token", "--free",       "--label",
                                label,           "--pin",        SOFTHSM_PIN,    "--so-pin",
                                "so-5678",       "--module",     SOFTHSM_MODULE, NULL};
    KW_AUTO(process_result) result = {0};
    process_expect(&result, 0, argv, (kw_str){0});
}

kw_hsm_options softhsm_options(const softhsm *hsm, const char *label)
{
    return (kw_hsm_options){.module = SOFTHSM_MODULE, .label = label, .pin_path = hsm->pin.text};
}

softhsm softhsm_seat(const tempdir *dir, kw_secret_span key)
{
    softhsm hsm = softhsm_make();
    softhsm_add(&hsm, "seat");
    KW_AUTO_PTR(kw_hsm) token = NULL;
    const kw_hsm_options options = softhsm_options(&hsm, "seat");
    EXPECT_OK(kw_hsm_open(&token, &options, NULL));
    EXPECT_OK(kw_hsm_put(token, KW_STR("operator"), key, NULL));
    EXPECT_OK(kw_file_write_atomic(tempdir_join(dir, "pin").text,
                                   kw_span_of_str(KW_STR(SOFTHSM_PIN)), 0600, NULL));
    return hsm;
}
