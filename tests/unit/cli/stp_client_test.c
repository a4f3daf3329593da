/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/stp_client.h"

#include "support/expect.h"
#include "support/remote_world.h"

#include <stdio.h>
#include <stdlib.h>

#define ROW(n, action, record) #n "\t2026-01-01T00:00:00Z\t" action "\tk" #n "\t" record "\n"

/* Opens a client that prints into `out`. */
static kw_stp_client *open_client(const remote_world *world, kw_cli *cli, int64_t since)
{
    kw_str url = {0};
    EXPECT_OK(kw_arena_format(cli->arena, &url, "%s/stp/x", tls_peer_url(world->peer)));
    kw_str ca = {0};
    kw_str key = {0};
    EXPECT_OK(kw_arena_format(cli->arena, &ca, "%s/ca.pem", world->dir.path));
    EXPECT_OK(kw_arena_format(cli->arena, &key, "%s/api.key", world->dir.path));
    kw_stp_options options = {
        .url = url, .since = since, .remote = {.ca = ca, .api_key_file = key}};
    kw_stp_client *client = NULL;
    EXPECT_OK(kw_stp_client_open(cli, &client, &options, NULL));
    return client;
}

static void read__prints_rows_and_goes_on_behind_the_last(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_OK(ROW(1, "+", "a") ROW(2, "-", "") "3\tcut"));
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    char *text = NULL;
    size_t len = 0;
    kw_cli cli = {.out = open_memstream(&text, &len), .arena = &arena};
    KW_AUTO_PTR(kw_stp_client) client = open_client(&world, &cli, -7);
    EXPECT_OK(kw_stp_client_read(client, 0, NULL));
    assert_int_equal(kw_stp_client_rows(client), 2);
    EXPECT_OK(kw_stp_client_read(client, -1, NULL)); /* the same rows again: none is new */
    assert_int_equal(kw_stp_client_rows(client), 2);
    assert_int_equal(fclose(cli.out), 0);
    assert_string_equal(text, ROW(1, "+", "a") ROW(2, "-", ""));
    free(text);
    remote_world_expect_request(&world, "GET /stp/x?since_id=-7&hold=0 HTTP/1.1\r\n");
    remote_world_expect_request(&world, "GET /stp/x?since_id=2 HTTP/1.1\r\n");
    remote_world_expect_request(&world, "\r\nAccept: text/sequence, application/stp+tsv\r\n");
    remote_world_remove(&world);
}

static void read__stops_at_a_malformed_row(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_OK(ROW(1, "+", "a") "02\tx\t+\tk\tr\n"));
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    char *text = NULL;
    size_t len = 0;
    kw_cli cli = {.out = open_memstream(&text, &len), .arena = &arena, .is_json = true};
    KW_AUTO_PTR(kw_stp_client) client = open_client(&world, &cli, 0);
    kw_error err = {0};
    EXPECT_STATUS(kw_stp_client_read(client, 0, &err), KW_BAD_INPUT);
    assert_int_equal(fclose(cli.out), 0);
    assert_string_equal(text, "{\"seq\":1,\"timestamp\":\"2026-01-01T00:00:00Z\",\"action\":\"+\","
                              "\"key\":\"k1\",\"record\":\"a\"}\n");
    free(text);
    remote_world_remove(&world);
}

static void open__refuses_other_urls(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_cli cli = {.arena = &arena};
    static const char *const urls[] = {
        "", "x", "https://a:1", "https://a:1/", "https://a:1/p?q=1", "http://a:1/p"};
    for (size_t i = 0; i < KW_COUNT(urls); i++) {
        kw_stp_options options = {.url = kw_str_of(urls[i]),
                                  .remote = {.api_key_file = KW_STR("/nonexistent")}};
        kw_stp_client *client = NULL;
        EXPECT_STATUS(kw_stp_client_open(&cli, &client, &options, NULL), KW_USAGE);
        assert_null(client);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read__prints_rows_and_goes_on_behind_the_last),
        cmocka_unit_test(read__stops_at_a_malformed_row),
        cmocka_unit_test(open__refuses_other_urls),
    };
    return cmocka_run_group_tests_name("cli/stp_client", tests, NULL, NULL);
}
