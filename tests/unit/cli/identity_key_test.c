/* SPDX-License-Identifier: Apache-2.0 */
#include "os/file.h"
#include "support/expect.h"
#include "support/remote_world.h"

#define ISSUED                                                     \
    "{\"id\":\"0123456789\",\"api_key\":\"kwk1_new\",\"expires\":" \
    "\"2027-01-10T08:00:00Z\"}"

static void identity_key__writes_the_new_key_once(void **state)
{
    KW_UNUSED(state);
    remote_world world = remote_world_make(REMOTE_OK(ISSUED));
    static const char words[] = "identity key ho@st --out %/new.key --days 30";
    KW_AUTO(command_result) done = remote_world_run(&world, words);
    assert_int_equal(done.exit_code, 0);
    assert_null(strstr(done.out, "kwk1_new"));
    assert_non_null(strstr(done.out, "expires: 2027-01-10T08:00:00Z\n"));
    remote_world_expect_request(&world, "POST /v1/identities/ho%40st/keys HTTP/1.1\r\n");
    remote_world_expect_request(&world, "{\"expires\":\"20");
    tempdir_path path = tempdir_join(&world.dir, "new.key");
    KW_AUTO(kw_buf) key = kw_buf_init(64);
    EXPECT_OK(kw_file_read(&key, path.text, NULL));
    EXPECT_STR(kw_buf_text(&key), "kwk1_new");
    /* The file is there now: asking again would lose a key. */
    KW_AUTO(command_result) again = remote_world_run(&world, words);
    assert_int_equal(again.exit_code, 65);
    assert_int_equal(tls_peer_requests_count(world.peer), 1);
    remote_world_remove(&world);
}

static void identity_key__refuses_what_is_no_key(void **state)
{
    KW_UNUSED(state);
    static const struct {
        const char *answer;
        const char *words;
        int exit_code;
    } rows[] = {
        {REMOTE_OK(ISSUED), "identity key host", 64},
        {REMOTE_OK(ISSUED), "identity key --out %/new.key", 64},
        {REMOTE_OK(ISSUED), "identity key host --out %/new.key --days 0", 64},
        {REMOTE_OK("{\"id\":\"0123456789\"}"), "identity key host --out %/new.key", 76},
        {REMOTE_REFUSAL("404", "not_found"), "identity key host --out %/new.key", 66},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        remote_world world = remote_world_make(rows[i].answer);
        kw_file_info info = {0};
        KW_AUTO(command_result) result = remote_world_run(&world, rows[i].words);
        assert_int_equal(result.exit_code, rows[i].exit_code);
        assert_string_equal(result.out, "");
        EXPECT_STATUS(kw_file_stat(&info, tempdir_join(&world.dir, "new.key").text, NULL),
                      KW_NOT_FOUND);
        remote_world_remove(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_key__writes_the_new_key_once),
        cmocka_unit_test(identity_key__refuses_what_is_no_key),
    };
    return cmocka_run_group_tests_name("cli/identity_key", tests, NULL, NULL);
}
