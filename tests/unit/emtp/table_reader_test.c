/* SPDX-License-Identifier: Apache-2.0
 * What needs no server; tables that are read over HTTPS are in tests/e2e/registry_test.c. */
#include "emtp/table_reader.h"

#include "emtp/schema.h"
#include "net/http_client.h"
#include "support/emtp_world.h"
#include "support/expect.h"

static void table_reader__tries_again_where_it_may_not_go(void **state)
{
    emtp_world world;
    emtp_world_make(&world, state, "2026-01-10T08:00:00Z");
    EXPECT_OK(kw_store_migrate(world.store, KW_EMTP_AREA, kw_emtp_migrations,
                               kw_emtp_migrations_count, NULL));
    kw_emtp_notifier_options options = {.threads = 1, .audit = kw_guard_audit(world.guard)};
    KW_AUTO_PTR(kw_emtp_notifier) notifier = NULL;
    KW_AUTO_PTR(kw_emtp_registry) registry = NULL;
    KW_AUTO_PTR(kw_emtp_table_reader) reader = NULL;
    EXPECT_OK(kw_emtp_notifier_new(&notifier, &options, NULL));
    kw_emtp_registry_ports ports = {.store = world.store,
                                    .notifier = notifier,
                                    .clock = &world.clock,
                                    .match_surl = KW_STR("https://r.example/m"),
                                    .bucket_max = 4};
    EXPECT_OK(kw_emtp_registry_open(&registry, &ports, NULL));
    EXPECT_OK(kw_emtp_registry_announce(registry, KW_STR("hub"), KW_MATCH_HUB,
                                        KW_STR("https://127.0.0.1:1/t"), NULL));
    EXPECT_OK(kw_emtp_table_reader_new(&reader, registry, &options, NULL));
    assert_int_equal(kw_emtp_table_reader_pending(reader), 0);
    EXPECT_OK(kw_emtp_table_reader_ask(reader, KW_STR("hub"), KW_STR("https://127.0.0.1:1/t")));
    EXPECT_OK(kw_emtp_table_reader_ask(reader, KW_STR("hub"), KW_STR("https://127.0.0.1:1/t")));
    assert_int_equal(kw_emtp_table_reader_pending(reader), 1); /* a private address: refused */
    kw_emtp_table_reader_free(reader);
    reader = NULL;
    kw_emtp_registry_close(registry);
    kw_emtp_registry_free(registry);
    registry = NULL;
    kw_emtp_notifier_free(notifier);
    notifier = NULL;
    emtp_world_remove(&world);
}

static void table_reader_new__refuses_a_certificate_without_key(void **state)
{
    (void)state;
    kw_emtp_table_reader *reader = NULL;
    kw_emtp_notifier_options options = {.threads = 1, .certificate_file = "a.pem"};
    EXPECT_STATUS(kw_emtp_table_reader_new(&reader, NULL, &options, NULL), KW_BAD_INPUT);
    assert_null(reader);
}

int main(void)
{
    if (kw_http_client_setup(NULL) != KW_OK) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_reader__tries_again_where_it_may_not_go),
        cmocka_unit_test(table_reader_new__refuses_a_certificate_without_key),
    };
    return cmocka_run_group_tests_name("emtp/table_reader", tests, stores_setup_sqlite,
                                       stores_teardown);
}
