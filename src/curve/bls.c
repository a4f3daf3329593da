/* SPDX-License-Identifier: Apache-2.0
 * BLS12-381: the public functions call the back-end that suits the processor. */
#include "curve/bls.h"

#include "base/cpu.h"
#include "curve/bls_ops.h"

static const kw_bls_ops *ops(void)
{
    return kw_cpu_now()->has_bmi2_adx ? &kw_bls_ops_adx : &kw_bls_ops_c;
}

#define V(name, params, args)   \
    void kw_bls_##name params   \
    {                           \
        ops()->name args;       \
    }
#define R(result, name, params, args) \
    result kw_bls_##name params       \
    {                                 \
        return ops()->name args;      \
    }
KW_CURVE_OPS(V, R)
#undef V
#undef R

bool kw_bls_fr_equal(const kw_bls_fr *a, const kw_bls_fr *b)
{
    return kw_ct_equal((const uint8_t *)a->w, (const uint8_t *)b->w, sizeof a->w) != 0;
}

bool kw_bls_fr_is_zero(const kw_bls_fr *a)
{
    return (a->w[0] | a->w[1] | a->w[2] | a->w[3]) == 0;
}

void kw_bls_secret_drop(kw_bls_secret *k)
{
    kw_wipe(k, sizeof *k);
}

void kw_bls_secret_of_fr(kw_bls_secret *out, const kw_bls_fr *a)
{
    memcpy(out->secret, a->w, sizeof out->secret);
}
