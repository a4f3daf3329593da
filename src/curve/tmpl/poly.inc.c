/* SPDX-License-Identifier: Apache-2.0
 * Polynomials over Fr: shares of a secret, and the coefficients that bring it back. */

enum {
    LAGRANGE_MAX = 4096
};

/* Horner. CT: constant time in the coefficients. */
KW_TEMPLATE kw_status poly_eval(secret *out, const secret *c, size_t t, uint32_t index)
{
    if (t == 0 || index == 0) {
        return KW_ARG;
    }
    fr x = fr_of_u64(index);
    fr sum = secret_open(&c[t - 1]);
    fr term;
    for (size_t i = t - 1; i-- > 0;) {
        term = secret_open(&c[i]);
        fr_mul(&sum, &sum, &x);
        fr_add(&sum, &sum, &term);
    }
    secret_close(out, &sum);
    kw_wipe(&sum, sizeof sum);
    kw_wipe(&term, sizeof term);
    return KW_OK;
}

KW_TEMPLATE bool indices_are_distinct(const uint32_t *index, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            if (index[i] == index[j]) {
                return false;
            }
        }
        if (index[i] == 0) {
            return false;
        }
    }
    return true;
}

/* l[i] = prod x[j] / (x[i] prod (x[j] - x[i])), products over j except i in the denominator. */
KW_TEMPLATE kw_status lagrange_zero(fr *l, const uint32_t *index, size_t n)
{
    if (n == 0 || n > LAGRANGE_MAX || !indices_are_distinct(index, n)) {
        return KW_ARG;
    }
    fr product = fr_one();
    for (size_t i = 0; i < n; i++) {
        fr x = fr_of_u64(index[i]);
        fr_mul(&product, &product, &x);
        l[i] = x;
        bool is_negative = false;
        for (size_t j = 0; j < n; j++) {
            if (j != i) {
                is_negative ^= index[j] < index[i];
                x = fr_of_u64(index[j] < index[i] ? index[i] - index[j] : index[j] - index[i]);
                fr_mul(&l[i], &l[i], &x);
            }
        }
        fr_neg_if((uint64_t)0 - is_negative, &l[i], &l[i]);
    }
    fr_batch_inv_var(l, n);
    for (size_t i = 0; i < n; i++) {
        fr_mul(&l[i], &l[i], &product);
    }
    return KW_OK;
}
