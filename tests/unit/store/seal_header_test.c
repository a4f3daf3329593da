/* SPDX-License-Identifier: Apache-2.0
 * The wire form of the seal's header. */
#include "store/seal_header.h"

#include "store/limits.h"
#include "support/expect.h"

static kw_seal_header passphrase_header(void)
{
    kw_seal_header header = {.root = KW_SEAL_PASSPHRASE_FILE, .cost = KW_ARGON2ID_DEFAULT};
    memset(header.salt.bytes, 0x11, sizeof header.salt.bytes);
    memset(header.wrapped, 0x22, sizeof header.wrapped);
    return header;
}

static void seal_header_encode__has_the_documented_layout(void **state)
{
    (void)state;
    static const uint8_t start[] = {1, 1, 0, 4, 0, 0, 0, 0, 0, 3, 0x11};
    kw_seal_header header = passphrase_header();
    uint8_t wire[KW_SEAL_HEADER_BYTES];
    kw_seal_header_encode(wire, &header);
    assert_int_equal(sizeof wire, 86);
    assert_memory_equal(wire, start, sizeof start);
    assert_int_equal(wire[25], 0x11);
    assert_int_equal(wire[26], 0x22);
    assert_int_equal(wire[85], 0x22);
}

static void seal_header_decode__reads_what_encode_wrote(void **state)
{
    (void)state;
    kw_seal_header headers[] = {passphrase_header(), passphrase_header()};
    headers[1].root = KW_SEAL_KEY_FILE;
    headers[1].cost = (kw_argon2id_cost){0};
    for (size_t i = 0; i < KW_COUNT(headers); i++) {
        uint8_t wire[KW_SEAL_HEADER_BYTES];
        kw_seal_header decoded = {0};
        kw_seal_header_encode(wire, &headers[i]);
        EXPECT_OK(kw_seal_header_decode(&decoded, KW_SPAN(wire)));
        assert_int_equal(decoded.root, headers[i].root);
        assert_int_equal(decoded.cost.memory_kib, headers[i].cost.memory_kib);
        assert_int_equal(decoded.cost.passes, headers[i].cost.passes);
        assert_memory_equal(decoded.salt.bytes, headers[i].salt.bytes, 16);
        assert_memory_equal(decoded.wrapped, headers[i].wrapped, KW_SEAL_WRAPPED_BYTES);
    }
}

static void seal_header_decode__refuses_other_lengths(void **state)
{
    (void)state;
    kw_seal_header header = passphrase_header();
    uint8_t wire[KW_SEAL_HEADER_BYTES + 1] = {0};
    kw_seal_header_encode(wire, &header);
    for (size_t len = 0; len <= sizeof wire; len++) {
        kw_status wanted = len == KW_SEAL_HEADER_BYTES ? KW_OK : KW_BAD_INPUT;
        EXPECT_STATUS(kw_seal_header_decode(&header, (kw_span){wire, len}), wanted);
    }
}

static void seal_header_decode__refuses_a_cost_that_would_fill_the_memory(void **state)
{
    (void)state;
    static const struct {
        kw_seal_root root;
        uint32_t memory_kib;
        uint32_t passes;
    } bad[] = {
        {KW_SEAL_PASSPHRASE_FILE, KW_SEAL_MEMORY_KIB_MAX + 1, 3},
        {KW_SEAL_PASSPHRASE_FILE, UINT32_MAX, 3},
        {KW_SEAL_PASSPHRASE_FILE, KW_SEAL_MEMORY_KIB_MIN - 1, 3},
        {KW_SEAL_PASSPHRASE_FILE, 1024, 0},
        {KW_SEAL_PASSPHRASE_FILE, 1024, KW_SEAL_PASSES_MAX + 1},
        {KW_SEAL_KEY_FILE, 1024, 3},
        {KW_SEAL_KEY_FILE, 0, 1},
        {(kw_seal_root)0, 1024, 3},
        {(kw_seal_root)3, 0, 0},
    };
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        kw_seal_header header = passphrase_header();
        header.root = bad[i].root;
        header.cost = (kw_argon2id_cost){bad[i].memory_kib, bad[i].passes};
        uint8_t wire[KW_SEAL_HEADER_BYTES];
        kw_seal_header_encode(wire, &header);
        EXPECT_STATUS(kw_seal_header_decode(&header, KW_SPAN(wire)), KW_BAD_INPUT);
        assert_false(kw_seal_cost_is_sane(bad[i].root, header.cost));
    }
    assert_true(kw_seal_cost_is_sane(KW_SEAL_PASSPHRASE_FILE, KW_ARGON2ID_DEFAULT));
    assert_true(kw_seal_cost_is_sane(KW_SEAL_KEY_FILE, (kw_argon2id_cost){0}));
}

static void seal_header_decode__refuses_another_version(void **state)
{
    (void)state;
    kw_seal_header header = passphrase_header();
    uint8_t wire[KW_SEAL_HEADER_BYTES];
    kw_seal_header_encode(wire, &header);
    wire[0] = 2;
    EXPECT_STATUS(kw_seal_header_decode(&header, KW_SPAN(wire)), KW_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seal_header_encode__has_the_documented_layout),
        cmocka_unit_test(seal_header_decode__reads_what_encode_wrote),
        cmocka_unit_test(seal_header_decode__refuses_other_lengths),
        cmocka_unit_test(seal_header_decode__refuses_a_cost_that_would_fill_the_memory),
        cmocka_unit_test(seal_header_decode__refuses_another_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
