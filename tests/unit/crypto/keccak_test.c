/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/keccak.h"

#include "support/expect.h"
#include "support/hexed.h"

/* The first two are Ethereum's hashes of nothing and of "abc" (execution specifications, and the
 * Keccak team's ShortMsgKAT_256); the others come from npm @noble/hashes 2.2.0. */
static void keccak256__gives_the_published_hashes(void **state)
{
    (void)state;
    static const struct {
        size_t len; /* of bytes 0, 1, 2, ... */
        const char *hex;
    } cases[] = {
        {0, "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
        {135, "cbdfd9dee5faad3818d6b06f95a219fd290b0e1706f6a82e5a595b9ce9faca62"},
        {136, "7ce759f1ab7f9ce437719970c26b0a66ff11fe3e38e17df89cf5d29c7d7f807e"},
        {137, "ac73d4fae68b8453f764007c1a20ce95994187861f0c3227a3a8e99a73a3b1db"},
        {300, "a679e749a6af300c36e7ff2255d220864eab27b382f9cfdc5aa4d13563ba36ff"},
    };
    uint8_t bytes[300];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)i;
    }
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_hash32 hash;
        kw_keccak256(&hash, (kw_span){bytes, cases[i].len});
        expect_hexed(KW_SPAN(hash.bytes), cases[i].hex);
    }
    kw_hash32 abc;
    kw_keccak256(&abc, kw_span_of_str(KW_STR("abc")));
    expect_hexed(KW_SPAN(abc.bytes),
                 "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
}

static void keccak256__is_the_same_in_parts(void **state)
{
    (void)state;
    uint8_t bytes[300] = {1, 2, 3};
    kw_hash32 whole;
    kw_keccak256(&whole, KW_SPAN(bytes));
    for (size_t cut = 0; cut <= sizeof bytes; cut += 17) {
        kw_keccak256_state running;
        kw_hash32 parts;
        kw_keccak256_init(&running);
        kw_keccak256_update(&running, (kw_span){bytes, cut});
        kw_keccak256_update(&running, (kw_span){bytes + cut, sizeof bytes - cut});
        kw_keccak256_final(&running, &parts);
        EXPECT_SPAN(KW_SPAN(parts.bytes), KW_SPAN(whole.bytes));
    }
    bytes[299] = 1;
    kw_hash32 other;
    kw_keccak256(&other, KW_SPAN(bytes));
    assert_false(kw_span_equal_var(KW_SPAN(other.bytes), KW_SPAN(whole.bytes)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keccak256__gives_the_published_hashes),
        cmocka_unit_test(keccak256__is_the_same_in_parts),
    };
    return cmocka_run_group_tests_name("crypto/keccak", tests, NULL, NULL);
}
