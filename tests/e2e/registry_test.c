/* SPDX-License-Identifier: Apache-2.0
 * A registry from notice to match: two participants serve their token tables, announce them, and
 * read their matches; changes and revocation follow. */
#include "support/expect.h"
#include "support/house_emtp.h"

#include "os/clock.h"
#include "os/file.h"

#include <stdio.h>

#define ACTIVE  "&view=active"
#define TOKEN_1 "1111111111111111111111111111111111111111111111111111111111111111"
#define TOKEN_2 "2222222222222222222222222222222222222222222222222222222222222222"

static void write_text(const char *path, const char *text)
{
    EXPECT_OK(kw_file_write_atomic(path, kw_span_of_str(kw_str_of(text)), 0644, NULL));
}

/* A registry on loopback; further lines of its section may follow. */
static void make_registry(house *h)
{
    house_configure(h, "emtp:\n  registry: true\n  notify_private: true\n"
                       "  notify_ca_file: %/pki/ca.pem\n");
}

static int set_up(void **state)
{
    house *h = house_make("test:\n  allow: true\n");
    process_result result = {0};
    make_registry(h);
    /* The tables are served with a certificate of their own: the server's key is the daemon's. */
    house_issue_server(h, "table");
    house_start(h);
    house_run(h, &result, 0, HOUSE_SECURITY,
              "emtp participants add clinic --api-key-out %/clinic.key --role payer"
              " --notice-host 127.0.0.1");
    house_run(h, &result, 0, HOUSE_SECURITY,
              "emtp participants add member --uri keyward:member --role hub"
              " --notice-host 127.0.0.1");
    process_result_drop(&result);
    *state = h;
    return 0;
}

static int tear_down(void **state)
{
    house_free(*state);
    return 0;
}

/* A participant's table in the background. */
typedef struct table {
    process server;
    kw_buf url;
    tempdir_path file;
} table;

static table table_start(house *h, const char *name, const char *rows)
{
    table t = {.url = kw_buf_init(4096), .file = house_path(h, name)};
    tempdir_path certificate = house_path(h, "pki/table.pem");
    tempdir_path key = house_path(h, "pki/table.key");
    tempdir_path log = house_path(h, "table.log");
    write_text(t.file.text, rows);
    const char *const argv[] = {
        KW_BIN_DIR "/keyward", "emtp",       "stream", "serve", t.file.text, "--cert",
        certificate.text,      "--cert-key", key.text, NULL};
    t.server = process_start(argv, log.text);
    assert_true(process_read_line(&t.server, &t.url));
    kw_buf_consume(&t.url, strlen("url: "));
    return t;
}

static void table_stop(table *t)
{
    assert_int_equal(process_stop(&t->server), 0);
    kw_buf_drop(&t->url);
}

static void announce(house *h, house_who who, const table *t, int wanted)
{
    char form[4096];
    (void)snprintf(form, sizeof form, "surl=%.*s", KW_STR_ARG(kw_buf_text(&t->url)));
    assert_int_equal(house_notify(h, who, form), wanted);
}

/* Waits until the caller's match stream holds a text: tables are read in the background. */
static void wait_for_match(house *h, house_who who, const char *query, const char *needle)
{
    process_result result = {0};
    char url[512];
    (void)snprintf(url, sizeof url, "%s/v1/emtp/stp/match?hold=0%s", h->public_url, query);
    uint64_t end_ns = kw_monotonic_ns() + PROCESS_LIMIT_MS * UINT64_C(1000000);
    const char *text = "";
    while (strstr(text, needle) == NULL) {
        if (kw_monotonic_ns() > end_ns) {
            fail_msg("\"%s\" did not come; the stream is \"%s\"", needle, text);
        }
        kw_sleep_ms(20);
        assert_int_equal(house_get(h, &result, who, url), 200);
        EXPECT_OK(kw_buf_c_text(&result.out, &text));
    }
    process_result_drop(&result);
}

static void registry__matches_tables_that_were_announced(void **state)
{
    house *h = *state;
    table payer = table_start(h, "payer.tsv", "1\t\t+\thttps://p/1\t" TOKEN_1 "\n");
    table hub = table_start(h, "hub.tsv",
                            "1\t\t+\thttps://h/1\t" TOKEN_1 " " TOKEN_2 "\n"
                            "2\t\t+\thttps://h/2\tno token\n");
    announce(h, HOUSE_CLINIC, &payer, 204);
    announce(h, HOUSE_MEMBER, &hub, 204);
    wait_for_match(h, HOUSE_CLINIC, ACTIVE, "https://p/1\thttps://h/1");
    wait_for_match(h, HOUSE_MEMBER, ACTIVE, "https://h/1\thttps://p/1");

    /* A further row, a notice, and the set changes; the registry reads from where it was. */
    write_text(payer.file.text, "1\t\t+\thttps://p/1\t" TOKEN_1 "\n"
                                "2\t\t+\thttps://p/2\t" TOKEN_2 "\n");
    announce(h, HOUSE_CLINIC, &payer, 204);
    wait_for_match(h, HOUSE_MEMBER, ACTIVE, "https://h/1\thttps://p/1 https://p/2");

    /* Matches survive a restart, and the tables are looked at again by themselves. */
    house_stop(h);
    write_text(payer.file.text, "1\t\t+\thttps://p/1\t" TOKEN_1 "\n"
                                "2\t\t+\thttps://p/2\t" TOKEN_2 "\n"
                                "3\t\t-\thttps://p/1\t\n");
    house_start(h);
    wait_for_match(h, HOUSE_MEMBER, ACTIVE, "https://h/1\thttps://p/2");

    /* A revoked participant's rows leave the others' matches. */
    process_result result = {0};
    house_run(h, &result, 0, HOUSE_SECURITY, "emtp participants revoke clinic");
    wait_for_match(h, HOUSE_MEMBER, "", "\t-\thttps://h/1\t");
    process_result_drop(&result);
    table_stop(&payer);
    table_stop(&hub);
}

/* Who sees whom is the operator's; streams written under another table follow at the start. */
static void registry__shows_rows_by_the_configured_roles(void **state)
{
    house *h = *state;
    table payer = table_start(h, "payer.tsv", "1\t\t+\thttps://p/1\t" TOKEN_1 "\n");
    table hub = table_start(h, "hub.tsv", "1\t\t+\thttps://h/1\t" TOKEN_1 "\n");
    announce(h, HOUSE_CLINIC, &payer, 204);
    announce(h, HOUSE_MEMBER, &hub, 204);
    wait_for_match(h, HOUSE_CLINIC, ACTIVE, "https://p/1\thttps://h/1");
    wait_for_match(h, HOUSE_MEMBER, ACTIVE, "https://h/1\thttps://p/1");
    house_stop(h);
    house_configure(h, "  match_roles: [hub=payer]\n");
    house_start(h);
    wait_for_match(h, HOUSE_CLINIC, "", "\t-\thttps://p/1\t");
    wait_for_match(h, HOUSE_MEMBER, ACTIVE, "https://h/1\thttps://p/1");
    write_text(hub.file.text, "1\t\t+\thttps://h/1\t" TOKEN_1 "\n"
                              "2\t\t+\thttps://h/2\t" TOKEN_1 "\n");
    announce(h, HOUSE_MEMBER, &hub, 204);
    wait_for_match(h, HOUSE_MEMBER, ACTIVE, "https://h/2\thttps://p/1");
    process_result result = {0};
    char url[128];
    (void)snprintf(url, sizeof url, "%s/v1/emtp/stp/match?hold=0" ACTIVE, h->public_url);
    assert_int_equal(house_get(h, &result, HOUSE_CLINIC, url), 200);
    assert_int_equal(result.out.len, 0); /* still nothing for the payer */
    process_result_drop(&result);
    table_stop(&payer);
    table_stop(&hub);
}

static void registry__refuses_tables_elsewhere(void **state)
{
    house *h = *state;
    assert_int_equal(house_notify(h, HOUSE_MEMBER, "surl=https://localhost:1/t"), 403);
    assert_int_equal(house_notify(h, HOUSE_MEMBER, "surl=http://127.0.0.1:1/t"), 400);
    assert_int_equal(house_notify(h, HOUSE_MEMBER, "surl=https://127.0.0.1:1/t&dob=1892-01-03"),
                     400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(registry__matches_tables_that_were_announced, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(registry__shows_rows_by_the_configured_roles, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(registry__refuses_tables_elsewhere, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("registry", tests, NULL, NULL);
}
