/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/use/ibe.h"

#include "crypto/curve_secret.h"
#include "crypto/hash.h"
#include "support/expect.h"
#include "support/hexed.h"
#include "support/ibe_desk.h"
#include "threshold/engine/use/purpose.h"

static ibe_desk desk;

static int set_up(void **state)
{
    KW_UNUSED(state);
    ibe_desk_open(&desk, 21);
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    ibe_desk_close(&desk);
    return 0;
}

static void master__keeps_bytes_and_hash(void **state)
{
    (void)state;
    kw_hash32 wanted;
    kw_ibe_master again;
    kw_sha256(&wanted, KW_SPAN(desk.master.bytes.bytes));
    EXPECT_OK(kw_ibe_master_init(&again, KW_SPAN(desk.master.bytes.bytes), &wanted));
    assert_true(kw_bls_g2_equal(&again.key, &desk.master.key));
    assert_true(kw_hash32_equal(&again.hash, &wanted));
    assert_true(kw_hash32_equal(&again.cluster_id, &wanted));
}

static void master__refuses_other_lengths_infinity_and_bad_points(void **state)
{
    (void)state;
    kw_hash32 cluster_id = {{0}};
    kw_ibe_master master;
    kw_bls_g2_both both;
    kw_bls_g2_encode_zcash_both(&both, &desk.master.key);
    EXPECT_STATUS(kw_ibe_master_init(&master, KW_SPAN(both.bytes), &cluster_id), KW_LENGTH);
    EXPECT_STATUS(kw_ibe_master_init(&master, (kw_span){both.bytes, 95}, &cluster_id), KW_LENGTH);
    uint8_t infinity[96] = {0xc0};
    EXPECT_STATUS(kw_ibe_master_init(&master, KW_SPAN(infinity), &cluster_id), KW_INFINITY);
    infinity[95] = 1;
    EXPECT_STATUS(kw_ibe_master_init(&master, KW_SPAN(infinity), &cluster_id), KW_ENCODING);
}

static void id__holds_1_to_255_bytes(void **state)
{
    (void)state;
    static const uint8_t bytes[256] = {7};
    kw_ibe_id id;
    EXPECT_OK(kw_ibe_id_of_app(&id, KW_IBE_APPLICATION, (kw_span){bytes, 1}));
    assert_int_equal(kw_ibe_id_view(&id).len, 1);
    EXPECT_OK(kw_ibe_id_of_app(&id, KW_IBE_EIGENX, (kw_span){bytes, 255}));
    EXPECT_SPAN(kw_ibe_id_view(&id), ((kw_span){bytes, 255}));
    EXPECT_STATUS(kw_ibe_id_of_app(&id, KW_IBE_APPLICATION, (kw_span){bytes, 0}), KW_BAD_INPUT);
    EXPECT_STATUS(kw_ibe_id_of_app(&id, KW_IBE_APPLICATION, KW_SPAN(bytes)), KW_BAD_INPUT);
    EXPECT_STATUS(kw_ibe_id_of_app(&id, KW_IBE_TIMELOCK, (kw_span){bytes, 8}), KW_BAD_INPUT);
    EXPECT_STATUS(kw_ibe_id_of_app(&id, (kw_ibe_kind)0, (kw_span){bytes, 8}), KW_BAD_INPUT);
}

static void id__of_a_round_is_big_endian(void **state)
{
    (void)state;
    kw_ibe_id id = kw_ibe_id_of_round(0x0102030405060708);
    assert_int_equal(id.kind, KW_IBE_TIMELOCK);
    expect_hexed(kw_ibe_id_view(&id), "0102030405060708");
}

/* An application named like a round, or one of v1, has another key. */
static void point__is_one_of_its_kind(void **state)
{
    (void)state;
    kw_ibe_id ids[4] = {kw_ibe_id_of_round(1000), kw_ibe_id_of_round(1001)};
    EXPECT_OK(kw_ibe_id_of_app(&ids[2], KW_IBE_APPLICATION, kw_ibe_id_view(&ids[0])));
    EXPECT_OK(kw_ibe_id_of_app(&ids[3], KW_IBE_EIGENX, kw_ibe_id_view(&ids[0])));
    kw_bls_g1 points[KW_COUNT(ids)];
    for (size_t i = 0; i < KW_COUNT(ids); i++) {
        kw_ibe_id_point(&points[i], &ids[i], &desk.master);
        for (size_t k = 0; k < i; k++) {
            assert_false(kw_bls_g1_equal(&points[i], &points[k]));
        }
    }
    kw_ibe_master other = desk.master;
    other.cluster_id.bytes[0] ^= 1;
    kw_bls_g1 elsewhere;
    kw_ibe_id_point(&elsewhere, &ids[0], &other);
    assert_false(kw_bls_g1_equal(&elsewhere, &points[0]));
    kw_ibe_id_point(&elsewhere, &ids[2], &other);
    assert_true(kw_bls_g1_equal(&elsewhere, &points[2]));
}

static void key__is_checked_against_id_and_master(void **state)
{
    (void)state;
    kw_ibe_to to = ibe_desk_to_app(&desk, KW_IBE_APPLICATION, "payments");
    kw_ibe_to other = ibe_desk_to_app(&desk, KW_IBE_APPLICATION, "payment");
    kw_bls_secret_g1 d = ibe_desk_point(&desk, &to.id);
    KW_AUTO(kw_ibe_key) key = {0};
    EXPECT_OK(kw_ibe_key_init(&key, &desk.master, &to.id, &d));
    assert_ptr_equal(key.master, &desk.master);
    kw_ibe_key_drop(&key);
    assert_null(key.master);
    EXPECT_STATUS(kw_ibe_key_init(&key, &desk.master, &other.id, &d), KW_CORRUPT);
    ibe_desk stranger;
    ibe_desk_open(&stranger, 22);
    EXPECT_STATUS(kw_ibe_key_init(&key, &stranger.master, &to.id, &d), KW_CORRUPT);
    ibe_desk_close(&stranger);
    kw_bls_g1 infinity = kw_bls_g1_infinity();
    kw_bls_secret_g1_of_g1(&d, &infinity);
    EXPECT_STATUS(kw_ibe_key_init(&key, &desk.master, &to.id, &d), KW_CORRUPT);
    assert_null(key.master);
}

static void share__is_what_the_key_unshares(void **state)
{
    (void)state;
    static const kw_ibe_order orders[] = {KW_IBE_COEFF, KW_IBE_KYBER};
    kw_ibe_to to = ibe_desk_to_app(&desk, KW_IBE_APPLICATION, "payments");
    KW_AUTO(kw_ibe_key) key = ibe_desk_key(&desk, &to.id);
    KW_AUTO(kw_bls_secret) r = {{0}};
    EXPECT_OK(kw_bls_secret_random(&r, &desk.rng));
    kw_ibe_shared sent[2];
    for (size_t i = 0; i < KW_COUNT(orders); i++) {
        kw_ibe_shared got;
        kw_bls_g2_bytes bytes;
        kw_bls_g2 u;
        kw_ibe_share(&sent[i], &bytes, &to, &r, orders[i]);
        EXPECT_OK(kw_bls_g2_decode_zcash(&u, KW_SPAN(bytes.bytes), KW_POINT_STRICT));
        EXPECT_OK(kw_ibe_unshare(&got, &key, &u, orders[i]));
        assert_memory_equal(&got, &sent[i], sizeof got);
        assert_int_equal(kw_ibe_shared_view(&got).len, 576);
    }
    /* One order is the other one, backwards. */
    assert_memory_equal(sent[0].gt.bytes, sent[1].gt.bytes + 576 - 48, 48);
    kw_ibe_shared_drop(&sent[0]);
    static const kw_ibe_shared none;
    assert_memory_equal(&sent[0], &none, sizeof none);
}

/* Decoders refuse such a U; what gets past them is refused here. */
static void unshare__refuses_the_one(void **state)
{
    (void)state;
    kw_ibe_to to = ibe_desk_to_app(&desk, KW_IBE_APPLICATION, "payments");
    KW_AUTO(kw_ibe_key) key = ibe_desk_key(&desk, &to.id);
    kw_bls_g2 infinity = kw_bls_g2_infinity();
    kw_ibe_shared shared = {0};
    static const kw_ibe_shared before;
    EXPECT_STATUS(kw_ibe_unshare(&shared, &key, &infinity, KW_IBE_COEFF), KW_CORRUPT);
    assert_memory_equal(&shared, &before, sizeof shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(master__keeps_bytes_and_hash),
        cmocka_unit_test(master__refuses_other_lengths_infinity_and_bad_points),
        cmocka_unit_test(id__holds_1_to_255_bytes),
        cmocka_unit_test(id__of_a_round_is_big_endian),
        cmocka_unit_test(point__is_one_of_its_kind),
        cmocka_unit_test(key__is_checked_against_id_and_master),
        cmocka_unit_test(share__is_what_the_key_unshares),
        cmocka_unit_test(unshare__refuses_the_one),
    };
    return cmocka_run_group_tests_name("threshold/ibe", tests, set_up, tear_down);
}
