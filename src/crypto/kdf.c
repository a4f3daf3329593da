/* SPDX-License-Identifier: Apache-2.0
 * HKDF and Argon2id. Source: RFC 5869, RFC 9106. Secret inputs: keys and passphrases. */
#include "crypto/kdf.h"

#include "crypto/hmac.h"

#include <sodium.h>

enum {
    OUTPUT_BYTES_MAX = 255 * 32,
    MEMORY_KIB_MIN = 8,
    MEMORY_KIB_MAX = 4 << 20,
    PASSES_MAX = 64
};

/* RFC 5869 section 2.2: PRK = HMAC(salt, key). */
static void extract(kw_secret32 *out, kw_secret_span key, kw_secret_span salt)
{
    kw_hash32 prk;
    kw_hmac_sha256(&prk, salt, (kw_span){key.secret, key.len});
    memcpy(out->secret, prk.bytes, sizeof prk.bytes);
    kw_wipe(&prk, sizeof prk);
}

/* Section 2.3: T(n) = HMAC(PRK, T(n - 1) | info | n); T(0) is empty. */
static void expand_step(kw_hash32 *t, const kw_secret32 *prk, kw_str info, uint8_t n)
{
    KW_AUTO(kw_hmac_state) state = kw_hmac_begin(kw_secret32_view(prk));
    if (n > 1) {
        kw_hmac_update(&state, KW_SPAN(t->bytes));
    }
    kw_hmac_update(&state, kw_span_of_str(info));
    kw_hmac_update(&state, (kw_span){&n, 1});
    kw_hmac_end(&state, t);
}

void kw_hkdf_sha256(kw_secret32 *out, kw_secret_span key, kw_span salt, kw_str info)
{
    kw_hkdf_sha256_secret_salt(out, key, kw_secret_span_of(salt), info);
}

void kw_hkdf_sha256_secret_salt(kw_secret32 *out, kw_secret_span key, kw_secret_span salt,
                                kw_str info)
{
    KW_AUTO(kw_secret32) prk = {0};
    kw_hash32 t;
    extract(&prk, key, salt);
    expand_step(&t, &prk, info, 1);
    memcpy(out->secret, t.bytes, sizeof t.bytes);
    kw_wipe(&t, sizeof t);
}

kw_status kw_hkdf_sha256_append(kw_secret_bytes *out, size_t bytes, kw_secret_span key,
                                kw_span salt, kw_str info)
{
    if (bytes > OUTPUT_BYTES_MAX) {
        return KW_LIMIT;
    }
    KW_TRY(kw_secret_bytes_reserve(out, bytes));
    KW_AUTO(kw_secret32) prk = {0};
    kw_hash32 t = {0};
    extract(&prk, key, kw_secret_span_of(salt));
    for (size_t at = 0, n = 1; at < bytes; at += sizeof t.bytes, n++) {
        expand_step(&t, &prk, info, (uint8_t)n);
        size_t part = KW_MIN(sizeof t.bytes, bytes - at);
        memcpy(&out->secret[out->len], t.bytes, part);
        out->len += part;
    }
    kw_wipe(&t, sizeof t);
    return KW_OK;
}

kw_status kw_argon2id(kw_secret32 *out, kw_secret_span passphrase, const kw_argon2id_salt *salt,
                      kw_argon2id_cost cost)
{
    if (cost.memory_kib < MEMORY_KIB_MIN || cost.memory_kib > MEMORY_KIB_MAX || cost.passes < 1 ||
        cost.passes > PASSES_MAX) {
        return KW_BAD_INPUT;
    }
    KW_AUTO(kw_secret32) key = {0};
    /* With parameters in range only the memory can fail. */
    if (crypto_pwhash_argon2id(key.secret, sizeof key.secret, (const char *)passphrase.secret,
                               passphrase.len, salt->bytes, cost.passes,
                               (size_t)cost.memory_kib * 1024,
                               crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0) {
        return KW_NO_MEMORY;
    }
    *out = key;
    return KW_OK;
}
