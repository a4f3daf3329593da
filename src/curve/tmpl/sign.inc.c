/* SPDX-License-Identifier: Apache-2.0
 * One scheme of BLS signatures. Parameters: SCHEME, the groups KEY and SIGN of keys and signatures,
 * KEY_SIDE and SIGN_SIDE, the members of a pair that take them, and IN_G1, whether keys or hashes
 * lie in G1. A signature is valid when e(key, H(msg)) e(-base, signature) = 1. */

#define S(name)    KW_GLUE3(SCHEME, _, name)
#define PUB(name)  KW_GLUE(kw_bls_, S(name))
#define K(name)    KW_GLUE(kw_bls_, KW_GLUE3(KEY, _, name))
#define H(name)    KW_GLUE(kw_bls_, KW_GLUE3(SIGN, _, name))
#define KEY_POINT  KW_GLUE(kw_bls_, KEY)
#define SIGN_POINT KW_GLUE(kw_bls_, SIGN)

static kw_status S(hash)(SIGN_POINT *out, kw_span msg, const kw_bls_suite *suite)
{
    return KW_GLUE(kw_bls_hash_to_, SIGN)(out, suite->hash, msg, suite->dst);
}

kw_status PUB(sign)(SIGN_POINT *out, const kw_bls_secret *k, kw_span msg, const kw_bls_suite *suite)
{
    SIGN_POINT hashed;
    KW_TRY(S(hash)(&hashed, msg, suite));
    H(mul_secret)(out, &hashed, k);
    return KW_OK;
}

/* Whether the product of the pairs with e(-base, signature), which takes the place behind them, is
 * 1. Infinity is allowed: sums may be. */
static bool S(product_is_one)(kw_bls_pair *pairs, size_t n, const SIGN_POINT *signature)
{
    KEY_POINT minus_base = K(generator)();
    bool yes = false;
    K(neg)(&minus_base, &minus_base);
    pairs[n] = (kw_bls_pair){.KEY_SIDE = &minus_base, .SIGN_SIDE = signature};
    kw_status st = kw_bls_pair_product_is_one(&yes, pairs, n + 1, KW_ALLOW_INFINITY);
    return st == KW_OK && yes;
}

kw_status PUB(verify)(bool *yes, const KEY_POINT *key, const SIGN_POINT *signature, kw_span msg,
                      const kw_bls_suite *suite)
{
    SIGN_POINT hashed;
    if (K(is_infinity)(key) || H(is_infinity)(signature)) {
        return KW_INFINITY;
    }
    KW_TRY(S(hash)(&hashed, msg, suite));
    kw_bls_pair pairs[2] = {{.KEY_SIDE = key, .SIGN_SIDE = &hashed}};
    *yes = S(product_is_one)(pairs, 1, signature);
    return KW_OK;
}

static bool S(has_infinity)(const PUB(batch) * in, size_t i)
{
    return K(is_infinity)(&in->keys[i]) || H(is_infinity)(&in->signatures[i]);
}

/* ---- many signatures on one message ---- */
typedef struct S(same) {
    const PUB(batch) * in;
    const SIGN_POINT *hashed;
    const kw_bls_fr *multipliers; /* 0 where infinity is */
    kw_mspan scratch;
} S(same);

/* e(sum k[i] key[i], H(msg)) = e(base, sum k[i] signature[i]). */
static bool S(same_check)(const void *data, size_t first, size_t count)
{
    const S(same) *same = data;
    const kw_bls_fr *k = same->multipliers + first;
    KEY_POINT key;
    SIGN_POINT signature;
    const K(msm_in) keys = {same->in->keys + first, k, count, 8 * KW_BLS_MULTIPLIER_BYTES};
    const H(msm_in)
        signatures = {same->in->signatures + first, k, count, 8 * KW_BLS_MULTIPLIER_BYTES};
    if (K(msm_var)(&key, same->scratch, &keys) != KW_OK ||
        H(msm_var)(&signature, same->scratch, &signatures) != KW_OK) {
        return false;
    }
    kw_bls_pair pairs[2] = {{.KEY_SIDE = &key, .SIGN_SIDE = same->hashed}};
    return S(product_is_one)(pairs, 1, &signature);
}

kw_status PUB(verify_same)(uint8_t *ok, kw_mspan scratch, const PUB(batch) * in, kw_span msg,
                           const kw_bls_suite *suite)
{
    const size_t needed = kw_bls_verify_same_scratch(in->n);
    if (needed == SIZE_MAX || scratch.len < needed || (uintptr_t)scratch.ptr % 8 != 0) {
        return KW_ARG;
    }
    KW_TRY(multipliers_check(in->multipliers, in->n));
    SIGN_POINT hashed;
    KW_TRY(S(hash)(&hashed, msg, suite));
    kw_bls_fr *k = (kw_bls_fr *)(void *)scratch.ptr;
    const size_t taken = in->n * sizeof *k;
    for (size_t i = 0; i < in->n; i++) {
        k[i] = S(has_infinity)(in, i) ? kw_bls_fr_of_u64(0) : multiplier(in->multipliers, i);
    }
    const S(same) same = {in, &hashed, k, {scratch.ptr + taken, scratch.len - taken}};
    bisect(ok, in->n, S(same_check), &same);
    for (size_t i = 0; i < in->n; i++) {
        ok[i] &= !S(has_infinity)(in, i);
    }
    return KW_OK;
}

/* ---- many signatures on messages of their own ---- */

/* Everything times its multiplier, once in each product. */
typedef struct S(each) {
    KEY_POINT keys[EACH_BLOCK];
    SIGN_POINT hashes[EACH_BLOCK];
    SIGN_POINT signatures[EACH_BLOCK];
} S(each);

/* Product of e(k[i] key[i], H(msg[i])) = e(base, sum k[i] signature[i]). */
static bool S(each_check)(const void *data, size_t first, size_t count)
{
    const S(each) *each = data;
    kw_bls_pair pairs[EACH_BLOCK + 1];
    SIGN_POINT sum = H(infinity)();
    for (size_t i = 0; i < count; i++) {
        pairs[i] = (kw_bls_pair){.KEY_SIDE = &each->keys[first + i],
                                 .SIGN_SIDE = &each->hashes[first + i]};
        H(add)(&sum, &sum, &each->signatures[first + i]);
    }
    return S(product_is_one)(pairs, count, &sum);
}

/* Number i of the batch at its place in the block, whose hash is there; what is at infinity takes
 * no part. */
static void S(each_fill)(S(each) * each, size_t at, const PUB(batch) * in, size_t i)
{
    kw_bls_fr k = multiplier(in->multipliers, i);
    each->keys[at] = in->keys[i];
    H(mul_var)(&each->signatures[at], &in->signatures[i], &k);
    kw_bls_g1_mul_var(&each->IN_G1[at], &each->IN_G1[at], &k);
    if (S(has_infinity)(in, i)) {
        each->keys[at] = K(infinity)();
        each->signatures[at] = H(infinity)();
    }
}

kw_status PUB(verify_each)(uint8_t *ok, const PUB(batch) * in, const kw_span *msgs,
                           const kw_bls_suite *suite)
{
    S(each) each;
    KW_TRY(multipliers_check(in->multipliers, in->n));
    for (size_t done = 0; done < in->n;) {
        size_t count = KW_MIN(in->n - done, EACH_BLOCK);
        for (size_t i = 0; i < count; i++) {
            /* Fails at the first or never. */
            KW_TRY(S(hash)(&each.hashes[i], msgs[done + i], suite));
            S(each_fill)(&each, i, in, done + i);
        }
        bisect(ok + done, count, S(each_check), &each);
        for (size_t i = done; i < done + count; i++) {
            ok[i] &= !S(has_infinity)(in, i);
        }
        done += count;
    }
    return KW_OK;
}

#undef S
#undef PUB
#undef K
#undef H
#undef KEY_POINT
#undef SIGN_POINT
