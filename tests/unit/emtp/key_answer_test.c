/* SPDX-License-Identifier: Apache-2.0
 * Answers are made once and shared; what they hold is compared with what was sealed. */
#include "emtp/key_answer.h"

#include "base/heap.h"
#include "emtp/engine/manifest.h"
#include "emtp/schema.h"
#include "support/emtp_world.h"
#include "support/expect.h"

typedef struct call {
    emtp_world *world;
    kw_emtp_rule rule;
    kw_emtp_key_list *list;
    kw_unix_s now;
    bool allow_test_key;
    kw_emtp_key_answer *answer;
    kw_secret_bytes json;
} call;

/* The two keys of a first start at that moment, each with bytes of its index. */
static kw_status add_keys(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    kw_emtp_key_info missing[KW_EMTP_MISSING_MAX];
    c->list->count = kw_emtp_keys_missing(missing, &c->rule, (kw_emtp_keys){0}, c->now, 0);
    for (size_t i = 0; i < c->list->count; i++) {
        uint8_t public_bytes[32];
        memset(public_bytes, (int)i + 1, sizeof public_bytes);
        KW_AUTO(kw_secret_bytes) secret = kw_secret_bytes_init(32);
        KW_TRY(kw_secret_bytes_append(&secret, kw_secret_span_of(KW_SPAN(public_bytes))));
        KW_TRY(kw_emtp_key_rows_add(tx, c->world->sealer, &missing[i], &secret, err));
        c->list->items[i] = missing[i];
    }
    return KW_OK;
}

static kw_emtp_key_opener opener_of(const call *c)
{
    return (kw_emtp_key_opener){.sealer = c->world->sealer, .allow_test_key = c->allow_test_key};
}

static kw_status make_answer(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    kw_emtp_answer_source source = {.opener = opener_of(c), .rule = &c->rule, .keys = c->list};
    return kw_emtp_key_answer_new(tx, &c->answer, &source, c->now, err);
}

static kw_status render(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    kw_emtp_key_opener opener = opener_of(c);
    return kw_emtp_manifest_render(tx, &c->json, &opener, &c->list->items[0], err);
}

static call call_of(emtp_world *world, void **state)
{
    emtp_world_make(world, state, "2026-01-10T08:00:00Z");
    EXPECT_OK(kw_store_migrate(world->store, KW_EMTP_AREA, kw_emtp_migrations,
                               kw_emtp_migrations_count, NULL));
    call c = {.world = world,
              .rule = {.cadence = KW_EMTP_MONTHLY, .overlap = 1},
              .list = kw_heap_new(1, sizeof *c.list),
              .now = emtp_world_now(world)};
    assert_non_null(c.list);
    EXPECT_OK(kw_store_write(world->store, add_keys, &c, NULL));
    c.list->change = 41;
    return c;
}

static void call_drop(call *c)
{
    kw_emtp_key_answer_release(c->answer);
    kw_secret_bytes_drop(&c->json);
    kw_heap_free(c->list);
    emtp_world_remove(c->world);
}

static void key_answer_new__renders_the_served_keys(void **state)
{
    emtp_world world;
    call c = call_of(&world, state);
    EXPECT_OK(kw_store_read(world.store, make_answer, &c, NULL));
    assert_string_equal(c.answer->kids, "2026-01 2025-12");
    assert_true(kw_str_ends_with(kw_str_of(c.answer->etag), KW_STR("-41")));
    assert_int_equal(c.answer->until, moment("2026-02-01T00:00:00Z"));
    KW_AUTO(kw_emtp_key_set) set = {.count = 0};
    EXPECT_OK(kw_emtp_key_set_decode(&set, kw_secret_bytes_view(&c.answer->body), 0, NULL));
    assert_int_equal(set.count, 2);
    uint8_t twos[32];
    memset(twos, 2, sizeof twos);
    kw_secret32 wanted;
    EXPECT_OK(kw_secret32_of(&wanted, kw_secret_span_of(KW_SPAN(twos))));
    assert_true(kw_declassify_mask(kw_secret32_equal(&set.items[0].key, &wanted), "a test"));
    call_drop(&c);
}

/* No byte of a key goes into the ETag: other keys with the same names have the same one. */
static void key_answer_new__tags_names_and_changes_only(void **state)
{
    emtp_world world;
    call c = call_of(&world, state);
    EXPECT_OK(kw_store_read(world.store, make_answer, &c, NULL));
    kw_emtp_key_answer *first = c.answer;
    c.list->change = 42;
    EXPECT_OK(kw_store_read(world.store, make_answer, &c, NULL));
    assert_string_not_equal(first->etag, c.answer->etag);
    assert_memory_equal(first->etag, c.answer->etag, 16);
    kw_emtp_key_answer_release(first);
    call_drop(&c);
}

static void key_answer__lives_until_the_last_release(void **state)
{
    emtp_world world;
    call c = call_of(&world, state);
    EXPECT_OK(kw_store_read(world.store, make_answer, &c, NULL));
    kw_emtp_key_answer_retain(c.answer);
    kw_emtp_key_answer_release(c.answer);
    assert_string_equal(c.answer->kids, "2026-01 2025-12"); /* still ours */
    kw_emtp_key_answer_release(NULL);
    call_drop(&c);
}

static void key_answer_new__fails_without_the_sealed_bytes(void **state)
{
    emtp_world world;
    call c = call_of(&world, state);
    kw_error err = {0};
    stores_write(world.store, "DELETE FROM store_sealed WHERE object_id = '2025-12'");
    EXPECT_STATUS(kw_store_read(world.store, make_answer, &c, &err), KW_NOT_FOUND);
    assert_int_equal(err.status, KW_NOT_FOUND);
    assert_null(c.answer);
    EXPECT_STATUS(kw_store_read(world.store, render, &c, &err), KW_NOT_FOUND);
    call_drop(&c);
}

static void manifest_render__writes_one_key(void **state)
{
    emtp_world world;
    call c = call_of(&world, state);
    EXPECT_OK(kw_store_read(world.store, render, &c, NULL));
    KW_AUTO(kw_emtp_manifest) manifest = {0};
    EXPECT_OK(kw_emtp_manifest_decode(&manifest, kw_secret_bytes_view(&c.json), 0, NULL));
    assert_string_equal(manifest.kid.text, "2025-12");
    call_drop(&c);
}

/* Puts the published key where the first key's own bytes were. */
static kw_status plant_test_key(kw_tx *tx, void *ctx, kw_error *err)
{
    call *c = ctx;
    KW_AUTO(kw_secret32) published = {0};
    KW_AUTO(kw_secret_bytes) bytes = kw_secret_bytes_init(sizeof published);
    kw_emtp_test_key(&published);
    KW_TRY(kw_secret_bytes_append(&bytes, kw_secret32_view(&published)));
    KW_TRY(kw_emtp_key_rows_erase(tx, &c->list->items[0], err));
    kw_seal_place place = {.tenant = KW_STR("root"),
                           .table = KW_STR("emtp_keys"),
                           .object_id = kw_emtp_kid_text(&c->list->items[0].kid),
                           .version = 1};
    return kw_seal_put(tx, c->world->sealer, &place, &bytes, err);
}

/* Whatever the kid says: the bytes count. */
static void key_answer_new__refuses_the_test_key_unless_allowed(void **state)
{
    emtp_world world;
    call c = call_of(&world, state);
    kw_error err = {0};
    EXPECT_OK(kw_store_write(world.store, plant_test_key, &c, NULL));
    EXPECT_STATUS(kw_store_read(world.store, make_answer, &c, &err), KW_REFUSED);
    assert_non_null(strstr(err.text, "2025-12 is the published test key"));
    assert_non_null(strstr(err.text, "emtp.test_key"));
    assert_null(c.answer);
    EXPECT_STATUS(kw_store_read(world.store, render, &c, NULL), KW_REFUSED);
    kw_secret_bytes_drop(&c.json);
    c.allow_test_key = true;
    EXPECT_OK(kw_store_read(world.store, make_answer, &c, NULL));
    EXPECT_OK(kw_store_read(world.store, render, &c, NULL));
    call_drop(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_answer_new__renders_the_served_keys),
        cmocka_unit_test(key_answer_new__tags_names_and_changes_only),
        cmocka_unit_test(key_answer__lives_until_the_last_release),
        cmocka_unit_test(key_answer_new__fails_without_the_sealed_bytes),
        cmocka_unit_test(manifest_render__writes_one_key),
        cmocka_unit_test(key_answer_new__refuses_the_test_key_unless_allowed),
    };
    return cmocka_run_group_tests_name("emtp/key_answer", tests, stores_setup_sqlite,
                                       stores_teardown);
}
