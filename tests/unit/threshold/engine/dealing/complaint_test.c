/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/dealing/complaint.h"

#include "support/dealt.h"
#include "support/expect.h"
#include "support/toy_group.h"

static const kw_group *const groups[] = {&kw_group_bls12_381, &toy_group};

static kw_group_secret nonce_of(const kw_group *g)
{
    kw_group_scalar scalar = g->scalar_of_u64(4711);
    kw_group_secret nonce;
    g->secret_of_scalar(&nonce, &scalar);
    return nonce;
}

/* Member 3 complains about what it got. */
static kw_complaint_verdict complain(kw_echo_entry *entry, const dealt *d)
{
    kw_group_secret nonce = nonce_of(d->scope.group);
    kw_complaint_make(entry, &d->dealing, 3, &d->ek[2], &nonce);
    return kw_complaint_judge(entry, &d->dealing, 3, &d->receivers[2].ek);
}

static void complaint__finds_who_lied(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * KW_COUNT(groups); i++) {
        dealt d;
        dealt_prepare(&d, groups[i / 2], (uint8_t)(1 + i % 2), NULL);
        dealt_make(&d);
        kw_echo_entry entry;
        assert_int_equal(complain(&entry, &d), KW_COMPLAINT_FALSE);
        dealt_share_bytes(&d, 3)[31] ^= 1;
        assert_int_equal(complain(&entry, &d), KW_COMPLAINT_TRUE);
        dealt_share_bytes(&d, 3)[31] ^= 1;
        dealt_share_bytes(&d, 3)[0] ^= 0xff; /* far above the order */
        assert_int_equal(complain(&entry, &d), KW_COMPLAINT_TRUE);
        dealt_drop(&d);
    }
}

/* Equal modulo r, so a sum of products would accept it; the dealer chose it, so it is at fault. */
static void complaint__convicts_a_share_plus_order(void **state)
{
    (void)state;
    for (size_t half = 0; half < 2; half++) {
        dealt d;
        dealt_prepare(&d, &kw_group_bls12_381, KW_SUITE_PEDERSEN, NULL);
        dealt_make(&d);
        dealt_add_order(&d, 3, half);
        kw_echo_entry entry;
        assert_int_equal(complain(&entry, &d), KW_COMPLAINT_TRUE);
        dealt_drop(&d);
    }
}

static void complaint__is_void_without_its_proof(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(groups); i++) {
        const kw_group *g = groups[i];
        dealt d;
        dealt_prepare(&d, g, KW_SUITE_PEDERSEN, NULL);
        dealt_make(&d);
        dealt_share_bytes(&d, 3)[31] ^= 1;
        kw_echo_entry good;
        assert_int_equal(complain(&good, &d), KW_COMPLAINT_TRUE);
        kw_group_scalar one = g->scalar_of_u64(1);
        kw_echo_entry bad[5] = {good, good, good, good, good};
        g->scalar_add(&bad[0].proof.c, &bad[0].proof.c, &one);
        g->scalar_add(&bad[1].proof.z, &bad[1].proof.z, &one);
        bad[2].p = d.deal.r; /* a K of its own choice */
        bad[3].deal.bytes[5] ^= 1;
        bad[4].verdict = KW_ECHO_OK;
        const kw_group_g1 *ek = &d.receivers[2].ek;
        for (size_t k = 0; k < KW_COUNT(bad); k++) {
            assert_int_equal(kw_complaint_judge(&bad[k], &d.dealing, 3, ek), KW_COMPLAINT_VOID);
        }
        /* Nor does it serve another member, or one under another key. */
        assert_int_equal(kw_complaint_judge(&good, &d.dealing, 2, ek), KW_COMPLAINT_VOID);
        ek = &d.receivers[1].ek;
        assert_int_equal(kw_complaint_judge(&good, &d.dealing, 3, ek), KW_COMPLAINT_VOID);
        dealt_drop(&d);
    }
}

static void complaint__of_no_receiver_is_void(void **state)
{
    (void)state;
    dealt d;
    dealt_prepare(&d, &toy_group, KW_SUITE_PEDERSEN, NULL);
    kw_group_g1 ek = d.receivers[2].ek;
    d.receivers[2] = (kw_receiver){0};
    dealt_make(&d);
    kw_echo_entry entry;
    kw_group_secret nonce = nonce_of(&toy_group);
    kw_complaint_make(&entry, &d.dealing, 3, &d.ek[2], &nonce);
    assert_int_equal(kw_complaint_judge(&entry, &d.dealing, 3, &ek), KW_COMPLAINT_VOID);
    dealt_drop(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complaint__finds_who_lied),
        cmocka_unit_test(complaint__convicts_a_share_plus_order),
        cmocka_unit_test(complaint__is_void_without_its_proof),
        cmocka_unit_test(complaint__of_no_receiver_is_void),
    };
    return cmocka_run_group_tests_name("threshold/engine/complaint", tests, NULL, NULL);
}
