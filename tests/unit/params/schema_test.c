/* SPDX-License-Identifier: Apache-2.0 */
#include "params/schema.h"

#include "support/expect.h"
#include "support/stores.h"

static void migrate__makes_the_tables_once(void **state)
{
    kw_store_options options = stores_fresh(*state);
    KW_AUTO_PTR(kw_store) store = stores_open(&options);
    EXPECT_OK(kw_params_migrate(store, NULL));
    EXPECT_OK(kw_params_migrate(store, NULL));
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM params_drafts"), 0);
}

static void migrate__leaves_a_store_of_a_later_release_alone(void **state)
{
    kw_store_options options = stores_fresh(*state);
    KW_AUTO_PTR(kw_store) store = stores_open(&options);
    EXPECT_OK(kw_params_migrate(store, NULL));
    stores_write(store, "INSERT INTO schema_migrations (area, id, name, sha256)"
                        " SELECT area, 99, 'later', sha256 FROM schema_migrations"
                        " WHERE area = 'params'");
    EXPECT_STATUS(kw_params_migrate(store, NULL), KW_BAD_STATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(migrate__makes_the_tables_once),
        cmocka_unit_test(migrate__leaves_a_store_of_a_later_release_alone),
    };
    return STORES_RUN_ON_BOTH(tests);
}
