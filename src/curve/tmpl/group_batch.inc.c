/* SPDX-License-Identifier: Apache-2.0
 * One operation on many points. Parameters: those of group.inc.c. CT: constant time except in names
 * with _var and in the verdicts of check. */

#define G(name)     KW_GLUE3(GROUP, _, name)
#define BATCH(name) KW_GLUE3(batch_, GROUP, name)

KW_TEMPLATE void BATCH(_to_raw)(RAW *out, const GROUP *in, size_t n)
{
    G(batch_to_raw)(out, in, n);
}

KW_TEMPLATE void BATCH(_mul_secret)(GROUP *out, const GROUP *p, const secret *k, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        G(mul_secret)(&out[i], &p[i], &k[i]);
    }
}

KW_TEMPLATE void BATCH(_mul_var)(GROUP *out, const GROUP *p, const fr *k, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        G(mul_var)(&out[i], &p[i], &k[i]);
    }
}

KW_TEMPLATE void BATCH(_check)(GROUP *out, uint8_t *ok, const RAW *in, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ok[i] = G(check)(&out[i], &in[i]) == KW_OK;
    }
}

#undef G
#undef BATCH
