/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/reshares.h"

#include "store/migrate.h"
#include "support/expect.h"
#include "support/stores.h"
#include "threshold/schema.h"

enum {
    INTERVAL_S = 10,
    EVERY = 4, /* one is due at 40, 80, 120 .. */
    NOW_S = 95,
};

static const kw_config_fields config = {.interval_s = INTERVAL_S, .reshare_every = EVERY};

typedef struct desk {
    kw_store *store;
    kw_reshares reshares;
} desk;

static desk desk_make(stores *all)
{
    kw_store_options options = stores_fresh(all);
    desk d = {.store = stores_open(&options)};
    EXPECT_OK(kw_store_migrate(d.store, KW_THRESHOLD_AREA, kw_threshold_migrations,
                               kw_threshold_migrations_count, NULL));
    EXPECT_OK(kw_reshares_open(&d.reshares, d.store, &config, NULL));
    return d;
}

static int64_t rows(const desk *d)
{
    return stores_number(d->store, "SELECT COUNT(*) FROM threshold_reshares");
}

static void add__keeps_a_boundary_over_a_restart(void **state)
{
    desk d = desk_make(*state);
    assert_int_equal(kw_reshares_attempt(&d.reshares, 110), 0);
    EXPECT_OK(kw_reshares_add(&d.reshares, 110, NOW_S, NULL));
    EXPECT_OK(kw_reshares_add(&d.reshares, 110, NOW_S, NULL)); /* twice is once */
    EXPECT_OK(kw_reshares_add(&d.reshares, 130, NOW_S, NULL));
    assert_int_equal(rows(&d), 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(kw_reshares_attempt(&d.reshares, 110), 1);
        assert_int_equal(kw_reshares_attempt(&d.reshares, 130), 1);
        assert_int_equal(kw_reshares_attempt(&d.reshares, 0), 0);
        assert_int_equal(kw_reshares_attempt(&d.reshares, 100), 0);
        /* It would stand in the same place. */
        assert_int_equal(
            kw_reshares_attempt(&d.reshares, 110 + 2 * KW_RESHARES_AHEAD_MAX * INTERVAL_S), 0);
        EXPECT_OK(kw_reshares_open(&d.reshares, d.store, &config, NULL));
    }
    kw_store_free(d.store);
}

static void add__changes_nothing_where_one_is_due(void **state)
{
    desk d = desk_make(*state);
    EXPECT_OK(kw_reshares_add(&d.reshares, 120, NOW_S, NULL));
    assert_int_equal(kw_reshares_attempt(&d.reshares, 120), 0);
    assert_int_equal(rows(&d), 0);
    kw_store_free(d.store);
}

static void add__refuses_what_is_no_boundary_to_come(void **state)
{
    desk d = desk_make(*state);
    const uint64_t last = NOW_S / INTERVAL_S * INTERVAL_S + KW_RESHARES_AHEAD_MAX * INTERVAL_S;
    EXPECT_STATUS(kw_reshares_add(&d.reshares, 101, NOW_S, NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_reshares_add(&d.reshares, 119, NOW_S, NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_reshares_add(&d.reshares, 0, NOW_S, NULL), KW_CONFLICT);
    EXPECT_STATUS(kw_reshares_add(&d.reshares, 90, NOW_S, NULL), KW_CONFLICT);
    EXPECT_STATUS(kw_reshares_add(&d.reshares, 100, 100, NULL), KW_CONFLICT);
    EXPECT_STATUS(kw_reshares_add(&d.reshares, 80, NOW_S, NULL), KW_CONFLICT); /* it was due */
    EXPECT_STATUS(kw_reshares_add(&d.reshares, last + INTERVAL_S, NOW_S, NULL), KW_LIMIT);
    EXPECT_STATUS(kw_reshares_add(&d.reshares, UINT64_MAX / INTERVAL_S * INTERVAL_S, NOW_S, NULL),
                  KW_LIMIT);
    EXPECT_OK(kw_reshares_add(&d.reshares, last, NOW_S, NULL));
    assert_int_equal(rows(&d), 1);
    kw_store_free(d.store);
}

static void add__drops_what_is_over(void **state)
{
    desk d = desk_make(*state);
    EXPECT_OK(kw_reshares_add(&d.reshares, 100, NOW_S, NULL));
    EXPECT_OK(kw_reshares_add(&d.reshares, 130, 109, NULL));
    assert_int_equal(rows(&d), 2); /* its session may still go on */
    EXPECT_OK(kw_reshares_add(&d.reshares, 140, 110, NULL));
    assert_int_equal(rows(&d), 2);
    EXPECT_OK(kw_reshares_open(&d.reshares, d.store, &config, NULL));
    assert_int_equal(kw_reshares_attempt(&d.reshares, 100), 0);
    assert_int_equal(kw_reshares_attempt(&d.reshares, 140), 1);
    kw_store_free(d.store);
}

static void open__refuses_rows_that_are_no_boundaries(void **state)
{
    desk d = desk_make(*state);
    stores_write(d.store, "INSERT INTO threshold_reshares (boundary) VALUES (115)");
    EXPECT_STATUS(kw_reshares_open(&d.reshares, d.store, &config, NULL), KW_CORRUPT);
    stores_write(d.store, "UPDATE threshold_reshares SET boundary = -110");
    EXPECT_STATUS(kw_reshares_open(&d.reshares, d.store, &config, NULL), KW_CORRUPT);
    stores_write(d.store, "DROP TABLE threshold_reshares");
    EXPECT_STATUS(kw_reshares_add(&d.reshares, 110, NOW_S, NULL), KW_INTERNAL);
    assert_int_equal(kw_reshares_attempt(&d.reshares, 110), 0); /* not kept, not promised */
    kw_store_free(d.store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(add__keeps_a_boundary_over_a_restart),
        cmocka_unit_test(add__changes_nothing_where_one_is_due),
        cmocka_unit_test(add__refuses_what_is_no_boundary_to_come),
        cmocka_unit_test(add__drops_what_is_over),
        cmocka_unit_test(open__refuses_rows_that_are_no_boundaries),
    };
    return STORES_RUN_ON_BOTH(tests);
}
