/* SPDX-License-Identifier: Apache-2.0
 * The lanes themselves, also sixteen of them on a processor without AVX-512: the compiler then
 * makes the wide vectors of narrower ones. */
#define KW_HMAC_LANES 16
#include "crypto/hmac_lanes.h"

#include "support/expect.h"

typedef void (*run_lanes)(const kw_hmac_key *key, kw_hmac_group *group);

static void run_sixteen(const kw_hmac_key *key, kw_hmac_group *group)
{
    kw_lanes_hmac(key, group);
}

static uint8_t byte_at(size_t lane, size_t i)
{
    return (uint8_t)(31 * lane + 7 * i + 1);
}

/* Pads as FIPS 180-4 section 5.1.1 says, byte by byte. */
static void put_message(kw_hmac_group *group, size_t lane, size_t len)
{
    uint8_t *room = group->input[lane];
    size_t bytes = group->blocks * KW_SHA256_BLOCK_BYTES;
    uint64_t bits = 8 * (uint64_t)(len + KW_SHA256_BLOCK_BYTES);
    for (size_t i = 0; i < bytes; i++) {
        room[i] = i < len ? byte_at(lane, i) : 0;
    }
    room[len] = 0x80;
    for (size_t i = 0; i < sizeof bits; i++) {
        room[bytes - 1 - i] = (uint8_t)(bits >> (8 * i));
    }
}

static void expect_lanes(run_lanes run, size_t lanes)
{
    KW_AUTO(kw_secret32) secret = {{5}};
    KW_AUTO(kw_hmac_key) key = {0};
    kw_hmac_key_init(&key, &secret);
    for (size_t blocks = 1; blocks <= KW_HMAC_BLOCKS_MAX; blocks++) {
        static kw_hmac_group group;
        group.blocks = blocks;
        size_t longest = blocks * KW_SHA256_BLOCK_BYTES - 9;
        for (size_t lane = 0; lane < lanes; lane++) {
            put_message(&group, lane, longest - lane);
        }
        run(&key, &group);
        for (size_t lane = 0; lane < lanes; lane++) {
            uint8_t message[KW_HMAC_BLOCKS_MAX * KW_SHA256_BLOCK_BYTES];
            for (size_t i = 0; i < sizeof message; i++) {
                message[i] = byte_at(lane, i);
            }
            kw_hash32 wanted;
            kw_hmac_key_tag(&key, &wanted, (kw_span){message, longest - lane});
            EXPECT_SPAN(KW_SPAN(group.tags[lane].bytes), KW_SPAN(wanted.bytes));
        }
    }
}

static void lanes__agree_with_single_tags_at_sixteen(void **state)
{
    (void)state;
    expect_lanes(run_sixteen, 16);
}

static void groups__agree_with_single_tags_on_this_processor(void **state)
{
    (void)state;
    static const struct {
        kw_hmac_backend backend;
        run_lanes run;
        size_t lanes;
    } groups[] = {{KW_HMAC_SHANI, kw_hmac_group_shani, 2},
                  {KW_HMAC_AVX2, kw_hmac_group_avx2, 8},
                  {KW_HMAC_AVX512, kw_hmac_group_avx512, 16}};
    for (size_t i = 0; i < KW_COUNT(groups); i++) {
        if (kw_hmac_backend_is_supported(groups[i].backend)) {
            expect_lanes(groups[i].run, groups[i].lanes);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes__agree_with_single_tags_at_sixteen),
        cmocka_unit_test(groups__agree_with_single_tags_on_this_processor),
    };
    return cmocka_run_group_tests_name("crypto/hmac_lanes", tests, NULL, NULL);
}
