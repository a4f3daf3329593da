/* SPDX-License-Identifier: Apache-2.0
 * Cases of scalars for both curves; T(name) is the curve's prefix. */

static void expect_fr(const T(fr) * got, const T(fr) * wanted)
{
    assert_true(T(fr_equal)(got, wanted));
}

/* r - 1 in bytes, and what lies above it. */
static T(fr_bytes) below_order(void)
{
    T(fr) one = T(fr_of_u64)(1);
    T(fr) minus_one;
    T(fr_bytes) bytes;
    T(fr_neg)(&minus_one, &one);
    T(fr_encode)(&bytes, &minus_one);
    return bytes;
}

static void fr__obeys_the_laws_of_integers(void **state)
{
    (void)state;
    T(fr) six = T(fr_of_u64)(6);
    T(fr) seven = T(fr_of_u64)(7);
    T(fr) got;
    T(fr) wanted = T(fr_of_u64)(42);
    T(fr_mul)(&got, &six, &seven);
    expect_fr(&got, &wanted);
    T(fr_add)(&got, &six, &seven);
    wanted = T(fr_of_u64)(13);
    expect_fr(&got, &wanted);
    T(fr_sub)(&got, &six, &seven);
    T(fr_neg)(&got, &got);
    wanted = T(fr_of_u64)(1);
    expect_fr(&got, &wanted);
    T(fr_inv)(&got, &seven);
    T(fr_mul)(&got, &got, &seven);
    expect_fr(&got, &wanted);
    T(fr) zero = T(fr_of_u64)(0);
    T(fr_inv)(&got, &zero);
    assert_true(T(fr_is_zero)(&got));
    assert_false(T(fr_is_zero)(&wanted));
}

/* 5 generates what is no square in either Fr. */
static void fr_sqrt__finds_roots_of_squares_alone(void **state)
{
    (void)state;
    T(fr) five = T(fr_of_u64)(5);
    T(fr) zero = T(fr_of_u64)(0);
    T(fr) root = five;
    assert_true(T(fr_is_square)(&zero) && T(fr_sqrt)(&root, &zero) && T(fr_is_zero)(&root));
    for (uint64_t small = 1; small < 60; small++) {
        T(fr) number = T(fr_of_u64)(small);
        T(fr) square;
        T(fr) minus;
        T(fr) got = number;
        T(fr_mul)(&square, &number, &number);
        T(fr_neg)(&minus, &number);
        assert_true(T(fr_is_square)(&square) && T(fr_sqrt)(&got, &square));
        assert_true(T(fr_equal)(&got, &number) || T(fr_equal)(&got, &minus));
        T(fr_mul)(&square, &square, &five);
        got = number;
        assert_false(T(fr_is_square)(&square));
        assert_false(T(fr_sqrt)(&got, &square));
        expect_fr(&got, &number);
        assert_true(T(fr_sqrt)(&square, &number) == T(fr_is_square)(&number));
    }
    /* r = 1 mod 4, so -1 has a root; in place. */
    T(fr) one = T(fr_of_u64)(1);
    T(fr) minus_one;
    T(fr_neg)(&minus_one, &one);
    T(fr) io = minus_one;
    assert_true(T(fr_sqrt)(&io, &io));
    T(fr_mul)(&io, &io, &io);
    expect_fr(&io, &minus_one);
}

static void fr_cmp__orders_numbers(void **state)
{
    (void)state;
    T(fr) ordered[5] = {T(fr_of_u64)(0), T(fr_of_u64)(1), T(fr_of_u64)(UINT64_MAX)};
    T(fr) one = T(fr_of_u64)(1);
    T(fr_add)(&ordered[3], &ordered[2], &one); /* 2^64 */
    T(fr_neg)(&ordered[4], &one);              /* r - 1 */
    for (int i = 0; i < 5; i++) {
        for (int j = 0; j < 5; j++) {
            assert_int_equal(T(fr_cmp)(&ordered[i], &ordered[j]), (i > j) - (i < j));
        }
    }
}

static void fr_decode__takes_numbers_below_the_order(void **state)
{
    (void)state;
    T(fr_bytes) bytes = below_order();
    T(fr) got = T(fr_of_u64)(5);
    T(fr) five = got;
    for (size_t len = 0; len < sizeof bytes.bytes; len++) {
        EXPECT_STATUS(T(fr_decode)(&got, (kw_span){bytes.bytes, len}), KW_LENGTH);
    }
    uint8_t longer[33] = {0};
    EXPECT_STATUS(T(fr_decode)(&got, KW_SPAN(longer)), KW_LENGTH);
    for (unsigned above = 1; above < 4; above++) { /* r, r + 1, r + 2: no carry out of the byte */
        T(fr_bytes) large = bytes;
        large.bytes[31] = (uint8_t)(large.bytes[31] + above);
        EXPECT_STATUS(T(fr_decode)(&got, KW_SPAN(large.bytes)), KW_RANGE);
    }
    uint8_t largest[32];
    memset(largest, 0xff, sizeof largest);
    EXPECT_STATUS(T(fr_decode)(&got, KW_SPAN(largest)), KW_RANGE);
    expect_fr(&got, &five);
    EXPECT_OK(T(fr_decode)(&got, KW_SPAN(bytes.bytes)));
    T(fr_neg)(&got, &got);
    T(fr) one = T(fr_of_u64)(1);
    expect_fr(&got, &one);
}

static void secret__computes_as_public_scalars_do(void **state)
{
    (void)state;
    random_source random = random_new("secret");
    for (int i = 0; i < 50; i++) {
        uint8_t wide[2][48];
        for (size_t at = 0; at < sizeof wide; at++) {
            wide[at / 48][at % 48] = (uint8_t)random_u64(&random);
        }
        T(fr) a;
        T(fr) b;
        T(fr) wanted;
        T(fr) got;
        T(secret) x = {{0}};
        T(secret) y = {{0}};
        T(secret) z = {{0}};
        EXPECT_OK(T(fr_from_wide)(&a, KW_SPAN(wide[0])));
        EXPECT_OK(T(fr_from_wide)(&b, KW_SPAN(wide[1])));
        EXPECT_OK(T(secret_from_wide)(&x, KW_SPAN(wide[0])));
        EXPECT_OK(T(secret_from_wide)(&y, KW_SPAN(wide[1])));
        assert_true(T(secret_equal)(&x, &y) == 0 && ~T(secret_equal)(&x, &x) == 0);
#define EXPECT_SAME(name)                       \
    do {                                        \
        T(fr_##name)(&wanted, &a, &b);          \
        T(secret_##name)(&z, &x, &y);           \
        DECLASSIFY(secret)(&got, &z, "a test"); \
        expect_fr(&got, &wanted);               \
    } while (0)
        EXPECT_SAME(add);
        EXPECT_SAME(sub);
        EXPECT_SAME(mul);
#undef EXPECT_SAME
        T(fr_inv)(&wanted, &a);
        T(secret_inv)(&z, &x);
        DECLASSIFY(secret)(&got, &z, "a test");
        expect_fr(&got, &wanted);
        T(secret_neg)(&z, &x);
        T(secret_add)(&z, &z, &x);
        assert_true(~T(secret_is_zero)(&z) == 0 && T(secret_is_zero)(&x) == 0);
        T(secret_of_fr)(&z, &a);
        assert_true(~T(secret_equal)(&z, &x) == 0);
    }
}

static void secret_decode__refuses_zero_and_what_is_too_large(void **state)
{
    (void)state;
    T(fr_bytes) bytes = below_order();
    T(secret) k = {{1, 2, 3, 4}};
    const T(secret) before = k;
    uint8_t zero[32] = {0};
    uint8_t wide_zero[48] = {0};
    EXPECT_STATUS(T(secret_decode)(&k, KW_SPAN(zero)), KW_RANGE);
    EXPECT_STATUS(T(secret_from_wide)(&k, KW_SPAN(wide_zero)), KW_RANGE);
    EXPECT_STATUS(T(secret_from_wide)(&k, (kw_span){wide_zero, 32}), KW_ARG);
    EXPECT_STATUS(T(secret_decode)(&k, (kw_span){bytes.bytes, 31}), KW_LENGTH);
    bytes.bytes[31]++;
    EXPECT_STATUS(T(secret_decode)(&k, KW_SPAN(bytes.bytes)), KW_RANGE);
    assert_memory_equal(&k, &before, sizeof k);
    bytes.bytes[31]--;
    EXPECT_OK(T(secret_decode)(&k, KW_SPAN(bytes.bytes)));
    T(secret_bytes) again = {{0}};
    T(secret_encode)(&again, &k);
    EXPECT_SPAN(KW_SPAN(again.secret), KW_SPAN(bytes.bytes));
    T(secret_drop)(&k);
    T(secret_bytes_drop)(&again);
    const T(secret) none = {{0}};
    assert_memory_equal(&k, &none, sizeof k);
    assert_memory_equal(again.secret, zero, sizeof zero);
}

static void fp__decodes_and_takes_roots(void **state)
{
    (void)state;
    T(fp_bytes) bytes = {{0}};
    T(fp) a;
    EXPECT_STATUS(T(fp_decode)(&a, (kw_span){bytes.bytes, sizeof bytes.bytes - 1}), KW_LENGTH);
    memset(bytes.bytes, 0xff, sizeof bytes.bytes);
    EXPECT_STATUS(T(fp_decode)(&a, KW_SPAN(bytes.bytes)), KW_RANGE);
    memset(bytes.bytes, 0, sizeof bytes.bytes);
    for (unsigned small = 0; small < 50; small++) {
        T(fp_bytes) again;
        T(fp) root;
        T(fp) inverse;
        bytes.bytes[sizeof bytes.bytes - 1] = (uint8_t)(small * small);
        bytes.bytes[sizeof bytes.bytes - 2] = (uint8_t)(small * small >> 8);
        EXPECT_OK(T(fp_decode)(&a, KW_SPAN(bytes.bytes)));
        assert_true(T(fp_sqrt)(&root, &a));
        T(fp_mul)(&root, &root, &root);
        T(fp_encode)(&again, &root);
        EXPECT_SPAN(KW_SPAN(again.bytes), KW_SPAN(bytes.bytes));
        T(fp_inv)(&inverse, &a);
        T(fp_mul)(&inverse, &inverse, &a);
        T(fp_encode)(&again, &inverse);
        assert_int_equal(again.bytes[sizeof again.bytes - 1], small != 0);
    }
    /* p = 3 mod 4, so -1 is no square, and neither is y (-y). */
    T(g1) point = T(g1_generator)();
    T(g1_raw) plus;
    T(g1_raw) minus;
    T(g1_to_raw)(&plus, &point);
    T(g1_neg)(&point, &point);
    T(g1_to_raw)(&minus, &point);
    T(fp_mul)(&plus.y, &plus.y, &minus.y);
    const T(fp) untouched = a;
    assert_false(T(fp_sqrt)(&a, &plus.y));
    assert_memory_equal(&a, &untouched, sizeof a);
    assert_true(T(fp_is_square)(&a) && !T(fp_is_square)(&plus.y));
}

static void fp_cmp__orders_numbers_as_their_bytes(void **state)
{
    (void)state;
    random_source random = random_new("fp_cmp");
    T(fp) a;
    T(fp) b;
    T(fp_bytes) low = {{0}};
    for (int i = 0; i < 200; i++) {
        T(fp_bytes) high = low;
        size_t at = 1 + random_below(&random, sizeof high.bytes - 1); /* stays below p */
        high.bytes[at] = (uint8_t)(high.bytes[at] ^ (1 + random_below(&random, 255)));
        EXPECT_OK(T(fp_decode)(&a, KW_SPAN(low.bytes)));
        EXPECT_OK(T(fp_decode)(&b, KW_SPAN(high.bytes)));
        int wanted = memcmp(low.bytes, high.bytes, sizeof low.bytes) < 0 ? -1 : 1;
        assert_int_equal(T(fp_cmp)(&a, &b), wanted);
        assert_int_equal(T(fp_cmp)(&b, &a), -wanted);
        assert_int_equal(T(fp_cmp)(&b, &b), 0);
        low = high;
    }
}

/* Montgomery form is the number times R = 2^(8 bytes), so that its bytes are those of a shift. */
static void mont__is_the_number_times_a_power_of_two(void **state)
{
    (void)state;
    const T(fp) one = T(fp_of_u64)(1);
    const T(fr) small = T(fr_of_u64)(UINT64_MAX);
    T(fp_bytes) bytes;
    T(fp) r = one;
    T(fp) got;
    T(fp_encode_mont)(&bytes, &one);
    for (size_t i = 0; i < 8 * sizeof bytes.bytes; i++) {
        T(fp_add)(&r, &r, &r);
    }
    T(fp_bytes) number;
    T(fp_encode)(&number, &r);
    for (size_t i = 0; i < sizeof number.bytes; i++) {
        assert_int_equal(bytes.bytes[i], number.bytes[sizeof number.bytes - 1 - i]);
    }
    EXPECT_OK(T(fp_decode_mont)(&got, KW_SPAN(bytes.bytes)));
    assert_int_equal(T(fp_cmp)(&got, &one), 0);
    T(fr_bytes) scalar;
    T(fr) back;
    T(fr_encode_mont)(&scalar, &small);
    EXPECT_OK(T(fr_decode_mont)(&back, KW_SPAN(scalar.bytes)));
    assert_true(T(fr_equal)(&back, &small));
}

static void mont__refuses_what_is_not_reduced(void **state)
{
    (void)state;
    const T(fp) untouched = T(fp_of_u64)(7);
    T(fp) a = untouched;
    T(fr) k = T(fr_of_u64)(7);
    T(fp) most;
    T(fp_bytes) modulus;             /* p - 1 as a number, read as Montgomery form, and p itself */
    T(fp_neg)(&most, &(T(fp)){{1}}); /* the word 1, little-endian */
    T(fp_encode_mont)(&modulus, &most);
    EXPECT_OK(T(fp_decode_mont)(&a, KW_SPAN(modulus.bytes)));
    a = untouched;
    modulus.bytes[0]++; /* p is odd: no carry */
    EXPECT_STATUS(T(fp_decode_mont)(&a, KW_SPAN(modulus.bytes)), KW_RANGE);
    EXPECT_STATUS(T(fp_decode_mont)(&a, (kw_span){modulus.bytes, sizeof modulus.bytes - 1}),
                  KW_LENGTH);
    assert_memory_equal(&a, &untouched, sizeof a);
    T(fr_bytes) ones;
    memset(ones.bytes, 0xff, sizeof ones.bytes);
    EXPECT_STATUS(T(fr_decode_mont)(&k, KW_SPAN(ones.bytes)), KW_RANGE);
    EXPECT_STATUS(T(fr_decode_mont)(&k, (kw_span){ones.bytes, 31}), KW_LENGTH);
}

/* The two roots are each other's negatives, and the flag is that of compressed forms. */
static void raw_of_x__gives_either_root_or_none(void **state)
{
    (void)state;
    const T(g1) point = T(g1_generator)();
    T(g1_raw) wanted;
    T(g1_raw) got[2];
    T(g1) checked;
    T(g1_to_raw)(&wanted, &point);
    for (int i = 0; i < 2; i++) {
        EXPECT_OK(T(g1_raw_of_x_var)(&got[i], &wanted.x, i == 1));
        EXPECT_OK(T(g1_check)(&checked, &got[i]));
    }
    assert_int_equal(T(fp_cmp)(&got[0].y, &got[1].y), -1);
    bool is_larger = T(fp_cmp)(&got[1].y, &wanted.y) == 0;
    assert_true(is_larger || T(fp_cmp)(&got[0].y, &wanted.y) == 0);
    size_t refused = 0;
    for (uint64_t x = 0; x < 64; x++) {
        const T(fp) small = T(fp_of_u64)(x);
        const T(fp2) wide = {small, small};
        T(g2_raw) q;
        kw_status st = T(g1_raw_of_x_var)(&got[0], &small, false);
        kw_status st2 = T(g2_raw_of_x_var)(&q, &wide, true);
        assert_true(st == KW_OK || st == KW_NOT_ON_CURVE);
        assert_true(st2 == KW_OK || st2 == KW_NOT_ON_CURVE);
        refused += (size_t)(st != KW_OK) + (size_t)(st2 != KW_OK);
    }
    assert_in_range(refused, 30, 98); /* half of all x have no y */
}

#define SCALAR_CASES                                                         \
    cmocka_unit_test(fr__obeys_the_laws_of_integers),                        \
        cmocka_unit_test(fr_sqrt__finds_roots_of_squares_alone),             \
        cmocka_unit_test(fr_cmp__orders_numbers),                            \
        cmocka_unit_test(fr_decode__takes_numbers_below_the_order),          \
        cmocka_unit_test(secret__computes_as_public_scalars_do),             \
        cmocka_unit_test(secret_decode__refuses_zero_and_what_is_too_large), \
        cmocka_unit_test(fp__decodes_and_takes_roots),                       \
        cmocka_unit_test(fp_cmp__orders_numbers_as_their_bytes),             \
        cmocka_unit_test(mont__is_the_number_times_a_power_of_two),          \
        cmocka_unit_test(mont__refuses_what_is_not_reduced),                 \
        cmocka_unit_test(raw_of_x__gives_either_root_or_none)
