/* SPDX-License-Identifier: Apache-2.0
 * BN254: the public functions call the back-end that suits the processor. */
#include "curve/bn.h"

#include "base/cpu.h"
#include "curve/bn_ops.h"

static const kw_bn_ops *ops(void)
{
    return kw_cpu_now()->has_bmi2_adx ? &kw_bn_ops_adx : &kw_bn_ops_c;
}

#define V(name, params, args) \
    void kw_bn_##name params  \
    {                         \
        ops()->name args;     \
    }
#define R(result, name, params, args) \
    result kw_bn_##name params        \
    {                                 \
        return ops()->name args;      \
    }
KW_BN_OPS(V, R)
#undef V
#undef R

bool kw_bn_fr_equal(const kw_bn_fr *a, const kw_bn_fr *b)
{
    return kw_ct_equal((const uint8_t *)a->w, (const uint8_t *)b->w, sizeof a->w) != 0;
}

bool kw_bn_fr_is_zero(const kw_bn_fr *a)
{
    return (a->w[0] | a->w[1] | a->w[2] | a->w[3]) == 0;
}

void kw_bn_secret_drop(kw_bn_secret *k)
{
    kw_wipe(k, sizeof *k);
}

void kw_bn_secret_of_fr(kw_bn_secret *out, const kw_bn_fr *a)
{
    memcpy(out->secret, a->w, sizeof out->secret);
}

void kw_bn_secret_g1_drop(kw_bn_secret_g1 *p)
{
    kw_wipe(p, sizeof *p);
}

void kw_declassify_bn_secret(kw_bn_fr *out, const kw_bn_secret *k, const char *reason)
{
    KW_UNUSED(reason); /* read by people */
    memcpy(out->w, k->secret, sizeof out->w);
    kw_ct_mark_public(out, sizeof *out);
}

void kw_declassify_bn_g1(kw_bn_g1 *out, const kw_bn_secret_g1 *p, const char *reason)
{
    KW_UNUSED(reason);
    *out = p->secret;
    kw_ct_mark_public(out, sizeof *out);
}

void kw_bn_secret_bytes_drop(kw_bn_secret_bytes *bytes)
{
    kw_wipe(bytes, sizeof *bytes);
}
