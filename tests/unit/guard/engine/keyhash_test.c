/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/engine/keyhash.h"

#include "support/expect.h"

/* The first and the fifteenth vector of appendix A of the SipHash paper and its reference code:
 * key 00..0f, message 00..len-1. */
static void keyhash__matches_the_published_vectors(void **state)
{
    (void)state;
    const uint64_t seed[2] = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
    uint8_t message[15];
    for (size_t i = 0; i < sizeof message; i++) {
        message[i] = (uint8_t)i;
    }
    assert_true(kw_keyhash(seed, (kw_span){0}) == 0x726fdb47dd0e0e31);
    assert_true(kw_keyhash(seed, (kw_span){message, 8}) == 0x93f5f5799a932462);
    assert_true(kw_keyhash(seed, KW_SPAN(message)) == 0xa129ca6149be45e5);
}

static void keyhash__differs_by_seed_and_length(void **state)
{
    (void)state;
    const uint64_t a[2] = {1, 2};
    const uint64_t b[2] = {1, 3};
    const uint8_t zeros[9] = {0};
    assert_true(kw_keyhash(a, KW_SPAN(zeros)) != kw_keyhash(b, KW_SPAN(zeros)));
    for (size_t len = 1; len <= sizeof zeros; len++) {
        assert_true(kw_keyhash(a, (kw_span){zeros, len}) !=
                    kw_keyhash(a, (kw_span){zeros, len - 1}));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keyhash__matches_the_published_vectors),
        cmocka_unit_test(keyhash__differs_by_seed_and_length),
    };
    return cmocka_run_group_tests_name("guard/engine/keyhash", tests, NULL, NULL);
}
