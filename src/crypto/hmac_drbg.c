/* SPDX-License-Identifier: Apache-2.0
 * HMAC-DRBG. Source: NIST SP 800-90A rev. 1, section 10.1.2, whose names are used. Secret inputs:
 * all. */
#include "crypto/hmac_drbg.h"

#include "crypto/hmac.h"

/* V || byte || provided data, hashed under K without being joined anywhere. */
static void mix(kw_hmac_drbg *drbg, uint8_t byte, kw_secret_span provided)
{
    KW_AUTO(kw_hmac_state) state = kw_hmac_begin(kw_secret32_view(&drbg->key));
    kw_hmac_update(&state, KW_SPAN(drbg->value.secret));
    kw_hmac_update(&state, (kw_span){&byte, 1});
    kw_hmac_update(&state, (kw_span){provided.secret, provided.len});
    kw_hmac_end(&state, (kw_hash32 *)drbg->key.secret);
}

/* V = HMAC(K, V) */
static void step(kw_hmac_drbg *drbg)
{
    kw_hash32 next;
    kw_hmac_sha256(&next, kw_secret32_view(&drbg->key), KW_SPAN(drbg->value.secret));
    memcpy(drbg->value.secret, next.bytes, sizeof next.bytes);
    kw_wipe(&next, sizeof next);
}

/* 10.1.2.2 */
static void update(kw_hmac_drbg *drbg, kw_secret_span provided)
{
    mix(drbg, 0x00, provided);
    step(drbg);
    if (provided.len > 0) {
        mix(drbg, 0x01, provided);
        step(drbg);
    }
}

void kw_hmac_drbg_init(kw_hmac_drbg *out, kw_secret_span seed_material)
{
    memset(out->key.secret, 0x00, sizeof out->key.secret);
    memset(out->value.secret, 0x01, sizeof out->value.secret);
    update(out, seed_material);
}

void kw_hmac_drbg_drop(kw_hmac_drbg *drbg)
{
    kw_wipe(drbg, sizeof *drbg);
}

void kw_hmac_drbg_reseed(kw_hmac_drbg *drbg, kw_secret_span seed_material)
{
    update(drbg, seed_material);
}

void kw_hmac_drbg_generate(kw_hmac_drbg *drbg, kw_mspan out, kw_secret_span additional)
{
    if (additional.len > 0) {
        update(drbg, additional);
    }
    for (size_t at = 0; at < out.len; at += sizeof drbg->value.secret) {
        step(drbg);
        memcpy(&out.ptr[at], drbg->value.secret, KW_MIN(sizeof drbg->value.secret, out.len - at));
    }
    update(drbg, additional);
}
