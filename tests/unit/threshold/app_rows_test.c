/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/app_rows.h"

#include "support/expect.h"
#include "support/stores.h"
#include "threshold/schema.h"

#include <stdio.h>

typedef struct call {
    kw_store *store;
    kw_app_row row;
    kw_app_row_page page;
    uint64_t uses_max;
    char seen[256];
} call;

static call call_of(void **state)
{
    kw_store_options options = stores_fresh(*state);
    call c = {.store = stores_open(&options), .page = {KW_STR(""), 10}};
    EXPECT_OK(kw_store_migrate(c.store, KW_THRESHOLD_AREA, kw_threshold_migrations,
                               kw_threshold_migrations_count, NULL));
    return c;
}

static kw_status add(kw_tx *tx, void *ctx, kw_error *err)
{
    const call *c = ctx;
    return kw_app_row_add(tx, &c->row, err);
}

static kw_status set(kw_tx *tx, void *ctx, kw_error *err)
{
    const call *c = ctx;
    return kw_app_row_set(tx, c->row.id, c->row.policy, err);
}

static kw_status take_away(kw_tx *tx, void *ctx, kw_error *err)
{
    const call *c = ctx;
    return kw_app_row_remove(tx, c->row.id, err);
}

static kw_status use(kw_tx *tx, void *ctx, kw_error *err)
{
    const call *c = ctx;
    return kw_app_row_use(tx, c->row.id, c->uses_max, err);
}

static kw_status see(void *ctx, const kw_app_row *row, kw_error *err)
{
    KW_UNUSED(err);
    call *c = ctx;
    size_t len = strlen(c->seen);
    (void)snprintf(c->seen + len, sizeof c->seen - len, "%.*s=%.*s,%d,%d ", KW_STR_ARG(row->id),
                   KW_STR_ARG(row->policy), (int)row->uses, (int)row->registered_at);
    return KW_OK;
}

static kw_status each(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    c->seen[0] = '\0';
    return kw_app_row_each(tx, c->page, see, c, err);
}

static void put(call *c, const char *id, const char *policy, int64_t at)
{
    c->row = (kw_app_row){kw_str_of(id), kw_str_of(policy), .registered_at = at};
    EXPECT_OK(kw_store_write(c->store, add, c, NULL));
}

static void expect_rows(call *c, const char *wanted)
{
    EXPECT_OK(kw_store_read(c->store, each, c, NULL));
    assert_string_equal(c->seen, wanted);
}

static void app_rows__are_added_changed_and_removed(void **state)
{
    call c = call_of(state);
    put(&c, "b", "p", 7);
    put(&c, "a", "q", 8);
    expect_rows(&c, "a=q,0,8 b=p,0,7 ");
    EXPECT_STATUS(kw_store_write(c.store, add, &c, NULL), KW_CONFLICT);
    c.row.policy = KW_STR("r");
    EXPECT_OK(kw_store_write(c.store, set, &c, NULL));
    expect_rows(&c, "a=r,0,8 b=p,0,7 ");
    EXPECT_OK(kw_store_write(c.store, take_away, &c, NULL));
    expect_rows(&c, "b=p,0,7 ");
    EXPECT_STATUS(kw_store_write(c.store, take_away, &c, NULL), KW_NOT_FOUND);
    EXPECT_STATUS(kw_store_write(c.store, set, &c, NULL), KW_NOT_FOUND);
    c.row.uses = 5; /* of one that comes out of a backup */
    EXPECT_OK(kw_store_write(c.store, add, &c, NULL));
    expect_rows(&c, "a=r,5,8 b=p,0,7 ");
    kw_store_free(c.store);
}

static void app_rows__come_in_pages(void **state)
{
    call c = call_of(state);
    put(&c, "a", "p", 1);
    put(&c, "b", "p", 2);
    put(&c, "c", "p", 3);
    c.page = (kw_app_row_page){KW_STR("a"), 1};
    expect_rows(&c, "b=p,0,2 ");
    c.page.after_id = KW_STR("c");
    expect_rows(&c, "");
    kw_store_free(c.store);
}

static void app_row_use__counts_up_to_the_maximum(void **state)
{
    call c = call_of(state);
    c.uses_max = 2;
    put(&c, "a", "p", 1);
    put(&c, "b", "p", 1);
    EXPECT_OK(kw_store_write(c.store, use, &c, NULL));
    EXPECT_OK(kw_store_write(c.store, use, &c, NULL));
    EXPECT_STATUS(kw_store_write(c.store, use, &c, NULL), KW_LIMIT);
    expect_rows(&c, "a=p,0,1 b=p,2,1 ");
    c.row.policy = KW_STR("q");
    EXPECT_OK(kw_store_write(c.store, set, &c, NULL)); /* what is counted stays */
    c.uses_max = 3;
    EXPECT_OK(kw_store_write(c.store, use, &c, NULL));
    expect_rows(&c, "a=p,0,1 b=q,3,1 ");
    c.row.id = KW_STR("c");
    EXPECT_STATUS(kw_store_write(c.store, use, &c, NULL), KW_NOT_FOUND);
    kw_store_free(c.store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(app_rows__are_added_changed_and_removed),
        cmocka_unit_test(app_rows__come_in_pages),
        cmocka_unit_test(app_row_use__counts_up_to_the_maximum),
    };
    return STORES_RUN_ON_BOTH(tests);
}
