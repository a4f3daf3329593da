/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/chacha20.h"

#include "support/expect.h"
#include "support/hexed.h"

/* RFC 8439, appendix A.1, test vectors 1 and 2: with a nonce of zeros both counters agree. */
static void stream__is_that_of_the_standard(void **state)
{
    (void)state;
    const kw_hash32 zeros = {{0}};
    uint8_t out[128];
    kw_chacha20_stream(KW_MSPAN(out), &zeros, 0);
    expect_hexed((kw_span){out, 64},
                 "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
                 "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586");
    expect_hexed((kw_span){out + 64, 64},
                 "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
                 "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f");
}

static void stream__begins_at_any_block_and_ends_anywhere(void **state)
{
    (void)state;
    const kw_hash32 seed = {{1, 2, 3}};
    uint8_t whole[256];
    uint8_t part[70];
    kw_chacha20_stream(KW_MSPAN(whole), &seed, 5);
    for (uint64_t block = 0; block < 3; block++) {
        kw_chacha20_stream(KW_MSPAN(part), &seed, 5 + block);
        EXPECT_SPAN(KW_SPAN(part), ((kw_span){whole + KW_CHACHA20_BLOCK_BYTES * block, 70}));
    }
    kw_chacha20_stream(KW_MSPAN(part), &(kw_hash32){{1, 2, 4}}, 5);
    assert_memory_not_equal(part, whole, sizeof part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream__is_that_of_the_standard),
        cmocka_unit_test(stream__begins_at_any_block_and_ends_anywhere),
    };
    return cmocka_run_group_tests_name("crypto/chacha20", tests, NULL, NULL);
}
