/* SPDX-License-Identifier: Apache-2.0
 * Epoch keys and API keys stand where they belong and nowhere else: after a working day every byte
 * that the processes wrote, and what the kernel shows of them, is searched. */
#include "support/expect.h"
#include "support/house.h"

#include "base/ct.h"
#include "codec/base64.h"
#include "codec/hex.h"
#include "os/file.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    KEYS_MAX = 16
};

/* The base64 texts of the keys in a key set. */
static size_t collect_keys(kw_str json, kw_str out[KEYS_MAX])
{
    size_t count = 0;
    static const char mark[] = "\"key\":\"";
    const char *at = json.ptr;
    const char *end = json.ptr + json.len;
    while (count < KEYS_MAX &&
           (at = memmem(at, (size_t)(end - at), mark, sizeof mark - 1)) != NULL) {
        at += sizeof mark - 1;
        out[count++] = (kw_str){at, 44};
    }
    return count;
}

/* As text, as hex and as bytes. */
static void expect_key_nowhere(const house *h, kw_str base64, const char *const *except)
{
    house_expect_nowhere(h, kw_span_of_str(base64), except);
    KW_AUTO(kw_buf) bytes = kw_buf_init(32);
    EXPECT_OK(kw_base64_decode(&bytes, base64, KW_BASE64_STANDARD));
    assert_int_equal(bytes.len, 32);
    house_expect_nowhere(h, kw_buf_view(&bytes), except);
    char hex[65] = "";
    kw_hex_encode_to(hex, kw_buf_view(&bytes));
    house_expect_nowhere(h, kw_span_of_str(kw_str_of(hex)), except);
}

/* What anyone with the same user may read of a running process. */
static void expect_nothing_in_proc(const house *h, kw_str secret)
{
    static const char *const names[] = {"cmdline", "environ"};
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)h->daemon.pid, names[i]);
        KW_AUTO(kw_buf) bytes = kw_buf_init(1 << 20);
        EXPECT_OK(kw_file_read(&bytes, path, NULL));
        assert_null(memmem(bytes.ptr, bytes.len, secret.ptr, secret.len));
    }
}

static void a_working_day(house *h)
{
    process_result result = {0};
    house_run(h, &result, 0, HOUSE_CLINIC, "emtp keys get --out %/keys.json");
    house_run(h, &result, 0, HOUSE_OFFICER, "emtp keys rotate");
    /* The admin listener has no such path. */
    house_run(h, &result, 66, HOUSE_OFFICER, "emtp keys get --out %/no.json");
    house_run(h, &result, 0, HOUSE_MEMBER, "emtp keys get --out %/keys.json");
    house_pipe(h, &result, HOUSE_NOBODY, "emtp tokens --keys %/keys.json",
               KW_STR("{\"full_name\":\"Ann Lee\",\"dob\":\"1980-02-03\"}\n"));
    EXPECT_OK(kw_file_write_atomic(house_path(h, "tokens.jsonl").text, kw_buf_view(&result.out),
                                   0600, NULL));
    char url[128];
    (void)snprintf(url, sizeof url, "%s/v1/emtp/stp/keys?hold=0", h->public_url);
    assert_int_equal(house_get(h, &result, HOUSE_CLINIC, url), 200);
    EXPECT_OK(kw_file_write_atomic(house_path(h, "stream.tsv").text, kw_buf_view(&result.out), 0600,
                                   NULL));
    (void)snprintf(url, sizeof url, "%s/metrics", h->metrics_url);
    assert_int_equal(house_get(h, &result, HOUSE_NOBODY, url), 200);
    EXPECT_OK(kw_file_write_atomic(house_path(h, "metrics.txt").text, kw_buf_view(&result.out),
                                   0600, NULL));
    process_result_drop(&result);
}

static void keys__are_in_no_file_but_the_one_asked_for(void **state)
{
    (void)state;
    house *h = house_make("log:\n  level: debug\n");
    house_start(h);
    house_register(h);
    a_working_day(h);
    KW_AUTO(kw_buf) set = kw_buf_init(1 << 16);
    KW_AUTO(kw_buf) api_key = kw_buf_init(256);
    EXPECT_OK(kw_file_read(&set, house_path(h, "keys.json").text, NULL));
    EXPECT_OK(kw_file_read(&api_key, house_path(h, "clinic.key").text, NULL));
    kw_str keys[KEYS_MAX];
    size_t count = collect_keys(kw_buf_text(&set), keys);
    assert_int_equal(count, 3);
    expect_nothing_in_proc(h, kw_str_trim(kw_buf_text(&api_key)));
    house_kill(h);

    static const char *const keys_file[] = {"keys.json", NULL};
    for (size_t i = 0; i < count; i++) {
        expect_key_nowhere(h, keys[i], keys_file);
    }
    static const char *const api_key_file[] = {"clinic.key", NULL};
    house_expect_nowhere(h, kw_span_of_str(kw_str_trim(kw_buf_text(&api_key))), api_key_file);
    house_free(h);
}

/* That none is written when it aborts shows tests/e2e/core_test.c. */
static void limit__of_cores_is_zero_from_the_start(void **state)
{
    (void)state;
    house *h = house_make("");
    house_start(h);
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/limits", (int)h->daemon.pid);
    KW_AUTO(kw_buf) limits = kw_buf_init(1 << 16);
    EXPECT_OK(kw_file_read(&limits, path, NULL));
    const char *text = NULL;
    EXPECT_OK(kw_buf_c_text(&limits, &text));
    const char *core = strstr(text, "Max core file size");
    assert_non_null(core);
    assert_int_equal(strtol(core + strlen("Max core file size"), NULL, 10), 0);
    house_free(h);
}

/* Keys may be swapped out otherwise. Root is not bound by the limit, so this holds for the user
 * that the daemon becomes. */
static void start__is_refused_without_locked_memory(void **state)
{
    (void)state;
    house *h = house_make("");
    tempdir_path config = house_path(h, "config.yaml");
    process_result result = {0};
    const char *const argv[] = {
        "prlimit", "--memlock=65536:65536", KW_BIN_DIR "/keywardd", "--config", config.text, NULL};
    process_expect(&result, kw_status_exit_code(KW_LIMIT), argv, KW_STR(""));
    const char *text = NULL;
    EXPECT_OK(kw_buf_c_text(&result.err, &text));
    assert_non_null(strstr(text, "1048576 bytes cannot be locked; raise RLIMIT_MEMLOCK"));
    process_result_drop(&result);
    house_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys__are_in_no_file_but_the_one_asked_for),
        cmocka_unit_test(limit__of_cores_is_zero_from_the_start),
        cmocka_unit_test(start__is_refused_without_locked_memory),
    };
    return cmocka_run_group_tests_name("e2e/secrecy", tests, NULL, NULL);
}
