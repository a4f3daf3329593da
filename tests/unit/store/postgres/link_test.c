/* SPDX-License-Identifier: Apache-2.0
 * Connecting, losing the server, coming back. */
#include "store/postgres/link.h"

#include "store/limits.h"
#include "support/expect.h"
#include "support/stores.h"

#include <stdio.h>

static void link_up__connects_and_stays(void **state)
{
    kw_store_options options = stores_fresh(*state);
    kw_postgres_link link = {.where = options.where};
    assert_false(kw_postgres_link_is_up(&link));
    EXPECT_OK(kw_postgres_link_up(&link, NULL));
    EXPECT_OK(kw_postgres_link_up(&link, NULL));
    assert_true(kw_postgres_link_is_up(&link));
    EXPECT_OK(kw_postgres_link_exec(&link, "SELECT 1", NULL));
    kw_error err = {0};
    EXPECT_STATUS(kw_postgres_link_exec(&link, "SELEKT 1", &err), KW_INTERNAL);
    assert_string_equal(err.text, "PostgreSQL: syntax error at or near \"SELEKT\" (42601)");
    kw_postgres_link_down(&link);
    kw_postgres_link_down(&link);
    assert_false(kw_postgres_link_is_up(&link));
}

static void link_exec__a_commit_that_rolled_back_is_no_commit(void **state)
{
    kw_store_options options = stores_fresh(*state);
    kw_postgres_link link = {.where = options.where};
    EXPECT_OK(kw_postgres_link_up(&link, NULL));
    EXPECT_OK(kw_postgres_link_exec(&link, "BEGIN", NULL));
    EXPECT_STATUS(kw_postgres_link_exec(&link, "SELECT 1 / 0", NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_postgres_link_exec(&link, "COMMIT", NULL), KW_INTERNAL);
    EXPECT_OK(kw_postgres_link_exec(&link, "BEGIN", NULL));
    EXPECT_OK(kw_postgres_link_exec(&link, "COMMIT", NULL));
    kw_postgres_link_down(&link);
}

static void link_up__backs_off_from_a_server_that_is_away(void **state)
{
    stores *all = *state;
    kw_store_options options = stores_fresh(all);
    postgres_crash(&all->server);
    kw_postgres_link link = {.where = options.where};
    EXPECT_STATUS(kw_postgres_link_up(&link, NULL), KW_UNAVAILABLE);
    assert_int_equal(link.backoff_ms, KW_STORE_BACKOFF_MS_MIN);
    for (int i = 0; i < 10; i++) {
        link.retry_at_ns = 0; /* as if it were over */
        EXPECT_STATUS(kw_postgres_link_up(&link, NULL), KW_UNAVAILABLE);
    }
    assert_int_equal(link.backoff_ms, KW_STORE_BACKOFF_MS_MAX);
    postgres_resume(&all->server);
    link.retry_at_ns = UINT64_MAX; /* the back-off still runs: no attempt is made */
    EXPECT_STATUS(kw_postgres_link_up(&link, NULL), KW_UNAVAILABLE);
    link.retry_at_ns = 0;
    EXPECT_OK(kw_postgres_link_up(&link, NULL));
    assert_int_equal(link.backoff_ms, 0);
    kw_postgres_link_down(&link);
}

static void link_up__refuses_a_database_that_breaks_our_promises(void **state)
{
    stores *all = *state;
    kw_store_options options = stores_fresh(all);
    postgres_where where = {0};
    (void)snprintf(where.text, sizeof where.text, "%s", options.where);
    postgres_psql(&where, "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1';");
    postgres_psql(&where, "CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII';");
    static const char *const names[] = {"latin", "ascii"};
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        char other[512];
        (void)snprintf(other, sizeof other, "host=%s user=keyward dbname=%s", all->server.dir.path,
                       names[i]);
        kw_postgres_link link = {.where = other};
        EXPECT_STATUS(kw_postgres_link_up(&link, NULL), KW_CONFIG);
        assert_false(kw_postgres_link_is_up(&link));
    }
}

static void link_fail__without_a_server_is_unavailable(void **state)
{
    (void)state;
    kw_postgres_link link = {.where = "host=/nonexistent"};
    kw_error err = {0};
    EXPECT_STATUS(kw_postgres_link_fail(&link, NULL, &err), KW_UNAVAILABLE);
    EXPECT_STATUS(kw_postgres_link_up(&link, &err), KW_UNAVAILABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(link_up__connects_and_stays),
        cmocka_unit_test(link_exec__a_commit_that_rolled_back_is_no_commit),
        cmocka_unit_test(link_up__backs_off_from_a_server_that_is_away),
        cmocka_unit_test(link_up__refuses_a_database_that_breaks_our_promises),
        cmocka_unit_test(link_fail__without_a_server_is_unavailable),
    };
    return cmocka_run_group_tests(tests, stores_setup_postgres, stores_teardown);
}
