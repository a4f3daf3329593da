/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/curve.h"

#include "support/expect.h"

static const kw_zk_curve *const curves[] = {&kw_zk_bn254, &kw_zk_bls12_381};

static void curve__is_known_by_either_field(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(curves); i++) {
        const kw_zk_curve *c = curves[i];
        assert_ptr_equal(kw_zk_curve_of_base((kw_span){c->q, c->fp_bytes}), c);
        assert_ptr_equal(kw_zk_curve_of_order((kw_span){c->r, KW_ZK_FR_BYTES}), c);
        assert_null(kw_zk_curve_of_base((kw_span){c->q, c->fp_bytes - 1}));
        assert_null(kw_zk_curve_of_order((kw_span){c->q, KW_ZK_FR_BYTES}));
        uint8_t other[KW_ZK_FP_BYTES_MAX];
        memcpy(other, c->q, c->fp_bytes);
        other[7] ^= 1;
        assert_null(kw_zk_curve_of_base((kw_span){other, c->fp_bytes}));
    }
    assert_null(kw_zk_curve_of_base((kw_span){0}));
}

/* Of order 2^power exactly, for a base that is no square. */
static void root_of_unity__has_its_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(curves); i++) {
        const kw_zk_curve *c = curves[i];
        const kw_zk_scalar one = c->scalar_of_u64(1);
        for (unsigned power = 0; power <= c->two_adicity; power++) {
            kw_zk_scalar root;
            kw_zk_root_of_unity(c, &root, 5, power);
            unsigned squarings = 0;
            while (!c->scalar_equal(&root, &one)) {
                c->scalar_mul(&root, &root, &root);
                squarings++;
            }
            assert_int_equal(squarings, power);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curve__is_known_by_either_field),
        cmocka_unit_test(root_of_unity__has_its_order),
    };
    return cmocka_run_group_tests_name("params/engine/zk/curve", tests, NULL, NULL);
}
