/* SPDX-License-Identifier: Apache-2.0
 * What the threshold engine does with secrets, with the secrets poisoned: coefficients, nonces,
 * session keys, the key that signs messages. What goes to others is declassified on the way. */
#include "threshold/engine/dealing/complaint.h"

#include "curve/bn_wire.h"
#include "support/ct.h"
#include "support/curve_backend.h"
#include "support/dealt.h"
#include "threshold/engine/roster/peer.h"

static void poison(dealt *d)
{
    KW_POISON(d->secrets.a, d->scope.t * sizeof *d->secrets.a);
    if (d->secrets.b != NULL) {
        KW_POISON(d->secrets.b, d->scope.t * sizeof *d->secrets.b);
    }
    KW_POISON(&d->secrets.r, sizeof d->secrets.r);
    KW_POISON(&d->secrets.nonce_r, sizeof d->secrets.nonce_r);
    KW_POISON(&d->secrets.nonce_a0, sizeof d->secrets.nonce_a0);
    KW_POISON(&d->secrets.nonce_a, sizeof d->secrets.nonce_a);
    KW_POISON(&d->secrets.nonce_b, sizeof d->secrets.nonce_b);
    KW_POISON(d->ek, sizeof d->ek);
}

static void dealing__does_not_branch(void **state)
{
    (void)state;
    for (uint8_t suite = 1; suite <= 2; suite++) {
        dealt d;
        dealt_prepare(&d, &kw_group_bls12_381, suite, NULL);
        poison(&d);
        dealt_make(&d);
        kw_dealing dealing;
        EXPECT_OK(kw_dealing_check(&dealing, &d.claim));
        kw_share share;
        EXPECT_OK(kw_dealing_open(&share, &dealing, 1, &d.ek[0]));
        kw_share_drop(&share);
        if (suite == KW_SUITE_PEDERSEN) {
            kw_extract extract;
            EXPECT_OK(kw_extract_make(&extract, &d.arena, &d.deal.c, &d.parts));
            EXPECT_OK(kw_extract_check(&extract, &d.arena, &d.deal.c, d.scope.group, &d.place));
        }
        dealt_drop(&d);
    }
}

static void secrets__are_drawn_without_a_branch(void **state)
{
    (void)state;
    dealt d;
    dealt_prepare(&d, &kw_group_bls12_381, KW_SUITE_FELDMAN, NULL);
    uint8_t random[8 * KW_GROUP_WIDE_BYTES];
    memset(random, 0x5a, sizeof random);
    KW_POISON(random, sizeof random);
    kw_group_secret source = d.ek[0];
    KW_POISON(&source, sizeof source);
    kw_dealer_secrets secrets;
    EXPECT_OK(kw_dealer_secrets_draw(&secrets, &d.arena, &d.scope, KW_SPAN(random), &source));
    kw_dealer_secrets_drop(&secrets);
    dealt_drop(&d);
}

static void complaint__does_not_branch(void **state)
{
    (void)state;
    dealt d;
    dealt_prepare(&d, &kw_group_bls12_381, KW_SUITE_PEDERSEN, NULL);
    poison(&d);
    dealt_make(&d);
    kw_group_secret nonce = d.secrets.nonce_a;
    kw_echo_entry entry;
    kw_complaint_make(&entry, &d.dealing, 3, &d.ek[2], &nonce);
    assert_int_equal(kw_complaint_judge(&entry, &d.dealing, 3, &d.receivers[2].ek),
                     KW_COMPLAINT_FALSE);
    dealt_drop(&d);
}

static void message_signature__does_not_branch(void **state)
{
    (void)state;
    uint8_t wire[32] = {[0] = 1, [31] = 99};
    KW_AUTO(kw_bn_secret) key = {{0}};
    EXPECT_OK(kw_bn_secret_decode(&key, KW_SPAN(wire)));
    kw_peer_key public_half;
    kw_bn_g2_base_secret(&public_half.bn254, &key);
    KW_POISON(&key, sizeof key);
    kw_peer_signer signer = kw_peer_bn254_signer(&key);
    kw_peer_signature signature;
    kw_hash32 hash = {{3}};
    EXPECT_OK(signer.sign(signer.ctx, &signature, &hash));
    KW_UNPOISON(&signature, sizeof signature);
    const kw_peer_claim claim = {&kw_peer_bn254, &public_half, &hash,
                                 kw_peer_signature_view(&signature)};
    assert_true(kw_peer_bn254.verify(&claim));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(dealing__does_not_branch),
        cmocka_unit_test(secrets__are_drawn_without_a_branch),
        cmocka_unit_test(complaint__does_not_branch),
        cmocka_unit_test(message_signature__does_not_branch),
    };
    return curve_run_on_backends("ct/dealing", tests, KW_COUNT(tests));
}
