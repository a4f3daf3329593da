/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/state.h"

#include "crypto/hash.h"

#include "support/expect.h"
#include "support/guard.h"

static guard_world world;

static kw_guard_ports ports_of(void)
{
    return (kw_guard_ports){
        .store = world.store, .sealer = world.sealer, .clock = &world.clock, .rng = &world.rng};
}

static void guard_keys_load__makes_keys_once(void **state)
{
    (void)state;
    guard_world_make(&world);
    kw_guard_ports ports = ports_of();
    kw_error err = {0};
    kw_hash32 tags[3];
    kw_ed25519_public audit[3];
    static const char *const nodes[] = {"n1", "n1", "n2"};
    for (size_t i = 0; i < KW_COUNT(nodes); i++) {
        kw_guard_keys *keys = NULL;
        EXPECT_OK(kw_guard_keys_load(&keys, &ports, kw_str_of(nodes[i]), &err));
        kw_hmac_key_tag(&keys->pepper, &tags[i], kw_span_of_str(KW_STR("text")));
        audit[i] = keys->audit.public_half;
        kw_guard_keys_free(keys);
    }
    assert_true(kw_hash32_equal(&tags[0], &tags[1])); /* one pepper for all nodes of a store */
    assert_true(kw_hash32_equal(&tags[0], &tags[2]));
    assert_memory_equal(&audit[0], &audit[1], sizeof audit[0]);
    assert_memory_not_equal(&audit[0], &audit[2], sizeof audit[0]); /* an audit key for each */
    kw_guard_keys_free(NULL);
    guard_world_remove(&world);
}

static void guard_keys_load__needs_sealer_and_entropy(void **state)
{
    (void)state;
    guard_world_make(&world);
    kw_guard_ports ports = ports_of();
    ports.sealer = NULL;
    kw_guard_keys *keys = NULL;
    kw_error err = {0};
    EXPECT_STATUS(kw_guard_keys_load(&keys, &ports, KW_STR("n1"), &err), KW_SEALED);
    ports = ports_of();
    world.rng_state.requests = 0;
    world.rng_state.fail_after = 1;
    EXPECT_STATUS(kw_guard_keys_load(&keys, &ports, KW_STR("n9"), &err), KW_ENTROPY_FAILURE);
    assert_null(keys);
    guard_world_remove(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guard_keys_load__makes_keys_once),
        cmocka_unit_test(guard_keys_load__needs_sealer_and_entropy),
    };
    return cmocka_run_group_tests_name("guard/secrets", tests, NULL, NULL);
}
