/* SPDX-License-Identifier: Apache-2.0
 * Square roots in Fr, where r - 1 is odd 2^fr_twos: the method of Tonelli and Shanks in the form of
 * RFC 9380 section I.4. CT: constant time in the elements; exponents are constants of the curve. */

/* o = a^((odd - 1) / 2). */
KW_TEMPLATE void fr_sqrt_power(fr *o, const fr *a)
{
    fr power = fr_one();
    for (int at = 64 * (int)KW_COUNT(fr_sqrt_exponent) - 1; at >= 0; at--) {
        fr_sqr(&power, &power);
        if ((fr_sqrt_exponent[at / 64] >> (at % 64) & 1) != 0) {
            fr_mul(&power, &power, a);
        }
    }
    *o = power;
    kw_wipe(&power, sizeof power);
}

/* A root of a, and whether there is one; else `o` is of no use. In round i, root^2 = a t, c is of
 * order 2^i, and t, when a is a square, of an order that divides 2^(i - 1): half of it tells
 * whether t needs a factor c^2. */
KW_TEMPLATE kw_mask fr_root(fr *o, const fr *a)
{
    const fr one = fr_one();
    fr c = fr_root_of_unity;
    fr root;
    fr t;
    fr product;
    fr_sqrt_power(&root, a);
    fr_sqr(&t, &root);
    fr_mul(&t, &t, a);
    fr_mul(&root, &root, a);
    for (int i = fr_twos; i >= 2; i--) {
        product = t;
        for (int j = 0; j < i - 2; j++) {
            fr_sqr(&product, &product);
        }
        kw_mask needs_factor = ~fr_equal(&product, &one);
        fr_mul(&product, &root, &c);
        fr_copy(needs_factor, &root, &product);
        fr_sqr(&c, &c);
        fr_mul(&product, &t, &c);
        fr_copy(needs_factor, &t, &product);
    }
    fr_sqr(&product, &root);
    kw_mask is_square = fr_equal(&product, a);
    *o = root;
    kw_wipe(&root, sizeof root);
    kw_wipe(&t, sizeof t);
    kw_wipe(&product, sizeof product);
    return is_square;
}
