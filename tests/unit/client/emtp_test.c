/* SPDX-License-Identifier: Apache-2.0
 * The public API, used as a stranger would: nothing but include/keyward and a server. */
#include "keyward/emtp.h"

#include "codec/hex.h"
#include "crypto/hmac.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/tls_peer.h"

#include <signal.h>
#include <stdio.h>

#define KEY_A "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define ANSWER                                                                                     \
    "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"keys\":[{\"kid\":\"2026-01\",\"key\":\"" KEY_A \
    "\",\"algorithm\":\"hmac-sha256\",\"not_before\":\"2026-01-01T00:00:00Z\","                    \
    "\"not_after\":\"2026-02-01T00:00:00Z\"}]}"

static int64_t january(void *user)
{
    (void)user;
    return INT64_C(1768032000000); /* 2026-01-10T08:00:00Z */
}

typedef struct fixture {
    tempdir dir;
    tempdir_path ca;
    tempdir_path api_key;
    tls_peer *peer;
    kw_emtp_client_options options;
} fixture;

static void start(fixture *f)
{
    *f = (fixture){.dir = tempdir_make(), .options = KW_EMTP_CLIENT_OPTIONS_INIT};
    f->ca = tempdir_join(&f->dir, "ca.pem");
    f->api_key = tempdir_join(&f->dir, "api.key");
    EXPECT_OK(
        kw_file_write_atomic(f->api_key.text, kw_span_of_str(KW_STR("kwk1_x\n")), 0600, NULL));
    f->peer = tls_peer_start(&f->dir, &(tls_peer_script){{ANSWER}, 1});
    f->options.server_url = tls_peer_url(f->peer);
    f->options.ca_file = f->ca.text;
    f->options.api_key_file = f->api_key.text;
    f->options.now_ms = january;
}

static void stop(fixture *f)
{
    tls_peer_stop(f->peer);
    tempdir_remove(&f->dir);
}

/* Collects "<kid> <tier> <token>\n", at most `max` lines. */
typedef struct collected {
    kw_buf text;
    int left;
} collected;

static int collect(void *user, const char *kid, const char *token, int tier)
{
    collected *all = user;
    EXPECT_OK(kw_buf_append_format(&all->text, "%s %d %s\n", kid, tier, token));
    all->left--;
    return all->left == 0;
}

/* What the token of a tuple must be, by HMAC alone. */
static void expect_token(const collected *all, const char *tuple, int tier)
{
    KW_AUTO(kw_secret32) key = {{0}};
    EXPECT_OK(kw_secret32_of_base64(&key, kw_secret_span_of(kw_span_of_str(KW_STR(KEY_A)))));
    KW_AUTO(kw_buf) message = kw_buf_init(256);
    EXPECT_OK(kw_buf_append_format(&message, "EMTP|v1|%s", tuple));
    kw_hash32 tag;
    kw_hmac_sha256(&tag, kw_secret32_view(&key), kw_buf_view(&message));
    char token[65] = "";
    kw_hex_encode_to(token, KW_SPAN(tag.bytes));
    char line[128];
    (void)snprintf(line, sizeof line, "2026-01 %d %s\n", tier, token);
    assert_non_null(memmem(all->text.ptr, all->text.len, line, strlen(line)));
}

static const char record[] = "{\"full_name\":\"Ann Lee\",\"dob\":\"1980-02-03\"}";

static void client__computes_tokens_with_the_servers_key(void **state)
{
    (void)state;
    fixture f;
    start(&f);
    kw_client_error error = {KW_CLIENT_OK, ""};
    kw_emtp_client *client = NULL;
    assert_int_equal(kw_emtp_client_open(&client, &f.options, &error), KW_CLIENT_OK);
    collected all = {.text = kw_buf_init(1 << 16)};
    assert_int_equal(kw_emtp_client_tokens(client, record, strlen(record), collect, &all, &error),
                     KW_CLIENT_OK);
    assert_int_equal(all.left, -2);
    expect_token(&all, "NAME=ANN LEE|DOB=1980-02-03", 1);
    expect_token(&all, "NAME=A LEE|DOB=1980-02-03", 1);

    kw_buf_clear(&all.text);
    all.left = 1;
    assert_int_equal(kw_emtp_client_tokens(client, record, strlen(record), collect, &all, &error),
                     KW_CLIENT_OK);
    assert_int_equal(all.left, 0);
    kw_buf_drop(&all.text);
    kw_emtp_client_close(client);
    stop(&f);
}

static void client__describes_keys_without_their_bytes(void **state)
{
    (void)state;
    fixture f;
    start(&f);
    kw_emtp_client *client = NULL;
    assert_int_equal(kw_emtp_client_open(&client, &f.options, NULL), KW_CLIENT_OK);
    kw_emtp_client_key key;
    size_t count = 0;
    assert_int_equal(kw_emtp_client_keys(client, &key, 1, &count, NULL), KW_CLIENT_OK);
    assert_int_equal(count, 1);
    assert_string_equal(key.kid, "2026-01");
    assert_int_equal(key.not_after - key.not_before, 31 * 86400);
    assert_int_equal(key.usable_until - key.not_after, 28 * 86400);
    assert_true(kw_emtp_client_next_refresh_ms(client) > january(NULL));
    assert_int_equal(kw_emtp_client_skew_s(client), 0);
    assert_int_equal(kw_emtp_client_refresh(client, NULL), KW_CLIENT_OK);
    kw_emtp_client_close(client);
    kw_emtp_client_close(NULL);
    stop(&f);
}

static void client__names_the_refused_member_and_no_value(void **state)
{
    (void)state;
    fixture f;
    start(&f);
    kw_emtp_client *client = NULL;
    assert_int_equal(kw_emtp_client_open(&client, &f.options, NULL), KW_CLIENT_OK);
    static const char bad[] = "{\"full_name\":\"Ann Lee\",\"dob\":\"1980-02-31\"}";
    collected all = {.text = kw_buf_init(1 << 16)};
    kw_client_error error = {KW_CLIENT_OK, ""};
    assert_int_equal(kw_emtp_client_tokens(client, bad, strlen(bad), collect, &all, &error),
                     KW_CLIENT_BAD_INPUT);
    assert_string_equal(error.text, "the record is refused: dob in member dob");
    assert_int_equal(all.text.len, 0);
    kw_emtp_client_close(client);
    stop(&f);
}

static void open__refuses_bad_options(void **state)
{
    (void)state;
    fixture f;
    start(&f);
    kw_emtp_client_options cases[5];
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        cases[i] = f.options;
    }
    cases[0].struct_bytes = 8;
    cases[1].server_url = NULL;
    cases[2].overlap_epochs = 7;
    cases[3].phone_country = "USA";
    cases[4].api_key_file = NULL;
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_emtp_client *client = NULL;
        kw_client_error error = {KW_CLIENT_OK, ""};
        assert_int_equal(kw_emtp_client_open(&client, &cases[i], &error), KW_CLIENT_BAD_INPUT);
        assert_int_equal(error.status, KW_CLIENT_BAD_INPUT);
        assert_true(strlen(error.text) > 0);
        assert_null(client);
    }
    stop(&f);
}

int main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client__computes_tokens_with_the_servers_key),
        cmocka_unit_test(client__describes_keys_without_their_bytes),
        cmocka_unit_test(client__names_the_refused_member_and_no_value),
        cmocka_unit_test(open__refuses_bad_options),
    };
    return cmocka_run_group_tests_name("client/emtp", tests, NULL, NULL);
}
