/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/message/fields.h"

#include "support/expect.h"
#include "support/toy_message.h"

static void hash_list__comes_back(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) wire = kw_buf_init(1 << 16);
    kw_writer w = kw_writer_to(&wire);
    kw_write_hash_list(&w, toy_hashes());
    EXPECT_OK(kw_write_end(&w));
    assert_int_equal(wire.len, 2 + 4 * 32);
    kw_reader r = kw_reader_of(kw_buf_view(&wire));
    kw_hash_list list = kw_read_hash_list(&r);
    EXPECT_OK(kw_read_end(&r));
    assert_int_equal(list.count, 4);
    EXPECT_SPAN(kw_hash_list_view(list), kw_hash_list_view(toy_hashes()));
    r = kw_reader_of((kw_span){&wire.ptr[2], 4 * 32});
    list = kw_read_hashes(&r, 4);
    EXPECT_OK(kw_read_end(&r));
    EXPECT_SPAN(kw_hash_list_view(list), kw_hash_list_view(toy_hashes()));
}

static void read_hash_list__is_bounded(void **state)
{
    (void)state;
    static uint8_t wire[2 + (KW_THRESHOLD_HASHES_MAX + 1) * 32];
    for (uint16_t count = KW_THRESHOLD_HASHES_MAX - 1; count <= KW_THRESHOLD_HASHES_MAX + 1;
         count++) {
        wire[0] = (uint8_t)(count >> 8);
        wire[1] = (uint8_t)count;
        kw_reader r = kw_reader_of((kw_span){wire, 2 + count * (size_t)32});
        kw_hash_list list = kw_read_hash_list(&r);
        bool fits = count <= KW_THRESHOLD_HASHES_MAX;
        EXPECT_STATUS(kw_read_end(&r), fits ? KW_OK : KW_BAD_INPUT);
        assert_int_equal(list.count, fits ? count : 0);
    }
    kw_reader r = kw_reader_of((kw_span){wire, 31});
    assert_int_equal(kw_read_hashes(&r, 1).count, 0);
    EXPECT_STATUS(kw_read_end(&r), KW_BAD_INPUT);
}

static void hash_list_check__refuses_what_repeats_or_is_none(void **state)
{
    (void)state;
    kw_hash32 hashes[4];
    memcpy(hashes, toy_hashes().items, sizeof hashes);
    kw_hash_list list = {hashes, 4};
    EXPECT_OK(kw_hash_list_check(list));
    EXPECT_OK(kw_hash_list_check((kw_hash_list){0}));
    hashes[3] = hashes[0];
    EXPECT_STATUS(kw_hash_list_check(list), KW_ENCODING);
    hashes[3] = (kw_hash32){{0}};
    EXPECT_STATUS(kw_hash_list_check(list), KW_ENCODING);
    assert_true(kw_hash32_is_none(&hashes[3]));
    assert_false(kw_hash32_is_none(&hashes[0]));
}

static void hash_list_order__is_by_sender_then_hash(void **state)
{
    (void)state;
    static const kw_hash32 hashes[] = {{{9}}, {{1}}, {{1, 1}}, {{0, 5}}};
    static const uint16_t senders[] = {1, 2, 2, 300};
    for (size_t i = 1; i < KW_COUNT(hashes); i++) {
        const kw_hash32 *a = &hashes[i - 1];
        const kw_hash32 *b = &hashes[i];
        assert_true(kw_hash_list_compare(senders[i - 1], a, senders[i], b) < 0);
        assert_true(kw_hash_list_compare(senders[i], b, senders[i - 1], a) > 0);
    }
    assert_int_equal(kw_hash_list_compare(3, &hashes[0], 3, &hashes[0]), 0);
    assert_true(kw_hash_list_compare(3, &hashes[0], 256, &hashes[1]) < 0);
}

static void proof_of__reads_two_scalars_below_the_order(void **state)
{
    (void)state;
    kw_proof proof = toy_proof(5);
    kw_group_g1 p = toy_g1(3);
    kw_group_g2 q = toy_g2(4);
    uint8_t wire[KW_PROOF_BYTES + TOY_GROUP_G1_BYTES + TOY_GROUP_G2_BYTES];
    kw_writer w = kw_writer_of(KW_MSPAN(wire));
    kw_write_proof(&w, &toy_group, &proof);
    kw_write_g1(&w, &toy_group, &p);
    kw_write_g2(&w, &toy_group, &q);
    EXPECT_OK(kw_write_end(&w));
    kw_proof got;
    EXPECT_OK(kw_proof_of(&got, &toy_group, (kw_span){wire, KW_PROOF_BYTES}));
    assert_true(toy_group.scalar_equal(&got.z, &proof.z));
    EXPECT_STATUS(kw_proof_of(&got, &toy_group, (kw_span){wire, KW_PROOF_BYTES - 1}), KW_BAD_INPUT);
    EXPECT_STATUS(kw_proof_of(&got, &toy_group, (kw_span){wire, KW_PROOF_BYTES + 1}), KW_BAD_INPUT);
    for (size_t at = 0; at < KW_PROOF_BYTES; at += 32) {
        wire[at] = 1;
        EXPECT_STATUS(kw_proof_of(&got, &toy_group, (kw_span){wire, KW_PROOF_BYTES}), KW_RANGE);
        wire[at] = 0;
    }
    kw_writer scalar = kw_writer_of((kw_mspan){wire, 32});
    kw_write_scalar(&scalar, &toy_group, &proof.c);
    EXPECT_OK(kw_write_end(&scalar));
    assert_int_equal(wire[31], 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_list__comes_back),
        cmocka_unit_test(read_hash_list__is_bounded),
        cmocka_unit_test(hash_list_check__refuses_what_repeats_or_is_none),
        cmocka_unit_test(hash_list_order__is_by_sender_then_hash),
        cmocka_unit_test(proof_of__reads_two_scalars_below_the_order),
    };
    return cmocka_run_group_tests_name("threshold/engine/fields", tests, NULL, NULL);
}
