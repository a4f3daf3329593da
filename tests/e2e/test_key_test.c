/* SPDX-License-Identifier: Apache-2.0
 * The published test key through the real daemon: other implementations check themselves against
 * it, and no daemon serves it by mistake. Vectors: emtp.md section 14. */
#include "support/expect.h"
#include "support/house.h"

#include "os/file.h"

#include <stdio.h>

#define SWITCH_ON  "test_key:  true\n"
#define SWITCH_OFF "test_key: false\n"

static const char person[] =
    "{\"full_name\":\"MR. JRR Tolkien\",\"dob\":\"1892-01-03\",\"phones\":[\"(212) 555-0100\"]}\n";

static const char *const published[] = {
    "a586bc1307ccf85e55b27ddd5379d2535fc547c09e6d892daec27a57174c798f",
    "ffa155b148921d89acb112a26c552dd0d3e4a0afb3e055ae7ac8151cb7fccb2c",
    "93501fc19af973af51b1e9ad1e3adb3f7776ab0e3dcfaacb83099ff103f125be",
};

static const char keys_json[] =
    "{\"keys\":[{\"kid\":\"test-2026-01\",\"key\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\","
    "\"algorithm\":\"hmac-sha256\",\"not_before\":\"2026-01-01T00:00:00Z\","
    "\"not_after\":\"2026-02-01T00:00:00Z\"}]}";

static int set_up(void **state)
{
    *state = house_make("test:\n  allow: true\nemtp:\n  " SWITCH_ON);
    house_start(*state);
    house_register(*state);
    return 0;
}

static int tear_down(void **state)
{
    house_free(*state);
    return 0;
}

static void switch_off(house *h)
{
    tempdir_path path = house_path(h, "config.yaml");
    KW_AUTO(kw_buf) yaml = kw_buf_init(1 << 16);
    EXPECT_OK(kw_file_read(&yaml, path.text, NULL));
    void *at = memmem(yaml.ptr, yaml.len, SWITCH_ON, strlen(SWITCH_ON));
    assert_non_null(at);
    memcpy(at, SWITCH_OFF, strlen(SWITCH_OFF));
    EXPECT_OK(kw_file_write_atomic(path.text, kw_buf_view(&yaml), 0644, NULL));
}

static bool holds(const kw_buf *text, const char *needle)
{
    return memmem(text->ptr, text->len, needle, strlen(needle)) != NULL;
}

static void tokens__of_the_served_test_key_are_the_published_ones(void **state)
{
    house *h = *state;
    process_result served = {0};
    process_result local = {0};
    house_pipe(h, &served, HOUSE_CLINIC, "emtp tokens --allow-test-key --kid test-2026-01",
               kw_str_of(person));
    for (size_t i = 0; i < KW_COUNT(published); i++) {
        assert_true(holds(&served.out, published[i]));
    }
    tempdir_path keys = house_path(h, "published.json");
    EXPECT_OK(kw_file_write_atomic(keys.text, kw_span_of_str(kw_str_of(keys_json)), 0600, NULL));
    house_pipe(h, &local, HOUSE_NOBODY, "emtp tokens --allow-test-key --keys %/published.json",
               kw_str_of(person));
    EXPECT_SPAN(kw_buf_view(&served.out), kw_buf_view(&local.out));
    /* A client that was not told refuses the whole answer. */
    house_run(h, &served, 65, HOUSE_CLINIC, "emtp tokens");
    assert_true(holds(&served.err, "test key"));
    process_result_drop(&served);
    process_result_drop(&local);
}

static void daemon__says_that_it_serves_the_test_key(void **state)
{
    house *h = *state;
    KW_AUTO(kw_buf) log = kw_buf_init(1 << 20);
    EXPECT_OK(kw_file_read(&log, house_path(h, "keywardd.log").text, NULL));
    assert_true(holds(&log, "TEST KEY"));
    process_result result = {0};
    char url[128];
    (void)snprintf(url, sizeof url, "%s/v1/emtp/manifests/test-2026-01", h->public_url);
    assert_int_equal(house_get(h, &result, HOUSE_CLINIC, url), 200);
    assert_true(holds(&result.out, "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\""));
    process_result_drop(&result);
}

static void daemon__refuses_the_database_of_a_test_run(void **state)
{
    house *h = *state;
    process_result result = {0};
    house_stop(h);
    switch_off(h);
    tempdir_path config = house_path(h, "config.yaml");
    const char *const argv[] = {KW_BIN_DIR "/keywardd", "--config", config.text, NULL};
    process_expect(&result, 65, argv, (kw_str){0});
    assert_true(holds(&result.err, "test-2026-01 is the published test key"));
    assert_false(holds(&result.out, "ready"));
    process_result_drop(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tokens__of_the_served_test_key_are_the_published_ones,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(daemon__says_that_it_serves_the_test_key, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(daemon__refuses_the_database_of_a_test_run, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("test_key", tests, NULL, NULL);
}
