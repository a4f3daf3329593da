/* SPDX-License-Identifier: Apache-2.0
 * From keys to a match, through the real daemon and the real command. */
#include "support/expect.h"
#include "support/house.h"

#include "os/file.h"

#include <stdio.h>
#include <sys/stat.h>

static const char ann[] = "{\"full_name\":\"Ann Lee\",\"dob\":\"1980-02-03\"}\n";

static int set_up(void **state)
{
    house *h = house_make("test:\n  allow: true\n");
    house_set_clock(h, "2026-01-10T08:00:00Z");
    house_start(h);
    house_register(h);
    *state = h;
    return 0;
}

static int tear_down(void **state)
{
    house_free(*state);
    return 0;
}

static bool says(const process_result *result, const char *text)
{
    return memmem(result->out.ptr, result->out.len, text, strlen(text)) != NULL;
}

static void keys_get__writes_the_same_private_file_for_both(void **state)
{
    house *h = *state;
    process_result result = {0};
    house_run(h, &result, 0, HOUSE_CLINIC, "emtp keys get --out %/a.json --json");
    assert_true(says(&result, "\"2026-01\""));
    assert_true(says(&result, "\"2025-12\""));
    assert_false(says(&result, "\"key\""));
    house_run(h, &result, 0, HOUSE_MEMBER, "emtp keys get --out %/b.json");
    KW_AUTO(kw_buf) a = kw_buf_init(1 << 20);
    KW_AUTO(kw_buf) b = kw_buf_init(1 << 20);
    EXPECT_OK(kw_file_read(&a, house_path(h, "a.json").text, NULL));
    EXPECT_OK(kw_file_read(&b, house_path(h, "b.json").text, NULL));
    EXPECT_SPAN(kw_buf_view(&a), kw_buf_view(&b));
    struct stat info;
    assert_int_equal(stat(house_path(h, "a.json").text, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    house_run(h, &result, 64, HOUSE_CLINIC, "emtp keys get");
    house_run(h, &result, 0, HOUSE_CLINIC, "emtp keys get --show-secret");
    EXPECT_SPAN(kw_buf_view(&result.out), kw_buf_view(&a));
    process_result_drop(&result);
}

static void tokens_and_match__meet_on_the_same_person(void **state)
{
    house *h = *state;
    process_result result = {0};
    house_run(h, &result, 0, HOUSE_CLINIC, "emtp keys get --out %/keys.json");
    house_pipe(h, &result, HOUSE_NOBODY,
               "emtp tokens --keys %/keys.json --now 2026-01-10T08:00:00Z --format emtk",
               kw_str_of(ann));
    EXPECT_OK(
        kw_file_write_atomic(house_path(h, "a.emtk").text, kw_buf_view(&result.out), 0600, NULL));
    house_pipe(h, &result, HOUSE_NOBODY,
               "emtp tokens --keys %/keys.json --now 2026-01-10T08:00:00Z --format emtk",
               KW_STR("{\"full_name\":\"Bo Ek\",\"dob\":\"1999-01-01\"}\n"
                      "{\"full_name\":\"Dr. Ann Lee\",\"dob\":\"1980-02-03\"}\n"));
    EXPECT_OK(
        kw_file_write_atomic(house_path(h, "b.emtk").text, kw_buf_view(&result.out), 0600, NULL));
    house_run(h, &result, 0, HOUSE_NOBODY, "emtp match %/a.emtk %/b.emtk --tiers --format jsonl");
    assert_true(says(&result, "2026-01"));
    size_t lines = 0;
    for (size_t i = 0; i < result.out.len; i++) {
        lines += result.out.ptr[i] == '\n' ? 1 : 0;
    }
    assert_int_equal(lines, 1);
    process_result_drop(&result);
}

static void tokens__take_keys_from_the_server(void **state)
{
    house *h = *state;
    process_result from_server = {0};
    process_result from_file = {0};
    house_pipe(h, &from_server, HOUSE_CLINIC, "emtp tokens --now 2026-01-10T08:00:00Z",
               kw_str_of(ann));
    house_run(h, &from_file, 0, HOUSE_CLINIC, "emtp keys get --out %/keys.json");
    house_pipe(h, &from_file, HOUSE_NOBODY,
               "emtp tokens --keys %/keys.json --now 2026-01-10T08:00:00Z", kw_str_of(ann));
    EXPECT_SPAN(kw_buf_view(&from_server.out), kw_buf_view(&from_file.out));
    assert_true(says(&from_server, "\"2025-12\""));
    process_result_drop(&from_server);
    process_result_drop(&from_file);
}

static void epoch__rotates_by_the_clock(void **state)
{
    house *h = *state;
    process_result result = {0};
    house_set_clock(h, "2026-02-01T00:00:01Z");
    house_wait(h, &result, HOUSE_CLINIC, "emtp keys get --out %/keys.json --json", "\"2026-02\"");
    assert_true(says(&result, "\"2026-01\""));
    assert_false(says(&result, "\"2025-12\""));
    process_result_drop(&result);
}

static void rotate__adds_a_key_and_keeps_the_old_one(void **state)
{
    house *h = *state;
    process_result result = {0};
    house_run(h, &result, 0, HOUSE_OFFICER, "emtp keys rotate --json");
    assert_true(says(&result, "\"2026-01.1\""));
    house_run(h, &result, 0, HOUSE_CLINIC, "emtp keys get --out %/keys.json --json");
    assert_true(says(&result, "\"2026-01.1\""));
    assert_true(says(&result, "\"2026-01\""));
    process_result_drop(&result);
}

static void revoked_key__leaves_keys_and_stream_and_is_replaced(void **state)
{
    house *h = *state;
    process_result result = {0};
    house_run(h, &result, 0, HOUSE_OFFICER, "emtp keys revoke 2026-01 --json");
    assert_true(says(&result, "\"2026-01.1\""));
    house_run(h, &result, 0, HOUSE_CLINIC, "emtp keys get --out %/keys.json --json");
    assert_false(says(&result, "\"2026-01\""));
    assert_true(says(&result, "\"2026-01.1\""));
    assert_true(says(&result, "\"2025-12\""));
    char url[128];
    (void)snprintf(url, sizeof url, "%s/v1/emtp/manifests/2026-01", h->public_url);
    assert_int_equal(house_get(h, &result, HOUSE_CLINIC, url), 410);
    (void)snprintf(url, sizeof url, "%s/v1/emtp/stp/keys?hold=0&since_id=-2", h->public_url);
    assert_int_equal(house_get(h, &result, HOUSE_CLINIC, url), 200);
    assert_true(says(&result, "\t-\thttps://"));
    assert_true(says(&result, "/v1/emtp/manifests/2026-01\t\n"));
    assert_true(says(&result, "/v1/emtp/manifests/2026-01.1\t2026-03-01T00:00:00Z\n"));
    house_run(h, &result, 66, HOUSE_OFFICER, "emtp keys revoke 2026-01");
    process_result_drop(&result);
}

static void revoked_participant__gets_403_from_its_next_request(void **state)
{
    house *h = *state;
    process_result result = {0};
    char url[128];
    (void)snprintf(url, sizeof url, "%s/keys", h->public_url);
    assert_int_equal(house_get(h, &result, HOUSE_CLINIC, url), 200);
    house_run(h, &result, 0, HOUSE_SECURITY, "emtp participants revoke clinic");
    assert_int_equal(house_get(h, &result, HOUSE_CLINIC, url), 403);
    assert_true(says(&result, "\"code\":\"forbidden\""));
    house_run(h, &result, 77, HOUSE_CLINIC, "emtp keys get --out %/keys.json");
    house_run(h, &result, 0, HOUSE_MEMBER, "emtp keys get --out %/keys.json");
    house_run(h, &result, 0, HOUSE_SECURITY, "emtp participants list --json");
    assert_true(says(&result, "\"is_enabled\":false"));
    process_result_drop(&result);
}

static void export__is_what_the_clients_get(void **state)
{
    house *h = *state;
    process_result result = {0};
    house_run(h, &result, 0, HOUSE_OFFICER, "emtp keys export --out %/export.json");
    house_run(h, &result, 0, HOUSE_CLINIC, "emtp keys get --out %/keys.json");
    KW_AUTO(kw_buf) a = kw_buf_init(1 << 20);
    KW_AUTO(kw_buf) b = kw_buf_init(1 << 20);
    EXPECT_OK(kw_file_read(&a, house_path(h, "export.json").text, NULL));
    EXPECT_OK(kw_file_read(&b, house_path(h, "keys.json").text, NULL));
    EXPECT_SPAN(kw_buf_view(&a), kw_buf_view(&b));
    struct stat info;
    assert_int_equal(stat(house_path(h, "export.json").text, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    process_result_drop(&result);
}

static void audit__verifies_after_the_stop(void **state)
{
    house *h = *state;
    process_result result = {0};
    house_run(h, &result, 0, HOUSE_CLINIC, "emtp keys get --out %/keys.json");
    house_stop(h);
    house_run(h, &result, 0, HOUSE_NOBODY,
              "audit verify %/data/audit --vkey-file %/data/audit/vkey");
    process_result_drop(&result);
}

int main(void)
{
#define IN_A_HOUSE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_HOUSE(keys_get__writes_the_same_private_file_for_both),
        IN_A_HOUSE(tokens_and_match__meet_on_the_same_person),
        IN_A_HOUSE(tokens__take_keys_from_the_server),
        IN_A_HOUSE(epoch__rotates_by_the_clock),
        IN_A_HOUSE(rotate__adds_a_key_and_keeps_the_old_one),
        IN_A_HOUSE(revoked_key__leaves_keys_and_stream_and_is_replaced),
        IN_A_HOUSE(revoked_participant__gets_403_from_its_next_request),
        IN_A_HOUSE(export__is_what_the_clients_get),
        IN_A_HOUSE(audit__verifies_after_the_stop),
    };
    return cmocka_run_group_tests_name("e2e/emtp_flow", tests, NULL, NULL);
}
