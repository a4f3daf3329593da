/* SPDX-License-Identifier: Apache-2.0
 * The cache of prepared statements by itself. */
#include "store/statements.h"

#include "base/heap.h"
#include "support/expect.h"

#include <stdio.h>

static void statements__finds_by_text_and_kinds(void **state)
{
    (void)state;
    kw_statements cache = {0};
    int prepared = 0;
    kw_sql_args number = KW_SQL_ARGS(kw_sql_int(1));
    kw_sql_args text = KW_SQL_ARGS(kw_sql_text(KW_STR("1")));
    assert_null(kw_statements_find(&cache, "SELECT $1", number));
    kw_statement *slot = kw_statements_victim(&cache);
    EXPECT_OK(kw_statements_fill(&cache, slot, "SELECT $1", number, &prepared));
    assert_ptr_equal(kw_statements_find(&cache, "SELECT $1", KW_SQL_ARGS(kw_sql_int(2))), slot);
    assert_ptr_equal(slot->prepared, &prepared);
    assert_null(kw_statements_find(&cache, "SELECT $1", text));
    assert_null(kw_statements_find(&cache, "SELECT $1", KW_SQL_NO_ARGS));
    assert_null(kw_statements_find(&cache, "SELECT $2", number));
    assert_ptr_not_equal(kw_statements_victim(&cache), slot);
    kw_statement_drop(slot);
    assert_null(kw_statements_find(&cache, "SELECT $1", number));
}

static void statements__the_least_recently_used_makes_room(void **state)
{
    (void)state;
    kw_statements cache = {0};
    char sql[32];
    for (int i = 0; i < KW_STORE_STATEMENTS_MAX; i++) {
        (void)snprintf(sql, sizeof sql, "SELECT %d", i);
        EXPECT_OK(
            kw_statements_fill(&cache, kw_statements_victim(&cache), sql, KW_SQL_NO_ARGS, NULL));
    }
    assert_non_null(kw_statements_find(&cache, "SELECT 0", KW_SQL_NO_ARGS)); /* now the newest */
    kw_statement *victim = kw_statements_victim(&cache);
    assert_string_equal(victim->sql, "SELECT 1");
    for (size_t i = 0; i < KW_COUNT(cache.slots); i++) {
        kw_statement_drop(&cache.slots[i]);
    }
}

static void statements_fill__without_memory_leaves_the_slot_free(void **state)
{
    (void)state;
    kw_statements cache = {0};
    kw_statement *slot = kw_statements_victim(&cache);
    kw_heap_fail_at(1);
    EXPECT_STATUS(kw_statements_fill(&cache, slot, "SELECT 1", KW_SQL_NO_ARGS, NULL), KW_NO_MEMORY);
    kw_heap_fail_at(0);
    assert_int_equal(slot->used_at, 0);
    assert_null(kw_statements_find(&cache, "SELECT 1", KW_SQL_NO_ARGS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements__finds_by_text_and_kinds),
        cmocka_unit_test(statements__the_least_recently_used_makes_room),
        cmocka_unit_test(statements_fill__without_memory_leaves_the_slot_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
