/* SPDX-License-Identifier: Apache-2.0
 * The public functions of one curve: they call the back-end that suits the processor. Parameters:
 * T(name) of the curve's ops header, OPS, its rows, and DECLASSIFY(name), its ways out. */

static const T(ops) * ops(void)
{
    return kw_cpu_now()->has_bmi2_adx ? &T(ops_adx) : &T(ops_c);
}

#define V(name, params, args) \
    void T(name) params       \
    {                         \
        ops()->name args;     \
    }
#define R(result, name, params, args) \
    result T(name) params             \
    {                                 \
        return ops()->name args;      \
    }
OPS(V, R)
#undef V
#undef R

bool T(fr_equal)(const T(fr) * a, const T(fr) * b)
{
    return kw_ct_equal((const uint8_t *)a->w, (const uint8_t *)b->w, sizeof a->w) != 0;
}

bool T(fr_is_zero)(const T(fr) * a)
{
    return (a->w[0] | a->w[1] | a->w[2] | a->w[3]) == 0;
}

void T(secret_drop)(T(secret) * k)
{
    kw_wipe(k, sizeof *k);
}

void T(secret_of_fr)(T(secret) * out, const T(fr) * a)
{
    memcpy(out->secret, a->w, sizeof out->secret);
}

void DECLASSIFY(secret)(T(fr) * out, const T(secret) * k, const char *reason)
{
    KW_UNUSED(reason); /* read by people */
    memcpy(out->w, k->secret, sizeof out->w);
    kw_ct_mark_public(out, sizeof *out);
}

void T(secret_bytes_drop)(T(secret_bytes) * bytes)
{
    kw_wipe(bytes, sizeof *bytes);
}
