/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/schema.h"

#include "support/expect.h"
#include "support/stores.h"

static void schema__is_applied_once(void **state)
{
    kw_store_options options = stores_fresh(*state);
    kw_store *store = stores_open(&options);
    for (int i = 0; i < 2; i++) {
        EXPECT_OK(kw_store_migrate(store, KW_THRESHOLD_AREA, kw_threshold_migrations,
                                   kw_threshold_migrations_count, NULL));
    }
    static const char *const counts[] = {
        "SELECT COUNT(*) FROM threshold_vault",        "SELECT COUNT(*) FROM threshold_records",
        "SELECT COUNT(*) FROM threshold_certificates", "SELECT COUNT(*) FROM threshold_apps",
        "SELECT COUNT(*) FROM threshold_reshares",     "SELECT COUNT(*) FROM threshold_contacts"};
    for (size_t i = 0; i < KW_COUNT(counts); i++) {
        assert_int_equal(stores_number(store, counts[i]), 0);
    }
    kw_store_free(store);
}

static void schema__ids_have_no_gaps(void **state)
{
    KW_UNUSED(state);
    for (size_t i = 0; i < kw_threshold_migrations_count; i++) {
        assert_int_equal(kw_threshold_migrations[i].id, i + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(schema__is_applied_once),
                                       cmocka_unit_test(schema__ids_have_no_gaps)};
    return STORES_RUN_ON_BOTH(tests);
}
