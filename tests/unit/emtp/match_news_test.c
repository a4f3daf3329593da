/* SPDX-License-Identifier: Apache-2.0
 * What match streams say when a registry opens under another configuration than the one they were
 * written under. Rows of one change are in service_match_test.c. */
#include "emtp/match_news.h"

#include "support/expect.h"
#include "support/registry_desk.h"

/* p/1 and h/1 see each other, c/1 sees p/1. */
static void make_matches(registry_desk *desk, void **state)
{
    registry_desk_make(desk, state);
    registry_desk_apply(desk, "payer", 1, "https://p/1", "12");
    registry_desk_apply(desk, "hub", 1, "https://h/1", "23");
    registry_desk_apply(desk, "clinic", 1, "https://c/1", "2");
    registry_desk_expect(desk, "payer", "https://p/1", "https://h/1");
    registry_desk_expect(desk, "hub", "https://h/1", "https://p/1");
    registry_desk_expect(desk, "clinic", "https://c/1", "https://p/1");
}

static void streams_correct__follow_other_roles(void **state)
{
    registry_desk desk;
    make_matches(&desk, state);
    desk.roles = (kw_match_roles){
        .sees = {
            [KW_MATCH_PAYER] = 1 << KW_MATCH_PROVIDER, [KW_MATCH_PROVIDER] = 1 << KW_MATCH_PAYER}};
    int64_t before = registry_desk_stream_rows(&desk);
    registry_desk_reopen(&desk);
    registry_desk_expect(&desk, "payer", "https://p/1", "https://c/1"); /* another set */
    registry_desk_expect(&desk, "hub", "https://h/1", NULL);            /* taken back */
    registry_desk_expect(&desk, "clinic", "https://c/1", "https://p/1");
    assert_int_equal(registry_desk_stream_rows(&desk), before + 2); /* the clinic's is as it was */
    /* From here on single rows follow the same table. */
    registry_desk_apply(&desk, "hub", 2, "https://h/2", "1");
    registry_desk_expect(&desk, "hub", "https://h/2", NULL);
    registry_desk_apply(&desk, "clinic", 2, "https://c/2", "1");
    registry_desk_expect(&desk, "payer", "https://p/1", "https://c/1 https://c/2");
    desk.roles = kw_match_roles_default;
    registry_desk_reopen(&desk);
    registry_desk_expect(&desk, "payer", "https://p/1", "https://h/1 https://h/2");
    registry_desk_expect(&desk, "hub", "https://h/1", "https://p/1"); /* a row that was removed */
    registry_desk_expect(&desk, "hub", "https://h/2", "https://p/1");
    registry_desk_drop(&desk);
}

static void streams_correct__follow_another_bucket(void **state)
{
    registry_desk desk;
    make_matches(&desk, state);
    desk.bucket_max = 2; /* token 2 is in three rows */
    registry_desk_reopen(&desk);
    registry_desk_expect(&desk, "payer", "https://p/1", NULL);
    registry_desk_expect(&desk, "hub", "https://h/1", NULL);
    registry_desk_expect(&desk, "clinic", "https://c/1", NULL);
    desk.bucket_max = 3;
    registry_desk_reopen(&desk);
    registry_desk_expect(&desk, "payer", "https://p/1", "https://h/1");
    registry_desk_drop(&desk);
}

static void streams_correct__write_nothing_without_reason(void **state)
{
    registry_desk desk;
    make_matches(&desk, state);
    registry_desk_apply(&desk, "payer", 2, "https://p/1", NULL);
    int64_t before = registry_desk_stream_rows(&desk);
    registry_desk_reopen(&desk);
    registry_desk_reopen(&desk);
    assert_int_equal(registry_desk_stream_rows(&desk), before);
    registry_desk_drop(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_correct__follow_other_roles),
        cmocka_unit_test(streams_correct__follow_another_bucket),
        cmocka_unit_test(streams_correct__write_nothing_without_reason),
    };
    return STORES_RUN_ON_BOTH(tests);
}
