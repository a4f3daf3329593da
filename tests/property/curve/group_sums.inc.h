/* SPDX-License-Identifier: Apache-2.0
 * What adds up many points of one group: combs, sums of products, polynomials, batches. Parameters
 * as for group_laws.inc.h, which comes before. */

#define G(name)     KW_GLUE3(GROUP, _, name)
#define PUB(name)   C(G(name))
#define BATCH(name) C(KW_GLUE3(batch_, GROUP, name))

enum {
    G(SUM_MOST) = 5000
};

static GROUP G(points)[G(SUM_MOST)];
static fr G(scalars)[G(SUM_MOST)];

/* Points k g with scalars for them, among them infinities, equal and opposite ones; the scalar of
 * their sum. Scalars are below 2^bits; 0: of any size. */
static fr G(draw_points)(size_t n, unsigned bits)
{
    GROUP g = PUB(generator)();
    fr k = random_fr();
    fr step = random_fr();
    fr sum = fr_zero();
    GROUP p;
    GROUP g_step;
    PUB(mul_var)(&p, &g, &k);
    PUB(mul_var)(&g_step, &g, &step);
    for (size_t i = 0; i < n; i++) {
        switch (draw_u64() % 8) {
        case 0:
            k = fr_zero();
            p = PUB(infinity)();
            break;
        case 1:
            fr_neg(&k, &k);
            PUB(neg)(&p, &p);
            break;
        case 2:
            break;
        default:
            fr_add(&k, &k, &step);
            PUB(add)(&p, &p, &g_step);
        }
        fr term;
        fr scalar = bits == 0 ? edge_scalar((int)(i * 7 % 128)) : scalar_of_bits(bits);
        G(points)[i] = p;
        G(scalars)[i] = draw_u64() % 4 == 0 && i > 0 ? G(scalars)[i - 1] : scalar;
        fr_mul(&term, &k, &G(scalars)[i]);
        fr_add(&sum, &sum, &term);
    }
    return sum;
}

static void G(expect_msm)(const fr *wanted, size_t n, unsigned bits)
{
    GROUP g = PUB(generator)();
    GROUP sum;
    GROUP product;
    size_t len = PUB(msm_scratch)(n);
    uint64_t *bytes = malloc(len + 8);
    kw_mspan scratch = {(uint8_t *)bytes, len};
    const G(msm_in) in = {G(points), G(scalars), n, bits};
    assert_non_null(bytes);
    EXPECT_OK(PUB(msm_var)(&sum, scratch, &in));
    PUB(mul_var)(&product, &g, wanted);
    G(expect_equal)(&sum, &product);
    if (len > 0) {
        scratch.len--;
        EXPECT_STATUS(PUB(msm_var)(&sum, scratch, &in), KW_ARG);
        scratch = (kw_mspan){(uint8_t *)bytes + 4, len};
        EXPECT_STATUS(PUB(msm_var)(&sum, scratch, &in), KW_ARG);
    }
    free(bytes);
}

static void G(msm__agrees_with_the_sum_of_products)(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 300; n += n < 40 ? 1 : 13) {
        fr wanted = G(draw_points)(n, 0);
        G(expect_msm)(&wanted, n, 0);
    }
    fr wanted = G(draw_points)(G(SUM_MOST), 0);
    G(expect_msm)(&wanted, G(SUM_MOST), 0);
}

/* The last sum before the digits become wider, and the first after. */
static void G(msm__agrees_where_its_windows_change)(void **state)
{
    (void)state;
    int changes = 0;
    for (size_t n = MSM_STRAUS_BELOW + 1; n <= G(SUM_MOST); n++) {
        int width = msm_plan_of(n, G(PART_COUNT), G(PART_SIZE)).width;
        if (width == msm_plan_of(n - 1, G(PART_COUNT), G(PART_SIZE)).width) {
            continue;
        }
        for (size_t count = n - 1; count <= n; count++) {
            fr wanted = G(draw_points)(count, 0);
            G(expect_msm)(&wanted, count, 0);
        }
        changes++;
    }
    assert_true(changes >= 5);
}

static void G(msm__takes_scalars_of_few_bits)(void **state)
{
    (void)state;
    static const unsigned bits[] = {1, 2, 61, 64, 65, 127, 128, 129, 174, 175, 176, 255};
    static const size_t counts[] = {1, 15, 16, 33, 400};
    for (size_t i = 0; i < KW_COUNT(bits); i++) {
        for (size_t j = 0; j < KW_COUNT(counts); j++) {
            fr wanted = G(draw_points)(counts[j], bits[i]);
            G(expect_msm)(&wanted, counts[j], bits[i]);
        }
    }
    fr wanted = G(draw_points)(G(SUM_MOST), 128);
    G(expect_msm)(&wanted, G(SUM_MOST), 128);
}

static void G(msm__refuses_scalars_of_more_bits)(void **state)
{
    (void)state;
    static uint64_t bytes[1 << 15];
    static const unsigned bits[] = {1, 63, 64, 128, 175, 176, 252};
    kw_mspan scratch = {(uint8_t *)bytes, sizeof bytes};
    for (size_t i = 0; i < KW_COUNT(bits); i++) {
        for (size_t n = 1; n <= 17; n += 16) {
            GROUP out = PUB(generator)();
            const GROUP before = out;
            const G(msm_in) in = {G(points), G(scalars), n, bits[i]};
            fr one = C(fr_of_u64)(1);
            fr largest = one;
            (void)G(draw_points)(n, bits[i]);
            for (unsigned bit = 0; bit < bits[i]; bit++) {
                C(fr_add)(&largest, &largest, &largest);
            }
            G(scalars)[n - 1] = largest; /* 2^bits */
            EXPECT_STATUS(PUB(msm_var)(&out, scratch, &in), KW_ARG);
            assert_memory_equal(&out, &before, sizeof out);
            C(fr_sub)(&G(scalars)[n - 1], &largest, &one);
            EXPECT_OK(PUB(msm_var)(&out, scratch, &in));
        }
    }
}

/* All items of a window in one bucket; all pairs opposite; nothing but infinity. */
static void G(msm__bears_one_bucket_for_all)(void **state)
{
    (void)state;
    const size_t n = 200;
    GROUP g = PUB(generator)();
    fr k = random_fr();
    fr total = fr_zero();
    for (int round = 0; round < 3; round++) {
        total = fr_zero();
        for (size_t i = 0; i < n; i++) {
            G(points)[i] = round == 2 ? PUB(infinity)() : g;
            G(scalars)[i] = k;
            if (round == 1 && i % 2 == 0) {
                PUB(neg)(&G(points)[i], &g);
            }
            fr_add(&total, &total, &k);
        }
        total = round == 0 ? total : fr_zero();
        G(expect_msm)(&total, n, 0);
    }
}

static void G(comb__agrees_with_mul)(void **state)
{
    (void)state;
    static G(comb) comb;
    GROUP g = PUB(generator)();
    GROUP p = G(random_point)();
    EXPECT_OK(PUB(comb_init)(&comb, &g));
    assert_memory_equal(&comb, &PUB(base_comb), sizeof comb);
    EXPECT_OK(PUB(comb_init)(&comb, &p));
    for (int i = 0; i < 80; i++) {
        secret k;
        fr open = edge_scalar(i);
        GROUP got;
        GROUP wanted;
        C(secret_of_fr)(&k, &open);
        PUB(mul_var)(&wanted, &p, &open);
        PUB(comb_secret)(&got, &comb, &k);
        G(expect_equal)(&got, &wanted);
        PUB(mul_var)(&wanted, &g, &open);
        PUB(base_secret)(&got, &k);
        G(expect_equal)(&got, &wanted);
    }
    p = PUB(infinity)();
    EXPECT_STATUS(PUB(comb_init)(&comb, &p), KW_INFINITY);
}

static void G(batch__agrees_with_single_operations)(void **state)
{
    (void)state;
    enum {
        N = 150
    };
    static GROUP out[N];
    static GROUP wanted;
    static RAW raw[N];
    static secret k[N];
    static uint8_t ok[N];
    (void)G(draw_points)(N, 0);
    BATCH(_to_raw)(raw, G(points), N);
    for (size_t i = 0; i < N; i++) {
        RAW one;
        PUB(to_raw)(&one, &G(points)[i]);
        assert_memory_equal(&one, &raw[i], sizeof one);
        C(secret_of_fr)(&k[i], &G(scalars)[i]);
    }
    for (int is_secret = 0; is_secret < 2; is_secret++) {
        if (is_secret != 0) {
            BATCH(_mul_secret)(out, G(points), k, N);
        } else {
            BATCH(_mul_var)(out, G(points), G(scalars), N);
        }
        for (size_t i = 0; i < N; i++) {
            PUB(mul_var)(&wanted, &G(points)[i], &G(scalars)[i]);
            G(expect_equal)(&out[i], &wanted);
        }
    }
    GROUP g = PUB(generator)();
    PUB(to_raw)(&raw[3], &g);
    raw[3].y = raw[3].x;
    GROUP before = out[3];
    BATCH(_check)(out, ok, raw, N);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(ok[i], i != 3);
        const GROUP *point = i == 3 ? &before : &G(points)[i];
        G(expect_equal)(&out[i], point);
    }
}

/* Shares of a random polynomial: values in Fr and in the group agree, and t of them bring back what
 * is shared, while t - 1 do not. */
static void G(interpolate__brings_the_secret_back)(void **state)
{
    (void)state;
    enum {
        T = 30
    };
    static secret c[T];
    static GROUP committed[T];
    static GROUP shares[T];
    static uint64_t bytes[1 << 16];
    kw_mspan scratch = {(uint8_t *)bytes, sizeof bytes};
    uint32_t index[T];
    for (size_t i = 0; i < T; i++) {
        fr k = random_fr();
        C(secret_of_fr)(&c[i], &k);
        PUB(base_secret)(&committed[i], &c[i]);
    }
    static const size_t counts[] = {1, 2, 5, T};
    for (size_t n = 0; n < KW_COUNT(counts); n++) {
        size_t t = counts[n];
        for (size_t i = 0; i < t; i++) {
            secret share;
            GROUP wanted;
            index[i] = i == 0 ? 1 << 16 : (uint32_t)(3 * i + 1);
            EXPECT_OK(C(poly_eval)(&share, c, t, index[i]));
            EXPECT_OK(PUB(poly_eval)(&shares[i], committed, t, index[i]));
            PUB(base_secret)(&wanted, &share);
            G(expect_equal)(&shares[i], &wanted);
        }
        GROUP got;
        G(interpolate_in) in = {index, shares, t};
        scratch.len = PUB(interpolate_scratch)(t);
        assert_true(scratch.len <= sizeof bytes);
        EXPECT_OK(PUB(interpolate)(&got, scratch, &in));
        G(expect_equal)(&got, &committed[0]);
        scratch.len--;
        EXPECT_STATUS(PUB(interpolate)(&got, scratch, &in), KW_ARG);
        scratch.len = sizeof bytes;
        in.n = t - 1;
        kw_status st = PUB(interpolate)(&got, scratch, &in);
        EXPECT_STATUS(st, t == 1 ? KW_ARG : KW_OK);
        assert_false(st == KW_OK && PUB(equal)(&got, &committed[0]));
    }
    EXPECT_STATUS(PUB(poly_eval)(&shares[0], committed, 0, 1), KW_ARG);
    EXPECT_STATUS(PUB(poly_eval)(&shares[0], committed, T, 0), KW_ARG);
    EXPECT_STATUS(PUB(poly_eval)(&shares[0], committed, T, (1 << 16) + 1), KW_ARG);
}

#undef G
#undef PUB
#undef BATCH
