/* SPDX-License-Identifier: Apache-2.0
 * Revoked client certificates: a registry whose authority takes certificates back. They are refused
 * at the handshake, and other participants read of it in the crl stream. */
#include "support/expect.h"
#include "support/house_wire.h"

#include "os/clock.h"
#include "os/file.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* The house's configuration, with a list on the public listener, as a registry. */
static void make_registry(house *h)
{
    static const char section[] = "listen_public:\n";
    tempdir_path config = house_path(h, "config.yaml");
    KW_AUTO(kw_buf) old = kw_buf_init(1 << 16);
    KW_AUTO(kw_buf) yaml = kw_buf_init(1 << 16);
    const char *text = NULL;
    EXPECT_OK(kw_file_read(&old, config.text, NULL));
    EXPECT_OK(kw_buf_c_text(&old, &text));
    const char *at = strstr(text, section);
    assert_non_null(at);
    at += sizeof section - 1;
    EXPECT_OK(kw_buf_append_format(&yaml,
                                   "%.*s  crl_file: %s/pki/crl.pem\n%semtp:\n  registry: "
                                   "true\nlog:\n  file: %s/data/events.log\n",
                                   (int)(at - text), text, h->dir.path, at, h->dir.path));
    EXPECT_OK(kw_file_write_atomic(config.text, kw_buf_view(&yaml), 0644, NULL));
}

static int set_up(void **state)
{
    house *h = house_make("");
    process_result result = {0};
    make_registry(h);
    house_run(h, &result, 0, HOUSE_NOBODY, "dev-ca revoke %/pki");
    process_result_drop(&result);
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

/* HTTP status of GET /keys; 0: the connection was refused. */
static int keys_as(house *h, house_who who)
{
    process_result result = {0};
    char url[128];
    (void)snprintf(url, sizeof url, "%s/keys", h->public_url);
    int http = house_get(h, &result, who, url);
    process_result_drop(&result);
    return http;
}

/* Revokes names with the development CA; the serial number of the first one. */
static void revoke_names(house *h, char serial[41], const char *names)
{
    static const char member[] = "\"serial\":[\"";
    process_result result = {0};
    char words[200];
    (void)snprintf(words, sizeof words, "dev-ca revoke %%/pki %s --json", names);
    house_run(h, &result, 0, HOUSE_NOBODY, words);
    const char *text = NULL;
    EXPECT_OK(kw_buf_c_text(&result.out, &text));
    const char *at = strstr(text, member);
    assert_non_null(at);
    kw_str rest = {0};
    kw_str first = {0};
    assert_true(kw_str_split(kw_str_of(at + sizeof member - 1), '"', &first, &rest));
    assert_true(first.len > 0 && first.len <= 40);
    memcpy(serial, first.ptr, first.len);
    serial[first.len] = '\0';
    process_result_drop(&result);
}

/* The clinic's view of the crl stream. */
static void read_stream(house *h, process_result *result, const char *query)
{
    char url[256];
    (void)snprintf(url, sizeof url, "%s/v1/emtp/stp/crl?hold=0%s", h->public_url, query);
    assert_int_equal(house_get(h, result, HOUSE_CLINIC, url), 200);
}

static size_t rows_of(house *h, const char *query)
{
    process_result result = {0};
    read_stream(h, &result, query);
    size_t count = 0;
    for (size_t i = 0; i < result.out.len; i++) {
        count += result.out.ptr[i] == '\n';
    }
    process_result_drop(&result);
    return count;
}

static void expect_row(house *h, char action, const char *serial)
{
    process_result result = {0};
    char wanted[80];
    const char *text = NULL;
    (void)snprintf(wanted, sizeof wanted, "\t%c\t%s\t", action, serial);
    read_stream(h, &result, "");
    EXPECT_OK(kw_buf_append_byte(&result.out, '\0'));
    EXPECT_OK(kw_buf_c_text(&result.out, &text));
    if (strstr(text, wanted) == NULL) {
        fail_msg("no \"%s\" in \"%s\"", wanted, text);
    }
    process_result_drop(&result);
}

/* A reload reaches the loops, and the stream, a little later than the file. */
static void wait_for_keys(house *h, house_who who, int status)
{
    uint64_t end_ns = kw_monotonic_ns() + PROCESS_LIMIT_MS * UINT64_C(1000000);
    while (keys_as(h, who) != status) {
        assert_true(kw_monotonic_ns() < end_ns);
        kw_sleep_ms(20);
    }
}

static void wait_for_rows(house *h, const char *query, size_t count)
{
    uint64_t end_ns = kw_monotonic_ns() + PROCESS_LIMIT_MS * UINT64_C(1000000);
    while (rows_of(h, query) != count) {
        assert_true(kw_monotonic_ns() < end_ns);
        kw_sleep_ms(20);
    }
}

static void revoked__certificate_is_refused_and_named_in_the_stream(void **state)
{
    house *h = *state;
    char serial[41];
    assert_int_equal(keys_as(h, HOUSE_MEMBER), 200);
    assert_int_equal(rows_of(h, ""), 0);
    revoke_names(h, serial, "member");
    process_signal(&h->daemon, SIGHUP);
    wait_for_keys(h, HOUSE_MEMBER, 0);
    wait_for_rows(h, "", 1);
    expect_row(h, '+', serial);
    assert_int_equal(keys_as(h, HOUSE_CLINIC), 200);

    /* The same list again, and a restart: no further row. */
    process_signal(&h->daemon, SIGHUP);
    house_stop(h);
    house_start(h);
    assert_int_equal(keys_as(h, HOUSE_MEMBER), 0);
    assert_int_equal(rows_of(h, ""), 1);
}

/* Without a signal: the daemon looks at the file itself. */
static void revoked__is_seen_when_the_file_changes(void **state)
{
    house *h = *state;
    char serial[41];
    revoke_names(h, serial, "member auditor");
    wait_for_keys(h, HOUSE_MEMBER, 0);
    wait_for_rows(h, "&view=active", 2);

    /* A list of the same authority that no longer names them takes the rows back. */
    char other[41];
    assert_int_equal(unlink(house_path(h, "pki/crl.pem").text), 0);
    revoke_names(h, other, "security");
    wait_for_keys(h, HOUSE_MEMBER, 200);
    wait_for_rows(h, "&view=active", 1);
    assert_int_equal(rows_of(h, ""), 5);
    expect_row(h, '-', serial);
    expect_row(h, '+', other);
}

static void list__of_another_authority_changes_nothing(void **state)
{
    house *h = *state;
    char serial[41];
    process_result result = {0};
    revoke_names(h, serial, "member");
    wait_for_keys(h, HOUSE_MEMBER, 0);
    wait_for_rows(h, "", 1);
    house_run(h, &result, 0, HOUSE_NOBODY, "dev-ca init %/other");
    house_run(h, &result, 0, HOUSE_NOBODY, "dev-ca revoke %/other");
    tempdir_path foreign = house_path(h, "other/crl.pem");
    assert_int_equal(rename(foreign.text, house_path(h, "pki/crl.pem").text), 0);
    house_wait_for_text(h, "data/events.log", "\"listener_files_refused\"");
    assert_int_equal(keys_as(h, HOUSE_MEMBER), 0);
    assert_int_equal(rows_of(h, ""), 1);

    /* Nor does a daemon start on it. */
    house_stop(h);
    tempdir_path config = house_path(h, "config.yaml");
    const char *const argv[] = {KW_BIN_DIR "/keywardd", "--config", config.text, NULL};
    process_expect(&result, 78, argv, (kw_str){0});
    process_result_drop(&result);
    assert_int_equal(unlink(house_path(h, "pki/crl.pem").text), 0);
    revoke_names(h, serial, "member");
    house_start(h);
    assert_int_equal(rows_of(h, "&view=active"), 1);
}

int main(void)
{
#define IN_A_HOUSE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_HOUSE(revoked__certificate_is_refused_and_named_in_the_stream),
        IN_A_HOUSE(revoked__is_seen_when_the_file_changes),
        IN_A_HOUSE(list__of_another_authority_changes_nothing),
    };
    return cmocka_run_group_tests_name("e2e/crl", tests, NULL, NULL);
}
