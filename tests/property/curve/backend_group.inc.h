/* SPDX-License-Identifier: Apache-2.0
 * What many points of one group give. Parameters as in backend_cases.inc.h, and POINT, the type of
 * the group's points, OF(name) and MANY(name), its functions for one and for many, NOTE and RUN,
 * functions here. */

static void RUN(T(trace) * t, const POINT *points, const T(fr) * scalars)
{
    static uint64_t scratch[1 << 15];
    static OF(comb) comb;
    kw_mspan room = {(uint8_t *)scratch, sizeof scratch};
    uint32_t index[MANY_COUNT];
    T(secret) secrets[MANY_COUNT];
    OF(raw) raws[MANY_COUNT];
    POINT out[MANY_COUNT];
    uint8_t ok[MANY_COUNT];
    for (uint32_t i = 0; i < MANY_COUNT; i++) {
        index[i] = 3 * i + 1;
        T(secret_of_fr)(&secrets[i], &scalars[i]);
    }
    POINT p;
    OF(msm_in) sum = {points, scalars, MANY_COUNT, 0};
    assert_true(OF(msm_scratch)(MANY_COUNT) <= sizeof scratch);
    EXPECT_OK(OF(msm_var)(&p, room, &sum));
    NOTE(t, &p);
    EXPECT_OK(OF(poly_eval)(&p, points, MANY_COUNT, 7));
    NOTE(t, &p);
    OF(interpolate_in) shares = {index, points, MANY_COUNT};
    assert_true(OF(interpolate_scratch)(MANY_COUNT) <= sizeof scratch);
    EXPECT_OK(OF(interpolate)(&p, room, &shares));
    NOTE(t, &p);
    EXPECT_OK(OF(comb_init)(&comb, &points[0]));
    OF(comb_secret)(&p, &comb, &secrets[1]);
    NOTE(t, &p);
    OF(dbl)(&p, &p);
    OF(neg)(&p, &p);
    OF(add)(&p, &p, &points[2]);
    NOTE(t, &p);
    MANY(mul_secret)(out, points, secrets, MANY_COUNT);
    MANY(mul_var)(out, out, scalars, MANY_COUNT);
    MANY(to_raw)(raws, out, MANY_COUNT);
    raws[4].x = raws[5].x; /* no point of the curve */
    MANY(check)(out, ok, raws, MANY_COUNT);
    kw_sha256_update(&t->hash, KW_SPAN(ok));
    for (size_t i = 0; i < MANY_COUNT; i++) {
        assert_int_equal(ok[i], i != 4);
        NOTE(t, &out[i]);
    }
}
