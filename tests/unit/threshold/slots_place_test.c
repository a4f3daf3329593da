/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/slots_place.h"

#include "os/file.h"
#include "support/expect.h"
#include "support/seeded_rng.h"
#include "support/softhsm.h"
#include "threshold/slots_file.h"

#include <stdio.h>

/* A token, and the configuration of an operator that has its slots there. */
typedef struct desk {
    softhsm soft;
    tempdir_path folder;
    seeded_rng seed;
    kw_rng rng;
    kw_threshold_config config;
    kw_slots_place place;
    kw_slots_owner owner;
} desk;

static desk d;

static int make(void **state)
{
    (void)state;
    d = (desk){.soft = softhsm_make(), .seed = {.seed = 4}};
    softhsm_add(&d.soft, "slots");
    d.folder = tempdir_join(&d.soft.dir, "folder");
    d.rng = seeded_rng_port(&d.seed);
    d.config = (kw_threshold_config){.cluster_file = KW_STR("cluster.json"),
                                     .slots = KW_SLOTS_ON_TOKEN,
                                     .slots_dir = kw_str_of(d.folder.text),
                                     .pkcs11_module = KW_STR(SOFTHSM_MODULE),
                                     .pkcs11_label = KW_STR("slots"),
                                     .pkcs11_pin_file = kw_str_of(d.soft.pin.text)};
    d.owner = (kw_slots_owner){.cluster_id = {{0x11}}, .address = {{0x22}}};
    return 0;
}

static int drop(void **state)
{
    (void)state;
    kw_slots_place_drop(&d.place);
    softhsm_drop(&d.soft);
    return 0;
}

static kw_slots *take(const kw_slots_place *place)
{
    kw_slots *slots = NULL;
    EXPECT_OK(kw_slots_place_take(place, &slots, &d.owner, &d.rng, NULL));
    return slots;
}

/* What holds of slots wherever they are: one process has them, another may look. */
static void expect_one_owner(const char *erasure)
{
    KW_AUTO(kw_secret32) made = {0};
    KW_AUTO(kw_secret32) found = {0};
    kw_slots *second = NULL;
    kw_hash32 id;
    EXPECT_OK(kw_slots_place_open(&d.place, &d.config, NULL));
    kw_slots *slots = take(&d.place);
    EXPECT_STR(kw_str_of(kw_slots_erasure(slots)), erasure);
    EXPECT_OK(kw_slots_make(slots, &id, &made, NULL));
    EXPECT_STATUS(kw_slots_place_take(&d.place, &second, &d.owner, &d.rng, NULL), KW_BUSY);
    EXPECT_OK(kw_slots_place_peek(&d.place, &found, &d.owner, &id, NULL));
    assert_true(kw_declassify_mask(kw_secret32_equal(&found, &made), "a test knows both"));
    EXPECT_OK(kw_slots_destroy(slots, &id, NULL));
    EXPECT_STATUS(kw_slots_place_peek(&d.place, &found, &d.owner, &id, NULL), KW_NOT_FOUND);
    kw_slots_free(slots);
    kw_slots_free(take(&d.place)); /* let go */
}

static void slots__of_a_folder_are_files(void **state)
{
    (void)state;
    d.config.slots = KW_SLOTS_IN_FOLDER;
    d.config.pkcs11_module = KW_STR("/nowhere.so"); /* is not asked */
    expect_one_owner("best-effort");
}

static void slots__of_a_token_are_objects(void **state)
{
    (void)state;
    expect_one_owner("hardware");
}

static kw_status count_name(void *ctx, kw_str name)
{
    size_t *count = ctx;
    *count += name.len == 5 + 16 + 1 + 40 + 1 + 64;
    return KW_OK;
}

/* A vault destroys slots that it does not know: so nobody sees those of another. */
static void operators__share_a_token(void **state)
{
    (void)state;
    KW_AUTO(kw_secret32) value = {0};
    kw_hash32 id;
    size_t count = 0;
    EXPECT_OK(kw_slots_place_open(&d.place, &d.config, NULL));
    kw_slots *slots = take(&d.place);
    EXPECT_OK(kw_slots_make(slots, &id, &value, NULL));
    kw_slots_free(slots);
    const kw_slots_owner others[] = {
        {.cluster_id = {{0x11}}, .address = {{0x22, [19] = 1}}},
        {.cluster_id = {{0x11, [7] = 1}}, .address = {{0x22}}},
    };
    for (size_t i = 0; i < KW_COUNT(others); i++) {
        KW_AUTO(kw_slot_ids) ids = {0};
        EXPECT_OK(kw_slots_place_take(&d.place, &slots, &others[i], &d.rng, NULL));
        EXPECT_OK(kw_slots_list(slots, &ids, NULL));
        assert_int_equal(ids.count, 0);
        kw_slots_free(slots);
    }
    EXPECT_OK(kw_hsm_list(d.place.token, KW_STR("slot 1100000000000000 2200000000"), count_name,
                          &count, NULL));
    assert_int_equal(count, 1);
}

static void take__leaves_no_slots_in_files(void **state)
{
    (void)state;
    KW_AUTO(kw_secret32) value = {0};
    kw_slots *slots = NULL;
    kw_hash32 id;
    EXPECT_OK(kw_slots_open(&slots, d.folder.text, &d.rng, NULL));
    EXPECT_OK(kw_slots_make(slots, &id, &value, NULL));
    kw_slots_free(slots);
    EXPECT_OK(kw_slots_place_open(&d.place, &d.config, NULL));
    EXPECT_STATUS(kw_slots_place_take(&d.place, &slots, &d.owner, &d.rng, NULL), KW_CONFLICT);
}

static void expect_refused(kw_status wanted)
{
    kw_error err = {0};
    EXPECT_STATUS(kw_slots_place_open(&d.place, &d.config, &err), wanted);
    assert_int_equal(err.status, wanted);
    assert_non_null(strstr(err.text, "the token of the slots"));
    assert_null(d.place.token);
    assert_null(d.place.dir);
}

static void open__says_what_is_wrong_with_the_token(void **state)
{
    (void)state;
    d.config.pkcs11_label = KW_STR("another");
    expect_refused(KW_NOT_FOUND);
    d.config.pkcs11_label = KW_STR("slots");
    d.config.pkcs11_pin_file = KW_STR("/nowhere");
    expect_refused(KW_SEALED);
    d.config.pkcs11_pin_file = kw_str_of(d.soft.pin.text);
    EXPECT_OK(
        kw_file_write_atomic(d.soft.pin.text, kw_span_of_str(KW_STR("4321-user\n")), 0600, NULL));
    expect_refused(KW_SEALED);
    d.config.pkcs11_module = KW_STR("/nowhere.so");
    expect_refused(KW_UNAVAILABLE);
}

static void open__asks_nothing_for_a_node_that_is_no_operator(void **state)
{
    (void)state;
    d.config.cluster_file = (kw_str){0};
    d.config.pkcs11_module = KW_STR("/nowhere.so");
    EXPECT_OK(kw_slots_place_open(&d.place, &d.config, NULL));
    assert_null(d.place.token);
    assert_null(d.place.dir);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(slots__of_a_folder_are_files),
        CASE(slots__of_a_token_are_objects),
        CASE(operators__share_a_token),
        CASE(take__leaves_no_slots_in_files),
        CASE(open__says_what_is_wrong_with_the_token),
        CASE(open__asks_nothing_for_a_node_that_is_no_operator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
