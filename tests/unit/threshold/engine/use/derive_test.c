/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/use/derive.h"

#include "support/expect.h"
#include "support/hexed.h"

static kw_bls_secret_g1 key_of(uint64_t multiple)
{
    kw_bls_g1 p = kw_bls_g1_generator();
    kw_bls_fr k = kw_bls_fr_of_u64(multiple);
    kw_bls_g1_mul_var(&p, &p, &k);
    kw_bls_secret_g1 key;
    kw_bls_secret_g1_of_g1(&key, &p);
    return key;
}

static kw_secret32 derived(uint64_t multiple, const char *label, uint32_t version)
{
    kw_bls_secret_g1 key = key_of(multiple);
    kw_derive_name name = {.label = kw_span_of_str(kw_str_of(label)), .version = version};
    kw_secret32 out;
    EXPECT_OK(kw_derive_key(&out, &key, &name));
    return out;
}

/* Made with Python's hmac over the compressed generator of G1. */
static void key__is_hkdf_over_the_compressed_point(void **state)
{
    (void)state;
    kw_secret32 got = derived(1, "db", 1);
    expect_hexed(kw_declassify_span(kw_secret32_view(&got), "a test"),
                 "062600807da5bed5ccfeebde8183810e7f3bbab99e1710887f4e9e2ed668308a");
}

static void key__differs_by_every_input(void **state)
{
    (void)state;
    const kw_secret32 all[] = {derived(1, "db", 1), derived(2, "db", 1), derived(1, "db", 2),
                               derived(1, "d", 1), derived(1, "", 1)};
    for (size_t i = 0; i < KW_COUNT(all); i++) {
        for (size_t k = 0; k < i; k++) {
            assert_true(kw_secret32_equal(&all[i], &all[k]) == 0);
        }
    }
}

static void key__refuses_long_labels(void **state)
{
    (void)state;
    static const uint8_t label[KW_DERIVE_LABEL_BYTES_MAX + 1];
    kw_bls_secret_g1 key = key_of(1);
    kw_secret32 out = {{5}};
    kw_secret32 before = out;
    kw_derive_name name = {.label = KW_SPAN(label)};
    EXPECT_STATUS(kw_derive_key(&out, &key, &name), KW_BAD_INPUT);
    assert_true(kw_secret32_equal(&out, &before) != 0);
    name.label.len--;
    EXPECT_OK(kw_derive_key(&out, &key, &name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key__is_hkdf_over_the_compressed_point),
        cmocka_unit_test(key__differs_by_every_input),
        cmocka_unit_test(key__refuses_long_labels),
    };
    return cmocka_run_group_tests_name("threshold/derive", tests, NULL, NULL);
}
