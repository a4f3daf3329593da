/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/apps.h"

#include "base/heap.h"
#include "support/expect.h"
#include "support/stores.h"
#include "support/tempdir.h"
#include "threshold/limits.h"
#include "threshold/schema.h"

#include <stdio.h>

enum {
    NOW_S = 1700000000
};

typedef struct world {
    tempdir dir;
    kw_store *store;
    kw_apps *apps;
    kw_arena arena;
} world;

static world w;

static int make_world(void **state)
{
    (void)state;
    w = (world){.dir = tempdir_make(), .arena = kw_arena_init(1 << 20)};
    tempdir_path path = tempdir_join(&w.dir, "store.db");
    kw_store_options options = {.backend = KW_STORE_SQLITE, .where = path.text, .create = true};
    EXPECT_OK(kw_store_open(&w.store, &options, NULL));
    EXPECT_OK(kw_store_migrate(w.store, KW_THRESHOLD_AREA, kw_threshold_migrations,
                               kw_threshold_migrations_count, NULL));
    EXPECT_OK(kw_apps_open(&w.apps, w.store, NULL));
    return 0;
}

static int drop_world(void **state)
{
    (void)state;
    kw_apps_free(w.apps);
    kw_store_free(w.store);
    kw_arena_drop(&w.arena);
    tempdir_remove(&w.dir);
    return 0;
}

static void reopen(void)
{
    kw_apps_free(w.apps);
    w.apps = NULL;
    EXPECT_OK(kw_apps_open(&w.apps, w.store, NULL));
}

static const kw_app_policy open_policy = {.access = KW_APP_ACCESS_OPEN, .rate = 1000, .burst = 2};

static kw_status add(const char *id, const kw_app_policy *policy)
{
    kw_error err = {0};
    kw_status st = kw_apps_register(w.apps, kw_str_of(id), policy, NOW_S, &err);
    assert_int_equal(err.status, st);
    return st;
}

static kw_status ask_at(const char *id, int64_t now_ms, kw_app_verdict *out)
{
    kw_app_visit visit = {.app = kw_str_of(id), .now_ms = now_ms};
    kw_error err = {0};
    kw_status st = kw_apps_admit(w.apps, out, &visit, NULL, &err);
    assert_int_equal(err.status, st);
    return st;
}

static kw_status ask(const char *id)
{
    kw_app_verdict verdict;
    return ask_at(id, (int64_t)NOW_S * 1000, &verdict);
}

static void apps_admit__refuses_what_is_not_registered(void **state)
{
    (void)state;
    kw_app_verdict verdict;
    EXPECT_STATUS(ask_at("a", 0, &verdict), KW_NOT_FOUND);
    assert_int_equal(verdict.access, KW_APP_ACCESS_NONE);
    EXPECT_OK(add("b", &open_policy));
    EXPECT_STATUS(ask("a"), KW_NOT_FOUND);
    EXPECT_STATUS(ask("bb"), KW_NOT_FOUND);
    EXPECT_OK(ask_at("b", 0, &verdict));
    assert_int_equal(verdict.access, KW_APP_ACCESS_OPEN);
    EXPECT_OK(kw_apps_remove(w.apps, KW_STR("b"), NULL));
    EXPECT_STATUS(ask("b"), KW_NOT_FOUND);
}

static void apps_admit__asks_the_policy_before_it_counts(void **state)
{
    (void)state;
    kw_str lab = KW_STR("lab");
    kw_app_policy policy = {.access = KW_APP_ACCESS_API_KEY,
                            .callers = {&lab, 1},
                            .rate = 1,
                            .burst = 1,
                            .uses_max = 1};
    EXPECT_OK(add("a", &policy));
    kw_app_visit visit = {.app = KW_STR("a")};
    kw_app_verdict verdict;
    EXPECT_STATUS(kw_apps_admit(w.apps, &verdict, &visit, NULL, NULL), KW_UNAUTHENTICATED);
    visit.caller = KW_STR("other");
    visit.method = KW_AUTH_API_KEY;
    EXPECT_STATUS(kw_apps_admit(w.apps, &verdict, &visit, NULL, NULL), KW_FORBIDDEN);
    visit.caller = lab;
    EXPECT_OK(kw_apps_admit(w.apps, &verdict, &visit, NULL, NULL));
}

static void apps_admit__keeps_to_the_rate_of_each(void **state)
{
    (void)state;
    kw_app_verdict verdict;
    EXPECT_OK(add("a", &open_policy));
    EXPECT_OK(add("b", &open_policy));
    EXPECT_OK(ask("a"));
    EXPECT_OK(ask("a"));
    EXPECT_STATUS(ask_at("a", (int64_t)NOW_S * 1000, &verdict), KW_RATE_LIMITED);
    assert_int_equal(verdict.retry_after_s, 1);
    EXPECT_OK(ask("b"));
    EXPECT_OK(add("c", &open_policy)); /* what was taken outlives a change */
    EXPECT_OK(kw_apps_set(w.apps, KW_STR("a"), &open_policy, NULL));
    EXPECT_STATUS(ask("a"), KW_RATE_LIMITED);
    EXPECT_OK(ask_at("a", (int64_t)NOW_S * 1000 + 1000, &verdict));
    EXPECT_OK(ask("b"));
    EXPECT_STATUS(ask("b"), KW_RATE_LIMITED);
}

static void apps_admit__ends_at_the_maximum_also_after_a_restart(void **state)
{
    (void)state;
    kw_app_policy policy = open_policy;
    policy.uses_max = 2;
    policy.burst = 100;
    EXPECT_OK(add("a", &policy));
    EXPECT_OK(ask("a"));
    reopen();
    EXPECT_OK(ask("a"));
    EXPECT_STATUS(ask("a"), KW_LIMIT);
    reopen();
    EXPECT_STATUS(ask("a"), KW_LIMIT);
    policy.uses_max = 3;
    EXPECT_OK(kw_apps_set(w.apps, KW_STR("a"), &policy, NULL));
    EXPECT_OK(ask("a"));
    EXPECT_STATUS(ask("a"), KW_LIMIT);
}

static void apps_register__refuses_twice_and_what_is_no_policy(void **state)
{
    (void)state;
    kw_app_policy policy = {.access = KW_APP_ACCESS_MTLS, .rate = 1, .burst = 1};
    EXPECT_STATUS(add("a", &policy), KW_BAD_INPUT);
    EXPECT_STATUS(ask("a"), KW_NOT_FOUND);
    EXPECT_OK(add("a", &open_policy));
    EXPECT_STATUS(add("a", &open_policy), KW_CONFLICT);
    EXPECT_STATUS(kw_apps_set(w.apps, KW_STR("b"), &open_policy, NULL), KW_NOT_FOUND);
    EXPECT_STATUS(kw_apps_set(w.apps, KW_STR("a"), &policy, NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_apps_remove(w.apps, KW_STR("b"), NULL), KW_NOT_FOUND);
    EXPECT_OK(ask("a")); /* none of it changed anything */
    EXPECT_STATUS(ask("b"), KW_NOT_FOUND);
}

static void apps_list__shows_all_in_order_page_by_page(void **state)
{
    (void)state;
    kw_app_policy policy = open_policy;
    policy.uses_max = 9;
    EXPECT_OK(add("b", &open_policy));
    EXPECT_OK(add("a", &policy));
    EXPECT_OK(ask("a"));
    kw_app_entries list = {0};
    EXPECT_OK(kw_apps_list(w.apps, &list, KW_STR(""), &w.arena, NULL));
    assert_int_equal(list.apps.count, 2);
    EXPECT_STR(list.apps.items[0].id, "a");
    EXPECT_STR(list.apps.items[1].id, "b");
    assert_int_equal(list.apps.items[0].uses, 1);
    assert_int_equal(list.apps.items[0].policy.uses_max, 9);
    assert_int_equal(list.apps.items[0].registered, NOW_S);
    assert_false(list.has_more);
    EXPECT_OK(kw_apps_list(w.apps, &list, KW_STR("a"), &w.arena, NULL));
    assert_int_equal(list.apps.count, 1);
    for (int i = 0; i < KW_APPS_PAGE_MAX; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "x%03d", i);
        EXPECT_OK(add(id, &open_policy));
    }
    EXPECT_OK(kw_apps_list(w.apps, &list, KW_STR("a"), &w.arena, NULL));
    assert_int_equal(list.apps.count, KW_APPS_PAGE_MAX);
    assert_true(list.has_more);
}

static void apps_open__refuses_a_policy_that_nobody_wrote(void **state)
{
    (void)state;
    stores_write(w.store, "INSERT INTO threshold_apps (id, policy, uses, registered_at)"
                          " VALUES ('a', '{\"access\":\"everybody\"}', 0, 0)");
    kw_apps *apps = NULL;
    EXPECT_STATUS(kw_apps_open(&apps, w.store, NULL), KW_CORRUPT);
    assert_null(apps);
    kw_app_entries list = {0};
    EXPECT_STATUS(kw_apps_list(w.apps, &list, KW_STR(""), &w.arena, NULL), KW_CORRUPT);
}

/* A change that fails for memory has happened nowhere. */
static void apps_register__happens_wholly_or_not_at_all(void **state)
{
    (void)state;
    EXPECT_OK(add("b", &open_policy));
    for (uint64_t nth = 1;; nth++) {
        (void)kw_heap_fail_at(nth);
        kw_status st = kw_apps_register(w.apps, KW_STR("a"), &open_policy, NOW_S, NULL);
        bool has_failed = kw_heap_fail_at(0) == 0;
        if (!has_failed) {
            EXPECT_OK(st);
            break;
        }
        assert_int_not_equal(st, KW_OK);
        EXPECT_STATUS(ask("a"), KW_NOT_FOUND);
        assert_int_equal(stores_number(w.store, "SELECT COUNT(*) FROM threshold_apps"), 1);
    }
    EXPECT_OK(ask("a"));
    reopen();
    EXPECT_OK(ask("a"));
}

int main(void)
{
#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, drop_world)
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(apps_admit__refuses_what_is_not_registered),
        IN_A_WORLD(apps_admit__asks_the_policy_before_it_counts),
        IN_A_WORLD(apps_admit__keeps_to_the_rate_of_each),
        IN_A_WORLD(apps_admit__ends_at_the_maximum_also_after_a_restart),
        IN_A_WORLD(apps_register__refuses_twice_and_what_is_no_policy),
        IN_A_WORLD(apps_list__shows_all_in_order_page_by_page),
        IN_A_WORLD(apps_open__refuses_a_policy_that_nobody_wrote),
        IN_A_WORLD(apps_register__happens_wholly_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
