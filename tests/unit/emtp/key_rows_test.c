/* SPDX-License-Identifier: Apache-2.0
 * Keys in the store: descriptions and sealed bytes go together. */
#include "emtp/key_rows.h"

#include "base/heap.h"
#include "crypto/secret.h"
#include "emtp/schema.h"
#include "support/emtp_world.h"
#include "support/expect.h"

#include <stdio.h>

#define START ((kw_unix_s)1767225600) /* 2026-01-01T00:00:00Z */

typedef struct call {
    emtp_world *world;
    kw_emtp_key_info key;
    kw_emtp_key_list *list;
    kw_secret_bytes bytes;
    int64_t known;
    kw_unix_s now;
} call;

static call call_of(emtp_world *world, void **state)
{
    emtp_world_make(world, state, "2026-01-10T08:00:00Z");
    EXPECT_OK(kw_store_migrate(world->store, KW_EMTP_AREA, kw_emtp_migrations,
                               kw_emtp_migrations_count, NULL));
    call c = {.world = world, .list = kw_heap_new(1, sizeof *c.list), .now = START};
    assert_non_null(c.list);
    assert_true(kw_emtp_kid_of_text(&c.key.kid, KW_STR("2026-01")));
    c.key.window = (kw_emtp_window){START, START + 100};
    c.key.expires_at = START + 200;
    return c;
}

static void call_drop(call *c)
{
    kw_secret_bytes_drop(&c->bytes);
    kw_heap_free(c->list);
    emtp_world_remove(c->world);
}

static kw_status add(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    uint8_t public_bytes[32] = {9};
    KW_AUTO(kw_secret_bytes) secret = kw_secret_bytes_init(32);
    KW_TRY(kw_secret_bytes_append(&secret, kw_secret_span_of(KW_SPAN(public_bytes))));
    return kw_emtp_key_rows_add(tx, c->world->sealer, &c->key, &secret, err);
}

static kw_status update(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    return kw_emtp_key_rows_update(tx, &c->key, err);
}

static kw_status erase(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    return kw_emtp_key_rows_erase(tx, &c->key, err);
}

static kw_status open_key(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    c->bytes = kw_secret_bytes_init(64);
    return kw_emtp_key_rows_open(tx, c->world->sealer, &c->bytes, &c->key, err);
}

static kw_status find(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    return kw_emtp_key_rows_find(tx, &c->key, KW_STR("2026-01"), err);
}

static kw_status load(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    return kw_emtp_key_rows_load(tx, c->list, c->now, err);
}

static kw_status bump(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    return kw_emtp_key_rows_bump(tx, c->known, err);
}

static void key_rows__keep_a_kid_for_ever_and_its_bytes_until_revoked(void **state)
{
    emtp_world world;
    call c = call_of(&world, state);
    EXPECT_OK(kw_store_write(world.store, add, &c, NULL));
    EXPECT_STATUS(kw_store_write(world.store, add, &c, NULL), KW_CONFLICT);
    EXPECT_OK(kw_store_read(world.store, open_key, &c, NULL));
    assert_int_equal(c.bytes.len, 32);
    kw_secret_bytes_drop(&c.bytes);
    c.key.revoked_at = START + 5;
    EXPECT_OK(kw_store_write(world.store, update, &c, NULL));
    EXPECT_STATUS(kw_store_read(world.store, open_key, &c, NULL), KW_NOT_FOUND);
    c.key.revoked_at = 0;
    EXPECT_OK(kw_store_read(world.store, find, &c, NULL));
    assert_int_equal(c.key.revoked_at, START + 5);
    EXPECT_STATUS(kw_store_write(world.store, add, &c, NULL), KW_CONFLICT);
    EXPECT_OK(kw_store_write(world.store, erase, &c, NULL)); /* they are gone already */
    call_drop(&c);
}

static void key_rows_load__leaves_out_what_is_over(void **state)
{
    emtp_world world;
    call c = call_of(&world, state);
    EXPECT_OK(kw_store_read(world.store, load, &c, NULL));
    assert_int_equal(c.list->count, 0);
    assert_int_equal(c.list->change, 0);
    EXPECT_OK(kw_store_write(world.store, add, &c, NULL));
    c.now = START + 199;
    EXPECT_OK(kw_store_read(world.store, load, &c, NULL));
    assert_int_equal(c.list->count, 1);
    c.now = START + 200;
    EXPECT_OK(kw_store_read(world.store, load, &c, NULL));
    assert_int_equal(c.list->count, 0);
    c.key.is_listed = true; /* its row still stands in the stream */
    EXPECT_OK(kw_store_write(world.store, update, &c, NULL));
    EXPECT_OK(kw_store_read(world.store, load, &c, NULL));
    assert_int_equal(c.list->count, 1);
    assert_true(c.list->items[0].is_listed);
    call_drop(&c);
}

static void key_rows_bump__moves_one_step_from_what_is_known(void **state)
{
    emtp_world world;
    call c = call_of(&world, state);
    EXPECT_OK(kw_store_write(world.store, bump, &c, NULL));
    EXPECT_STATUS(kw_store_write(world.store, bump, &c, NULL), KW_CONFLICT);
    c.known = 1;
    EXPECT_OK(kw_store_write(world.store, bump, &c, NULL));
    EXPECT_STATUS(kw_store_write(world.store, bump, &c, NULL), KW_CONFLICT);
    EXPECT_OK(kw_store_read(world.store, load, &c, NULL));
    assert_int_equal(c.list->change, 2);
    call_drop(&c);
}

static void key_rows__refuse_what_is_not_there_or_altered(void **state)
{
    emtp_world world;
    call c = call_of(&world, state);
    EXPECT_STATUS(kw_store_read(world.store, find, &c, NULL), KW_NOT_FOUND);
    EXPECT_STATUS(kw_store_write(world.store, update, &c, NULL), KW_NOT_FOUND);
    EXPECT_STATUS(kw_store_read(world.store, open_key, &c, NULL), KW_NOT_FOUND);
    EXPECT_OK(kw_store_write(world.store, add, &c, NULL));
    stores_write(world.store, "UPDATE emtp_keys SET kid = 'a b'");
    EXPECT_STATUS(kw_store_read(world.store, load, &c, NULL), KW_CORRUPT);
    stores_write(world.store, "UPDATE store_sealed SET object_id = 'other'"
                              " WHERE kind = 'emtp_keys'");
    assert_true(kw_emtp_kid_of_text(&c.key.kid, KW_STR("other"))); /* moved: does not open */
    EXPECT_STATUS(kw_store_read(world.store, open_key, &c, NULL), KW_CORRUPT);
    call_drop(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_rows__keep_a_kid_for_ever_and_its_bytes_until_revoked),
        cmocka_unit_test(key_rows_load__leaves_out_what_is_over),
        cmocka_unit_test(key_rows_bump__moves_one_step_from_what_is_known),
        cmocka_unit_test(key_rows__refuse_what_is_not_there_or_altered),
    };
    return STORES_RUN_ON_BOTH(tests);
}
