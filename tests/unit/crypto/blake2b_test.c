/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/blake2b.h"

#include "crypto/hash.h"
#include "support/expect.h"
#include "support/hexed.h"

/* "abc" of 64 bytes: RFC 7693 appendix A. The others come from Python's hashlib. */
static void blake2b__gives_the_published_hashes(void **state)
{
    (void)state;
    static const struct {
        size_t out_bytes;
        size_t len; /* of bytes 0, 1, 2, ... */
        const char *hex;
    } cases[] = {
        {32, 0, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"},
        {32, 128, "c3582f71ebb2be66fa5dd750f80baae97554f3b015663c8be377cfcb2488c1d1"},
        {32, 129, "f7f3c46ba2564ff4c4c162da1f5b605f9f1c4aa6a20652a9f9a337c1a2f5b9c9"},
        {64, 300,
         "d9cf5983dc6b34c0fa1f0226926855ad3eccd2bcdcd8f8053b9a80664d33b5afcc32fd21c70ea14f4ef50ca97"
         "c3203c4d1803159f0e01bb6cb1d1c83db52b63c"},
    };
    uint8_t bytes[300];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)i;
    }
    uint8_t hash[64];
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_blake2b((kw_mspan){hash, cases[i].out_bytes}, (kw_span){bytes, cases[i].len});
        expect_hexed((kw_span){hash, cases[i].out_bytes}, cases[i].hex);
    }
    kw_blake2b(KW_MSPAN(hash), kw_span_of_str(KW_STR("abc")));
    expect_hexed(KW_SPAN(hash),
                 "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc"
                 "252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

static void blake2b__is_the_same_in_parts(void **state)
{
    (void)state;
    uint8_t bytes[300] = {1, 2, 3};
    uint8_t whole[64];
    uint8_t parts[64];
    kw_blake2b(KW_MSPAN(whole), KW_SPAN(bytes));
    for (size_t cut = 0; cut <= sizeof bytes; cut += 17) {
        kw_blake2b_state running;
        kw_blake2b_init(&running, sizeof parts);
        kw_blake2b_update(&running, (kw_span){bytes, cut});
        kw_blake2b_update(&running, (kw_span){bytes + cut, sizeof bytes - cut});
        kw_blake2b_final(&running, KW_MSPAN(parts));
        EXPECT_SPAN(KW_SPAN(parts), KW_SPAN(whole));
    }
}

static void blake2b__differs_with_any_byte_and_with_the_length(void **state)
{
    (void)state;
    uint8_t bytes[300] = {1, 2, 3};
    uint8_t one[64];
    uint8_t other[64];
    kw_blake2b(KW_MSPAN(one), KW_SPAN(bytes));
    bytes[299] = 1;
    kw_blake2b(KW_MSPAN(other), KW_SPAN(bytes));
    assert_memory_not_equal(one, other, sizeof one);
    kw_blake2b((kw_mspan){one, 32}, KW_SPAN(bytes));
    assert_memory_not_equal(one, other, 32);
}

/* The numbers 0, 7, 14 ... modulo 256. */
typedef struct sample {
    uint8_t bytes[300];
} sample;

static sample make_sample(void)
{
    sample made;
    for (size_t i = 0; i < sizeof made.bytes; i++) {
        made.bytes[i] = (uint8_t)(7 * i);
    }
    return made;
}

static void resume__goes_on_where_another_state_stood(void **state)
{
    (void)state;
    const sample input = make_sample();
    kw_hash64 whole;
    kw_blake2b(KW_MSPAN(whole.bytes), KW_SPAN(input.bytes));
    for (size_t cut = 0; cut <= sizeof input.bytes; cut += 4) {
        kw_blake2b_state first;
        kw_blake2b_state second;
        kw_hash64 hash;
        kw_blake2b_init(&first, sizeof hash.bytes);
        kw_blake2b_update(&first, (kw_span){input.bytes, cut});
        EXPECT_OK(kw_blake2b_resume(&second, first.h, first.done,
                                    (kw_span){first.pending, first.pending_len}));
        kw_blake2b_update(&second, (kw_span){input.bytes + cut, sizeof input.bytes - cut});
        kw_blake2b_final(&second, KW_MSPAN(hash.bytes));
        assert_memory_equal(&hash, &whole, sizeof hash);
    }
}

static void resume__refuses_states_that_no_hash_has(void **state)
{
    (void)state;
    const sample input = make_sample();
    const uint64_t h[8] = {1};
    kw_blake2b_state out;
    EXPECT_STATUS(kw_blake2b_resume(&out, h, 0, (kw_span){input.bytes, 129}), KW_ARG);
    EXPECT_STATUS(kw_blake2b_resume(&out, h, 127, (kw_span){input.bytes, 1}), KW_ARG);
    EXPECT_OK(kw_blake2b_resume(&out, h, 128, (kw_span){input.bytes, 128}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blake2b__gives_the_published_hashes),
        cmocka_unit_test(blake2b__is_the_same_in_parts),
        cmocka_unit_test(blake2b__differs_with_any_byte_and_with_the_length),
        cmocka_unit_test(resume__goes_on_where_another_state_stood),
        cmocka_unit_test(resume__refuses_states_that_no_hash_has),
    };
    return cmocka_run_group_tests_name("crypto/blake2b", tests, NULL, NULL);
}
