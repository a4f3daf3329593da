/* SPDX-License-Identifier: Apache-2.0
 * Migrations on both back-ends. */
#include "store/migrate.h"

#include "os/thread.h"
#include "support/expect.h"
#include "support/stores.h"

static const kw_migration rows[] = {
    {1, "first", "CREATE TABLE one (id BIGINT PRIMARY KEY); CREATE TABLE two (id BIGINT)"},
    {2, "second", "INSERT INTO one (id) VALUES (1); INSERT INTO one (id) VALUES (2)"},
    {3, "third", "CREATE INDEX two_id ON two (id)"},
};

static void migrate__applies_each_row_once(void **state)
{
    kw_store_options options = stores_fresh(*state);
    KW_AUTO_PTR(kw_store) store = stores_open(&options);
    EXPECT_OK(kw_store_migrate(store, "area", rows, 1, NULL));
    EXPECT_OK(kw_store_migrate(store, "area", rows, 2, NULL));
    EXPECT_OK(kw_store_migrate(store, "area", rows, 3, NULL));
    EXPECT_OK(kw_store_migrate(store, "area", rows, 3, NULL));
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM one"), 2);
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM schema_migrations"), 3);
}

static void migrate__areas_are_apart(void **state)
{
    kw_store_options options = stores_fresh(*state);
    KW_AUTO_PTR(kw_store) store = stores_open(&options);
    const kw_migration other[] = {{1, "other", "CREATE TABLE three (id BIGINT)"}};
    EXPECT_OK(kw_store_migrate(store, "area", rows, 3, NULL));
    EXPECT_OK(kw_store_migrate(store, "other", other, 1, NULL));
    EXPECT_OK(kw_store_migrate(store, "none", NULL, 0, NULL));
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM schema_migrations"), 4);
}

static void migrate__refuses_a_store_of_a_later_release(void **state)
{
    kw_store_options options = stores_fresh(*state);
    KW_AUTO_PTR(kw_store) store = stores_open(&options);
    EXPECT_OK(kw_store_migrate(store, "area", rows, 3, NULL));
    kw_error err = {0};
    EXPECT_STATUS(kw_store_migrate(store, "area", rows, 2, &err), KW_BAD_STATE);
    assert_non_null(strstr(err.text, "later release"));
    EXPECT_STATUS(kw_store_migrate(store, "area", NULL, 0, NULL), KW_BAD_STATE);
}

static void migrate__refuses_a_changed_text(void **state)
{
    kw_store_options options = stores_fresh(*state);
    KW_AUTO_PTR(kw_store) store = stores_open(&options);
    EXPECT_OK(kw_store_migrate(store, "area", rows, 1, NULL));
    const kw_migration changed[] = {{1, "first", "CREATE TABLE one (id BIGINT)"}, rows[1]};
    kw_error err = {0};
    EXPECT_STATUS(kw_store_migrate(store, "area", changed, 2, &err), KW_CORRUPT);
    assert_non_null(strstr(err.text, "another text"));
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM one"), 0);
}

static void migrate__a_failing_row_leaves_nothing_behind(void **state)
{
    kw_store_options options = stores_fresh(*state);
    KW_AUTO_PTR(kw_store) store = stores_open(&options);
    const kw_migration bad[] = {
        rows[0],
        {2, "bad", "INSERT INTO one (id) VALUES (5); INSERT INTO nowhere (id) VALUES (6)"}};
    EXPECT_STATUS(kw_store_migrate(store, "area", bad, 2, NULL), KW_INTERNAL);
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM one"), 0);
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM schema_migrations"), 1);
    EXPECT_OK(kw_store_migrate(store, "area", rows, 3, NULL));
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM one"), 2);
}

static void migrate__refuses_a_bad_table(void **state)
{
    kw_store_options options = stores_fresh(*state);
    KW_AUTO_PTR(kw_store) store = stores_open(&options);
    const kw_migration gap[] = {rows[0], rows[2]};
    const kw_migration zero[] = {{0, "zero", "SELECT 1"}};
    const kw_migration nameless[] = {{1, "", "SELECT 1"}};
    const kw_migration spaced[] = {{1, "a name", "SELECT 1"}};
    EXPECT_STATUS(kw_store_migrate(store, "area", gap, 2, NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_store_migrate(store, "area", zero, 1, NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_store_migrate(store, "area", nameless, 1, NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_store_migrate(store, "area", spaced, 1, NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_store_migrate(store, "Area", rows, 1, NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_store_migrate(store, "", rows, 1, NULL), KW_BAD_INPUT);
}

/* Two nodes that start at once. */
typedef struct node {
    const kw_store_options *options;
    kw_status st;
} node;

static void start_node(void *ctx)
{
    node *n = ctx;
    kw_store *store = NULL;
    n->st = kw_store_open(&store, n->options, NULL);
    if (n->st == KW_OK) {
        n->st = kw_store_migrate(store, "area", rows, 3, NULL);
    }
    kw_store_free(store);
}

static void migrate__two_nodes_at_once_apply_it_once(void **state)
{
    kw_store_options options = stores_fresh(*state);
    kw_store_free(stores_open(&options)); /* the file is there */
    node nodes[2] = {{&options, KW_INTERNAL}, {&options, KW_INTERNAL}};
    kw_thread threads[2] = {0};
    for (int i = 0; i < 2; i++) {
        EXPECT_OK(kw_thread_start(&threads[i], "node", start_node, &nodes[i], NULL));
    }
    for (int i = 0; i < 2; i++) {
        kw_thread_join(&threads[i]);
        EXPECT_OK(nodes[i].st);
    }
    KW_AUTO_PTR(kw_store) store = stores_open(&options);
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM one"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(migrate__applies_each_row_once),
        cmocka_unit_test(migrate__areas_are_apart),
        cmocka_unit_test(migrate__refuses_a_store_of_a_later_release),
        cmocka_unit_test(migrate__refuses_a_changed_text),
        cmocka_unit_test(migrate__a_failing_row_leaves_nothing_behind),
        cmocka_unit_test(migrate__refuses_a_bad_table),
        cmocka_unit_test(migrate__two_nodes_at_once_apply_it_once),
    };
    return STORES_RUN_ON_BOTH(tests);
}
