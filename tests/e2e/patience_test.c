/* SPDX-License-Identifier: Apache-2.0
 * A daemon that puts a client off, and a command that comes back. */
#include "os/file.h"
#include "support/expect.h"
#include "support/house.h"

#include <stdio.h>

/* One read in two seconds, and none in advance. */
static void slow_down(const house *h)
{
    static const char generous[] = "  read_rate: 10000000\n  read_burst: 60000\n";
    static const char strict[] = "  read_rate: 500\n  read_burst: 1\n";
    tempdir_path path = house_path(h, "config.yaml");
    KW_AUTO(kw_buf) yaml = kw_buf_init(1 << 20);
    EXPECT_OK(kw_file_read(&yaml, path.text, NULL));
    const uint8_t *at = memmem(yaml.ptr, yaml.len, generous, sizeof generous - 1);
    assert_non_null(at);
    size_t before = (size_t)(at - yaml.ptr);
    size_t behind = before + sizeof generous - 1;
    FILE *file = fopen(path.text, "w"); /* keeps its owner */
    assert_non_null(file);
    assert_int_equal(fwrite(yaml.ptr, 1, before, file), before);
    assert_true(fputs(strict, file) >= 0);
    assert_int_equal(fwrite(yaml.ptr + behind, 1, yaml.len - behind, file), yaml.len - behind);
    assert_int_equal(fclose(file), 0);
}

static void keys_get__comes_back_when_it_is_told_to(void **state)
{
    (void)state;
    house *h = house_make("");
    slow_down(h);
    house_start(h);
    house_register(h);
    process_result result = {0};
    char url[128];
    (void)snprintf(url, sizeof url, "%s/keys", h->public_url);
    assert_int_equal(house_get(h, &result, HOUSE_CLINIC, url), 200);
    /* Its first request is answered 429, unless two seconds have passed. */
    house_run(h, &result, 0, HOUSE_CLINIC, "emtp keys get --out %/keys.json");
    kw_file_info info = {0};
    EXPECT_OK(kw_file_stat(&info, house_path(h, "keys.json").text, NULL));
    process_result_drop(&result);
    house_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_get__comes_back_when_it_is_told_to),
    };
    return cmocka_run_group_tests_name("e2e/patience", tests, NULL, NULL);
}
