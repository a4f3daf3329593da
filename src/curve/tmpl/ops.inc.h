/* SPDX-License-Identifier: Apache-2.0
 * The operations of a curve that exist once per back-end. V rows return nothing, R rows a value;
 * each is (result,) name, parameters, arguments. T(name) is the curve's own type. From these rows
 * come the table of a back-end, its filling, and the public functions that call through it; the
 * template has a static function of the same name without the prefix. */
#define KW_CURVE_OPS(V, R)                                                                    \
    V(fp_mul, (T(fp) * out, const T(fp) * a, const T(fp) * b), (out, a, b))                   \
    V(fp_inv, (T(fp) * out, const T(fp) * a), (out, a))                                       \
    R(bool, fp_sqrt, (T(fp) * out, const T(fp) * a), (out, a))                                \
    R(T(fr), fr_of_u64, (uint64_t value), (value))                                            \
    R(kw_status, fr_from_wide, (T(fr) * out, kw_span bytes), (out, bytes))                    \
    V(fr_add, (T(fr) * out, const T(fr) * a, const T(fr) * b), (out, a, b))                   \
    V(fr_sub, (T(fr) * out, const T(fr) * a, const T(fr) * b), (out, a, b))                   \
    V(fr_neg, (T(fr) * out, const T(fr) * a), (out, a))                                       \
    V(fr_mul, (T(fr) * out, const T(fr) * a, const T(fr) * b), (out, a, b))                   \
    V(fr_inv, (T(fr) * out, const T(fr) * a), (out, a))                                       \
    V(fr_batch_inv, (T(fr) * io, size_t count), (io, count))                                  \
    R(kw_status, secret_from_wide, (T(secret) * out, kw_span bytes), (out, bytes))            \
    V(secret_add, (T(secret) * out, const T(secret) * a, const T(secret) * b), (out, a, b))   \
    V(secret_sub, (T(secret) * out, const T(secret) * a, const T(secret) * b), (out, a, b))   \
    V(secret_neg, (T(secret) * out, const T(secret) * a), (out, a))                           \
    V(secret_mul, (T(secret) * out, const T(secret) * a, const T(secret) * b), (out, a, b))   \
    V(secret_inv, (T(secret) * out, const T(secret) * a), (out, a))                           \
    R(kw_mask, secret_equal, (const T(secret) * a, const T(secret) * b), (a, b))              \
    R(kw_mask, secret_is_zero, (const T(secret) * a), (a))                                    \
    V(g1_add, (T(g1) * out, const T(g1) * a, const T(g1) * b), (out, a, b))                   \
    V(g1_neg, (T(g1) * out, const T(g1) * a), (out, a))                                       \
    V(g1_dbl, (T(g1) * out, const T(g1) * a), (out, a))                                       \
    R(bool, g1_equal, (const T(g1) * a, const T(g1) * b), (a, b))                             \
    R(bool, g1_is_infinity, (const T(g1) * a), (a))                                           \
    V(g1_to_raw, (T(g1_raw) * out, const T(g1) * a), (out, a))                                \
    V(g2_add, (T(g2) * out, const T(g2) * a, const T(g2) * b), (out, a, b))                   \
    V(g2_neg, (T(g2) * out, const T(g2) * a), (out, a))                                       \
    V(g2_dbl, (T(g2) * out, const T(g2) * a), (out, a))                                       \
    R(bool, g2_equal, (const T(g2) * a, const T(g2) * b), (a, b))                             \
    R(bool, g2_is_infinity, (const T(g2) * a), (a))                                           \
    V(g2_to_raw, (T(g2_raw) * out, const T(g2) * a), (out, a))
