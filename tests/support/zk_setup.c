/* SPDX-License-Identifier: Apache-2.0
 * A KZG setup from its tau: Lagrange polynomials at tau by their formula, point by point. */
#include "support/zk_setup.h"

#include "codec/hex.h"
#include "curve/bls_wire.h"
#include "params/engine/zk/lagrange.h"
#include "support/expect.h"

static kw_bls_fr power_of(const kw_bls_fr *base, uint64_t exponent)
{
    kw_bls_fr result = kw_bls_fr_of_u64(1);
    for (uint64_t i = 0; i < exponent; i++) {
        kw_bls_fr_mul(&result, &result, base);
    }
    return result;
}

/* L_i(tau) = (tau^n - 1) w^i / (n (tau - w^i)). */
static kw_bls_fr lagrange_at(const zk_setup_form *form, uint64_t i)
{
    const kw_bls_fr one = kw_bls_fr_of_u64(1);
    const kw_bls_fr tau = kw_bls_fr_of_u64(form->tau);
    kw_bls_fr below = kw_bls_fr_of_u64(form->g1_count);
    kw_bls_fr above = power_of(&tau, form->g1_count);
    kw_bls_fr difference;
    kw_zk_scalar root;
    kw_zk_root_of_unity(&kw_zk_bls12_381, &root, KW_ZK_ROOT_BASE_KZG,
                        63U - (unsigned)__builtin_clzll(form->g1_count));
    const kw_bls_fr w = power_of(&root.bls, i);
    kw_bls_fr_sub(&above, &above, &one);
    kw_bls_fr_mul(&above, &above, &w);
    kw_bls_fr_sub(&difference, &tau, &w);
    kw_bls_fr_mul(&below, &below, &difference);
    kw_bls_fr_inv(&below, &below);
    kw_bls_fr_mul(&above, &above, &below);
    return above;
}

static size_t reversed(size_t index, size_t count)
{
    size_t out = 0;
    for (size_t bit = 1; bit < count; bit <<= 1) {
        out = out << 1 | (size_t)((index & bit) != 0);
    }
    return out;
}

static void write_point(kw_buf *out, const zk_setup_form *form, kw_span bytes, bool is_last)
{
    if (form->is_json) {
        EXPECT_OK(kw_buf_append_str(out, KW_STR("\"0x")));
    }
    EXPECT_OK(kw_hex_encode(out, bytes));
    if (form->is_json) {
        EXPECT_OK(kw_buf_append_format(out, "\"%s", is_last ? "]" : ","));
    } else {
        EXPECT_OK(kw_buf_append_byte(out, '\n'));
    }
}

static void write_g1(kw_buf *out, const zk_setup_form *form, const kw_bls_fr *scalar, bool is_last)
{
    const kw_bls_g1 generator = kw_bls_g1_generator();
    kw_bls_g1 point;
    kw_bls_g1_bytes bytes;
    kw_bls_g1_mul_var(&point, &generator, scalar);
    kw_bls_g1_encode_zcash(&bytes, &point);
    write_point(out, form, KW_SPAN(bytes.bytes), is_last);
}

static void write_name(kw_buf *out, const zk_setup_form *form, const char *name)
{
    if (form->is_json) {
        EXPECT_OK(kw_buf_append_format(out, "%s\"%s\":[", name[3] == 'l' ? "{" : ",", name));
    }
}

void zk_setup_write(kw_buf *out, const zk_setup_form *form)
{
    const kw_bls_fr tau = kw_bls_fr_of_u64(form->tau);
    const kw_bls_g2 generator = kw_bls_g2_generator();
    if (!form->is_json) {
        EXPECT_OK(kw_buf_append_format(out, "%zu\n%zu\n", form->g1_count, form->g2_count));
    }
    write_name(out, form, "g1_lagrange");
    for (size_t i = 0; i < form->g1_count; i++) {
        size_t index = form->is_reversed ? reversed(i, form->g1_count) : i;
        const kw_bls_fr scalar = lagrange_at(form, index);
        write_g1(out, form, &scalar, i + 1 == form->g1_count);
    }
    write_name(out, form, "g2_monomial");
    for (size_t i = 0; i < form->g2_count; i++) {
        const kw_bls_fr scalar = power_of(&tau, i);
        kw_bls_g2 point;
        kw_bls_g2_bytes bytes;
        kw_bls_g2_mul_var(&point, &generator, &scalar);
        kw_bls_g2_encode_zcash(&bytes, &point);
        write_point(out, form, KW_SPAN(bytes.bytes), i + 1 == form->g2_count);
    }
    write_name(out, form, "g1_monomial");
    for (size_t i = 0; i < form->g1_count; i++) {
        const kw_bls_fr scalar = power_of(&tau, i);
        write_g1(out, form, &scalar, i + 1 == form->g1_count);
    }
    if (form->is_json) {
        EXPECT_OK(kw_buf_append_byte(out, '}'));
    }
}
