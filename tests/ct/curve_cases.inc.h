/* SPDX-License-Identifier: Apache-2.0
 * Every entry point of one curve that takes a secret, with the secret poisoned. Results are checked
 * against public ways, so that the calls are not optimised away and are right. T(name) is the
 * curve's prefix, DECLASSIFY(name) its way out. */

/* A scalar that no one may branch on, and the same one in public. */
static T(secret) poisoned(uint64_t seed, T(fr) * same)
{
    uint8_t wide[48];
    for (size_t i = 0; i < sizeof wide; i++) {
        wide[i] = (uint8_t)(seed * (i + 1) + (seed >> 5) * i * i);
    }
    EXPECT_OK(T(fr_from_wide)(same, KW_SPAN(wide)));
    T(secret) k;
    KW_POISON(wide, sizeof wide);
    EXPECT_OK(T(secret_from_wide)(&k, KW_SPAN(wide)));
    return k;
}

static void expect_scalar(const T(secret) * got, const T(fr) * wanted)
{
    T(fr) shown;
    DECLASSIFY(secret)(&shown, got, "a test compares");
    assert_true(T(fr_equal)(&shown, wanted));
}

static void expect_verdict(bool got, bool wanted)
{
    KW_UNPOISON(&got, sizeof got);
    assert_int_equal(got, wanted);
}

static void scalars__do_not_branch(void **state)
{
    (void)state;
    T(fr) a;
    T(fr) b;
    T(fr) wanted;
    T(secret) x = poisoned(3, &a);
    T(secret) y = poisoned(77, &b);
    T(secret) z;
    T(secret_add)(&z, &x, &y);
    T(fr_add)(&wanted, &a, &b);
    expect_scalar(&z, &wanted);
    T(secret_sub)(&z, &x, &y);
    T(fr_sub)(&wanted, &a, &b);
    expect_scalar(&z, &wanted);
    T(secret_mul)(&z, &x, &y);
    T(fr_mul)(&wanted, &a, &b);
    expect_scalar(&z, &wanted);
    T(secret_inv)(&z, &x);
    T(fr_inv)(&wanted, &a);
    expect_scalar(&z, &wanted);
    T(secret_neg)(&z, &x);
    T(fr_neg)(&wanted, &a);
    expect_scalar(&z, &wanted);
    assert_false(kw_declassify_mask(T(secret_equal)(&x, &y), "a test"));
    assert_false(kw_declassify_mask(T(secret_is_zero)(&x), "a test"));
    T(secret_bytes) bytes;
    T(secret_encode)(&bytes, &x);
    EXPECT_OK(T(secret_decode)(&z, KW_SPAN(bytes.secret)));
    expect_scalar(&z, &a);
    wanted = a;
    KW_POISON(&a, sizeof a);
    T(secret_of_fr)(&z, &a);
    expect_scalar(&z, &wanted);
}

/* Public scalars, but what they say is constant time is. */
static void fr_roots_and_order__do_not_branch(void **state)
{
    (void)state;
    T(fr) a = T(fr_of_u64)(1234567);
    T(fr) b = T(fr_of_u64)(3);
    T(fr) root;
    T(fr_mul)(&a, &a, &a);
    KW_POISON(&a, sizeof a);
    bool has_root = T(fr_sqrt)(&root, &a);
    bool is_square = T(fr_is_square)(&a);
    int order = T(fr_cmp)(&a, &b);
    KW_UNPOISON(&has_root, sizeof has_root);
    KW_UNPOISON(&is_square, sizeof is_square);
    KW_UNPOISON(&order, sizeof order);
    KW_UNPOISON(&root, sizeof root);
    assert_true(has_root && is_square && order == 1);
    T(fr_mul)(&root, &root, &root);
    KW_UNPOISON(&a, sizeof a);
    assert_true(T(fr_equal)(&root, &a));
}

/* Coordinates of a hidden point, from hashed bytes to a root. */
static void fp_roots_and_wide_bytes__do_not_branch(void **state)
{
    (void)state;
    uint8_t wide[64];
    T(fp) a;
    T(fp) root;
    memset(wide, 0x5a, sizeof wide);
    KW_POISON(wide, sizeof wide);
    EXPECT_OK(T(fp_from_wide)(&a, KW_SPAN(wide)));
    T(fp_sqr)(&a, &a);
    bool has_root = T(fp_sqrt)(&root, &a);
    bool is_square = T(fp_is_square)(&a);
    T(fp_sqr)(&root, &root);
    int order = T(fp_cmp)(&root, &a);
    KW_UNPOISON(&has_root, sizeof has_root);
    KW_UNPOISON(&is_square, sizeof is_square);
    KW_UNPOISON(&order, sizeof order);
    assert_true(has_root && is_square && order == 0);
}

static void fields_and_towers__do_not_branch(void **state)
{
    (void)state;
    T(fp12) a;
    T(fp12) b;
    memset(&a, 0, sizeof a);
    a.c0.c1.c0 = T(fp_of_u64)(7);
    a.c1.c2.c1 = T(fp_of_u64)(UINT64_MAX);
    KW_POISON(&a, sizeof a);
    T(fp12_inv)(&b, &a);
    T(fp12_mul)(&b, &b, &a);
    T(fp12_frobenius)(&b, &b, 1);
    T(fp6_inv)(&b.c0, &b.c0);
    T(fp6_frobenius)(&b.c0, &b.c0, 3);
    T(fp2_inv)(&b.c0.c0, &b.c0.c0);
    T(fp_add)(&b.c0.c0.c0, &b.c0.c0.c0, &a.c0.c1.c0);
    T(fp_sub)(&b.c0.c0.c0, &b.c0.c0.c0, &a.c0.c1.c0);
    T(fp_sqr)(&b.c0.c0.c0, &b.c0.c0.c0);
    T(fp_neg)(&b.c0.c0.c0, &b.c0.c0.c0);
    T(fp_batch_inv)(&b.c0.c0.c0, 2);
    const T(fp) minus_one = b.c0.c0.c0;
    T(fp) one = T(fp_of_u64)(1);
    T(fp_neg)(&one, &one);
    int order = T(fp_cmp)(&minus_one, &one);
    KW_UNPOISON(&order, sizeof order);
    assert_int_equal(order, 0);
}

static void g1__does_not_branch(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed < 4; seed++) {
        T(fr) a;
        T(secret) k = poisoned(seed * 1001, &a);
        T(g1) base = T(g1_generator)();
        T(g1) got;
        T(g1) wanted;
        T(g1_mul_var)(&wanted, &base, &a);
        T(g1_mul_secret)(&got, &base, &k);
        KW_UNPOISON(&got, sizeof got);
        assert_true(T(g1_equal)(&got, &wanted));
        T(g1_base_secret)(&got, &k);
        T(g1) sum;
        T(g1_dbl)(&sum, &got);
        T(g1_add)(&sum, &sum, &got);
        T(g1_neg)(&sum, &sum);
        T(g1_raw) raw;
        T(g1_to_raw)(&raw, &sum);
        expect_verdict(T(g1_equal)(&sum, &got), false);
        expect_verdict(T(g1_is_infinity)(&sum), false);
        KW_UNPOISON(&got, sizeof got);
        assert_true(T(g1_equal)(&got, &wanted));
    }
}

static void g2__does_not_branch(void **state)
{
    (void)state;
    T(fr) a;
    T(secret) k = poisoned(2002, &a);
    T(g2) base = T(g2_generator)();
    T(g2) got;
    T(g2) wanted;
    T(g2_mul_var)(&wanted, &base, &a);
    T(g2_mul_secret)(&got, &base, &k);
    KW_UNPOISON(&got, sizeof got);
    assert_true(T(g2_equal)(&got, &wanted));
    T(g2_base_secret)(&got, &k);
    T(g2) sum;
    T(g2_dbl)(&sum, &got);
    T(g2_add)(&sum, &sum, &got);
    T(g2_neg)(&sum, &sum);
    T(g2_raw) raw;
    T(g2_to_raw)(&raw, &sum);
    expect_verdict(T(g2_equal)(&sum, &got), false);
    expect_verdict(T(g2_is_infinity)(&sum), false);
    KW_UNPOISON(&got, sizeof got);
    assert_true(T(g2_equal)(&got, &wanted));
}

static void batches_and_combs__do_not_branch(void **state)
{
    (void)state;
    enum {
        N = 2
    };
    T(fr) a[N];
    T(secret) k[N] = {poisoned(5005, &a[0]), poisoned(6006, &a[1])};
    T(g1) p[N] = {T(g1_generator)(), T(g1_generator)()};
    T(g2) q[N] = {T(g2_generator)(), T(g2_generator)()};
    T(g1) products1[N];
    T(g2) products2[N];
    T(batch_g1_mul_secret)(products1, p, k, N);
    T(batch_g2_mul_secret)(products2, q, k, N);
    T(g1_raw) raw1[N];
    T(g2_raw) raw2[N];
    T(batch_g1_to_raw)(raw1, products1, N);
    T(batch_g2_to_raw)(raw2, products2, N);
    KW_UNPOISON(raw1, sizeof raw1);
    KW_UNPOISON(raw2, sizeof raw2);
    uint8_t ok[N];
    T(batch_g1_check)(products1, ok, raw1, N);
    T(batch_g2_check)(products2, ok, raw2, N);
    static T(g1_comb) comb1;
    static T(g2_comb) comb2;
    EXPECT_OK(T(g1_comb_init)(&comb1, &p[0]));
    EXPECT_OK(T(g2_comb_init)(&comb2, &q[0]));
    T(g1_comb_secret)(&p[0], &comb1, &k[1]);
    T(g2_comb_secret)(&q[0], &comb2, &k[1]);
    KW_UNPOISON(p, sizeof p);
    KW_UNPOISON(q, sizeof q);
    assert_true(T(g1_equal)(&p[0], &products1[1]));
    assert_true(T(g2_equal)(&q[0], &products2[1]));
}

static void polynomials__do_not_branch(void **state)
{
    (void)state;
    enum {
        T_COUNT = 5
    };
    T(secret) c[T_COUNT];
    T(fr) shown[T_COUNT];
    for (size_t i = 0; i < T_COUNT; i++) {
        c[i] = poisoned(4004 + i, &shown[i]);
    }
    T(secret) got;
    T(fr) wanted = T(fr_of_u64)(0);
    T(fr) index = T(fr_of_u64)(65535);
    EXPECT_OK(T(poly_eval)(&got, c, T_COUNT, 65535));
    for (size_t i = T_COUNT; i-- > 0;) {
        T(fr_mul)(&wanted, &wanted, &index);
        T(fr_add)(&wanted, &wanted, &shown[i]);
    }
    expect_scalar(&got, &wanted);
}

/* An identity may be private: RFC 9380 maps have no branch on the message. */
static void hashing__does_not_branch(void **state)
{
    (void)state;
    uint8_t msg[40];
    uint8_t dst[300]; /* too long for a DST, so it is hashed first */
    memset(msg, 0x3c, sizeof msg);
    memset(dst, 0x21, sizeof dst);
    T(g1) wanted;
    T(g1) got;
    T(g2) wanted2;
    T(g2) got2;
    EXPECT_OK(T(hash_to_g1)(&wanted, &kw_h2c_keccak256, KW_SPAN(msg), KW_SPAN(dst)));
    EXPECT_OK(T(hash_to_g2)(&wanted2, &kw_h2c_keccak256, KW_SPAN(msg), KW_SPAN(dst)));
    KW_POISON(msg, sizeof msg);
    KW_POISON(dst, sizeof dst);
    EXPECT_OK(T(hash_to_g1)(&got, &kw_h2c_keccak256, KW_SPAN(msg), KW_SPAN(dst)));
    EXPECT_OK(T(hash_to_g2)(&got2, &kw_h2c_keccak256, KW_SPAN(msg), KW_SPAN(dst)));
    KW_UNPOISON(&got, sizeof got);
    KW_UNPOISON(&got2, sizeof got2);
    assert_true(T(g1_equal)(&got, &wanted) && T(g2_equal)(&got2, &wanted2));
    EXPECT_OK(T(encode_to_g1)(&got, &kw_h2c_sha256, KW_SPAN(msg), KW_SPAN(dst)));
    EXPECT_OK(T(encode_to_g2)(&got2, &kw_h2c_sha256, KW_SPAN(msg), KW_SPAN(dst)));
}

static void hashing_to_fields__does_not_branch(void **state)
{
    (void)state;
    enum {
        N = 2
    };
    uint8_t msg[40];
    kw_span dst = kw_span_of_str(KW_STR("a test of fields"));
    T(fp) wanted[N];
    T(fp) got[N];
    T(fp2) wanted2[N];
    T(fp2) got2[N];
    memset(msg, 0x3c, sizeof msg);
    EXPECT_OK(T(hash_to_fp)(wanted, N, &kw_h2c_sha256, KW_SPAN(msg), dst));
    EXPECT_OK(T(hash_to_fp2)(wanted2, N, &kw_h2c_sha256, KW_SPAN(msg), dst));
    KW_POISON(msg, sizeof msg);
    EXPECT_OK(T(hash_to_fp)(got, N, &kw_h2c_sha256, KW_SPAN(msg), dst));
    EXPECT_OK(T(hash_to_fp2)(got2, N, &kw_h2c_sha256, KW_SPAN(msg), dst));
    KW_UNPOISON(got, sizeof got);
    KW_UNPOISON(got2, sizeof got2);
    assert_memory_equal(got, wanted, sizeof got);
    assert_memory_equal(got2, wanted2, sizeof got2);
}

/* Public values, but their encodings say that they are constant time. */
static void encodings_and_inverses__do_not_branch(void **state)
{
    (void)state;
    T(fr) many[3] = {T(fr_of_u64)(3), T(fr_of_u64)(0), T(fr_of_u64)(5)};
    T(fp) a = T(fp_of_u64)(7);
    T(fr_bytes) wanted;
    T(fr_bytes) bytes;
    T(fp_bytes) fp_wanted;
    T(fp_bytes) fp_bytes;
    T(fr) three = many[0];
    T(fr_inv)(&three, &three);
    T(fr_encode)(&wanted, &three);
    T(fp_encode)(&fp_wanted, &a);
    KW_POISON(many, sizeof many);
    KW_POISON(&a, sizeof a);
    T(fr_batch_inv)(many, KW_COUNT(many));
    T(fr_encode)(&bytes, &many[0]);
    T(fr_inv)(&many[2], &many[2]);
    T(fp_inv)(&a, &a);
    T(fp_inv)(&a, &a);
    T(fp_encode)(&fp_bytes, &a);
    KW_UNPOISON(&bytes, sizeof bytes);
    KW_UNPOISON(&fp_bytes, sizeof fp_bytes);
    assert_memory_equal(&bytes, &wanted, sizeof bytes);
    assert_memory_equal(&fp_bytes, &fp_wanted, sizeof fp_bytes);
}

/* One encoding of points: of one that is hidden, then decoded in public. */
#define ENCODES(group, encoder, decoder, size)                                                 \
    static void group##_encode_##encoder##__does_not_branch(void **state)                      \
    {                                                                                          \
        (void)state;                                                                           \
        const T(group) wanted = T(group##_generator)();                                        \
        T(group) point = wanted;                                                               \
        T(group##_##size) bytes;                                                               \
        KW_POISON(&point, sizeof point);                                                       \
        T(group##_dbl)(&point, &point);                                                        \
        T(group##_encode_##encoder)(&bytes, &point);                                           \
        KW_UNPOISON(&bytes, sizeof bytes);                                                     \
        EXPECT_OK(T(group##_decode_##decoder)(&point, KW_SPAN(bytes.bytes), KW_POINT_STRICT)); \
        T(group) twice = wanted;                                                               \
        T(group##_dbl)(&twice, &wanted);                                                       \
        assert_true(T(group##_equal)(&point, &twice));                                         \
    }
#define ENCODES_ROW(group, encoder) cmocka_unit_test(group##_encode_##encoder##__does_not_branch)

static void gt_encode__does_not_branch(void **state)
{
    (void)state;
    T(g1) p = T(g1_generator)();
    T(g2) q = T(g2_generator)();
    T(gt) value;
    T(gt) again;
    T(gt_bytes) bytes[2];
    T(pairing)(&value, &p, &q);
    const T(gt) wanted = value;
    KW_POISON(&value, sizeof value);
    T(gt_encode_coeff)(&bytes[0], &value);
    T(gt_encode_kyber)(&bytes[1], &value);
    KW_UNPOISON(bytes, sizeof bytes);
    EXPECT_OK(T(gt_decode_coeff)(&again, KW_SPAN(bytes[0].bytes)));
    assert_true(T(gt_equal)(&again, &wanted));
    EXPECT_OK(T(gt_decode_kyber)(&again, KW_SPAN(bytes[1].bytes)));
    assert_true(T(gt_equal)(&again, &wanted));
}

/* Of one that is accepted. */
static void clear_cofactor__does_not_branch_on_points(void **state)
{
    (void)state;
    T(g2_raw) raw;
    T(g2) wanted;
    T(g2) got;
    T(g2) base = T(g2_generator)();
    T(g2_to_raw)(&raw, &base);
    EXPECT_OK(T(g2_clear_cofactor)(&wanted, &raw));
    KW_POISON(&raw, sizeof raw);
    EXPECT_OK(T(g2_clear_cofactor)(&got, &raw));
    expect_verdict(T(g2_equal)(&got, &wanted), true);
}

static void maps__do_not_branch(void **state)
{
    (void)state;
    T(g1_raw) raw;
    T(g2_raw) raw2;
    T(g1) base = T(g1_generator)();
    T(g2) base2 = T(g2_generator)();
    T(g1) wanted;
    T(g1) got;
    T(g2) wanted2;
    T(g2) got2;
    T(g1_to_raw)(&raw, &base); /* any field elements */
    T(g2_to_raw)(&raw2, &base2);
    T(map_to_g1)(&wanted, &raw.x);
    T(map_to_g2)(&wanted2, &raw2.x);
    KW_POISON(&raw, sizeof raw);
    KW_POISON(&raw2, sizeof raw2);
    T(map_to_g1)(&got, &raw.x);
    T(map_to_g2)(&got2, &raw2.x);
    expect_verdict(T(g1_equal)(&got, &wanted), true);
    expect_verdict(T(g2_equal)(&got2, &wanted2), true);
}

static void pairing__does_not_branch_on_points(void **state)
{
    (void)state;
    T(g1) p = T(g1_generator)();
    T(g2) q = T(g2_generator)();
    T(gt) wanted;
    T(gt) got;
    T(gt) inverse;
    T(pairing)(&wanted, &p, &q);
    KW_POISON(&p, sizeof p);
    KW_POISON(&q, sizeof q);
    T(pairing)(&got, &p, &q);
    expect_verdict(T(gt_equal)(&got, &wanted), true);
    T(gt_inv)(&inverse, &got);
    T(gt_mul)(&got, &got, &inverse);
    T(gt) one = T(gt_one)();
    expect_verdict(T(gt_equal)(&got, &one), true);
}

/* The halves of a pairing, where nothing is refused. */
static void miller_and_final_exp__do_not_branch_on_points(void **state)
{
    (void)state;
    static T(lines) lines;
    T(g1) p = T(g1_generator)();
    T(g2) q = T(g2_generator)();
    T(fp12) value;
    T(gt) wanted;
    T(gt) got;
    T(pairing)(&wanted, &p, &q);
    T(gt_sqr)(&wanted, &wanted);
    KW_POISON(&p, sizeof p);
    KW_POISON(&q, sizeof q);
    T(prepare)(&lines, &q);
    T(pair) pairs[] = {{&p, &q, NULL}, {&p, NULL, &lines}};
    EXPECT_OK(T(miller)(&value, pairs, KW_COUNT(pairs), KW_POINT_STRICT));
    EXPECT_OK(T(final_exp)(&got, &value));
    expect_verdict(T(gt_equal)(&got, &wanted), true);
}

/* Public elements and exponents, but what they say is constant time is. */
static void powers__do_not_branch(void **state)
{
    (void)state;
    T(g1) p = T(g1_generator)();
    T(g2) q = T(g2_generator)();
    T(fr) k = T(fr_of_u64)(0x123456789abcdef);
    T(gt) base;
    T(gt) wanted;
    T(gt) got;
    T(fr_sqr)(&k, &k);
    T(fr_neg)(&k, &k);
    T(pairing)(&base, &p, &q);
    T(gt_exp_var)(&wanted, &base, &k);
    KW_POISON(&base, sizeof base);
    KW_POISON(&k, sizeof k);
    T(gt_exp)(&got, &base, &k);
    expect_verdict(T(gt_equal)(&got, &wanted), true);
    for (unsigned times = 0; times < 70; times += 23) {
        T(gt_sqr_times)(&got, &base, times);
        T(gt_sqr)(&got, &got);
        T(gt_sqr_times)(&wanted, &base, times + 1);
        expect_verdict(T(gt_equal)(&got, &wanted), true);
    }
}

#define CURVE_CASES                                                                          \
    cmocka_unit_test(scalars__do_not_branch), cmocka_unit_test(g1__does_not_branch),         \
        cmocka_unit_test(fields_and_towers__do_not_branch),                                  \
        cmocka_unit_test(fr_roots_and_order__do_not_branch),                                 \
        cmocka_unit_test(fp_roots_and_wide_bytes__do_not_branch),                            \
        cmocka_unit_test(hashing_to_fields__does_not_branch),                                \
        cmocka_unit_test(encodings_and_inverses__do_not_branch),                             \
        cmocka_unit_test(gt_encode__does_not_branch),                                        \
        cmocka_unit_test(clear_cofactor__does_not_branch_on_points),                         \
        cmocka_unit_test(miller_and_final_exp__do_not_branch_on_points),                     \
        cmocka_unit_test(g2__does_not_branch), cmocka_unit_test(polynomials__do_not_branch), \
        cmocka_unit_test(batches_and_combs__do_not_branch),                                  \
        cmocka_unit_test(hashing__does_not_branch), cmocka_unit_test(maps__do_not_branch),   \
        cmocka_unit_test(pairing__does_not_branch_on_points),                                \
        cmocka_unit_test(powers__do_not_branch)
