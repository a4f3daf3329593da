/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/zk/vkey.h"

#include "base/heap.h"
#include "support/expect.h"
#include "support/zk_case.h"

static const struct {
    const char *vkey;
    const char *zkey;
} names[] = {{"bn254.vk.json", "bn254.zkey"}, {"bls12_381.vk.json", "bls12_381.zkey"}};

static kw_status decode(zk_case *c, kw_zk_vkey *key)
{
    c->fault = (kw_zk_fault){.cause = KW_OK};
    c->err = (kw_error){.status = KW_OK};
    kw_status st = kw_zk_vkey_decode(key, &c->fault, kw_buf_view(&c->bytes), &c->err);
    assert_int_equal(c->err.status, st);
    return st;
}

/* Replaces the first `from` at or behind the first `behind`. */
static void replace(zk_case *c, const char *behind, const char *from, const char *to)
{
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 20);
    const char *all = NULL;
    EXPECT_OK(kw_buf_c_text(&c->bytes, &all));
    const char *at = strstr(all, behind);
    assert_non_null(at);
    at = strstr(at, from);
    assert_non_null(at);
    EXPECT_OK(kw_buf_append_str(&text, (kw_str){all, (size_t)(at - all)}));
    EXPECT_OK(kw_buf_append_str(&text, kw_str_of(to)));
    EXPECT_OK(kw_buf_append_str(&text, kw_str_of(at + strlen(from))));
    kw_buf_drop(&c->bytes);
    c->bytes = kw_buf_take(&text);
    zk_case_changed(c);
}

static void decode__takes_the_keys_of_snarkjs(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        zk_case c;
        KW_AUTO(kw_zk_vkey) key = {.curve = NULL};
        zk_case_open(&c, names[i].vkey);
        EXPECT_OK(decode(&c, &key));
        assert_ptr_equal(key.curve, i == 0 ? &kw_zk_bn254 : &kw_zk_bls12_381);
        assert_int_equal(key.public_count, 2);
        zk_case_drop(&c);
    }
}

static void match__binds_key_and_zkey(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        zk_case c;
        zk_case z;
        KW_AUTO(kw_zk_vkey) key = {.curve = NULL};
        zk_case_open(&c, names[i].vkey);
        zk_case_open(&z, names[i].zkey);
        const kw_zk_job job = zk_case_job(&z, KW_ZK_POINTS);
        EXPECT_OK(decode(&c, &key));
        EXPECT_OK(kw_zk_vkey_match(&z.fault, &key, &job, &z.err));
        kw_zk_point kept = key.ic[1];
        key.ic[1] = key.ic[2];
        EXPECT_STATUS(kw_zk_vkey_match(&z.fault, &key, &job, &z.err), KW_ZK_INVALID);
        zk_case_expect(&z, 3, 1, KW_REFUSED);
        key.ic[1] = kept;
        kept = key.delta_g2;
        key.delta_g2 = key.gamma_g2;
        EXPECT_STATUS(kw_zk_vkey_match(&z.fault, &key, &job, &z.err), KW_ZK_INVALID);
        zk_case_expect(&z, 2, KW_ZK_NO_INDEX, KW_REFUSED);
        key.delta_g2 = kept;
        key.public_count = 1;
        EXPECT_STATUS(kw_zk_vkey_match(&z.fault, &key, &job, &z.err), KW_ZK_INVALID);
        zk_case_drop(&z);
        zk_case_open(&z, names[1 - i].zkey);
        key.public_count = 2;
        EXPECT_STATUS(kw_zk_vkey_match(&z.fault, &key, &job, &z.err), KW_ZK_INVALID);
        zk_case_drop(&z);
        zk_case_drop(&c);
    }
}

static void decode__refuses_each_member_that_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *behind;
        const char *from;
        const char *to;
        const char *part;
        kw_status cause;
    } cases[] = {
        {"protocol", "groth16", "plonk", "protocol", KW_BAD_INPUT},
        {"curve", "bn128", "bn129", "curve", KW_BAD_INPUT},
        {"nPublic", "2", "3", "IC", KW_LENGTH},
        {"nPublic", "2", "1", "IC", KW_LENGTH},
        {"nPublic", "2", "-1", "nPublic", KW_RANGE},
        {"nPublic", "2", "\"2\"", "nPublic", KW_RANGE},
        {"vk_alpha_1\"", "[\n  \"", "[\n  \"0", "vk_alpha_1", KW_ENCODING},
        {"vk_alpha_1\"", "[\n  \"", "[\n  \"+", "vk_alpha_1", KW_ENCODING},
        {"vk_alpha_1\"", "[\n  \"", "[\n  \"9999999999", "vk_alpha_1", KW_RANGE},
        {"vk_alpha_1\"", "[\n  \"", "[\n  \"9", "vk_alpha_1", KW_RANGE},
        {"vk_alpha_1\"", "\"1\"", "\"2\"", "vk_alpha_1", KW_ENCODING},
        {"vk_beta_2\"", "\"0\"", "\"1\"", "vk_beta_2", KW_ENCODING},
        {"IC\"", "\"1\"", "\"0\"", "IC", KW_ENCODING},
        {"vk_alphabeta_12\"", "[\n   [\n    \"", "[\n   [\n    \"x", "vk_alphabeta_12",
         KW_ENCODING},
        {"{", "\"curve\"", "\"more\": 1, \"curve\"", NULL, KW_BAD_INPUT},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        zk_case c;
        KW_AUTO(kw_zk_vkey) key = {.curve = NULL};
        zk_case_open(&c, names[0].vkey);
        replace(&c, cases[i].behind, cases[i].from, cases[i].to);
        EXPECT_STATUS(decode(&c, &key), KW_ZK_INVALID);
        EXPECT_STATUS(c.fault.cause, cases[i].cause);
        assert_true(cases[i].part == NULL ? c.fault.place.part == NULL
                                          : strcmp(c.fault.place.part, cases[i].part) == 0);
        assert_null(key.ic);
        zk_case_drop(&c);
    }
}

/* A digit of a coordinate leaves the curve, one of the pairing makes it another. */
static void decode__refuses_a_digit_of_any_number(void **state)
{
    (void)state;
    static const char *const parts[] = {"vk_alpha_1", "vk_beta_2", "vk_gamma_2",
                                        "vk_delta_2", "IC",        "vk_alphabeta_12"};
    for (size_t i = 0; i < KW_COUNT(parts); i++) {
        zk_case c;
        KW_AUTO(kw_zk_vkey) key = {.curve = NULL};
        zk_case_open(&c, names[i % 2].vkey);
        const char *all = NULL;
        EXPECT_OK(kw_buf_c_text(&c.bytes, &all));
        char *at = strstr((char *)c.bytes.ptr, parts[i]) + strlen(parts[i]) + 1;
        at += strcspn(at, "0123456789") + 20;
        *at = *at == '5' ? '6' : '5';
        EXPECT_STATUS(decode(&c, &key), KW_ZK_INVALID);
        EXPECT_STATUS(c.fault.cause, i == 5 ? KW_REFUSED : KW_NOT_ON_CURVE);
        assert_string_equal(c.fault.place.part, parts[i]);
        assert_true((c.fault.place.index == 0) == (i == 4));
        zk_case_drop(&c);
    }
}

static void decode__survives_every_failing_allocation(void **state)
{
    (void)state;
    zk_case c;
    zk_case_open(&c, names[0].vkey);
    kw_status st = KW_NO_MEMORY;
    for (uint64_t k = 1; st == KW_NO_MEMORY; k++) {
        KW_AUTO(kw_zk_vkey) key = {.curve = NULL};
        kw_heap_fail_at(k);
        st = decode(&c, &key);
        kw_heap_fail_at(0);
        assert_true(st == KW_OK || st == KW_NO_MEMORY);
        assert_in_range(k, 1, 20);
    }
    zk_case_drop(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decode__takes_the_keys_of_snarkjs),
        cmocka_unit_test(match__binds_key_and_zkey),
        cmocka_unit_test(decode__refuses_each_member_that_is_wrong),
        cmocka_unit_test(decode__refuses_a_digit_of_any_number),
        cmocka_unit_test(decode__survives_every_failing_allocation),
    };
    return cmocka_run_group_tests_name("params/engine/zk/vkey", tests, NULL, NULL);
}
