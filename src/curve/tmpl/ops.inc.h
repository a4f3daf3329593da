/* SPDX-License-Identifier: Apache-2.0
 * The operations of a curve that exist once per back-end. V rows return nothing, R rows a value;
 * each is (result,) name, parameters, arguments. T(name) is the curve's own type. From these rows
 * come the table of a back-end, its filling, and the public functions that call through it; the
 * template has a static function of the same name without the prefix. */
/* Rows of their own length, which change one by one. */
/* clang-format off */
/* Of either group. */
#define KW_GROUP_OPS(V, R, g) \
    R(T(g), g##_infinity, (void), ()) \
    R(T(g), g##_generator, (void), ()) \
    V(g##_add, (T(g) * out, const T(g) * a, const T(g) * b), (out, a, b)) \
    V(g##_neg, (T(g) * out, const T(g) * a), (out, a)) \
    V(g##_dbl, (T(g) * out, const T(g) * a), (out, a)) \
    R(bool, g##_equal, (const T(g) * a, const T(g) * b), (a, b)) \
    R(bool, g##_is_infinity, (const T(g) * a), (a)) \
    V(g##_to_raw, (T(g##_raw) * out, const T(g) * a), (out, a)) \
    R(kw_status, g##_check, (T(g) * out, const T(g##_raw) * in), (out, in)) \
    V(g##_mul_secret, (T(g) * out, const T(g) * p, const T(secret) * k), (out, p, k)) \
    V(g##_mul_var, (T(g) * out, const T(g) * p, const T(fr) * k), (out, p, k)) \
    R(kw_status, g##_comb_init, (T(g##_comb) * out, const T(g) * p), (out, p)) \
    V(g##_comb_secret, (T(g) * out, const T(g##_comb) * comb, const T(secret) * k), \
      (out, comb, k)) \
    V(batch_##g##_to_raw, (T(g##_raw) * out, const T(g) * in, size_t n), (out, in, n)) \
    V(batch_##g##_mul_secret, (T(g) * out, const T(g) * p, const T(secret) * k, size_t n), \
      (out, p, k, n)) \
    V(batch_##g##_mul_var, (T(g) * out, const T(g) * p, const T(fr) * k, size_t n), \
      (out, p, k, n)) \
    V(batch_##g##_check, (T(g) * out, uint8_t * ok, const T(g##_raw) * in, size_t n), \
      (out, ok, in, n)) \
    R(size_t, g##_msm_scratch, (size_t n), (n)) \
    R(kw_status, g##_msm_var, (T(g) * out, kw_mspan scratch, const T(g##_msm_in) * in), \
      (out, scratch, in)) \
    R(kw_status, g##_poly_eval, (T(g) * out, const T(g) * c, size_t t, uint32_t index), \
      (out, c, t, index)) \
    R(size_t, g##_interpolate_scratch, (size_t n), (n)) \
    R(kw_status, g##_interpolate, \
      (T(g) * out, kw_mspan scratch, const T(g##_interpolate_in) * in), (out, scratch, in))

/* Of either prime field. */
#define KW_FIELD_OPS(V, R, f) \
    R(T(f), f##_of_u64, (uint64_t value), (value)) \
    R(kw_status, f##_from_wide, (T(f) * out, kw_span bytes), (out, bytes)) \
    R(kw_status, f##_decode, (T(f) * out, kw_span in), (out, in)) \
    V(f##_encode, (T(f##_bytes) * out, const T(f) * a), (out, a)) \
    R(kw_status, f##_decode_mont, (T(f) * out, kw_span in), (out, in)) \
    V(f##_encode_mont, (T(f##_bytes) * out, const T(f) * a), (out, a)) \
    V(f##_add, (T(f) * out, const T(f) * a, const T(f) * b), (out, a, b)) \
    V(f##_sub, (T(f) * out, const T(f) * a, const T(f) * b), (out, a, b)) \
    V(f##_neg, (T(f) * out, const T(f) * a), (out, a)) \
    V(f##_mul, (T(f) * out, const T(f) * a, const T(f) * b), (out, a, b)) \
    V(f##_sqr, (T(f) * out, const T(f) * a), (out, a)) \
    V(f##_inv, (T(f) * out, const T(f) * a), (out, a)) \
    V(f##_inv_var, (T(f) * out, const T(f) * a), (out, a)) \
    V(f##_batch_inv, (T(f) * io, size_t count), (io, count)) \
    R(bool, f##_sqrt, (T(f) * out, const T(f) * a), (out, a)) \
    R(bool, f##_is_square, (const T(f) * a), (a)) \
    R(int, f##_cmp, (const T(f) * a, const T(f) * b), (a, b))

/* Of each floor of the tower over Fp. */
#define KW_TOWER_OPS(V, R, f) \
    V(f##_add, (T(f) * out, const T(f) * a, const T(f) * b), (out, a, b)) \
    V(f##_sub, (T(f) * out, const T(f) * a, const T(f) * b), (out, a, b)) \
    V(f##_neg, (T(f) * out, const T(f) * a), (out, a)) \
    V(f##_mul, (T(f) * out, const T(f) * a, const T(f) * b), (out, a, b)) \
    V(f##_sqr, (T(f) * out, const T(f) * a), (out, a)) \
    V(f##_inv, (T(f) * out, const T(f) * a), (out, a)) \
    V(f##_frobenius, (T(f) * out, const T(f) * a, int power), (out, a, power))

#define KW_CURVE_OPS(V, R) \
    KW_FIELD_OPS(V, R, fp) KW_FIELD_OPS(V, R, fr) \
    KW_TOWER_OPS(V, R, fp2) KW_TOWER_OPS(V, R, fp6) KW_TOWER_OPS(V, R, fp12) \
    R(kw_status, secret_decode, (T(secret) * out, kw_span in), (out, in)) \
    V(secret_encode, (T(secret_bytes) * out, const T(secret) * k), (out, k)) \
    R(kw_status, secret_from_wide, (T(secret) * out, kw_span bytes), (out, bytes)) \
    V(secret_add, (T(secret) * out, const T(secret) * a, const T(secret) * b), (out, a, b)) \
    V(secret_sub, (T(secret) * out, const T(secret) * a, const T(secret) * b), (out, a, b)) \
    V(secret_neg, (T(secret) * out, const T(secret) * a), (out, a)) \
    V(secret_mul, (T(secret) * out, const T(secret) * a, const T(secret) * b), (out, a, b)) \
    V(secret_inv, (T(secret) * out, const T(secret) * a), (out, a)) \
    R(kw_mask, secret_equal, (const T(secret) * a, const T(secret) * b), (a, b)) \
    R(kw_mask, secret_is_zero, (const T(secret) * a), (a)) \
    R(kw_status, poly_eval, (T(secret) * out, const T(secret) * c, size_t t, uint32_t index), \
      (out, c, t, index)) \
    R(kw_status, lagrange_zero, (T(fr) * l, const uint32_t *index, size_t n), (l, index, n)) \
    KW_GROUP_OPS(V, R, g1) KW_GROUP_OPS(V, R, g2) \
    R(kw_status, g1_raw_of_x_var, (T(g1_raw) * out, const T(fp) * x, bool is_larger), \
      (out, x, is_larger)) \
    R(kw_status, g2_raw_of_x_var, (T(g2_raw) * out, const T(fp2) * x, bool is_larger), \
      (out, x, is_larger)) \
    R(kw_status, hash_to_fp, \
      (T(fp) * u, size_t count, const kw_h2c_hash *hash, kw_span msg, kw_span dst), \
      (u, count, hash, msg, dst)) \
    R(kw_status, hash_to_fp2, \
      (T(fp2) * u, size_t count, const kw_h2c_hash *hash, kw_span msg, kw_span dst), \
      (u, count, hash, msg, dst)) \
    R(kw_status, hash_to_g1, (T(g1) * out, const kw_h2c_hash *hash, kw_span msg, kw_span dst), \
      (out, hash, msg, dst)) \
    R(kw_status, encode_to_g1, (T(g1) * out, const kw_h2c_hash *hash, kw_span msg, kw_span dst), \
      (out, hash, msg, dst)) \
    V(map_to_g1, (T(g1) * out, const T(fp) * u), (out, u)) \
    R(kw_status, hash_to_g2, (T(g2) * out, const kw_h2c_hash *hash, kw_span msg, kw_span dst), \
      (out, hash, msg, dst)) \
    R(kw_status, encode_to_g2, (T(g2) * out, const kw_h2c_hash *hash, kw_span msg, kw_span dst), \
      (out, hash, msg, dst)) \
    V(map_to_g2, (T(g2) * out, const T(fp2) * u), (out, u))
/* clang-format on */
