/* SPDX-License-Identifier: Apache-2.0
 * One scheme of BLS signatures: SCHEME(name) is its name, KEY(name) and SIGN(name) those of its
 * groups, KEY_POINT and SIGN_POINT the types of their points, CASE(name) that of a test. */

typedef struct CASE(world) {
    KEY_POINT keys[WORLD];
    SIGN_POINT same[WORLD]; /* signatures on one message */
    SIGN_POINT each[WORLD]; /* signatures on messages of their own */
    uint8_t multipliers[WORLD][KW_BLS_MULTIPLIER_BYTES];
    uint8_t texts[WORLD][2];
    kw_span msgs[WORLD];
} CASE(world);

static CASE(world) CASE(w);
static CASE(world) CASE(pristine);

static kw_bls_secret CASE(secret)(size_t i)
{
    kw_bls_fr k = kw_bls_fr_of_u64(0x1234567 + i);
    kw_bls_secret secret;
    kw_bls_fr_inv(&k, &k);
    kw_bls_secret_of_fr(&secret, &k);
    return secret;
}

static int CASE(setup)(void **state)
{
    (void)state;
    CASE(world) *w = &CASE(pristine);
    KEY_POINT base = KEY(generator)();
    for (size_t i = 0; i < WORLD; i++) {
        kw_bls_secret k = CASE(secret)(i);
        KEY(mul_secret)(&w->keys[i], &base, &k);
        w->texts[i][0] = (uint8_t)i;
        w->texts[i][1] = (uint8_t)(i >> 8);
        w->msgs[i] = (kw_span){CASE(w).texts[i], i % 3};
        memset(w->multipliers[i], (int)(3 * i + 1), KW_BLS_MULTIPLIER_BYTES);
        EXPECT_OK(SCHEME(sign)(&w->same[i], &k, message, &suite));
        kw_span own = {w->texts[i], i % 3};
        EXPECT_OK(SCHEME(sign)(&w->each[i], &k, own, &suite));
    }
    return 0;
}

static int CASE(refresh)(void **state)
{
    (void)state;
    CASE(w) = CASE(pristine);
    return 0;
}

static SCHEME(batch) CASE(batch)(const SIGN_POINT *signatures, size_t n)
{
    return (SCHEME(batch)){
        CASE(w).keys, signatures, n, {CASE(w).multipliers[0], n * KW_BLS_MULTIPLIER_BYTES}};
}

/* Both kinds of batch name exactly the numbers in `bad`, a set of bits. */
static void CASE(expect_bad)(size_t n, uint64_t bad)
{
    uint8_t ok[WORLD];
    SCHEME(batch) in = CASE(batch)(CASE(w).same, n);
    memset(ok, 2, sizeof ok);
    EXPECT_OK(SCHEME(verify_same)(ok, scratch_for(n), &in, message, &suite));
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(ok[i], (bad >> i & 1) == 0);
    }
    in = CASE(batch)(CASE(w).each, n);
    memset(ok, 2, sizeof ok);
    EXPECT_OK(SCHEME(verify_each)(ok, &in, CASE(w).msgs, &suite));
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(ok[i], (bad >> i & 1) == 0);
    }
    for (size_t i = n; i < WORLD; i++) {
        assert_int_equal(ok[i], 2);
    }
}

/* Both signatures of number i become others of the group. */
static void CASE(spoil)(size_t i)
{
    SIGN_POINT base = SIGN(generator)();
    SIGN(add)(&CASE(w).same[i], &CASE(w).same[i], &base);
    SIGN(add)(&CASE(w).each[i], &CASE(w).each[i], &base);
}

static void CASE(verify__accepts_what_was_signed)(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        bool yes = false;
        EXPECT_OK(SCHEME(verify)(&yes, &CASE(w).keys[i], &CASE(w).same[i], message, &suite));
        assert_true(yes);
        yes = false;
        EXPECT_OK(
            SCHEME(verify)(&yes, &CASE(w).keys[i], &CASE(w).each[i], CASE(w).msgs[i], &suite));
        assert_true(yes);
    }
}

static void CASE(verify__refuses_another_key_message_signature_or_domain)(void **state)
{
    (void)state;
    const CASE(world) *w = &CASE(w);
    const kw_bls_suite other = {suite.hash, KW_SPAN("another domain")};
    bool yes = true;
    EXPECT_OK(SCHEME(verify)(&yes, &w->keys[1], &w->same[0], message, &suite));
    assert_false(yes);
    yes = true;
    EXPECT_OK(SCHEME(verify)(&yes, &w->keys[0], &w->same[0], suite.dst, &suite));
    assert_false(yes);
    yes = true;
    EXPECT_OK(SCHEME(verify)(&yes, &w->keys[0], &w->same[1], message, &suite));
    assert_false(yes);
    yes = true;
    EXPECT_OK(SCHEME(verify)(&yes, &w->keys[0], &w->same[0], message, &other));
    assert_false(yes);
    SIGN_POINT negated;
    SIGN(neg)(&negated, &w->same[0]);
    yes = true;
    EXPECT_OK(SCHEME(verify)(&yes, &w->keys[0], &negated, message, &suite));
    assert_false(yes);
}

static void CASE(verify__refuses_infinity_and_an_empty_domain)(void **state)
{
    (void)state;
    const kw_bls_suite no_domain = {suite.hash, {NULL, 0}};
    KEY_POINT no_key = KEY(infinity)();
    SIGN_POINT no_signature = SIGN(infinity)();
    kw_bls_secret k = CASE(secret)(0);
    bool yes = true;
    EXPECT_STATUS(SCHEME(verify)(&yes, &no_key, &no_signature, message, &suite), KW_INFINITY);
    EXPECT_STATUS(SCHEME(verify)(&yes, &no_key, &CASE(w).same[0], message, &suite), KW_INFINITY);
    EXPECT_STATUS(SCHEME(verify)(&yes, &CASE(w).keys[0], &no_signature, message, &suite),
                  KW_INFINITY);
    EXPECT_STATUS(SCHEME(verify)(&yes, &CASE(w).keys[0], &CASE(w).same[0], message, &no_domain),
                  KW_ARG);
    assert_true(yes);
    EXPECT_STATUS(SCHEME(sign)(&no_signature, &k, message, &no_domain), KW_ARG);
    assert_true(SIGN(is_infinity)(&no_signature));
}

static void CASE(batches__accept_all_valid)(void **state)
{
    (void)state;
    CASE(expect_bad)(1, 0);
    CASE(expect_bad)(2, 0);
    CASE(expect_bad)(WORLD, 0);
}

static void CASE(batches__name_the_bad_ones)(void **state)
{
    (void)state;
    const uint64_t sets[] = {1, 2, 0x11, (uint64_t)1 << (WORLD - 1), 0x300000000 | 6};
    for (size_t i = 0; i < KW_COUNT(sets); i++) {
        CASE(w) = CASE(pristine);
        for (size_t j = 0; j < WORLD; j++) {
            if ((sets[i] >> j & 1) != 0) {
                CASE(spoil)(j);
            }
        }
        CASE(expect_bad)(WORLD, sets[i]);
    }
    CASE(w) = CASE(pristine);
    for (size_t j = 0; j < 5; j++) {
        CASE(spoil)(j);
    }
    CASE(expect_bad)(5, 0x1f);
}

/* Errors that cancel in the plain sum, and signatures that changed places. */
static void CASE(batches__see_errors_that_cancel)(void **state)
{
    (void)state;
    SIGN_POINT base = SIGN(generator)();
    SIGN_POINT minus_base;
    SIGN(neg)(&minus_base, &base);
    CASE(spoil)(2);
    SIGN(add)(&CASE(w).same[5], &CASE(w).same[5], &minus_base);
    SIGN(add)(&CASE(w).each[5], &CASE(w).each[5], &minus_base);
    CASE(expect_bad)(7, 0x24);
    CASE(w) = CASE(pristine);
    CASE(w).same[1] = CASE(pristine).same[3];
    CASE(w).same[3] = CASE(pristine).same[1];
    CASE(w).each[1] = CASE(pristine).each[3];
    CASE(w).each[3] = CASE(pristine).each[1];
    CASE(expect_bad)(7, 0xa);
}

static void CASE(batches__name_those_at_infinity)(void **state)
{
    (void)state;
    CASE(w).keys[1] = KEY(infinity)();
    CASE(w).same[1] = SIGN(infinity)();
    CASE(w).each[1] = SIGN(infinity)();
    CASE(expect_bad)(6, 2);
    CASE(w).keys[4] = KEY(infinity)();
    CASE(w).same[0] = SIGN(infinity)();
    CASE(w).each[0] = SIGN(infinity)();
    CASE(expect_bad)(6, 0x13);
    CASE(expect_bad)(2, 3);
}

static void CASE(batches__refuse_bad_arguments)(void **state)
{
    (void)state;
    const kw_bls_suite no_domain = {suite.hash, {NULL, 0}};
    uint8_t ok[4] = {2, 2, 2, 2};
    SCHEME(batch) in = CASE(batch)(CASE(w).same, 4);
    kw_mspan scratch = scratch_for(4);
    kw_mspan shorter = {scratch.ptr, scratch.len - 1};
    kw_mspan crooked = {scratch.ptr + 1, scratch.len};
    EXPECT_STATUS(SCHEME(verify_same)(ok, shorter, &in, message, &suite), KW_ARG);
    EXPECT_STATUS(SCHEME(verify_same)(ok, crooked, &in, message, &suite), KW_ARG);
    EXPECT_STATUS(SCHEME(verify_same)(ok, scratch, &in, message, &no_domain), KW_ARG);
    EXPECT_STATUS(SCHEME(verify_each)(ok, &in, CASE(w).msgs, &no_domain), KW_ARG);
    for (size_t len = 0; len < 2 * in.multipliers.len; len++) {
        if (len == in.multipliers.len) {
            continue;
        }
        SCHEME(batch) bad = in;
        bad.multipliers.len = len;
        EXPECT_STATUS(SCHEME(verify_same)(ok, scratch, &bad, message, &suite), KW_ARG);
        EXPECT_STATUS(SCHEME(verify_each)(ok, &bad, CASE(w).msgs, &suite), KW_ARG);
    }
    for (size_t i = 0; i < 4; i++) {
        CASE(w) = CASE(pristine);
        memset(CASE(w).multipliers[i], 0, KW_BLS_MULTIPLIER_BYTES);
        EXPECT_STATUS(SCHEME(verify_same)(ok, scratch, &in, message, &suite), KW_ARG);
        EXPECT_STATUS(SCHEME(verify_each)(ok, &in, CASE(w).msgs, &suite), KW_ARG);
    }
    in = CASE(batch)(CASE(w).same, 0);
    EXPECT_STATUS(SCHEME(verify_same)(ok, scratch, &in, message, &suite), KW_ARG);
    EXPECT_STATUS(SCHEME(verify_each)(ok, &in, CASE(w).msgs, &suite), KW_ARG);
    assert_memory_equal(ok, "\2\2\2\2", 4);
}

static const struct CMUnitTest CASE(cases)[] = {
    NAMED_TEST_SETUP(CASE(verify__accepts_what_was_signed), CASE(refresh)),
    NAMED_TEST_SETUP(CASE(verify__refuses_another_key_message_signature_or_domain), CASE(refresh)),
    NAMED_TEST_SETUP(CASE(verify__refuses_infinity_and_an_empty_domain), CASE(refresh)),
    NAMED_TEST_SETUP(CASE(batches__accept_all_valid), CASE(refresh)),
    NAMED_TEST_SETUP(CASE(batches__name_the_bad_ones), CASE(refresh)),
    NAMED_TEST_SETUP(CASE(batches__see_errors_that_cancel), CASE(refresh)),
    NAMED_TEST_SETUP(CASE(batches__name_those_at_infinity), CASE(refresh)),
    NAMED_TEST_SETUP(CASE(batches__refuse_bad_arguments), CASE(refresh)),
};
