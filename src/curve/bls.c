/* SPDX-License-Identifier: Apache-2.0
 * BLS12-381: the public functions call the back-end that suits the processor. */
#include "curve/bls.h"

#include "base/cpu.h"
#include "curve/bls_ops.h"

static const kw_bls_ops *ops(void)
{
    return kw_cpu_now()->has_bmi2_adx ? &kw_bls_ops_adx : &kw_bls_ops_c;
}

#define V(name, params, args) \
    void kw_bls_##name params \
    {                         \
        ops()->name args;     \
    }
#define R(result, name, params, args) \
    result kw_bls_##name params       \
    {                                 \
        return ops()->name args;      \
    }
KW_BLS_OPS(V, R)
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

void kw_bls_secret_g1_drop(kw_bls_secret_g1 *p)
{
    kw_wipe(p, sizeof *p);
}

void kw_declassify_bls_secret(kw_bls_fr *out, const kw_bls_secret *k, const char *reason)
{
    KW_UNUSED(reason); /* read by people */
    memcpy(out->w, k->secret, sizeof out->w);
    kw_ct_mark_public(out, sizeof *out);
}

void kw_declassify_bls_g1(kw_bls_g1 *out, const kw_bls_secret_g1 *p, const char *reason)
{
    KW_UNUSED(reason);
    *out = p->secret;
    kw_ct_mark_public(out, sizeof *out);
}

void kw_bls_secret_bytes_drop(kw_bls_secret_bytes *bytes)
{
    kw_wipe(bytes, sizeof *bytes);
}
