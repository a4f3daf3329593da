/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/use/purpose.h"

#include "curve/bls_wire.h"
#include "support/expect.h"
#include "threshold/engine/group/limits.h"

static const uint8_t zeros[KW_THRESHOLD_ENTRY_BYTES_MAX + 1];

/* Purposes with the shortest and the longest message, and the domain. */
static const struct {
    kw_purpose purpose;
    size_t shortest;
    size_t longest;
    const char *dst;
} rows[] = {
    {KW_PURPOSE_APPLICATION, 1, 255, "KEYWARD-V2-IBE_BLS12381G1_XMD:SHA-256_SSWU_RO_"},
    {KW_PURPOSE_EPOCH, 32, 32, "KEYWARD-V1-EPOCH_BLS12381G1_XMD:SHA-256_SSWU_RO_"},
    {KW_PURPOSE_READY, 32, 32, "KEYWARD-V1-READY_BLS12381G1_XMD:SHA-256_SSWU_RO_"},
    {KW_PURPOSE_BEACON, 40, 40, "KEYWARD-V1-BEACON_BLS12381G1_XMD:SHA-256_SSWU_RO_"},
    {KW_PURPOSE_ATTEST, 1, 4096, "KEYWARD-V1-ATTEST_BLS12381G1_XMD:SHA-256_SSWU_RO_"},
    {KW_PURPOSE_JWKS, 1, 4096, "KEYWARD-V1-JWKS_BLS12381G1_XMD:SHA-256_SSWU_RO_"},
    {KW_PURPOSE_EIGENX, 1, 255, "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"},
};

static const kw_group *const group = &kw_group_bls12_381;

static kw_purposed of_length(kw_purpose purpose, size_t len)
{
    return (kw_purposed){.purpose = purpose, .message = {zeros, len}};
}

static void dst__has_the_domain_of_its_purpose(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        kw_span dst;
        kw_purposed what = of_length(rows[i].purpose, rows[i].shortest);
        EXPECT_OK(kw_purposed_dst(&dst, &what));
        EXPECT_STR(kw_str_of_span(dst), rows[i].dst);
        what = of_length(rows[i].purpose, rows[i].longest);
        EXPECT_OK(kw_purposed_dst(&dst, &what));
    }
}

static void dst__refuses_other_lengths_and_purposes(void **state)
{
    (void)state;
    kw_span dst;
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        kw_purposed what = of_length(rows[i].purpose, rows[i].shortest - 1);
        EXPECT_STATUS(kw_purposed_dst(&dst, &what), KW_BAD_INPUT);
        what = of_length(rows[i].purpose, rows[i].longest + 1);
        EXPECT_STATUS(kw_purposed_dst(&dst, &what), KW_BAD_INPUT);
    }
    kw_purposed none = of_length((kw_purpose)0, 32);
    EXPECT_STATUS(kw_purposed_dst(&dst, &none), KW_BAD_INPUT);
    none.purpose = (kw_purpose)(KW_PURPOSE_EIGENX + 1);
    EXPECT_STATUS(kw_purposed_dst(&dst, &none), KW_BAD_INPUT);
}

static void hash__differs_between_purposes(void **state)
{
    (void)state;
    static const kw_purpose of_32[] = {KW_PURPOSE_APPLICATION, KW_PURPOSE_EPOCH, KW_PURPOSE_READY,
                                       KW_PURPOSE_ATTEST,      KW_PURPOSE_JWKS,  KW_PURPOSE_EIGENX};
    kw_group_g1 points[KW_COUNT(of_32)];
    for (size_t i = 0; i < KW_COUNT(of_32); i++) {
        kw_purposed what = of_length(of_32[i], 32);
        EXPECT_OK(kw_purposed_hash(&points[i], group, &what));
        for (size_t k = 0; k < i; k++) {
            assert_false(group->g1_equal(&points[i], &points[k]));
        }
    }
}

static void hash__refuses_what_has_no_domain(void **state)
{
    (void)state;
    kw_group_g1 before = group->g1_generator();
    kw_group_g1 point = before;
    kw_purposed what = of_length(KW_PURPOSE_EPOCH, 31);
    EXPECT_STATUS(kw_purposed_hash(&point, group, &what), KW_BAD_INPUT);
    assert_memory_equal(&point, &before, sizeof point);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dst__has_the_domain_of_its_purpose),
        cmocka_unit_test(dst__refuses_other_lengths_and_purposes),
        cmocka_unit_test(hash__differs_between_purposes),
        cmocka_unit_test(hash__refuses_what_has_no_domain),
    };
    return cmocka_run_group_tests_name("threshold/purpose", tests, NULL, NULL);
}
