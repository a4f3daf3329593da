/* SPDX-License-Identifier: Apache-2.0
 * Plans as values. What applying one does to a store is in service_keys_test.c. */
#include "emtp/key_plan.h"

#include "base/heap.h"
#include "emtp/engine/manifest.h"
#include "emtp/schema.h"
#include "support/emtp_world.h"
#include "support/expect.h"

#include <stdio.h>

static const kw_emtp_plan_rules monthly = {.rule = {.cadence = KW_EMTP_MONTHLY, .overlap = 1},
                                           .ahead_s = KW_EMTP_CREATE_AHEAD_S};

static kw_emtp_key_plan *new_plan(const char *now)
{
    kw_emtp_key_plan *plan = kw_heap_new(1, sizeof *plan);
    assert_non_null(plan);
    kw_emtp_plan_start(plan, moment(now));
    return plan;
}

/* What the plan made becomes what it starts from. */
static void go_on(kw_emtp_key_plan *plan, const char *now)
{
    plan->before = plan->after;
    kw_emtp_plan_start(plan, moment(now));
}

static void plan_due__lists_what_begins_and_ends(void **state)
{
    (void)state;
    kw_emtp_key_plan *plan = new_plan("2026-01-10T08:00:00Z");
    EXPECT_OK(kw_emtp_plan_due(plan, &monthly, NULL));
    assert_int_equal(plan->after.count, 2);
    assert_int_equal(plan->listings_count, 2);
    assert_false(kw_emtp_plan_is_empty(plan));
    assert_true(kw_emtp_plan_touches(plan, 1));
    go_on(plan, "2026-01-10T08:00:01Z");
    EXPECT_OK(kw_emtp_plan_due(plan, &monthly, NULL));
    assert_true(kw_emtp_plan_is_empty(plan));
    go_on(plan, "2026-02-01T00:00:00Z");
    EXPECT_OK(kw_emtp_plan_due(plan, &monthly, NULL));
    assert_int_equal(plan->after.count, 3);
    assert_int_equal(plan->listings_count, 2);
    assert_false(plan->listings[0].is_removal); /* the new one, then the end of the old one */
    assert_int_equal(plan->listings[0].key, 2);
    assert_true(plan->listings[1].is_removal);
    assert_int_equal(plan->listings[1].key, 0);
    assert_true(kw_emtp_plan_touches(plan, 0));
    assert_false(kw_emtp_plan_touches(plan, 1));
    kw_heap_free(plan);
}

static void plan_due__may_list_ahead(void **state)
{
    (void)state;
    kw_emtp_plan_rules rules = monthly;
    kw_emtp_key_plan *plan = new_plan("2026-01-26T00:00:00Z");
    EXPECT_OK(kw_emtp_plan_due(plan, &rules, NULL));
    assert_int_equal(plan->after.count, 3);
    assert_int_equal(plan->listings_count, 2);
    go_on(plan, "2026-01-26T00:00:01Z");
    rules.prepublish = true;
    EXPECT_OK(kw_emtp_plan_due(plan, &rules, NULL));
    assert_int_equal(plan->listings_count, 1);
    assert_int_equal(plan->listings[0].key, 2);
    /* Revoked before it begins: its row goes, its replacement's comes. */
    go_on(plan, "2026-01-27T00:00:00Z");
    EXPECT_OK(kw_emtp_plan_revocation(plan, KW_STR("2026-02"), NULL));
    EXPECT_OK(kw_emtp_plan_due(plan, &rules, NULL));
    assert_int_equal(plan->listings_count, 2);
    assert_true(plan->listings[0].is_removal);
    assert_string_equal(plan->after.items[plan->listings[1].key].kid.text, "2026-02.1");
    kw_heap_free(plan);
}

static void plan_revocation__never_fails_for_lack_of_room(void **state)
{
    (void)state;
    kw_emtp_key_plan *plan = new_plan("2026-01-10T08:00:00Z");
    EXPECT_OK(kw_emtp_plan_due(plan, &monthly, NULL));
    char last[KW_EMTP_KID_BYTES_MAX + 1] = "2026-01";
    while (plan->after.count < KW_EMTP_KEYS_MAX) {
        go_on(plan, "2026-01-10T08:00:01Z");
        EXPECT_OK(kw_emtp_plan_revocation(plan, kw_str_of(last), NULL));
        EXPECT_OK(kw_emtp_plan_due(plan, &monthly, NULL));
        (void)snprintf(last, sizeof last, "%s", plan->after.items[plan->after.count - 1].kid.text);
    }
    go_on(plan, "2026-01-10T08:00:02Z");
    EXPECT_OK(kw_emtp_plan_revocation(plan, kw_str_of(last), NULL));
    assert_int_equal(plan->after.count, KW_EMTP_KEYS_MAX); /* no replacement */
    kw_error err = {0};
    EXPECT_STATUS(kw_emtp_plan_revocation(plan, kw_str_of(last), &err), KW_GONE);
    EXPECT_STATUS(kw_emtp_plan_revocation(plan, KW_STR("2030-01"), &err), KW_NOT_FOUND);
    assert_int_equal(err.status, KW_NOT_FOUND);
    kw_heap_free(plan);
}

static void plan_revocation__refuses_an_expired_key(void **state)
{
    (void)state;
    kw_emtp_key_plan *plan = new_plan("2026-01-10T08:00:00Z");
    EXPECT_OK(kw_emtp_plan_due(plan, &monthly, NULL));
    go_on(plan, "2026-02-01T00:00:00Z");
    EXPECT_STATUS(kw_emtp_plan_revocation(plan, KW_STR("2025-12"), NULL), KW_GONE);
    EXPECT_OK(kw_emtp_plan_revocation(plan, KW_STR("2026-01"), NULL));
    assert_int_equal(plan->after.count, 2); /* ended: none takes its place */
    kw_heap_free(plan);
}

static void plan_due__adds_the_test_key_once_and_only_when_told(void **state)
{
    (void)state;
    kw_emtp_plan_rules rules = monthly;
    kw_emtp_key_plan *plan = new_plan("2026-01-10T08:00:00Z");
    EXPECT_OK(kw_emtp_plan_due(plan, &rules, NULL));
    kw_str kid = KW_EMTP_TEST_KID;
    assert_int_equal(kw_emtp_keys_find(kw_emtp_key_list_view(&plan->after), kid), 2); /* none */
    go_on(plan, "2026-01-10T08:00:01Z");
    rules.test_key = true;
    EXPECT_OK(kw_emtp_plan_due(plan, &rules, NULL));
    assert_int_equal(plan->after.count, 3);
    assert_string_equal(plan->after.items[2].kid.text, "test-2026-01");
    assert_int_equal(plan->listings_count, 1);
    go_on(plan, "2026-01-10T08:00:02Z");
    EXPECT_OK(kw_emtp_plan_due(plan, &rules, NULL));
    assert_true(kw_emtp_plan_is_empty(plan));
    /* Revoked, it has no replacement and does not come back. */
    EXPECT_OK(kw_emtp_plan_revocation(plan, kid, NULL));
    EXPECT_OK(kw_emtp_plan_due(plan, &rules, NULL));
    assert_int_equal(plan->after.count, 3);
    assert_int_equal(plan->listings_count, 1);
    assert_true(plan->listings[0].is_removal);
    go_on(plan, "2026-01-10T08:00:03Z");
    EXPECT_OK(kw_emtp_plan_due(plan, &rules, NULL));
    assert_true(kw_emtp_plan_is_empty(plan));
    kw_heap_free(plan);
}

static void plan_due__ends_the_test_key(void **state)
{
    (void)state;
    kw_emtp_plan_rules rules = monthly;
    rules.test_key = true;
    kw_emtp_key_plan *plan = new_plan("2099-12-31T23:59:59Z");
    EXPECT_OK(kw_emtp_plan_due(plan, &rules, NULL));
    size_t at = kw_emtp_keys_find(kw_emtp_key_list_view(&plan->after), KW_EMTP_TEST_KID);
    assert_true(at < plan->after.count && plan->after.items[at].is_listed);
    go_on(plan, "2100-01-01T00:00:00Z");
    EXPECT_OK(kw_emtp_plan_due(plan, &rules, NULL));
    assert_false(plan->after.items[at].is_listed);
    kw_heap_free(plan);
    plan = new_plan("2100-01-01T00:00:00Z");
    EXPECT_OK(kw_emtp_plan_due(plan, &rules, NULL));
    assert_int_equal(kw_emtp_keys_find(kw_emtp_key_list_view(&plan->after), KW_EMTP_TEST_KID),
                     plan->after.count);
    kw_heap_free(plan);
}

typedef struct apply_call {
    kw_emtp_key_plan *plan;
    kw_emtp_plan_ports ports;
} apply_call;

static kw_status apply(kw_tx *tx, void *ctx, kw_error *err)
{
    apply_call *call = ctx;
    return kw_emtp_plan_apply(tx, call->plan, &call->ports, err);
}

static void plan_apply__is_refused_when_the_keys_changed_meanwhile(void **state)
{
    emtp_world world;
    emtp_world_make(&world, state, "2026-01-10T08:00:00Z");
    EXPECT_OK(kw_store_migrate(world.store, KW_EMTP_AREA, kw_emtp_migrations,
                               kw_emtp_migrations_count, NULL));
    kw_emtp_key_plan *plan = new_plan("2026-01-10T08:00:00Z");
    apply_call call = {.plan = plan,
                       .ports = {.sealer = world.sealer,
                                 .rng = &world.rng,
                                 .public_url = KW_STR("https://k.example"),
                                 .stream = KW_STR("keys")}};
    EXPECT_OK(kw_emtp_plan_due(plan, &monthly, NULL));
    EXPECT_OK(kw_store_write(world.store, apply, &call, NULL));
    go_on(plan, "2026-01-10T08:00:01Z"); /* before.change is still 0: stale */
    EXPECT_OK(kw_emtp_plan_renewal(plan, &monthly, NULL));
    EXPECT_STATUS(kw_store_write(world.store, apply, &call, NULL), KW_CONFLICT);
    plan->before.change = 1;
    plan->after.change = 1;
    EXPECT_OK(kw_store_write(world.store, apply, &call, NULL));
    plan->before.change = 1; /* and again stale */
    EXPECT_STATUS(kw_store_write(world.store, apply, &call, NULL), KW_CONFLICT);
    assert_int_equal(stores_number(world.store, "SELECT COUNT(*) FROM emtp_keys"), 3);
    kw_heap_free(plan);
    emtp_world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plan_due__lists_what_begins_and_ends),
        cmocka_unit_test(plan_due__may_list_ahead),
        cmocka_unit_test(plan_revocation__never_fails_for_lack_of_room),
        cmocka_unit_test(plan_revocation__refuses_an_expired_key),
        cmocka_unit_test(plan_due__adds_the_test_key_once_and_only_when_told),
        cmocka_unit_test(plan_due__ends_the_test_key),
        cmocka_unit_test(plan_apply__is_refused_when_the_keys_changed_meanwhile),
    };
    return STORES_RUN_ON_BOTH(tests);
}
