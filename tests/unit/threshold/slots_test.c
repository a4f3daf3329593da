/* SPDX-License-Identifier: Apache-2.0
 * What every place of slots shares: random ids and values, and nothing made when there are none. */
#include "threshold/slots.h"

#include "support/expect.h"
#include "support/seeded_rng.h"

/* A place of one slot. */
typedef struct one_slot {
    bool is_there;
    bool is_freed;
    kw_hash32 id;
    kw_secret32 value;
} one_slot;

static kw_status make(void *ctx, const kw_hash32 *id, const kw_secret32 *value, kw_error *err)
{
    one_slot *slot = ctx;
    KW_REQUIRE(!slot->is_there, err, KW_NO_SPACE, "full");
    *slot = (one_slot){.is_there = true, .id = *id, .value = *value};
    return KW_OK;
}

static kw_status get(void *ctx, kw_secret32 *out, const kw_hash32 *id, kw_error *err)
{
    const one_slot *slot = ctx;
    bool is_it = slot->is_there && memcmp(slot->id.bytes, id->bytes, sizeof id->bytes) == 0;
    KW_REQUIRE(is_it, err, KW_NOT_FOUND, "no such slot");
    *out = slot->value;
    return KW_OK;
}

static kw_status destroy(void *ctx, const kw_hash32 *id, kw_error *err)
{
    KW_UNUSED(id);
    KW_UNUSED(err);
    *(one_slot *)ctx = (one_slot){0};
    return KW_OK;
}

static kw_status list(void *ctx, kw_slot_ids *out, kw_error *err)
{
    KW_UNUSED(ctx);
    KW_UNUSED(out);
    return kw_fail(err, KW_UNAVAILABLE, "this place cannot tell");
}

static void mark_freed(void *ctx)
{
    one_slot *slot = ctx;
    slot->is_freed = true;
}

static const kw_slots_ops ops = {"hardware", make, get, destroy, list, mark_freed};

static void make__gives_what_get_finds(void **state)
{
    KW_UNUSED(state);
    seeded_rng rng = {.seed = 1};
    kw_rng port = seeded_rng_port(&rng);
    one_slot place = {0};
    KW_AUTO_PTR(kw_slots) slots = NULL;
    EXPECT_OK(kw_slots_new(&slots, &ops, &place, &port, NULL));
    EXPECT_STR(kw_str_of(kw_slots_erasure(slots)), "hardware");
    kw_hash32 id = {{0}};
    KW_AUTO(kw_secret32) made = {0};
    KW_AUTO(kw_secret32) found = {0};
    EXPECT_OK(kw_slots_make(slots, &id, &made, NULL));
    EXPECT_OK(kw_slots_get(slots, &found, &id, NULL));
    assert_true(kw_declassify_mask(kw_secret32_equal(&made, &found), "a test knows both"));
    kw_error err = {0};
    EXPECT_STATUS(kw_slots_make(slots, &id, &made, &err), KW_NO_SPACE);
    EXPECT_STR(kw_str_of(err.text), "full: while making a slot");
    EXPECT_OK(kw_slots_destroy(slots, &id, NULL));
    EXPECT_STATUS(kw_slots_get(slots, &found, &id, NULL), KW_NOT_FOUND);
    kw_slot_ids ids = {0};
    EXPECT_STATUS(kw_slots_list(slots, &ids, NULL), KW_UNAVAILABLE);
    kw_slots_free(slots);
    slots = NULL;
    assert_true(place.is_freed);
}

static void make__without_random_bytes_makes_nothing(void **state)
{
    KW_UNUSED(state);
    for (uint64_t drawn = 0; drawn < 2; drawn++) {
        /* The id fails, or the value alone. */
        seeded_rng rng = {.seed = 1, .requests = 1 - drawn, .fail_after = 1};
        kw_rng port = seeded_rng_port(&rng);
        one_slot place = {0};
        KW_AUTO_PTR(kw_slots) slots = NULL;
        EXPECT_OK(kw_slots_new(&slots, &ops, &place, &port, NULL));
        kw_hash32 id = {{0}};
        KW_AUTO(kw_secret32) made = {0};
        kw_error err = {0};
        EXPECT_STATUS(kw_slots_make(slots, &id, &made, &err), KW_ENTROPY_FAILURE);
        assert_int_equal(err.status, KW_ENTROPY_FAILURE);
        assert_false(place.is_there);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(make__gives_what_get_finds),
        cmocka_unit_test(make__without_random_bytes_makes_nothing),
    };
    return cmocka_run_group_tests_name("threshold/slots", tests, NULL, NULL);
}
