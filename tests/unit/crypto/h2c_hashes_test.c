/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/h2c_hashes.h"

#include "crypto/hash.h"
#include "crypto/keccak.h"
#include "support/expect.h"

static kw_hash32 run(const kw_h2c_hash *hash, kw_span bytes, size_t cut)
{
    kw_h2c_state state;
    kw_hash32 out;
    hash->init(&state);
    hash->update(&state, (kw_span){bytes.ptr, cut});
    hash->update(&state, (kw_span){bytes.ptr + cut, bytes.len - cut});
    hash->final(&state, &out);
    return out;
}

static void hashes__are_the_ones_they_are_named_for(void **state)
{
    (void)state;
    uint8_t bytes[300];
    memset(bytes, 0x5a, sizeof bytes);
    kw_hash32 sha256;
    kw_hash32 keccak256;
    kw_sha256(&sha256, KW_SPAN(bytes));
    kw_keccak256(&keccak256, KW_SPAN(bytes));
    assert_false(kw_hash32_equal(&sha256, &keccak256));
    for (size_t cut = 0; cut <= sizeof bytes; cut += 50) {
        kw_hash32 got = run(&kw_h2c_sha256, KW_SPAN(bytes), cut);
        assert_true(kw_hash32_equal(&got, &sha256));
        got = run(&kw_h2c_keccak256, KW_SPAN(bytes), cut);
        assert_true(kw_hash32_equal(&got, &keccak256));
    }
    assert_int_equal(kw_h2c_sha256.block_bytes, 64);
    assert_int_equal(kw_h2c_keccak256.block_bytes, 136);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes__are_the_ones_they_are_named_for),
    };
    return cmocka_run_group_tests_name("crypto/h2c_hashes", tests, NULL, NULL);
}
