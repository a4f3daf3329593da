/* SPDX-License-Identifier: Apache-2.0
 * The entry points of threshold/engine/ that take secrets, with the secrets poisoned: shares, keys
 * of identities, what senders draw, texts. Results are checked after, in public. */
#include "crypto/curve_secret.h"
#include "support/ct.h"
#include "support/expect.h"
#include "support/ibe_desk.h"
#include "support/threshold_key.h"
#include "threshold/engine/use/derive.h"
#include "threshold/engine/use/ibe_v1.h"
#include "threshold/engine/use/ibe_v2.h"

enum {
    ROOM = 4096,
};

static const kw_group *const group = &kw_group_bls12_381;
static const kw_purposed what = {KW_PURPOSE_APPLICATION, {(const uint8_t *)"payments", 8}};
static ibe_desk desk;

static int set_up(void **state)
{
    KW_UNUSED(state);
    ibe_desk_open(&desk, 51);
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    ibe_desk_close(&desk);
    return 0;
}

/* Random bytes that no one may branch on. */
static kw_status fill_poisoned(void *ctx, kw_mspan out)
{
    KW_TRY(kw_rng_fill(ctx, out));
    KW_POISON(out.ptr, out.len);
    return KW_OK;
}

static kw_rng poisoned_rng(void)
{
    return (kw_rng){.fill = fill_poisoned, .ctx = &desk.rng};
}

static kw_bls_secret_g1 poisoned_point(const kw_ibe_id *id)
{
    kw_bls_secret_g1 d = ibe_desk_point(&desk, id);
    KW_POISON(&d, sizeof d);
    return d;
}

static kw_secret_span poisoned_text(void)
{
    static uint8_t text[40] = {1, 2, 3};
    KW_POISON(text, sizeof text);
    return kw_secret_span_of(KW_SPAN(text));
}

static void sign__does_not_branch_on_the_share(void **state)
{
    (void)state;
    static threshold_key key;
    threshold_key_deal(&key, group, 4, 3, 1);
    kw_group_secret share = key.shares[0];
    KW_POISON(&share, sizeof share);
    kw_partial partial = {.epoch = 1, .member = 1};
    EXPECT_OK(kw_partial_sign(&partial.signature, group, &share, &what));
    KW_UNPOISON(&partial, sizeof partial);
    kw_share_keys keys = threshold_key_keys(&key);
    bool yes = false;
    EXPECT_OK(kw_partial_verify(&yes, &keys, &partial, &what));
    assert_true(yes);
}

static void derive__does_not_branch_on_the_key(void **state)
{
    (void)state;
    kw_ibe_to to = ibe_desk_to_app(&desk, KW_IBE_APPLICATION, "payments");
    kw_bls_secret_g1 d = poisoned_point(&to.id);
    kw_derive_name name = {.label = kw_span_of_str(KW_STR("db")), .version = 1};
    kw_secret32 derived;
    kw_secret32 wanted;
    EXPECT_OK(kw_derive_key(&derived, &d, &name));
    KW_UNPOISON(&d, sizeof d);
    EXPECT_OK(kw_derive_key(&wanted, &d, &name));
    assert_true(kw_declassify_mask(kw_secret32_equal(&derived, &wanted), "a test"));
}

static void seeds__do_not_branch(void **state)
{
    (void)state;
    kw_rng rng = poisoned_rng();
    kw_bls_secret r;
    kw_secret32 seed;
    kw_secret32 mask;
    EXPECT_OK(kw_bls_secret_random(&r, &rng));
    EXPECT_OK(kw_rng_secret32(&rng, &seed));
    EXPECT_OK(kw_rng_secret32(&rng, &mask));
    kw_secret32_xor(&seed, &seed, &mask);
    EXPECT_OK(kw_bls_secret_expand(&r, &seed, what.message, what.message));
    assert_false(kw_declassify_mask(kw_bls_secret_is_zero(&r), "a test"));
}

/* Sealing with poisoned seed and text, then opening with a poisoned key as far as the chunks: those
 * OpenSSL opens by branching on a verdict that depends on the key. */
static void v2__branches_on_verdicts_alone(void **state)
{
    (void)state;
    kw_ibe_to to = ibe_desk_to_app(&desk, KW_IBE_APPLICATION, "payments");
    kw_rng rng = poisoned_rng();
    KW_AUTO(kw_buf) sealed = kw_buf_init(ROOM);
    EXPECT_OK(kw_ibe_v2_encrypt(&sealed, &to, poisoned_text(), desk.aead, &rng));
    KW_UNPOISON(sealed.ptr, sealed.len);
    size_t len = 0;
    EXPECT_OK(kw_ibe_header_bytes(&len, kw_buf_view(&sealed)));
    kw_bls_secret_g1 d = poisoned_point(&to.id);
    KW_AUTO(kw_ibe_key) key = {0};
    KW_AUTO(kw_ibe_stream) stream = {0};
    KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(ROOM);
    EXPECT_OK(kw_ibe_key_init(&key, &desk.master, &to.id, &d));
    kw_span header = {sealed.ptr, len};
    EXPECT_OK(kw_ibe_v2_open(&stream, header, &key, desk.aead));
    KW_UNPOISON(&stream, sizeof stream);
    kw_span chunk = {sealed.ptr + len, sealed.len - len};
    EXPECT_OK(kw_ibe_stream_open(&stream, &plain, chunk, true));
    assert_int_equal(plain.len, poisoned_text().len);
    sealed.ptr[len - 1] ^= 1;
    EXPECT_STATUS(kw_ibe_v2_open(&stream, header, &key, desk.aead), KW_CORRUPT);
}

static void v1__does_not_branch_on_what_is_drawn_and_said(void **state)
{
    (void)state;
    kw_ibe_to to = ibe_desk_to_app(&desk, KW_IBE_EIGENX, "payments");
    kw_rng rng = poisoned_rng();
    KW_AUTO(kw_buf) sealed = kw_buf_init(ROOM);
    EXPECT_OK(kw_ibe_v1_encrypt(&sealed, &to, poisoned_text(), desk.aead, &rng));
    KW_UNPOISON(sealed.ptr, sealed.len);
    KW_AUTO(kw_ibe_key) key = ibe_desk_key(&desk, &to.id);
    KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(ROOM);
    EXPECT_OK(kw_ibe_v1_decrypt(&plain, kw_buf_view(&sealed), &key, desk.aead));
    assert_int_equal(plain.len, poisoned_text().len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sign__does_not_branch_on_the_share),
        cmocka_unit_test(derive__does_not_branch_on_the_key),
        cmocka_unit_test(seeds__do_not_branch),
        cmocka_unit_test(v2__branches_on_verdicts_alone),
        cmocka_unit_test(v1__does_not_branch_on_what_is_drawn_and_said),
    };
    return cmocka_run_group_tests_name("ct/threshold", tests, set_up, tear_down);
}
