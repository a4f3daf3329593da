/* SPDX-License-Identifier: Apache-2.0
 * Scalars of both kinds: public ones, and secret ones, which are the same numbers in a type that
 * variable-time functions do not take. CT: constant time. */

KW_TEMPLATE_HOT fr secret_open(const secret *k)
{
    fr a;
    memcpy(a.w, k->secret, sizeof a.w);
    return a;
}

KW_TEMPLATE_HOT void secret_close(secret *out, const fr *a)
{
    memcpy(out->secret, a->w, sizeof out->secret);
}

KW_TEMPLATE kw_status secret_from_wide(secret *out, kw_span bytes)
{
    fr a;
    KW_TRY(fr_from_wide(&a, bytes));
    bool is_zero = kw_declassify_mask(fr_is_zero(&a), "zero is refused, and is never drawn");
    if (!is_zero) {
        secret_close(out, &a);
    }
    kw_wipe(&a, sizeof a);
    return is_zero ? KW_RANGE : KW_OK;
}

/* out = a op b on opened scalars, which are wiped. */
#define KW_SECRET_BINARY(name)                                                    \
    KW_TEMPLATE void secret_##name(secret *out, const secret *a, const secret *b) \
    {                                                                             \
        fr x = secret_open(a);                                                    \
        fr y = secret_open(b);                                                    \
        fr_##name(&x, &x, &y);                                                    \
        secret_close(out, &x);                                                    \
        kw_wipe(&x, sizeof x);                                                    \
        kw_wipe(&y, sizeof y);                                                    \
    }
KW_SECRET_BINARY(add)
KW_SECRET_BINARY(sub)
KW_SECRET_BINARY(mul)
#undef KW_SECRET_BINARY

#define KW_SECRET_UNARY(name)                                    \
    KW_TEMPLATE void secret_##name(secret *out, const secret *a) \
    {                                                            \
        fr x = secret_open(a);                                   \
        fr_##name(&x, &x);                                       \
        secret_close(out, &x);                                   \
        kw_wipe(&x, sizeof x);                                   \
    }
KW_SECRET_UNARY(neg)
KW_SECRET_UNARY(inv)
#undef KW_SECRET_UNARY

KW_TEMPLATE kw_mask secret_equal(const secret *a, const secret *b)
{
    fr x = secret_open(a);
    fr y = secret_open(b);
    kw_mask same = fr_equal(&x, &y);
    kw_wipe(&x, sizeof x);
    kw_wipe(&y, sizeof y);
    return same;
}

KW_TEMPLATE kw_mask secret_is_zero(const secret *a)
{
    fr x = secret_open(a);
    kw_mask is_zero = fr_is_zero(&x);
    kw_wipe(&x, sizeof x);
    return is_zero;
}
