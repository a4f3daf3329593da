/* SPDX-License-Identifier: Apache-2.0
 * What crosses the border of bytes, maps and secrets: a part of backend_cases.inc.h, with its
 * parameters. */

/* Written, read again alone, and with others, one of which is no point. */
#define RUN_WIRE(group, form, encoded)                                                \
    static void BYTES(run_##group##_##form)(T(trace) * t, const T(group) * points)    \
    {                                                                                 \
        T(encoded) all[MANY_COUNT];                                                   \
        T(group) again[MANY_COUNT];                                                   \
        uint8_t ok[MANY_COUNT];                                                       \
        for (size_t i = 0; i < MANY_COUNT; i++) {                                     \
            T(group##_encode_##form)(&all[i], &points[i]);                            \
            EXPECT_OK(T(group##_decode_##form)(&again[i], KW_SPAN(all[i].bytes), 0)); \
            assert_true(T(group##_equal)(&again[i], &points[i]));                     \
        }                                                                             \
        kw_sha256_update(&t->hash, (kw_span){(const uint8_t *)all, sizeof all});      \
        memset(all[7].bytes, 0xff, sizeof all[7].bytes);                              \
        EXPECT_OK(T(batch_##group##_decode_##form)(                                   \
            again, ok, (kw_span){(const uint8_t *)all, sizeof all}, MANY_COUNT, 0));  \
        for (size_t i = 0; i < MANY_COUNT; i++) {                                     \
            assert_int_equal(ok[i], i != 7);                                          \
            assert_true(T(group##_equal)(&again[i], &points[i]));                     \
        }                                                                             \
    }
WIRES(RUN_WIRE)
#undef RUN_WIRE

static void BYTES(run_wires)(T(trace) * t, const T(g1) * g1, const T(g2) * g2)
{
#define RUN_WIRE(group, form, encoded) BYTES(run_##group##_##form)(t, group);
    WIRES(RUN_WIRE)
#undef RUN_WIRE
}

static void BYTES(note_fp)(T(trace) * t, const T(fp) * a)
{
    T(fp_bytes) bytes;
    T(fp_encode)(&bytes, a);
    kw_sha256_update(&t->hash, KW_SPAN(bytes.bytes));
}

static void BYTES(run_hash_to_fields)(T(trace) * t, kw_span msg)
{
    T(fp) u[2];
    T(fp2) v[2];
    kw_span dst = kw_span_of_str(KW_STR("back-ends agree on fields"));
    EXPECT_OK(T(hash_to_fp)(u, KW_COUNT(u), &kw_h2c_sha256, msg, dst));
    EXPECT_OK(T(hash_to_fp2)(v, KW_COUNT(v), &kw_h2c_keccak256, msg, dst));
    for (size_t i = 0; i < KW_COUNT(u); i++) {
        BYTES(note_fp)(t, &u[i]);
        BYTES(note_fp)(t, &v[i].c0);
        BYTES(note_fp)(t, &v[i].c1);
    }
}

/* The maps, of coordinates, which are elements like others; the way into the group in G2. */
static void BYTES(run_maps)(T(trace) * t, const T(g1) * p, const T(g2) * q)
{
    T(g1_raw) raw;
    T(g2_raw) raw2;
    T(g1) image;
    T(g2) image2;
    T(g1_to_raw)(&raw, p);
    T(g2_to_raw)(&raw2, q);
    T(map_to_g1)(&image, &raw.y);
    T(map_to_g2)(&image2, &raw2.y);
    BYTES(note_g1)(t, &image);
    BYTES(note_g2)(t, &image2);
    EXPECT_OK(T(g2_clear_cofactor)(&image2, &raw2));
    BYTES(note_g2)(t, &image2);
}

static void BYTES(run_secret_bytes)(T(trace) * t, const T(secret) * k)
{
    uint8_t wide[48];
    T(secret_bytes) bytes;
    T(secret) again;
    T(secret_encode)(&bytes, k);
    EXPECT_OK(T(secret_decode)(&again, KW_SPAN(bytes.secret)));
    assert_true(kw_declassify_mask(T(secret_equal)(&again, k), "a test compares"));
    assert_false(kw_declassify_mask(T(secret_is_zero)(&again), "a test compares"));
    BYTES(draw)(t, wide, sizeof wide);
    EXPECT_OK(T(secret_from_wide)(&again, KW_SPAN(wide)));
    BYTES(note_secret)(t, &again);
}

/* e(p, q) e(-p, q) is one, e(p, q)^2 is not. */
static void BYTES(run_products)(T(trace) * t, const T(g1) * p, const T(g2) * q)
{
    T(g1) minus;
    bool yes = false;
    bool no = true;
    T(g1_neg)(&minus, p);
    const T(pair) one[] = {{p, q, NULL}, {&minus, q, NULL}};
    const T(pair) other[] = {{p, q, NULL}, {p, q, NULL}};
    EXPECT_OK(T(pair_product_is_one)(&yes, one, KW_COUNT(one), KW_POINT_STRICT));
    EXPECT_OK(T(pair_product_is_one)(&no, other, KW_COUNT(other), KW_POINT_STRICT));
    assert_true(yes && !no);
    T(gt) e;
    T(gt) again;
    T(gt_bytes) bytes;
    T(pairing)(&e, p, q);
    T(gt_encode_kyber)(&bytes, &e);
    kw_sha256_update(&t->hash, KW_SPAN(bytes.bytes));
    EXPECT_OK(T(gt_decode_kyber)(&again, KW_SPAN(bytes.bytes)));
    assert_true(T(gt_equal)(&again, &e));
}
