/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/participant_rows.h"

#include "emtp/schema.h"
#include "support/expect.h"
#include "support/stores.h"

#include <stdio.h>

typedef struct call {
    kw_store *store;
    kw_arena arena;
    kw_emtp_participant_row row;
    kw_emtp_nurl nurl;
    kw_str after;
    size_t most;
    char seen[256];
} call;

static call call_of(void **state)
{
    kw_store_options options = stores_fresh(*state);
    call c = {.store = stores_open(&options), .arena = kw_arena_init(65536), .most = 10};
    EXPECT_OK(kw_store_migrate(c.store, KW_EMTP_AREA, kw_emtp_migrations, kw_emtp_migrations_count,
                               NULL));
    return c;
}

static void call_drop(call *c)
{
    kw_arena_drop(&c->arena);
    kw_store_free(c->store);
}

static kw_status put(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    return kw_emtp_participant_put(tx, &c->row, err);
}

static kw_status get(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    return kw_emtp_participant_get(tx, &c->row, KW_STR("b"), &c->arena, err);
}

static kw_status see(void *ctx, const kw_emtp_participant_row *row, kw_error *err)
{
    KW_UNUSED(err);
    call *c = ctx;
    size_t len = strlen(c->seen);
    (void)snprintf(c->seen + len, sizeof c->seen - len, "%.*s ", KW_STR_ARG(row->id));
    return KW_OK;
}

static kw_status each(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    c->seen[0] = '\0';
    return kw_emtp_participant_each(tx, c->after, c->most, see, c, err);
}

static void put_row(call *c, const char *id, const char *role, const char *hosts)
{
    c->row = (kw_emtp_participant_row){kw_str_of(id), kw_str_of(role), kw_str_of(hosts)};
    EXPECT_OK(kw_store_write(c->store, put, c, NULL));
}

static void participant__is_put_replaced_and_listed(void **state)
{
    call c = call_of(state);
    EXPECT_STATUS(kw_store_read(c.store, get, &c, NULL), KW_NOT_FOUND);
    put_row(&c, "b", "payer", "a.example");
    put_row(&c, "b", "hub", "b.example c.example");
    put_row(&c, "a", "", "");
    put_row(&c, "c", "", "");
    EXPECT_OK(kw_store_read(c.store, get, &c, NULL));
    EXPECT_STR(c.row.role, "hub");
    EXPECT_STR(c.row.hosts, "b.example c.example");
    EXPECT_OK(kw_store_read(c.store, each, &c, NULL));
    assert_string_equal(c.seen, "a b c ");
    c.after = KW_STR("a");
    c.most = 1;
    EXPECT_OK(kw_store_read(c.store, each, &c, NULL));
    assert_string_equal(c.seen, "b ");
    call_drop(&c);
}

static kw_status put_receiver(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    return kw_emtp_receiver_put(tx, c->row.id, &c->nurl, err);
}

static kw_status remove_receivers(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    return kw_emtp_receiver_remove(tx, c->row.id, err);
}

static kw_status see_receiver(void *ctx, kw_str participant, const kw_emtp_nurl *nurl,
                              kw_error *err)
{
    KW_UNUSED(err);
    call *c = ctx;
    size_t len = strlen(c->seen);
    (void)snprintf(c->seen + len, sizeof c->seen - len, "%.*s:%.*s=%.*s ", KW_STR_ARG(participant),
                   KW_STR_ARG(nurl->name), KW_STR_ARG(nurl->url));
    return KW_OK;
}

static kw_status each_receiver(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    c->seen[0] = '\0';
    return kw_emtp_receiver_each(tx, see_receiver, c, err);
}

static void put_nurl(call *c, const char *participant, const char *name, const char *url)
{
    c->row.id = kw_str_of(participant);
    c->nurl = (kw_emtp_nurl){kw_str_of(name), kw_str_of(url)};
    EXPECT_OK(kw_store_write(c->store, put_receiver, c, NULL));
}

static void receiver__has_one_url_for_each_name(void **state)
{
    call c = call_of(state);
    put_nurl(&c, "a", "keys", "https://1/");
    put_nurl(&c, "b", "keys", "https://2/");
    put_nurl(&c, "a", "match", "https://3/");
    put_nurl(&c, "a", "keys", "https://4/");
    EXPECT_OK(kw_store_read(c.store, each_receiver, &c, NULL));
    assert_string_equal(c.seen, "a:keys=https://4/ a:match=https://3/ b:keys=https://2/ ");
    c.row.id = KW_STR("a");
    EXPECT_OK(kw_store_write(c.store, remove_receivers, &c, NULL));
    EXPECT_OK(kw_store_write(c.store, remove_receivers, &c, NULL)); /* none is no error */
    EXPECT_OK(kw_store_read(c.store, each_receiver, &c, NULL));
    assert_string_equal(c.seen, "b:keys=https://2/ ");
    call_drop(&c);
}

static kw_status stop(void *ctx, const kw_emtp_participant_row *row, kw_error *err)
{
    KW_UNUSED(ctx);
    KW_UNUSED(row);
    return kw_fail(err, KW_FORBIDDEN, "enough");
}

static kw_status each_until_stopped(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    return kw_emtp_participant_each(tx, c->after, c->most, stop, c, err);
}

static void participant_each__ends_with_its_visitor(void **state)
{
    call c = call_of(state);
    EXPECT_OK(kw_store_read(c.store, each_until_stopped, &c, NULL)); /* nobody to visit */
    put_row(&c, "a", "", "");
    EXPECT_STATUS(kw_store_read(c.store, each_until_stopped, &c, NULL), KW_FORBIDDEN);
    call_drop(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(participant__is_put_replaced_and_listed),
        cmocka_unit_test(receiver__has_one_url_for_each_name),
        cmocka_unit_test(participant_each__ends_with_its_visitor),
    };
    return STORES_RUN_ON_BOTH(tests);
}
