/* SPDX-License-Identifier: Apache-2.0
 * The registry over a real store: tables in, match streams out, the same after a restart. */
#include "emtp/service_match.h"

#include "support/expect.h"
#include "support/registry_desk.h"

#include <stdio.h>

static void registry_apply__matches_by_role(void **state)
{
    registry_desk b;
    registry_desk_make(&b, state);
    registry_desk_apply(&b, "payer", 1, "https://p/1", "12");
    registry_desk_expect(&b, "payer", "https://p/1", NULL);
    kw_emtp_applied applied = registry_desk_apply(&b, "hub", 1, "https://h/1", "23");
    assert_int_equal(applied.rows_changed, 2);
    assert_int_equal(applied.last_seq, 1);
    registry_desk_expect(&b, "payer", "https://p/1", "https://h/1");
    registry_desk_expect(&b, "hub", "https://h/1", "https://p/1");
    registry_desk_apply(&b, "clinic", 1, "https://c/1", "2");
    registry_desk_expect(&b, "clinic", "https://c/1",
                         "https://p/1"); /* providers see payers only */
    registry_desk_expect(&b, "hub", "https://h/1", "https://p/1");
    registry_desk_apply(&b, "hub", 2, "https://h/0", "1");
    registry_desk_expect(&b, "payer", "https://p/1", "https://h/0 https://h/1"); /* sorted */
    applied =
        registry_desk_apply(&b, "hub", 3, "https://h/1", "234"); /* the set is the same: no row */
    assert_int_equal(applied.rows_changed, 0);
    registry_desk_apply(&b, "payer", 2, "https://p/1", NULL);
    registry_desk_expect(&b, "hub", "https://h/1", NULL);
    registry_desk_expect(&b, "clinic", "https://c/1", NULL);
    registry_desk_drop(&b);
}

static void registry_apply__reads_a_row_once(void **state)
{
    registry_desk b;
    registry_desk_make(&b, state);
    registry_desk_apply(&b, "payer", 5, "https://p/1", "1");
    kw_emtp_applied applied = registry_desk_apply(&b, "payer", 5, "https://p/1", "2");
    assert_int_equal(applied.last_seq, 5);
    registry_desk_apply(&b, "payer", 4, "https://p/1", "2"); /* and never an older one */
    registry_desk_apply(&b, "hub", 1, "https://h/1", "2");
    registry_desk_expect(&b, "hub", "https://h/1", NULL);
    registry_desk_apply(&b, "hub", 2, "https://h/1", "1");
    registry_desk_expect(&b, "hub", "https://h/1", "https://p/1");
    registry_desk_drop(&b);
}

static void registry_apply__rejects_a_record_that_is_no_tokens(void **state)
{
    registry_desk b;
    registry_desk_make(&b, state);
    registry_desk_apply(&b, "payer", 1, "https://p/1", "1");
    registry_desk_apply(&b, "hub", 1, "https://h/1", "1");
    KW_AUTO(kw_buf) rows = kw_buf_init(4096);
    EXPECT_OK(kw_buf_append_str(&rows, KW_STR("2\t\t+\thttps://h/1\tNAME=JOHN SMITH\n"
                                              "3\t\t+\thttps://h/2\tabc\n")));
    kw_emtp_applied applied = {0};
    EXPECT_OK(
        kw_emtp_registry_apply(b.registry, &applied, KW_STR("hub"), kw_buf_text(&rows), NULL));
    assert_int_equal(applied.rows_refused, 2);
    assert_int_equal(applied.rows_changed, 0);
    assert_int_equal(applied.last_seq, 3);
    registry_desk_expect(&b, "payer", "https://p/1", "https://h/1"); /* its old version stays */
    registry_desk_drop(&b);
}

static void registry_apply__stops_at_what_is_no_row(void **state)
{
    registry_desk b;
    registry_desk_make(&b, state);
    registry_desk_apply(&b, "payer", 1, "https://p/1", "1");
    KW_AUTO(kw_buf) rows = kw_buf_init(4096);
    registry_desk_add_row(&rows, 1, "https://h/1", "1");
    size_t good = rows.len;
    EXPECT_OK(kw_buf_append_str(&rows, KW_STR("02\t\t+\thttps://h/2\t\n")));
    registry_desk_add_row(&rows, 3, "https://h/3", "1");
    kw_emtp_applied applied = {0};
    kw_error err = {0};
    EXPECT_STATUS(
        kw_emtp_registry_apply(b.registry, &applied, KW_STR("hub"), kw_buf_text(&rows), &err),
        KW_BAD_INPUT);
    assert_int_equal(err.status, KW_BAD_INPUT);
    assert_int_equal(applied.bytes, good);
    registry_desk_expect(&b, "payer", "https://p/1", "https://h/1");
    registry_desk_drop(&b);
}

static void registry_apply__leaves_an_unfinished_row(void **state)
{
    registry_desk b;
    registry_desk_make(&b, state);
    KW_AUTO(kw_buf) rows = kw_buf_init(4096);
    registry_desk_add_row(&rows, 1, "https://h/1", "1");
    kw_emtp_applied applied = {0};
    kw_str cut = {(const char *)rows.ptr, rows.len - 1};
    EXPECT_OK(kw_emtp_registry_apply(b.registry, &applied, KW_STR("hub"), cut, NULL));
    assert_int_equal(applied.bytes, 0);
    assert_int_equal(applied.last_seq, 0);
    EXPECT_OK(
        kw_emtp_registry_apply(b.registry, &applied, KW_STR("hub"), kw_buf_text(&rows), NULL));
    assert_int_equal(applied.last_seq, 1);
    registry_desk_drop(&b);
}

static void registry_apply__needs_an_announcement(void **state)
{
    registry_desk b;
    registry_desk_make(&b, state);
    kw_emtp_applied applied = {0};
    EXPECT_STATUS(
        kw_emtp_registry_apply(b.registry, &applied, KW_STR("stranger"), KW_STR(""), NULL),
        KW_NOT_FOUND);
    uint64_t last_seq = 0;
    EXPECT_STATUS(kw_emtp_registry_last_seq(b.registry, &last_seq, KW_STR("stranger")),
                  KW_NOT_FOUND);
    EXPECT_STATUS(kw_emtp_registry_announce(b.registry, KW_STR("hub"), KW_MATCH_PAYER,
                                            KW_STR("https://p.example/table"), NULL),
                  KW_CONFLICT);
    registry_desk_drop(&b);
}

static void registry_announce__of_another_url_reads_from_the_beginning(void **state)
{
    registry_desk b;
    registry_desk_make(&b, state);
    registry_desk_apply(&b, "hub", 9, "https://h/1", "1");
    uint64_t last_seq = 0;
    EXPECT_OK(kw_emtp_registry_last_seq(b.registry, &last_seq, KW_STR("hub")));
    assert_int_equal(last_seq, 9);
    EXPECT_OK(kw_emtp_registry_announce(b.registry, KW_STR("hub"), KW_MATCH_HUB,
                                        KW_STR("https://p.example/other"), NULL));
    EXPECT_OK(kw_emtp_registry_last_seq(b.registry, &last_seq, KW_STR("hub")));
    assert_int_equal(last_seq, 0);
    registry_desk_drop(&b);
}

static void registry_open__finds_what_it_left(void **state)
{
    registry_desk b;
    registry_desk_make(&b, state);
    registry_desk_apply(&b, "payer", 1, "https://p/1", "12");
    registry_desk_apply(&b, "hub", 1, "https://h/1", "2");
    int64_t rows = registry_desk_stream_rows(&b);
    registry_desk_reopen(&b);
    assert_int_equal(registry_desk_stream_rows(&b), rows);
    registry_desk_expect(&b, "payer", "https://p/1", "https://h/1");
    uint64_t last_seq = 0;
    EXPECT_OK(kw_emtp_registry_last_seq(b.registry, &last_seq, KW_STR("hub")));
    assert_int_equal(last_seq, 1);
    registry_desk_apply(&b, "hub", 2, "https://h/2", "1");
    registry_desk_expect(&b, "payer", "https://p/1", "https://h/1 https://h/2");
    registry_desk_drop(&b);
}

static void registry_withdraw__takes_all_rows_out(void **state)
{
    registry_desk b;
    registry_desk_make(&b, state);
    registry_desk_apply(&b, "payer", 1, "https://p/1", "1");
    registry_desk_apply(&b, "hub", 7, "https://h/1", "1");
    registry_desk_apply(&b, "hub", 8, "https://h/2", "1");
    EXPECT_OK(kw_emtp_registry_withdraw(b.registry, KW_STR("hub"), NULL));
    registry_desk_expect(&b, "payer", "https://p/1", NULL);
    assert_int_equal(stores_number(b.world.store, "SELECT COUNT(*) FROM emtp_table_rows"), 1);
    EXPECT_OK(kw_emtp_registry_withdraw(b.registry, KW_STR("hub"), NULL));
    EXPECT_OK(kw_emtp_registry_withdraw(b.registry, KW_STR("stranger"), NULL));
    registry_desk_drop(&b);
}

/* More rows than a bucket holds share a token: it is a placeholder and counts for nobody. */
static void registry_apply__skips_tokens_of_too_many_rows(void **state)
{
    registry_desk b;
    registry_desk_make(&b, state);
    registry_desk_apply(&b, "payer", 1, "https://p/1", "1");
    char nurl[32];
    for (unsigned i = 1; i <= 3; i++) {
        (void)snprintf(nurl, sizeof nurl, "https://h/%u", i);
        registry_desk_apply(&b, "hub", i, nurl, "1");
    }
    registry_desk_expect(&b, "payer", "https://p/1", "https://h/1 https://h/2 https://h/3");
    registry_desk_apply(&b, "hub", 4, "https://h/4", "1");
    registry_desk_expect(&b, "payer", "https://p/1", NULL);
    registry_desk_apply(&b, "hub", 5, "https://h/4", NULL);
    registry_desk_expect(&b, "payer", "https://p/1", "https://h/1 https://h/2 https://h/3");
    registry_desk_drop(&b);
}

static void registry_stream_at__walks_all_streams(void **state)
{
    registry_desk b;
    registry_desk_make(&b, state);
    for (size_t i = 0; i < 3; i++) {
        assert_non_null(kw_emtp_registry_stream_at(b.registry, i));
    }
    kw_emtp_stream *hub = NULL;
    EXPECT_OK(kw_emtp_registry_stream(b.registry, &hub, KW_STR("hub"), NULL));
    assert_ptr_equal(kw_emtp_registry_stream_at(b.registry, 1), hub);
    assert_null(kw_emtp_registry_stream_at(b.registry, 3));
    EXPECT_OK(kw_emtp_registry_stream(b.registry, &hub, KW_STR("guest"), NULL)); /* no table */
    assert_ptr_equal(kw_emtp_registry_stream_at(b.registry, 3), hub);
    registry_desk_drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registry_apply__matches_by_role),
        cmocka_unit_test(registry_apply__reads_a_row_once),
        cmocka_unit_test(registry_apply__rejects_a_record_that_is_no_tokens),
        cmocka_unit_test(registry_apply__stops_at_what_is_no_row),
        cmocka_unit_test(registry_apply__leaves_an_unfinished_row),
        cmocka_unit_test(registry_apply__needs_an_announcement),
        cmocka_unit_test(registry_announce__of_another_url_reads_from_the_beginning),
        cmocka_unit_test(registry_open__finds_what_it_left),
        cmocka_unit_test(registry_withdraw__takes_all_rows_out),
        cmocka_unit_test(registry_apply__skips_tokens_of_too_many_rows),
        cmocka_unit_test(registry_stream_at__walks_all_streams),
    };
    return STORES_RUN_ON_BOTH(tests);
}
